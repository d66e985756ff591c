"""Result formats: the W3C formats, and rows as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, Triple

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
        yield {name: plain(solution[name]) for name in names}


def ndjson(solutions: QuerySolutions) -> Iterator[str]:
    """One JSON object a row, with the columns that have a value."""
    for row in rows(solutions):
        yield json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False, default=_number) + "\n"


def serialize_results(result: QuerySolutions | QueryBoolean, format_name: str) -> bytes:
    """A result in one of the W3C formats, or as ndjson."""
    if format_name == "ndjson":
        if isinstance(result, QueryBoolean):
            return json.dumps({"boolean": bool(result)}).encode() + b"\n"
        return "".join(ndjson(result)).encode()
    written: Any = result.serialize(format=W3C_FORMATS[format_name])
    return bytes(written)


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} has no form in JSON")
