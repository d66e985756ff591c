"""What is entailed, by each rule and on the real graph, what must not be, and how each inconsistency is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from ivig.build.reasoning import infer
from ivig.build.sources import Sources, read
from ivig.errors import BadInput, InvalidGraph
from ivig.graph_files import GraphFiles
from ivig.namespaces import BASE, RDF_TYPE, RDFS_LABEL, SKOS, TERMS
from small import SOURCE, efficacy, files_with

Triples = set[tuple[str, str, str]]

PREFIXES = """@base <https://w3id.org/ivig/> .
@prefix ivig: <https://w3id.org/ivig/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def sources(axioms: str, said: str = "") -> Sources:
    """Axioms and data of a few lines; <a> stands in a file."""
    where = {"https://w3id.org/ivig/a": "data/a.ttl"}
    return Sources(triples(axioms), [], triples(said), [], [], where)


@pytest.mark.parametrize(
    ("axiom", "said", "follows"),
    [
        ("ivig:A rdfs:subClassOf ivig:B . ivig:B rdfs:subClassOf ivig:C .", "<a> a ivig:A .", "<a> a ivig:B, ivig:C ."),
        ("ivig:p rdfs:domain ivig:A . ivig:A rdfs:subClassOf ivig:B .", "<a> ivig:p 1 .", "<a> a ivig:A, ivig:B ."),
        ("ivig:p rdfs:range ivig:A .", "<a> ivig:p <b> .", "<b> a ivig:A ."),
        ("ivig:p rdfs:range ivig:A .", '<a> ivig:p "no thing" .', ""),
        ("ivig:p rdfs:subPropertyOf ivig:q . ivig:q rdfs:subPropertyOf ivig:r .", "<a> ivig:p <b> .", "<a> ivig:q <b> ; ivig:r <b> ."),
        ("ivig:p rdfs:subPropertyOf rdfs:label .", '<a> ivig:p "x"@en-GB, "a\\"\\nb" .', '<a> rdfs:label "x"@en-GB, "a\\"\\nb" .'),
        ("ivig:p rdfs:subPropertyOf ivig:q .", '<a> ivig:p 1.50, true, "007"^^xsd:integer .',
         '<a> ivig:q 1.5, true, "7"^^xsd:integer .'),
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
        # What a chain gives leads on: by a property above it, back by its inverse, and into the next chain.
        ("ivig:p owl:propertyChainAxiom ( ivig:q ivig:r ) ; rdfs:subPropertyOf ivig:s . ivig:s owl:inverseOf ivig:t . "
         "ivig:u owl:propertyChainAxiom ( ivig:t ivig:q ) .", "<a> ivig:q <b> . <b> ivig:r <c> .",
         "<a> ivig:p <c> ; ivig:s <c> . <c> ivig:t <a> ; ivig:u <b> ."),
        ("[ owl:onProperty ivig:p ; owl:hasValue <b> ] rdfs:subClassOf ivig:A . ivig:A rdfs:subClassOf ivig:B .",
         "<a> ivig:p <b> . <c> ivig:p <d> .", "<a> a ivig:A, ivig:B ."),
        ("ivig:A rdfs:subClassOf ivig:B . ivig:B rdfs:subClassOf [ owl:onProperty ivig:p ; owl:hasValue <b> ] .",
         "<a> a ivig:A . <c> a ivig:C .", "<a> a ivig:B ; ivig:p <b> ."),
        ("ivig:A rdfs:subClassOf [ owl:onProperty ivig:p ; owl:hasValue 1 ] .", "<a> a ivig:A .", "<a> ivig:p 1 ."),
        ("[ owl:onProperty ivig:p ; owl:hasValue true ] rdfs:subClassOf ivig:A .", "<a> ivig:p true . <c> ivig:p false .", "<a> a ivig:A ."),
    ],
)  # fmt: skip
def test_entailed_by_each_rule(axiom: str, said: str, follows: str) -> None:
    assert set(infer(sources(axiom, said))) == set(triples(follows))


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ("ivig:A owl:unionOf ( ivig:B ivig:C ) .", "ontology: ivig:A: owl:unionOf is beyond the reasoner"),
        ("ivig:A owl:equivalentClass ivig:B .", "ivig:A: owl:equivalentClass is beyond the reasoner"),
        ("[ owl:onProperty ivig:p ; owl:someValuesFrom ivig:B ] rdfs:subClassOf ivig:A .", "owl:someValuesFrom"),
        ("ivig:A owl:hasKey ( ivig:p ) .", "owl:hasKey"),
        ("ivig:p owl:equivalentProperty ivig:q .", "owl:equivalentProperty"),
        ("ivig:p a owl:InverseFunctionalProperty .", "ivig:p: owl:InverseFunctionalProperty is beyond the reasoner"),
        ("ivig:p a owl:AsymmetricProperty .", "owl:AsymmetricProperty"),
        ("<condition/a> a owl:Nothing .", "<condition/a>: owl:Nothing is beyond the reasoner"),
        ("<condition/a> owl:sameAs <condition/b> .", "<condition/a>: owl:sameAs is beyond the reasoner"),
        ("<condition/a> a [ owl:onProperty ivig:p ; owl:hasValue 1 ] .", "<condition/a>: a blank node is beyond the reasoner"),
        ("ivig:A rdfs:subClassOf [ owl:onProperty ivig:p ] .", "a blank node: .* on classes with a name"),
        ("[ owl:onProperty ivig:p ] rdfs:subClassOf ivig:A .", "a blank node: .* on classes with a name"),
        ("ivig:A rdfs:subClassOf owl:Nothing .", "owl:Nothing: .* on classes with a name"),
        ("ivig:p rdfs:range xsd:dateTime .", "xsd:dateTime: .* on datatypes"),
        ("rdf:type rdfs:domain ivig:A .", "rdf:type: the reasoner takes axioms on properties with a name"),
        ("ivig:p rdfs:subPropertyOf rdfs:subClassOf .", "rdfs:subClassOf: the reasoner takes axioms on properties"),
        ("ivig:p rdfs:subPropertyOf [ owl:inverseOf ivig:q ] .", "a blank node: the reasoner takes axioms on properties"),
        ("ivig:p owl:propertyChainAxiom ( ivig:a ivig:b ivig:c ) .", "ivig:p: the reasoner follows a chain of two"),
        ("ivig:p owl:propertyChainAxiom [ rdf:first ivig:a ] .", "ivig:p: the reasoner follows a chain of two"),
        ("[ a owl:AllDisjointClasses ; owl:members [ rdf:first ivig:A ] ] .", "the list of its members is broken off"),
        ("ivig:p a owl:FunctionalProperty, owl:DatatypeProperty .", "ivig:p: it takes text or numbers: .* sh:maxCount 1"),
    ],
)  # fmt: skip
def test_an_axiom_that_the_engine_does_not_take_is_refused_by_name(turtle: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        infer(sources(turtle))


def test_annotations_are_no_axioms() -> None:
    given = 'ivig:A a owl:Class ; rdfs:label "a" ; rdfs:comment "b" ; rdfs:isDefinedBy <ontology> . <ontology> owl:versionIRI <o/1> .'
    assert infer(sources(given, "<a> a ivig:A .")) == []


@pytest.mark.parametrize(
    ("axiom", "said", "told"),
    [
        ("ivig:p a owl:FunctionalProperty .", "<a> ivig:p <b>, <c> .",
         "<b> and <c> would have to be one thing: <a> has both as ivig:p, which takes one value"),
        ("ivig:p owl:propertyDisjointWith ivig:q .", "<a> ivig:p <b> ; ivig:q <b>, <c> .",
         "<a> has <b> both as ivig:p and as ivig:q, which exclude each other"),
        ("ivig:p owl:propertyDisjointWith ivig:q . ivig:r rdfs:subPropertyOf ivig:q .", "<a> ivig:p <b> ; ivig:r <b> .",
         "<a> has <b> both as ivig:p and as ivig:q, which exclude each other"),
        ("ivig:A owl:disjointWith ivig:B . ivig:p rdfs:range ivig:B .", "<a> a ivig:A . <b> ivig:p <a> .",
         "<a> is of the classes ivig:A and ivig:B, which exclude each other"),
        ("[ a owl:AllDisjointClasses ; owl:members ( ivig:A ivig:B ivig:C ) ] .", "<a> a ivig:A, ivig:C .",
         "<a> is of the classes ivig:A and ivig:C, which exclude each other"),
        ("ivig:p rdfs:range xsd:integer .", "<a> ivig:p 1, true .",
         '<a> has "true" as ivig:p: it is of the classes xsd:boolean and xsd:decimal, which exclude each other'),
        ("ivig:p rdfs:range xsd:boolean .", "<a> ivig:p 1, true .",
         '<a> has "1" as ivig:p: it is of the classes xsd:boolean and xsd:decimal, which exclude each other'),
        ("", '<a> ivig:p "2018-02-30"^^xsd:date .', '<a> has "2018-02-30" as ivig:p, which is no xsd:date'),
    ],
)  # fmt: skip
def test_an_inconsistency_is_told_with_file_thing_and_rule(axiom: str, said: str, told: str) -> None:
    with pytest.raises(InvalidGraph) as refused:
        infer(sources(axiom, said))
    assert str(refused.value) == f"the graph contradicts itself:\n  data/a.ttl: {told}"


def test_a_whole_number_is_a_decimal_one() -> None:
    assert not infer(sources("ivig:p rdfs:range xsd:decimal .", "<a> ivig:p 1, 1.5 ."))


@pytest.mark.parametrize(
    ("datatype", "well", "ill"),
    [
        ("integer", ["1", "+1", "-01", "9" * 30], ["", "1.0", "1e3", "1_000", " 1", "\u0661"]),
        ("decimal", ["1", "1.50", ".5", "-5."], ["", ".", "1e3", "1,5", "NaN"]),
        ("double", ["1", "1e3", "-.5E-2", "INF", "-INF", "NaN"], ["", "1e", "one"]),
        ("boolean", ["true", "false", "1", "0"], ["", "True", "yes"]),
        ("date", ["2018-07-05", "2018-07-05Z", "2018-07-05+02:00"], ["", "2018-7-5", "2018-02-30", "05.07.2018", "20180705"]),
        ("string", ["", "anything"], []),
        ("gYear", ["of this we know nothing"], []),
    ],
)  # fmt: skip
def test_ill_formed_literals(datatype: str, well: list[str], ill: list[str]) -> None:
    given = ", ".join(f'"{text}"^^xsd:{datatype}' for text in well + ill)
    if not ill:
        assert infer(sources("", f"<a> ivig:p {given} .")) == []
        return
    with pytest.raises(InvalidGraph) as refused:
        infer(sources("", f"<a> ivig:p {given} ."))
    told = {line.split('"')[1] for line in str(refused.value).splitlines()[1:]}
    assert told == set(ill)


@pytest.fixture(scope="module")
def inferred(files: GraphFiles) -> Triples:
    """What the real graph entails, in short names."""
    return {_short(triple) for triple in infer(read(files))}


def _short(triple: Triple) -> tuple[str, str, str]:
    subject, predicate, value = (str(getattr(term, "value", term)) for term in triple)
    names = {RDF_TYPE: "a", RDFS_LABEL: "label"}
    predicate = names.get(predicate, predicate.removeprefix(TERMS).removeprefix(SKOS))
    return subject.removeprefix(BASE), predicate, value.removeprefix(TERMS).removeprefix(BASE)


@pytest.mark.parametrize(
    "triple",
    [
        ("statement/droracle44269-06-1", "withinCondition", "condition/guillain-barre-syndrome"),
        ("statement/droracle44269-06-1", "withinCondition", "condition/immune-mediated-neuropathy"),
        ("statement/droracle44269-06-1", "withinCondition", "condition/autoimmune-disease"),
        ("statement/katz2018-09-1", "withinOutcome", "outcome/narcolepsy-symptoms"),
        ("statement/droracle44269-08-1", "withinStudyType", "study-type/clinical-trial"),
        ("statement/katz2018-06-4", "withinStudyType", "study-type/observational-study"),
        ("condition/immune-mediated-neuropathy", "narrower", "condition/guillain-barre-syndrome"),
        ("condition/guillain-barre-syndrome", "hasStatement", "statement/droracle44269-06-1"),
        ("passage/katz2018/07", "states", "statement/katz2018-07-2"),
        ("mechanism/immunomodulation", "supportedBy", "statement/katz2018-03-2"),
        ("condition/graves-disease", "hasSupportedMechanism", "mechanism/immunomodulation"),
        ("condition/idiopathic-recurrent-pericarditis", "hasCitation", "citation/pmid-15674654"),
        ("statement/katz2018-06-4", "citation", "citation/pmid-15674654"),
        ("citation/pmid-15674654", "carries", "statement/katz2018-06-4"),
        ("statement/droracle44269-08-1", "a", "RandomizedEvidence"),
        ("statement/katz2018-16-2", "a", "SynthesizedEvidence"),
        ("statement/katz2018-16-2", "a", "RecommendationStatement"),
        ("condition/guillain-barre-syndrome", "label", "Guillain-Barré syndrome"),
    ],
)
def test_follows(inferred: Triples, triple: tuple[str, str, str]) -> None:
    assert triple in inferred


def _asserted(files: GraphFiles) -> dict[str, dict[str, set[str]]]:
    said: dict[str, dict[str, set[str]]] = {}
    for triple in read(files).data:
        subject, predicate, value = _short(triple)
        said.setdefault(subject, {}).setdefault(predicate, set()).add(value)
    return said


def test_a_condition_works_only_through_what_statements_on_its_patients_support(
    inferred: Triples, files: GraphFiles
) -> None:
    supported = {(subject, value) for subject, predicate, value in inferred if predicate == "hasSupportedMechanism"}
    said = _asserted(files)
    from_patients = {
        (condition, mechanism)
        for statement in said.values()
        for condition in statement.get("condition", ())
        for mechanism in statement.get("supportsMechanism", ())
    }
    assert supported == from_patients
    assert ("condition/graves-disease", "mechanism/immunomodulation") in supported
    assert (
        "condition/dilated-cardiomyopathy",
        "mechanism/neutralization-of-antireceptor-autoantibodies",
    ) not in supported
    assert ("condition/cancer", "mechanism/induction-of-proapoptotic-genes-in-cancer-cells") not in supported
    for statement in said.values():
        if "condition" in statement and "supportsMechanism" in statement:
            assert not statement.get("studyType", set()) & {
                "study-type/animal-study", "study-type/in-vitro-study", "study-type/narrative-review", "study-type/systematic-review",
            }  # fmt: skip


def test_nothing_follows_through_a_candidate(inferred: Triples, files: GraphFiles) -> None:
    said = _asserted(files)
    confirmed = {
        value for thing in said.values() for name in ("resolvesTo", "citation") for value in thing.get(name, ())
    }
    cited = {value for _, predicate, value in inferred if predicate in ("citation", "hasCitation")}
    assert cited
    assert cited <= confirmed
    assert not [t for t in inferred if t[0].startswith("candidate/") and t[1] not in ("a", "label")]


def test_randomized_evidence_is_only_what_its_source_calls_so(inferred: Triples, files: GraphFiles) -> None:
    said = _asserted(files)
    randomized = {t[0] for t in inferred if t[1:] == ("a", "RandomizedEvidence")}
    assert {"statement/droracle44269-08-1", "statement/droracle44269-08-2"} <= randomized
    assert {kind for statement in randomized for kind in said[statement]["studyType"]} == {
        "study-type/randomized-controlled-trial"
    }
    for name, statement in said.items():
        if statement.get("studyType") == {"study-type/randomized-controlled-trial"}:
            assert name in randomized


def test_inferred_is_new_and_about_our_own_things(files: GraphFiles) -> None:
    real = read(files)
    found = infer(real)
    assert not set(found) & {*real.data, *real.ontology}
    for triple in found:
        assert isinstance(triple.subject, NamedNode)
        assert triple.subject.value.startswith(BASE)
        assert not triple.subject.value.startswith(TERMS)


def test_support_and_contradiction_of_one_mechanism_by_one_statement_is_an_inconsistency(tmp_path: Path) -> None:
    files = files_with(
        tmp_path,
        SOURCE + '<mechanism/m> a ivig:Mechanism ; skos:prefLabel "m"@en ; ivig:group <mechanism-group/other> .\n'
        '<statement/s> a ivig:Statement ; skos:prefLabel "s"@en ; ivig:kind <kind/mechanism> ;'
        "ivig:supportsMechanism <mechanism/m> ; ivig:contradictsMechanism <mechanism/m> ; ivig:passage <passage/example/01> .",
    )
    with pytest.raises(InvalidGraph, match=r"(?s)contradicts itself.*statement/s.*mechanism/m"):
        infer(read(files))


def test_a_candidate_that_is_also_a_citation_is_an_inconsistency(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + "<citation/c> a ivig:Citation, ivig:CandidateCitation .")
    with pytest.raises(InvalidGraph, match=r"(?s)contradicts itself.*citation/c"):
        infer(read(files))


def test_two_directions_of_one_statement_are_an_inconsistency(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + efficacy("s", "benefit", more="ivig:direction <direction/harm> ; "))
    with pytest.raises(InvalidGraph, match=r"direction/benefit> and <direction/harm> would have to be one thing"):
        infer(read(files))
