"""The guarded engine: whatever a query does, it alone ends, in time, and the next one finds a worker."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ivig.build.release import Release
from ivig.errors import AnswerTooLarge, BadQuery, Busy, IvigError, Refused, TooLong, TooMuchMemory
from ivig.query import Graph
from ivig.query.sandbox import Job, Limits, NotWanted, Pool

CROSS = "{ ?a ?p ?b . ?c ?q ?d }"
COUNT = f"SELECT (COUNT(*) AS ?n) {CROSS}"
ORDER = f"SELECT * {CROSS} ORDER BY ?a"
NESTED = "ASK " + "{" * 100_000 + "}" * 100_000
SECONDS = 10
"""For what happens soon: a busy machine may need some. How soon is for `benchmarks/attacked.py`."""
LIMITS = Limits(seconds=1, memory=96_000_000, answer=1_000_000, workers=1, queue=1)


@asynccontextmanager
async def pool_of(release: Release, limits: Limits = LIMITS) -> AsyncIterator[tuple[Pool, list[str]]]:
    """A pool, and why workers were stopped."""
    reasons: list[str] = []
    pool = Pool(release, limits, reasons.append)
    await pool.start()
    try:
        yield pool, reasons
    finally:
        await pool.close()


async def answer(pool: Pool, query: str, client: str = "", **more: Any) -> tuple[str, bytes]:
    job = Job(query, seconds=pool.limits.seconds, answer=pool.limits.answer)._replace(**more)
    out = io.BytesIO()
    format_name = await pool.answer(job, client, out)
    return format_name, out.getvalue()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, as long as a busy machine may need."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < SECONDS, "not in time"
        await asyncio.sleep(0.01)


def workers_of(process: int) -> set[int]:
    """The processes in which a server runs queries."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"ivig.query.sandbox.worker" in words and parent == process:
            found.add(int(path.name))
    return found


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_it_answers_in_the_format_of_the_kind(graph: Graph) -> None:
    async def test() -> None:
        async with pool_of(graph.release) as (pool, _):
            assert await answer(pool, "ASK {}") == ("json", b'{"head":{},"boolean":true}')
            assert await answer(pool, "SELECT (1 AS ?x) {}", rows="csv") == ("csv", b"x\r\n1\r\n")
            format_name, triples = await answer(pool, "CONSTRUCT { <x:a> <x:b> 1 } {}", triples="ntriples")
            assert (format_name, triples.split()[:2]) == ("ntriples", [b"<x:a>", b"<x:b>"])

    run(test)


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ("SELECT *\nWHERE { ?s ?p }", BadQuery, "line 2, column 16: expected"),
        ("CLEAR ALL", Refused, "updates are refused"),
        ("ASK { SERVICE <http://127.0.0.1:1/> {} }", Refused, "SERVICE is refused"),
        ("SELECT * { ?s ?p ?o }", AnswerTooLarge, "more than 1 MB"),
    ],
)
def test_what_is_wrong_with_a_query_costs_no_worker(
    graph: Graph, query: str, error: type[IvigError], message: str
) -> None:
    async def test() -> None:
        async with pool_of(graph.release, LIMITS._replace(seconds=60)) as (pool, reasons):
            before = workers_of(os.getpid())
            with pytest.raises(error, match=message):
                await answer(pool, query)
            assert (workers_of(os.getpid()), reasons, pool.busy) == (before, [], 0)

    run(test)


def test_a_kind_that_the_client_takes_in_no_format_is_not_made(graph: Graph) -> None:
    async def test() -> None:
        async with pool_of(graph.release) as (pool, _):
            with pytest.raises(NotWanted) as raised:
                await answer(pool, "DESCRIBE <x:a>", triples=None)
            assert raised.value.kind == "triples"

    run(test)


@pytest.mark.parametrize(
    ("query", "error", "reason", "message"),
    [
        (COUNT, TooLong, "time", "it may take 1 seconds"),
        (ORDER, TooMuchMemory, "memory", "it may take 96 MB"),
        (NESTED, TooMuchMemory, "memory", "nest only so deep"),
    ],
)
def test_past_a_limit_the_worker_is_killed_and_replaced(
    graph: Graph, query: str, error: type[IvigError], reason: str, message: str
) -> None:
    async def test() -> None:
        limits = LIMITS._replace(seconds=30) if reason == "memory" else LIMITS
        async with pool_of(graph.release, limits) as (pool, reasons):
            before = workers_of(os.getpid())
            assert len(before) == 1
            with pytest.raises(error, match=message):
                await answer(pool, query)
            # No process of before is left to use the processor.
            assert not before & workers_of(os.getpid())
            await until(lambda: pool.up == 1 and pool.busy == 0)
            assert reasons == [reason]
            assert (await answer(pool, "ASK {}"))[0] == "json"

    run(test)


