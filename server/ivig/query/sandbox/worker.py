"""The worker process: opens the store read-only, then answers one job after another until its server is gone.

usage: python -m ivig.query.sandbox.worker SOCKET-FD RELEASE-FOLDER MEMORY-BYTES ENDPOINT [WORD…]
The endpoint is that of an engine elsewhere, as JSON, or nothing.
The words are for a program that does more than answer queries, and calls `main` with what it does.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pyoxigraph import QueryTriples

from ivig.build.release import Release
from ivig.errors import AnswerTooLarge, BadQuery, IvigError, TooMuchMemory
from ivig.query.engine import Dataset, Engine
from ivig.query.remote import Endpoint, engine_of
from ivig.query.results import write_result
from ivig.query.sandbox.job import HEAD, Frame, Job, NotWanted, packed, packed_error
from ivig.query.sandbox.limits import MEGABYTE
from ivig.query.sandbox.no_network import leave_the_network

_CHUNK = 64 * 1024
_PR_SET_PDEATHSIG = 1
_NICER = 5
_GRACE = 2


def main(tasks: Callable[[Engine, Release, Sequence[str]], Task] | None = None) -> None:
    """Serve jobs from the socket. Ends when the other side closes it.

    :param tasks: for a program that does more than answer queries, from engine, release and words to what does it.
    """
    _die_with_the_server()
    # Pages and saved queries go before what visitors write themselves.
    os.nice(_NICER)
    descriptor, folder, memory, endpoint, *words = sys.argv[1:]
    with socket.socket(fileno=int(descriptor)) as connection:
        release = Release(Path(folder))
        engine = engine_of(release, Endpoint(*json.loads(endpoint)) if endpoint else None)
        task = tasks(engine, release, words) if tasks is not None else None
        if not endpoint:
            leave_the_network()
        _limit_memory(int(memory))
        connection.sendall(packed(Frame.READY))
        with connection.makefile("rb") as jobs:
            while head := jobs.read(HEAD.size):
                _, length = HEAD.unpack(head)
                _work(engine, task, Job.unpacked(jobs.read(length)), connection)


Task = Callable[[Job, "Frames"], None]
"""Does what a job asks in place of a query, and writes the outcome."""


class AnswerFull(Exception):
    """The answer has reached its limit."""


class Frames:
    """A file to write an answer to: it goes out in frames of some size, up to a limit."""

    def __init__(self, connection: socket.socket, limit: int) -> None:
        """
        :param connection: to the server
        :param limit: the most bytes that the answer may have
        """
        self._connection = connection
        self._limit = limit
        self._waiting = bytearray()
        self._written = 0
        self.full = False

    def write(self, chunk: bytes) -> int:
        """Write a part of the answer, which goes out once there is enough of it for a frame.

        :param chunk: the bytes
        :returns: how many they are
        :raises AnswerFull: where there are more than may be
        """
        self._written += len(chunk)
        if self._written > self._limit:
            self.full = True
            raise AnswerFull
        if len(chunk) >= _CHUNK:
            self.flush()
            self._send(chunk)
            return len(chunk)
        self._waiting += chunk
        if len(self._waiting) >= _CHUNK:
            self.flush()
        return len(chunk)

    def flush(self) -> None:
        """Send what has not gone out yet."""
        if self._waiting:
            self._send(self._waiting)
            self._waiting.clear()

    def _send(self, chunk: bytes | bytearray) -> None:
        self._connection.sendall(HEAD.pack(Frame.DATA, len(chunk)))
        self._connection.sendall(chunk)


def _work(engine: Engine, task: Task | None, job: Job, connection: socket.socket) -> None:
    """Answer one job. Whatever a query does, either a complete answer goes out or an error that says why not."""
    _limit_processor(job.seconds)
    out = Frames(connection, job.answer)
    try:
        if job.task and task is not None:
            connection.sendall(packed(Frame.FORMAT))
            task(job, out)
            out.flush()
            connection.sendall(packed(Frame.END))
            return
        result = engine.ask(job.query, Dataset(job.default, job.named))
        format_name = job.triples if isinstance(result, QueryTriples) else job.rows
        if format_name is None:
            raise NotWanted("triples" if isinstance(result, QueryTriples) else "rows")
        connection.sendall(packed(Frame.FORMAT, format_name.encode()))
        write_result(result, format_name, out)
        out.flush()
        connection.sendall(packed(Frame.END))
    except Exception as error:
        connection.sendall(packed(Frame.ERROR, packed_error(_told(error, job, out))))


def _told(error: Exception, job: Job, out: Frames) -> IvigError:
    """What is said of it: to be mended by who asked, or a limit."""
    if out.full:
        return AnswerTooLarge(f"the answer has more than {job.answer // MEGABYTE or job.answer / MEGABYTE} MB")
    if isinstance(error, MemoryError):
        return TooMuchMemory("the query was stopped: it asked for more memory than it may have")
    if isinstance(error, IvigError):
        return error
    # What the engine raises while it reads on is the query's doing: a value too large, say.
    return BadQuery(f"the query failed: {error}")


def _die_with_the_server() -> None:
    """Ask the kernel to end this process with its server, even in the midst of a query. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit_memory(allowed: int) -> None:
    """Let the process grow by so many bytes from here. Where the system does not tell its size, there is no limit."""
    status = Path("/proc/self/statm")
    if status.is_file():
        size = int(status.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + allowed, size + allowed))


def _limit_processor(seconds: float) -> None:
    """A second guard on the time, for the case that nobody is left to stop this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + _GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
