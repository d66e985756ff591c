"""Whatever is sent, the answer is a clean one: no status of 500 and above but the documented 503, no crash, no leak."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from conftest import ROOT, serving
from query.test_sandbox import workers_of
from scale import EXPLORE, FACTOR

pytestmark = pytest.mark.peers

PROBLEM = "application/problem+json"
PAGE = "text/html"
"""Of a problem, for who asks for a page."""
MEGABYTES_THAT_MAY_COME = 150

QUERIES = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
PATHS = ["/", "/find", "/sparql", "/queries", "/health", "/ready", "/metrics", "/docs", "/ontology", "/openapi.json",
         "/.well-known/sparql-examples", "/condition/gout", "/graph/links", "/static/style.css", "/favicon.ico",
         *(f"/queries/{name}" for name in QUERIES), *(f"/queries/{name}.rq" for name in QUERIES)]  # fmt: skip
HEADERS = ["accept", "accept-encoding", "if-none-match", "content-type", "host", "origin", "range", "expect", "cookie",
           "content-length", "transfer-encoding", "connection", "upgrade", "x-forwarded-for", "te", "authorization"]  # fmt: skip
PARAMETERS = ["query", "format", "timeout", "default-graph-uri", "named-graph-uri", "update", "condition", "group", "name",
              "mechanism", "outcome", "event", "citation", "source", "study_type", "topic", "direction", "", "\x00"]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(
        ["gout", "GBS", "json", "html", "text/html", "*/*", "q=", ";q=9", "br;q=0.1", "*", '"x"', "ASK {}", "MONDO:0016218", "10.1000/x",
         "https://w3id.org/ivig/condition/gout", "' OR 1=1", "{{7*7}}", "<script>", "%00", "../../etc/passwd", "\u202e", "𝕏"]
    ),
    st.text(max_size=40),
)  # fmt: skip
RAW = st.binary(max_size=30).map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b""))
METHODS = st.sampled_from(
    [b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE", b"CONNECT", b"get", b"SPARQL"]
)


def cases(number: int) -> settings:
    return settings(
        max_examples=number * FACTOR,
        derandomize=not EXPLORE,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


class Line:
    """A connection that is kept as long as the server keeps it."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address)
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def exchange(self, raw: bytes, method: str) -> tuple[int, str]:
        """Send bytes; the status and media type of the answer."""
        if self._socket is None:
            self._socket = socket.create_connection((self._place.hostname or "", self._place.port or 0), timeout=30)
        self._socket.sendall(raw)
        answer = http.client.HTTPResponse(self._socket, method=method)
        try:
            answer.begin()
            answer.read()
            if answer.will_close:
                self.close()
            return answer.status, answer.headers.get("content-type", "")
        finally:
            answer.close()


@pytest.fixture(scope="module")
def fuzzed(releases: Path) -> Iterator[str]:
    """A server that is asked anything; at the end it is as it was."""
    limits = ["--query-seconds", "2", "--query-workers", "2"]
    with serving("--releases", releases, *limits) as (process, address):
        for path in PATHS:
            httpx.get(address + path, timeout=60)
        before = _memory(process.pid)
        yield address
        _client(address).close()
        assert httpx.get(f"{address}/health").status_code == 200
        assert process.poll() is None
        end = time.monotonic() + 20
        while len(workers_of(process.pid)) != 2:
            assert time.monotonic() < end
        # The cache may fill; beyond it nothing grows.
        assert _memory(process.pid) - before < MEGABYTES_THAT_MAY_COME


