"""A record into a statement: its triples, and those of its effect, its regimen and the page it was read on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ivig.curate.catalog import EXPERIMENTAL_MODEL, NOT_GROUPED, Catalog
from ivig.curate.citations import Citation, page_path
from ivig.curate.triples import Thing
from ivig.errors import AmbiguousName, BadInput, UnknownName
from ivig.model.records import (
    DoseFields,
    EvidenceRecord,
    MechanismRecord,
    RecommendationRecord,
    Record,
    RegulatoryRecord,
    SafetyRecord,
    UseRecord,
)
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


_EDITION = re.compile(
    r"\b(proposed revision of )?"
    r"((first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[0-9]+(st|nd|rd|th)) edition"
    r"|(edition|version) [0-9]+(\.[0-9]+)*)(?=\W*$)",
    re.IGNORECASE,
)
"""The words at the end of a body's name that tell an edition. A proposal to revise one is not that one."""


class WrongName(Exception):
    """A field whose name means nothing here, or several things, or cannot become a new one."""

    def __init__(self, field: str, value: str, error: BadInput) -> None:
        self.field, self.value, self.error = field, value, error
        super().__init__(str(error))


class Converter:
    """Records into triples.

    studies: the IRI of the study that a publication reports, by the IRI of the publication.
    """

    def __init__(self, catalog: Catalog, studies: Mapping[str, str]) -> None:
        self._catalog = catalog
        self._studies = studies

    def statement(self, record: Record, citation: Citation | None) -> list[Thing]:
        """The statement first, then what belongs to it alone, then page and study. Raises WrongName."""
        statement = Thing(f"statement/{record.id}", "Statement")
        statement.text("finding", record.finding)
        statement.link("page", BASE + page_path(str(record.read_at)))
        statement.link("readDepth", self._term("read_depth", record.read_depth, "ReadDepth"))
        if citation is not None:
            statement.link("citation", BASE + citation.itself().path())
        write = _WRITERS[type(record)]
        parts = write(self, statement, record, citation)
        return [statement, *parts, _page(str(record.read_at))]

    # Names

    def _term(self, field: str, name: str, kind: str) -> str:
        try:
            return self._catalog.find(name, kind)
        except (UnknownName, AmbiguousName) as error:
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
            statement.text("conditionAsStated", name)
        return label

    def _body(self, statement: Thing, field: str, name: str) -> str:
        """Say which body, in the source's own name too where that is another; its IRI."""
        iri = self._thing(field, name, "Body")
        statement.link("body", iri)
        if self._catalog.label(iri) != name:
            statement.text("bodyAsStated", name)
        return iri

    # Kinds

    def evidence(self, statement: Thing, record: EvidenceRecord, citation: Citation | None) -> list[Thing]:
        """An efficacy statement."""
        statement.link("kind", BASE + "kind/efficacy")
        condition = self._condition(statement, record.condition)
        statement.text("population", "; ".join(record.condition_qualifiers))
        statement.link("intent", self._term("intent", record.intent, "Intent"))
        statement.text("prevented", record.prevented)
        statement.text("intervention", record.intervention)
        statement.link("product", self._term("product", record.product, "Product"))
        for treatment in record.concomitant:
            statement.text("concomitant", treatment)
        statement.text("comparator", record.comparator)
        statement.link("comparison", self._term("comparison", record.comparison, "Comparison"))
        direction = self._term("direction", record.direction, "Direction")
        statement.link("direction", direction)
        if record.direction_was:
            statement.text("skos:note", f"Its direction was first read as {record.direction_was}.")
        outcome = ""
        if record.outcome:
            kind = self._term("outcome_kind", record.outcome_kind or "other", "OutcomeKind")
            iri = self._thing("outcome", record.outcome, "Outcome", kind)
            statement.link("outcome", iri)
            outcome = f", {self._catalog.label(iri)}"
            statement.text("outcomeAsStated", record.outcome)
        self._study_type(statement, record.study_type)
        if record.blinding:
            statement.link("blinding", self._term("blinding", record.blinding, "Blinding"))
        statement.yes_or_no("placeboControlled", record.placebo_controlled)
        statement.yes_or_no("crossover", record.crossover)
        statement.yes_or_no("testsImmunoglobulin", record.tests_ivig)
        statement.number("participants", record.n_participants)
        statement.number("studies", record.n_studies)
        statement.text("followUp", record.follow_up)
        statement.link("reporting", self._term("reporting", record.reporting, "Reporting"))
        statement.label(f"{condition}: {self._catalog.label(direction)}{outcome}")
        parts = [*_regimen(statement, record.id, record.dose), *_effect(statement, record)]
        if record.reporting == "primary" and citation is not None:
            parts.append(self._study(statement, citation, condition))
        return parts

    def mechanism(self, statement: Thing, record: MechanismRecord, citation: Citation | None) -> list[Thing]:
        """A mechanism statement. Animals and cells model a condition, reviews discuss it."""
        statement.link("kind", BASE + "kind/mechanism")
        study_type = self._study_type(statement, record.study_type)
        about = ""
        if record.condition:
            models, discusses = study_type in _IN_MODELS, study_type in _WITHOUT_PATIENTS
            link = "modelsCondition" if models else "discussesCondition" if discusses else "condition"
            about = self._condition(statement, record.condition, link) + ": "
        group = self._term("mechanism_group", record.mechanism_group, "MechanismGroup")
        mechanism = self._thing("mechanism", record.mechanism, "Mechanism", group)
        statement.link("supportsMechanism" if record.supports else "contradictsMechanism", mechanism)
        statement.text("target", record.target)
        statement.text("action", record.effect)
        against = "" if record.supports else " contradicted"
        statement.label(f"{about}{self._catalog.label(mechanism)}{against}")
        return []

    def safety(self, statement: Thing, record: SafetyRecord, citation: Citation | None) -> list[Thing]:
        """A safety statement; one on use where the event is a side of use, as a cost is."""
        if self._catalog.knows(record.adverse_event, "UseTopic"):
            shared = record.model_dump(exclude={"kind", "adverse_event", "severity", "frequency", "risk_factors"})
            return self.use(statement, UseRecord(kind="use", topic=record.adverse_event, **shared), citation)
        statement.link("kind", BASE + "kind/safety")
        about = self._condition(statement, record.condition) if record.condition else "IVIG"
        event = self._thing("adverse_event", record.adverse_event, "AdverseEvent")
        statement.link("adverseEvent", event)
        if record.severity:
            statement.link("severity", self._term("severity", record.severity, "Severity"))
        if record.frequency:
            statement.decimal("frequency", record.frequency.value)
            statement.text("frequencyUnit", record.frequency.unit)
            statement.text("frequencyAsStated", record.frequency.note)
        for factor in record.risk_factors:
            statement.text("riskFactor", factor)
        if record.study_type:
            self._study_type(statement, record.study_type)
        statement.number("participants", record.n_participants)
        statement.label(f"{about}: {self._catalog.label(event)}")
        return []

    def recommendation(self, statement: Thing, record: RecommendationRecord, citation: Citation | None) -> list[Thing]:
        """A recommendation."""
        statement.link("kind", BASE + "kind/recommendation")
        condition = self._condition(statement, record.condition)
        statement.text("population", "; ".join(record.condition_qualifiers))
        body = self._body(statement, "body", record.body)
        self._catalog.describe_new(body, short=record.body_short, country=record.country)
        statement.text("edition", record.edition or edition_in(record.body))
        statement.number("year", record.year)
        value = self._term("recommends", record.recommends, "RecommendationValue")
        statement.link("recommendation", value)
        if record.line:
            statement.link("line", self._term("line", record.line, "TherapyLine"))
        statement.text("strength", record.strength)
        statement.text("certainty", record.certainty)
        statement.text("gradingSystem", record.grading_system)
        statement.yes_or_no("superseded", record.superseded)
        statement.label(f"{condition}: {self._catalog.label(value)}, {self._catalog.label(body)}")
        return _regimen(statement, record.id, record.dose)

    def regulatory(self, statement: Thing, record: RegulatoryRecord, citation: Citation | None) -> list[Thing]:
        """A regulatory statement."""
        statement.link("kind", BASE + "kind/regulatory")
        about = self._condition(statement, record.condition) if record.condition else "IVIG"
        if not record.condition:
            statement.link("subject", BASE + "product/immunoglobulin")
        statement.text("population", record.population)
        body = self._body(statement, "authority", record.authority)
        statement.text("productName", record.product)
        status = self._term("status", record.status, "RegulatoryStatus")
        statement.link("regulatoryStatus", status)
        statement.number("year", record.year)
        statement.label(f"{about}: {self._catalog.label(status)}, {self._catalog.label(body)}")
        return []

    def use(self, statement: Thing, record: UseRecord, citation: Citation | None) -> list[Thing]:
        """A statement on use."""
        statement.link("kind", BASE + "kind/use")
        about = self._condition(statement, record.condition) if record.condition else "IVIG"
        if not record.condition:
            statement.link("subject", BASE + "product/polyvalent-iv")
        topic = self._term("topic", record.topic, "UseTopic")
        statement.link("topic", topic)
        if record.study_type:
            self._study_type(statement, record.study_type)
        statement.number("participants", record.n_participants)
        statement.label(f"{about}: {self._catalog.label(topic)}")
        return []

    def _study_type(self, statement: Thing, name: str) -> str:
        iri = self._term("study_type", name, "StudyType")
        statement.link("studyType", iri)
        return iri

    def _study(self, statement: Thing, citation: Citation, condition: str) -> Thing:
        """The study that a publication reports: one that is known, or one named after it."""
        cited = BASE + citation.itself().path()
        iri = self._studies.get(cited, cited.replace("/citation/", "/study/"))
        statement.link("study", iri)
        study = Thing(iri.removeprefix(BASE), "Study")
        known = citation.itself().fields
        author = str(known.get("authors", "")).partition(" ")[0]
        by = " ".join(part for part in (author, str(known.get("year", ""))) if part)
        study.label(f"study in {condition}" + (f", {by}" if by else ""))
        study.link("publication", cited)
        return study


