"""What a curated record may say: one model a kind. Their JSON Schema is docs/record-schema.json.

A record is what one reader took from one page, in their own words. What was not read is null. What a field means, its
example and the words that it may hold are those of the property that it fills, in ontology and shapes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
    field_validator,
    model_validator,
)

from ivig.model import identifiers
from ivig.model.schema import Property, schema
from ivig.namespaces import TERMS


@dataclass(frozen=True)
class Fills:
    """The property that a field fills, by its class and its name in the shape of that class.

    :param more: what else a record's field has to say
    """

    class_: str
    name: str
    more: str = ""

    @property
    def filled(self) -> Property:
        """It, as the schema has it."""
        return schema().property(self.class_, self.name)

    @property
    def description(self) -> str:
        """What the field means and how to fill it.

        >>> Fills("Effect", "ci_low").description
        'Lower limit of the 95% confidence interval. In the unit of the value; a 95% interval.'
        """
        return " ".join(text for text in (self.filled.description, self.more) if text)

    @property
    def kind(self) -> str:
        """The class of the things that it names; empty for text and numbers."""
        return self.filled.class_.removeprefix(TERMS)

    @property
    def words(self) -> list[str]:
        """The terms that it may hold, where it has a vocabulary."""
        return schema().terms(self.kind) if self.kind in schema().vocabularies else []

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """The field in the JSON Schema of the record."""
        words = f" One of: {', '.join(self.words)}." if self.words else ""
        typed = {"integer": int, "decimal": float}.get(self.filled.datatype.rpartition("#")[2], str)
        example = {"examples": [typed(self.filled.example)]} if self.filled.example else {}
        return {**handler(core), "description": self.description + words, **example}


def _statement(name: str, more: str = "") -> Fills:
    return Fills("Statement", name, more)


def _past(year: int) -> int:
    if year > date.today().year:
        raise ValueError(f"a year up to {date.today().year}")
    return year


def _published(year: int) -> int:
    # An issue of next January is out before the year is.
    if year > date.today().year + 1:
        raise ValueError(f"a year up to {date.today().year + 1}")
    return year


def _past_day(day: date) -> date:
    if day > date.today():
        raise ValueError("a day that is not to come")
    return day


def _number(value: Any) -> Any:
    """A number as it is.

    :raises ValueError: at a yes, which to Python is a one
    """
    if isinstance(value, bool):
        raise ValueError("a number, not yes or no")
    return value


def _visible(value: Any) -> Any:
    """Text as it is, with line ends of one kind.

    :raises ValueError: at a control character or half of a character
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n")
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text if sign not in "\n\t"):
        raise ValueError("text without control characters and halves of characters")
    return text


