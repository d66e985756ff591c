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
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LOGGING_CONFIG, LogLevels
from granian.server.embed import Server
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from starlette.types import ASGIApp

from ivig.errors import IvigError, NotThere, Replaced
from ivig.web.addresses import PathPrefix
from ivig.web.app import HEADERS
from ivig.web.editions import Editions, Open
from ivig.web.monitoring import Metrics, Observed, access_log
from ivig.web.running import Announcer, RunningFile
from ivig.web.settings import Settings

_HEAD_SECONDS = 10
"""In which the head of a request must have arrived; so long a connection may wait for its next one, too."""
_HEAD_BYTES = 65_536
_REQUESTS = 1000
"""Requests that are in work at once; further ones wait in the system's queue."""
TO_TELL_SECONDS = 5
"""That those have whose request is broken off, to hear of it."""


def run(opened: Open, settings: Settings) -> None:
    """Serve a graph until told to stop.

    :param opened: gives the graph with its newest release; asked at the start and at every reload
    :raises NotThere: where the address cannot be had
    :raises IvigError: where no worker can be started, and what `opened` raises
    """
    # Who asks by a former IRI gets the answer; the operator need not hear of it.
    warnings.simplefilter("ignore", Replaced)
    log = access_log(settings.access_log)
    # Where the access log is standard error, it is beside standard output already.
    events = log if settings.access_log != Path("-") else access_log(None)
    host, port = settings.host, settings.port or _free_port(settings.host)
    _check_address(host, port)
    _raise_open_files()
    settings = settings.model_copy(update={"port": port})
    with RunningFile(port) as note:
        announcer = Announcer(note, events, _shown("https" if settings.tls_certificate else "http", host, port))
        if settings.workers == 1:
            uvloop.run(serve(opened, settings, log, Metrics(), _Alone(announcer)))
            return
        from ivig.web.supervisor import Supervisor

        Supervisor(opened, settings, log, announcer).run()


class Control(Protocol):
    """What tells a process that answers requests what to do, and hears what it does."""

    def attach(self, editions: Editions, stop: asyncio.Event) -> None:
        """Called on the event loop, once there is a release.

        :param editions: what is to change its release when told
        :param stop: what is to be set when told to stop
        """

    def ready(self) -> None:
        """Called when it listens."""

    def stopped(self) -> None:
        """Called when it has ended."""


async def serve(opened: Open, settings: Settings, log: logging.Logger, metrics: Metrics, control: Control) -> None:
    """Answer requests in this process until told to stop.

    :param opened: gives the graph with its newest release
    :param settings: of this process, with a port that is known
    :param log: takes a line for each request
    :param metrics: count
    :param control: tells it what to do
    :raises IvigError: where no worker can be started, and what `opened` raises
    """
    editions = Editions(opened, settings, metrics)
    editions.begin(await editions.prepared())
    server = _server(_guarded(editions, settings, metrics, log), settings)
    serving = asyncio.get_running_loop().create_task(server.serve())
    stop = asyncio.Event()
    control.attach(editions, stop)
    try:
        await _until_it_listens(settings.host, settings.port, serving)
        control.ready()
        await asyncio.wait({serving, asyncio.ensure_future(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # The library states no type of it.
        server.stop()  # type: ignore[no-untyped-call]
        # What still runs is stopped after as long as a query may run, so that who asked is told so.
        await asyncio.wait({serving}, timeout=settings.query_seconds)
        await editions.close()
        await asyncio.wait({serving}, timeout=TO_TELL_SECONDS)
        control.stopped()


class _Alone:
    """The one process of a server: signals tell it what to do."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._reloading = asyncio.Lock()
        self._editions: Editions

    def attach(self, editions: Editions, stop: asyncio.Event) -> None:
        """Signals stop it, and change its release."""
        self._editions = editions
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: editions.soon(self._reload()))

    def ready(self) -> None:
        """Say so."""
        self._announcer.started(self._editions.digest)

    def stopped(self) -> None:
        """Say so."""
        self._announcer.stopped(self._editions.digest)

    async def _reload(self) -> None:
        """Whatever is wrong with the newest release, the present one goes on."""
        async with self._reloading:
            try:
                edition = await self._editions.prepared()
            except Exception as error:
                self._editions.failed()
                self._announcer.kept(self._editions.digest, str(error) or type(error).__name__)
            else:
                self._editions.take(edition)
                self._announcer.changed(edition.digest)


def _guarded(app: ASGIApp, settings: Settings, metrics: Metrics, log: logging.Logger) -> ASGIApp:
    """An application with what outlives a release around it: counters, log, and what a proxy says of the client."""
    observed: ASGIApp = Observed(app, metrics, log, HEADERS)
    if settings.proxies:
        observed = wrap_asgi_with_proxy_headers(observed, settings.proxies)
    return PathPrefix(observed, settings.root_path, settings.proxies)


def _server(app: ASGIApp, settings: Settings) -> Server:
    logging_config: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
    logging_config["handlers"]["console"]["stream"] = "ext://sys.stderr"
    try:
        return Server(
            app,
            address=settings.host,
            port=settings.port,
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
