"""Profiles: the graph in the terms of other ontologies, asked by queries that know those ontologies alone."""

from __future__ import annotations

import io

import httpx
import pytest
from rdflib import RDF, Graph as RdfGraph, URIRef

from conftest import ROOT, Run
from ivig.errors import BadInput, UnknownName
from ivig.export import Exporter, Selection
from ivig.namespaces import BASE

PICO = "http://data.cochrane.org/ontologies/pico/"
SEPIO = "http://purl.obolibrary.org/obo/SEPIO_"
GBS = Selection(condition=("GBS",))
KNOWS_PICO = f"PREFIX pico: <{PICO}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


def _profiled(exporter: Exporter, name: str, selection: Selection = GBS) -> RdfGraph:
    out = io.BytesIO()
    exporter.write(selection, "turtle", out, profile=name)
    return RdfGraph().parse(out.getvalue(), format="turtle")


@pytest.fixture(scope="module")
def pico(exporter: Exporter) -> RdfGraph:
    """The results on one condition, as Cochrane has it."""
    return _profiled(exporter, "pico")


def test_what_was_compared_with_what(pico: RdfGraph) -> None:
    rows = pico.query(
        KNOWS_PICO
        + "SELECT DISTINCT ?with ?without { ?question a pico:PICO ; pico:interventionGroup/pico:intervention/rdfs:label ?with ; "
        "pico:comparatorGroup/pico:intervention/rdfs:label ?without }"
    )
    assert ("IVIG", "plasma exchange") in {(str(a), str(b)) for a, b in rows}


def test_what_was_measured_in_whom(pico: RdfGraph) -> None:
    rows = pico.query(
        KNOWS_PICO
        + "SELECT ?condition ?domain ?text { ?question pico:population/pico:condition/rdfs:label ?condition ; "
        "pico:outcomeGroup/pico:outcome ?outcome . ?outcome pico:outcomeText ?text ; pico:outcomeDomain/rdfs:label ?domain }"
    )
    found = {tuple(map(str, row)) for row in rows}
    assert (
        "Guillain-Barré syndrome", "Guillain-Barré disability grade", "improvement by one or more disability grades at 4 weeks",
    ) in found  # fmt: skip


def test_the_largest_groups_that_received_a_thing(pico: RdfGraph) -> None:
    rows = pico.query(
        KNOWS_PICO
        + "SELECT ?applied (MAX(?n) AS ?most) { ?arm a pico:InterventionGroup ; pico:numberOfParticipants ?n ; "
        "pico:intervention/pico:appliedIntervention ?applied . ?applied a pico:AppliedIntervention } GROUP BY ?applied"
    )
    assert dict(rows)[URIRef(BASE + "product/polyvalent-iv")].toPython() > 100


def test_every_efficacy_statement_is_a_question_and_no_node_is_blank(pico: RdfGraph, exporter: Exporter) -> None:
    questions = {str(one).partition("#")[0] for one in pico.subjects(RDF.type, URIRef(PICO + "PICO"))}
    assert questions == set(exporter.subgraph(Selection(condition=("GBS",), kind=("efficacy",))).statements)
    assert all(isinstance(term, URIRef) for subject, _, _ in pico for term in [subject])


def test_a_verdict_is_an_assertion_with_its_evidence_lines(exporter: Exporter) -> None:
    made = _profiled(exporter, "sepio")
    verdict = URIRef(BASE + "verdict/guillain-barre-syndrome/treat")
    lines = set(made.objects(verdict, URIRef(SEPIO + "0000006")))
    (supporting,) = made.objects(verdict, URIRef(SEPIO + "0000007"))
    assert (verdict, RDF.type, URIRef(SEPIO + "0000001")) in made
    assert supporting in lines and len(lines) > 1
    assert not set(made.objects(verdict, URIRef(SEPIO + "0000008")))
    assert (supporting, URIRef(SEPIO + "0000084"), URIRef(BASE + "statement/neurom-001")) in made
    assert all(float(score) > 0 for score in made.objects(supporting, URIRef(SEPIO + "0000429")))


@pytest.mark.parametrize("name", ["pico", "sepio"])
def test_every_term_of_a_profile_is_one_of_the_alignment(exporter: Exporter, name: str) -> None:
    """Those were read in the ontologies' own files; what leads on within one of them is named here."""
    within = {PICO + one for one in ("intervention", "outcome", "outcomeGroup", "population", "appliedIntervention",
        "outcomeDomain", "Intervention", "InterventionGroup", "OutcomeGroup")}  # fmt: skip
    within |= {SEPIO + one for one in ("0000007", "0000008", "0000009", "0000026", "0000149")}
    alignment = RdfGraph().parse(ROOT / "ontology" / "alignment.ttl")
    aligned = {str(term) for term in alignment.objects()}
    made = _profiled(exporter, name)
    used = {str(p) for p in made.predicates()} | {str(c) for c in made.objects(None, RDF.type)}
    assert {one for one in used if one.startswith((PICO, SEPIO))} <= aligned | within


def test_a_profile_that_is_not_there(exporter: Exporter, server: httpx.Client, run: Run) -> None:
    out = io.BytesIO()
    with pytest.raises(UnknownName, match='unknown profile "piko"; nearest: pico, sepio'):
        exporter.write(GBS, "turtle", out, profile="piko")
    with pytest.raises(BadInput, match="a profile is RDF without named graphs: take turtle, ntriples, rdfxml, not csv"):
        exporter.write(GBS, "csv", out, profile="pico")
    with pytest.raises(BadInput, match="nothing that was selected has a place in pico: select an efficacy statement"):
        exporter.write(Selection(condition=("GBS",), kind=("recommendation",)), "turtle", out, profile="pico")
    answer = server.get("/export", params={"condition": "GBS", "profile": "piko", "format": "turtle"})
    assert (answer.status_code, "piko" in answer.text) == (400, True)
    answer = server.get("/export", params={"condition": "LEMS", "profile": "pico", "format": "turtle"})
    assert 'filename="ivig-lems-pico-' in answer.headers["content-disposition"]
    assert "a pico:PICO" in answer.text
    done = run("export", "--condition", "GBS", "--profile", "pico", "--package", "x.zip")
    assert (done.returncode, "are different things: give one" in done.stderr) == (2, True)