def _small(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """A list; a single regimen, as records had it before, as a list of one, and null as none."""
    return [] if value is None else value if isinstance(value, list) else [value]


_RANGE = re.compile(r"(?P<low>[\d.]+)\s*(?:to|-|–)\s*(?P<high>[\d.]+)|from\s+(?P<least>\S+)|up to\s+(?P<most>\S+)")


def _ends(value: Any) -> Any:
    """A range as its two ends; a single number is both.

    >>> _ends(0.4), _ends("1 to 2"), _ends("up to 2"), _ends("from 1")
    ((0.4, 0.4), ('1', '2'), (None, '2'), ('1', None))
    """
    if isinstance(value, str) and (found := _RANGE.fullmatch(value.strip().lower())):
        return found["low"] or found["least"], found["high"] or found["most"]
    return tuple(value) if isinstance(value, (list, tuple)) else (value, value)


def _ordered(ends: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    low, high = ends
    if low is None and high is None:
        raise ValueError("at least one end of a range")
    if low is not None and high is not None and low > high:
        raise ValueError(f"a range from low to high, not from {low:g} to {high:g}")
    return ends


def _edition(value: Any) -> Any:
    """An edition in words, where its body, edition and year stand apart.

    >>> _edition({"body": "ASH", "edition": "2019 guideline", "year": 2019})
    'ASH, 2019 guideline (2019)'
    """
    if not isinstance(value, dict) or value.keys() - {"body", "edition", "year"}:
        return value
    named = ", ".join(str(value[name]) for name in ("body", "edition") if value.get(name))
    return f"{named} ({value['year']})" if value.get("year") else named or None


_Visible = BeforeValidator(_visible)
_Number = BeforeValidator(_number)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), _Visible]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80), _Visible]
Count = Annotated[int, Field(ge=1, le=1_000_000_000), _Number]
Events = Annotated[int, Field(ge=0, le=1_000_000_000), _Number]
Decimal = Annotated[float, _Number]
Year = Annotated[int, Field(ge=1900), _Number, AfterValidator(_past)]
YearOfIssue = Annotated[int, Field(ge=1900), _Number, AfterValidator(_published)]
Day = Annotated[date, AfterValidator(_past_day)]
Several = BeforeValidator(_listed)
_Grams = Annotated[float, Field(gt=0, le=10), _Number] | None
_GramsADay = Annotated[float, Field(gt=0, le=5), _Number] | None
_Days = Annotated[int, Field(ge=1, le=60), _Number] | None
_Weeks = Annotated[float, Field(gt=0, le=104), _Number] | None
_Months = Annotated[float, Field(gt=0, le=24), _Number] | None
Range = (BeforeValidator(_ends), AfterValidator(_ordered))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def says_something(self) -> bool:
        """Whether any of its fields holds a value."""
        return any(value is not None for _, value in self)


class CitationFields(_Part):
    """The publication, as far as the page showed it."""

    pmid: Annotated[str, AfterValidator(identifiers.pmid), Fills("Citation", "pmid")] | None = None
    doi: Annotated[str, AfterValidator(identifiers.doi), Fills("Citation", "doi")] | None = None
    pmcid: Annotated[str, AfterValidator(identifiers.pmcid), Fills("Citation", "pmcid")] | None = None
    title: Annotated[Text, Fills("Citation", "title")] | None = None
    title_status: (
        Annotated[
            Literal["full", "partial", "description"],
            BeforeValidator(_small),
            Field(description="Whether the title was seen in full or in part, or is your own description of the page."),
        ]
        | None
    ) = None
    journal: Annotated[Text, Fills("Citation", "journal")] | None = None
    year: Annotated[YearOfIssue, Fills("Citation", "year")] | None = None
    authors_short: Annotated[Text, Fills("Citation", "authors")] | None = None

    def __bool__(self) -> bool:
        """Whether it tells which publication is meant: a journal alone does not."""
        return any((self.pmid, self.doi, self.pmcid, self.title, self.authors_short, self.year))


_RATIO = re.compile(r"(odds|risk|hazard|rate) ratio|relative risk", re.IGNORECASE)


class EffectFields(_Part):
    """A result in numbers."""

    measure: Annotated[Text, Fills("Effect", "measure")]
    measure_term: Annotated[Text, Fills("Effect", "measure_term")] | None = None
    value: Annotated[Decimal, Fills("Effect", "value")] | None = None
    unit: Annotated[Text, Fills("Effect", "unit")] | None = None
    ci_low: Annotated[Decimal, Fills("Effect", "ci_low")] | None = None
    ci_high: Annotated[Decimal, Fills("Effect", "ci_high")] | None = None
    p: Annotated[float, Field(ge=0, le=1), _Number, Fills("Effect", "p")] | None = None
    p_relation: (
        Annotated[Literal["=", "<", ">", "unclear"], BeforeValidator(_small), Fills("Effect", "p_relation")] | None
    ) = None
    adjusted: Annotated[bool, Fills("Effect", "adjusted")] | None = None

    @model_validator(mode="after")
    def _interval_holds_value(self) -> Self:
        low, high = self.ci_low, self.ci_high
        if low is not None and high is not None and low > high:
            raise ValueError(f"an interval from low to high, not from {low} to {high}")
        if self.value is not None and (
            (low is not None and self.value < low) or (high is not None and self.value > high)
        ):
            raise ValueError(f"a value inside its interval: {self.value} is not between {low} and {high}")
        return self

    @model_validator(mode="after")
    def _no_ratio_below_zero(self) -> Self:
        name = self.measure_term or ("" if "log" in self.measure.lower() else self.measure)
        least = min((number for number in (self.value, self.ci_low) if number is not None), default=0)
        if least < 0 and (ratio := _RATIO.match(name)):
            raise ValueError(f"the {ratio[0].lower()} 0 or more, not {least:g}: or another measure_term")
        return self