def test_who_finds_the_queue_full_is_told_when_to_come_back(graph: Graph) -> None:
    async def test() -> None:
        async with pool_of(graph.release) as (pool, _):
            running = asyncio.create_task(answer(pool, COUNT))
            await until(lambda: pool.busy == 1)
            waiting = asyncio.create_task(answer(pool, "ASK {}"))
            await until(lambda: pool.queued == 1)
            with pytest.raises(Busy, match="queries run and") as raised:
                await answer(pool, "ASK {}", client="somebody else")
            assert raised.value.retry_after >= 1
            with pytest.raises(TooLong):
                await running
            # It waited as long as a query may run; the new worker may come a moment too late for it.
            done = (await asyncio.gather(waiting, return_exceptions=True))[0]
            assert isinstance(done, Busy) or done[0] == "json"
            assert pool.queued == 0

    run(test)


def test_no_client_can_have_all_workers_or_all_places(graph: Graph) -> None:
    async def test() -> None:
        limits = LIMITS._replace(workers=2, per_client=1, queue=4, seconds=60)
        async with pool_of(graph.release, limits) as (pool, _):
            greedy = [asyncio.create_task(answer(pool, f"{COUNT} # {n}", client="greedy")) for n in range(4)]
            await until(lambda: pool.busy == 1 and pool.queued == 2)
            # The fourth of them found its half of the queue full, and the second worker is for others.
            assert sum(task.done() and isinstance(task.exception(), Busy) for task in greedy) == 1
            for _ in range(20):
                await answer(pool, "ASK {}", client="modest")
            assert pool.busy == 1
            for task in greedy:
                task.cancel()
            await asyncio.gather(*greedy, return_exceptions=True)
            await until(lambda: pool.queued == 0 and pool.busy == 0 and pool.up == 2)
            assert (await answer(pool, "ASK {}", client="greedy"))[0] == "json"

    run(test)


def test_who_waits_for_a_second_query_lets_others_go_first(graph: Graph) -> None:
    async def test() -> None:
        limits = LIMITS._replace(queue=8, per_client=1, seconds=120, patience=120)
        async with pool_of(graph.release, limits) as (pool, _):
            first = asyncio.create_task(answer(pool, COUNT, client="greedy"))
            await until(lambda: pool.busy == 1)
            done: list[str] = []

            async def asks(client: str) -> None:
                await answer(pool, "ASK {}", client=client)
                done.append(client)

            waiting = []
            for client in ("greedy", "greedy", "modest"):
                waiting.append(asyncio.create_task(asks(client)))
                await until(lambda: pool.queued == len(waiting))
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            await asyncio.gather(*waiting)
            assert done == ["modest", "greedy", "greedy"]

    run(test)


def test_a_worker_whose_answer_nobody_reads_is_stopped(graph: Graph) -> None:
    async def test() -> None:
        async with pool_of(graph.release) as (pool, reasons):
            task = asyncio.create_task(answer(pool, COUNT))
            await until(lambda: pool.busy == 1)
            before = workers_of(os.getpid())
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await until(lambda: reasons == ["left"] and pool.busy == 0 and pool.up == 1)
            assert not before & workers_of(os.getpid())

    run(test)


def test_a_worker_that_is_killed_from_outside_is_replaced(graph: Graph) -> None:
    async def test() -> None:
        async with pool_of(graph.release) as (pool, reasons):
            os.kill(workers_of(os.getpid()).pop(), signal.SIGKILL)
            await until(lambda: reasons == ["killed"] and pool.up == 1)
            assert (await answer(pool, "ASK {}"))[0] == "json"
            task = asyncio.create_task(answer(pool, COUNT))
            await until(lambda: pool.busy == 1)
            os.kill(workers_of(os.getpid()).pop(), signal.SIGKILL)
            with pytest.raises(Busy, match="stopped with the process"):
                await task

    run(test)


def test_closing_leaves_no_process(graph: Graph) -> None:
    async def test() -> None:
        async with pool_of(graph.release, LIMITS._replace(workers=3)) as (pool, _):
            assert (pool.up, len(workers_of(os.getpid()))) == (3, 3)
            task = asyncio.create_task(answer(pool, COUNT))
            await until(lambda: pool.busy == 1)
        assert workers_of(os.getpid()) == set()
        with pytest.raises(IvigError):
            await task

    run(test)


def test_a_release_that_is_not_there_starts_no_worker(tmp_path: Path) -> None:
    async def test() -> None:
        with pytest.raises(IvigError, match="a worker did not start"):
            await Pool(Release(tmp_path), LIMITS).start()

    run(test)
