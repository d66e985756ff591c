"""Every IRI of the graph under the server's host."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import rdflib

from ivig.namespaces import BASE, DATA_GRAPH, GRAPHS, TERMS
from ivig.query import Graph
from scale import EXPLORE

CONDITION = "/condition/idiopathic-recurrent-pericarditis"


def _every_iri(graph: Graph) -> list[str]:
    rows = graph.sparql(f'SELECT DISTINCT ?s {{ ?s a ?t FILTER(STRSTARTS(STR(?s), "{BASE}")) }}')
    return [str(row["s"]) for row in rows]


def test_the_page_of_a_condition_describes_its_part_of_the_dataset(server: httpx.Client) -> None:
    """To search engines, by schema.org, with where it can be had."""
    head = r'<script type="application/ld\+json">(.*?)</script>'
    (text,) = re.findall(head, server.get(CONDITION, headers={"accept": "text/html"}).text, re.DOTALL)
    said = json.loads(text)
    assert (said["@type"], said["isPartOf"]["@id"], said["url"]) == ("Dataset", BASE + "dataset", BASE + CONDITION[1:])
    assert {"name", "description", "license", "creator", "about", "distribution"} <= set(said)
    turtle = next(one["contentUrl"] for one in said["distribution"] if one["encodingFormat"] == "text/turtle")
    address = urlsplit(turtle)
    assert address.path == urlsplit(BASE).path + "export"
    assert parse_qs(address.query) == {"condition": [BASE + CONDITION[1:]], "format": ["turtle"]}
    assert not re.findall(head, server.get("/direction/benefit", headers={"accept": "text/html"}).text)


def test_things_of_every_kind_open_as_page_and_turtle(server: httpx.Client, graph: Graph) -> None:
    """The first, the middle and the last of each kind."""
    kinds: dict[str, list[str]] = {}
    for iri in sorted(_every_iri(graph)):
        if not iri.startswith(TERMS) and iri != BASE + "ontology":
            kinds.setdefault(iri.removeprefix(BASE).partition("/")[0], []).append(iri)
    assert {"statement", "condition", "passage", "citation", "page", "study", "verdict", "effect", "scheme"} <= set(
        kinds
    )
    for iris in kinds.values():
        for iri in {iris[0], iris[len(iris) // 2], iris[-1]}:
            path = "/" + iri.removeprefix(BASE)
            page = server.get(path, headers={"accept": "text/html"})
            assert page.status_code == 200, path
            assert iri in page.text
            turtle = server.get(path, headers={"accept": "text/turtle"})
            assert (rdflib.URIRef(iri), None, None) in rdflib.Graph().parse(data=turtle.text, format="turtle"), iri


def test_a_thing_as_plain_json_and_as_a_table(server: httpx.Client, graph: Graph) -> None:
    row = graph.query("evidence-for-condition", condition="GBS")[0]
    path = "/" + str(row["statement"]).removeprefix(BASE)
    record = server.get(path, headers={"accept": "application/json"}).json()
    assert server.get(f"{path}.json").json() == record
    assert record["iri"] == row["statement"]
    assert "Statement" in record["type"]
    assert record["condition"] == {"iri": row["condition"], "label": row["condition_label"]}
    assert record["participants"] == row["participants"]
    # What it might say and does not is there all the same.
    assert (record["severity"], record["risk_factor"]) == (None, [])
    table = list(csv.DictReader(io.StringIO(server.get(f"{path}.csv").text)))
    assert {TERMS + "condition", TERMS + "direction"} <= {line["predicate"] for line in table}
    assert server.get(f"{path}.xlsx").content.startswith(b"PK")
    assert server.get("/condition/nothing.json").status_code == 404
    assert server.get("/graph/links.json").headers["content-type"] == "application/ld+json"


def test_a_thing_that_has_another_iri_by_now_is_found_there(server: httpx.Client, former: tuple[str, str]) -> None:
    """In every form that was asked for; the new page does not count its former IRI among what mentions it."""
    old, new = ("/" + iri.removeprefix(BASE) for iri in former)
    for asked, place in ((old, new), (f"{old}.ttl", f"{new}.ttl"), (f"{old}?format=jsonld", f"{new}?format=jsonld")):
        moved = server.get(asked, headers={"accept": "text/html"})
        assert (moved.status_code, moved.headers["location"]) == (301, place)
    page = server.get(new, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert old not in page.text
    rows = [server.get(f"/queries/statements-for-citation?format=csv&citation={iri}").text for iri in former]
    assert rows[0] == rows[1]


def test_every_term_has_its_place_on_the_ontology_page(server: httpx.Client, graph: Graph) -> None:
    page = server.get("/ontology", headers={"accept": "text/html"}).text
    terms = {row["term"] for row in graph.about("ontology-terms")}
    assert len(terms) > 150
    for term in terms:
        assert f'id="{str(term).removeprefix(TERMS)}"' in page


@pytest.mark.parametrize(
    ("suffix", "accept", "parsed_as"),
    [
        ("", "text/turtle", "turtle"),
        (".ttl", "*/*", "turtle"),
        ("", "application/ld+json", "json-ld"),
        (".jsonld", "*/*", "json-ld"),
        (".nt", "*/*", "nt"),
        (".rdf", "*/*", "xml"),
        ("?format=jsonld", "text/html", "json-ld"),
    ],
)
def test_a_thing_comes_as_rdf(server: httpx.Client, suffix: str, accept: str, parsed_as: str) -> None:
    answer = server.get(CONDITION + suffix, headers={"accept": accept})
    read = rdflib.Graph().parse(data=answer.text, format=parsed_as)
    thing = rdflib.URIRef(BASE + CONDITION[1:])
    assert (thing, rdflib.SKOS.broader, rdflib.URIRef(BASE + "condition/recurrent-pericarditis")) in read
    assert (thing, rdflib.SKOS.exactMatch, rdflib.URIRef("http://purl.obolibrary.org/obo/MONDO_0016662")) in read


def test_the_page_of_a_condition_is_a_table_with_sources(server: httpx.Client) -> None:
    page = server.get(CONDITION, headers={"accept": "text/html"}).text
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    for wanted in ("idiopathic recurrent pericarditis", "benefit", "weak", "case series", "corticosteroid discontinuation",
                   "katz2018", "Three of the four stopped steroids", "0.4", "then every 2 months", "MONDO:0016662",
                   "chronic idiopathic pericarditis"):  # fmt: skip
        assert wanted in text, wanted
    for link in ("/statement/katz2018-06-5", "/passage/katz2018/06",
                 "http://purl.obolibrary.org/obo/MONDO_0016662"):  # fmt: skip
        assert f'href="{link}"' in page, link


def test_every_link_of_a_page_leads_somewhere(server: httpx.Client) -> None:
    seen = set()
    for start in (
        "/",
        CONDITION,
        "/statement/katz2018-06-5",
        "/queries",
        "/citation/doi-10.1002-14651858.cd004370.pub3",
    ):
        page = server.get(start, headers={"accept": "text/html"})
        seen |= set(re.findall(r'href="(/[^"]*)"', page.text))
    for link in sorted(seen)[:: 1 if EXPLORE else 12]:
        answer = server.get(link.replace("&amp;", "&"), headers={"accept": "text/html"})
        assert answer.status_code in (200, 303), link


def test_a_graph_comes_whole(server: httpx.Client, graph: Graph) -> None:
    for name in GRAPHS:
        answer = server.get("/" + name.removeprefix(BASE) + ".nt")
        assert len(answer.text.splitlines()) == graph.release.manifest["graphs"][name]
    as_turtle = server.get("/" + DATA_GRAPH.removeprefix(BASE), headers={"accept": "text/html"})
    assert as_turtle.headers["content-type"].startswith("text/turtle")


@pytest.mark.parametrize(
    "path", ["/condition/nowhere", "/nothing", "/condition/nowhere.ttl", "/graph/nowhere", "/static/nowhere.css"]
)
def test_what_is_not_there_is_404(server: httpx.Client, path: str) -> None:
    answer = server.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("path", "status", "shown"),
    [
        ("/condition/nowhere", 404, "There is nothing at"),
        ("/export?condition=kawazaki", 400, '<a href="/find?name=Kawasaki%20disease">Kawasaki disease</a>'),
        ("/resolve/MOND:1", 400, '<a href="/find?name=MONDO">MONDO</a>'),
        ("/export?condition=<script>alert(1)</script>", 400, "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_who_comes_with_a_browser_gets_problems_as_pages(
    server: httpx.Client, path: str, status: int, shown: str
) -> None:
    page = server.get(path, headers={"accept": BROWSER})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert shown in page.text
    assert "<script>" not in page.text
    assert "Accept" in page.headers["vary"]
    assert page.headers["cache-control"] == "no-store"
    document = server.get(path, headers={"accept": "application/problem+json"})
    assert (document.headers["content-type"], "Accept" in document.headers["vary"]) == (
        "application/problem+json",
        True,
    )


@pytest.mark.parametrize(
    "path", ["/condition/%3E%20%7D", "/%00", "/..%2f..%2fetc/passwd", "/condition/a%0d%0aX-Bad:1", "/" + "a" * 5000]
)
def test_hostile_paths_are_not_there_either(server: httpx.Client, path: str) -> None:
    for accept in ("text/html", "text/turtle"):
        answer = server.get(path, headers={"accept": accept})
        assert answer.status_code in (400, 404), answer.text[:200]
        assert "x-bad" not in answer.headers


def test_find_leads_to_the_thing_or_to_what_comes_near(server: httpx.Client) -> None:
    found = server.get("/find", params={"name": "Churg-Strauss syndrome"})
    assert (found.status_code, found.headers["location"]) == (
        303,
        "/condition/eosinophilic-granulomatosis-with-polyangiitis",
    )
    assert "myasthenia gravis" in server.get("/find", params={"name": "miastenia"}).text
    assert "<b>" not in server.get("/find", params={"name": "miastenia <b>"}).text


def test_every_answer_carries_the_safety_headers(server: httpx.Client) -> None:
    for path in (
        "/",
        "/sparql?query=ASK%7B%7D",
        "/queries/conditions",
        CONDITION,
        "/nothing",
        "/static/style.css",
        "/docs",
        "/health",
    ):
        headers = server.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert (
            "unsafe" not in headers["content-security-policy"].replace("style-src 'self' 'unsafe-inline'", "")
            or path == "/docs"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"


def test_health_names_the_release(server: httpx.Client, graph: Graph) -> None:
    assert server.get("/health").json() == {"status": "ok", "release": graph.release.digest}


def test_a_journal_has_a_page_with_its_publications(server: httpx.Client, graph: Graph) -> None:
    row = graph.sparql("SELECT ?journal ?paper { ?paper ivig:publishedIn ?journal } ORDER BY ?journal ?paper LIMIT 1")[
        0
    ]
    page = server.get("/" + str(row["journal"]).removeprefix(BASE), headers={"accept": "text/html"}).text
    assert "Publications in it" in page
    assert f'href="/{str(row["paper"]).removeprefix(BASE)}"' in page
