"""Subgraphs: closed, keeping the shapes on their own, and together the whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from ivig.build.sources import read
from ivig.build.validation import violations
from ivig.errors import BadInput
from ivig.export import Exporter, Selection, whole
from ivig.export.selection import picked
from ivig.export.subgraph import Descriptions, Subgraph
from ivig.graph_files import GraphFiles
from ivig.namespaces import BASE, INFERRED_GRAPH, ONTOLOGY_GRAPH, RDF_TYPE, RDFS_LABEL, REPLACED_BY, TERMS
from ivig.query import Graph
from jena import opinion
from scale import EXPLORE

REAL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="session")
def shapes(files: GraphFiles) -> list[Triple]:
    """The rules."""
    return read(files).shapes


@pytest.fixture(scope="session")
def conditions(graph: Graph) -> list[str]:
    """Every condition, by IRI."""
    return [str(row["condition"]) for row in graph.query("conditions")]


def _says_no_more_than_it_needs(quads: list[Quad]) -> None:
    """Of our classes and properties only those that are used."""
    used = {str(term) for quad in quads for term in (quad.predicate, quad.object)}
    terms = {str(quad.subject) for quad in quads if str(quad.subject).startswith(f"<{TERMS}")}
    assert terms <= used


def _is_closed(quads: Iterable[Quad]) -> None:
    """Every IRI of ours has a label and a type."""
    quads = list(quads)
    typed = {quad.subject.value for quad in quads if quad.predicate.value == RDF_TYPE}
    labels = {quad.subject.value for quad in quads if quad.predicate.value in (RDFS_LABEL, "http://www.w3.org/2004/02/skos/core#prefLabel")}  # fmt: skip
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(BASE):
                assert term.value in typed, str(quad)
                assert term.value in labels, str(quad)


def test_every_condition_stands_on_its_own(exporter: Exporter, conditions: list[str], shapes: list[Triple]) -> None:
    # Of every third, or of all in a soak, and shapes are asked of a few: each is a run of the validator.
    for number, condition in enumerate(["none", *conditions][:: 1 if EXPLORE else 3]):
        quads = list(exporter.subgraph(Selection(condition=(condition,))).quads())
        _is_closed(quads)
        if EXPLORE or number % 8 == 0:
            assert not violations([quad.triple for quad in quads], shapes), condition


def test_jena_finds_that_subgraphs_keep_the_shapes(exporter: Exporter, files: GraphFiles, tmp_path: Path) -> None:
    graphs = {}
    for name in ("Kawasaki disease", "none"):
        path = tmp_path / f"{name}.ttl"
        exporter_quads = exporter.subgraph(Selection(condition=(name,)), inferred=False).quads()
        serialize({quad.triple for quad in exporter_quads}, output=str(path), format=RdfFormat.TURTLE)
        graphs[name] = [path]
    said = opinion([], files.shapes, graphs, [path for paths in graphs.values() for path in paths], tmp_path)
    assert said.findings == {name: [] for name in graphs}
    assert set(said.refusals.values()) == {""}


def test_the_union_of_the_subgraphs_is_the_whole(graph: Graph, exporter: Exporter, conditions: list[str]) -> None:
    """Every condition and what belongs to none. What defines the classes and properties is in none of them, nor what
    things were called before."""
    union: set[Quad] = set()
    for condition in [*conditions, "none"]:
        union.update(exporter.subgraph(Selection(condition=(condition,))).quads())
    everything = set(whole(graph.release))

    def is_a_thing(iri: str) -> bool:
        return iri.startswith(BASE) and not iri.startswith(BASE + "ontology")

    assert union <= everything
    definitions = {
        quad for quad in everything - union
        if str(quad.graph_name) == f"<{ONTOLOGY_GRAPH}>"
        and not (isinstance(quad.subject, NamedNode) and is_a_thing(quad.subject.value))
    }  # fmt: skip
    former = {q for q in everything if q.predicate.value == REPLACED_BY and is_a_thing(q.subject.value)}
    assert everything - union - former == definitions


_NAMES = {
    "condition": ["GBS", "autoimmune disease", "Kawasaki disease", "immune thrombocytopenia", "none"],
    "group": ["dermatology", "neuromuscular", "hematology", "complement"],
    "study_type": ["clinical trial", "review", "case series", "animal study"],
    "level": ["1", "2", "3", "4", "5"],
    "direction": ["benefit", "no benefit", "mixed", "harm"],
    "kind": ["efficacy", "mechanism", "safety", "recommendation", "use"],
    "year": ["-1995", "1996-2005", "2006-2015", "2016-"],
    "source": ["katz2018", "droracle44269"],
}
MIXES = st.dictionaries(
    st.sampled_from(sorted(_NAMES)), st.lists(st.integers(0, 4), min_size=1, max_size=2), min_size=1, max_size=3
).map(lambda mix: {name: tuple(_NAMES[name][n % len(_NAMES[name])] for n in numbers) for name, numbers in mix.items()})


@REAL
@given(mix=MIXES, inferred=st.booleans(), depth=st.sampled_from([0, 0, 0, 1]))
def test_a_mix_stands_on_its_own(
    exporter: Exporter, shapes: list[Triple], mix: dict[str, tuple[str, ...]], inferred: bool, depth: int
) -> None:
    try:
        subgraph = exporter.subgraph(Selection(**mix, depth=depth), inferred=inferred)
    except BadInput as empty:
        assert "nothing in the graph fits" in str(empty)
        return
    quads = list(subgraph.quads())
    assert quads == sorted(set(quads), key=lambda quad: f"{quad} .")
    assert inferred or not any(str(quad.graph_name) == f"<{INFERRED_GRAPH}>" for quad in quads)
    _is_closed(quads)
    if not inferred:
        _says_no_more_than_it_needs(quads)
    if len(subgraph.statements) < 300:
        assert not violations([quad.triple for quad in quads], shapes)


@REAL
@given(mix=MIXES, criterion=st.sampled_from(["direction", "kind", "year", "level"]))
def test_a_mix_is_the_union_of_what_a_further_criterion_parts_it_into(
    graph: Graph, mix: dict[str, tuple[str, ...]], criterion: str
) -> None:
    """By kind every statement falls in one; by the others, every statement that has such a value."""
    mix = {**mix, criterion: tuple(_NAMES[criterion])}
    together, parted = set(), set()
    with suppress(BadInput):
        together.update(picked(graph, Selection(**mix)).statements)
    for value in _NAMES[criterion]:
        with suppress(BadInput):
            parted.update(picked(graph, Selection(**{**mix, criterion: (value,)})).statements)
    assert parted == together


def test_narrower_conditions_come_along_and_others_stay(exporter: Exporter) -> None:
    quads = exporter.subgraph(Selection(condition=("idiopathic inflammatory myopathy",))).quads()
    subjects = {quad.subject.value.removeprefix(BASE) for quad in quads}
    assert {"statement/droracle44269-08-1", "statement/droracle44269-09-2", "verdict/dermatomyositis/treat"} <= subjects
    assert "statement/droracle44269-06-1" not in subjects
    assert not any(subject.startswith("verdict/guillain") for subject in subjects)


def test_a_verdict_comes_along_only_with_all_that_it_rests_on(exporter: Exporter) -> None:
    verdict = BASE + "verdict/guillain-barre-syndrome/treat"
    assert verdict in exporter.subgraph(Selection(condition=("GBS",))).members
    assert verdict not in exporter.subgraph(Selection(condition=("GBS",), direction=("no benefit",))).members


def test_a_small_memory_gives_the_same_subgraph(graph: Graph, exporter: Exporter) -> None:
    subgraph = exporter.subgraph(Selection(condition=("GBS",)))
    forgetful = Subgraph(
        Descriptions(graph, limit=50), subgraph.statements, [BASE + "condition/guillain-barre-syndrome"]
    )
    assert list(forgetful.quads()) == list(subgraph.quads())


def test_a_release_that_is_too_large_to_be_held_is_not_read_ahead(graph: Graph) -> None:
    assert Descriptions(graph).read_ahead()
    gbs = BASE + "condition/guillain-barre-syndrome"
    large = Descriptions(graph, limit=50)
    assert not large.read_ahead()
    assert len(large.of([gbs])[gbs].said) > 3


def test_things_are_described_in_the_order_asked_whatever_is_held(graph: Graph) -> None:
    names = ["condition/lems", "condition/kawasaki-disease", "direction/benefit", "condition/none-such"]
    descriptions = Descriptions(graph)
    descriptions.of([BASE + names[2]])
    described = descriptions.of([BASE + name for name in names])
    assert [iri.removeprefix(BASE) for iri in described] == names
    assert described[BASE + names[1]].said and not described[BASE + names[3]].said
