"""Literals: which texts are of which datatype, and which of two values comes first."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode

from ivig.build.literals import XSD, order, well_formed
from ivig.namespaces import PREFIXES


def literal(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("datatype", "well", "ill"),
    [
        ("integer", ["1", "+1", "-01"], ["", "1.0", "1e3", "1_000", " 1", "\u0661"]),
        ("decimal", ["1", "1.50", ".5", "-5."], ["", ".", "1e3", "1,5", "NaN"]),
        ("double", ["1", "1e3", "-.5E-2", "INF", "-INF", "NaN"], ["", "inf", "nan", "1e", "infinity"]),
        ("boolean", ["true", "false", "1", "0"], ["", "True", "yes"]),
        ("date", ["2018-07-05", "2018-07-05Z", "2018-07-05+02:00"], ["", "2018-7-5", "2018-02-30", "05.07.2018", "20180705"]),
        ("string", ["", "anything"], []),
        ("gYear", ["of this we know nothing"], []),
    ],
)  # fmt: skip
def test_well_formed(datatype: str, well: list[str], ill: list[str]) -> None:
    assert [text for text in well + ill if well_formed(literal(text, datatype))] == well


@pytest.mark.parametrize(
    ("one", "other", "stands"),
    [
        (literal("2", "integer"), literal("10", "integer"), -1),
        (literal("1.50", "decimal"), literal("1.5", "decimal"), 0),
        (literal("3", "integer"), literal("2.9", "decimal"), 1),
        (literal("0.1", "decimal"), literal("1e-1", "double"), -1),
        (literal("1", "integer"), literal("INF", "double"), -1),
        (literal("1.5", "decimal"), literal("NaN", "double"), None),
        (literal("a", "string"), literal("b", "string"), -1),
        (literal("2018-07-05", "date"), literal("2018-10-01", "date"), -1),
        (literal("false", "boolean"), literal("1", "boolean"), -1),
        (literal("2", "integer"), literal("10", "string"), None),
        (literal("true", "boolean"), literal("0", "integer"), None),
        (literal("two", "integer"), literal("10", "integer"), None),
        (literal("2018", "gYear"), literal("2019", "gYear"), None),
        (Literal("a", language="en"), Literal("b", language="en"), None),
        (NamedNode(PREFIXES["ivig"] + "a"), literal("b", "string"), None),
    ],
)
def test_order(one: Literal, other: Literal, stands: int | None) -> None:
    assert order(one, other) == stands
    assert order(other, one) == (stands if stands is None else -stands)
