"""Saved queries that call another server: on the command line and in Python, to the one server in their head; over
HTTP they are refused, with what to do instead.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

import ivig
from conftest import Run
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.errors import Refused
from ivig.graph_files import graph_files
from ivig.query import Graph
from small import SOURCE, efficacy, folder_with

ROWS = {"head": {"vars": ["near"]}, "results": {"bindings": [{"near": {"type": "literal", "value": "far away"}}]}}


class _Far(BaseHTTPRequestHandler):
    """An endpoint somewhere else."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ROWS).encode()
        self.send_response(200)
        self.send_header("content-type", "application/sparql-results+json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None:
        pass


def _closed_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def federated(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A graph with a query that calls a server, which runs, and one whose server does not; and its releases."""
    folder, releases = folder_with(tmp_path, SOURCE + efficacy("s", "benefit")), tmp_path / "releases"
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Far)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/sparql"
    for name, place in (
        ("federated-near", address),
        ("federated-nowhere", f"http://127.0.0.1:{_closed_port()}/sparql"),
    ):
        text = f"# title: Near\n# service: {place}\n# column near: What is near.\nSELECT ?near {{ SERVICE <{place}> {{ ?s ?p ?near }} }}\n"
        (folder / "queries" / f"{name}.rq").write_text(text)
    build(graph_files(folder), Releases(releases))
    yield folder, releases
    server.shutdown()
    server.server_close()


def test_on_the_command_line_and_in_python_it_is_answered(federated: tuple[Path, Path], run: Run) -> None:
    folder, releases = federated
    done = run("query", "federated-near", "--releases", releases, "--format", "csv", IVIG_GRAPH=str(folder))
    assert (done.returncode, done.stdout.split()) == (0, ["near", "far", "away"]), done.stderr
    assert ivig.open(folder, releases).query("federated-near").rows == [{"near": "far away"}]


def test_a_server_that_gives_no_answer_is_named(federated: tuple[Path, Path], run: Run) -> None:
    folder, releases = federated
    done = run("query", "federated-nowhere", "--releases", releases, IVIG_GRAPH=str(folder))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert re.search(r"http://127\.0\.0\.1:\d+/sparql cannot be asked: .*refused", done.stderr)


def test_no_other_query_calls_anyone(graph: Graph, run: Run) -> None:
    query = "ASK { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }"
    with pytest.raises(Refused, match="SERVICE is refused"):
        graph.engine.ask(query)
    done = run("sparql", query)
    assert (done.returncode, "SERVICE is refused" in done.stderr) == (2, True)


def test_over_http_it_is_refused_with_what_to_do(server: httpx.Client, graph: Graph) -> None:
    names = [name for name in graph.queries if graph.queries[name].service]
    assert len(names) > 2
    for name in names:
        answer = server.get(f"/queries/{name}", params={"condition": "stiff person syndrome"})
        assert (answer.status_code, answer.json()["title"]) == (403, "Refused")
        assert f"run `ivig query {name} --condition " in answer.json()["detail"]
        page = server.get(f"/queries/{name}", headers={"accept": "text/html"})
        assert page.status_code == 200 and f"ivig query {name}" in page.text
        assert server.get(f"/queries/{name}.rq").status_code == 200
