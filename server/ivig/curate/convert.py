"""A record into a statement: its triples, and those of its effect, its regimens and the page it was read on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ivig.curate.catalog import EXPERIMENTAL_MODEL, NOT_GROUPED, Catalog
from ivig.curate.citations import Citation, page_path
from ivig.curate.studies import Studies
from ivig.curate.triples import Thing
from ivig.errors import AmbiguousName, BadInput, UnknownName
from ivig.io.tables import column_types
from ivig.model.records import (
    EvidenceRecord,
    MechanismRecord,
    RecommendationRecord,
    Record,
    RegimenFields,
    RegulatoryRecord,
    SafetyRecord,
    UseRecord,
)
from ivig.model.schema import schema
from ivig.namespaces import BASE

_IN_MODELS = {BASE + "study-type/animal-study", BASE + "study-type/in-vitro-study"}
_WITHOUT_PATIENTS = {
    BASE + "study-type/" + name
    for name in (
        "review",
        "systematic-review",
        "systematic-review-with-meta-analysis",
        "systematic-review-of-randomized-trials",
        "narrative-review",
        "guidance",
        "clinical-practice-guideline",
        "consensus-statement",
    )
}


_MECHANISM_LINKS = {
    True: ("supportsMechanism", ""),
    False: ("contradictsMechanism", " contradicted"),
    None: ("discussesMechanism", " discussed"),
}
_KINDS = {"evidence": "efficacy"}
"""Kinds of record whose statements are called otherwise."""
_IN_WORDS = {"condition_qualifiers", "outcome_role", "effect.unit", "effect.p_relation", "arms.unit"}
"""Columns of which more becomes than a value or a term."""
RETRACTED = BASE + "retraction/retracted"
NO_ROLE = BASE + "outcome-role/not-stated"
_EMPTY = 2
"""Triples of a thing of which nothing but class and label is known."""
_EDITION = re.compile(
    r"\b(proposed revision of )?"
    r"((first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[0-9]+(st|nd|rd|th)) edition"
    r"|(edition|version) [0-9]+(\.[0-9]+)*)(?=\W*$)",
    re.IGNORECASE,
)
"""The words at the end of a body's name that tell an edition. A proposal to revise one is not that one."""
_LISTED_WORDS = 18
"""So many words of a vocabulary are named where one is asked for and another was given."""
_STATUS = re.compile(r"(?P<word>[^(;]*[^(; ])\s*[(;]?\s*(?P<more>.*?)\)?")
_UCUM = {"days": "d", "weeks": "wk", "months": "mo", "years": "a", "hours": "h", "10^9/L": "10*9/L"}
_SHARE = re.compile(r"%(?=\s)|of\b")
"""A share of somebody, whose unit in UCUM says only that it is one."""


class WrongName(Exception):
    """A field whose name means nothing here, or several things, or cannot become a new one."""

    def __init__(self, field: str, value: str, error: BadInput) -> None:
        """
        :param field: of the record, as columns call it
        :param value: what stands there
        :param error: what is wrong with it, whose message this one has
        """
        self.field, self.value, self.error = field, value, error
        super().__init__(str(error))


