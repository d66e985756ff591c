"""The columns of a table of statements, a row a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from pyoxigraph import NamedNode

from ivig.export.part import Part
from ivig.export.reading import Reading
from ivig.namespaces import SKOS, TERMS
from ivig.query.results import Value

NOTE = SKOS + "note"
_SUBJECT = TERMS + "subject"
Sort = Literal["text", "integer", "number", "truth"]
Cell = str | int | float | bool | None


class Column(NamedTuple):
    """A column: what its cells hold, and how a cell is read off a statement. Several values stand with "; " between."""

    name: str
    sort: Sort
    meaning: str
    cell: Callable[[Reading, str], Cell]


def _iri(name: str, meaning: str, *path: str) -> Column:
    return Column(name, "text", meaning, lambda read, one: _joined(read.along(one, path)))


def _label(name: str, meaning: str, *path: str) -> Column:
    return Column(name, "text", meaning, lambda read, one: _joined(map(read.label, read.along(one, path))))


def _text(name: str, meaning: str, *path: str) -> Column:
    *steps, last = path

    def cell(read: Reading, one: str) -> Cell:
        return _joined(text for at in read.along(one, steps) if (text := read.text(at, last)))

    return Column(name, "text", meaning, cell)


def _value(name: str, sort: Sort, meaning: str, *path: str) -> Column:
    *steps, last = path

    def cell(read: Reading, one: str) -> Cell:
        values = [value for at in read.along(one, steps) for value in read.plain(at, last)]
        # Two numbers have no place in one cell, and to take either would be to choose.
        return _measured(values[0], sort) if len(values) == 1 else None

    return Column(name, sort, meaning, cell)


def _measured(value: Value, sort: Sort) -> Cell:
    if sort == "truth":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return int(value) if sort == "integer" else float(value)


def _joined(values: Iterator[str] | list[str]) -> str | None:
    return "; ".join(dict.fromkeys(values)) or None


def _conditions(read: Reading, statement: str) -> list[str]:
    return [iri for name in _ROLES for iri in read.iris(statement, name)]


_ROLES = {"condition": "patients", "modelsCondition": "model", "discussesCondition": "discussed"}


def _role(read: Reading, statement: str) -> Cell:
    return next((role for name, role in _ROLES.items() if read.iris(statement, name)), None)


def _mechanisms(read: Reading, statement: str) -> list[str]:
    links = ("supportsMechanism", "contradictsMechanism", "discussesMechanism")
    return [iri for link in links for iri in read.iris(statement, link)]


def _supports(read: Reading, statement: str) -> Cell:
    if read.iris(statement, "supportsMechanism"):
        return True
    return False if read.iris(statement, "contradictsMechanism") else None


def _subject(read: Reading, statement: str) -> Cell:
    """As it was asserted: it follows of a condition, a mechanism or an event that the statement is on it as well."""
    said = {*_conditions(read, statement), *_mechanisms(read, statement), *read.iris(statement, "adverseEvent")}
    subjects = [
        triple.object.value
        for triple in read.asserted(statement)
        if triple.predicate.value == _SUBJECT and isinstance(triple.object, NamedNode)
    ]
    return _joined(read.label(iri) for iri in subjects if iri not in said)


_TELLING = ("pmid", "doi", "pmcid", "title")
"""What tells a publication for certain: what was read of others was its authors, or somebody's words on it."""


def _status(read: Reading, statement: str) -> Cell:
    if citations := read.iris(statement, "citation"):
        return "confirmed" if any(read.values(one, name) for one in citations for name in _TELLING) else "probable"
    return _joined(map(read.label, read.along(statement, ("reference", "resolution"))))


def _regimens(read: Reading, statement: str) -> Cell:
    """The phases of dosing in numbers."""
    return _joined(", ".join(_numbers(read, regimen)) for regimen in read.iris(statement, "regimen"))


_DOSES = {
    "gPerKgTotal": "g/kg in total",
    "gPerKgPerDay": "g/kg a day",
    "gPerKgUnstated": "g/kg, basis not stated",
    "days": "days",
    "intervalWeeks": "weeks apart",
    "intervalMonths": "months apart",
}


