"""Parts of the graph: closed, keeping the shapes on their own, and together the whole."""

from __future__ import annotations

import io

import pytest
import rdflib
from pyoxigraph import NamedNode, Quad

from ivig.ask import Graph
from ivig.build import read
from ivig.build.validate import violations
from ivig.errors import UnknownName
from ivig.export import serialize_quads, subgraph, whole
from ivig.files import GraphFiles
from ivig.namespaces import BASE, DATA_GRAPH, INFERRED_GRAPH, SKOS, TERMS


def _conditions(graph: Graph) -> list[str]:
    return [str(row["condition"]) for row in graph.query("conditions")]


def test_the_part_of_a_condition_is_closed_and_keeps_the_shapes(graph: Graph, files: GraphFiles) -> None:
    """Every thirtieth condition, and one that has narrower ones."""
    sources = read(files)
    for condition in [*_conditions(graph)[::30], BASE + "condition/idiopathic-inflammatory-myopathy"]:
        quads = subgraph(graph, condition)
        described = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
        for quad in quads:
            term = quad.object
            if isinstance(term, NamedNode) and term.value.startswith(BASE) and not term.value.startswith(TERMS):
                assert term.value in described, (condition, str(quad))
        assert not violations([*sources.ontology, *(quad.triple for quad in quads)], sources.shapes), condition


def test_the_parts_together_are_all_that_statements_on_conditions_say(graph: Graph) -> None:
    """The parts of the conditions that have none above them, since a part includes what is narrower."""
    narrower = {
        str(row["c"]) for row in graph.sparql(f"SELECT ?c {{ ?c a <{TERMS}Condition> ; <{SKOS}broader> ?above }}")
    }
    parts: set[Quad] = set()
    for condition in set(_conditions(graph)) - narrower:
        parts.update(subgraph(graph, condition))
    everything = set(whole(graph))
    assert parts <= everything
    on_conditions = {quad.subject.value for quad in everything if quad.predicate.value == TERMS + "withinCondition"}
    missing = [quad for quad in everything - parts if quad.subject.value in on_conditions]
    assert not missing


def test_narrower_conditions_come_along_and_others_stay(graph: Graph) -> None:
    subjects = {quad.subject.value.removeprefix(BASE) for quad in subgraph(graph, "idiopathic inflammatory myopathy")}
    assert {"statement/droracle44269-08-1", "statement/droracle44269-09-2", "verdict/dermatomyositis/treat"} <= subjects
    assert "statement/droracle44269-06-1" not in subjects
    assert not any(subject.startswith("verdict/guillain") for subject in subjects)


def test_asserted_leaves_out_what_was_inferred(graph: Graph) -> None:
    for quads in (subgraph(graph, "GBS", inferred=False), whole(graph, inferred=False)):
        assert INFERRED_GRAPH not in {quad.graph_name.value for quad in quads}


def test_the_whole_is_the_release(graph: Graph) -> None:
    out = io.BytesIO()
    serialize_quads(whole(graph), "nquads", out)
    assert out.getvalue() == graph.release.nquads.read_bytes()


@pytest.mark.parametrize("format_name", ["turtle", "nquads"])
def test_rdflib_reads_it_back_with_the_same_statements(graph: Graph, format_name: str) -> None:
    out = io.BytesIO()
    serialize_quads(subgraph(graph, "autoimmune disease"), format_name, out)
    read_back = rdflib.Dataset(default_union=True)
    read_back.parse(io.BytesIO(out.getvalue()), format=format_name)
    statements = set(read_back.subjects(rdflib.RDF.type, rdflib.URIRef(TERMS + "Statement")))
    assert len(statements) == len({row["statement"] for row in graph.sparql(
        f"SELECT ?statement {{ GRAPH <{DATA_GRAPH}> {{ ?statement a <{TERMS}Statement> }} "
        f"?statement <{TERMS}withinCondition> <{BASE}condition/autoimmune-disease> }}"
    )})  # fmt: skip


def test_an_unknown_condition_gets_the_nearest(graph: Graph) -> None:
    with pytest.raises(UnknownName, match="nearest: Kawasaki disease"):
        subgraph(graph, "kawazaki")
