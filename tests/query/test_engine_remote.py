"""Engines elsewhere that are slow, down, wrong or lying, and what of a query is worked out here."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from pyoxigraph import QueryTriples

from conftest import Run, serving
from ivig.errors import BadInput, BadQuery, EngineDown, EngineTooSlow, EngineWrong, Refused, UnknownName
from ivig.namespaces import BASE
from ivig.query import Graph
from ivig.query.examples import example_of
from ivig.query.remote import Endpoint
from ivig.query.remote.dialect import dialect_names, named_dialect
from ivig.query.remote.split import split, with_parameters
from ivig.query.results import result_bytes

ROWS = "application/sparql-results+json"
NO_RELEASE = (200, "application/n-triples", b"")

Answer = tuple[int, str, bytes]


@contextmanager
def endpoint_that(answers: Callable[[str], Answer], pause: float = 0, cut: int = 0) -> Iterator[str]:
    """An endpoint that answers so. pause: seconds before each; cut: bytes that its answers lack."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            from urllib.parse import parse_qs

            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            time.sleep(pause)
            status, media_type, body = answers(form["query"][0])
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - cut])

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql"
        server.shutdown()


def _sizes(graph: Graph, factor: int = 1) -> bytes:
    sizes = graph.release.manifest["graphs"]
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    bindings = [
        {
            "graph": {"type": "uri", "value": name},
            "triples": {"type": "literal", "datatype": integer, "value": str(n * factor)},
        }
        for name, n in sizes.items()
    ]
    return json.dumps({"head": {"vars": ["graph", "triples"]}, "results": {"bindings": bindings}}).encode()


def _holding(graph: Graph, then: Answer) -> Callable[[str], Answer]:
    """An engine that holds the release, and answers everything else so."""

    def answers(query: str) -> Answer:
        if "COUNT(*) AS ?triples" in query:
            return 200, ROWS, _sizes(graph)
        return NO_RELEASE if "CONSTRUCT" in query else then

    return answers


