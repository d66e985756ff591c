"""Saved queries over HTTP: the list, the answers, the SPARQL, and what is wrong with a request."""

from __future__ import annotations

import io

import httpx
import openpyxl
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
        ("application/json", "application/json"),
    ],
)
def test_one_address_many_formats(server: httpx.Client, accept: str, media_type: str) -> None:
    answer = server.get("/queries/evidence-for-condition", params={"condition": "GBS"}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert "Guillain-Barr" in answer.text


@pytest.mark.parametrize("format_name", ["json", "xml", "csv", "tsv", "ndjson", "records", "html"])
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
        ("/queries/conditions?format=xlsx;bom", 400, None),
        ("/queries/conditions.pdf", 404, None),
        ("/queries/conditionz.json", 404, "nearest"),
        ("/queries/conditions.json?format=csv", 400, None),
        ("/queries/conditions?limit=-1", 400, None),
        ("/queries/conditions?limit=1&limit=2", 400, None),
        ("/queries/conditions?sort=verdikt", 400, "nearest"),
        ("/queries/conditions?columns=verdict,nothing", 400, "nearest"),
        ("/queries/conditions?statements=many", 400, None),
        ("/queries/evidence-for-condition?condition=GBS&direction=positive", 400, "nearest"),
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


EVIDENCE = "/queries/evidence-for-condition"


def test_plain_json_has_every_column_and_numbers(server: httpx.Client, graph: Graph) -> None:
    """By media type and by ending: an array of objects, null for what is absent."""
    by_type = server.get(EVIDENCE, params={"condition": "GBS"}, headers={"accept": "application/json"}).json()
    by_ending = server.get(f"{EVIDENCE}.json", params={"condition": "GBS"}).json()
    answer = graph.query("evidence-for-condition", condition="GBS")
    assert by_type == by_ending
    assert [list(row) for row in by_type] == [answer.columns] * len(answer)
    assert [row["participants"] for row in by_type] == [row["participants"] for row in answer]
    assert {type(row["p"]) for row in by_type} == {float, type(None)}


def test_rows_are_filtered_sorted_and_cut(server: httpx.Client) -> None:
    def rows(**asked: str | list[str]) -> list[dict[str, object]]:
        answer = server.get(f"{EVIDENCE}.json", params={"condition": "GBS", **asked})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()
        return found

    everything = rows()
    wanted = [row for row in everything if row["direction"] == "no benefit" and row["level"] == 1]
    assert 0 < len(wanted) < len(everything)
    assert rows(direction="No benefit", level="1") == wanted
    assert rows(direction=["benefit", "harm"]) == [r for r in everything if r["direction"] in ("benefit", "harm")]
    assert rows(study_type="RCT") == [r for r in everything if r["study_type_label"] == "randomized controlled trial"]
    large = rows(participants=">=200", sort="-participants,year", columns="participants,finding")
    sizes = [row["participants"] for row in large]
    assert sizes == sorted(
        (size for r in everything if (size := int(str(r["participants"] or 0))) >= 200), reverse=True
    )
    assert list(large[0]) == ["participants", "finding"]
    # What has no value comes last, whichever way is sorted.
    assert rows(sort="-participants")[-1]["participants"] is None
    assert rows(sort="participants")[-1]["participants"] is None
    assert rows(limit="3", offset="2") == everything[2:5]
    assert rows(limit="0") == []
    # A vocabulary has the word, and no row has it.
    assert rows(direction="worse than active comparator", level="5") == []
    page = server.get(EVIDENCE, params={"condition": "GBS", "direction": "harm"}, headers={"accept": "text/html"})
    assert page.text.count("<tr>") < len(everything)


def test_a_download_has_a_name_a_day_and_an_ending(server: httpx.Client, graph: Graph) -> None:
    day = f"{graph.release.published:%Y-%m-%d}"
    for where, name in (
        (f"{EVIDENCE}.csv?condition=GBS", f'attachment; filename="ivig-evidence-for-condition-gbs-{day}.csv"'),
        ("/queries/conditions.json", f'inline; filename="ivig-conditions-{day}.json"'),
        ("/export?condition=GBS&format=csv", f'attachment; filename="ivig-gbs-{day}.csv"'),
        ("/condition/dermatomyositis.json", f'inline; filename="ivig-condition-dermatomyositis-{day}.json"'),
    ):
        assert server.get(where).headers["content-disposition"] == name


def test_excel_gets_its_byte_order_mark_and_its_own_format(server: httpx.Client, graph: Graph) -> None:
    for where in ("/queries/conditions", "/export?condition=GBS", "/sparql?query=SELECT ?x {}"):
        joined = "&" if "?" in where else "?"
        plain, marked = (server.get(f"{where}{joined}format={name}").content for name in ("csv", "csv;bom"))
        assert marked == b"\xef\xbb\xbf" + plain
    answer = server.get(f"{EVIDENCE}.xlsx", params={"condition": "GBS", "level": "1"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["answer", "columns", "about"]
    heads, *rows = book["answer"].values
    levels = {row[heads.index("level")] for row in rows}
    assert levels == {1}
    # openpyxl states too few types of a cell.
    assert dict(book["about"].values)["release"] == graph.release.digest  # type: ignore[arg-type]


def test_openapi_describes_every_query_with_its_parameters(server: httpx.Client, graph: Graph) -> None:
    description = server.get("/openapi.json").json()
    for name in graph.queries:
        parameters = {p["name"]: p for p in description["paths"][f"/queries/{name}"]["get"]["parameters"]}
        for parameter in graph.queries[name].parameters:
            assert parameters[parameter.name]["required"] == parameter.required
            assert parameters[parameter.name]["description"] == parameter.note
        assert f"/queries/{name}.rq" in description["paths"]
        assert "direction" not in graph.queries[name].columns or "direction" in parameters
        assert {"limit", "offset", "sort", "columns"} <= set(parameters)
        assert f"/queries/{name}.{{ending}}" in description["paths"]
    assert {"/sparql", "/queries", "/health", "/find", "/ontology", "/graph/{name}", "/{kind}/{name}"} <= set(
        description["paths"]
    )
    ids = [operation["operationId"] for path in description["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
