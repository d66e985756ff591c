"""The columns of a table of statements, a row a statement, made from the schema.

What a shape adds to statements, effects or citations is a column without a change here: text, numbers and truths as
they stand, terms of a vocabulary by their label, other things by IRI and, in a twin column, label. What has to be
worked out (the role of the condition, the status of the citation, a regimen in words) is code, at the place of its
property.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from pyoxigraph import NamedNode

from ivig.export.reading import Reading, without_control_characters
from ivig.export.subgraph import Subgraph
from ivig.model.schema import Property, Schema
from ivig.namespaces import PREFIXES, SKOS, TERMS
from ivig.query.results import Value

_NOTE = SKOS + "note"
_XSD = PREFIXES["xsd"]
Sort = Literal["text", "integer", "number", "truth"]
Cell = str | int | float | bool | None
SORTS: dict[str, Sort] = {_XSD + "integer": "integer", _XSD + "decimal": "number", _XSD + "boolean": "truth"}
"""What a column holds, by the datatype of the property; anything else is text."""


class Column(NamedTuple):
    """A column of a table of statements. Several values stand with "; " between.

    :param name: what stands at its head
    :param sort: of its cells: `text`, `integer`, `number` or `truth`
    :param meaning: what its cells hold, in words
    :param cell: gives the cell of a statement, from what was read and its IRI
    """

    name: str
    sort: Sort
    meaning: str
    cell: Callable[[Reading, str], Cell]


@cache
def columns(schema: Schema) -> tuple[Column, ...]:
    """The columns of the statements of a graph.

    :param schema: the schema of the graph
    :returns: a column a property, in the order of the shapes

    >>> from ivig.model.schema import schema
    >>> [column.name for column in columns(schema())][:3]
    ['statement', 'statement_label', 'kind']
    """
    found = [
        Column("statement", "text", "The statement.", lambda read, one: one),
        Column("statement_label", "text", "Its label.", lambda read, one: _joined([read.label(one)])),
    ]
    for property in schema.properties("Statement"):
        found += _COMPUTED.get(property.name, _of)(schema, property)
    return tuple(found)


def rows(subgraph: Subgraph, wanted: Iterable[Column]) -> Iterator[list[Cell]]:
    """A row a statement, its cells in the order of the columns, read as they come.

    :param subgraph: whose statements they are
    :param wanted: the columns
    """
    cells = [column.cell for column in wanted]
    for statements, read in subgraph.readings():
        for statement in statements:
            yield [cell(read, statement) for cell in cells]


def _of(schema: Schema, property: Property, *path: str) -> list[Column]:
    """The columns of a property, of the things at the end of a path."""
    name, meaning, along = property.name, _meaning(property), (*path, property.iri)
    if property.datatype:
        sort = SORTS.get(property.datatype, "text")
        return [_text(name, meaning, *along) if sort == "text" else _number(name, sort, meaning, *along)]
    class_ = property.class_.removeprefix(TERMS)
    if class_ in _BY_LABEL or (is_of_a_vocabulary(schema, property) and class_ not in _BY_IRI):
        return [_label(name, meaning, *along)]
    return [_iri(name, meaning, *along), _label(f"{name}_label", "Its label.", *along)]


def _meaning(property: Property) -> str:
    """What the ontology says of a property; how to fill it is for those who write it."""
    return property.definition or property.note or f"Its {property.name.replace('_', ' ')}."


_BY_LABEL = ("Treatment",)
"""Things of which a cell has the label alone, as it has of the terms of a vocabulary."""
_BY_IRI = ("StudyType",)
"""Vocabularies of which it has the IRI too."""


def is_of_a_vocabulary(schema: Schema, property: Property) -> bool:
    """Whether the values of a property are terms of a vocabulary of the ontology.

    :param schema: of the graph
    :param property: one of that schema
    """
    return property.class_.removeprefix(TERMS) in schema.vocabularies


def _within(schema: Schema, class_: str, *path: str) -> list[Column]:
    """The columns of things that a statement leads to: what they say in values and in terms of a vocabulary."""
    taken = {"label", *(one.name for one in schema.properties("Statement"))}
    return [
        column
        for property in schema.properties(class_)
        if property.name not in taken and (property.datatype or is_of_a_vocabulary(schema, property))
        for column in _of(schema, property, *path)
    ]


def _iri(name: str, meaning: str, *path: str) -> Column:
    return Column(name, "text", meaning, lambda read, one: _joined(read.along(one, path)))


def _label(name: str, meaning: str, *path: str) -> Column:
    return Column(name, "text", meaning, lambda read, one: _joined(map(read.label, read.along(one, path))))


def _text(name: str, meaning: str, *path: str) -> Column:
    *steps, last = path

    def cell(read: Reading, one: str) -> Cell:
        return _joined(text for at in read.along(one, steps) if (text := read.text(at, last)))

    return Column(name, "text", meaning, cell)


def _number(name: str, sort: Sort, meaning: str, *path: str) -> Column:
    *steps, last = path

    def cell(read: Reading, one: str) -> Cell:
        values = [value for at in read.along(one, steps) for value in read.plain(at, last)]
        # Two numbers have no place in one cell, and to take either would be to choose.
        return measured(values[0], sort) if len(values) == 1 else None

    return Column(name, sort, meaning, cell)


def measured(value: Value, sort: Sort) -> Cell:
    """A value as a cell of a sort; None where it is of another.

    :param value: of a property
    :param sort: of the cells of the column: `text`, `integer`, `number` or `truth`
    """
    if sort == "text":
        return None if value is None else str(value)
    if sort == "truth":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return int(value) if sort == "integer" else float(value)


def _joined(values: Iterable[str]) -> str | None:
    return without_control_characters("; ".join(dict.fromkeys(values))) or None


_ROLES = {"condition": "patients", "modelsCondition": "model", "discussesCondition": "discussed"}
_MECHANISM = {"supportsMechanism": True, "contradictsMechanism": False, "discussesMechanism": None}


def _any_of(read: Reading, statement: str, names: Iterable[str]) -> list[str]:
    return [iri for name in names for iri in read.iris(statement, name)]


def _conditions(schema: Schema, property: Property) -> list[Column]:
    def role(read: Reading, statement: str) -> Cell:
        return next((role for name, role in _ROLES.items() if read.iris(statement, name)), None)

    def curies(read: Reading, statement: str) -> Cell:
        return _joined(curie for iri in _any_of(read, statement, _ROLES) for curie in read.curies(iri))

    return [
        *_either("condition", property, _ROLES),
        Column("condition_role", "text", "patients who had it, a model of it, or a discussion of it.", role),
        Column("condition_curies", "text", "Terms of other ontologies that mean the same condition.", curies),
    ]


def _mechanisms(schema: Schema, property: Property) -> list[Column]:
    def supports(read: Reading, statement: str) -> Cell:
        return next((speaks for name, speaks in _MECHANISM.items() if read.iris(statement, name)), None)

    meaning = "Whether the statement speaks for the mechanism, or against it; empty where it only discusses it."
    return [*_either("mechanism", property, _MECHANISM), Column("supports", "truth", meaning, supports)]


def _either(name: str, property: Property, names: Iterable[str]) -> list[Column]:
    """IRI and label of what one of several properties leads to."""
    return [
        Column(name, "text", _meaning(property), lambda read, one: _joined(_any_of(read, one, names))),
        Column(
            f"{name}_label", "text", "Its label.", lambda read, one: _joined(map(read.label, _any_of(read, one, names)))
        ),
    ]


def _subject(schema: Schema, property: Property) -> list[Column]:
    def cell(read: Reading, statement: str) -> Cell:
        """As it was asserted: it is entailed of a condition, a mechanism or an event that the statement is on it."""
        said = set(_any_of(read, statement, (*_ROLES, *_MECHANISM, "adverseEvent")))
        subjects = [t.object.value for t in read.asserted(statement)
                    if t.predicate.value == property.iri and isinstance(t.object, NamedNode)]  # fmt: skip
        return _joined(read.label(iri) for iri in subjects if iri not in said)

    return [Column(property.name, "text", _meaning(property), cell)]


_TELLING = ("pmid", "doi", "pmcid", "title")
"""What tells a publication for certain: what was read of others was its authors, or somebody's words on it."""


