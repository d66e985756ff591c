"""Validation: what the engine does not take is refused by name, chunks find what the whole finds, and the report is
the standard's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import RDF, SH, Graph, Literal, URIRef

from ivig.build.sources import Sources
from ivig.build.validation import validate, violations, write_report
from ivig.errors import BadInput

HEAD = """@base <https://w3id.org/ivig/> .
@prefix ivig: <https://w3id.org/ivig/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
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


def told(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[str]:
    return [str(violation) for violation in violations(data, shapes)]


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ("sh:node <shape/b>", "shapes: <shape/a>: the validator takes no sh:node"),
        ("sh:qualifiedMinCount 1", "no sh:qualifiedMinCount"),
        ("sh:severity sh:Warning", "no sh:severity"),
        ("sh:deactivated true", "no sh:deactivated"),
        ('sh:sparql [ sh:select "…" ]', "no sh:sparql"),
        ("sh:minCuont 1", "no sh:minCuont"),
        ("rdfs:label 'a'", "<shape/a>: rdfs:label means nothing on a shape"),
        ("a sh:Rule", r"<shape/a>: the class of a shape is sh:NodeShape or not given \(<http.*Rule>\)"),
        ("sh:property [ sh:path ivig:q ; sh:minCount 1 ; sh:message 'Mend it.' ]", "a sh:property does not stand in another"),
        ("sh:path ivig:q", "sh:path is not what SHACL takes"),
        ("sh:message 'Other.'", "one sh:message and one sh:pattern on a shape"),
        ("sh:pattern 'a', 'b'", "one sh:message and one sh:pattern on a shape"),
        ("sh:minCount 1, 2", "sh:minCount is not what SHACL takes"),
        ("sh:minCount 'many'", r"a count or a length is a whole number from 0 on \(many\)"),
        ("sh:minCount -1", r"a count or a length is a whole number from 0 on \(-1\)"),
        ("sh:nodeKind sh:Thing", "sh:nodeKind is not what SHACL takes: <http"),
        ("sh:class 'A'", "sh:class is not what SHACL takes: A"),
        ("sh:datatype xsd:dateTime", "a sh:datatype is one that .*ill-formed-values.rq knows"),
        ("sh:pattern 1", "sh:pattern is not what SHACL takes: 1"),
        ("sh:pattern '('", "does not take them: .*(regex|unterminated)"),
        ("sh:datatype xsd:integer ; sh:minInclusive '2018-01-01'^^xsd:date", "a bound is a value of the kind of its sh:datatype"),
        ("sh:minInclusive 1", "a bound stands beside a sh:path of one property and a sh:datatype"),
        ("sh:datatype xsd:integer ; sh:lessThan 'q'", "<shape/a>: what is compared is a property with a sh:datatype"),
        ("sh:datatype xsd:integer ; sh:lessThan ivig:q", "<shape/a>: what is compared is a property with a sh:datatype"),
        ("sh:uniqueLang 'yes'", "sh:uniqueLang is not what SHACL takes: yes"),
        ("sh:languageIn ( 1 )", "does not take them: "),
        ("sh:in [ rdf:first 1 ]", "sh:in is not what SHACL takes"),
        ("sh:not [ sh:datatype xsd:date ]", "sh:datatype xsd:date stands in a sh:property"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reference", [False, True], ids=["default", "reference"])
def test_what_the_engine_does_not_take_is_refused(constraints: str, message: str, reference: bool) -> None:
    with pytest.raises(BadInput, match=message):
        violations(triples("<a> a ivig:A ; ivig:p 1 ."), shape(constraints), reference=reference)


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("<shape/a> a sh:NodeShape ; sh:property [ sh:path [ sh:inversePath ivig:p ] ; sh:minCount 1 ; sh:message 'M.' ] .",
         "<shape/a>: a sh:path is a property, or a sh:alternativePath"),
        ("<shape/a> a sh:NodeShape ; sh:property [ sh:path ivig:p ; sh:minCount 1 ] .",
         "<shape/a>: a rule on ivig:p without a sh:message"),
        ("<shape/a> a sh:NodeShape ; sh:closed true .", "<shape/a>: a rule without a sh:message"),
        ("<shape/a> a sh:NodeShape ; sh:targetNode <b> .", "no sh:targetNode"),
        ("<shape/a> a sh:NodeShape ; sh:message <b> .", "sh:message is not what SHACL takes"),
        ("<shape/a> a sh:NodeShape, rdfs:Class .", "<shape/a>: the class of a shape is sh:NodeShape"),
        ("<shape/a> sh:targetClass ivig:A ; sh:property [ sh:path ivig:p ] .", "<shape/a>: it is part of no sh:NodeShape"),
        ("<shapes> sh:declare [ sh:prefix 'ivig' ] .", "<shapes>: the validator takes no sh:declare"),
    ],
)  # fmt: skip
def test_a_shape_of_another_make_is_refused(turtle: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        violations([], triples(turtle))


def test_what_describes_a_property_for_forms_is_no_rule() -> None:
    described = shape(
        "sh:name 'p' ; sh:description 'What it is.' ; sh:order 1 ; sh:group <shape/group/g> ; sh:minCount 1"
    )
    described += triples("<shape/group/g> a sh:PropertyGroup ; rdfs:label 'G' ; sh:order 1 .")
    assert told(triples("<a> a ivig:A ."), described) == ["<a> Mend it. [MinCount on ivig:p]"]


def test_a_subclass_is_checked_and_counts_as_its_class() -> None:
    data = triples("ivig:B rdfs:subClassOf ivig:A . <b> a ivig:B ; ivig:p <b>, <c> . <c> a ivig:C .")
    found = violations(data, shape("sh:class ivig:A"), {"https://w3id.org/ivig/b": "data/b.ttl"})
    assert [str(violation) for violation in found] == [
        "data/b.ttl: <b> Mend it. Found: <c>. [Class on ivig:p]",
    ]


@pytest.mark.parametrize("value", ['"7"^^xsd:int', '"seven"', "<seven>", "7.5", '"7.5"^^xsd:integer', "true"])
def test_a_value_of_another_kind_breaks_its_datatype_and_no_bound(value: str) -> None:
    found = told(triples(f"<a> a ivig:A ; ivig:p {value} ."), shape("sh:datatype xsd:integer ; sh:minInclusive 9"))
    assert [line.rpartition(" [")[2] for line in found] == ["Datatype on ivig:p]"]


def test_what_is_compared_with_a_value_of_another_kind_breaks_no_order() -> None:
    pair = triples(
        "<shape/a> a sh:NodeShape ; sh:targetClass ivig:A ; "
        "sh:property [ sh:path ivig:p ; sh:message 'P.' ; sh:datatype xsd:integer ; sh:lessThanOrEquals ivig:q ] , "
        "[ sh:path ivig:q ; sh:message 'Q.' ; sh:datatype xsd:integer ] ."
    )
    data = triples("<a> a ivig:A ; ivig:p 1 ; ivig:q 'one' . <b> a ivig:A ; ivig:p 2 ; ivig:q 1 .")
    assert told(data, pair) == [
        "<a> Q. Found: one. [Datatype on ivig:q]",
        "<b> P. Found: 2. [LessThanOrEquals on ivig:p]",
    ]


def test_an_ill_formed_date_is_told_once() -> None:
    data = triples('<a> a ivig:A ; ivig:p "2018-02-30"^^xsd:date, "2018-02-28"^^xsd:date .')
    assert told(data, shape("sh:datatype xsd:date")) == ["<a> Mend it. Found: 2018-02-30. [Datatype on ivig:p]"]


def test_a_triple_about_a_triple_is_refused() -> None:
    with pytest.raises(BadInput, match="a triple about a triple"):
        violations(triples("ivig:a rdf:reifies <<( ivig:a ivig:b ivig:c )>> ."), shape("sh:minCount 1"))


def test_triples_may_come_one_by_one_or_not_at_all() -> None:
    data, shapes = triples("<a> a ivig:A ."), shape("sh:minCount 1")
    assert told(iter(data), iter(shapes)) == told(data, shapes) == ["<a> Mend it. [MinCount on ivig:p]"]
    assert told([], shapes) == told(data, []) == []


@pytest.mark.parametrize("size", [1, 2, 5])
def test_chunks_find_what_the_whole_finds(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    things = "".join(
        f"<a{n}> a ivig:A ; ivig:p <b{n % 3}>, <shared> ; ivig:q <nowhere{n}> . <b{n % 3}> a ivig:{'AC'[n % 2]} ."
        for n in range(9)
    )
    # In every chunk, and broken by itself.
    data = triples("ivig:A rdfs:subClassOf ivig:C . <shared> a ivig:A ; ivig:p <b1>, <b2>, <nowhere> . " + things)
    shapes = shape("sh:class ivig:A ; sh:maxCount 1")
    whole = told(data, shapes)
    assert len(whole) > 8
    monkeypatch.setattr("ivig.build.shacl._CHUNK", size)
    assert told(data, shapes) == whole


def test_a_thing_that_no_shape_looks_at_is_a_violation() -> None:
    data = triples("<a> ivig:p 1 . <b> a ivig:Unknown . <c> a ivig:A . <d> a owl:Thing .")
    found = validate(Sources(triples("ivig:A a owl:Class ."), [], data, [], shape("sh:minCount 0"), {}))
    assert [(v.thing.rpartition("/")[2], v.rule, v.value) for v in found] == [
        ("a", "Class unknown", ""),
        ("b", "Class unknown", "ivig:Unknown"),
    ]


def test_the_report_is_read_back_by_rdflib(tmp_path: Path) -> None:
    path = tmp_path / "report.ttl"
    data = triples("<a> a ivig:A ; ivig:p 'one'@en, 2 . <b> a ivig:A .")
    found = violations(data, shape("sh:datatype xsd:integer ; sh:minCount 1"))
    write_report(found, path)
    report = Graph().parse(path)
    (whole,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(whole, SH.conforms) == Literal(False)
    said = {
        (
            str(report.value(result, SH.focusNode)),
            report.value(result, SH.value),
            str(report.value(result, SH.resultMessage)),
        )
        for result in report.objects(whole, SH.result)
    }
    base = "https://w3id.org/ivig/"
    assert said == {(base + "a", Literal("one", lang="en"), "Mend it."), (base + "b", None, "Mend it.")}
    components = set(report.objects(None, SH.sourceConstraintComponent))
    assert components == {SH.DatatypeConstraintComponent, SH.MinCountConstraintComponent}
    assert set(report.objects(None, SH.resultPath)) == {URIRef(base + "ontology#p")}


def test_a_report_on_what_keeps_all_shapes_conforms(tmp_path: Path) -> None:
    path = tmp_path / "report.ttl"
    write_report([], path)
    report = Graph().parse(path)
    assert list(report.objects(None, SH.conforms)) == [Literal(True)]
    assert not list(report.objects(None, SH.result))