class ArmFields(_Part):
    """What is printed of one arm."""

    events: Annotated[Events, Fills("Effect", "events")] | None = None
    total: Annotated[Count, Fills("Effect", "total")] | None = None
    mean: Annotated[Decimal, Fills("Effect", "mean")] | None = None
    sd: Annotated[float, Field(ge=0), _Number, Fills("Effect", "sd")] | None = None
    median: Annotated[Decimal, Fills("Effect", "median")] | None = None

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.events is not None and self.total is not None and self.events > self.total:
            raise ValueError(f"events up to the total of the arm: {self.events} is more than {self.total}")
        return self


class ArmsFields(_Part):
    """The figures of each arm, as printed."""

    ivig: ArmFields | None = None
    comparator: ArmFields | None = None
    unit: Annotated[Text, Fills("Effect", "arm_unit")] | None = None


class RegimenFields(_Part):
    """How much was given and when, in one phase and one arm, each number as stated. A range is two numbers."""

    arm: Annotated[Text, Fills("Regimen", "arm")] | None = None
    phase: Annotated[Text, Fills("Regimen", "phase")] | None = None
    g_per_kg_total: Annotated[tuple[_Grams, _Grams], *Range, Fills("Regimen", "g_per_kg_total_min")] | None = None
    g_per_kg_per_day: (
        Annotated[tuple[_GramsADay, _GramsADay], *Range, Fills("Regimen", "g_per_kg_per_day_min")] | None
    ) = None
    g_per_kg_unstated: Annotated[tuple[_Grams, _Grams], *Range, Fills("Regimen", "g_per_kg_unstated_min")] | None = None
    days: Annotated[tuple[_Days, _Days], *Range, Fills("Regimen", "days_min")] | None = None
    interval_weeks: Annotated[tuple[_Weeks, _Weeks], *Range, Fills("Regimen", "interval_weeks_min")] | None = None
    interval_months: Annotated[tuple[_Months, _Months], *Range, Fills("Regimen", "interval_months_min")] | None = None
    courses: Annotated[Count, Fills("Regimen", "courses")] | None = None
    note: Annotated[Text, Fills("Regimen", "note", "What else is said of the dose, in words.")] | None = None

    def says_something(self) -> bool:
        """Whether it tells of a dose, a time or anything else but whose it is."""
        return any(value is not None for name, value in self if name not in ("arm", "phase"))


Dose = Annotated[list[RegimenFields], Several]


_PERCENT = re.compile(r"%|\bper ?cent", re.IGNORECASE)
_SHARE = re.compile(
    r"^(?!.*\bper\b).*\b(proportion|fraction|share|probability|risk)\b"
    r"|\bper (?!.*\b(hour|day|week|month|year|hundred|thousand|million)s?\b)[a-z -]+$",
    re.IGNORECASE,
)
"""Units of a frequency. A share of patients or infusions is at most one; events by time or a number may be more."""


