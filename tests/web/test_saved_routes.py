"""Saved queries over HTTP: the list, the answers, the SPARQL, and what is wrong with a request."""

from __future__ import annotations

import httpx
import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from ivig.query import Graph
from ivig.query.examples import EXAMPLES


def test_the_list_names_every_query_with_parameters_and_columns(server: httpx.Client, graph: Graph) -> None:
    listed = {query["name"]: query for query in server.get("/queries").json()}
    assert set(listed) == set(graph.queries)
    evidence = listed["evidence-for-condition"]
    assert evidence["parameters"][0] | {"note": ""} == {
        "name": "condition",
        "kind": "Condition",
        "required": True,
        "note": "",
    }
    assert {"name": "level", "meaning": graph.queries["evidence-for-condition"].columns["level"]} in evidence["columns"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/json", "application/sparql-results+json"),
    ],
)
def test_one_address_many_formats(server: httpx.Client, accept: str, media_type: str) -> None:
    answer = server.get("/queries/evidence-for-condition", params={"condition": "GBS"}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert "Guillain-Barr" in answer.text


@pytest.mark.parametrize("format_name", ["json", "xml", "csv", "tsv", "ndjson", "html"])
def test_a_format_can_be_named(server: httpx.Client, format_name: str) -> None:
    answer = server.get("/queries/conditions", params={"format": format_name})
    assert answer.status_code == 200
    assert "dermatomyositis" in answer.text


def test_label_and_curie_give_the_same_rows(server: httpx.Client) -> None:
    by_label = server.get("/queries/evidence-for-condition", params={"condition": "stiff person syndrome"}).json()
    by_curie = server.get("/queries/evidence-for-condition", params={"condition": "MONDO:0008491"}).json()
    assert by_label == by_curie
    assert len(by_label["results"]["bindings"]) > 1


@pytest.mark.parametrize("name", ["evidence-for-condition", "source-statements", "conditions", "evidence-summary"])
def test_the_bound_query_runs_on_another_engine(server: httpx.Client, graph: Graph, name: str) -> None:
    """The SPARQL that the server hands out, on a plain Oxigraph that holds the release in one default graph."""
    parameters = {p.name: EXAMPLES[p.kind] for p in graph.queries[name].parameters if p.required}
    text = server.get(f"/queries/{name}.rq", params=parameters)
    assert text.headers["content-type"].startswith("application/sparql-query")
    store = Store()
    store.bulk_extend(parse(path=str(graph.release.nquads), format=RdfFormat.N_QUADS))
    rows = list(store.query(text.text, use_default_graph_as_union=True))
    ours = graph.query(name, **parameters)
    assert [row[ours.columns[0]] for row in rows] == [NamedNode(str(row[ours.columns[0]])) for row in ours]


def test_a_query_without_its_parameters_can_be_read(server: httpx.Client, graph: Graph) -> None:
    answer = server.get("/queries/evidence-for-condition.rq")
    assert (answer.status_code, answer.text) == (200, graph.queries["evidence-for-condition"].text)


@pytest.mark.parametrize(
    ("where", "status", "key"),
    [
        ("/queries/evidence", 404, "nearest"),
        ("/queries/evidence.rq", 404, "nearest"),
        ("/queries/evidence-for-condition", 400, None),
        ("/queries/evidence-for-condition?condition=Gillain", 400, "nearest"),
        ("/queries/evidence-for-condition?conditon=GBS", 400, "nearest"),
        ("/queries/evidence-for-condition?condition=GBS&condition=CIDP", 400, None),
        ("/queries/mechanisms-for-condition?condition=MONDO:0001", 400, None),
        ("/queries/conditions?format=pdf", 400, "nearest"),
    ],
)
def test_wrong_requests_say_what_would_do(server: httpx.Client, where: str, status: int, key: str | None) -> None:
    answer = server.get(where)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert key is None or answer.json()[key]


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "GBS> } UNION { ?s ?p ?o } #"]
)
def test_what_is_typed_comes_back_as_text_only(server: httpx.Client, typed: str) -> None:
    page = server.get("/queries/evidence-for-condition", params={"condition": typed}, headers={"accept": "text/html"})
    assert page.status_code == 400
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert server.get("/queries/evidence-for-condition.rq", params={"condition": typed}).status_code == 400


def test_openapi_describes_every_query_with_its_parameters(server: httpx.Client, graph: Graph) -> None:
    description = server.get("/openapi.json").json()
    for name in graph.queries:
        parameters = {p["name"]: p for p in description["paths"][f"/queries/{name}"]["get"]["parameters"]}
        for parameter in graph.queries[name].parameters:
            assert parameters[parameter.name]["required"] == parameter.required
            assert parameters[parameter.name]["description"] == parameter.note
        assert f"/queries/{name}.rq" in description["paths"]
    assert {"/sparql", "/queries", "/health"} <= set(description["paths"])
    ids = [operation["operationId"] for path in description["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