def _numbers(read: Reading, regimen: str) -> Iterator[str]:
    for name, unit in _DOSES.items():
        low, high = read.first(regimen, f"{name}Min"), read.first(regimen, f"{name}Max")
        if low is not None or high is not None:
            yield f"{low if low == high else f'{low} to {high}'} {unit}"
    if (courses := read.first(regimen, "courses")) is not None:
        yield f"{courses} courses"


COLUMNS = (
    Column("statement", "text", "The statement.", lambda read, one: one),
    Column("statement_label", "text", "Its label.", lambda read, one: read.label(one)),
    _label("kind", "What it is about.", "kind"),
    Column("condition", "text", "The condition.", lambda read, one: _joined(_conditions(read, one))),
    Column("condition_label", "text", "Its label.", lambda read, one: _joined(map(read.label, _conditions(read, one)))),
    Column("condition_role", "text", "patients who had it, a model of it, or a discussion of it.", _role),
    Column(
        "condition_curies",
        "text",
        "Terms of other ontologies that mean the same condition.",
        lambda read, one: _joined(curie for iri in _conditions(read, one) for curie in read.curies(iri)),
    ),
    _text("condition_as_stated", "The condition as the source calls it, where that differs.", "conditionAsStated"),
    _text("population", "Which patients.", "population"),
    _label("intent", "treat, prevent or replace.", "intent"),
    _text("prevented", "What was to be prevented.", "prevented"),
    _label("product", "The sort of immunoglobulin.", "product"),
    _text("intervention", "What the arm with immunoglobulin received.", "intervention"),
    _text("comparator", "What the other patients received.", "comparator"),
    _label("comparison", "The sort of comparison.", "comparison"),
    _iri("outcome", "The canonical outcome.", "outcome"),
    _label("outcome_label", "Its label.", "outcome"),
    _text("outcome_as_stated", "The outcome as the source calls it.", "outcomeAsStated"),
    _label("outcome_kind", "The sort of outcome.", "outcome", "outcomeKind"),
    _label("direction", "Which way the effect went, seen from the arm with immunoglobulin.", "direction"),
    _iri("study_type", "The kind of study, as the source gives it.", "studyType"),
    _label("study_type_label", "Its label.", "studyType"),
    _value("level", "integer", "Oxford CEBM 2011 level, 1 (strongest) to 5.", "level"),
    _label("blinding", "Who knew which treatment was given.", "blinding"),
    _value("placebo_controlled", "truth", "Whether a placebo was given to others.", "placeboControlled"),
    _value("crossover", "truth", "Whether each patient had both treatments.", "crossover"),
    _value(
        "tests_immunoglobulin",
        "truth",
        "Whether the result is of immunoglobulin itself, and not of an add-on, a dose, a route or a product.",
        "testsImmunoglobulin",
    ),
    _value("participants", "integer", "How many persons.", "participants"),
    _value("studies", "integer", "How many studies.", "studies"),
    _text("follow_up", "How long they were followed.", "followUp"),
    _text("measure", "What the value is.", "effect", "measure"),
    _value("value", "number", "The value of the measure.", "effect", "value"),
    _text("unit", "Its unit, in UCUM.", "effect", "unit"),
    _value("ci_low", "number", "Lower limit of the 95% confidence interval.", "effect", "ciLow"),
    _value("ci_high", "number", "Upper limit of the 95% confidence interval.", "effect", "ciHigh"),
    _value("p", "number", "The p value or its bound.", "effect", "p"),
    _text("p_relation", "=, <, > or unclear.", "effect", "pRelation"),
    _value("events", "integer", "How many of the arm with immunoglobulin had the outcome.", "effect", "events"),
    _value("total", "integer", "Out of how many.", "effect", "total"),
    _value("range_low", "number", "The lowest value seen.", "effect", "rangeLow"),
    _value("range_high", "number", "The highest value seen.", "effect", "rangeHigh"),
    Column("regimen", "text", "The doses in numbers, a phase after the other, as far as numbers say it.", _regimens),
    _text("regimen_as_stated", "The doses in words where numbers do not say all.", "regimen", NOTE),
    _text("concomitant", "What was given beside it.", "concomitant"),
    _label("treatment", "What else the statement is on.", "treatment"),
    Column("mechanism", "text", "The mechanism.", lambda read, one: _joined(_mechanisms(read, one))),
    Column("mechanism_label", "text", "Its label.", lambda read, one: _joined(map(read.label, _mechanisms(read, one)))),
    Column(
        "supports",
        "truth",
        "Whether the statement speaks for the mechanism, or against it; empty where it only discusses it.",
        _supports,
    ),
    _text("target", "What the mechanism acts on.", "target"),
    _text("action", "What immunoglobulin does by it.", "action"),
    _text("model_system", "The organism or system in which it was studied.", "modelSystem"),
    _iri("event", "The adverse event.", "adverseEvent"),
    _label("event_label", "Its label.", "adverseEvent"),
    _label("severity", "How grave it is.", "severity"),
    _value("frequency", "number", "How often it occurs.", "frequency"),
    _text("frequency_unit", "What the frequency counts.", "frequencyUnit"),
    _text("frequency_as_stated", "The frequency as the source puts it.", "frequencyAsStated"),
    _text("risk_factor", "What makes it more likely.", "riskFactor"),
    _iri("body", "Who recommends or licenses.", "body"),
    _label("body_label", "Its label.", "body"),
    _text("body_as_stated", "The body as the source calls it, where that differs.", "bodyAsStated"),
    _text("edition", "The edition of its text.", "edition"),
    _value("edition_year", "integer", "The year of the statement itself.", "year"),
    _label("recommendation", "What is recommended.", "recommendation"),
    _label("line", "The line of therapy.", "line"),
    _text("strength", "The strength of the recommendation.", "strength"),
    _text("certainty", "The certainty of the evidence, as the body puts it.", "certainty"),
    _text("grading_system", "The system of both.", "gradingSystem"),
    _value("superseded", "truth", "Whether a newer edition replaced it.", "superseded"),
    _label("regulatory_status", "How an authority treats the use.", "regulatoryStatus"),
    _text("product_name", "The product that it licensed.", "productName"),
    _label("topic", "The side of its use.", "topic"),
    Column("subject", "text", "What the statement is on, where it is no condition, mechanism or event.", _subject),
    _text("finding", "What the source says, in our own words.", "finding"),
    _text("note", "What else is to be known of the statement.", NOTE),
    _value("hedged", "truth", "Whether the source puts it with reserve.", "hedged"),
    _iri("study", "The study.", "study"),
    _label("reporting", "primary, pooled or secondary.", "reporting"),
    _label("read_depth", "How much was read.", "readDepth"),
    _iri("citation", "The publication, where confirmed.", "citation"),
    _label("citation_label", "Its label.", "citation"),
    _text("authors", "Its authors.", "citation", "authors"),
    _text("journal", "Its journal.", "citation", "journal"),
    _value("year", "integer", "Its year.", "citation", "year"),
    _text("pmid", "Its PMID.", "citation", "pmid"),
    _text("doi", "Its DOI.", "citation", "doi"),
    _text("pmcid", "Its PMCID.", "citation", "pmcid"),
    Column(
        "citation_status",
        "text",
        "confirmed, probable (also where neither identifier nor full title was seen) or unresolved.",
        _status,
    ),
    _text("source", "The source document.", "passage", "source", "key"),
    _text("passage", "The passage in it.", "passage", "number"),
    _iri("page", "The address at which it was read.", "page", "readAt"),
    _text("read_on", "The day on which it was read.", "page", "accessed"),
)


def rows(part: Part) -> Iterator[list[Cell]]:
    """A row a statement, its cells in the order of the columns, read as they come."""
    for statements, read in part.readings():
        for statement in statements:
            yield [column.cell(read, statement) for column in COLUMNS]
