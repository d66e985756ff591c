"""Names: labels, synonyms, CURIEs and IRIs, and what is said when a name is not known."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from rdflib import URIRef

from ivig.errors import AmbiguousName, Replaced, UnknownName
from ivig.io.name_index import NameIndex
from ivig.model.labels import normal
from ivig.namespaces import ALT_LABEL, BASE, PREF_LABEL, RDF_TYPE, SKOS, TERMS
from ivig.query import Graph, Names

GBS = BASE + "condition/guillain-barre-syndrome"


@pytest.mark.parametrize(
    "name",
    [
        "Guillain-Barré syndrome",
        "guillain-barre SYNDROME",
        "  GBS ",
        "Guillain\u2013Barré syndrome",
        GBS,
        f"<{GBS}>",
        "condition/guillain-barre-syndrome",
        "MONDO:0016218",
        "mondo:0016218",
        "MESH:D020275",
        "http://purl.obolibrary.org/obo/MONDO_0016218",
    ],
)
def test_many_names_mean_one_thing(graph: Graph, name: str) -> None:
    assert graph.names.resolve(name, "Condition") == GBS


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("stiff man syndrome", "stiff person syndrome"),
        ("Churg-Strauss syndrome", "eosinophilic granulomatosis with polyangiitis"),
        ("EGPA", "eosinophilic granulomatosis with polyangiitis"),
        ("CIDP", "chronic inflammatory demyelinating polyneuropathy"),
        ("livedoid vasculitis", "livedoid vasculopathy"),
        ("chronic idiopathic pericarditis", "idiopathic recurrent pericarditis"),
    ],
)
def test_old_and_short_names_are_known(graph: Graph, name: str, label: str) -> None:
    assert graph.names.label(graph.names.resolve(name, "Condition")) == label


def test_a_journal_gives_way_to_the_disease_that_it_is_called_like(graph: Graph) -> None:
    assert graph.names.exact("Multiple sclerosis") == [BASE + "condition/multiple-sclerosis"]
    assert graph.names.exact("N Engl J Med") == [BASE + "journal/new-england-journal-of-medicine"]
    assert graph.search("Blood", limit=1)[0].iri == BASE + "journal/blood"


def test_a_publication_is_known_by_pmid_and_doi(graph: Graph) -> None:
    iri = BASE + "citation/pmid-15674654"
    for name in ("15674654", "PMID:15674654", "10.1007/s10067-004-0959-7", "doi:10.1007/s10067-004-0959-7", iri):
        assert graph.names.resolve(name, "Citation") == iri


def test_a_publication_is_known_by_its_title(graph: Graph) -> None:
    iri = BASE + "citation/pmid-15674654"
    title = graph.sparql(f"SELECT ?title {{ <{iri}> <{TERMS}title> ?title }}")[0]["title"]
    assert graph.names.resolve(str(title), "Citation") == iri


def test_a_former_iri_is_followed_and_said(graph: Graph, former: tuple[str, str]) -> None:
    old, new = former
    line = f"{old.removeprefix(BASE)} is now {new.removeprefix(BASE)}"
    with pytest.warns(Replaced, match=re.escape(line)):
        rows = graph.query("statements-for-citation", citation=old).rows
    assert rows == graph.query("statements-for-citation", citation=new).rows
    with pytest.warns(Replaced, match=re.escape(line)):
        assert (URIRef(new), None, None) in graph.to_rdflib(old)


def test_an_unknown_name_gets_up_to_five_nearest(graph: Graph) -> None:
    with pytest.raises(UnknownName) as raised:
        graph.names.resolve("miastenia", "Condition")
    assert "myasthenia gravis" in raised.value.nearest
    assert len(raised.value.nearest) <= 5
    assert str(raised.value).startswith('unknown condition "miastenia"; nearest: ')


@pytest.mark.parametrize("name", ["\ud800", "gout\udcff", "\x00"])
def test_what_is_no_text_is_no_name(graph: Graph, name: str) -> None:
    with pytest.raises(UnknownName):
        graph.names.resolve(name, "Condition")
    assert graph.names.search(name) == []


def test_a_thing_of_another_kind_is_not_taken(graph: Graph) -> None:
    with pytest.raises(UnknownName):
        graph.names.resolve(GBS, "Mechanism")
    with pytest.raises(UnknownName):
        graph.names.resolve("MONDO:0016218", "Mechanism")


def _names(*matches: tuple[str, str]) -> Names:
    linked = NamedNode("http://purl.obolibrary.org/obo/MONDO_1")
    links = [
        Triple(NamedNode(f"{BASE}condition/{name}"), NamedNode(f"{SKOS}{how}Match"), linked) for name, how in matches
    ]
    return Names(NameIndex.of(_labeled({f"condition/{name}": name for name in ("a", "b", "c")}), links))


def _labeled(labels: dict[str, str], *synonyms: str) -> list[Triple]:
    """Conditions with these labels by their paths, and synonyms that all have."""
    return [
        Triple(NamedNode(BASE + path), NamedNode(predicate), value)
        for path, label in labels.items()
        for predicate, value in (
            (RDF_TYPE, NamedNode(TERMS + "Condition")),
            (PREF_LABEL, Literal(label)),
            *((ALT_LABEL, Literal(synonym)) for synonym in synonyms),
        )
    ]


@pytest.mark.parametrize(
    ("matches", "meant"),
    [
        ([("a", "exact"), ("b", "close")], "a"),
        ([("a", "broad"), ("b", "close")], "b"),
    ],
)
def test_an_outside_term_means_its_exact_match_else_the_only_close_one(
    matches: list[tuple[str, str]], meant: str
) -> None:
    assert _names(*matches).resolve("MONDO:1", "Condition") == BASE + "condition/" + meant


@pytest.mark.parametrize(
    "matches", [[("a", "close"), ("b", "close")], [("a", "broad")], [("a", "exact"), ("b", "exact")]]
)
def test_an_outside_term_that_is_not_clear_lists_what_it_may_mean(matches: list[tuple[str, str]]) -> None:
    with pytest.raises(AmbiguousName) as raised:
        _names(*matches).resolve("MONDO:1", "Condition")
    assert raised.value.choices == [f"{name} ({how} match)" for name, how in matches]


def test_a_synonym_of_two_things_lists_both() -> None:
    names = Names(NameIndex.of(_labeled({"a": "a", "b": "b"}, "AD")))
    with pytest.raises(AmbiguousName, match="say which you mean: a, b"):
        names.resolve("ad", "Condition")


def test_search_finds_things_of_any_kind(graph: Graph) -> None:
    assert graph.names.search("gbs") == [GBS]
    assert BASE + "mechanism/fc-receptor-blockade" in graph.names.search("blockade of Fc receptors")
    assert graph.names.search("MONDO:0016218") == [GBS]
    assert GBS in graph.names.search("guilain bare")
    assert graph.names.search("   ") == []


def test_many_threads_may_ask_at_once(graph: Graph) -> None:
    labels = graph.names.labels("Condition")
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda label: graph.names.label(graph.names.resolve(label, "Condition")), labels * 8))
    assert found == labels * 8


@given(st.text())
def test_the_normal_form_is_stable(name: str) -> None:
    assert normal(normal(name)) == normal(name)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Guillain Barre", "Guillain-Barré syndrome"),
        ("Neuropathy, Multifocal Motor", "multifocal motor neuropathy"),
        ("autoimmune haemolytic anaemias", "autoimmune hemolytic anemia"),
        # Half a name is no name.
        ("sydenham's", None),
        ("GBS", None),
        ("MONDO:0016218", None),
        ("gilain barre", None),
        ("disease", None),
        ("the", None),
    ],
)
def test_a_name_that_differs_in_its_signs_is_taken_and_said(graph: Graph, typed: str, taken: str | None) -> None:
    assert graph.names.took(typed, "Condition") == taken
    if taken:
        assert [graph.names.label(iri) for iri in graph.names.things(typed, "Condition")] == [taken]


def test_several_that_differ_in_their_signs_are_listed() -> None:
    names = Names(NameIndex.of(_labeled({"a": "Gray's disease", "b": "gray syndrome"})))
    with pytest.raises(AmbiguousName, match="say which you mean: Gray's disease, gray syndrome"):
        names.things("grays", "Condition")
    assert names.things("gray syndrome", "Condition") == [BASE + "b"]


def test_a_curator_names_things_exactly(graph: Graph) -> None:
    with pytest.raises(UnknownName, match='unknown condition "Guillain Barre"; nearest: Guillain-Barré syndrome'):
        graph.names.resolve("Guillain Barre", "Condition")


@pytest.mark.parametrize("typed", ["asdfqwer", "NICE", "1234", "MONDO:1", "?", ""])
def test_where_nothing_is_near_nothing_is_offered(graph: Graph, typed: str) -> None:
    assert graph.names.near(typed) == []
    with pytest.raises(UnknownName) as raised:
        graph.names.things(typed, "Condition")
    assert raised.value.nearest == []
