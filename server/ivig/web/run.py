"""Running the server: a line when it is ready, another release when it is told so, an end that loses no request.

Granian holds the connections, in this process and on this event loop; a new release takes over within the process,
between two requests, so that no connection has to move. (Granian's own reload starts another process, and of 4,000
requests on new connections one was lost.)
"""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import resource
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import uvloop
from fastapi import FastAPI
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LOGGING_CONFIG, LogLevels
from granian.server.embed import Server
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ivig.errors import IvigError, NotThere, Replaced
from ivig.query import Graph
from ivig.query.sandbox import Pool
from ivig.web.addresses import PathPrefix
from ivig.web.app import HEADERS, create_app
from ivig.web.monitoring import Metrics, Observed, access_log, note_event
from ivig.web.running import RunningFile
from ivig.web.served import Served
from ivig.web.settings import Settings

_HEAD_SECONDS = 10
"""In which the head of a request must have arrived; so long a connection may wait for its next one, too."""
_HEAD_BYTES = 65_536
_REQUESTS = 1000
"""Requests that are in work at once; further ones wait in the system's queue."""
_TO_TELL_SECONDS = 5

Open = Callable[[], Graph]


def run(opened: Open, settings: Settings) -> None:
    """Serve a graph until told to stop.

    :param opened: gives the graph with its newest release; asked at the start and at every reload
    :raises NotThere: where the address cannot be had
    :raises IvigError: where no worker can be started, and what `opened` raises
    """
    # Who asks by a former IRI gets the answer; the operator need not hear of it.
    warnings.simplefilter("ignore", Replaced)
    uvloop.run(_run(opened, settings))


