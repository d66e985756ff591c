"""The pool: which worker runs which query, who waits, and who is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn

from ivig.ask.guarded.failures import failure
from ivig.ask.guarded.job import Frame, Job
from ivig.ask.guarded.limits import MEGABYTE, Limits
from ivig.ask.guarded.process import QUERIES_ALONE, WorkerProcess
from ivig.errors import Busy, IvigError, TooLong, TooMuchMemory
from ivig.release import Release

_RETRY_SECONDS = 1
# What a process dies of by itself: no memory left, no stack left, no processor time left.
_CAUSES: Mapping[int, str] = {
    signal.SIGABRT: "memory",
    signal.SIGSEGV: "memory",
    signal.SIGBUS: "memory",
    signal.SIGXCPU: "time",
}


class Running:
    """A query that runs: the format of its answer, then the bytes as they come."""

    def __init__(self, pool: Pool, worker: WorkerProcess, client: str, seconds: float) -> None:
        self._pool = pool
        self._client = client
        self._worker: WorkerProcess | None = worker
        self._seconds = seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, worker.stop, "time")
        self.format = ""

    async def begin(self, job: Job) -> None:
        """Hand over the job and read the format. Raises what the query did wrong."""
        worker = self._worker
        assert worker is not None
        try:
            worker.writer.write(job.packed())
            kind, payload = await worker.frame()
        except (EOFError, ConnectionError):
            await self._lost(worker)
        if kind is Frame.ERROR:
            self._over()
            raise failure(payload, job)
        self.format = payload.decode()

    async def chunks(self, job: Job) -> AsyncIterator[bytes]:
        """The answer. Raises what stopped it."""
        worker = self._worker
        assert worker is not None
        while True:
            try:
                kind, payload = await worker.frame()
            except (EOFError, ConnectionError):
                await self._lost(worker)
            if kind is Frame.DATA:
                yield payload
            elif kind is Frame.END:
                self._over()
                return
            else:
                self._over()
                raise failure(payload, job)

    def close(self) -> None:
        """Give the worker back, or stop it where its answer was not read to the end."""
        if self._worker is not None:
            self._worker.stop("left")
            self._over()

    def _over(self) -> None:
        self._timer.cancel()
        worker, self._worker = self._worker, None
        if worker is not None:
            self._pool.end(worker, self._client)

    async def _lost(self, worker: WorkerProcess) -> NoReturn:
        await worker.process.wait()
        if not worker.stopped_for:
            worker.stop(_CAUSES.get(-(worker.process.returncode or 0), "killed"))
        self._over()
        if worker.stopped_for == "time":
            raise TooLong(f"the query was stopped: it may take {self._seconds:g} seconds")
        if worker.stopped_for == "memory":
            allowed = self._pool.limits.memory // MEGABYTE
            raise TooMuchMemory(f"the query was stopped: it may take {allowed} MB of memory, and nest only so deep")
        raise Busy("the query was stopped with the process that it ran in: try again", _RETRY_SECONDS)


class _Turn(NamedTuple):
    """Somebody who waits for a worker."""

    client: str
    worker: asyncio.Future[WorkerProcess]


class Pool:
    """Workers on one release, shared among clients so that none of them can have all.

    program: of the workers, a module and words for it. network: whether they may open connections.
    on_stop: told why each time that a worker had to be replaced:
    time, memory, left (the client went away), killed.
    """

    def __init__(
        self,
        release: Release,
        limits: Limits,
        on_stop: Callable[[str], None] = lambda reason: None,
        program: Sequence[str] = (QUERIES_ALONE,),
        *,
        network: bool = False,
    ) -> None:
        self.limits = limits
        self._program = program
        self._network = network
        self._release = release
        self._on_stop = on_stop
        self._workers: set[WorkerProcess] = set()
        self._idle: list[WorkerProcess] = []
        self._waiting: deque[_Turn] = deque()
        self._running: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Start the workers. Raises IvigError where they cannot be had."""
        try:
            await asyncio.gather(*(self._add() for _ in range(self.limits.workers)))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop every worker and send away who waits."""
        self._closed = True
        for turn in self._waiting:
            if not turn.worker.done():
                turn.worker.set_exception(Busy("the server is being stopped", _RETRY_SECONDS))
        workers = list(self._workers)
        for worker in workers:
            worker.stop("closed")
        await asyncio.gather(*self._tasks, *(worker.gone() for worker in workers), return_exceptions=True)

    @property
    def up(self) -> int:
        """Workers that run."""
        return len(self._workers)

    @property
    def busy(self) -> int:
        """Workers that have a query."""
        return len(self._workers) - len(self._idle)

    @property
    def queued(self) -> int:
        """Queries that wait for a worker."""
        return len(self._waiting)

    async def run(self, job: Job, client: str = "") -> Running:
        """Start a query of a client; the caller closes what it gets.

        Raises Busy where too many wait or none was free in time, LimitReached, BadQuery, Refused or NotWanted.
        """
        worker = await self._free(client, job.seconds)
        running = Running(self, worker, client, job.seconds)
        try:
            await running.begin(job)
        except BaseException:
            running.close()
            raise
        return running

    async def _free(self, client: str, patience: float) -> WorkerProcess:
        """A free worker, once it is this client's turn; it counts as the client's from then on."""
        if self._idle and self._may_run(client):
            self._running[client] += 1
            return self._idle.pop()
        waiting = sum(1 for turn in self._waiting if turn.client == client)
        if self._closed or len(self._waiting) >= self.limits.queue or waiting >= max(1, self.limits.queue // 2):
            raise Busy(f"{self.busy} queries run and {self.queued} wait: try again", _RETRY_SECONDS)
        loop = asyncio.get_running_loop()
        turn = _Turn(client, loop.create_future())
        self._waiting.append(turn)
        timer = loop.call_later(patience, _give_up, turn.worker)
        try:
            return await turn.worker
        except BaseException:
            if turn.worker.done() and not turn.worker.cancelled() and turn.worker.exception() is None:
                self.end(turn.worker.result(), client)
            raise
        finally:
            timer.cancel()
            with suppress(ValueError):
                self._waiting.remove(turn)

    def _may_run(self, client: str) -> bool:
        return self._running[client] < self.limits.per_client

    def end(self, worker: WorkerProcess, client: str) -> None:
        """Take a worker back from a client."""
        self._running[client] -= 1
        if self._running[client] <= 0:
            del self._running[client]
        if worker.stopped_for:
            self._bury(worker)
        else:
            self._offer(worker)
        # One who had as many as it may have may now have another.
        while self._idle and (turn := self._next()) is not None:
            self._hand(turn, self._idle.pop())

    def _offer(self, worker: WorkerProcess) -> None:
        turn = self._next()
        if turn is None:
            self._idle.append(worker)
        else:
            self._hand(turn, worker)

    def _next(self) -> _Turn | None:
        """Who has waited longest among those that may run another query."""
        return next((turn for turn in self._waiting if not turn.worker.done() and self._may_run(turn.client)), None)

    def _hand(self, turn: _Turn, worker: WorkerProcess) -> None:
        self._waiting.remove(turn)
        self._running[turn.client] += 1
        turn.worker.set_result(worker)

    def _bury(self, worker: WorkerProcess) -> None:
        """Replace a worker that was stopped."""
        self._workers.discard(worker)
        if not self._closed:
            self._on_stop(worker.stopped_for)
            task = asyncio.get_running_loop().create_task(self._replace(worker))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _replace(self, worker: WorkerProcess) -> None:
        await worker.gone()
        while not self._closed:
            try:
                await self._add()
                return
            except (IvigError, OSError):
                # The machine has no room for it now: /ready says so, and it is tried again.
                await asyncio.sleep(_RETRY_SECONDS)

    async def _add(self) -> None:
        worker = await WorkerProcess.started(self._release, self.limits, self._program, self._network)
        if self._closed:
            worker.stop("closed")
            await worker.gone()
            return
        self._workers.add(worker)
        watch = asyncio.get_running_loop().create_task(self._watch(worker))
        self._tasks.add(watch)
        watch.add_done_callback(self._tasks.discard)
        self._offer(worker)

    async def _watch(self, worker: WorkerProcess) -> None:
        """Replace a worker that dies while it waits for a job."""
        await worker.process.wait()
        if worker in self._idle:
            self._idle.remove(worker)
            worker.stop("killed")
            self._bury(worker)


def _give_up(turn: asyncio.Future[WorkerProcess]) -> None:
    if not turn.done():
        turn.set_exception(Busy("no worker was free in time: try again", _RETRY_SECONDS))
