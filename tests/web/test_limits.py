"""A server with small limits: past each one the answer is a clean error that names it, and nobody else notices.

How soon is for `benchmarks/attacked.py`; here times only tell what ends from what does not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from conftest import serving
from query.test_sandbox import COUNT, NESTED, ORDER, workers_of

ALL = "SELECT * { ?s ?p ?o }"

SECONDS_TO_REPLACE = 30
"""For a worker that was killed, on a busy machine."""


@pytest.fixture(scope="module")
def small(releases: Path) -> Iterator[tuple[int, httpx.Client]]:
    """Its process and a client."""
    limits = ["--query-seconds", "1.5", "--answer-size", "2"]
    with (
        serving("--releases", releases, *limits, "--query-workers", "1", "--queue", "1") as (process, address),
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield process.pid, client


def _asks(client: httpx.Client, query: str, **more: str | float) -> httpx.Response:
    return client.post("/sparql", data={"query": query, **more})


def _is_idle(client: httpx.Client) -> bool:
    lines = client.get("/metrics").text.splitlines()
    return "ivig_workers 1.0" in lines and "ivig_workers_busy 0.0" in lines


def _until_idle(client: httpx.Client) -> None:
    begun = time.monotonic()
    while not _is_idle(client):
        assert time.monotonic() - begun < SECONDS_TO_REPLACE
        time.sleep(0.02)


@pytest.fixture(scope="module")
def frugal(releases: Path) -> Iterator[tuple[int, httpx.Client]]:
    """The same for a server with little memory and all the time that a busy machine takes to fill it."""
    limits = [
        "--query-seconds",
        "60",
        "--query-memory",
        "48",
        "--query-workers",
        "1",
        "--queue",
        "1",
    ]
    with (
        serving("--releases", releases, *limits) as (process, address),
        httpx.Client(base_url=address, timeout=90) as client,
    ):
        yield process.pid, client


@pytest.mark.parametrize(
    ("server", "query", "detail"),
    [
        ("small", COUNT, "it may take 1.5 seconds"),
        ("small", NESTED, "nest only so deep"),
        ("frugal", ORDER, "it may take 48 MB of memory"),
    ],
)
def test_past_a_limit_it_is_named(request: pytest.FixtureRequest, server: str, query: str, detail: str) -> None:
    process, client = request.getfixturevalue(server)
    _until_idle(client)
    before = workers_of(process)
    answer = _asks(client, query)
    assert (answer.status_code, answer.json()["title"]) == (503, "Limit reached")
    assert detail in answer.json()["detail"]
    assert answer.headers["cache-control"] == "no-store"
    assert not before & workers_of(process)
    _until_idle(client)
    assert _asks(client, "ASK {}").json()["boolean"] is True


def test_a_client_may_give_less_time_and_not_more(small: tuple[int, httpx.Client]) -> None:
    _, client = small
    _until_idle(client)
    for given, taken in (("0.2", "0.2 seconds"), ("1000", "1.5 seconds")):
        assert taken in _asks(client, COUNT, timeout=given).json()["detail"]
        _until_idle(client)
    for wrong in ("-1", "nan", "inf", "soon"):
        answer = client.get("/sparql", params={"query": "ASK {}", "timeout": wrong})
        assert (answer.status_code, "number of seconds" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize("rows", [500, 5000])
def test_an_answer_is_complete_or_an_error(small: tuple[int, httpx.Client], rows: int) -> None:
    _, client = small
    answer = _asks(client, f"{ALL} LIMIT {rows}")
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == answer.num_bytes_downloaded
    assert len(answer.json()["results"]["bindings"]) == rows


def test_an_answer_larger_than_may_be_is_413(small: tuple[int, httpx.Client]) -> None:
    _, client = small
    answer = _asks(client, ALL)
    assert (answer.status_code, answer.json()["detail"]) == (413, "the answer has more than 2 MB")
    _until_idle(client)


def test_a_full_queue_says_when_to_come_back(small: tuple[int, httpx.Client]) -> None:
    _, client = small
    _until_idle(client)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda n: _asks(client, f"{COUNT} # {n}"), range(6)))
    busy = [answer for answer in answers if answer.json()["title"] == "Busy"]
    assert len(busy) >= 4
    assert all((answer.status_code, answer.headers["retry-after"]) == (503, "1") for answer in busy)


def test_saved_queries_pages_and_health_do_not_wait_behind_visitors(frugal: tuple[int, httpx.Client]) -> None:
    _, client = frugal
    _until_idle(client)

    def visitor(number: int) -> None:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/sparql", data={"query": f"{COUNT} # {number}"}, timeout=10)

    # One query for the only worker, one that waits for it.
    with ThreadPoolExecutor(2) as threads:
        visitors = [threads.submit(visitor, number) for number in range(2)]
        while _is_idle(client):
            time.sleep(0.02)
        for path in ("/health", "/queries/evidence-gaps?format=csv", "/condition/gout", "/queries/mechanisms"):
            assert client.get(path).status_code in (200, 404)
        assert not any(one.done() for one in visitors)
    for one in visitors:
        one.result()


def test_a_client_that_leaves_takes_its_query_with_it(frugal: tuple[int, httpx.Client]) -> None:
    process, client = frugal
    _until_idle(client)
    before = workers_of(process)
    with pytest.raises(httpx.ReadTimeout):
        client.post("/sparql", data={"query": COUNT + " # left"}, timeout=0.5)
    # The query itself may take a minute.
    _until_idle(client)
    assert not before & workers_of(process)


def test_equal_queries_at_a_time_are_one_query(small: tuple[int, httpx.Client]) -> None:
    _, client = small
    _until_idle(client)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?b ?q ?c . ?c ?r ?d } # together"
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.get("/sparql", params={"query": slow}), range(8)))
    # One worker and one place to wait: eight queries of their own would have been too many.
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].json().get("title") != "Busy"
