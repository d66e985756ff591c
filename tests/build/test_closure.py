"""What follows by each rule alone, and how each kind of contradiction is told."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from ivig.build.axioms import rules
from ivig.build.closure import Closure
from ivig.build.graph import Graph

HEAD = """@base <https://w3id.org/ivig/> .
@prefix ivig: <https://w3id.org/ivig/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(HEAD + turtle, format=RdfFormat.TURTLE)]


def closure(turtle: str) -> Closure:
    graph = Graph(triples(turtle))
    return Closure(graph, rules(graph))


@pytest.mark.parametrize(
    ("axiom", "said", "follows"),
    [
        ("ivig:A rdfs:subClassOf ivig:B . ivig:B rdfs:subClassOf ivig:C .", "<a> a ivig:A .", "<a> a ivig:B, ivig:C ."),
        ("ivig:p rdfs:domain ivig:A . ivig:A rdfs:subClassOf ivig:B .", "<a> ivig:p 1 .", "<a> a ivig:A, ivig:B ."),
        ("ivig:p rdfs:range ivig:A .", "<a> ivig:p <b> .", "<b> a ivig:A ."),
        ("ivig:p rdfs:range ivig:A .", '<a> ivig:p "no thing" .', ""),
        ("ivig:p rdfs:subPropertyOf ivig:q . ivig:q rdfs:subPropertyOf ivig:r .", "<a> ivig:p <b> .", "<a> ivig:q <b> ; ivig:r <b> ."),
        ("ivig:p owl:inverseOf ivig:q .", "<a> ivig:p <b> . <c> ivig:q <d> .", "<b> ivig:q <a> . <d> ivig:p <c> ."),
        ("ivig:p owl:inverseOf ivig:q .", "<a> ivig:p 1 .", ""),
        ("ivig:p rdfs:subPropertyOf ivig:q . ivig:q owl:inverseOf ivig:r . ivig:r rdfs:domain ivig:A .", "<a> ivig:p <b> .",
         "<a> ivig:q <b> . <b> ivig:r <a> ; a ivig:A ."),
        ("ivig:p a owl:SymmetricProperty .", "<a> ivig:p <b> .", "<b> ivig:p <a> ."),
        ("ivig:p a owl:TransitiveProperty .", "<c> ivig:p <d> . <a> ivig:p <b> . <b> ivig:p <c> .",
         "<a> ivig:p <c>, <d> . <b> ivig:p <d> ."),
        ("ivig:p owl:propertyChainAxiom ( ivig:q ivig:r ) .", "<a> ivig:q <b> . <b> ivig:r <c>, 1 .", "<a> ivig:p <c>, 1 ."),
        ("ivig:p owl:propertyChainAxiom ( ivig:p ivig:up ) .", "<b> ivig:up <c> . <c> ivig:up <d> . <a> ivig:p <b> .",
         "<a> ivig:p <c>, <d> ."),
        ("[ owl:onProperty ivig:p ; owl:hasValue <b> ] rdfs:subClassOf ivig:A . ivig:A rdfs:subClassOf ivig:B .",
         "<a> ivig:p <b> . <c> ivig:p <d> .", "<a> a ivig:A, ivig:B ."),
    ],
)  # fmt: skip
def test_follows(axiom: str, said: str, follows: str) -> None:
    assert set(closure(axiom + said).new()) == set(triples(follows))


@pytest.mark.parametrize(
    ("axiom", "said", "told"),
    [
        ("ivig:p a owl:FunctionalProperty .", "<a> ivig:p <b>, <c> .",
         "b and c would have to be one thing: a has both as ivig:p, which takes one value"),
        ("ivig:p owl:propertyDisjointWith ivig:q .", "<a> ivig:p <b> ; ivig:q <b>, <c> .",
         "a has b both as ivig:p and as ivig:q, which exclude each other"),
        ("ivig:A owl:disjointWith ivig:B . ivig:p rdfs:range ivig:B .", "<a> a ivig:A . <b> ivig:p <a> .",
         "a is of the classes ivig:A and ivig:B, which exclude each other"),
        ("[ a owl:AllDisjointClasses ; owl:members ( ivig:A ivig:B ivig:C ) ] .", "<a> a ivig:A, ivig:C .",
         "a is of the classes ivig:A and ivig:C, which exclude each other"),
        ("ivig:p rdfs:range xsd:integer .", "<a> ivig:p 1, true .",
         '"true"^^<http://www.w3.org/2001/XMLSchema#boolean> is of the classes xsd:boolean and xsd:decimal, which exclude each other'),
        ("ivig:p rdfs:range xsd:boolean .", "<a> ivig:p 1, true .",
         '"1"^^<http://www.w3.org/2001/XMLSchema#integer> is of the classes xsd:boolean and xsd:decimal, which exclude each other'),
        ("", '<a> ivig:p "2018-02-30"^^xsd:date .', 'a has "2018-02-30" as ivig:p, which is no xsd:date'),
    ],
)  # fmt: skip
def test_contradicts(axiom: str, said: str, told: str) -> None:
    assert closure(axiom + said).clashes() == [told]


def test_a_whole_number_is_a_decimal_one() -> None:
    assert not closure("ivig:p rdfs:range xsd:decimal . <a> ivig:p 1, 1.5 .").clashes()