class Converter:
    """Records into triples.

    studies: those known so far.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.studies = Studies()

    def statement(self, record: Record, citation: Citation | None) -> list[Thing]:
        """The statement first, then what belongs to it alone, then page and study.

        :param record: what to say
        :param citation: the publication that it cites; None where it cites none
        :raises WrongName: where a name means nothing, or several things
        """
        if isinstance(record, SafetyRecord) and self._catalog.knows(record.adverse_event, "UseTopic"):
            # What it tells of is a side of use, as a cost is.
            shared = record.model_dump(exclude={"kind", "adverse_event", "severity", "frequency", "risk_factors"})
            record = UseRecord(kind="use", topic=record.adverse_event, **shared)
        statement = Thing(f"statement/{record.id}", "Statement")
        statement.link("kind", f"{BASE}kind/{_KINDS.get(record.kind, record.kind)}")
        self._say(statement, "Statement", record.kind, record)
        statement.say("population", "; ".join(getattr(record, "condition_qualifiers", ())))
        statement.link("page", BASE + page_path(str(record.read_at)))
        if more := _status(record.retraction)[1]:
            statement.say("skos:note", f"On a retraction: {more}.")
        if citation is not None:
            statement.link("citation", BASE + citation.itself().path())
        parts = _WRITERS[type(record)](self, statement, record, citation)
        return [statement, *parts, _page(str(record.read_at))]

    def retraction(self, record: Record) -> str | None:
        """The IRI of what the record says of a retraction.

        :raises WrongName: where it is no word of the vocabulary
        """
        if isinstance(record, EvidenceRecord) and record.retracted_or_withdrawn:
            return RETRACTED
        word = _status(record.retraction)[0]
        return self._term("retraction", word, "RetractionStatus") if word else None

    def _say(self, thing: Thing, class_: str, kind: str, record: object, within: str = "") -> None:
        """Say what a record has in the columns that fill a property of a class as they stand: values, and terms of a
        vocabulary.

        :param kind: of the record, whose columns they are
        :param record: it, or one of the parts of a list
        :param within: the part that this is, with a dot; empty for the record
        """
        for column in column_types(kind).values():
            fills = column.fills
            if (
                fills is None
                or fills.class_ != class_
                or column.name in _IN_WORDS
                or not column.name.startswith(within)
            ):
                continue
            value, filled = _value(record, column.name.removeprefix(within)), fills.filled
            if column.range:
                for end, number in zip(("Min", "Max"), value or (), strict=False):
                    thing.say(filled.iri.removesuffix("Min") + end, number)
                continue
            for one in value if column.several else [value]:
                if not filled.class_:
                    thing.say(filled.iri, one)
                elif one and fills.kind in schema().vocabularies:
                    thing.link(filled.iri, self._term(column.name, one, fills.kind))

    # Names

    def _term(self, field: str, name: str, kind: str) -> str:
        try:
            return self._catalog.find(name, kind)
        except UnknownName as error:
            words = self._catalog.labels(kind)
            listed = BadInput(f"one of {', '.join(words)}")
            raise WrongName(field, name, listed if len(words) <= _LISTED_WORDS else error) from error
        except AmbiguousName as error:
            raise WrongName(field, name, error) from error

    def _thing(self, field: str, name: str, kind: str, group: str | None = None) -> str:
        try:
            return self._catalog.find_or_create(name, kind, group)
        except BadInput as error:
            raise WrongName(field, name, error) from error

    def _condition(self, statement: Thing, name: str, link: str = "condition") -> str:
        """Say which condition, in the source's own name too where that is another; its label."""
        group = EXPERIMENTAL_MODEL if link == "modelsCondition" else NOT_GROUPED
        iri = self._thing("condition", name, "Condition", group)
        statement.link(link, iri)
        label = self._catalog.label(iri)
        if label != name:
            statement.say("conditionAsStated", name)
        return label

    def _body(self, statement: Thing, field: str, name: str) -> str:
        """Say which body, in the source's own name too where that is another; its IRI."""
        iri = self._thing(field, name, "Body")
        statement.link("body", iri)
        if self._catalog.label(iri) != name:
            statement.say("bodyAsStated", name)
        return iri

    # Kinds: what each says beside its columns, and the things that belong to it

    def _evidence(self, statement: Thing, record: EvidenceRecord, citation: Citation | None) -> list[Thing]:
        condition = self._condition(statement, record.condition)
        direction = self._catalog.label(self._term("direction", record.direction, "Direction"))
        if record.direction_was:
            statement.say("skos:note", f"Its direction was first read as {record.direction_was}.")
        outcome = ""
        if record.outcome:
            kind = self._term("outcome_kind", record.outcome_kind or "other", "OutcomeKind")
            iri = self._thing("outcome", record.outcome, "Outcome", kind)
            statement.link("outcome", iri)
            outcome = f", {self._catalog.label(iri)}"
            statement.say("outcomeAsStated", record.outcome)
        if record.outcome_role:
            role = self._term("outcome_role", record.outcome_role, "OutcomeRole")
            if role != NO_ROLE or record.reporting.lower() != "pooled":
                statement.link("outcomeRole", role)
        statement.label(f"{condition}: {direction}{outcome}")
        parts = [*self._regimens(statement, record), *self._effect(statement, record)]
        if record.reporting == "primary" and citation is not None:
            parts.append(self._study(statement, record, citation, condition))
        return parts

    def _mechanism(self, statement: Thing, record: MechanismRecord, citation: Citation | None) -> list[Thing]:
        """Animals and cells model a condition, reviews discuss it."""
        study_type = self._term("study_type", record.study_type, "StudyType")
        about = ""
        if record.condition:
            models, discusses = study_type in _IN_MODELS, study_type in _WITHOUT_PATIENTS
            link = "modelsCondition" if models else "discussesCondition" if discusses else "condition"
            about = self._condition(statement, record.condition, link) + ": "
        group = self._term("mechanism_group", record.mechanism_group, "MechanismGroup")
        mechanism = self._thing("mechanism", record.mechanism, "Mechanism", group)
        link, so = _MECHANISM_LINKS[record.supports]
        statement.link(link, mechanism)
        statement.label(f"{about}{self._catalog.label(mechanism)}{so}")
        return []

    def _safety(self, statement: Thing, record: SafetyRecord, citation: Citation | None) -> list[Thing]:
        about = self._condition(statement, record.condition) if record.condition else "IVIG"
        event = self._thing("adverse_event", record.adverse_event, "AdverseEvent")
        statement.link("adverseEvent", event)
        statement.label(f"{about}: {self._catalog.label(event)}")
        return []

    def _recommendation(self, statement: Thing, record: RecommendationRecord, citation: Citation | None) -> list[Thing]:
        condition = self._condition(statement, record.condition)
        body = self._body(statement, "body", record.body)
        self._catalog.describe_new(body, short=record.body_short, country=record.country)
        if not record.edition:
            statement.say("edition", edition_in(record.body))
        value = self._term("recommends", record.recommends, "RecommendationValue")
        statement.label(f"{condition}: {self._catalog.label(value)}, {self._catalog.label(body)}")
        return self._regimens(statement, record)

    def _regulatory(self, statement: Thing, record: RegulatoryRecord, citation: Citation | None) -> list[Thing]:
        about = self._about(statement, record.condition, "product/immunoglobulin")
        body = self._body(statement, "authority", record.authority)
        status = self._term("status", record.status, "RegulatoryStatus")
        statement.label(f"{about}: {self._catalog.label(status)}, {self._catalog.label(body)}")
        return []

    def _use(self, statement: Thing, record: UseRecord, citation: Citation | None) -> list[Thing]:
        about = self._about(statement, record.condition, "product/polyvalent-iv")
        topic = self._term("topic", record.topic, "UseTopic")
        statement.label(f"{about}: {self._catalog.label(topic)}")
        return []

    def _about(self, statement: Thing, condition: str | None, product: str) -> str:
        """Say which condition, or else that it is on a product; the label of it."""
        if condition:
            return self._condition(statement, condition)
        statement.link("subject", BASE + product)
        return "IVIG"

    def _study(self, statement: Thing, record: EvidenceRecord, citation: Citation, condition: str) -> Thing:
        """The study that a publication reports."""
        told = f"{record.finding} {record.note or ''}"
        study = self.studies.of(citation.itself(), condition, told, self._is_no_trial)
        statement.link("study", study.iri)
        return study

    def _is_no_trial(self, acronym: str) -> bool:
        return any(self._catalog.knows(acronym, kind) for kind in ("Condition", "Mechanism", "Outcome", "Product"))

    def _regimens(self, statement: Thing, record: EvidenceRecord | RecommendationRecord) -> list[Thing]:
        """A regimen for each phase and arm that a record tells of. A single figure is both ends of its range."""
        regimens = []
        for number, dose in enumerate((dose for dose in record.dose if dose.says_something()), 1):
            regimen = Thing(f"regimen/{record.id}-{number}", "Regimen")
            regimen.label(f"regimen of {record.id}, {number}")
            regimen.say("position", number)
            self._say(regimen, "Regimen", record.kind, _with_basis(dose), "dose.")
            statement.link("regimen", regimen.iri)
            regimens.append(regimen)
        return regimens

    def _effect(self, statement: Thing, record: EvidenceRecord) -> list[Thing]:
        """The result in numbers: of the comparison and of each arm."""
        effect = Thing(f"effect/{record.id}", "Effect")
        effect.label(f"effect of {record.id}")
        self._say(effect, "Effect", record.kind, record)
        if record.effect is not None:
            _unit(effect, "unit", record.effect.unit)
            if record.effect.p is not None:
                effect.say("pRelation", record.effect.p_relation or "unclear")
        if record.arms is not None:
            _unit(effect, "armUnit", record.arms.unit)
        if len(effect.block) == _EMPTY:
            return []
        statement.link("effect", effect.iri)
        return [effect]


