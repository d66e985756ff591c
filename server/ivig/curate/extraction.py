"""Statements back into the records that they were made from, to be corrected in a spreadsheet and imported again.

What an import makes of a record is undone column by column, by the property that each column fills; a row that is
imported again without a change changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from ivig.curate.catalog import Catalog
from ivig.curate.store import LITERATURE, Store
from ivig.errors import BadInput
from ivig.io.tables import SEPARATOR, Column, column_types
from ivig.namespaces import BASE, SKOS, TERMS
from ivig.query.results import plain

CellValue = str | int | float | bool | None

_KINDS = {"efficacy": "evidence"}
"""Kinds of statement that records call otherwise."""
_OF_CLASS = {"Effect": ("effect",), "Citation": ("citation",), "Body": ("body",), "Outcome": ("outcome",)}
_CONDITIONS = ("condition", "modelsCondition", "discussesCondition")
_MECHANISMS = {"supportsMechanism": True, "contradictsMechanism": False, "discussesMechanism": None}
_AS_STATED = {"condition": "conditionAsStated", "body": "bodyAsStated", "outcome": "outcomeAsStated"}
_NOTE = SKOS + "note"
_ON_RETRACTION = re.compile(r"On a retraction: (.*)\.")
_FIRST_READ = re.compile(r"Its direction was first read as (.*)\.")
_UNIT = re.compile(r"The unit is (.*)\.")
_BRACKETED = re.compile(r"\[(.*)\]")


def record_rows(store: Store, statements: Iterable[str]) -> tuple[dict[str, list[dict[str, CellValue]]], list[str]]:
    """The statements as rows of a spreadsheet of records, by kind, each in the order of their IRIs.

    :param statements: their IRIs
    :returns: the rows; and the statements that were made by hand from a source document, which no record holds
    """
    reader = _Reader(store)
    rows: dict[str, list[dict[str, CellValue]]] = {}
    by_hand = []
    for iri in sorted(statements):
        home = store.home(iri)
        if home is None or home.parent.name != LITERATURE:
            by_hand.append(iri)
            continue
        said = next(iter(reader.links(iri, "kind"))).rpartition("/")[2]
        kind = _KINDS.get(said, said)
        columns = column_types(kind).values()
        rows.setdefault(kind, []).append({column.name: reader.cell(iri, column) for column in columns})
    return rows, by_hand


class _Reader:
    """Reads cells off statements."""

    def __init__(self, store: Store) -> None:
        self._blocks = store.blocks
        self._catalog = Catalog([*store.ontology, *store.triples()], create=False)

    def cell(self, iri: str, column: Column) -> CellValue:
        """What stands in a column of the record of a statement; None for nothing."""
        special = _SPECIAL.get(column.name)
        if special is not None:
            return special(self, iri)
        if column.fills is None:
            return None
        if column.listed:
            return self._of_regimens(iri, column)
        predicate = column.fills.filled.iri
        subjects = self._subjects(iri, column.fills.class_)
        values = [self._value(term, column) for one in subjects for term in self.terms(one, predicate)]
        if column.fills.name == "population" and column.several:
            # An import joins them.
            return SEPARATOR.join(str(values[0]).split("; ")) if values else None
        if column.several:
            return SEPARATOR.join(sorted(map(str, values))) or None
        return next(iter(values), None)

    def terms(self, iri: str, predicate: str) -> list[NamedNode | Literal]:
        """What a thing says by a property, in a settled order."""
        found = [triple.object for triple in self._blocks.get(iri, ()) if triple.predicate.value == predicate]
        return sorted((term for term in found if isinstance(term, NamedNode | Literal)), key=str)

    def links(self, iri: str, name: str) -> list[str]:
        """The things that a thing leads to by one of our properties."""
        return [term.value for term in self.terms(iri, TERMS + name) if isinstance(term, NamedNode)]

    def texts(self, iri: str, name: str) -> list[str]:
        """What it says in words by one of our properties."""
        return [term.value for term in self.terms(iri, TERMS + name) if isinstance(term, Literal)]

    def notes(self, iri: str) -> Iterator[str]:
        """Its notes."""
        return (term.value for term in self.terms(iri, _NOTE) if isinstance(term, Literal))

    def named(self, iri: str, field: str, links: Iterable[str], kind: str) -> str | None:
        """A thing by the name that the record gave it, while that still means this thing; else by its label."""
        things = [thing for link in links for thing in self.links(iri, link)]
        if not things:
            return None
        for name in self.texts(iri, _AS_STATED.get(field, "")):
            try:
                if self._catalog.find(name, kind) == things[0]:
                    return name
            except BadInput:
                continue
        return self._catalog.label(things[0])

    def mechanism(self, iri: str) -> tuple[str, bool | None] | None:
        """The mechanism of a statement, and whether it speaks for it."""
        for link, supports in _MECHANISMS.items():
            for thing in self.links(iri, link):
                return thing, supports
        return None

    def unit(self, iri: str, name: str, place: int) -> str | None:
        """A unit of an effect, in the words of the record where UCUM has a code for a part of them only.

        :param place: of its words among those of both units
        """
        for effect in self.links(iri, "effect"):
            noted = [found[1] for note in self.notes(effect) if (found := _UNIT.fullmatch(note))]
            for code in self.texts(effect, name):
                return noted[place] if noted and code in ("%", "1") else code
        return None

    def label(self, iri: str) -> str:
        """The preferred label of a thing."""
        return self._catalog.label(iri)

    def _subjects(self, iri: str, class_: str) -> list[str]:
        if class_ == "Statement":
            return [iri]
        if class_ == "Mechanism":
            found = self.mechanism(iri)
            return [found[0]] if found else []
        return [thing for link in _OF_CLASS[class_] for thing in self.links(iri, link)]

    def _value(self, term: NamedNode | Literal, column: Column) -> CellValue:
        if isinstance(term, NamedNode):
            return self._catalog.label(term.value)
        value = plain(term)
        if column.type is str or value is None:
            return term.value
        return value if isinstance(value, str | bool | int) else float(value)

    def _of_regimens(self, iri: str, column: Column) -> str | None:
        """A value for each regimen, in their order, where any has one."""
        assert column.fills is not None
        position = f"{TERMS}position"
        regimens = sorted(self.links(iri, "regimen"), key=lambda one: int(self.terms(one, position)[0].value))
        cells = [self._of_regimen(one, column.fills.filled.iri, column) for one in regimens]
        return SEPARATOR.join(cells).strip() if any(cells) else None

    def _of_regimen(self, regimen: str, predicate: str, column: Column) -> str:
        def number(iri: str) -> str:
            return next((f"{float(term.value):g}" for term in self.terms(regimen, iri)), "")

        if not column.range:
            return next((str(self._value(term, column)) for term in self.terms(regimen, predicate)), "")
        low, high = number(predicate), number(f"{predicate.removesuffix('Min')}Max")
        if low == high:
            return low
        return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"


def _body(reader: _Reader, iri: str) -> str | None:
    return reader.named(iri, "body", ("body",), "Body")


def _mechanism(reader: _Reader, iri: str) -> str | None:
    found = reader.mechanism(iri)
    return reader.label(found[0]) if found else None


def _supports(reader: _Reader, iri: str) -> bool | None:
    found = reader.mechanism(iri)
    return found[1] if found else None


def _note(reader: _Reader, iri: str) -> str | None:
    made = (_ON_RETRACTION, _FIRST_READ)
    notes = [note for note in reader.notes(iri) if not any(pattern.fullmatch(note) for pattern in made)]
    return "\n".join(notes) or None


def _direction_was(reader: _Reader, iri: str) -> str | None:
    return next((found[1] for note in reader.notes(iri) if (found := _FIRST_READ.fullmatch(note))), None)


def _retraction(reader: _Reader, iri: str) -> str | None:
    statuses = [status for cited in reader.links(iri, "citation") for status in reader.links(cited, "retraction")]
    more = next((found[1] for note in reader.notes(iri) if (found := _ON_RETRACTION.fullmatch(note))), "")
    word = reader.label(statuses[0]) if statuses else ""
    return (f"{word} ({more})" if more else word) or None


def _title(reader: _Reader, iri: str) -> str | None:
    for cited in reader.links(iri, "citation"):
        for term in reader.terms(cited, _TITLE):
            return term.value
        for text in (*reader.texts(cited, "titleAsRead"), reader.label(cited)):
            if described := _BRACKETED.fullmatch(text):
                return described[1]
    return None


def _title_status(reader: _Reader, iri: str) -> str | None:
    """Whether a title was seen: what stands for one that was not is in brackets."""
    title = _title(reader, iri)
    if title is None or any(reader.terms(cited, _TITLE) for cited in reader.links(iri, "citation")):
        return title and "full"
    return "partial" if title.endswith("…") else "description"


def _read_at(reader: _Reader, iri: str) -> str | None:
    return next((address for page in reader.links(iri, "page") for address in reader.links(page, "readAt")), None)


_TITLE = f"{TERMS}title"
_SPECIAL: dict[str, Callable[[_Reader, str], CellValue]] = {
    "id": lambda reader, iri: iri.removeprefix(f"{BASE}statement/"),
    "condition": lambda reader, iri: reader.named(iri, "condition", _CONDITIONS, "Condition"),
    "body": _body,
    "authority": _body,
    "outcome": lambda reader, iri: reader.named(iri, "outcome", ("outcome",), "Outcome"),
    "mechanism": _mechanism,
    "supports": _supports,
    "note": _note,
    "direction_was": _direction_was,
    "retraction": _retraction,
    "citation.title_status": _title_status,
    "citation.title": _title,
    "effect.unit": lambda reader, iri: reader.unit(iri, "unit", 0),
    "arms.unit": lambda reader, iri: reader.unit(iri, "armUnit", -1),
    "read_at": _read_at,
}
"""Columns that are no plain property."""
