"""The SPARQL endpoint, asked as real clients ask it."""

from __future__ import annotations

import html
import json
import re
import warnings
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, SPARQLWrapper

from ivig.namespaces import DATA_GRAPH, GRAPHS, LINKS_GRAPH, TERMS
from ivig.query import Graph

COUNT = f"SELECT (COUNT(?s) AS ?n) {{ ?s a <{TERMS}Passage> }}"
FORM = "application/x-www-form-urlencoded"


def _n(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["results"]["bindings"][0]["n"]["value"])


def test_get_and_both_posts(server: httpx.Client) -> None:
    assert _n(server.get("/sparql", params={"query": COUNT})) == "33"
    assert _n(server.post("/sparql", data={"query": COUNT})) == "33"
    assert _n(server.post("/sparql", content=COUNT, headers={"content-type": "application/sparql-query"})) == "33"
    in_utf8 = {"content-type": "application/sparql-query; charset=UTF-8"}
    assert _n(server.post("/sparql", content=COUNT + " # é", headers=in_utf8)) == "33"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv;q=0.1, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("image/png, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("application/x-ndjson", "application/x-ndjson"),
    ],
)
def test_rows_come_in_the_format_that_is_accepted(server: httpx.Client, accept: str, media_type: str) -> None:
    for query in (COUNT, "ASK { ?s ?p ?o }"):
        answer = server.get("/sparql", params={"query": query}, headers={"accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "name", "parsed_as"),
    [
        ("text/turtle", "turtle", "turtle"),
        ("application/n-triples", "ntriples", "nt"),
        ("application/rdf+xml", "rdfxml", "xml"),
        ("application/ld+json", "jsonld", "json-ld"),
    ],
)
@pytest.mark.parametrize(
    "query", [f"CONSTRUCT {{ ?s a ?t }} WHERE {{ ?s a <{TERMS}Passage>, ?t }}", f"DESCRIBE <{TERMS}Passage>"]
)
def test_triples_come_in_the_format_that_is_accepted(
    server: httpx.Client, accept: str, name: str, parsed_as: str, query: str
) -> None:
    by_header = server.get("/sparql", params={"query": query}, headers={"accept": accept})
    by_name = server.get("/sparql", params={"query": query, "format": name})
    assert by_header.headers["content-type"].startswith(accept)
    for answer in (by_header, by_name):
        read = rdflib.Graph().parse(data=answer.text, format=parsed_as)
        assert len(set(read.subjects())) == (33 if query.startswith("CONSTRUCT") else 1)


def test_nothing_acceptable_is_406(server: httpx.Client) -> None:
    answer = server.get("/sparql", params={"query": COUNT}, headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert "application/sparql-results+json" in answer.json()["detail"]
    assert server.get("/sparql", params={"query": COUNT, "format": "pdf"}).status_code == 400


def test_the_protocol_names_the_dataset(server: httpx.Client, graph_counts: dict[str, int]) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert _n(server.get("/sparql", params={"query": count, "default-graph-uri": LINKS_GRAPH})) == str(
        graph_counts[LINKS_GRAPH]
    )
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert _n(server.get("/sparql", params={"query": named, "named-graph-uri": DATA_GRAPH})) == str(
        graph_counts[DATA_GRAPH]
    )
    both = f"/sparql?query={quote(count)}&default-graph-uri={quote(GRAPHS[2])}&default-graph-uri={quote(GRAPHS[3])}"
    assert _n(server.get(both)) == str(graph_counts[GRAPHS[2]] + graph_counts[GRAPHS[3]])


@pytest.fixture(scope="module")
def graph_counts(graph: Graph) -> dict[str, int]:
    return dict(graph.release.manifest["graphs"])


def test_broken_sparql_is_400_with_its_place(server: httpx.Client) -> None:
    answer = server.get("/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["title"], problem["status"], problem["line"], problem["column"]) == ("Bad query", 400, 2, 16)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "content": "CLEAR ALL", "headers": {"content-type": "application/sparql-update"}}, 403),
        ({"method": "GET", "params": {"query": "DROP ALL"}}, 403),
        ({"method": "GET", "params": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}, 403),
        ({"method": "POST", "content": COUNT, "headers": {"content-type": "text/plain"}}, 415),
        ({"method": "POST", "content": COUNT}, 415),
        ({"method": "POST", "content": COUNT.encode("utf-16"), "headers": {"content-type": "application/sparql-query; charset=utf-16"}}, 415),
        ({"method": "POST", "content": b"ASK { ?s ?p '\xff' }", "headers": {"content-type": "application/sparql-query"}}, 400),
        ({"method": "POST", "content": "query=%ff", "headers": {"content-type": FORM}}, 400),
        ({"method": "POST", "content": "", "headers": {"content-type": FORM}}, 400),
        ({"method": "GET", "params": {"qery": "ASK {}"}}, 400),
        ({"method": "GET", "params": [("query", COUNT), ("query", COUNT)]}, 400),
        ({"method": "POST", "params": {"query": COUNT}, "content": COUNT, "headers": {"content-type": "application/sparql-query"}}, 400),
        ({"method": "POST", "content": "#" * 1_000_001, "headers": {"content-type": "application/sparql-query"}}, 413),
        ({"method": "GET", "params": {"query": "ASK {}", "default-graph-uri": "not an iri"}}, 400),
        ({"method": "DELETE"}, 405),
        ({"method": "PUT", "content": "x"}, 405),
    ],
)  # fmt: skip
def test_wrong_requests_get_the_right_status_and_a_problem_document(
    server: httpx.Client, request_: dict[str, Any], status: int
) -> None:
    answer = server.request(url="/sparql", **request_)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_reading_never_writes(server: httpx.Client) -> None:
    before = server.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}).text
    for update in ("INSERT DATA { <x:a> <x:b> <x:c> }", "CLEAR ALL", "LOAD <http://127.0.0.1:1/>"):
        server.post("/sparql", data={"update": update})
        server.post("/sparql", data={"query": update})
    assert server.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}).text == before


