"""Outside identifiers to things and statements, with the predicate that links them."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Triple

from ivig.errors import BadInput, NotThere, UnknownName
from ivig.io.name_index import NameIndex
from ivig.namespaces import BASE, SKOS
from ivig.query import Graph, Names
from ivig.query.resolve import meanings

GBS = BASE + "condition/guillain-barre-syndrome"


@pytest.mark.parametrize(
    ("typed", "predicate", "thing", "kind"),
    [
        ("MONDO:0016218", "skos:exactMatch", "condition/guillain-barre-syndrome", "condition"),
        ("ORPHA:2103", "skos:exactMatch", "condition/guillain-barre-syndrome", "condition"),
        ("UMLS_CUI:C0018378", "skos:exactMatch", "condition/guillain-barre-syndrome", "condition"),
        (
            "http://id.nlm.nih.gov/mesh/D016449",
            "skos:exactMatch",
            "study-type/randomized-controlled-trial",
            "study type",
        ),
        ("GO:0045916", "skos:exactMatch", "mechanism/inhibition-of-complement-activation", "mechanism"),
        ("HPO:0001919", "skos:exactMatch", "adverse-event/acute-kidney-injury", "adverse event"),
        ("pubmed:15674654", "ivig:pmid", "citation/pmid-15674654", "citation"),
        ("15674654", "ivig:pmid", "citation/pmid-15674654", "citation"),
        ("https://doi.org/10.1007/S10067-004-0959-7", "ivig:doi", "citation/pmid-15674654", "citation"),
        ("10.1007/s10067-004-0959-7", "ivig:doi", "citation/pmid-15674654", "citation"),
    ],
)
def test_an_identifier_leads_to_its_thing(graph: Graph, typed: str, predicate: str, thing: str, kind: str) -> None:
    first = meanings(graph, typed)[0]
    assert (first.predicate, first.thing, first.kind) == (predicate, BASE + thing, kind)
    assert first.thing_label == graph.names.label(first.thing)


@pytest.mark.parametrize(
    ("typed", "curie"),
    [
        ("G61.0", "ICD10CM:G61.0"),
        ("g610", "ICD10CM:G61.0"),
        ("ICD10:G61.0", "ICD10CM:G61.0"),
        ("ICD-10 G61.0", "ICD10CM:G61.0"),
        ("D020275", "MESH:D020275"),
        ("mesh D020275", "MESH:D020275"),
    ],
)
def test_a_code_is_known_by_its_looks(graph: Graph, typed: str, curie: str) -> None:
    first = meanings(graph, typed)[0]
    assert (first.identifier, first.thing) == (curie, GBS)
    assert graph.names.resolve(typed, "Condition") == GBS


def test_a_link_of_a_class_does_not_break_what_it_leads_to(graph: Graph) -> None:
    class_ = BASE + "ontology#Condition"
    linked = NamedNode("http://example.org/1")
    index = NameIndex.of((), [Triple(NamedNode(class_), NamedNode(f"{SKOS}exactMatch"), linked)])
    other = Graph(graph.files, graph.release)
    # Names that are found at once, of an index with only what is asked for.
    other.names = Names(index)  # type: ignore[misc]
    (found,) = meanings(other, linked.value)
    assert (found.thing, found.kind, found.statements) == (class_, "term of the ontology", ())


def test_every_thing_comes_with_its_predicate_the_exact_first(graph: Graph) -> None:
    found = meanings(graph, "icd10cm:g61.0")
    assert [(each.predicate, each.thing_label) for each in found] == [
        ("skos:exactMatch", "Guillain-Barré syndrome"),
        ("skos:relatedMatch", "Miller Fisher syndrome"),
    ]
    assert {each.identifier for each in found} == {"ICD10CM:G61.0"}


def test_the_statements_are_those_on_the_thing_and_on_what_is_narrower(graph: Graph) -> None:
    (publication,) = meanings(graph, "PMID:15674654")
    rows = graph.query("statements-for-citation", citation="PMID:15674654")
    assert list(publication.statements) == sorted(str(row["statement"]) for row in rows)
    (myopathies,) = meanings(graph, "MONDO:0600023")
    (dermatomyositis,) = meanings(graph, "MONDO:0016367")
    assert set(dermatomyositis.statements) < set(myopathies.statements)


def test_every_link_leads_from_its_curie_to_its_thing(graph: Graph) -> None:
    for row in graph.query("external-links").rows[::40]:
        found = {(each.thing, each.predicate) for each in meanings(graph, str(row["external_id"]))}
        assert (row["thing"], row["predicate"]) in found
        assert found == {(each.thing, each.predicate) for each in meanings(graph, str(row["external_iri"]))}


def test_an_outside_iri_is_a_parameter_of_every_query(graph: Graph) -> None:
    by_label = graph.query("evidence-for-condition", condition="GBS").rows
    for typed in ("ORPHA:2103", "https://identifiers.org/mondo:0016218", "http://www.orpha.net/ORDO/Orphanet_2103"):
        assert graph.query("evidence-for-condition", condition=typed).rows == by_label
    by_pmid = graph.query("statements-for-citation", citation="15674654").rows
    for typed in ("https://www.ncbi.nlm.nih.gov/pubmed/15674654", "https://doi.org/10.1007/s10067-004-0959-7"):
        assert graph.query("statements-for-citation", citation=typed).rows == by_pmid
    assert graph.names.search("https://www.orpha.net/en/disease/detail/2103") == [GBS]


@pytest.mark.parametrize(
    ("typed", "error", "message"),
    [
        ("MOND:0016218", UnknownName, 'unknown prefix "MOND"; nearest: MONDO'),
        ("PMIDD:15674654", UnknownName, 'unknown prefix "PMIDD"; nearest: PMID'),
        ("MONDO:9999999", NotThere, "nothing here is linked to MONDO:9999999"),
        ("mondo:12", NotThere, "nothing here is linked to MONDO:12; identifiers of that kind look like MONDO:0000001"),
        ("https://example.org/gout", NotThere, "nothing here is linked to https://example.org/gout"),
        ("GBS", BadInput, '"GBS" is no identifier: give a CURIE such as MONDO:0016218'),
        ("", BadInput, '"" is no identifier'),
        ("99999998", NotThere, "nothing here is linked to PMID:99999998"),
    ],
)
def test_what_means_nothing_is_said_plainly(graph: Graph, typed: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as raised:
        meanings(graph, typed)
    assert str(raised.value).startswith(message)


def test_an_unknown_prefix_as_a_parameter_gets_the_nearest(graph: Graph) -> None:
    with pytest.raises(UnknownName, match='unknown prefix "MONDOO"; nearest: MONDO'):
        graph.query("evidence-for-condition", condition="MONDOO:0016218")
    with pytest.raises(UnknownName, match='unknown condition "MONDO:9999999"$'):
        graph.query("evidence-for-condition", condition="MONDO:9999999")