class FrequencyFields(_Part):
    """How often an event occurs."""

    value: Annotated[float, Field(ge=0), _Number, _statement("frequency")] | None = None
    unit: Annotated[Text, _statement("frequency_unit")] | None = None
    note: Annotated[Text, _statement("frequency_as_stated")] | None = None

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.value is None or self.unit is None:
            return self
        if _PERCENT.search(self.unit):
            if self.value > 100:
                raise ValueError(f"at most 100 of a hundred, not {self.value}")
        elif _SHARE.search(self.unit) and self.value > 1:
            raise ValueError(f"a share up to 1 where the unit is {self.unit}, not {self.value}: or give a percentage")
        return self


class _Record(_Part):
    id: Annotated[Id, Field(description="A name of your own for the record, which it keeps.", examples=["neuro-001"])]
    condition: Annotated[Text, _statement("condition")] | None = None
    finding: Annotated[Text, _statement("finding")]
    note: Annotated[Text, _statement("note", "What else there is to say, in words.")] | None = None
    citation: CitationFields | None = None
    retraction: Annotated[Text, Fills("Citation", "retraction")] | None = None
    read_at: Annotated[
        HttpUrl,
        Field(description="The page it was read on.", examples=["https://pubmed.ncbi.nlm.nih.gov/8602753/"]),
    ]
    read_depth: Annotated[Text, _statement("read_depth")]
    read_on: Annotated[Day, _statement("read_on")] | None = None
    second_reading: Annotated[Text, _statement("second_reading")] | None = None

    @field_validator("read_at", mode="before")
    @classmethod
    def _address(cls, address: Any) -> Any:
        return _visible(address.strip() if isinstance(address, str) else address)

    @model_validator(mode="before")
    @classmethod
    def _without_changes(cls, fields: Any) -> Any:
        """Without the list of what a second reader changed, which is told elsewhere."""
        return {name: fields[name] for name in fields if name != "changes"} if isinstance(fields, dict) else fields


class EvidenceRecord(_Record):
    """Whether immunoglobulin helped, by one outcome of one publication."""

    kind: Literal["evidence"]
    condition: Annotated[Text, _statement("condition")]
    condition_qualifiers: Annotated[list[Text], Several, _statement("population")] = []
    population_group: Annotated[list[Text], Several, _statement("population_group")] = []
    intervention: Annotated[Text, _statement("intervention")]
    comparator: Annotated[Text, _statement("comparator")] | None = None
    outcome: Annotated[Text, _statement("outcome")] | None = None
    outcome_kind: Annotated[Text, Fills("Outcome", "outcome_kind")] | None = None
    outcome_role: Annotated[Text, _statement("outcome_role")] | None = None
    direction: Annotated[Text, _statement("direction")]
    direction_was: Annotated[Text, Field(description="What the first reader wrote, where it was another.")] | None = (
        None
    )
    effect: EffectFields | None = None
    arms: ArmsFields | None = None
    study_type: Annotated[Text, _statement("study_type")]
    reviewed_designs: Annotated[Text, _statement("reviewed_designs")] | None = None
    search_to: Annotated[Year, _statement("search_to")] | None = None
    blinding: Annotated[Text, _statement("blinding")] | None = None
    controlled: Annotated[bool, _statement("controlled")] | None = None
    placebo_controlled: Annotated[bool, _statement("placebo_controlled")] | None = None
    crossover: Annotated[bool, _statement("crossover")] | None = None
    n_participants: Annotated[Count, _statement("participants")] | None = None
    n_studies: Annotated[Events, _statement("studies")] | None = None
    dose: Dose = []
    follow_up: Annotated[Text, _statement("follow_up")] | None = None
    concomitant: Annotated[list[Text], Several, _statement("concomitant")] = []
    intent: Annotated[Text, _statement("intent")]
    prevented: Annotated[Text, _statement("prevented", "Needed where the intent is to prevent.")] | None = None
    comparison: Annotated[Text, _statement("comparison")]
    product: Annotated[Text, _statement("product")]
    tests_ivig: Annotated[bool, _statement("tests_immunoglobulin")] | None = None
    reporting: Annotated[Text, _statement("reporting")]
    retracted_or_withdrawn: (
        Annotated[bool, Field(description="Whether the publication was retracted; retraction says more.")] | None
    ) = None