def _asked(graph: Graph, url: str, seconds: float = 5) -> Graph:
    return Graph(graph.files, graph.release, Endpoint(url, "standard", seconds))


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((200, "text/html", b"<p>Welcome"), EngineWrong, "answers with text/html"),
        ((200, ROWS, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{'), EngineWrong, "cannot be read"),
        ((200, ROWS, b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}'), EngineWrong, "leaves out the columns s"),
        ((200, ROWS, b'{"head": {}, "boolean": true}'), EngineWrong, "yes or no"),
        ((302, "text/html", b""), EngineWrong, r"refuses \(302\)"),
        ((400, "text/plain", b"I know\nno SPARQL"), EngineWrong, "I know no SPARQL"),
        ((401, "text/plain", b""), EngineWrong, "IVIG_ENGINE_PASSWORD"),
        ((503, "text/plain", b"tired"), EngineDown, "has no time: tired"),
        ((504, "text/plain", b"late"), EngineTooSlow, "takes too long: late"),
    ],
)  # fmt: skip
def test_an_engine_that_is_wrong_or_lies(graph: Graph, answer: Answer, error: type[Exception], words: str) -> None:
    with endpoint_that(_holding(graph, answer)) as url, pytest.raises(error, match=words):
        _asked(graph, url).sparql("SELECT ?s { ?s ?p ?o }")


def test_an_engine_that_is_slow_breaks_off_or_is_not_there(graph: Graph) -> None:
    rows = (200, ROWS, b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}')
    with (
        endpoint_that(_holding(graph, rows), pause=2) as url,
        pytest.raises(EngineTooSlow, match=r"within 0\.2 seconds"),
    ):
        _asked(graph, url, 0.2).sparql("SELECT ?s { ?s ?p ?o }")
    with endpoint_that(_holding(graph, rows), cut=3) as url, pytest.raises(EngineWrong, match="broke off"):
        _asked(graph, url).sparql("SELECT ?s { ?s ?p ?o }")
    with pytest.raises(EngineDown, match="cannot be reached"):
        _asked(graph, "http://127.0.0.1:9/").sparql("SELECT ?s { ?s ?p ?o }")


def test_an_engine_that_is_busy_is_asked_again(graph: Graph) -> None:
    tries = []

    def answers(query: str) -> Answer:
        tries.append(query)
        return (503, "text/plain", b"") if len(tries) < 3 else _holding(graph, NO_RELEASE)(query)

    with endpoint_that(answers) as url:
        _asked(graph, url).engine.check()
    assert tries[0] == tries[1] == tries[2]


def test_an_engine_with_another_release_is_not_asked(graph: Graph) -> None:
    def answers(query: str) -> Answer:
        return (200, ROWS, _sizes(graph, 2)) if "COUNT(*)" in query else NO_RELEASE

    with (
        endpoint_that(answers) as url,
        pytest.raises(EngineWrong, match="does not hold this release: .*graph/data has"),
    ):
        _asked(graph, url).query("mechanisms")


def test_what_is_refused_or_does_not_parse_is_not_sent(graph: Graph) -> None:
    asked = _asked(graph, "http://127.0.0.1:9/")
    with pytest.raises(Refused):
        asked.engine.ask("DELETE WHERE { ?s ?p ?o }")
    with pytest.raises(Refused):
        asked.engine.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(BadQuery, match="line 1"):
        asked.engine.ask("SELECT * { ?s ?p }")


def test_addresses_that_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("example.org/sparql", "ftp://example.org/", "http://me:secret@127.0.0.1/"):
        with pytest.raises(BadInput):
            Endpoint(url)
    with pytest.raises(UnknownName, match="oxigraph"):
        Endpoint("http://127.0.0.1/", "oracle")
    monkeypatch.setenv("IVIG_ENGINE_USER", "me")
    with pytest.raises(BadInput, match="https alone"):
        Endpoint("http://example.org/sparql")


def test_the_server_says_so_and_stays_up(graph: Graph, run: Run) -> None:
    down = run("query", "mechanisms", "--engine", "http://127.0.0.1:9/")
    assert (down.returncode, down.stderr.count("\n")) == (2, 1)
    assert "cannot be reached" in down.stderr
    moods: list[str] = []

    def answers(query: str) -> Answer:
        if "wrong" in moods:
            return 200, "text/html", b"nothing"
        if "slow" in moods:
            time.sleep(6)
        if "COUNT(*) AS ?triples" in query or "?subject ?predicate ?object" in query:
            return _holding(graph, NO_RELEASE)(query)
        found = graph.engine.ask(query)
        if isinstance(found, QueryTriples):
            return 200, "application/n-triples", result_bytes(found, "ntriples")
        return 200, ROWS, result_bytes(found, "json")

    folder = graph.release.folder.parent
    with (
        endpoint_that(answers) as url,
        serving("--releases", folder, "--engine", url, "--engine-seconds", "4") as (_, at),
    ):
        moods.append("wrong")
        wrong = httpx.get(f"{at}/queries/mechanisms", params={"format": "csv"}, timeout=30)
        assert (wrong.status_code, wrong.json()["title"]) == (502, "Engine failed")
        visitor = httpx.get(f"{at}/sparql", params={"query": "SELECT ?s { ?s ?p ?o }", "format": "csv"}, timeout=30)
        assert (visitor.status_code, visitor.json()["title"]) == (502, "Engine failed")
        moods[:] = ["slow"]
        slow = httpx.get(f"{at}/queries/conditions", params={"format": "csv"}, timeout=30)
        assert (slow.status_code, slow.json()["title"]) == (504, "Engine too slow")
        # Names and search are of the release, and stay.
        assert httpx.get(f"{at}/search", params={"text": "gout"}, timeout=30).status_code == 200
        assert httpx.get(f"{at}/health", timeout=30).json()["status"] == "ok"


def test_what_is_worked_out_here() -> None:
    two = split(
        'SELECT DISTINCT ?s (STR(?l) AS ?label) WHERE { ?s ?p ?l . BIND("a { b" AS ?c) BIND(CONCAT(?l, ?c) AS ?d) } ORDER BY ?d',
        ["s", "label"],
    )
    assert two is not None
    assert two.patterns == "SELECT DISTINCT ?s ?l\nWHERE { ?s ?p ?l . }"
    assert two.worked_out.split() == ['BIND("a', "{", 'b"', "AS", "?c)", "BIND(CONCAT(?l,", "?c)", "AS", "?d)"]
    assert split("SELECT * { ?s ?p ?o }", ["s", "p", "o"]) is None
    grouped = split("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY ?n", ["s", "n"])
    assert grouped is not None and grouped.order == "ORDER BY ?n"


def test_a_parameter_is_put_into_the_patterns() -> None:
    either = (
        "{ VALUES ?p_x { UNDEF } FILTER(!BOUND(?p_x)) ?s a <x:all> . } UNION "
        "{ { VALUES ?p_x { UNDEF } FILTER(BOUND(?p_x)) } ?s a ?p_x . }"
    )
    assert with_parameters(either).split() == ["?s", "a", "<x:all>", "."]
    assert with_parameters(either.replace("UNDEF", "<x:y>")).split() == ["?s", "a", "<x:y>", "."]


def test_parameters_in_the_patterns_give_the_rows_of_parameters_beside_them(graph: Graph) -> None:
    texts = []
    for query in graph.queries.values():
        for chosen in ((), *((parameter,) for parameter in query.parameters), query.parameters):
            given = {p.name: example_of(p.kind) for p in query.parameters if p.required or p in chosen}
            texts += [] if query.service else [graph.bound(query.name, given)]
    things = [BASE + path for path in ("condition/guillain-barre-syndrome", "citation/pmid-15674654")]
    for name in ("descriptions", "publications", "statements-on-things", "verdicts-on-things"):
        texts += [graph.internal[name].bind_things("thing", things[:many]) for many in (1, 2)]
    for text in texts:
        expected, told = graph.sparql(text), with_parameters(text)
        assert graph.sparql(told).rows == expected.rows, text
        if two := split(told, expected.columns):
            assert set(graph.sparql(two.patterns).columns) == set(two.given), text


@pytest.mark.parametrize(
    "query",
    [
        r'SELECT ?p_x WHERE { VALUES ?p_x { "\u00e9" } ?s ?p ?p_x }',
        "SELECT ?s WHERE { VALUES ?p_x { UNDEF } OPTIONAL { ?s <urn:q> ?p_x } FILTER(BOUND(?p_x)) }",
        "SELECT ?s WHERE { { VALUES ?p_x { <urn:a> } ?s ?p ?p_x } UNION { VALUES ?p_x { <urn:b> } ?s ?p ?p_x } }",
    ],
)
def test_the_variables_of_visitors_are_left_alone(graph: Graph, query: str) -> None:
    seen = []

    def answers(asked: str) -> Answer:
        seen.append(asked)
        return _holding(graph, (200, ROWS, b'{"head": {"vars": ["s", "p_x"]}, "results": {"bindings": []}}'))(asked)

    with endpoint_that(answers) as url:
        _asked(graph, url).sparql(query)
        text = graph.bound("verdict-basis", {"condition": "GBS"})
        with pytest.raises(EngineWrong, match="leaves out"):
            _asked(graph, url).sparql(text.replace("\n", "\r\n"))
    body = query[query.index("{") :]
    assert any(body in asked for asked in seen), seen
    assert "?p_condition" in text and "?p_condition" not in seen[-1]


@pytest.mark.parametrize("name", dialect_names())
def test_what_a_dialect_rewrites_stands_in_a_query(graph: Graph, name: str) -> None:
    texts = [
        with_parameters(
            graph.bound(query.name, {p.name: example_of(p.kind) for p in query.parameters if with_all or p.required})
        )
        for query in graph.queries.values()
        if not query.service
        for with_all in (True, False)
    ]
    for pattern, _ in named_dialect(name).rewritten:
        assert any(re.search(pattern, text) for text in texts), pattern