_WRITERS: dict[type, Callable[..., list[Thing]]] = {
    EvidenceRecord: Converter._evidence,
    MechanismRecord: Converter._mechanism,
    SafetyRecord: Converter._safety,
    RecommendationRecord: Converter._recommendation,
    RegulatoryRecord: Converter._regulatory,
    UseRecord: Converter._use,
}


def edition_in(body: str) -> str | None:
    """The edition that the name of a body ends in, in the name's own words.

    >>> edition_in("National Blood Authority Australia - Criteria for the clinical use of IVIg, Second Edition")
    'Second Edition'
    >>> edition_in("Ontario guidelines, version 5.0"), edition_in("AANEM (updated consensus)")
    ('version 5.0', None)
    """
    found = _EDITION.search(body)
    return found[0] if found else None


def _page(address: str) -> Thing:
    page = Thing(page_path(address), "WebPage")
    page.label(address if len(address) <= 100 else address[:99] + "…")
    page.link("readAt", address)
    return page


def _with_basis(dose: RegimenFields) -> RegimenFields:
    """A dose; one of no basis that is given every so many weeks is that of each infusion, to maintain."""
    others = dose.g_per_kg_total or dose.g_per_kg_per_day or dose.days
    if others or not dose.g_per_kg_unstated or not (dose.interval_weeks or dose.interval_months):
        return dose
    stated = {"g_per_kg_total": dose.g_per_kg_unstated, "g_per_kg_unstated": None}
    return dose.model_copy(update={**stated, "phase": dose.phase or "maintenance"})


def _value(record: object, path: str) -> Any:
    """What a record has at a path with dots; None where a part of it is not there."""
    for name in path.split("."):
        record = getattr(record, name, None)
    return record


def _unit(effect: Thing, name: str, unit: str | None) -> None:
    """A unit in UCUM; what of it UCUM has no code for goes to a note."""
    if unit and (share := _SHARE.match(unit)):
        effect.say(name, "%" if share[0] == "%" else "1")
        effect.say("skos:note", f"The unit is {unit}.")
    else:
        effect.say(name, _UCUM.get(unit, unit) if unit else None)


def _status(retraction: str | None) -> tuple[str, str]:
    """What is said of a retraction: the word for it, and what stands behind.

    >>> _status("not checked (page names a correction)"), _status("retracted")
    (('not checked', 'page names a correction'), ('retracted', ''))
    """
    found = _STATUS.fullmatch(retraction or "")
    return (found["word"], found["more"]) if found else ("", "")