def _citations(schema: Schema, property: Property) -> list[Column]:
    def status(read: Reading, statement: str) -> Cell:
        if citations := read.iris(statement, "citation"):
            return "confirmed" if any(read.values(one, name) for one in citations for name in _TELLING) else "probable"
        return _joined(map(read.label, read.along(statement, ("reference", "resolution"))))

    meaning = "confirmed, probable (also where neither identifier nor full title was seen) or unresolved."
    within = _within(schema, "Citation", "citation")
    return [*_of(schema, property), *within, Column("citation_status", "text", meaning, status)]


_DOSES = {
    "gPerKgTotal": "g/kg in total",
    "gPerKgPerDay": "g/kg a day",
    "gPerKgUnstated": "g/kg, basis not stated",
    "days": "days",
    "intervalWeeks": "weeks apart",
    "intervalMonths": "months apart",
}


def _regimens(schema: Schema, property: Property) -> list[Column]:
    def words(read: Reading, regimen: str) -> str:
        arm = read.text(regimen, "arm")
        # That of immunoglobulin goes without saying.
        named = [*map(read.label, read.iris(regimen, "regimenPhase")), "" if arm == "ivig" else arm]
        head, doses = ", ".join(filter(None, named)), ", ".join(numbers(read, regimen))
        return f"{head}: {doses}" if head and doses else doses

    def numbers(read: Reading, regimen: str) -> Iterator[str]:
        for name, unit in _DOSES.items():
            low, high = read.first(regimen, f"{name}Min"), read.first(regimen, f"{name}Max")
            if low is not None or high is not None:
                yield f"{low if low == high else f'{low} to {high}'} {unit}"
        if (courses := read.first(regimen, "courses")) is not None:
            yield f"{courses} courses"

    def cell(read: Reading, statement: str) -> Cell:
        return _joined(filter(None, (words(read, regimen) for regimen in read.iris(statement, "regimen"))))

    meaning = "The doses in numbers, a phase after the other, with phase and arm where told, as far as numbers say it."
    return [
        Column("regimen", "text", meaning, cell),
        _text("regimen_as_stated", "The doses in words where numbers do not say all.", "regimen", _NOTE),
    ]


