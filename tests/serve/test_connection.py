"""Connections: what is too large, too slow or no HTTP gets a clean end, and the next client is served."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from ask.test_guarded import COUNT
from conftest import serving


@pytest.fixture(scope="module")
def strict(releases: Path) -> Iterator[str]:
    """A server that waits one second and reads small heads."""
    bounds = ["--read-seconds", "1", "--write-seconds", "1", "--head-size", "8192", "--body-size", "20000"]
    with serving("--releases", releases, *bounds) as (_, address):
        yield address


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)


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
        (b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 3000 + b"\r\n", 431),
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


def test_more_connections_than_may_be_are_sent_away_and_idle_ones_closed(releases: Path) -> None:
    with serving("--releases", releases, "--connections", "3", "--idle-seconds", "1") as (_, address):
        asked = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
        kept = [_connected(address) for _ in range(3)]
        for connection in kept:
            connection.sendall(asked)
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
        refused = _exchange(address, asked)
        assert _problem(refused) == (503, "3 connections are open: try again")
        assert b"retry-after: 1" in refused.lower()
        since = time.monotonic()
        for connection in kept:
            assert _rest(connection) == b""
            connection.close()
        assert 0.3 < time.monotonic() - since < 9
        assert httpx.get(f"{address}/health").status_code == 200


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
