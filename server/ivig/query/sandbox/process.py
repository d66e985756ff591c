"""A worker process as the server sees it: started, spoken to, killed."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from ivig.build.release import Release
from ivig.errors import IvigError
from ivig.query.sandbox.job import HEAD, Frame
from ivig.query.sandbox.limits import Limits
from ivig.query.sandbox.no_network import NETWORK, NO_NETWORK

QUERIES_ALONE = "ivig.query.sandbox.worker"
"""The program of workers that answer queries and do nothing else."""

_START_SECONDS = 60
_READ_AHEAD = 1 << 20
"""Bytes of an answer that wait in the server while what came before is dealt with."""


class WorkerProcess:
    """A worker process and the line to it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process = process
        self.reader = reader
        self.writer = writer
        self.stopped_for = ""

    @classmethod
    async def started(cls, release: Release, limits: Limits, program: Sequence[str], network: bool) -> WorkerProcess:
        """A new worker that waits for jobs. network: whether it may open connections. Raises IvigError where none is
        to be had."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", program[0]),
                *(str(theirs.fileno()), str(release.folder), str(limits.memory), NETWORK if network else NO_NETWORK),
                *program[1:],
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        worker = cls(process, *await asyncio.open_connection(sock=ours, limit=_READ_AHEAD))
        try:
            await asyncio.wait_for(worker.frame(), _START_SECONDS)
        except BaseException as error:
            worker.stop("did not start")
            await worker.gone()
            if isinstance(error, EOFError | ConnectionError | TimeoutError):
                raise IvigError(f"a worker did not start (exit code {process.returncode})") from error
            raise
        return worker

    async def frame(self) -> tuple[Frame, bytes]:
        """The next frame. Raises EOFError or ConnectionError where the worker is gone."""
        kind, length = HEAD.unpack(await self.reader.readexactly(HEAD.size))
        return Frame(kind), await self.reader.readexactly(length) if length else b""

    async def gone(self) -> None:
        """Wait until nothing is left of a worker that was stopped."""
        await self.process.wait()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    def stop(self, reason: str) -> None:
        """Kill the process, at once and for good."""
        self.stopped_for = self.stopped_for or reason
        with suppress(ProcessLookupError):
            self.process.kill()
        self.writer.close()
