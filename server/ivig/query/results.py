"""Result formats: the W3C formats, and rows as plain values."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Protocol

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from ivig.errors import BadInput
from ivig.io.spreadsheet_cells import harmless
from ivig.namespaces import PREFIXES

_XSD = PREFIXES["xsd"]
_INTEGERS = {_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger", "short")}
_FLOATS = {_XSD + "double", _XSD + "float"}

W3C_FORMATS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
"""The formats that SPARQL 1.1 defines for results, by the name that users type."""

RDF_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
"""The formats of triples, by the name that users type."""

_WITH_PREFIXES = ("turtle", "rdfxml")
_XML_NAME = re.compile(r"[^\W\d][\w.\-]*$")
"""The end of a predicate that RDF/XML can make an element of."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no document of XML 1.0 can hold, however they are written."""

Term = NamedNode | BlankNode | Literal | Triple
Value = str | int | float | bool | Decimal | None


def plain(term: NamedNode | BlankNode | Literal | Triple | None) -> Value:
    """A term as a plain Python value: numbers and booleans as such, everything else as text, nothing as None."""
    if term is None:
        return None
    if isinstance(term, Literal):
        datatype = term.datatype.value
        try:
            if datatype in _INTEGERS:
                return int(term.value)
            if datatype == _XSD + "decimal":
                return Decimal(term.value)
            if datatype in _FLOATS:
                return float(term.value)
        except (ValueError, ArithmeticError):
            return term.value
        if datatype == _XSD + "boolean":
            return term.value in ("true", "1")
        return term.value
    return str(term) if isinstance(term, Triple) else term.value


def columns(solutions: QuerySolutions) -> list[str]:
    """The names of the columns, in order."""
    return [variable.value for variable in solutions.variables]


def own_columns(names: Sequence[str]) -> list[str]:
    """The columns without those that only label another one."""
    return [name for name in names if not (name.endswith("_label") and name.removesuffix("_label") in names)]


def rows(solutions: QuerySolutions) -> Iterator[dict[str, Value]]:
    """The rows as they come, each a dict with every column."""
    names = columns(solutions)
    for solution in solutions:
        # In turn, not by name: each name would be looked for among all.
        yield {name: plain(term) for name, term in zip(names, solution, strict=True)}


def ndjson(solutions: QuerySolutions) -> Iterator[str]:
    """One JSON object a row, with the columns that have a value."""
    for row in rows(solutions):
        yield json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False, default=_number) + "\n"


def records(solutions: QuerySolutions) -> Iterator[str]:
    """The rows as one JSON array of objects, each with every column: null where it has no value, numbers as numbers."""
    separator = "["
    for row in rows(solutions):
        yield f"{separator}\n{json.dumps(row, ensure_ascii=False, default=_number)}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


class Writable(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some more, and say how many they are."""


def write_result(result: QuerySolutions | QueryBoolean | QueryTriples, format_name: str, out: Writable) -> None:
    """Write a result in a format of its kind as it is read: one of the W3C formats, ndjson or records.

    :param result: what an engine gave, not yet read
    :param format_name: `json`, `xml`, `csv`, `tsv`, `ndjson` or `records` for rows, a format of RDF such as `turtle`
        for triples
    :param out: takes the bytes
    :raises BadInput: for triples that RDF/XML cannot hold
    """
    target: Any = out
    if isinstance(result, QueryTriples):
        prefixes = PREFIXES if format_name in _WITH_PREFIXES else None
        triples = writable_as_xml(result) if format_name == "rdfxml" else result
        serialize(triples, output=target, format=RDF_FORMATS[format_name], prefixes=prefixes)
    elif isinstance(result, QuerySolutions) and format_name == "csv":
        _write_csv(result, out)
    elif format_name in ("ndjson", "records"):
        lines: Iterable[str] = [f'{{"boolean": {str(bool(result)).lower()}}}\n']
        if isinstance(result, QuerySolutions):
            lines = ndjson(result) if format_name == "ndjson" else records(result)
        for line in lines:
            out.write(line.encode())
    else:
        result.serialize(output=target, format=W3C_FORMATS[format_name])


def writable_as_xml(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples as they come.

    :raises BadInput: at the first that RDF/XML cannot hold

    >>> list(writable_as_xml([Triple(NamedNode("x:s"), NamedNode("http://example.com/123"), Literal("x"))]))
    Traceback (most recent call last):
    ivig.errors.BadInput: RDF/XML has no name for the predicate <http://example.com/123>: ask for another format
    """
    for triple in triples:
        if not _XML_NAME.search(triple.predicate.value):
            raise BadInput(f"RDF/XML has no name for the predicate {triple.predicate}: ask for another format")
        if isinstance(triple.object, Literal) and _NOT_IN_XML.search(triple.object.value):
            raise BadInput(f"RDF/XML cannot hold the control character in a {triple.predicate}: ask for another format")
        yield triple


def result_bytes(result: QuerySolutions | QueryBoolean | QueryTriples, format_name: str) -> bytes:
    """A whole result in a format of its kind.

    :param result: what an engine gave, not yet read
    :param format_name: as for `write_result`
    :raises BadInput: for triples that RDF/XML cannot hold
    """
    out = io.BytesIO()
    write_result(result, format_name, out)
    return out.getvalue()


def csv_cell(term: Term | None) -> str:
    """A term as SPARQL's CSV has it, but that a text which a spreadsheet would run as a formula begins with `'`.

    >>> csv_cell(Literal("=1+1")), csv_cell(Literal("-0.5")), csv_cell(Literal(-1))
    ("'=1+1", '-0.5', '-1')
    """
    if term is None:
        return ""
    if isinstance(term, Literal):
        return harmless(term.value)
    return term.value if isinstance(term, NamedNode) else str(term)


def _write_csv(solutions: QuerySolutions, out: Writable) -> None:
    import csv

    names = columns(solutions)
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(names)
    for solution in solutions:
        out.write(line.getvalue().encode())
        line.seek(0)
        line.truncate()
        writer.writerow([csv_cell(term) for term in solution])
    out.write(line.getvalue().encode())


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} has no form in JSON")
