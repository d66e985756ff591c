"""The description of the dataset: what catalogues ask for, counted right, and what FAIR asks for without a network."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import httpx
import pytest
import rdflib
from datacite import schema45
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, VOID

from conftest import ROOT, Run
from ivig.export import FORMATS, Exporter, Selection, whole
from ivig.export.description import (
    ABSTRACT,
    DATASET,
    KEYWORDS,
    TITLE,
    datacite,
    description,
    how_to_cite,
    schema_org,
    void,
)
from ivig.io.rdflib_graph import rdflib_graph
from ivig.namespaces import BASE, LINKS_GRAPH
from ivig.query import Graph
from small import linked_graph

IT = rdflib.URIRef(DATASET)


@pytest.fixture(scope="module")
def described(graph: Graph) -> rdflib.Graph:
    """The description."""
    return rdflib_graph(description(graph))


def _counts_what_is_there(graph: Graph) -> None:
    """Counted from the N-Quads that are exported, by another library, with every triple once."""
    said = rdflib_graph(void(graph))
    exported = io.BytesIO()
    Exporter(graph).write(Selection(), "nquads", exported)
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=exported.getvalue(), format="nquads")
    triples = set(dataset.triples((None, None, None)))
    types = {(s, o) for s, p, o in triples if p == RDF.type}
    assert {
        name: said.value(IT, VOID[name]).toPython()
        for name in ("triples", "distinctSubjects", "distinctObjects", "properties", "entities", "classes")
    } == {
        "triples": len(triples),
        "distinctSubjects": len({s for s, _, _ in triples}),
        "distinctObjects": len({o for _, _, o in triples}),
        "properties": len({p for _, p, _ in triples}),
        "entities": len({s for s, _ in types}),
        "classes": len({o for _, o in types}),
    }
    assert _parts(said, "classPartition", "class", "entities") == Counter(str(o) for _, o in types)
    assert _parts(said, "propertyPartition", "property", "triples") == Counter(str(p) for _, p, _ in triples)
    held = {str(part): said.value(part, VOID.triples).toPython() for part in said.objects(IT, VOID.subset) if str(part).startswith(BASE + "graph/")}  # fmt: skip
    assert held == {str(one.identifier): len(one) for one in dataset.graphs() if len(one)}


def _parts(said: rdflib.Graph, partition: str, of: str, count: str) -> dict[str, int]:
    parts = list(said.objects(IT, VOID[partition]))
    found = {str(said.value(part, VOID[of])): said.value(part, VOID[count]).toPython() for part in parts}
    assert len(found) == len(parts)
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_void_counts_what_is_there(graph: Graph) -> None:
    _counts_what_is_there(graph)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_void_counts_nothing_that_was_linked_of_other_ontologies(tmp_path: Path) -> None:
    _counts_what_is_there(linked_graph(tmp_path))


def test_void_has_a_linkset_for_every_ontology_and_match(graph: Graph) -> None:
    said = rdflib_graph(void(graph))
    matches = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    links = [quad for quad in whole(graph.release) if str(quad.graph_name) == f"<{LINKS_GRAPH}>"]
    notation = {
        str(quad.subject): str(quad.object.value) for quad in links if quad.predicate.value == str(SKOS.notation)
    }
    expected = Counter(
        (notation[str(quad.object)].partition(":")[0], quad.predicate.value)
        for quad in links
        if quad.predicate.value in map(str, matches) and str(quad.object) in notation
    )
    found = {
        (str(said.value(said.value(one, VOID.objectsTarget), DCTERMS.title)), str(said.value(one, VOID.linkPredicate))): said.value(one, VOID.triples).toPython()
        for one in said.subjects(RDF.type, VOID.Linkset)
    }  # fmt: skip
    assert found == expected
    mondo = said.value(rdflib.URIRef(DATASET + "#ontology-MONDO"), VOID.uriSpace)
    assert str(mondo) == "http://purl.obolibrary.org/obo/MONDO_"


def test_what_fair_asks_for_without_a_network(described: rdflib.Graph, graph: Graph) -> None:
    """F: identifier, rich metadata, the identifier in it. A: an open protocol, whatever the format. I: vocabularies and
    links. R: licence, provenance, community standards."""
    assert str(described.value(IT, DCTERMS.identifier)) == DATASET
    assert DATASET.startswith("https://w3id.org/")
    for property in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.publisher, DCAT.keyword, rdflib.URIRef(f"{DCAT}version"), DCAT.landingPage):  # fmt: skip
        assert described.value(IT, property), property
    assert described.value(described.value(IT, DCTERMS.creator), FOAF.name)
    distributions = list(described.objects(IT, DCAT.distribution))
    assert len(distributions) == len(FORMATS)
    for one in distributions:
        assert str(described.value(one, DCAT.downloadURL)).startswith("https://")
        assert str(described.value(one, DCAT.mediaType)).startswith("https://www.iana.org/assignments/media-types/")
        assert described.value(one, DCTERMS.license)
    assert {str(v) for v in described.objects(IT, VOID.vocabulary)} >= {BASE + "ontology", str(SKOS)}
    assert len(list(described.subjects(RDF.type, VOID.Linkset))) > 20
    assert str(described.value(IT, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"
    unsourced = graph.sparql(
        "PREFIX ivig: <https://w3id.org/ivig/ontology#> SELECT ?s { ?s a ivig:Statement FILTER NOT EXISTS "
        "{ ?s ivig:passage|ivig:citation|ivig:page ?source } }"
    )
    assert not len(unsourced)
    for example in described.objects(IT, VOID.exampleResource):
        assert graph.about("about-thing", str(example)).rows, example


def test_language_titles_and_archives_are_said_as_dcat_has_them(described: rdflib.Graph) -> None:
    assert str(described.value(IT, DCTERMS.language)) == "http://id.loc.gov/vocabulary/iso639-1/en"
    for made in FORMATS.values():
        one = rdflib.URIRef(f"{DATASET}#{made.name}")
        title = described.value(one, DCTERMS.title)
        assert title.language == "en"
        assert len(title.split()) > 2, f"say what {made.name} is"
        archive = str(described.value(one, DCAT.packageFormat)), str(described.value(one, DCAT.compressFormat))
        assert archive == (
            ("http://publications.europa.eu/resource/authority/file-type/TAR", "https://www.iana.org/assignments/media-types/application/gzip")
            if made.name.startswith("kgx") else ("None", "None")
        )  # fmt: skip


def test_the_description_is_the_same_at_every_run(graph: Graph, run: Run) -> None:
    said = void(graph)
    assert said == sorted(said, key=str)
    first, second = (run("export", "--describe", PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.stdout
    assert first.stdout == second.stdout


def test_the_description_says_what_the_citation_file_says() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f'title: "{TITLE}"' in citation
    assert f'abstract: "{ABSTRACT}"' in citation
    assert all(f"  - {keyword}" in citation for keyword in KEYWORDS)


def test_schema_org_has_what_search_engines_ask_for(graph: Graph) -> None:
    said = schema_org(graph, "https://example.org/")
    assert {"name", "description", "license", "creator", "identifier", "distribution", "url", "version"} <= set(said)
    assert 50 <= len(said["description"]) <= 5000
    assert said["distribution"][0]["contentUrl"] == "https://example.org/export?format=turtle"
    assert json.loads(json.dumps(said)) == said


def test_the_command_writes_the_description(run: Run) -> None:
    done = run("export", "--describe")
    assert done.returncode == 0, done.stderr
    assert (IT, RDF.type, DCAT.Dataset) in rdflib.Graph().parse(data=done.stdout, format="turtle")
    assert "leave the selection out" in " ".join(run("export", "--describe", "--condition", "GBS").stderr.split())


def test_a_release_is_cited_by_its_digest_under_an_iri_of_its_own(
    described: rdflib.Graph, graph: Graph, server: httpx.Client
) -> None:
    digest = graph.release.digest
    version = rdflib.URIRef(f"{DATASET}/{digest}")
    assert described.value(IT, rdflib.URIRef(f"{DCAT}hasCurrentVersion")) == version
    assert described.value(version, rdflib.URIRef(f"{DCAT}isVersionOf")) == IT
    cited = str(described.value(IT, DCTERMS.bibliographicCitation))
    assert cited == how_to_cite(graph) == schema_org(graph)["creditText"]
    assert cited.endswith(f"(2026). {TITLE} [dataset]. Release sha256:{digest}. {version}")
    answer = server.get(f"/dataset/{digest}", follow_redirects=True)
    assert (answer.status_code, digest in answer.text) == (200, True)
    assert server.get("/dataset/0123").status_code == 404


def test_the_metadata_of_registries_say_what_the_description_says(graph: Graph) -> None:
    made = datacite(graph)
    schema45.validator.validate(made)
    zenodo = json.loads((ROOT / ".zenodo.json").read_text())
    assert zenodo["title"] == made["titles"][0]["title"] == TITLE
    assert zenodo["description"] == made["descriptions"][0]["description"] == ABSTRACT
    assert zenodo["keywords"] == [one["subject"] for one in made["subjects"]] == list(KEYWORDS)
    assert zenodo["creators"][0]["name"] == made["creators"][0]["name"]
    assert zenodo["license"].upper() == made["rightsList"][0]["rightsIdentifier"] == "CC-BY-4.0"
