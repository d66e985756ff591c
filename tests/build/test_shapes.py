"""The shapes, taken apart: whatever of SHACL the validator does not know is refused by name, with its shape."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from ivig.build.shapes import Shapes
from ivig.build.validate import violations
from ivig.errors import BadInput

HEAD = """@base <https://w3id.org/ivig/> .
@prefix ivig: <https://w3id.org/ivig/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(HEAD + turtle, format=RdfFormat.TURTLE)]


def shape(constraints: str) -> list[Triple]:
    """A shape of things of class A with these constraints on ivig:p."""
    return triples(
        "<shape/a> a sh:NodeShape ; sh:targetClass ivig:A ; "
        f'sh:property [ sh:path ivig:p ; sh:message "Mend it." ; {constraints} ] .'
    )


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ("sh:minLength 3", "<shape/a>: the validator knows no sh:minLength; .*constraints.py"),
        ("sh:xone ( <b> )", "no sh:xone"),
        ("sh:node <shape/b>", "no sh:node"),
        ("sh:qualifiedMinCount 1", "no sh:qualifiedMinCount"),
        ("sh:severity sh:Warning", "no sh:severity"),
        ("sh:deactivated true", "no sh:deactivated"),
        ('sh:flags "i"', "no sh:flags"),
        ('sh:sparql [ sh:select "…" ]', "no sh:sparql"),
        ("rdfs:label 'a'", "<http://www.w3.org/2000/01/rdf-schema#label> means nothing on a shape"),
        ("a sh:PropertyShape", "the class of a shape is sh:NodeShape"),
        ("sh:path ivig:q", "one sh:path on a shape, not 2"),
        ("sh:message 'Other.'", "one sh:message on a shape, not 2"),
        ("sh:minCount 1, 2", "one sh:minCount on a shape, not 2"),
        ("sh:minCount 'many'", "sh:minCount takes a whole number, not many"),
        ("sh:nodeKind sh:Literal", "sh:nodeKind takes sh:IRI"),
        ("sh:datatype xsd:dateTime", "sh:datatype takes a datatype that .*literals.py knows"),
        ("sh:pattern 1", "sh:pattern takes text, not 1"),
        ("sh:minInclusive '2018-01-01'^^xsd:date", "sh:minInclusive takes a number, not 2018-01-01"),
        ("sh:lessThan 'q'", "sh:lessThan takes a property, not q"),
        ("sh:uniqueLang false", "sh:uniqueLang takes true, not false"),
        ("sh:closed true", "sh:closed is true, and stands on a shape without a sh:path"),
        ("sh:languageIn ( 1 )", "sh:languageIn takes text"),
        ("sh:not <shape/a>", "a shape stands in one place, this one in two"),
    ],
)
def test_what_is_not_known_is_refused(constraints: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Shapes(shape(constraints))


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("<shape/a> a sh:NodeShape ; sh:property [ sh:path [ sh:inversePath ivig:p ] ; sh:minCount 1 ] .",
         "<shape/a>: a sh:path is a property, or a sh:alternativePath"),
        ("<shape/a> a sh:NodeShape ; sh:property [ sh:path ivig:p ; sh:minCount 1 ] .",
         "<shape/a>: a rule on ivig:p without a sh:message"),
        ("<shape/a> a sh:NodeShape ; sh:closed false ; sh:message 'Mend it.' .", "sh:closed is true"),
        ("<shape/a> a sh:NodeShape ; sh:targetNode <b> .", "no sh:targetNode"),
        ("<shape/a> a sh:NodeShape ; sh:message <b> .", "a sh:message is text"),
        ("<shape/a> a sh:NodeShape, rdfs:Class .", "<shape/a>: the class of a shape is sh:NodeShape"),
        ("<shape/a> sh:targetClass ivig:A ; sh:property [ sh:path ivig:p ] .", "shapes: <shape/a> is part of no sh:NodeShape"),
        ("<shapes> sh:declare [ sh:prefix 'ivig' ] .", "shapes: <shapes> is part of no sh:NodeShape"),
    ],
)  # fmt: skip
def test_a_shape_of_another_make_is_refused(turtle: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Shapes(triples(turtle))


def test_a_subclass_is_checked_and_counts_as_its_class() -> None:
    data = triples("ivig:B rdfs:subClassOf ivig:A . <b> a ivig:B ; ivig:p <b>, <c> . <c> a ivig:C .")
    found = violations(data, shape("sh:class ivig:A"), {"https://w3id.org/ivig/b": "data/b.ttl"})
    assert [str(violation) for violation in found] == [
        "data/b.ttl: <b> Mend it. Found: <c>. [Class on ivig:p]",
    ]