async def _run(opened: Open, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    log, metrics = access_log(settings.access_log), Metrics()
    # Where the access log is standard error, it is beside standard output already.
    events = log if settings.access_log != Path("-") else access_log(None)
    host, port = settings.host, settings.port or _free_port(settings.host)
    _check_address(host, port)
    _raise_open_files()
    with RunningFile(port) as note:
        releases = _Releases(opened, settings, metrics, note, events)
        await releases.open()
        server = _server(_guarded(releases, settings, metrics, log), host, port, settings)
        serving = loop.create_task(server.serve())
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        loop.add_signal_handler(signal.SIGHUP, releases.reload)
        try:
            await _until_it_listens(host, port, serving)
            scheme = "https" if settings.tls_certificate else "http"
            note_event(events, "start", releases.digest)
            print(f"Serving release {releases.digest[:12]} at {_shown(scheme, host, port)}", flush=True)
            await asyncio.wait({serving, loop.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # The library states no type of it.
            server.stop()  # type: ignore[no-untyped-call]
            # What still runs is stopped after as long as a query may run, so that who asked is told so.
            await asyncio.wait({serving}, timeout=settings.query_seconds)
            await releases.close()
            await asyncio.wait({serving}, timeout=_TO_TELL_SECONDS)
            note_event(events, "stop", releases.digest)
            print(f"Stopped serving release {releases.digest[:12]}", flush=True)


def _guarded(app: ASGIApp, settings: Settings, metrics: Metrics, log: logging.Logger) -> ASGIApp:
    """An application with what outlives a release around it: counters, log, and what a proxy says of the client."""
    observed: ASGIApp = Observed(app, metrics, log, HEADERS)
    if settings.proxies:
        observed = wrap_asgi_with_proxy_headers(observed, settings.proxies)
    return PathPrefix(observed, settings.root_path, settings.proxies)


def _server(app: ASGIApp, host: str, port: int, settings: Settings) -> Server:
    logging_config: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
    logging_config["handlers"]["console"]["stream"] = "ext://sys.stderr"
    try:
        return Server(
            app,
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            # Of a connection whose protocol it has yet to find out it does not limit the time.
            http=HTTPModes.auto if settings.tls_certificate else HTTPModes.http1,
            websockets=False,
            backlog=2048,
            backpressure=_REQUESTS,
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_SECONDS * 1000, max_buffer_size=_HEAD_BYTES),
            http2_settings=HTTP2Settings(max_headers_size=_HEAD_BYTES),
            log_level=LogLevels.error,
            log_dictconfig=logging_config,
            ssl_cert=settings.tls_certificate,
            ssl_key=settings.tls_key,
        )
    except (OSError, ValueError) as error:
        raise NotThere(f"the certificate cannot be used: {error}") from error


class _Releases:
    """The release that is served now, as an application, and how another takes its place."""

    def __init__(
        self, opened: Open, settings: Settings, metrics: Metrics, note: RunningFile, events: logging.Logger
    ) -> None:
        self._opened, self._settings, self._metrics, self._note = opened, settings, metrics, note
        self._events = events
        self._reloading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._now: _Edition
        metrics.gauge("ivig_workers", "Workers that run.", lambda: self._served.queries.up)
        metrics.gauge("ivig_workers_busy", "Workers that have a query.", lambda: self._served.queries.busy)
        metrics.gauge("ivig_queue", "Queries that wait for a worker.", lambda: self._served.queries.queued)
        metrics.gauge("ivig_exports", "Exports that are made or wait.", lambda: _asked(self._served.exports))
        metrics.gauge("ivig_release_timestamp_seconds", "When the release was made.", lambda: self._published)
        metrics.gauge("ivig_release_age_seconds", "How old the release is.", lambda: time.time() - self._published)
        metrics.gauge("ivig_cache_bytes", "Bytes of the answers that are kept.", lambda: self._served.cache.size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._now(scope, receive, send)

    @property
    def _served(self) -> Served:
        return self._now.served

    @property
    def _published(self) -> float:
        return self._served.graph.release.published.timestamp()

    @property
    def digest(self) -> str:
        """Of the release that is served."""
        return self._served.graph.release.digest

    async def open(self) -> None:
        """Open the newest release and let it take over."""
        graph = await asyncio.to_thread(self._opened)
        try:
            app = await asyncio.to_thread(create_app, graph, self._settings, self._metrics)
            self._now = await _Edition.started(app)
        except BaseException:
            graph.release.drop()
            raise
        self._metrics.release.info({"digest": graph.release.digest})
        self._note.write(graph.release.digest)

    def reload(self) -> None:
        """Let the newest release take over, soon."""
        self._begin(self._reload())

    async def _reload(self) -> None:
        """Whatever is wrong with the newest release, the present one goes on."""
        async with self._reloading:
            before = self._now
            try:
                await self.open()
            except Exception as error:
                # Whatever a folder holds that should be a release.
                self._metrics.reloads.labels("failed").inc()
                self._note.write(self.digest, str(error) or type(error).__name__)
                note_event(self._events, "reload failed", self.digest, error=str(error))
                print(f"ivig: the release was not changed: {error}", file=sys.stderr, flush=True)
            else:
                self._metrics.reloads.labels("done").inc()
                note_event(self._events, "reload", self.digest)
                print(f"Serving release {self.digest[:12]}", flush=True)
                self._begin(before.retire())

    async def close(self) -> None:
        """Stop the workers of all releases."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._now.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Edition:
    """A release that is served: its application with its lifespan, and the requests that it has in work."""

    def __init__(self, app: FastAPI, lifespan: AsyncExitStack) -> None:
        self._app, self._lifespan = app, lifespan
        self.served: Served = app.state.served
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    async def started(cls, app: FastAPI) -> _Edition:
        """An application whose lifespan has begun."""
        lifespan = AsyncExitStack()
        await lifespan.enter_async_context(app.router.lifespan_context(app))
        return cls(app, lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._in_flight += 1
        self._idle.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def retire(self) -> None:
        """Let the requests in work end, then stop the workers."""
        try:
            await self._idle.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop the workers."""
        await self._lifespan.aclose()


def _asked(pool: Pool) -> int:
    return pool.busy + pool.queued


def _free_port(host: str) -> int:
    with suppress(OSError), _listening(host, 0) as found:
        return int(found.getsockname()[1])
    return 0


def _check_address(host: str, port: int) -> None:
    """Granian would end with a traceback, and shares an address with another of its kind."""
    try:
        _listening(host, port).close()
    except (OSError, ValueError) as error:
        raise NotThere(f"cannot listen on {host}, port {port or 'any'}: {_reason(error)}") from error


def _listening(host: str, port: int) -> socket.socket:
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def _reason(error: OSError | ValueError) -> str:
    """Why an address cannot be had, without the address, which the library adds."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    # A name that nobody knows has a number below zero, which is no number of an error of the system.
    return str((isinstance(error, OSError) and error.strerror) or error).partition(" (while")[0]


async def _until_it_listens(host: str, port: int, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(0.01)
    serving.result()
    raise IvigError(f"the server ended before it listened on {host}, port {port}")


def _shown(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


def _raise_open_files() -> None:
    """Let the process have as many files open as it may: every connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