_Writer = Callable[..., list[Thing]]
_WRITERS: dict[type, _Writer] = {
    EvidenceRecord: Converter.evidence,
    MechanismRecord: Converter.mechanism,
    SafetyRecord: Converter.safety,
    RecommendationRecord: Converter.recommendation,
    RegulatoryRecord: Converter.regulatory,
    UseRecord: Converter.use,
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


def _regimen(statement: Thing, record_id: str, dose: DoseFields | None) -> list[Thing]:
    """The one phase that a record tells of, each number as its own minimum and maximum."""
    if dose is None or not any(value is not None for _, value in dose):
        return []
    regimen = Thing(f"regimen/{record_id}-1", "Regimen")
    regimen.label(f"regimen of {record_id}, phase 1")
    regimen.number("phase", 1)
    for bound in ("Min", "Max"):
        regimen.decimal(f"gPerKgTotal{bound}", dose.g_per_kg_total)
        regimen.decimal(f"gPerKgPerDay{bound}", dose.g_per_kg_per_day)
        regimen.number(f"days{bound}", dose.days)
        regimen.decimal(f"intervalWeeks{bound}", dose.interval_weeks)
    regimen.text("skos:note", dose.note)
    statement.link("regimen", regimen.iri)
    return [regimen]


def _effect(statement: Thing, record: EvidenceRecord) -> list[Thing]:
    if record.effect is None:
        return []
    effect = Thing(f"effect/{record.id}", "Effect")
    effect.label(f"effect of {record.id}")
    effect.text("measure", record.effect.measure)
    effect.decimal("value", record.effect.value)
    effect.decimal("ciLow", record.effect.ci_low)
    effect.decimal("ciHigh", record.effect.ci_high)
    effect.decimal("p", record.effect.p)
    if record.effect.p is not None:
        effect.code("pRelation", record.effect.p_relation or "unclear")
    statement.link("effect", effect.iri)
    return [effect]
