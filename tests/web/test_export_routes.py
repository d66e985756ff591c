"""Exports over HTTP: the same subgraph as on the command line, in every format, and a problem document where it cannot be."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

import httpx
import pytest

from conftest import Run, serving
from ivig.export import FORMATS
from ivig.export.formats import BIBLIOGRAPHIES
from ivig.query import Graph
from query.test_sandbox import COUNT, ORDER, workers_of


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_is_served_as_the_command_writes_it(
    server: httpx.Client, run: Run, tmp_path: Path, graph: Graph, name: str
) -> None:
    answer = server.get("/export", params={"condition": "LEMS", "format": name})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == FORMATS[name].media_type
    stem = f"ivig-lems{f'-{name}' if name in ('nanopub', 'kgx-jsonl') else ''}"
    called = f"{stem}-{graph.release.published:%Y-%m-%d}{FORMATS[name].suffix}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{called}"'
    if name == "xlsx":
        # It holds the time at which it was made.
        assert answer.content.startswith(b"PK")
        return
    run("export", "--condition", "LEMS", "--format", name, "--output", "part")
    assert answer.content == (tmp_path / "part").read_bytes()


@pytest.mark.parametrize("name", list(BIBLIOGRAPHIES))
def test_a_bibliography_is_served_as_the_command_writes_it(server: httpx.Client, run: Run, name: str) -> None:
    asked = server.get("/export", params={"condition": "LEMS", "citations": name})
    made = BIBLIOGRAPHIES[name]
    negotiated = server.get("/export", params={"condition": "LEMS"}, headers={"Accept": made.media_type})
    assert asked.text == negotiated.text == run("export", "--condition", "LEMS", "--citations", name).stdout
    assert negotiated.headers["content-type"] == made.media_type
    assert f'{made.suffix}"' in asked.headers["content-disposition"]


def test_parameters_are_those_of_the_command_line(server: httpx.Client, run: Run, tmp_path: Path) -> None:
    sparql = "SELECT ?s { ?s a <https://w3id.org/ivig/ontology#SafetyStatement> }"
    (tmp_path / "q.rq").write_text(sparql)
    for asked, words in (
        ([("condition", "GBS"), ("condition", "LEMS"), ("direction", "benefit")], ["--condition", "GBS", "--condition", "LEMS", "--direction", "benefit"]),
        ([("study_type", "case series"), ("year", "-1990"), ("asserted", "true")], ["--study-type", "case series", "--year", "-1990", "--asserted"]),
        ([("query", "regimens"), ("parameter", "condition=GBS"), ("depth", "1")], ["--query", "regimens", "--parameter", "condition=GBS", "--depth", "1"]),
        ([("sparql", sparql)], ["--sparql", "q.rq"]),
    ):  # fmt: skip
        answer = server.get("/export", params=[*asked, ("format", "ntriples")])
        assert answer.status_code == 200, answer.text
        done = run("export", *words, "--format", "ntriples")
        assert answer.text == done.stdout, done.stderr


def test_the_whole_graph_comes_without_parameters(server: httpx.Client, run: Run) -> None:
    answer = server.get("/export", headers={"Accept": "application/n-quads", "Accept-Encoding": "identity"})
    assert answer.headers["content-type"] == "application/n-quads"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.text == run("export", "--format", "nquads").stdout


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("condition=kawazaki", 400, "nearest: Kawasaki disease"),
        ("colour=red", 400, 'unknown parameter of export "colour"'),
        ("format=pdf", 400, "it is one of: turtle, trig"),
        ("condition=GBS&direction=harm&source=katz2018", 400, "nothing in the graph fits"),
        ("direction=positive", 400, "it is one of: benefit, harm, mixed"),
        ("citations=endnote", 400, "it is one of: bibtex, ris, csl-json"),
        ("citations=ris&format=csv", 400, "citations and format are different things"),
        ("depth=-1&condition=GBS", 400, "a depth is 0 to 9"),
        ("depth=²&condition=GBS", 400, "a depth is 0 to 9"),
        ("depth=1&depth=2", 400, "depth is given twice"),
        ("asserted=maybe", 400, "asserted is true or false"),
        ("query=regimens&parameter=condition", 400, "reads NAME=VALUE"),
        ("sparql=DROP ALL", 403, "read-only"),
        ("sparql=SELECT", 400, "line 1"),
        ("sparql=", 400, "sparql is empty"),
        ("condition=", 400, "condition is empty"),
        ("sparql=ASK {}", 400, "a yes or no picks nothing"),
        ("sparql=SELECT (1 AS ?x) {}", 400, "the answer names nothing of this graph"),
        (
            "sparql=SELECT (IRI(CONCAT('made-up/', STRUUID())) AS ?x) { ?s ?p ?o } LIMIT 50001",
            400,
            "more than 50000 things",
        ),
        ("sparql=SELECT * { ?s ?p ?o }", 413, "more than 8 MB"),
    ],
)
def test_what_cannot_be_exported_is_a_problem(server: httpx.Client, query: str, status: int, detail: str) -> None:
    answer = server.get(f"/export?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


def test_an_unacceptable_type_is_refused(server: httpx.Client) -> None:
    assert server.get("/export", headers={"Accept": "application/pdf"}).status_code == 406


def test_what_is_larger_than_the_limit_is_refused(releases: Path) -> None:
    with serving("--releases", releases, "--answer-size", "0.04") as (_, address):
        for name in ("ntriples", "jsonld", "xlsx", "kgx"):
            answer = httpx.get(f"{address}/export", params={"format": name}, timeout=60)
            assert answer.status_code == 413, name
            assert "more than 0.12 MB" in answer.json()["detail"]
        assert httpx.get(f"{address}/export", params={"condition": "LEMS"}, timeout=60).status_code == 200


_YEARS = itertools.count(1000)


def _until_exports_are_made(address: str) -> None:
    """Wait until the release was read for exports: at the start, and after one that was stopped."""
    end = time.monotonic() + 60
    # Never asked twice in one way: what was made before is kept.
    while httpx.get(f"{address}/export?condition=LEMS&year={next(_YEARS)}-", timeout=60).status_code != 200:
        assert time.monotonic() < end


def test_an_export_that_takes_too_long_is_stopped_and_nobody_waits_for_it(releases: Path) -> None:
    with serving("--releases", releases, "--query-seconds", "0.1") as (_, address):
        _until_exports_are_made(address)
        answer = httpx.get(f"{address}/export", params={"format": "nanopub"}, timeout=60)
        assert (answer.status_code, answer.json()["title"]) == (503, "Limit reached")
        assert "it may take 0.6 seconds" in answer.json()["detail"]
        assert httpx.get(f"{address}/health").status_code == 200


def test_a_hostile_query_is_stopped_and_no_export_waits_for_it(releases: Path) -> None:
    with serving("--releases", releases, "--query-seconds", "1") as (process, address):
        _until_exports_are_made(address)
        before = workers_of(process.pid)
        for query in (COUNT.replace("COUNT(*)", "SAMPLE(?a)"), ORDER):
            answer = httpx.get(f"{address}/export", params={"sparql": query}, timeout=60)
            assert (answer.status_code, answer.json()["title"]) == (503, "Limit reached")
        # Its worker was one of those for queries; the one that makes exports has gone on.
        made = httpx.get(f"{address}/export?condition=LEMS&year=-2050", timeout=60)
        assert made.status_code == 200
        assert len(before & workers_of(process.pid)) == len(before) - 2


def test_the_context_is_served(server: httpx.Client) -> None:
    answer = server.get("/context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["@context"]["direction"] == {"@id": "ivig:direction", "@type": "@id"}


def test_the_description_of_the_api_has_every_parameter(server: httpx.Client) -> None:
    described = json.loads(server.get("/openapi.json").text)["paths"]["/export"]["get"]["parameters"]
    assert {"condition", "study_type", "sparql", "depth", "asserted", "format"} <= {one["name"] for one in described}
