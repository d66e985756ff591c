"""What the server says of itself to programs: the service description, the examples, what may be sent where."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
import rdflib
from rdflib import RDF, Namespace, URIRef

from conftest import Run, serving
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.export import FORMATS as FORMATS_OF_EXPORTS
from ivig.export.description import DATASET
from ivig.graph_files import graph_files
from ivig.namespaces import GRAPHS
from ivig.query import Graph
from small import SOURCE, efficacy, folder_with

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SCHEMA = Namespace("https://schema.org/")
VOID = Namespace("http://rdfs.org/ns/void#")
FORMATS = [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld"), ("application/n-triples", "nt")]  # fmt: skip


@pytest.mark.parametrize(("accept", "parsed_as"), FORMATS)
def test_the_service_description_names_the_endpoint_as_it_was_asked(
    server: httpx.Client, address: str, accept: str, parsed_as: str
) -> None:
    # The three tests of the W3C: it is RDF, it has the endpoint, it keeps to the schema.
    answer = server.get("/sparql", headers={"accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    read = rdflib.Graph().parse(data=answer.text, format=parsed_as)
    service = read.value(None, RDF.type, SD.Service)
    assert read.value(service, SD.endpoint) == URIRef(f"{address}/sparql")
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in read
    dataset = read.value(service, SD.defaultDataset)
    assert (dataset, RDF.type, SD.Dataset) in read
    assert (read.value(dataset, SD.defaultGraph), RDF.type, SD.Graph) in read
    for named in read.objects(dataset, SD.namedGraph):
        assert (named, RDF.type, SD.NamedGraph) in read
        assert (read.value(named, SD.graph), RDF.type, SD.Graph) in read
    assert {term for term in read.predicates() if term.startswith(SD)} <= {
        SD.endpoint, SD.supportedLanguage, SD.feature, SD.resultFormat, SD.defaultDataset, SD.defaultGraph, SD.namedGraph, SD.name, SD.graph,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"), ("text/html;q=0.1, text/turtle", "text/turtle"),
        ("text/turtle;q=0.2, text/html;q=0.3", "text/html"), ("text/html;q=0, */*", "text/turtle"), ("*/*", "text/turtle"),
        ("x-text/html, application/rdf+xml", "application/rdf+xml"), ("application/n-triples, text/htmlx", "application/n-triples"),
    ],
)  # fmt: skip
def test_without_a_query_the_page_or_the_description_as_is_liked_best(
    server: httpx.Client, accept: str, found: str
) -> None:
    answer = server.get("/sparql", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, found)
    assert answer.headers["vary"].startswith("Accept, Accept-Encoding")
    assert server.get("/sparql", headers={"accept": "image/png"}).status_code == 406


def test_its_graphs_and_their_sizes_are_those_of_the_release(server: httpx.Client, graph: Graph) -> None:
    read = rdflib.Graph().parse(data=server.get("/sparql").text, format="turtle")
    sizes = {
        str(read.value(named, SD.name)): read.value(read.value(named, SD.graph), VOID.triples).toPython()
        for named in read.subjects(RDF.type, SD.NamedGraph)
    }
    assert sizes == graph.release.manifest["graphs"]
    assert set(sizes) >= set(GRAPHS)
    assert (None, SD.feature, SD.UnionDefaultGraph) in read


def test_that_of_a_dataset_has_its_graphs_and_no_union(tmp_path: Path) -> None:
    path = tmp_path / "d.trig"
    path.write_text("<x:a> <x:b> 1 . <x:g> { <x:a> <x:b> 1, 2 }")
    with serving("--dataset", path) as (_, address):
        read = rdflib.Graph().parse(data=httpx.get(f"{address}/sparql").text, format="turtle")
        assert [str(name) for name in read.objects(None, SD.name)] == ["x:g"]
        assert (None, SD.feature, SD.UnionDefaultGraph) not in read
        counts = [
            httpx.get(
                f"{address}/sparql", params={"query": f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "format": "tsv"}
            ).text
            for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")
        ]
        assert counts == ["?n\n1\n", "?n\n2\n"]
        described = rdflib.Graph().parse(data=httpx.get(f"{address}/.well-known/void").text, format="turtle")
        dataset = described.value(None, VOID.sparqlEndpoint, URIRef(f"{address}/sparql"))
        assert described.value(dataset, VOID.triples).toPython() == 3
        (subset,) = described.objects(dataset, VOID.subset)
        assert str(described.value(subset, SD.name)) == "x:g"
        assert described.value(subset, VOID.triples).toPython() == 2
        for gone in ("/", "/queries", "/condition/gout", "/.well-known/sparql-examples"):
            assert httpx.get(address + gone).status_code == 404


@pytest.mark.parametrize("name", ["d.csv", "none.nq", "broken.ttl", "large.nt"])
def test_a_dataset_that_cannot_be_served_is_said(tmp_path: Path, name: str, run: Run) -> None:
    (tmp_path / "broken.ttl").write_text("<x:a> <x:b>\n nonsense .")
    (tmp_path / "large.nt").write_text(f'<x:a> <x:b> "{"a" * 20_000_000}" .\n')
    done = run("serve", "--dataset", tmp_path / name)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert name in done.stderr


def test_the_public_address_is_that_of_the_setting(releases: Path) -> None:
    with serving("--releases", releases, "--public-url", "https://ivig.example/kg/") as (_, address):
        assert "<https://ivig.example/kg/sparql>" in httpx.get(f"{address}/sparql").text


@pytest.mark.parametrize(("accept", "parsed_as"), FORMATS)
def test_the_dataset_is_described_where_crawlers_look(
    server: httpx.Client, address: str, graph: Graph, accept: str, parsed_as: str
) -> None:
    answer = server.get("/.well-known/void", headers={"accept": accept})
    read = rdflib.Graph().parse(data=answer.text, format=parsed_as)
    dataset = URIRef(DATASET)
    assert (dataset, RDF.type, VOID.Dataset) in read
    assert (dataset, VOID.sparqlEndpoint, URIRef(f"{address}/sparql")) in read
    assert len(set(read.objects(dataset, VOID.classPartition))) > 10
    assert len(set(read.subjects(RDF.type, VOID.Linkset))) > 5
    downloads = list(read.objects(None, DCAT.downloadURL))
    assert len(downloads) == len(set(downloads)) == len(FORMATS_OF_EXPORTS)
    assert server.head(str(next(url for url in downloads if "ntriples" in url))).status_code == 200


def test_search_engines_find_the_dataset_on_the_first_page(server: httpx.Client, graph: Graph) -> None:
    block = re.findall(r'<script type="application/ld\+json">(.*?)</script>', server.get("/").text, re.DOTALL)
    (said,) = [json.loads(text) for text in block]
    assert (said["@type"], said["@id"], said["version"]) == ("Dataset", DATASET, graph.release.digest)
    assert "<" not in block[0]


def _examples(address: str) -> dict[str, str]:
    """The text of each example by the name of its query."""
    read = rdflib.Graph().parse(
        data=httpx.get(f"{address}/.well-known/sparql-examples", timeout=30).text, format="turtle"
    )
    found = {}
    for example in read.subjects(RDF.type, SH.SPARQLExecutable):
        assert (example, RDF.type, SH.SPARQLSelectExecutable) in read
        assert read.value(example, SCHEMA.target) == URIRef(f"{address}/sparql")
        found[str(example).rpartition("/")[2]] = str(read.value(example, SH.select))
    return found


def test_every_saved_query_that_runs_here_is_an_example_with_an_answer(address: str, graph: Graph) -> None:
    found = _examples(address)
    assert set(found) == {name for name in graph.queries if not graph.queries[name].service}
    for name, text in found.items():
        answer = httpx.post(f"{address}/sparql", data={"query": text}, timeout=30)
        assert answer.status_code == 200, (name, answer.text)
        assert answer.json()["results"]["bindings"], name


def test_a_graph_without_the_usual_names_has_examples_of_its_own(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    build(graph_files(folder), Releases(tmp_path / "releases"))
    with serving("--graph", folder, "--releases", tmp_path / "releases") as (_, address):
        found = _examples(address)
        assert "evidence-for-condition" in found
        for name, text in found.items():
            rows = httpx.post(f"{address}/sparql", data={"query": text}).json()["results"]["bindings"]
            assert rows, name


@pytest.mark.parametrize("path", ["/", "/queries/conditions", "/condition/gout", "/health", "/export", "/graph/data"])
def test_what_takes_get_alone_says_so(server: httpx.Client, path: str) -> None:
    for method in ("DELETE", "PUT", "POST"):
        refused = server.request(method, path)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET"), method
        assert (refused.headers["content-type"], refused.json()["title"]) == (
            "application/problem+json",
            "Method not allowed",
        )


def test_pages_of_other_origins_may_read_and_not_write(server: httpx.Client) -> None:
    def permission(method: str) -> httpx.Response:
        return server.request(
            "OPTIONS", "/sparql", headers={"origin": "https://a.example", "access-control-request-method": method}
        )

    assert permission("POST").status_code == 200
    for method in ("PUT", "DELETE", "PATCH"):
        assert permission(method).status_code == 400
    assert "access-control-allow-credentials" not in permission("GET").headers
    assert server.get("/health", headers={"origin": "https://a.example"}).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/", "/sparql?query=nonsense", "/queries/conditions?format=csv", "/nothing", "/static/style.css"]
)
def test_every_answer_has_the_headers_that_protect_a_visitor(server: httpx.Client, path: str) -> None:
    headers = server.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy


def test_csv_runs_no_formula_and_nothing_else_is_touched(server: httpx.Client) -> None:
    values = [
        '=HYPERLINK("http://evil.example")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "-0.5",
        "+7",
        "a=b",
    ]
    query = "SELECT ?v { VALUES ?v { " + " ".join(rdflib.Literal(v).n3() for v in values) + " -3 } }"

    def asked(format_name: str) -> httpx.Response:
        return server.get("/sparql", params={"query": query, "format": format_name})

    as_csv = asked("csv").text.splitlines()[1:]
    assert [line.strip('"')[0] for line in as_csv[:5]] == ["'"] * 5
    assert as_csv[5:] == ["-0.5", "+7", "a=b", "-3"]
    exact = [row["v"]["value"] for row in asked("json").json()["results"]["bindings"]]
    assert exact == [*values, "-3"]
    assert "'" not in asked("tsv").text.replace("cmd|' /C calc'", "")
