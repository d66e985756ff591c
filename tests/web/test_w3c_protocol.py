"""The W3C tests of the SPARQL 1.1 Protocol, from their own manifest, over HTTP, on `ivig serve --dataset`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import rdflib
from rdflib import RDFS, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from conftest import serving

HERE = Path(__file__).parent / "w3c"
CNT = Namespace("http://www.w3.org/2011/content#")
HT = Namespace("http://www.w3.org/2011/http#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

MANIFEST = rdflib.Graph().parse(HERE / "manifest.ttl")
TABULAR = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv; charset=utf-8",
    "text/tab-separated-values; charset=utf-8",
}
RDF = {"text/turtle; charset=utf-8", "application/n-triples", "application/rdf+xml", "application/ld+json"}


class Expected(NamedTuple):
    """What the manifest says of one response."""

    statuses: set[str]
    boolean: str | None
    format: str | None


def _value(subject: Node | None, predicate: Node) -> str | None:
    found = MANIFEST.value(subject, predicate)
    return None if found is None else str(found)


ENTRIES = list(Collection(MANIFEST, next(MANIFEST.objects(None, MF.entries))))
NAMES = [str(entry).rpartition("#")[2] for entry in ENTRIES]
VALID_UPDATES = {name for name in NAMES if name.startswith("update_")}


def _requests(entry: Node) -> Iterator[tuple[httpx.Request, Expected]]:
    """The requests of a test, each with what is expected. The path prefix of the manifest stands for the endpoint."""
    for connection in MANIFEST.objects(entry, MF.action):
        for node in Collection(MANIFEST, MANIFEST.value(connection, HT.requests)):
            headers = {
                str(MANIFEST.value(header, HT.fieldName)): str(MANIFEST.value(header, HT.fieldValue))
                for holder in MANIFEST.objects(node, HT.headers)
                for header in Collection(MANIFEST, holder)
            }
            body = MANIFEST.value(node, HT.body)
            encoding = _value(body, CNT.characterEncoding) or "utf-8"
            content = (_value(body, CNT.chars) or "").encode(encoding)
            path = str(MANIFEST.value(node, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
            response = MANIFEST.value(node, HT.resp)
            expected = Expected(
                {str(status).rpartition("#StatusCode")[2] for status in MANIFEST.objects(response, MF.expectedStatus)},
                _value(response, MF.expectedBoolean),
                _value(response, MF.expectedFormat),
            )
            yield (
                httpx.Request(str(MANIFEST.value(node, HT.methodName)), path, headers=headers, content=content),
                expected,
            )


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server of the graphs that the tests speak of."""
    graphs = rdflib.Dataset()
    for data in set(MANIFEST.objects(None, UT.graphData)):
        name, file = MANIFEST.value(data, RDFS.label), MANIFEST.value(data, UT.graph)
        graphs.graph(rdflib.URIRef(str(name))).parse(HERE / str(file).rpartition("/")[2])
    path = tmp_path_factory.mktemp("dataset") / "graphs.nq"
    graphs.serialize(path, format="nquads")
    with serving("--dataset", path) as (_, address), httpx.Client(base_url=address) as client:
        yield client


@pytest.mark.parametrize("entry", ENTRIES, ids=NAMES)
def test_the_protocol(entry: Node, endpoint: httpx.Client) -> None:
    name = str(entry).rpartition("#")[2]
    for request, expected in _requests(entry):
        response = endpoint.request(
            request.method, str(request.url), headers=dict(request.headers), content=request.content
        )
        if name in VALID_UPDATES:
            # A test of an update asks afterwards what it did: here, nothing.
            if expected.boolean is None:
                assert response.status_code == 403, response.text
                assert response.json()["detail"] == "the graph is read-only: updates are refused"
            continue
        assert f"{response.status_code // 100}xx" in {status.lower() for status in expected.statuses}, response.text
        if expected.boolean is not None:
            assert response.json()["boolean"] is (expected.boolean == "true")
        if expected.format == "tabular":
            assert response.headers["content-type"] in TABULAR
        if expected.format == "RDF":
            assert response.headers["content-type"] in RDF


def test_all_of_them_are_accounted_for() -> None:
    assert (len(ENTRIES), len(VALID_UPDATES)) == (34, 7)


def test_refused_updates_change_nothing(endpoint: httpx.Client) -> None:
    def quads() -> str:
        return endpoint.get("/sparql", params={"query": "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o"}).text

    before = quads()
    assert before.count("http://kasei.us/2009/09/sparql/data/data1.rdf") > 1
    for entry, name in zip(ENTRIES, NAMES, strict=True):
        if "update" in name:
            for request, _ in _requests(entry):
                endpoint.request(
                    request.method, str(request.url), headers=dict(request.headers), content=request.content
                )
    assert quads() == before
