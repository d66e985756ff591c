"""The ontology as rules: every construct that the reasoner does not implement is refused by name."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from ivig.build.axioms import rules
from ivig.build.graph import Graph
from ivig.errors import BadInput

HEAD = """@base <https://w3id.org/ivig/> .
@prefix ivig: <https://w3id.org/ivig/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def graph(turtle: str) -> Graph:
    return Graph(quad.triple for quad in parse(HEAD + turtle, format=RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("ivig:A owl:unionOf ( ivig:B ivig:C ) .", "ivig:A: owl:unionOf is beyond the reasoner; .*axioms.py"),
        ("ivig:A owl:equivalentClass ivig:B .", "ivig:A: owl:equivalentClass is beyond the reasoner"),
        ("[ owl:onProperty ivig:p ; owl:someValuesFrom ivig:B ] rdfs:subClassOf ivig:A .", "owl:someValuesFrom"),
        ("ivig:A owl:hasKey ( ivig:p ) .", "owl:hasKey"),
        ("ivig:p owl:equivalentProperty ivig:q .", "owl:equivalentProperty"),
        ("ivig:p a owl:InverseFunctionalProperty .", "ivig:p: owl:InverseFunctionalProperty is beyond the reasoner"),
        ("ivig:p a owl:AsymmetricProperty .", "owl:AsymmetricProperty"),
        ("<condition/a> a owl:Nothing .", "condition/a: owl:Nothing is beyond the reasoner"),
        ("<condition/a> owl:sameAs <condition/b> .", "condition/a: owl:sameAs is beyond the reasoner"),
        ("<condition/a> a [ owl:onProperty ivig:p ; owl:hasValue 1 ] .", "condition/a: a blank node is beyond the reasoner"),
        ("ivig:A rdfs:subClassOf [ owl:onProperty ivig:p ; owl:hasValue 1 ] .", "no axiom on a blank node as a class"),
        ("[ owl:onProperty ivig:p ] rdfs:subClassOf ivig:A .", "no axiom on a blank node as a class"),
        ("ivig:A rdfs:subClassOf owl:Nothing .", "no axiom on owl:Nothing as a class"),
        ("ivig:p rdfs:range xsd:dateTime .", "no axiom on xsd:dateTime as a class"),
        ("rdf:type rdfs:domain ivig:A .", "no axiom on rdf:type as a property"),
        ("ivig:p rdfs:subPropertyOf rdfs:subClassOf .", "no axiom on rdfs:subClassOf as a property"),
        ("ivig:p rdfs:subPropertyOf [ owl:inverseOf ivig:q ] .", "no axiom on a blank node as a property"),
        ("ivig:p owl:propertyChainAxiom ( ivig:a ivig:b ivig:c ) .", "ivig:p: the reasoner follows a chain of two .* 3"),
        ("ivig:p owl:propertyChainAxiom [ rdf:first ivig:a ] .", "a list of the ontology or the shapes is broken after 0"),
        ("ivig:p a owl:FunctionalProperty, owl:DatatypeProperty .", "ivig:p takes text or numbers: .* sh:maxCount 1"),
    ],
)  # fmt: skip
def test_what_is_not_implemented_is_refused(turtle: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        rules(graph(turtle))


def test_annotations_are_no_axioms() -> None:
    made = rules(graph('ivig:A a owl:Class ; rdfs:label "a" ; rdfs:comment "b" ; rdfs:isDefinedBy <ontology> .'))
    assert not made.implied
    assert not made.above.keys() & set(graph("ivig:A a owl:Class .").subjects)


def test_a_triple_about_a_triple_is_refused() -> None:
    with pytest.raises(BadInput, match="a triple about a triple"):
        graph("ivig:a rdf:reifies <<( ivig:a ivig:b ivig:c )>> .")
