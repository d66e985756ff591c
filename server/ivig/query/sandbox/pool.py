"""The pool: which worker runs which query, who waits, and who is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn

from ivig.build.release import Release
from ivig.errors import Busy, IvigError, TooLong, TooMuchMemory
from ivig.query.sandbox.failures import unpacked_error
from ivig.query.sandbox.job import Frame, Job
from ivig.query.sandbox.limits import MEGABYTE, Limits
from ivig.query.sandbox.process import QUERIES_ALONE, WorkerProcess
from ivig.query.sandbox.usage import Usage

_RETRY_SECONDS = 1
_SHARE_SECONDS = 0.5
"""How long one who has no worker waits for one that another has beside its first."""
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
        self.client = client
        self._line = worker
        self._worker: WorkerProcess | None = worker
        self._seconds = seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, self.stop, "time")
        self.format = ""

    def stop(self, reason: str) -> None:
        """Stop the query, whether or not anybody reads its answer. Who reads on is told why."""
        if self._worker is not None:
            self._worker.stop(reason)
            self._over()

    async def begin(self, job: Job) -> None:
        """Hand over the job and read the format. Raises what the query did wrong."""
        try:
            self._line.writer.write(job.packed())
            kind, payload = await self._line.frame()
        except (EOFError, ConnectionError):
            await self._lost()
        if kind is Frame.ERROR:
            self._over()
            raise unpacked_error(payload)
        self.format = payload.decode()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The answer. Raises what stopped it."""
        while True:
            try:
                kind, payload = await self._line.frame()
            except (EOFError, ConnectionError):
                await self._lost()
            if kind is Frame.DATA:
                yield payload
            elif kind is Frame.END:
                self._over()
                return
            else:
                self._over()
                raise unpacked_error(payload)

    def close(self) -> None:
        """Give the worker back, or stop it where its answer was not read to the end."""
        self.stop("left")

    def _over(self) -> None:
        self._timer.cancel()
        worker, self._worker = self._worker, None
        if worker is not None:
            self._pool.end(worker, self)

    async def _lost(self) -> NoReturn:
        worker = self._line
        await worker.process.wait()
        if not worker.stopped_for:
            worker.stop(_CAUSES.get(-(worker.process.returncode or 0), "killed"))
        self._over()
        if worker.stopped_for == "time":
            raise TooLong(f"the query was stopped: it may take {self._seconds:g} seconds")
        if worker.stopped_for == "share":
            raise Busy("the query was stopped so that others have their turn: try again", _RETRY_SECONDS)
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

    Who waits gets a worker in the order of what the clients have had of late, so that one who asks once in a while goes
    before those that never stop. A client that has none and has waited a moment gets one of a client that has several.

    program: of the workers, a module and words for it. network: whether they may open connections.
    on_stop: told why each time that a worker had to be replaced:
    time, memory, left (the client went away), share
    (others waited), killed.
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
        self._running: dict[Running, None] = {}
        self._taken: Counter[str] = Counter()
        self._usage = Usage()
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
        worker = await self._free(client)
        running = Running(self, worker, client, job.seconds)
        self._running[running] = None
        self._usage.begin(client)
        try:
            await running.begin(job)
        except BaseException:
            running.close()
            raise
        return running

    async def _free(self, client: str) -> WorkerProcess:
        """A free worker, once it is this client's turn; it counts as the client's from then on."""
        if self._idle and self._may_run(client):
            self._taken[client] += 1
            return self._idle.pop()
        self._make_way(client)
        loop = asyncio.get_running_loop()
        turn = _Turn(client, loop.create_future())
        self._waiting.append(turn)
        timers = [
            loop.call_later(self.limits.patience, _give_up, turn.worker),
            loop.call_later(_SHARE_SECONDS, self._share, turn),
        ]
        try:
            return await turn.worker
        except BaseException:
            if turn.worker.done() and not turn.worker.cancelled() and turn.worker.exception() is None:
                self._give_back(turn.worker.result(), client)
            raise
        finally:
            for timer in timers:
                timer.cancel()
            with suppress(ValueError):
                self._waiting.remove(turn)

    def _make_way(self, client: str) -> None:
        """Let a client wait too. Raises Busy where it waits for its share already, or the queue is full of others.

        Of a full queue, who waits for several queries loses the last of them to one who waits for fewer.
        """
        waiting = Counter(turn.client for turn in self._waiting)
        if not self._closed and waiting[client] < max(1, self.limits.queue // 2):
            if len(self._waiting) < self.limits.queue:
                return
            greedy, most = next(iter(waiting.most_common(1)), ("", 0))
            if most > waiting[client] + 1:
                last = next(turn for turn in reversed(self._waiting) if turn.client == greedy)
                self._waiting.remove(last)
                _give_up(last.worker)
                return
        raise Busy(f"{self.busy} queries run and {self.queued} wait: try again", _RETRY_SECONDS)

    def _share(self, turn: _Turn) -> None:
        """Stop a query of a client that has several workers, where one that has none has waited for a moment."""
        if turn.worker.done() or self._taken[turn.client]:
            return
        running_now = Counter(running.client for running in self._running)
        greedy, most = next(iter(running_now.most_common(1)), ("", 0))
        if most > 1:
            # Of its queries the last: the least is lost.
            next(running for running in reversed(self._running) if running.client == greedy).stop("share")

    def _may_run(self, client: str) -> bool:
        return self._taken[client] < self.limits.per_client

    def end(self, worker: WorkerProcess, running: Running) -> None:
        """Take a worker back from a query."""
        self._running.pop(running, None)
        self._usage.end(running.client)
        self._give_back(worker, running.client)

    def _give_back(self, worker: WorkerProcess, client: str) -> None:
        self._taken[client] -= 1
        if self._taken[client] <= 0:
            del self._taken[client]
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
        """Of those that may run another query, who has had least; of equals, who has waited longest."""
        ready = [turn for turn in self._waiting if not turn.worker.done() and self._may_run(turn.client)]
        return min(ready, key=lambda turn: (self._taken[turn.client], self._usage.of(turn.client)), default=None)

    def _hand(self, turn: _Turn, worker: WorkerProcess) -> None:
        self._waiting.remove(turn)
        self._taken[turn.client] += 1
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
