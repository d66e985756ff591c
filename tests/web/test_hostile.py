"""Hostile queries: each ends in a clean answer or error, nothing is left of it, and others are served meanwhile."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import serving
from hostile import HOSTILE, MODEST
from query.test_sandbox import workers_of

LIMITS = ["--query-seconds", "1", "--query-memory", "128", "--answer-size", "8"]
ELSEWHERE = "127.0.0.2"
"""Another client: on Linux every address of loopback is there."""


@pytest.fixture(scope="module")
def strained(releases: Path) -> Iterator[tuple[int, str]]:
    with serving("--releases", releases, *LIMITS) as (process, address):
        yield process.pid, address


def processor_seconds(processes: set[int]) -> float:
    """Processor time that they have used."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def attack(client: httpx.Client, query: str) -> int:
    """The status of the answer; 0 where the connection was cut."""
    try:
        return client.post("/sparql", content=query, headers={"content-type": "application/sparql-query"}).status_code
    except httpx.RemoteProtocolError:
        return 0


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_and_leaves_nothing(strained: tuple[int, str], name: str) -> None:
    process, address = strained
    with httpx.Client(base_url=address, timeout=20) as client:
        begun = time.monotonic()
        status = attack(client, HOSTILE[name])
        # One second for the query, and some for a busy machine: none of them would end by itself.
        assert time.monotonic() - begun < 15
        assert status in (0, 200, 400, 413, 503)
        while "ivig_workers_busy 0.0" not in client.get("/metrics").text:
            assert time.monotonic() - begun < 25
        # A query left running takes all of a second; what the server does beside, a killed worker's heir among it, ends.
        spent = 1.0
        while spent > 0.5:
            used = processor_seconds({process, *workers_of(process)})
            time.sleep(1)
            spent = processor_seconds({process, *workers_of(process)}) - used
            assert time.monotonic() - begun < 40
        assert client.get("/sparql?query=ASK%7B%7D").json()["boolean"] is True


def test_others_are_served_meanwhile(strained: tuple[int, str]) -> None:
    _, address = strained
    stop = threading.Event()
    statuses: list[int] = []

    def attacker(first: int) -> None:
        transport = httpx.HTTPTransport(local_address=ELSEWHERE)
        queries = list(HOSTILE.values())
        with httpx.Client(base_url=address, timeout=30, transport=transport) as client:
            number = first
            while not stop.is_set():
                number += 1
                statuses.append(attack(client, f"{queries[number % len(queries)]} #{number}"))

    threads = [threading.Thread(target=attacker, args=(first,)) for first in (0, 5, 10, 15, 20)]
    for thread in threads:
        thread.start()
    try:
        asked = 0
        end = time.monotonic() + 8
        with httpx.Client(base_url=address, timeout=20) as client:
            while time.monotonic() < end:
                for path in MODEST:
                    answer = client.get(f"{path}%20%23{asked}" if "sparql" in path else path)
                    assert answer.status_code == 200, (path, answer.text)
                    asked += 1
        assert asked > 100
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(statuses) > 5
    assert set(statuses) <= {0, 200, 400, 413, 503}