class MechanismRecord(_Record):
    """A mechanism that a study speaks for or against, or only discusses."""

    kind: Literal["mechanism"]
    mechanism: Annotated[Text, _statement("supported_mechanism")]
    mechanism_group: Annotated[Text, Fills("Mechanism", "group")]
    target: Annotated[Text, _statement("target")] | None = None
    effect: Annotated[Text, _statement("action")] | None = None
    supports: Annotated[
        bool | None,
        Field(description="Yes where it speaks for the mechanism, no where against; empty where it only discusses it."),
    ]
    study_type: Annotated[Text, _statement("study_type")]


class SafetyRecord(_Record):
    """An unwanted event."""

    kind: Literal["safety"]
    adverse_event: Annotated[Text, _statement("event")]
    severity: Annotated[Text, _statement("severity")] | None = None
    frequency: FrequencyFields | None = None
    risk_factors: Annotated[list[Text], Several, _statement("risk_factor")] = []
    study_type: Annotated[Text, _statement("study_type")] | None = None
    n_participants: Annotated[Count, _statement("participants")] | None = None


class _Dated(_Record):
    """What a body or an authority said at a time."""

    year: Annotated[Year, _statement("edition_year")] | None = None
    edition: Annotated[Text, _statement("edition")] | None = None
    in_force: Annotated[bool, _statement("in_force")] | None = None
    superseded_by: Annotated[Text, BeforeValidator(_edition), _statement("superseded_by")] | None = None
    proposed: Annotated[bool, _statement("proposed")] | None = None

    @model_validator(mode="after")
    def _in_force_or_not(self) -> Self:
        if self.in_force and (self.superseded_by or getattr(self, "superseded", None)):
            raise ValueError("in_force no where superseded_by or superseded says that another took its place")
        if self.in_force and self.proposed:
            raise ValueError("in_force no where it is only proposed")
        return self


class RecommendationRecord(_Dated):
    """What a body recommends."""

    kind: Literal["recommendation"]
    condition: Annotated[Text, _statement("condition")]
    condition_qualifiers: Annotated[list[Text], Several, _statement("population")] = []
    body: Annotated[Text, _statement("body")]
    body_short: Annotated[Text, Fills("Body", "synonym", "The short name of the body.")] | None = None
    country: Annotated[Text, Fills("Body", "country")] | None = None
    superseded: Annotated[bool, _statement("superseded")] | None = None
    recommends: Annotated[Text, _statement("recommendation")]
    line: Annotated[Text, _statement("line")] | None = None
    strength: Annotated[Text, _statement("strength")] | None = None
    certainty: Annotated[Text, _statement("certainty")] | None = None
    grading_system: Annotated[Text, _statement("grading_system")] | None = None
    dose: Dose = []


class RegulatoryRecord(_Dated):
    """What an authority licensed, restricted or left off label."""

    kind: Literal["regulatory"]
    authority: Annotated[Text, _statement("body")]
    product: Annotated[Text, _statement("product_name")] | None = None
    population: Annotated[Text, _statement("population")] | None = None
    status: Annotated[Text, _statement("regulatory_status")]


class UseRecord(_Record):
    """How immunoglobulin is used: dose, schedule, place in therapy, cost, strength of the evidence."""

    kind: Literal["use"]
    topic: Annotated[Text, _statement("topic")]
    study_type: Annotated[Text, _statement("study_type")] | None = None
    n_participants: Annotated[Count, _statement("participants")] | None = None


Record = EvidenceRecord | MechanismRecord | SafetyRecord | RecommendationRecord | RegulatoryRecord | UseRecord
KINDS: dict[str, type[_Record]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(Record)
}
"""The models by the value of `kind`, which names a sheet too."""

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
