"""What a curated record may say: one model a kind. Their JSON Schema is docs/record-schema.json.

A record is what one reader took from one page, in their own words. What was not read is null.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal, Self

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


def _past(year: int) -> int:
    if year > date.today().year:
        raise ValueError(f"a year up to {date.today().year}")
    return year


def _number(value: Any) -> Any:
    """A number as it is. Raises ValueError at a yes, which to Python is a one."""
    if isinstance(value, bool):
        raise ValueError("a number, not yes or no")
    return value


def _visible(value: Any) -> Any:
    """Text as it is, with line ends of one kind. Raises ValueError at a control character or half of a character."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n")
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text if sign not in "\n\t"):
        raise ValueError("text without control characters and halves of characters")
    return text


_Visible = BeforeValidator(_visible)
_Number = BeforeValidator(_number)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), _Visible]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80), _Visible]
Count = Annotated[int, Field(ge=1, le=1_000_000_000), _Number]
Dose = Annotated[float, Field(gt=0, le=10), _Number]
Year = Annotated[int, Field(ge=1900), _Number, AfterValidator(_past)]
ReadDepth = Literal["abstract", "full text", "title only"]
Direction = Literal[
    "benefit",
    "no benefit",
    "mixed",
    "harm",
    "unproven",
    "inconclusive",
    "no different from active comparator",
    "worse than active comparator",
    "not stated",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class CitationFields(_Part):
    """The publication, as far as the page showed it."""

    pmid: Annotated[str, AfterValidator(identifiers.pmid)] | None = None
    doi: Annotated[str, AfterValidator(identifiers.doi)] | None = None
    pmcid: Annotated[str, AfterValidator(identifiers.pmcid)] | None = None
    title: Text | None = None
    title_status: Literal["full", "partial", "description"] | None = None
    journal: Text | None = None
    year: Year | None = None
    authors_short: Text | None = None

    def __bool__(self) -> bool:
        """Whether it tells which publication is meant: a journal alone does not."""
        return any((self.pmid, self.doi, self.pmcid, self.title, self.authors_short, self.year))


class EffectFields(_Part):
    """A result in numbers."""

    measure: Text
    value: Annotated[float, _Number] | None = None
    ci_low: Annotated[float, _Number] | None = None
    ci_high: Annotated[float, _Number] | None = None
    p: Annotated[float, Field(ge=0, le=1), _Number] | None = None
    p_relation: Literal["=", "<", "unclear"] | None = None

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


class DoseFields(_Part):
    """How much was given and when, each number as stated."""

    g_per_kg_total: Dose | None = None
    g_per_kg_per_day: Annotated[float, Field(gt=0, le=5), _Number] | None = None
    days: Annotated[int, Field(ge=1, le=60), _Number] | None = None
    interval_weeks: Annotated[float, Field(gt=0, le=104), _Number] | None = None
    note: Text | None = None


_PERCENT = re.compile(r"%|\bper ?cent", re.IGNORECASE)
_SHARE = re.compile(
    r"^(?!.*\bper\b).*\b(proportion|fraction|share|probability|risk)\b"
    r"|\bper (?!.*\b(hour|day|week|month|year|hundred|thousand|million)s?\b)[a-z -]+$",
    re.IGNORECASE,
)
"""Units of a frequency. A share of patients or infusions is at most one; events by time or a number may be more."""


class FrequencyFields(_Part):
    """How often an event occurs."""

    value: Annotated[float, Field(ge=0), _Number] | None = None
    unit: Text | None = None
    note: Text | None = None

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
    id: Id
    condition: Text | None = None
    finding: Text
    citation: CitationFields | None = None
    read_at: HttpUrl
    read_depth: ReadDepth

    @field_validator("read_at", mode="before")
    @classmethod
    def _address(cls, address: Any) -> Any:
        return _visible(address.strip() if isinstance(address, str) else address)


class EvidenceRecord(_Record):
    """Whether immunoglobulin helped, by one outcome of one publication."""

    kind: Literal["evidence"]
    condition: Text
    condition_qualifiers: list[Text] = []
    intervention: Text
    comparator: Text | None = None
    outcome: Text | None = None
    outcome_kind: Text | None = None
    direction: Direction
    direction_was: Text | None = None
    effect: EffectFields | None = None
    study_type: Text
    blinding: Text | None = None
    placebo_controlled: bool | None = None
    crossover: bool | None = None
    n_participants: Count | None = None
    n_studies: Annotated[int, Field(ge=0), _Number] | None = None
    dose: DoseFields | None = None
    follow_up: Text | None = None
    concomitant: list[Text] = []
    intent: Literal["treat", "prevent", "replace"]
    prevented: Text | None = None
    comparison: Text
    product: Text
    tests_ivig: bool | None = None
    reporting: Literal["primary", "pooled", "secondary"]
    retracted_or_withdrawn: bool | None = None

    @model_validator(mode="after")
    def _prevention_names_what(self) -> Self:
        if self.intent == "prevent" and self.prevented is None:
            raise ValueError("what was prevented, where the intent is to prevent")
        return self


class MechanismRecord(_Record):
    """A mechanism that a study speaks for or against."""

    kind: Literal["mechanism"]
    mechanism: Text
    mechanism_group: Text
    target: Text | None = None
    effect: Text | None = None
    supports: bool
    study_type: Text


class SafetyRecord(_Record):
    """An unwanted event."""

    kind: Literal["safety"]
    adverse_event: Text
    severity: Literal["mild", "moderate", "serious"] | None = None
    frequency: FrequencyFields | None = None
    risk_factors: list[Text] = []
    study_type: Text | None = None
    n_participants: Count | None = None


class RecommendationRecord(_Record):
    """What a body recommends."""

    kind: Literal["recommendation"]
    condition: Text
    condition_qualifiers: list[Text] = []
    body: Text
    body_short: Text | None = None
    country: Text | None = None
    year: Year | None = None
    edition: Text | None = None
    superseded: bool | None = None
    recommends: Literal[
        "for",
        "conditional for",
        "against",
        "conditional against",
        "insufficient evidence",
        "not routinely",
        "not stated",
    ]
    line: Text | None = None
    strength: Text | None = None
    certainty: Text | None = None
    grading_system: Text | None = None
    dose: DoseFields | None = None


class RegulatoryRecord(_Record):
    """What an authority licensed, restricted or left off label."""

    kind: Literal["regulatory"]
    authority: Text
    product: Text | None = None
    population: Text | None = None
    status: Text
    year: Year | None = None


class UseRecord(_Record):
    """How immunoglobulin is used: dose, schedule, place in therapy, cost, strength of the evidence."""

    kind: Literal["use"]
    topic: Text
    study_type: Text | None = None
    n_participants: Count | None = None


Record = EvidenceRecord | MechanismRecord | SafetyRecord | RecommendationRecord | RegulatoryRecord | UseRecord
KINDS: dict[str, type[_Record]] = {
    "evidence": EvidenceRecord,
    "mechanism": MechanismRecord,
    "safety": SafetyRecord,
    "recommendation": RecommendationRecord,
    "regulatory": RegulatoryRecord,
    "use": UseRecord,
}
"""The models by the value of `kind`, which names a sheet too."""

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
