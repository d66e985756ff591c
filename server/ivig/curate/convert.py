"""A record into a statement: its triples, and those of its effect, its regimens and the page it was read on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ivig.curate.catalog import EXPERIMENTAL_MODEL, NOT_GROUPED, Catalog
from ivig.curate.citations import Citation, page_path
from ivig.curate.studies import Studies
from ivig.curate.triples import Thing
from ivig.errors import AmbiguousName, BadInput, UnknownName
from ivig.model.records import (
    ArmFields,
    EvidenceRecord,
    MechanismRecord,
    RecommendationRecord,
    Record,
    RegimenFields,
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


_MECHANISM_LINKS = {
    True: ("supportsMechanism", ""),
    False: ("contradictsMechanism", " contradicted"),
    None: ("discussesMechanism", " discussed"),
}
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
        statement = Thing(f"statement/{record.id}", "Statement")
        statement.text("finding", record.finding)
        statement.link("page", BASE + page_path(str(record.read_at)))
        statement.link("readDepth", self._term("read_depth", record.read_depth, "ReadDepth"))
        statement.day("readOn", record.read_on)
        if record.second_reading:
            statement.link("secondReading", self._term("second_reading", record.second_reading, "SecondReading"))
        statement.text("skos:note", record.note)
        if more := _status(record.retraction)[1]:
            statement.text("skos:note", f"On a retraction: {more}.")
        if citation is not None:
            statement.link("citation", BASE + citation.itself().path())
        write = _WRITERS[type(record)]
        parts = write(self, statement, record, citation)
        return [statement, *parts, _page(str(record.read_at))]

    def retraction(self, record: Record) -> str | None:
        """The IRI of what the record says of a retraction.

        :raises WrongName: where it is no word of the vocabulary
        """
        if isinstance(record, EvidenceRecord) and record.retracted_or_withdrawn:
            return RETRACTED
        word = _status(record.retraction)[0]
        return self._term("retraction", word, "RetractionStatus") if word else None

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
        """An efficacy statement.

        :param statement: the thing that it is said of
        :param record: what to say
        :param citation: the publication that it cites; None where it cites none
        :returns: its regimens and its effect; and the study, where it reports one of its own
        :raises WrongName: where a name means nothing, or several things
        """
        statement.link("kind", BASE + "kind/efficacy")
        condition = self._condition(statement, record.condition)
        statement.text("population", "; ".join(record.condition_qualifiers))
        for group in record.population_group:
            statement.link("populationGroup", self._term("population_group", group, "PopulationGroup"))
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
        if record.outcome_role and (role := self._term("outcome_role", record.outcome_role, "OutcomeRole")) != NO_ROLE:
            statement.link("outcomeRole", role)
        elif record.outcome_role and record.reporting.lower() != "pooled":
            statement.link("outcomeRole", NO_ROLE)
        self._study_type(statement, record.study_type)
        if record.reviewed_designs:
            designs = self._term("reviewed_designs", record.reviewed_designs, "ReviewedDesigns")
            statement.link("reviewedDesigns", designs)
        statement.number("searchTo", record.search_to)
        statement.yes_or_no("controlled", record.controlled)
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
        parts = [*self._regimens(statement, record.id, record.dose), *self._effect(statement, record)]
        if record.reporting == "primary" and citation is not None:
            parts.append(self._study(statement, record, citation, condition))
        return parts

    def mechanism(self, statement: Thing, record: MechanismRecord, citation: Citation | None) -> list[Thing]:
        """A mechanism statement. Animals and cells model a condition, reviews discuss it.

        :param statement: the thing that it is said of
        :param record: what to say
        :param citation: not needed here
        :returns: nothing, as no other thing belongs to it
        :raises WrongName: where a name means nothing, or several things
        """
        statement.link("kind", BASE + "kind/mechanism")
        study_type = self._study_type(statement, record.study_type)
        about = ""
        if record.condition:
            models, discusses = study_type in _IN_MODELS, study_type in _WITHOUT_PATIENTS
            link = "modelsCondition" if models else "discussesCondition" if discusses else "condition"
            about = self._condition(statement, record.condition, link) + ": "
        group = self._term("mechanism_group", record.mechanism_group, "MechanismGroup")
        mechanism = self._thing("mechanism", record.mechanism, "Mechanism", group)
        link, so = _MECHANISM_LINKS[record.supports]
        statement.link(link, mechanism)
        statement.text("target", record.target)
        statement.text("action", record.effect)
        statement.label(f"{about}{self._catalog.label(mechanism)}{so}")
        return []

    def safety(self, statement: Thing, record: SafetyRecord, citation: Citation | None) -> list[Thing]:
        """A safety statement; one on use where the event is a side of use, as a cost is.

        :param statement: the thing that it is said of
        :param record: what to say
        :param citation: not needed here
        :returns: nothing, as no other thing belongs to it
        :raises WrongName: where a name means nothing, or several things
        """
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
        """A recommendation.

        :param statement: the thing that it is said of
        :param record: what to say
        :param citation: not needed here
        :returns: its regimens
        :raises WrongName: where a name means nothing, or several things
        """
        statement.link("kind", BASE + "kind/recommendation")
        condition = self._condition(statement, record.condition)
        statement.text("population", "; ".join(record.condition_qualifiers))
        body = self._body(statement, "body", record.body)
        self._catalog.describe_new(body, short=record.body_short, country=record.country)
        _edition(statement, record, record.edition or edition_in(record.body))
        value = self._term("recommends", record.recommends, "RecommendationValue")
        statement.link("recommendation", value)
        if record.line:
            statement.link("line", self._term("line", record.line, "TherapyLine"))
        statement.text("strength", record.strength)
        statement.text("certainty", record.certainty)
        statement.text("gradingSystem", record.grading_system)
        statement.yes_or_no("superseded", record.superseded)
        statement.label(f"{condition}: {self._catalog.label(value)}, {self._catalog.label(body)}")
        return self._regimens(statement, record.id, record.dose)

    def regulatory(self, statement: Thing, record: RegulatoryRecord, citation: Citation | None) -> list[Thing]:
        """A regulatory statement.

        :param statement: the thing that it is said of
        :param record: what to say
        :param citation: not needed here
        :returns: nothing, as no other thing belongs to it
        :raises WrongName: where a name means nothing, or several things
        """
        statement.link("kind", BASE + "kind/regulatory")
        about = self._condition(statement, record.condition) if record.condition else "IVIG"
        if not record.condition:
            statement.link("subject", BASE + "product/immunoglobulin")
        statement.text("population", record.population)
        body = self._body(statement, "authority", record.authority)
        statement.text("productName", record.product)
        status = self._term("status", record.status, "RegulatoryStatus")
        statement.link("regulatoryStatus", status)
        _edition(statement, record, record.edition)
        statement.label(f"{about}: {self._catalog.label(status)}, {self._catalog.label(body)}")
        return []

    def use(self, statement: Thing, record: UseRecord, citation: Citation | None) -> list[Thing]:
        """A statement on use.

        :param statement: the thing that it is said of
        :param record: what to say
        :param citation: not needed here
        :returns: nothing, as no other thing belongs to it
        :raises WrongName: where a name means nothing, or several things
        """
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

    def _study(self, statement: Thing, record: EvidenceRecord, citation: Citation, condition: str) -> Thing:
        """The study that a publication reports."""
        told = f"{record.finding} {record.note or ''}"
        study = self.studies.of(citation.itself(), condition, told, self._is_no_trial)
        statement.link("study", study.iri)
        return study

    def _is_no_trial(self, acronym: str) -> bool:
        return any(self._catalog.knows(acronym, kind) for kind in ("Condition", "Mechanism", "Outcome", "Product"))

    def _regimens(self, statement: Thing, record_id: str, doses: Sequence[RegimenFields]) -> list[Thing]:
        """A regimen for each phase and arm that a record tells of. A single figure is both ends of its range."""
        regimens = []
        for number, dose in enumerate((dose for dose in doses if dose.says_something()), 1):
            regimen = Thing(f"regimen/{record_id}-{number}", "Regimen")
            regimen.label(f"regimen of {record_id}, {number}")
            regimen.number("position", number)
            repeated = _is_repeated(dose)
            if phase := dose.phase or ("maintenance" if repeated else None):
                regimen.link("regimenPhase", self._term("dose.phase", phase, "Phase"))
            regimen.text("arm", dose.arm)
            unstated, total = dose.g_per_kg_unstated, dose.g_per_kg_total
            regimen.decimals("gPerKgTotal", unstated if repeated else total)
            regimen.decimals("gPerKgPerDay", dose.g_per_kg_per_day)
            regimen.decimals("gPerKgUnstated", None if repeated else unstated)
            for bound, days in zip(("Min", "Max"), dose.days or (), strict=False):
                regimen.number(f"days{bound}", days)
            regimen.decimals("intervalWeeks", dose.interval_weeks)
            regimen.decimals("intervalMonths", dose.interval_months)
            regimen.number("courses", dose.courses)
            regimen.text("skos:note", dose.note)
            statement.link("regimen", regimen.iri)
            regimens.append(regimen)
        return regimens

    def _effect(self, statement: Thing, record: EvidenceRecord) -> list[Thing]:
        """The result in numbers: of the comparison and of each arm."""
        told, arms = record.effect, record.arms
        if told is None and (arms is None or not arms.says_something()):
            return []
        effect = Thing(f"effect/{record.id}", "Effect")
        effect.label(f"effect of {record.id}")
        if told is not None:
            effect.text("measure", told.measure)
            if told.measure_term:
                effect.link("measureTerm", self._term("effect.measure_term", told.measure_term, "Measure"))
            effect.decimal("value", told.value)
            _unit(effect, "unit", told.unit)
            effect.decimal("ciLow", told.ci_low)
            effect.decimal("ciHigh", told.ci_high)
            effect.decimal("p", told.p)
            if told.p is not None:
                effect.code("pRelation", told.p_relation or "unclear")
            effect.yes_or_no("adjusted", told.adjusted)
        if arms is not None:
            _arm(effect, "", arms.ivig)
            _arm(effect, "comparator", arms.comparator)
            _unit(effect, "armUnit", arms.unit)
        if len(effect.block) == _EMPTY:
            return []
        statement.link("effect", effect.iri)
        return [effect]


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


def _edition(statement: Thing, record: RecommendationRecord | RegulatoryRecord, edition: str | None) -> None:
    """Which edition it is of, and whether that is in force."""
    statement.text("edition", edition)
    statement.number("year", record.year)
    statement.text("supersededBy", record.superseded_by)
    statement.yes_or_no("inForce", record.in_force)
    statement.yes_or_no("proposed", record.proposed)


def _is_repeated(dose: RegimenFields) -> bool:
    """Whether a dose that is given every so many weeks stands as one of no basis: it is that of each infusion."""
    others = dose.g_per_kg_total or dose.g_per_kg_per_day or dose.days
    return bool(dose.g_per_kg_unstated and (dose.interval_weeks or dose.interval_months) and not others)


def _arm(effect: Thing, prefix: str, arm: ArmFields | None) -> None:
    if arm is None:
        return
    for name, value in arm:
        link = prefix + name.capitalize() if prefix else name
        if isinstance(value, int) and name in ("events", "total"):
            effect.number(link, value)
        else:
            effect.decimal(link, value)


def _unit(effect: Thing, name: str, unit: str | None) -> None:
    """A unit in UCUM; what of it UCUM has no code for goes to a note."""
    if unit and (share := _SHARE.match(unit)):
        effect.code(name, "%" if share[0] == "%" else "1")
        effect.text("skos:note", f"The unit is {unit}.")
    else:
        effect.code(name, _UCUM.get(unit, unit) if unit else None)


def _status(retraction: str | None) -> tuple[str, str]:
    """What is said of a retraction: the word for it, and what stands behind.

    >>> _status("not checked (page names a correction)"), _status("retracted")
    (('not checked', 'page names a correction'), ('retracted', ''))
    """
    found = _STATUS.fullmatch(retraction or "")
    return (found["word"], found["more"]) if found else ("", "")
