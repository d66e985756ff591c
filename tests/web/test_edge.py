"""What reaches the server as bytes: heads and bodies that are too large, too slow or no HTTP, and an end in order."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from conftest import serving
from query.test_sandbox import COUNT

SECONDS_FOR_A_HEAD = 10
SECONDS = 20
"""For what takes ten seconds, on a busy machine."""


def _sent(address: str, raw: bytes) -> tuple[bytes, float]:
    """The answer to bytes, and the seconds until the connection was closed."""
    place = urlsplit(address)
    begun = time.monotonic()
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=SECONDS + 10) as connection:
        connection.sendall(raw)
        try:
            return b"".join(iter(lambda: connection.recv(65536), b"")), time.monotonic() - begun
        except ConnectionResetError:
            return b"", time.monotonic() - begun


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: " + b"b" * 200_000 + b"\r\n\r\n", 431),
        (b"POST /sparql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n", 400),
        (b"GET /health HTTP/1.0\r\n\r\n", 200),
    ],
)
def test_what_is_no_request_is_refused(address: str, raw: bytes, status: int) -> None:
    answer, _ = _sent(address, raw)
    # Who still sends when the connection is closed may not read why.
    assert answer.split()[1:2] == [str(status).encode()] or (status == 431 and not answer)


def test_what_does_not_arrive_in_time_is_ended(address: str) -> None:
    """A head, a connection that says nothing, one that was answered, and a body: all at once, as each takes as long."""
    begun = [
        b"GET /health HTTP/1.1\r\nhost: x\r\nx-slow: ",
        b"",
        b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nhost: x\r\ncontent-type: application/sparql-query\r\ncontent-length: 10\r\n\r\nASK",
    ]
    with ThreadPoolExecutor(len(begun)) as threads:
        answers = list(threads.map(lambda raw: _sent(address, raw), begun))
    assert all(seconds < 2 * SECONDS for _, seconds in answers)
    assert answers[0][0] == answers[1][0] == b""
    assert b" 200 OK" in answers[2][0]
    assert b" 408 " in answers[3][0] and b"within 10 seconds" in answers[3][0]


def test_a_body_that_is_too_large_is_refused(server: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"#" * 100_000

    for content in (b"#" * 2_000_000, chunks()):
        answer = server.post("/sparql", content=content, headers={"content-type": "application/sparql-query"})
        assert (answer.status_code, answer.json()["title"]) == (413, "Too large")


def test_a_host_that_is_none_does_not_come_back(address: str) -> None:
    answer, _ = _sent(
        address, b'GET /.well-known/void HTTP/1.1\r\nhost: evil.example"><script>\r\nconnection: close\r\n\r\n'
    )
    assert b" 200 OK" in answer and b"evil" not in answer


def test_who_keeps_connections_for_nothing_shuts_out_nobody(address: str) -> None:
    place = urlsplit(address)
    idle = [socket.create_connection((place.hostname or "", place.port or 0)) for _ in range(500)]
    try:
        for connection in idle[::2]:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        assert httpx.get(f"{address}/health", timeout=SECONDS).status_code == 200
    finally:
        for connection in idle:
            connection.close()


def test_the_server_waits_only_so_long_for_what_is_in_work(releases: Path) -> None:
    with serving("--releases", releases, "--query-seconds", "2") as (process, address):
        answers: list[httpx.Response] = []
        ask = threading.Thread(
            target=lambda: answers.append(
                httpx.get(f"{address}/sparql", params={"query": COUNT.replace("?c", "?long")}, timeout=60)
            )
        )
        ask.start()
        while "ivig_workers_busy 1.0" not in httpx.get(f"{address}/metrics").text:
            assert not answers
        process.terminate()
        process.wait(timeout=SECONDS)
        ask.join()
        assert (answers[0].status_code, answers[0].json()["status"]) == (503, 503)


def test_tls(releases: Path, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    words = ("--releases", releases, "--tls-certificate", certificate, "--tls-key", key)
    with serving(*words) as (_, address):
        assert address.startswith("https://")
        assert httpx.get(f"{address}/health", verify=False).json()["status"] == "ok"
