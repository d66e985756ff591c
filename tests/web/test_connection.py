"""Connections: what is too large, too slow or no HTTP gets a clean end, and the next client is served."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from conftest import serving
from query.test_sandbox import COUNT


@pytest.fixture(scope="module")
def strict(releases: Path) -> Iterator[str]:
    """A server that waits one second and reads small heads."""
    bounds = ["--read-seconds", "1", "--write-seconds", "1", "--head-size", "8192", "--body-size", "20000"]
    with serving("--releases", releases, *bounds) as (_, address):
        yield address


HEALTH = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"


def _connected(address: str, client: str = "127.0.0.1") -> socket.socket:
    """A connection from an address of loopback: on Linux every one of them is there."""
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10, source_address=(client, 0))


def _rest(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    found = b""
    try:
        while chunk := connection.recv(65536):
            found += chunk
    except ConnectionResetError:
        pass
    return found


def _exchange(address: str, *parts: bytes) -> bytes:
    with _connected(address) as connection:
        for part in parts:
            try:
                connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
        return _rest(connection)


def _problem(raw: bytes) -> tuple[int, str]:
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 431),
        (b"GET /health HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET /health HTTP/1.1\r\nhost: x\r\n" + b"x: y\r\n" * 3000 + b"\r\n", 431),
        (b"GET /health HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 3_000_000, 431),
        (b"this is not http\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, 400),
        (b"GET /caf\xc3\xa9 HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_or_too_large_is_refused(strict: str, request_: bytes, status: int) -> None:
    assert _problem(_exchange(strict, request_))[0] == status
    assert httpx.get(f"{strict}/health").status_code == 200


def test_a_body_that_is_too_large_is_refused(strict: str) -> None:
    answer = httpx.post(f"{strict}/sparql", content="#" * 20_001, headers={"content-type": "application/sparql-query"})
    assert (answer.status_code, answer.json()["detail"]) == (413, "the body of a request may have 20000 bytes")


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /health HT",
        b"GET /health HTTP/1.1\r\nhost: x\r\n",
        b"POST /sparql HTTP/1.1\r\nhost: x\r\ncontent-type: application/sparql-query\r\ncontent-length: 100\r\n\r\nASK",
    ],
)
def test_a_request_that_does_not_arrive_is_ended(strict: str, begun: bytes) -> None:
    since = time.monotonic()
    status, detail = _problem(_exchange(strict, begun))
    assert (status, detail) == (408, "a request has to arrive within 1 seconds")
    assert 0.8 < time.monotonic() - since < 9


def test_one_byte_at_a_time_is_too_slow(strict: str) -> None:
    since = time.monotonic()
    with _connected(strict) as connection:
        try:
            for _ in range(150):
                connection.sendall(b"a")
                time.sleep(0.1)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert time.monotonic() - since < 9


def test_a_connection_that_says_nothing_is_closed(strict: str) -> None:
    since = time.monotonic()
    assert _exchange(strict) == b""
    assert time.monotonic() - since < 9


def test_a_client_that_takes_nothing_is_left(strict: str) -> None:
    with _connected(strict) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.sendall(b"GET /graph/data?format=ntriples HTTP/1.1\r\nhost: x\r\n\r\n")
        time.sleep(4)
        taken = len(_rest(connection))
    whole = len(httpx.get(f"{strict}/graph/data?format=ntriples").content)
    # What the systems on both sides had buffered by then has arrived, and no more.
    assert 0 < taken < whole


def test_a_slow_client_that_goes_on_gets_all_of_it(strict: str) -> None:
    with _connected(strict) as connection:
        connection.sendall(b"GET /graph/links?format=ntriples HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        found = b""
        while chunk := connection.recv(100_000):
            found += chunk
            time.sleep(0.1)
    length = int(found.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    assert len(found.partition(b"\r\n\r\n")[2]) == length


def test_requests_in_one_go_are_answered_in_turn(strict: str) -> None:
    one = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    last = b"GET /ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    raw = _exchange(strict, one * 3 + last)
    assert raw.count(b"HTTP/1.1 200 OK") == 4
    assert b'"workers"' in raw.rpartition(b"\r\n\r\n")[2]


def test_a_host_that_is_none_does_not_come_back(strict: str) -> None:
    for host in (b"evil.example/<script>", b'x" onload="y', b"a b"):
        raw = _exchange(strict, b"GET /sparql HTTP/1.1\r\nhost: " + host + b"\r\nconnection: close\r\n\r\n")
        assert b"<http://localhost/sparql>" in raw
        assert host not in raw


def _answered(connection: socket.socket) -> bytes:
    """The answer to a request for `/health`."""
    connection.sendall(HEALTH)
    answer = b""
    while not answer.endswith(b"}"):
        chunk = connection.recv(65536)
        assert chunk, answer
        answer += chunk
    return answer


def test_more_connections_than_may_be_are_sent_away_while_all_are_busy(releases: Path) -> None:
    with serving("--releases", releases, "--connections", "2", "--query-seconds", "4") as (_, address):
        body = urlencode({"query": COUNT}).encode()
        asked = b"POST /sparql HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        busy = [_connected(address) for _ in range(2)]
        for connection in busy:
            connection.sendall(asked + b"content-length: %d\r\n\r\n" % len(body) + body)
            # Before the next connection, so that its request is there.
            time.sleep(0.5)
        for _ in range(3):
            refused = _exchange(address, HEALTH)
            assert _problem(refused) == (503, "as many connections are open as may be: try again")
            assert b"retry-after: 1" in refused.lower()
        for connection in busy:
            assert connection.recv(12) == b"HTTP/1.1 503"
            connection.close()
        assert httpx.get(f"{address}/health").status_code == 200


def test_an_idle_connection_is_closed(releases: Path) -> None:
    with serving("--releases", releases, "--idle-seconds", "1") as (_, address), _connected(address) as connection:
        assert _answered(connection).startswith(b"HTTP/1.1 200")
        since = time.monotonic()
        assert _rest(connection) == b""
        assert 0.3 < time.monotonic() - since < 9


def test_who_keeps_connections_for_nothing_shuts_out_nobody(releases: Path) -> None:
    with serving("--releases", releases, "--connections", "30", "--read-seconds", "60") as (_, address):
        neighbour = _connected(address)
        assert _answered(neighbour).startswith(b"HTTP/1.1 200")
        greedy = [_connected(address, "127.0.0.2") for _ in range(40)]
        for connection in greedy:
            with suppress(OSError):
                connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n")
        # It has the share of one client, and of those the youngest; so its neighbour's is as it was. One that has to go
        # is told so if the head of its request was there by then.
        assert {_ends_with(connection)[:12] for connection in greedy[:20]} <= {b"HTTP/1.1 503", b""}
        assert _answered(neighbour).startswith(b"HTTP/1.1 200")
        assert httpx.get(f"{address}/health").status_code == 200
        # From many addresses it takes all of them, and still each newcomer is served.
        for number in range(3, 6):
            greedy += [_connected(address, f"127.0.0.{number}") for _ in range(20)]
        assert httpx.get(f"{address}/health").status_code == 200
        for connection in (neighbour, *greedy):
            connection.close()


def test_behind_a_trusted_proxy_are_many_clients(releases: Path) -> None:
    bounds = ["--client-connections", "2", "--trusted-proxies", "127.0.0.1"]
    with serving("--releases", releases, *bounds) as (_, address):
        kept = [_connected(address) for _ in range(10)]
        assert all(_answered(connection).startswith(b"HTTP/1.1 200") for connection in (*kept, *kept))
        others = [_connected(address, "127.0.0.2") for _ in range(10)]
        assert [_ends_with(connection) for connection in others[:8]] == [b""] * 8
        for connection in (*kept, *others):
            connection.close()


def _ends_with(connection: socket.socket) -> bytes:
    try:
        return _rest(connection)
    except TimeoutError:
        return b"is still open"


@pytest.mark.parametrize(
    ("head", "status", "detail"),
    [
        (b"GET /health HTTP/1.1", 400, "a request has one Host, not none"),
        (b"GET /health HTTP/1.1\r\nhost: a\r\nHost: a", 400, "a request has one Host, not 2"),
        (b"GET /health HTTP/1.0\r\nhost: a\r\nHost: b", 400, "a request has one Host, not 2"),
        (b"POST /sparql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip", 400, "is chunked"),
        (b"POST /sparql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked", 400, "is chunked"),
        (b"POST /sparql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: identity", 400, "is chunked"),
        (b"POST /sparql HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 20001", 413, "20000 bytes"),
        (b"POST /sparql HTTP/1.1\r\nhost: a\r\ncontent-encoding: gzip\r\ncontent-length: 20", 415, "as it is"),
        (b"POST /sparql HTTP/1.1\r\nhost: a\r\ncontent-encoding: br\r\ntransfer-encoding: chunked", 415, "as it is"),
    ],
)
def test_a_head_that_makes_no_good_request_is_refused_at_once(
    strict: str, head: bytes, status: int, detail: str
) -> None:
    raw = _exchange(strict, head + b"\r\n\r\n")
    found, why = _problem(raw)
    assert (found, detail in why) == (status, True), why
    # The application never saw it, and its headers are those of the application all the same.
    fields = dict(line.lower().split(b": ", 1) for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:])
    assert (fields[b"cache-control"], fields[b"x-content-type-options"]) == (b"no-store", b"nosniff")
    assert {b"date", b"content-security-policy", b"content-length"} <= set(fields)


def test_the_old_protocol_needs_no_host(strict: str) -> None:
    assert _exchange(strict, b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")
    plain = b"POST /sparql HTTP/1.1\r\nhost: a\r\ncontent-encoding: identity\r\nconnection: close\r\n"
    asked = b"content-type: application/sparql-query\r\ncontent-length: 5\r\n\r\nASK{}"
    assert _exchange(strict, plain + asked).startswith(b"HTTP/1.1 200")


def test_who_sends_far_too_much_still_reads_why_not(strict: str) -> None:
    answer = httpx.post(
        f"{strict}/sparql", content=b"#" * 30_000_000, headers={"content-type": "application/sparql-query"}
    )
    assert (answer.status_code, answer.json()["title"]) == (413, "Too large")


def test_what_the_connection_refuses_is_counted_and_logged(releases: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    late = b"POST /sparql HTTP/1.1\r\nhost: x\r\ncontent-type: application/sparql-query\r\ncontent-length: 9\r\n\r\nA"
    with serving("--releases", releases, "--access-log", log, "--read-seconds", "1") as (_, address):
        sent = [
            b"GET /queries/a?name=secret HTTP/1.1\r\n\r\n",
            b'nothing\n{"secret": 1}\r\n\r\n',
            b"GET /health%0Ahere HTTP/1.1\r\nhost: x\r\nx: " + b"secret" * 20_000,
            b"POST /sparql?secret HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\n",
            b"HEAD /ready HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n",
            b"GET /condition/x HTTP/1.1\r\nsecret",
            late,
        ]
        for request in sent:
            _exchange(address, request)
        counters = httpx.get(f"{address}/metrics").text
    lines = [json.loads(line) for line in log.read_text().splitlines()][: len(sent)]
    assert "secret" not in log.read_text()
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/queries/a", 400), (None, "", 400), ("GET", "/health\nhere", 431), ("POST", "/sparql", 413),
        ("HEAD", "/ready", 400), ("GET", "/condition/x", 408), ("POST", "/sparql", 408),
    ]  # fmt: skip
    assert all(line["client"] == "127.0.0.1" and line["ms"] >= 0 for line in lines)
    assert [line["bytes"] > 0 for line in lines] == [True, True, True, True, False, True, True]
    for area, status in (("queries", 400), ("other", 431), ("sparql", 413), ("ready", 400), ("sparql", 408)):
        assert f'ivig_requests_total{{area="{area}",status="{status}"}} 1.0' in counters


def test_the_server_waits_only_so_long_for_what_is_in_flight(releases: Path) -> None:
    with serving("--releases", releases, "--stop-seconds", "1", "--query-seconds", "30") as (process, address):
        answers: list[httpx.Response] = []
        asking = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{address}/sparql", data={"query": COUNT}, timeout=60))
        )
        asking.start()
        while "ivig_workers_busy 1.0" not in httpx.get(f"{address}/metrics").text:
            time.sleep(0.01)
        since = time.monotonic()
        process.terminate()
        process.wait(timeout=20)
        assert time.monotonic() - since < 15
        asking.join()
        assert (answers[0].status_code, answers[0].json()["title"]) == (503, "Busy")