def test_head_has_the_headers_of_get(server: httpx.Client) -> None:
    head = server.head("/sparql", params={"query": COUNT})
    got = server.get("/sparql", params={"query": COUNT})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "vary"):
        assert head.headers[name] == got.headers[name]


def test_sparqlwrapper_asks(address: str) -> None:
    client = SPARQLWrapper(f"{address}/sparql", returnFormat=JSON)
    client.setQuery(COUNT)
    assert client.queryAndConvert()["results"]["bindings"][0]["n"]["value"] == "33"
    client.setMethod(POST)
    client.setReturnFormat(CSV)
    assert client.queryAndConvert().split() == [b"n", b"33"]


def test_rdflib_asks(address: str) -> None:
    remote = rdflib.Graph(SPARQLStore(f"{address}/sparql"))
    assert len(list(remote.query(f"SELECT ?s {{ ?s a <{TERMS}Passage> }}"))) == 33


def test_a_browser_gets_a_form(server: httpx.Client) -> None:
    answer = server.get("/sparql", headers={"accept": "text/html"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "<textarea" in answer.text


def test_other_sites_may_read(server: httpx.Client) -> None:
    answer = server.get("/sparql", params={"query": COUNT}, headers={"origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    json.loads(answer.text)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("query", "formats"),
    [
        ("CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 2", ["", "xml", "rdf+xml", "rdf", "turtle", "n3", "json-ld"]),
        (f"DESCRIBE <{TERMS}Passage>", ["", "turtle", "json-ld"]),
        ("SELECT ?s WHERE { ?s ?p ?o } LIMIT 2", ["", "xml", "json", "csv", "tsv"]),
        ("ASK { ?s ?p ?o }", ["", "json", "xml"]),
    ],
    ids=["construct", "describe", "select", "ask"],
)
def test_sparqlwrapper_asks_for_every_format(address: str, query: str, formats: list[str], method: str) -> None:
    for name in formats:
        client = SPARQLWrapper(f"{address}/sparql")
        client.setQuery(query)
        client.setMethod(method)
        if name:
            client.setReturnFormat(name)
        with warnings.catch_warnings():
            # It takes rdf for an unknown name, and sends it all the same.
            warnings.simplefilter("ignore")
            answer = client.query().response
        assert answer.status == 200, name
        assert len(answer.read()) > 5, name


@pytest.mark.parametrize(
    ("path", "accept", "found"),
    [
        ("/sparql?query=ASK%7B%7D", "Application/SPARQL-Results+JSON", "application/sparql-results+json"),
        ("/condition/kawasaki-disease", "TEXT/TURTLE", "text/turtle"),
        ("/queries/conditions", "Text/CSV;Q=0.5", "text/csv"),
    ],
)
def test_media_types_are_the_same_in_any_case(server: httpx.Client, path: str, accept: str, found: str) -> None:
    answer = server.get(path, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, found)


@pytest.mark.parametrize(
    "more",
    [
        "default-graph-uri=",
        "named-graph-uri=&default-graph-uri=",
        "timeout=0",
        "timeout=",
        "format=application%2Fsparql-results%2Bjson",
        "format=auto&format=",
    ],
)
def test_what_users_of_other_endpoints_send_is_answered(server: httpx.Client, more: str) -> None:
    answer = server.get(f"/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D&{more}")
    assert (answer.status_code, answer.json()["boolean"]) == (200, True)


def test_a_prefix_of_ours_is_known_and_another_is_named(server: httpx.Client) -> None:
    known = server.get("/sparql", params={"query": "SELECT * { ?s skos:prefLabel ?o } LIMIT 1"})
    assert len(known.json()["results"]["bindings"]) == 1
    unknown = server.get("/sparql", params={"query": "SELECT * { ?s foaf:name ?o }"})
    assert unknown.status_code == 400
    assert "the prefix foaf: is not declared" in unknown.json()["detail"]
    assert (unknown.json()["line"], unknown.json()["column"]) == (1, 15)


def test_what_rdfxml_cannot_hold_is_an_error(server: httpx.Client) -> None:
    for predicate, value in (("http://example.com/123", "x"), ("http://e/p", "a\\u0001b")):
        query = f'CONSTRUCT {{ <http://e/s> <{predicate}> "{value}" }} {{}}'
        refused = server.get("/sparql", params={"query": query, "format": "rdfxml"})
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
        assert "RDF/XML" in refused.json()["detail"]
        assert server.get("/sparql", params={"query": query, "format": "turtle"}).status_code == 200


def test_a_byte_order_mark_is_no_part_of_a_query(server: httpx.Client) -> None:
    headers = {"content-type": "application/sparql-query"}
    assert server.post("/sparql", content="\ufeffASK {}".encode(), headers=headers).json()["boolean"] is True


BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_browser_gets_its_answer_as_a_page(server: httpx.Client, method: str) -> None:
    """With the query still in the form; by whatever method it was sent."""

    def page(query: str) -> httpx.Response:
        how = {"params": {"query": query}} if method == "GET" else {"data": {"query": query}}
        # One of two names, which the types of the client tell apart.
        answer = server.request(method, "/sparql", headers=BROWSER, **how)  # type: ignore[arg-type]
        assert answer.headers["content-type"].startswith("text/html")
        assert query in html.unescape(answer.text)
        return answer

    # Prefixes of the graph need no declaration.
    rows = page("SELECT ?label { ?c a ivig:Condition ; skos:prefLabel ?label } ORDER BY ?label LIMIT 7")
    assert rows.status_code == 200
    assert rows.text.count("<tr>") == 8
    assert "yes" in page("ASK { ?s a ivig:Condition }").text
    assert "skos:prefLabel" in page("CONSTRUCT { ?s skos:prefLabel ?l } { ?s skos:prefLabel ?l } LIMIT 2").text
    broken = page("SELECT * {\n ?s ?p }")
    assert broken.status_code == 400
    assert re.search(r"line 2, column \d+", broken.text)


def test_a_page_holds_so_many_rows_and_says_so(server: httpx.Client) -> None:
    answer = server.get("/sparql", params={"query": "SELECT ?s { ?s ?p ?o } LIMIT 1001"}, headers=BROWSER)
    assert answer.text.count("<tr>") == 1001
    assert "the first" in answer.text


def test_a_named_format_is_a_download_with_a_name(server: httpx.Client) -> None:
    answer = server.get("/sparql", params={"query": "SELECT ?x {}", "format": "csv"}, headers=BROWSER)
    assert answer.headers["content-type"].startswith("text/csv")
    assert re.fullmatch(
        r'attachment; filename="ivig-sparql-[0-9a-f]{8}-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"]
    )
