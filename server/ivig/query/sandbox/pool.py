"""The pool: which worker runs which query, who waits, and who is stopped."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

from ivig.build.release import Release
from ivig.errors import Busy, IvigError, LimitReached, TooLong, TooMuchMemory
from ivig.query.remote import Endpoint
from ivig.query.sandbox.job import HEAD, Frame, Job, unpacked_error
from ivig.query.sandbox.limits import MEGABYTE, Limits
from ivig.query.sandbox.shares import Shares

QUERIES_ALONE = "ivig.query.sandbox.worker"
"""The program of workers that answer queries and do nothing else."""

_RETRY_SECONDS = 1
_START_SECONDS = 180
"""That a worker may take to start, and does where a machine has much else to do; one that hangs is not waited for."""
_READ_AHEAD = 1 << 20
"""Bytes of an answer that wait in the server while what came before is dealt with."""
# What a process dies of by itself: no memory left, no stack left, no processor time left.
_CAUSES: Mapping[int, str] = {
    signal.SIGABRT: "memory",
    signal.SIGSEGV: "memory",
    signal.SIGBUS: "memory",
    signal.SIGXCPU: "time",
}


class Writable(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some more, and say how many they are."""


class Pool:
    """Workers on one release, shared among clients so that none of them can have all.

    A client has `per_client` workers at most and waits in the queue for more; who waits is served in the order of
    coming. A worker that is past a limit, or whose client went away, is killed and replaced.
    """

    def __init__(
        self,
        release: Release,
        limits: Limits,
        on_stop: Callable[[str], None] = lambda reason: None,
        program: Sequence[str] = (QUERIES_ALONE,),
        endpoint: Endpoint | None = None,
    ) -> None:
        """
        :param on_stop: told why each time that a worker had to be replaced: time, memory, left (the client went away),
            killed
        :param program: of the workers, a module and words for it
        :param endpoint: of the engine that holds the release; None for its own store
        """
        self.limits = limits
        # An engine is given up a little sooner than the worker that waits for it, so that who asked is told why.
        known = [endpoint.url, endpoint.named, min(endpoint.seconds, 0.9 * limits.seconds)] if endpoint else None
        self._program = (program[0], json.dumps(known) if known else "", *program[1:])
        self._release = release
        self._on_stop = on_stop
        self._workers: set[_Worker] = set()
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._shares = Shares(limits.per_client)
        self._waiting: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.busy = 0
        """Workers that have a query."""

    async def start(self) -> None:
        """Start the workers.

        :raises IvigError: where they cannot be had
        """
        try:
            await asyncio.gather(*(self._add() for _ in range(self.limits.workers)))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop every worker. Who waits for an answer gets Busy."""
        self._closed = True
        workers = list(self._workers)
        for worker in workers:
            worker.stop("closed")
        await asyncio.gather(*self._tasks, *(worker.gone() for worker in workers), return_exceptions=True)

    @property
    def up(self) -> int:
        """Workers that run."""
        return len(self._workers)

    @property
    def queued(self) -> int:
        """Queries that wait for a worker."""
        return self._waiting.total()

    async def answer(self, job: Job, client: str, out: Writable) -> str:
        """Run a job, and write its answer as it comes. Cancelled, it stops the job.

        :param client: whose share it counts for
        :param out: holds no complete answer where this raises
        :returns: the name of the format of the answer
        :raises Busy: where too many wait, or no worker was free in time
        :raises LimitReached: where it took more than it may; and BadQuery, Refused or NotWanted
        """
        async with self._worker_for(client) as worker:
            try:
                async with asyncio.timeout(job.seconds):
                    return await worker.answer(job, out)
            except TimeoutError:
                worker.stop("time")
                await worker.process.wait()
            except (EOFError, ConnectionError):
                await worker.process.wait()
                worker.stop(_CAUSES.get(-(worker.process.returncode or 0), "killed"))
            except BaseException as error:
                if not isinstance(error, IvigError):
                    worker.stop("left")
                raise
            raise self._stopped(worker.stopped_for, job)

    def _stopped(self, reason: str, job: Job) -> LimitReached:
        if reason == "time":
            return TooLong(f"the query was stopped: it may take {job.seconds:g} seconds")
        if reason == "memory":
            allowed = self.limits.memory // MEGABYTE
            return TooMuchMemory(f"the query was stopped: it may take {allowed} MB of memory, and nest only so deep")
        return Busy("the query was stopped with the process that it ran in: try again", _RETRY_SECONDS)

    @asynccontextmanager
    async def _worker_for(self, client: str) -> AsyncIterator[_Worker]:
        share = self._shares.of(client)
        if (share.locked() or self._idle.empty()) and self._is_full_for(client):
            raise Busy(f"{self.busy} queries run and {self.queued} wait: try again", _RETRY_SECONDS)
        self._waiting[client] += 1
        try:
            async with asyncio.timeout(self.limits.patience):
                await share.acquire()
                try:
                    worker = await self._free()
                except BaseException:
                    share.release()
                    raise
        except TimeoutError:
            raise Busy("no worker was free in time: try again", _RETRY_SECONDS) from None
        finally:
            self._waiting -= Counter([client])
        self.busy += 1
        try:
            yield worker
        finally:
            self.busy -= 1
            share.release()
            if worker.stopped_for:
                self._bury(worker)
            else:
                self._idle.put_nowait(worker)

    def _is_full_for(self, client: str) -> bool:
        most, half = self.limits.queue, max(1, self.limits.queue // 2)
        return self._closed or self.queued >= most or self._waiting[client] >= half

    async def _free(self) -> _Worker:
        while True:
            worker = await self._idle.get()
            # One that died while it was idle is replaced already.
            if not worker.stopped_for:
                return worker

    def _bury(self, worker: _Worker) -> None:
        """Replace a worker that was stopped."""
        self._workers.discard(worker)
        if not self._closed:
            self._on_stop(worker.stopped_for)
            self._begin(self._replace(worker))

    async def _replace(self, worker: _Worker) -> None:
        await worker.gone()
        while not self._closed:
            try:
                await self._add()
                return
            except (IvigError, OSError):
                # The machine has no memory for it now: /ready says so, and it is tried again.
                await asyncio.sleep(_RETRY_SECONDS)

    async def _add(self) -> None:
        worker = await _Worker.started(self._release, self.limits, self._program)
        if self._closed:
            worker.stop("closed")
            await worker.gone()
            return
        self._workers.add(worker)
        self._begin(self._watch(worker))
        self._idle.put_nowait(worker)

    async def _watch(self, worker: _Worker) -> None:
        """Replace a worker that dies while it waits for a job."""
        await worker.process.wait()
        if not worker.stopped_for and not worker.has_job:
            worker.stop("killed")
            self._bury(worker)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Worker:
    """A worker process and the connection to it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process = process
        self._reader, self._writer = reader, writer
        self.stopped_for = ""
        self.has_job = False

    @classmethod
    async def started(cls, release: Release, limits: Limits, program: Sequence[str]) -> _Worker:
        """A new worker that waits for jobs.

        :raises IvigError: where none is to be had
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", program[0]),
                *(str(theirs.fileno()), str(release.folder), str(limits.memory)),
                *program[1:],
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        worker = cls(process, *await asyncio.open_connection(sock=ours, limit=_READ_AHEAD))
        try:
            await asyncio.wait_for(worker._frame(), _START_SECONDS)
        except BaseException as error:
            worker.stop("did not start")
            await worker.gone()
            if isinstance(error, EOFError | ConnectionError | TimeoutError):
                raise IvigError(f"a worker did not start (exit code {process.returncode})") from error
            raise
        return worker

    async def answer(self, job: Job, out: Writable) -> str:
        """Hand over a job and write what comes back.

        :raises EOFError: or ConnectionError where the process is gone, and the error that the worker sent
        """
        self.has_job = True
        self._writer.write(job.packed())
        format_name = ""
        while True:
            kind, payload = await self._frame()
            if kind is Frame.DATA:
                out.write(payload)
            elif kind is Frame.FORMAT:
                format_name = payload.decode()
            else:
                self.has_job = False
                if kind is Frame.ERROR:
                    raise unpacked_error(payload)
                return format_name

    async def _frame(self) -> tuple[Frame, bytes]:
        kind, length = HEAD.unpack(await self._reader.readexactly(HEAD.size))
        return Frame(kind), await self._reader.readexactly(length) if length else b""

    async def gone(self) -> None:
        """Wait until nothing is left of a worker that was stopped."""
        await self.process.wait()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    def stop(self, reason: str) -> None:
        """Kill the process, at once and for good."""
        self.stopped_for = self.stopped_for or reason
        with suppress(ProcessLookupError):
            self.process.kill()
        self._writer.close()