def _memory(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def is_clean(status: int, media_type: str) -> bool:
    return status < 500 or (status == 503 and media_type in (PROBLEM, PAGE))


class TestRequests:
    """Requests as bytes."""

    line: ClassVar[Line]

    @pytest.fixture(autouse=True)
    def _connected(self, fuzzed: str) -> Iterator[None]:
        TestRequests.line = Line(fuzzed)
        yield
        self.line.close()

    @cases(1200)
    @given(
        method=METHODS,
        path=st.one_of(st.sampled_from(PATHS).map(str.encode), RAW.map(lambda raw: b"/" + raw), RAW),
        query=RAW,
        headers=st.lists(st.tuples(st.sampled_from(HEADERS).map(str.encode), RAW), max_size=4),
    )
    def test_any_request(self, method: bytes, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        lines = [method + b" " + path + b"?" + query + b" HTTP/1.1", b"host: localhost"]
        raw = b"\r\n".join([*lines, *(name + b": " + value for name, value in headers), b"", b""])
        try:
            status, media_type = self.line.exchange(raw, method.decode())
        except (ConnectionError, http.client.HTTPException):
            # Where what was sent is no HTTP, two answers or none may come; the connection ends.
            self.line.close()
            return
        if status >= 400 or method not in (b"GET", b"HEAD"):
            # A body that was announced and not sent, or one that was sent and not announced: start afresh.
            self.line.close()
        assert is_clean(status, media_type), (status, raw)


@cases(600)
@given(
    path=st.sampled_from([*PATHS, "/sparql", "/find", "/queries/evidence-for-condition"]),
    parameters=st.lists(st.tuples(st.sampled_from(PARAMETERS), TEXTS), max_size=3),
    accept=TEXTS,
)
def test_any_parameters(fuzzed: str, path: str, parameters: list[tuple[str, str]], accept: str) -> None:
    answer = _client(fuzzed).get(path, params=_sendable(parameters), headers={"accept": _as_header(accept)})
    assert is_clean(answer.status_code, answer.headers.get("content-type", "")), answer.text
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert "<script>" not in answer.text.lower()


_WORDS = """SELECT * ?s ?p ?o { } ( ) . ; , UNION OPTIONAL FILTER BIND VALUES GRAPH MINUS SERVICE EXISTS NOT LIMIT 10 ORDER BY GROUP
    COUNT SUM CONCAT REGEX "a" 'b' <x:a> <https://w3id.org/ivig/ontology#Condition> a + - / | ^ ! != = && || CONSTRUCT WHERE ASK DESCRIBE
    PREFIX ivig: FROM NAMED DISTINCT AS HAVING 1 -2.5 1e9 true UNDEF << >> _:b [] INSERT DELETE LOAD CLEAR \\u0053 # $x STR IRI BNODE
    """.split()  # noqa: SIM905
TEXTS_OF_QUERIES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").glob("*.rq"))]


@st.composite
def almost_queries(draw: st.DrawFn) -> str:
    """Words of SPARQL in any order, or a real query with a piece replaced."""
    if draw(st.booleans()):
        return " ".join(draw(st.lists(st.sampled_from(_WORDS), max_size=30)))
    text = draw(st.sampled_from(TEXTS_OF_QUERIES))
    start = draw(st.integers(0, len(text)))
    stop = min(len(text), start + draw(st.integers(0, 60)))
    return text[:start] + draw(st.one_of(st.sampled_from(_WORDS), st.text(max_size=10))) + text[stop:]


@cases(500)
@given(
    query=almost_queries(),
    direct=st.booleans(),
    accept=st.sampled_from(["*/*", "text/csv", "text/turtle", "application/json"]),
)
def test_any_query(fuzzed: str, query: str, direct: bool, accept: str) -> None:
    content = query.encode("utf-8", "replace")
    headers = {"accept": accept}
    if direct:
        headers["content-type"] = "application/sparql-query"
        answer = _client(fuzzed).post("/sparql?timeout=0.1", content=content, headers=headers)
    else:
        answer = _client(fuzzed).post("/sparql?timeout=0.1", data={"query": content}, headers=headers)
    assert answer.status_code in (200, 400, 403, 406, 413, 503), answer.text
    assert answer.status_code == 200 or answer.headers["content-type"] == PROBLEM


def test_the_description_of_the_api(fuzzed: str, tmp_path: Path) -> None:
    words = [
        "--checks",
        "not_a_server_error",
        "--max-examples",
        str(2 * FACTOR),
        "--phases",
        "examples,fuzzing",
        "--request-timeout",
        "60",
    ]
    seed = [] if EXPLORE else ["--seed", "1"]
    # A query that may take next to no time is stopped, and 503 says so.
    (tmp_path / "schemathesis.toml").write_text(
        '[checks]\nnot_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]\n', encoding="utf-8"
    )
    command = [Path(sys.executable).with_name("schemathesis"), "run", f"{fuzzed}/openapi.json", *words, *seed]
    # It leaves a cache where it runs.
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    cases_sent = re.search(r"(\d+) generated", done.stdout)
    assert cases_sent and int(cases_sent[1]) >= 200, done.stdout


_clients: dict[str, httpx.Client] = {}


def _client(address: str) -> httpx.Client:
    """One client an address: a new one a case would cost more than the case."""
    if address not in _clients:
        _clients[address] = httpx.Client(base_url=address, timeout=30)
    return _clients[address]


def _as_header(text: str) -> bytes:
    return "".join(character for character in text if character.isprintable()).strip().encode("utf-8", "replace")


def _sendable(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value.encode("utf-8", "replace").decode()) for name, value in parameters]