def _effects(schema: Schema, property: Property) -> list[Column]:
    def measure(read: Reading, statement: str) -> Cell:
        effects = read.along(statement, ("effect",))
        return _joined(
            next(map(read.label, read.iris(effect, "measureTerm")), read.text(effect, "measure")) for effect in effects
        )

    meaning = "What the value is, by the vocabulary of measures; else in the words of the source."
    named = {
        "measure": Column("measure", "text", meaning, measure),
        "measure_term": _text(
            "measure_as_stated", "What the value is, in the words of the source.", "effect", "measure"
        ),
    }
    return [named.get(column.name, column) for column in _within(schema, "Effect", "effect")]


def _outcomes(schema: Schema, property: Property) -> list[Column]:
    return [*_of(schema, property), *(_of(schema, schema.property("Outcome", "outcome_kind"), "outcome"))]


def _study_types(schema: Schema, property: Property) -> list[Column]:
    level = _number("level", "integer", "Oxford CEBM 2011 level, 1 (strongest) to 5.", "level")
    return [*_of(schema, property), level]


def _passages(schema: Schema, property: Property) -> list[Column]:
    return [
        _text("source", "The source document.", "passage", "source", "key"),
        _text("passage", "The passage in it.", "passage", "number"),
    ]


def _pages(schema: Schema, property: Property) -> list[Column]:
    address = _iri("page", "The address at which it was read.", "page", "readAt")
    return [address, *_within(schema, "WebPage", "page")]


def _nothing(schema: Schema, property: Property) -> list[Column]:
    return []


_COMPUTED: dict[str, Callable[[Schema, Property], list[Column]]] = {
    "label": _nothing,
    "condition": _conditions,
    "models_condition": _nothing,
    "discusses_condition": _nothing,
    "subject": _subject,
    "outcome": _outcomes,
    "supported_mechanism": _mechanisms,
    "contradicted_mechanism": _nothing,
    "discussed_mechanism": _nothing,
    "study_type": _study_types,
    "regimen": _regimens,
    "effect": _effects,
    "reference": _nothing,
    "citation": _citations,
    "passage": _passages,
    "page": _pages,
}
"""The properties of a statement whose columns are not what the schema alone would give; several share one column."""
