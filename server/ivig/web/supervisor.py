"""Several processes that answer requests at one port, and the one above them: it starts them, replaces one that ends,
and lets all of them change their release together, or none.

Each holds the port (SO_REUSEPORT), and the kernel deals the connections out. Granian's own supervisor is not used:
told to reload it starts other processes, and connections that wait for an old one are lost; told to stop it kills what
is still in work. Here the release changes within each process, and who asked hears why it was stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import io
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any

import uvloop

from ivig.errors import IvigError
from ivig.query import Graph
from ivig.query.opening import same_release
from ivig.web.editions import Edition, Editions, Open
from ivig.web.monitoring import Families, Metrics
from ivig.web.run import TO_TELL_SECONDS, serve
from ivig.web.running import Announcer
from ivig.web.settings import Settings

_AGAIN_SECONDS = 1.0
"""Until a worker that ended early is started again."""
_METRICS_SECONDS = 1.0
"""That the counters of the others are waited for."""
_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Worker:
    """A process that answers requests, as the supervisor sees it."""

    def __init__(self, number: int, process: ForkProcess, pipe: Connection) -> None:
        self.number, self.process, self.pipe = number, process, pipe
        self.born = time.monotonic()
        self.release = ""
        """The digest of the release that it serves; empty until it listens."""
        self.answer: tuple[str, Any] | None = None
        """What it last said of its release."""

    def tell(self, what: str, more: Any = None) -> None:
        """Tell it something; where it has ended, its sentinel says so."""
        with contextlib.suppress(OSError):
            self.pipe.send((what, more))


class Supervisor:
    """Starts the processes and sees to them, until it is told to stop. It opens no release itself, and has one thread:
    only so may it fork."""

    def __init__(self, opened: Open, settings: Settings, log: logging.Logger, announcer: Announcer) -> None:
        """
        :param opened: gives the graph with its newest release
        :param settings: of the server
        :param log: takes a line for each request
        :param announcer: says what happens
        """
        self._opened, self._settings, self._log, self._announcer = opened, settings, log, announcer
        self._workers: dict[int, _Worker] = {}
        self._due: dict[int, float] = {}
        self._asked: dict[int, tuple[float, set[int], dict[str, Families]]] = {}
        self._release = ""
        self._stop = self._reload = False
        self._woken, self._wake = socket.socketpair()

    def run(self) -> None:
        """Serve until told to stop.

        :raises IvigError: where no process can start, as the first of them says
        """
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._told_to_stop)
        signal.signal(signal.SIGHUP, self._told_to_reload)
        try:
            # The first builds the release where there is none; then it is there for all.
            for numbers in ([0], range(1, self._settings.workers)):
                for number in numbers:
                    self._start(number)
                while not self._stop and any(not worker.release for worker in self._workers.values()):
                    self._see(None)
            if not self._stop:
                self._announcer.started(self._release)
            while not self._stop:
                if self._reload:
                    self._reload = False
                    self._change_release()
                else:
                    self._see(min((when - time.monotonic() for when in self._due.values()), default=None))
                self._start_those_due()
        finally:
            self._end()
        if self._release:
            self._announcer.stopped(self._release)

    def _told_to_stop(self, *_: object) -> None:
        self._stop = True

    def _told_to_reload(self, *_: object) -> None:
        self._reload = True

    def _start(self, number: int) -> None:
        ours, theirs = multiprocessing.Pipe()
        others = [worker.pipe for worker in self._workers.values()]
        # Not to be opened again by each, modules and all: a fork shares their memory.
        process = multiprocessing.get_context("fork").Process(
            target=self._work, args=(number, theirs, [ours, *others], os.getpid())
        )
        # What is told to a process before it listens to signals would be lost.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self._workers[number] = _Worker(number, process, ours)

    def _start_those_due(self) -> None:
        for number in [number for number, when in self._due.items() if when <= time.monotonic()]:
            del self._due[number]
            self._start(number)

    def _work(self, number: int, pipe: Connection, of_the_supervisor: Iterable[Connection], supervisor: int) -> None:
        """What a process does that was started."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for name in (signal.SIGHUP, signal.SIGINT):
            # A terminal sends them to all; what they mean comes by the pipe.
            signal.signal(name, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        # As long as one of the others holds its end, a pipe does not end with the supervisor.
        for each in of_the_supervisor:
            each.close()
        self._announcer.leave()
        if os.getppid() != supervisor:
            return
        member = _Member(number, pipe, self._release)
        try:
            uvloop.run(
                serve(member.opener(self._opened), self._settings.of_each_worker(), self._log, member.metrics, member)
            )
        except IvigError as error:
            pipe.send(("failed", (str(error), error.exit_code)))

    def _see(self, seconds: float | None) -> None:
        """Wait until something happens, and take note of it."""
        if self._asked:
            ends = min(end for end, _, _ in self._asked.values()) - time.monotonic()
            seconds = ends if seconds is None else min(seconds, ends)
        workers = [*self._workers.values()]
        watched: list[Any] = [self._woken, *(one.pipe for one in workers), *(one.process.sentinel for one in workers)]
        found = wait(watched, None if seconds is None else max(0.0, seconds))
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass
        for worker in workers:
            if worker.pipe in found:
                self._hear(worker)
        for worker in workers:
            if worker.process.sentinel in found and worker.number in self._workers:
                self._hear(worker)
                self._bury(worker)
        self._answer_about_metrics()

    def _hear(self, worker: _Worker) -> None:
        try:
            while worker.pipe.poll():
                what, more = worker.pipe.recv()
                if what == "ready":
                    worker.release = more
                    self._release = self._release or more
                    # One that came later may have found another release; all are to have the same.
                    self._reload |= more != self._release
                elif what == "metrics?":
                    others = {other.number for other in self._workers.values() if other is not worker}
                    self._asked[worker.number] = (time.monotonic() + _METRICS_SECONDS, others, {})
                    for number in others:
                        self._workers[number].tell("metrics?", worker.number)
                elif what == "metrics":
                    asked, families = more
                    if asked in self._asked:
                        _, missing, heard = self._asked[asked]
                        missing.discard(worker.number)
                        heard[str(worker.number)] = families
                else:
                    worker.answer = (what, more)
        except (EOFError, OSError):
            # It has ended, or is about to.
            worker.process.join(TO_TELL_SECONDS)

    def _answer_about_metrics(self) -> None:
        """Hand on the counters of the others, as soon as all have given them, or those that are slow had their time."""
        for number, (end, missing, heard) in list(self._asked.items()):
            if not missing & self._workers.keys() or time.monotonic() >= end:
                del self._asked[number]
                if number in self._workers:
                    self._workers[number].tell("metrics", heard)

    def _bury(self, worker: _Worker) -> None:
        """Have a process that ended replaced.

        :raises IvigError: where none is left that could serve
        """
        del self._workers[worker.number]
        worker.process.join()
        worker.pipe.close()
        if self._stop:
            return
        code = worker.process.exitcode or 0
        why = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
        if worker.answer and worker.answer[0] == "failed" and not worker.release:
            message, exit_code = worker.answer[1]
            why = f"could not start ({message})"
            if not self._workers or not self._release:
                failed = IvigError(message)
                failed.exit_code = exit_code
                raise failed
        elif not self._release:
            raise IvigError(f"the server could not start: its first process {why}")
        self._announcer.replaced(self._release, why)
        early = time.monotonic() - worker.born < _AGAIN_SECONDS or not worker.release
        self._due[worker.number] = time.monotonic() + (_AGAIN_SECONDS if early else 0)

    def _change_release(self) -> None:
        """Let all take the newest release, or none: each prepares it, and then they are told."""
        serving = [worker for worker in self._workers.values() if worker.release]
        answers = self._asked_of_all(serving, "prepare")
        failed = [str(more) for what, more in answers if what != "prepared"]
        digests = {str(more) for what, more in answers if what == "prepared"}
        if len(digests) == 1 and not failed and len(answers) == len(serving):
            self._asked_of_all(serving, "take")
            self._release = digests.pop()
            for worker in serving:
                worker.release = self._release
            self._announcer.changed(self._release)
            # One that began to serve meanwhile.
            self._reload |= any(worker.release not in ("", self._release) for worker in self._workers.values())
        elif not self._stop:
            self._asked_of_all(serving, "drop")
            ended = "a worker ended while it was opened" if len(answers) < len(serving) else "it changed meanwhile"
            self._announcer.kept(self._release, failed[0] if failed else f"{ended}; try again")

    def _asked_of_all(self, workers: list[_Worker], what: str) -> list[tuple[str, Any]]:
        """What all of them answer to something; of those that end, nothing."""
        for worker in workers:
            worker.answer = None
            worker.tell(what)
        reload, self._reload = self._reload, False
        while not self._stop and any(w.answer is None and self._workers.get(w.number) is w for w in workers):
            self._see(None)
            # One that is asked for now comes after this one.
            reload, self._reload = reload or self._reload, False
        self._reload = reload
        return [worker.answer for worker in workers if worker.answer]

    def _end(self) -> None:
        """Stop every process: each lets its requests end, and none is left."""
        self._stop = True
        for worker in self._workers.values():
            worker.process.terminate()
        end = time.monotonic() + self._settings.query_seconds + 2 * TO_TELL_SECONDS
        for worker in self._workers.values():
            worker.process.join(max(0.0, end - time.monotonic()))
            worker.process.kill()
            worker.process.join()
        signal.set_wakeup_fd(-1)


class _Member:
    """One of several processes that answer requests, as it sees itself: the supervisor tells it what to do."""

    def __init__(self, number: int, pipe: Connection, release: str) -> None:
        """
        :param number: of the process among the others
        :param pipe: to the supervisor
        :param release: the digest of the release that the others serve; empty for the first of them
        """
        self._pipe, self._release = pipe, release
        self._quiet = number > 0 or bool(release)
        self._asked: asyncio.Future[dict[str, Families]] | None = None
        self._prepared: Edition | None = None
        self._editions: Editions
        self.metrics = Metrics(str(number), self._metrics_of_others)

    def opener(self, opened: Open) -> Open:
        """What opens the release of the others at the start, and the newest one later."""

        def opened_here() -> Graph:
            with self._silence():
                graph = opened()
                wanted, self._release = self._release, ""
                return same_release(graph, wanted) if wanted else graph

        return opened_here

    @contextlib.contextmanager
    def _silence(self) -> Iterator[None]:
        """What one of them says of a release need not be said by all."""
        with contextlib.redirect_stderr(io.StringIO()) if self._quiet else contextlib.nullcontext():
            yield

    def attach(self, editions: Editions, stop: asyncio.Event) -> None:
        """The supervisor tells it to stop by a signal, or by its own end."""
        self._editions = editions
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stop.set)

        def hear() -> None:
            try:
                while self._pipe.poll():
                    self._told(*self._pipe.recv())
            except (EOFError, OSError):
                loop.remove_reader(self._pipe.fileno())
                stop.set()

        loop.add_reader(self._pipe.fileno(), hear)

    def ready(self) -> None:
        """Tell which release is served."""
        self._pipe.send(("ready", self._editions.digest))

    def stopped(self) -> None:
        """The supervisor sees it."""

    def _told(self, what: str, more: Any) -> None:
        if what == "prepare":
            self._editions.soon(self._prepare())
        elif what == "take" and self._prepared:
            self._editions.take(self._prepared)
            self._prepared = None
            self._pipe.send(("taken", None))
        elif what == "drop":
            self._editions.failed()
            if self._prepared:
                self._editions.soon(self._prepared.close())
                self._prepared = None
            self._pipe.send(("dropped", None))
        elif what == "metrics?":
            self._pipe.send(("metrics", (more, self.metrics.families())))
        elif what == "metrics" and self._asked and not self._asked.done():
            self._asked.set_result(more)

    async def _prepare(self) -> None:
        try:
            self._prepared = await self._editions.prepared()
        except Exception as error:
            self._pipe.send(("failed", str(error) or type(error).__name__))
        else:
            self._pipe.send(("prepared", self._prepared.digest))

    async def _metrics_of_others(self) -> dict[str, Families]:
        """The counters of the other processes, by their numbers."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.get_running_loop().create_future()
            self._pipe.send(("metrics?", None))
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._asked), 2 * _METRICS_SECONDS)
        return {}
