"""Running the server: a line when it is ready, another release when it is told so, an end that loses no request."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

import anyio.to_thread
import uvicorn
from starlette.types import Receive, Scope, Send

from ivig.errors import IvigError, NotThere
from ivig.query import Graph
from ivig.web.access_log import AccessLog
from ivig.web.app import HEADERS
from ivig.web.connection import protocol_with
from ivig.web.edition import Edition, Editions
from ivig.web.layers import Headers, Observed
from ivig.web.metrics import Metrics
from ivig.web.running import RunningFile
from ivig.web.services import Services
from ivig.web.settings import Settings

_M_ARENA_MAX = -8
_TO_TELL_SECONDS = 5
_HOUSE_THREADS = 8
"""Saved queries and pages that are made at once."""

Open = Callable[[], Graph]


def run(opened: Open, settings: Settings) -> None:
    """Serve a graph until told to stop.

    opened: gives the graph with its newest release; asked at the start and at every reload.
    Raises NotThere where the address cannot be had, IvigError where no worker can be started, and what `opened` raises.
    """
    graph = opened()
    log = AccessLog(settings.access_log)
    _raise_open_files()
    _share_memory_among_threads()
    with _listening(settings) as listening, RunningFile(listening.getsockname()[1]) as note:
        server = _Server(graph, opened, settings, log, note)
        server.run(sockets=[listening])
    if server.failure is not None:
        raise server.failure


class _Server(uvicorn.Server):
    """Uvicorn, with an edition that can be replaced while it runs."""

    def __init__(self, graph: Graph, opened: Open, settings: Settings, log: AccessLog, note: RunningFile) -> None:
        self.failure: IvigError | None = None
        self._graph, self._opened, self._settings, self._note = graph, opened, settings, note
        self._metrics, self._services = Metrics(), Services(settings)
        self._editions: Editions | None = None
        self._reloading = asyncio.Lock()
        self._reloads: set[asyncio.Task[None]] = set()
        self._public = Observed(Headers(self._current, HEADERS), self._metrics, log)
        super().__init__(
            uvicorn.Config(
                self._dispatch,
                interface="asgi3",
                http=protocol_with(settings, HEADERS, self._public.note),
                ws="none",
                lifespan="off",
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=settings.idle_seconds,
                timeout_graceful_shutdown=settings.stop_seconds + _TO_TELL_SECONDS,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=settings.trusted_proxies,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        assert sockets
        address = _address(sockets[0])
        self._services.listen_at(address)
        anyio.to_thread.current_default_thread_limiter().total_tokens = _HOUSE_THREADS
        first = Edition(self._graph, self._settings, self._metrics, self._services)
        try:
            await first.start()
        except IvigError as error:
            self.failure, self.should_exit = error, True
            return
        self._editions = Editions(first)
        self._metrics.gauge("ivig_workers", "Workers that run.", lambda: self._now.pool.up)
        self._metrics.gauge("ivig_workers_busy", "Workers that have a query.", lambda: self._now.pool.busy)
        self._metrics.gauge("ivig_queue", "Queries that wait for a worker.", lambda: self._now.pool.queued)
        self._metrics.gauge("ivig_exports", "Exports that are made or wait.", lambda: self._now.exports_asked)
        self._metrics.gauge("ivig_cache_bytes", "Bytes of the answers that are kept.", lambda: self._now.cache.size)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._on_hangup)
        await super().startup(sockets)
        release = self._graph.release.digest
        self._note.write(release)
        print(f"Serving release {release[:12]} at {address}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ending = asyncio.get_running_loop().create_task(self._end_queries())
        await super().shutdown(sockets)
        for task in (ending, *self._reloads):
            task.cancel()
        if self._editions is not None:
            await self._editions.close()

    async def _end_queries(self) -> None:
        """Stop what still runs after as long as it may, so that who asked is told so."""
        await asyncio.sleep(self._settings.stop_seconds)
        if self._editions is not None:
            await self._editions.close()

    @property
    def _now(self) -> Edition:
        assert self._editions is not None
        return self._editions.current

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._services if self._services.is_for(scope) else self._public
        await app(scope, receive, send)

    async def _current(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._now(scope, receive, send)

    def _on_hangup(self) -> None:
        task = asyncio.get_running_loop().create_task(self._reload())
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def _reload(self) -> None:
        """Let the newest release take over. Whatever is wrong with it, the present one goes on."""
        async with self._reloading:
            graph = None
            try:
                graph = await asyncio.to_thread(self._opened)
                edition = await asyncio.to_thread(Edition, graph, self._settings, self._metrics, self._services)
                assert self._editions is not None
                await self._editions.replace(edition)
            except Exception as error:
                # Whatever a folder holds that should be a release, the present one is served on.
                self._metrics.reloads.labels("failed").inc()
                self._note.write(self._now.graph.release.digest, str(error) or type(error).__name__)
                if graph is not None:
                    graph.release.drop()
            else:
                self._metrics.reloads.labels("done").inc()
                self._note.write(graph.release.digest)


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, ValueError) as error:
        raise NotThere(f"cannot listen on {host}, port {port}: {_reason(error)}") from error


def _reason(error: OSError | ValueError) -> str:
    """Why an address cannot be had, without the address, which the library adds."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    # A name that nobody knows has a number below zero, which is no number of an error of the system.
    return str((isinstance(error, OSError) and error.strerror) or error).partition(" (while")[0]


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _share_memory_among_threads() -> None:
    """Let glibc keep two heaps rather than one a thread: what one thread has freed, another can use."""
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _raise_open_files() -> None:
    """Let the process have as many files open as it may: every connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
