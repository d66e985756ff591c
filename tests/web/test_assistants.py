"""The graph for AI assistants: a real client of the official SDK, over standard input and over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters

from conftest import IVIG, Run
from ivig.query import Graph
from ivig.query.sandbox import Limits
from ivig.web.assistants import NO_ADVICE, assistants_server

TOOLS = ["search", "condition", "evidence", "recommendations", "harms", "compare", "sparql"]
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("search", {"text": "kawasaki", "limit": 3}),
    ("condition", {"name": "guillain barre"}),
    ("evidence", {"condition": "CIDP", "direction": "Benefit", "level": 1, "limit": 2}),
    ("evidence", {"condition": "CIDP", "limit": 2, "offset": 2}),
    ("recommendations", {"condition": "GBS", "limit": 3}),
    ("harms", {"event": "thrombosis", "limit": 2}),
    ("harms", {"condition": "ITP"}),
    ("compare", {"conditions": ["GBS", "CIDP"]}),
    ("sparql", {"query": "SELECT ?c ?label { ?c a ivig:Condition ; skos:prefLabel ?label }"}),
    ("sparql", {"query": "ASK { ?s a ivig:Statement }"}),
    ("sparql", {"query": "CONSTRUCT WHERE { ?s a ivig:Body }"}),
]
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("condition", {"name": "gilain barre"}, 'unknown condition "gilain barre"; nearest: Guillain-Barré syndrome'),
    ("condition", {"name": "asdfqwer"}, 'unknown condition "asdfqwer"'),
    ("evidence", {"condition": "GBS", "limit": 100_000}, "limit is 1 to 100, not 100000; the whole graph is an export"),
    ("evidence", {"condition": "GBS", "direction": "positive"}, "there are benefit"),
    ("search", {"text": "gout", "kinds": ["disease"]}, 'unknown kind of thing "disease"; it is one of: condition'),
    ("compare", {"conditions": ["GBS"]}, "give two to 8 conditions"),
    ("sparql", {"query": "DROP ALL"}, "the graph is read-only"),
    ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "SERVICE is refused"),
    ("sparql", {"query": "SELECT * { ?s "}, "line 1"),
]  # fmt: skip


RUNAWAY = ("sparql", {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"}, "the query was stopped")


async def _told(server: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    """The tools, and the answers to what is asked; what is refused is refused with a reason."""
    async with Client(server) as client:
        assert NO_ADVICE in (client.instructions or "")
        tools = (await client.list_tools()).tools
        answers = []
        for name, arguments in ASKED:
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result
            answers.append(json.loads(result.content[0].text))
            assert result.structured_content == answers[-1]
        for name, arguments, message in REFUSED:
            result = await client.call_tool(name, arguments)
            assert result.is_error, (name, arguments)
            assert message in result.content[0].text
            assert "Traceback" not in result.content[0].text
        return tools, answers


def _check(told: tuple[list[Any], list[dict[str, Any]]]) -> None:
    tools, answers = told
    assert [tool.name for tool in tools] == TOOLS
    assert all(tool.annotations.read_only_hint and "  " not in tool.description for tool in tools)
    assert all(answer["notice"] == NO_ADVICE and answer["release"] for answer in answers)
    search, condition, evidence, more, recommendations, harms, harms_in_itp, compare, rows, ask, triples = answers
    assert search["hits"][0]["label"] == "Kawasaki disease"
    for verdict in (search["hits"][0]["verdicts"][0], condition["verdicts"][0], evidence["verdicts"][0]):
        assert verdict["verdict"]
        assert verdict["strength"]
    assert condition["took"] == ['took Guillain-Barré syndrome for "guillain barre"']
    assert condition["evidence"]["of"] > len(condition["evidence"]["rows"]) > 5
    assert condition["rests_on"]["rows"][0]["why"] == "counts"
    assert {row["direction"] for row in evidence["rows"]} == {"benefit"}
    assert more["note"] == f"{more['of'] - 4} more: ask with offset 4"
    for row in (*condition["recommendations"]["rows"], *evidence["rows"], *recommendations["rows"], *harms["rows"]):
        assert row["sources"]["statement"].startswith("https://w3id.org/ivig/statement/")
    assert any("publication" in row["sources"] or "page" in row["sources"] for row in recommendations["rows"])
    assert harms_in_itp["condition"] == "immune thrombocytopenia"
    assert compare["conditions"][0]["condition"] == "Guillain-Barré syndrome"
    assert all(each["verdicts"] for each in compare["conditions"])
    assert len(rows["rows"]) == 100
    assert "take LIMIT and OFFSET" in rows["note"]
    assert ask["boolean"] is True
    assert "ivig:Body" in triples["turtle"]


def test_an_assistant_on_standard_input(releases: Path) -> None:
    parameters = StdioServerParameters(command=str(IVIG), args=["mcp", "--releases", str(releases)])
    _check(asyncio.run(_told(parameters)))


@pytest.fixture
def http(releases: Path) -> Iterator[str]:
    """The address of a server for assistants."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [IVIG, "mcp", "--http", "--port", str(port), "--releases", releases]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == f"for assistants at http://127.0.0.1:{port}/mcp\n"
        began = time.monotonic()
        while time.monotonic() - began < 30:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
        process.terminate()
        assert "Traceback" not in process.stderr.read()


def test_an_assistant_over_http(http: str, run: Run) -> None:
    _check(asyncio.run(_told(http)))
    port = http.removesuffix("/mcp").rpartition(":")[2]
    done = run("mcp", "--http", "--port", port)
    assert (done.returncode, done.stderr) == (2, f"ivig: cannot listen at 127.0.0.1:{port}: Address already in use\n")
    # A page in somebody's browser must not reach it under another name.
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Host": "evil.example", "Accept": "application/json, text/event-stream"}
    assert httpx.post(http, json=body, headers=headers).status_code in (403, 421)


def test_a_query_that_runs_away_is_stopped_and_the_next_is_answered(graph: Graph) -> None:
    async def told() -> list[str]:
        async with Client(assistants_server(graph, Limits(seconds=1, workers=1, per_client=1))) as client:
            asked = ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "ASK { ?s a ivig:Body }")
            results = [await client.call_tool("sparql", {"query": query}) for query in asked]
            # A tool may give pictures too, which have no text; this one does not.
            return [str(result.content[0].text) for result in results]  # type: ignore[union-attr]

    stopped, answered = asyncio.run(told())
    assert "the query was stopped: it may take 1 seconds" in stopped
    assert json.loads(answered)["boolean"] is True


def test_without_the_sdk_the_command_says_what_to_install(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mcp.py").write_text("raise ImportError('none')\n")
    done = run("mcp", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == "ivig: ivig mcp needs the SDK of the protocol: pip install 'ivig[assistants]'\n"
