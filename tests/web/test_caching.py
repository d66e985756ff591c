"""Answers are made once: strong ETags, 304, compression, and a cache that keeps within its bounds."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from pathlib import Path

import brotli
import httpx
import pytest
import zstandard

from conftest import serving
from ivig.web.cache import AnswerCache, KeptAnswer

CONDITIONS = "/queries/conditions?format=csv"
DECODERS = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
}


@pytest.mark.parametrize(
    "path",
    [
        CONDITIONS,
        "/",
        "/condition/guillain-barre-syndrome",
        "/sparql",
        "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%2020",
    ],
)
def test_what_has_not_changed_is_not_sent_again(server: httpx.Client, path: str) -> None:
    first = server.get(path)
    assert re.fullmatch(r'"[0-9a-f]{32}"', first.headers["etag"])
    assert first.headers["cache-control"] == "public, max-age=60"
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = server.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = server.get(path, headers={"if-none-match": '"0123"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("identity", None),
        ("br;q=0, gzip;q=0", None),
        ("br;q=nonsense", None),
        ("", None),
    ],
)
def test_the_encoding_that_the_client_likes_best(server: httpx.Client, accepted: str, encoding: str | None) -> None:
    plain = server.get(CONDITIONS, headers={"accept-encoding": "identity"})
    with server.stream("GET", CONDITIONS, headers={"accept-encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    if encoding:
        assert len(raw) < len(plain.content) / 3
        assert DECODERS[encoding](raw) == plain.content
        assert answer.headers["etag"] != plain.headers["etag"]


def test_head_has_the_headers_of_get_and_no_body(server: httpx.Client) -> None:
    for path in (CONDITIONS, "/sparql?query=ASK%7B%7D", "/health", "/condition/nothing-of-that-name"):
        get, head = server.get(path), server.head(path)
        assert head.content == b""
        assert head.status_code == get.status_code
        for name in ("content-type", "etag", "cache-control", "content-length"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def _raw(server: httpx.Client, *lines: str) -> bytes:
    """The answer to a request as it stands, which no client library would send."""
    url = server.base_url
    with socket.create_connection((url.host, url.port or 80), timeout=60) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "Connection: close", "")).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_no_header_that_is_there_twice_gives_others_a_wrong_answer(server: httpx.Client) -> None:
    host, path = server.base_url.netloc.decode(), "/queries/evidence-summary"
    twice = _raw(server, f"GET {path} HTTP/1.1", f"Host: {host}", "Accept: text/html", "Accept: text/csv;q=0.5")
    assert b"content-type: text/html" in twice
    assert server.get(path, headers={"accept": "text/csv;q=0.5"}).headers["content-type"].startswith("text/csv")
    _raw(server, "GET /.well-known/void HTTP/1.1", "Host: evil.example", f"Host: {host}")
    assert "evil.example" not in server.get("/.well-known/void").text


def test_lines_of_one_header_mean_what_they_mean_together(server: httpx.Client) -> None:
    host = server.base_url.netloc.decode()
    lines = ("GET /queries/conditions HTTP/1.1", f"Host: {host}", "Accept: image/png", "Accept: text/csv")
    assert b"content-type: text/csv" in _raw(server, *lines)


def test_the_scheme_of_a_proxy_is_part_of_what_is_asked(releases: Path) -> None:
    with serving("--releases", releases, "--trusted-proxies", "127.0.0.1") as (_, address):
        for scheme in ("http", "https"):
            headers = {"x-forwarded-proto": scheme, "x-forwarded-for": "192.0.2.1", "host": "kg.example"}
            assert f"<{scheme}://kg.example/sparql>" in httpx.get(f"{address}/.well-known/void", headers=headers).text


def test_errors_are_not_kept(server: httpx.Client) -> None:
    for path in ("/queries/evidence-for-condition?condition=nonsense", "/sparql?query=ASK", "/nothing"):
        answer = server.get(path)
        assert answer.status_code >= 400
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


def test_a_query_is_answered_once_by_get_and_every_time_by_post(server: httpx.Client) -> None:
    query = "SELECT (COUNT(*) AS ?shared) { ?s ?p ?o }"

    def found(answer: str) -> float:
        return float(re.findall(rf'ivig_cache_total{{found="{answer}"}} (\S+)', server.get("/metrics").text)[0])

    first = server.get("/sparql", params={"query": query})
    hits, misses = found("yes"), found("no")
    second = server.get("/sparql", params={"query": query})
    third = server.post("/sparql", content=query, headers={"content-type": "application/sparql-query"})
    assert first.content == second.content == third.content
    assert (found("yes") - hits, found("no") - misses) == (1, 0)
    assert third.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()", "uuid()"])
def test_what_has_another_answer_each_time_is_not_kept(server: httpx.Client, call: str) -> None:
    query = f"SELECT ({call} AS ?x) {{}}"
    answers = [server.get("/sparql", params={"query": query, "format": "json"}) for _ in range(2)]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    if call != "BNODE()":
        assert answers[0].text != answers[1].text


def _answer(size: int) -> KeptAnswer:
    return KeptAnswer(200, [], b"x" * size, b'"x"', {})


def test_the_cache_keeps_within_its_bytes_and_drops_the_least_used() -> None:
    async def test() -> None:
        cache = AnswerCache(100_000)
        for name in "abcdefgh":
            await cache.made_once(name, lambda: _made(_answer(20_000)))
            cache.get("a")
            assert cache.size <= 100_000
        assert cache.get("a") is not None
        assert cache.get("b") is None
        await cache.made_once("large", lambda: _made(_answer(30_000)))
        assert cache.get("large") is None

    asyncio.run(test())


def test_one_makes_it_and_the_others_wait_also_for_an_error() -> None:
    async def test() -> None:
        cache, made = AnswerCache(100_000), []

        async def make() -> KeptAnswer:
            made.append(1)
            await asyncio.sleep(0.05)
            if len(made) == 2:
                raise ValueError("once for all")
            return _answer(10)

        answers = await asyncio.gather(*(cache.made_once("a", make) for _ in range(5)))
        assert (len(made), len(set(map(id, answers)))) == (1, 1)
        errors = await asyncio.gather(*(cache.made_once("b", make) for _ in range(5)), return_exceptions=True)
        assert (len(made), {type(error) for error in errors}) == (2, {ValueError})

    asyncio.run(test())


def test_an_error_is_for_all_that_wait_and_for_nobody_after() -> None:
    async def test() -> None:
        cache, made = AnswerCache(100_000), []

        async def make() -> KeptAnswer:
            made.append(1)
            await asyncio.sleep(0.01)
            return _answer(10)._replace(status=503)

        answers = await asyncio.gather(*(cache.made_once("a", make) for _ in range(4)))
        assert ({answer.status for answer in answers if answer}, len(made)) == ({503}, 1)
        assert cache.get("a") is None

    asyncio.run(test())


def test_who_waits_for_one_that_left_makes_its_own() -> None:
    async def test() -> None:
        cache = AnswerCache(100_000)

        async def forever() -> KeptAnswer:
            await asyncio.sleep(60)
            return _answer(1)

        first = asyncio.create_task(cache.made_once("a", forever))
        await asyncio.sleep(0)
        second = asyncio.create_task(cache.made_once("a", forever))
        await asyncio.sleep(0.01)
        first.cancel()
        assert await second is None

    asyncio.run(test())


async def _made(answer: KeptAnswer) -> KeptAnswer:
    return answer
