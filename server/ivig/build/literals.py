"""What a literal means: its value, whether it is of its own datatype, and which of two comes first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from pyoxigraph import Literal

from ivig.namespaces import PREFIXES

XSD = PREFIXES["xsd"]
LANG_STRING = PREFIXES["rdf"] + "langString"
RDF_PLAIN = PREFIXES["rdf"] + "PlainLiteral"

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)


def _date(text: str) -> date | None:
    written = _DATE.fullmatch(text)
    try:
        return date.fromisoformat(written[1]) if written else None
    except ValueError:  # 30 February
        return None


def _matched(pattern: str, meaning: Callable[[str], object]) -> Callable[[str], object]:
    """The meaning of a text that matches in full, None of any other: Python's own readers take more than XSD does."""
    matcher = re.compile(pattern, re.ASCII)
    return lambda text: meaning(text) if matcher.fullmatch(text) else None


_FLOAT = _matched(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN", float)

# Whole, decimal and binary numbers as int, Fraction and float, for any two of these compare without an error.
_NUMBERS: dict[str, Callable[[str], object]] = {
    XSD + "integer": _matched(r"[+-]?\d+", int),
    XSD + "decimal": _matched(r"[+-]?(\d+(\.\d*)?|\.\d+)", Fraction),
    XSD + "double": _FLOAT,
    XSD + "float": _FLOAT,
}
_VALUES: dict[str, Callable[[str], object]] = {
    **_NUMBERS,
    XSD + "string": str,
    XSD + "boolean": {"true": True, "1": True, "false": False, "0": False}.get,
    XSD + "date": _date,
    LANG_STRING: str,
}

KNOWN_DATATYPES = frozenset(_VALUES) | {RDF_PLAIN, PREFIXES["rdfs"] + "Literal"}


def well_formed(literal: Literal) -> bool:
    """Whether the text of a literal is one of its datatype. Of a datatype that is not known here, every text is.

    >>> from pyoxigraph import NamedNode
    >>> well_formed(Literal("2018-02-30", datatype=NamedNode(XSD + "date")))
    False
    """
    meaning = _VALUES.get(literal.datatype.value)
    return meaning is None or meaning(literal.value) is not None


def order(one: object, other: object) -> int | None:
    """-1, 0 or 1 where SPARQL finds the one smaller than, equal to or greater than the other; None where it finds none.

    Numbers have an order among each other, and texts, truth values and dates (whose time zone is not looked at) have
    one; texts with a language, things and values of two kinds have none.

    >>> order(Literal(2), Literal(2.5))
    -1
    >>> order(Literal(2), Literal("3")) is None
    True
    """
    if not (isinstance(one, Literal) and isinstance(other, Literal)):
        return None
    kind = _kind(one)
    if kind is None or kind != _kind(other):
        return None
    first: Any = _VALUES[one.datatype.value](one.value)
    second: Any = _VALUES[other.datatype.value](other.value)
    if first is None or second is None:
        return None
    return -1 if first < second else 1 if first > second else 0 if first == second else None


def _kind(literal: Literal) -> str | None:
    datatype = literal.datatype.value
    if datatype in _NUMBERS:
        return "number"
    return datatype if datatype in _VALUES and datatype != LANG_STRING else None
