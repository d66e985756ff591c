"""`/resolve/…` over HTTP: JSON, the way on to the thing, and problems."""

from __future__ import annotations

import httpx
import pytest

from ivig.query import Graph
from ivig.query.resolve import meanings


@pytest.mark.parametrize("typed", ["MONDO:0016218", "https://doi.org/10.1007/s10067-004-0959-7", "icd10cm:g61.0"])
def test_json_says_what_python_says(server: httpx.Client, graph: Graph, typed: str) -> None:
    answer = server.get(f"/resolve/{typed}")
    assert answer.headers["content-type"] == "application/json"
    told = [{**meaning._asdict(), "statements": list(meaning.statements)} for meaning in meanings(graph, typed)]
    assert answer.json() == told


def test_an_address_with_a_query_is_encoded(server: httpx.Client) -> None:
    answer = server.get("/resolve/https%3A%2F%2Fmeshb.nlm.nih.gov%2Frecord%2Fui%3Fui%3DD020275")
    assert answer.json()[0]["identifier"] == "MESH:D020275"


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_a_browser_and_who_wants_triples_are_sent_on_to_the_thing(server: httpx.Client, accept: str) -> None:
    answer = server.get("/resolve/icd10cm:G61.0", headers={"accept": accept})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/condition/guillain-barre-syndrome"
    there = server.get("/resolve/ORPHA:2103", headers={"accept": accept}, follow_redirects=True)
    assert there.status_code == 200
    assert there.headers["content-type"].startswith(accept)


def test_the_format_is_kept_on_the_way(server: httpx.Client) -> None:
    answer = server.get("/resolve/ORPHA:2103?format=jsonld")
    assert answer.headers["location"] == "/condition/guillain-barre-syndrome?format=jsonld"


def test_nobody_is_sent_on_to_what_is_only_related(server: httpx.Client, graph: Graph) -> None:
    assert [meaning.predicate for meaning in meanings(graph, "OMIM:139393")] == ["skos:relatedMatch"]
    page = server.get("/resolve/OMIM:139393", headers={"accept": "text/html"})
    assert (page.status_code, "skos:relatedMatch" in page.text) == (200, True)
    assert "<h1>What “OMIM:139393” leads to</h1>" in page.text
    triples = server.get("/resolve/OMIM:139393", headers={"accept": "text/turtle"})
    assert (triples.status_code, "skos:relatedMatch" in triples.json()["detail"]) == (400, True)


def test_several_things_are_listed_on_a_page(server: httpx.Client, graph: Graph) -> None:
    several = next(
        str(row["external_id"])
        for row in graph.query("external-links")
        if [m.predicate for m in meanings(graph, str(row["external_id"]))][:2] == ["skos:broadMatch"] * 2
    )
    page = server.get(f"/resolve/{several}", headers={"accept": "text/html"})
    assert page.status_code == 200
    for meaning in meanings(graph, several):
        assert meaning.thing_label.split()[0] in page.text
    triples = server.get(f"/resolve/{several}", headers={"accept": "text/turtle"})
    assert (triples.status_code, triples.json()["title"]) == (400, "Ambiguous name")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/resolve/MOND:0016218", 400, 'unknown prefix "MOND"; nearest: MONDO'),
        ("/resolve/MONDO:9999999", 404, "nothing here is linked to MONDO:9999999"),
        ("/resolve/ICD10WHO:G61.0", 404, "nothing here is linked to ICD10WHO:G61.0; ICD10CM:G61.0 is"),
        ("/resolve/gout", 400, '"gout" is no identifier'),
        ("/resolve/<script>", 400, "is no identifier"),
        ("/resolve/https://w3id.org/ivig/condition/gout", 400, "is an address of this graph itself"),
        ("/resolve/MONDO:0016218?format=pdf", 400, 'unknown format "pdf"'),
    ],
)
def test_problems(server: httpx.Client, path: str, status: int, said: str) -> None:
    answer = server.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
