"""The embedded engine: read-only, the union of graphs by default, datasets as the standard has them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import QueryBoolean, QuerySolutions

from ivig.build.release import Release
from ivig.errors import BadQuery, Refused
from ivig.namespaces import DATA_GRAPH, GRAPHS, INFERRED_GRAPH, LINKS_GRAPH
from ivig.query import Dataset, EmbeddedEngine, Graph
from queries.differing import differing

COUNT = "SELECT (COUNT(*) AS ?n) {dataset} {{ ?s ?p ?o }}"


def _count(graph: Graph, clause: str = "", dataset: Dataset | None = None) -> int:
    result = graph.engine.ask(COUNT.format(dataset=clause), dataset)
    assert isinstance(result, QuerySolutions)
    return int(next(result)["n"].value)


def test_the_default_graph_is_the_union_of_all(graph: Graph) -> None:
    counts = graph.release.manifest["graphs"]
    assert _count(graph) == len({line.rsplit(b" ", 2)[0] for line in graph.release.nquads.read_bytes().splitlines()})
    for name in GRAPHS:
        assert _count(graph, f"FROM <{name}>") == counts[name]


def test_from_and_protocol_replace_the_default_graph(graph: Graph) -> None:
    counts = graph.release.manifest["graphs"]
    assert _count(graph, f"FROM <{LINKS_GRAPH}>", Dataset(default=(INFERRED_GRAPH,))) == counts[INFERRED_GRAPH]
    assert (
        _count(graph, dataset=Dataset(default=(LINKS_GRAPH, INFERRED_GRAPH)))
        == counts[LINKS_GRAPH] + counts[INFERRED_GRAPH]
    )
    assert _count(graph, dataset=Dataset(named=(DATA_GRAPH,))) == 0


def test_a_graph_that_does_not_exist_is_empty(graph: Graph) -> None:
    assert _count(graph, "FROM <https://w3id.org/ivig/graph/nowhere>") == 0
    assert _count(graph, dataset=Dataset(default=("urn:nowhere",))) == 0


def test_named_graphs_can_be_reached(graph: Graph) -> None:
    names = {row["g"] for row in graph.sparql("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    assert names == set(GRAPHS)


@pytest.mark.parametrize("update", ["INSERT DATA { <x:a> <x:b> <x:c> }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL"])
def test_updates_are_refused_and_change_nothing(graph: Graph, update: str) -> None:
    before = _count(graph)
    with pytest.raises(Refused, match="read-only"):
        graph.engine.ask(update)
    assert _count(graph) == before


def test_calls_to_other_servers_are_refused(graph: Graph) -> None:
    with pytest.raises(Refused, match="SERVICE is refused"):
        graph.engine.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_broken_sparql_names_its_place(graph: Graph) -> None:
    with pytest.raises(BadQuery) as raised:
        graph.engine.ask("SELECT *\nWHERE { ?s ?p }")
    assert (raised.value.line, raised.value.column) == (2, 16)
    assert "a-z" not in str(raised.value)
    assert len(str(raised.value)) < 300


def test_two_engines_read_one_release(graph: Graph) -> None:
    result = EmbeddedEngine(graph.release).ask("ASK { ?s ?p ?o }")
    assert isinstance(result, QueryBoolean)
    assert result


def test_a_graph_held_in_memory_answers_as_that_on_disk(graph: Graph) -> None:
    held = Graph(graph.files, graph.release)
    assert isinstance(held.engine, EmbeddedEngine)
    held.engine.hold()
    assert differing(graph, held) == []
    counts = graph.release.manifest["graphs"]
    assert {name: _count(held, f"FROM <{name}>") for name in GRAPHS} == {name: counts[name] for name in GRAPHS}


def test_only_a_graph_that_is_small_and_whole_is_held(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = Release(Path(shutil.copytree(graph.release.folder, tmp_path / "release")))
    release.nquads.write_text(f"<urn:a> <urn:b> <urn:c> <{DATA_GRAPH}> .\n")
    engine, asked = EmbeddedEngine(release), "ASK { <urn:a> <urn:b> <urn:c> }"
    monkeypatch.setattr("ivig.query.engine._HELD", 1)
    engine.hold()
    assert not engine.ask(asked)
    monkeypatch.undo()
    engine.hold()
    assert engine.ask(asked)
    release.nquads.write_text("no quad")
    engine.hold()
    assert engine.ask(asked)


def test_our_own_prefixes_need_no_declaration(graph: Graph) -> None:
    assert graph.sparql("SELECT ?c { ?c a ivig:Condition ; skos:prefLabel ?label } LIMIT 1").rows
    assert not graph.sparql("PREFIX skos: <x:> SELECT ?c { ?c skos:prefLabel ?label } LIMIT 1").rows


def test_a_prefix_that_is_not_declared_is_named_with_its_place(graph: Graph) -> None:
    with pytest.raises(BadQuery, match=r"line 2, column 6: the prefix foaf: is not declared") as raised:
        graph.engine.ask("SELECT * {\n  ?s foaf:name ?o }")
    assert "ivig:, rdf:" in str(raised.value)


def test_a_brace_that_is_not_closed_is_said(graph: Graph) -> None:
    with pytest.raises(BadQuery, match="a { is never closed"):
        graph.engine.ask("SELECT * { ?s ?p ?o")


def test_a_zero_length_path_from_a_thing_that_is_nowhere_has_no_row(graph: Graph) -> None:
    """SPARQL 1.1, 18.4, gives one row. When the engine does, `docs/endpoint.md` has a sentence too many."""
    assert not graph.sparql("SELECT * { <http://nowhere/x> <http://example.com/p>* ?o }").rows
