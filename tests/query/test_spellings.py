"""A hundred ways and more in which people type names, and what each has to find: a line each in `spellings.tsv`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ivig.errors import AmbiguousName, UnknownName
from ivig.query import Graph

ROWS = [
    row
    for row in csv.reader(
        Path(__file__).with_name("spellings.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"
    )
    if not row[0].startswith("#")
]


def test_there_are_a_hundred_of_them() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 100


@pytest.mark.parametrize(("typed", "kind", "label", "condition"), ROWS, ids=[row[0] for row in ROWS])
def test_what_is_typed_finds_what_is_meant(graph: Graph, typed: str, kind: str, label: str, condition: str) -> None:
    found = graph.search(typed, limit=1)
    assert [(hit.kind, hit.label) for hit in found] == ([] if kind == "-" else [(kind, label)])
    try:
        (taken,) = graph.names.things(typed, "Condition")
        assert graph.names.label(taken) == condition
    except (UnknownName, AmbiguousName) as error:
        assert condition == "-", error
