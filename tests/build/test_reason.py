"""What follows, what must not follow, and what is a contradiction."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from ivig.build import read
from ivig.build.reason import infer
from ivig.errors import InvalidGraph
from ivig.namespaces import BASE, RDF_TYPE, RDFS_LABEL, SKOS, TERMS
from ivig.settings import GraphFiles
from small import SOURCE, efficacy, files_with

Triples = set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def inferred(files: GraphFiles) -> Triples:
    """What follows from the real graph, in short names."""
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
    sources = read(files)
    triples = infer(sources)
    assert not set(triples) & {*sources.data, *sources.ontology}
    for triple in triples:
        assert isinstance(triple.subject, NamedNode)
        assert triple.subject.value.startswith(BASE)
        assert not triple.subject.value.startswith(TERMS)


def test_support_and_contradiction_of_one_mechanism_by_one_statement_is_a_clash(tmp_path: Path) -> None:
    files = files_with(
        tmp_path,
        SOURCE + '<mechanism/m> a ivig:Mechanism ; skos:prefLabel "m"@en ; ivig:group <mechanism-group/other> .\n'
        '<statement/s> a ivig:Statement ; skos:prefLabel "s"@en ; ivig:kind <kind/mechanism> ;'
        "ivig:supportsMechanism <mechanism/m> ; ivig:contradictsMechanism <mechanism/m> ; ivig:passage <passage/example/01> .",
    )
    with pytest.raises(InvalidGraph, match=r"(?s)contradicts itself.*statement/s.*mechanism/m"):
        infer(read(files))


def test_a_candidate_that_is_also_a_citation_is_a_clash(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + "<citation/c> a ivig:Citation, ivig:CandidateCitation .")
    with pytest.raises(InvalidGraph, match=r"(?s)contradicts itself.*citation/c"):
        infer(read(files))


def test_two_directions_of_one_statement_are_a_clash(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + efficacy("s", "benefit", more="ivig:direction <direction/harm> ; "))
    with pytest.raises(InvalidGraph, match=r"direction/benefit and .*direction/harm would have to be one thing"):
        infer(read(files))
