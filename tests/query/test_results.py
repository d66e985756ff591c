"""Results: terms as plain values, and formats that other libraries read."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, parse_query_results
from rdflib.query import Result

from ivig.namespaces import PREFIXES
from ivig.query import Graph
from ivig.query.results import Value, plain, result_bytes

XSD = PREFIXES["xsd"]


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (None, None),
        (NamedNode("x:y"), "x:y"),
        (Literal(4), 4),
        (Literal("0.40", datatype=NamedNode(XSD + "decimal")), Decimal("0.40")),
        (Literal(1.5), 1.5),
        (Literal(True), True),
        (Literal("1", datatype=NamedNode(XSD + "boolean")), True),
        (Literal("x", language="en"), "x"),
        (Literal("no number", datatype=NamedNode(XSD + "integer")), "no number"),
        (BlankNode("b"), "b"),
    ],
)
def test_plain_values(term: NamedNode | Literal | BlankNode | None, value: Value) -> None:
    assert plain(term) == value
    assert type(plain(term)) is type(value)


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_rdflib_reads_every_format_with_the_same_rows(graph: Graph, name: str) -> None:
    written = result_bytes(graph.solutions("conditions", {}), name)
    read = Result.parse(io.BytesIO(written), format=name)
    assert [str(row[0]) for row in read] == [row["condition"] for row in graph.query("conditions")]


def test_csv_has_a_head_and_text_as_it_is(graph: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(result_bytes(graph.solutions("conditions", {}), "csv").decode())))
    assert len(rows) == len(graph.query("conditions"))
    assert "ataxic sensory neuronopathy with Sjögren syndrome" in {row["condition_label"] for row in rows}


def test_ndjson_has_one_object_a_row_without_empty_columns(graph: Graph) -> None:
    lines = result_bytes(graph.solutions("regimens", {}), "ndjson").decode().splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == len(graph.query("regimens"))
    assert all(value is not None for row in rows for value in row.values())
    assert any(row.get("g_per_kg_per_day_min") == 0.4 for row in rows)


def test_a_yes_or_no_has_a_form_in_every_format(graph: Graph) -> None:
    for name in ("json", "xml", "csv", "tsv", "ndjson"):
        assert b"true" in result_bytes(graph.engine.ask("ASK { ?s ?p ?o }"), name)
    parsed = parse_query_results(
        result_bytes(graph.engine.ask("ASK { <x:no> ?p ?o }"), "json"),
        format=QueryResultsFormat.JSON,
    )
    assert not parsed
