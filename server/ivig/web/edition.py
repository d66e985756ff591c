"""Editions: a release with all that serves it. A new one takes over between two requests; the old one ends its own."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ivig.export.worker import PROGRAM as EXPORTS
from ivig.query import Graph
from ivig.query.sandbox import Pool
from ivig.query.sandbox.limits import MEGABYTE
from ivig.web.app import create_app
from ivig.web.cache import AnswerCache
from ivig.web.layers import Kept
from ivig.web.methods import Methods
from ivig.web.metrics import Metrics
from ivig.web.services import Services
from ivig.web.settings import Settings


class Edition:
    """One release: its application, the workers that run visitors' queries, and the answers that are kept."""

    def __init__(self, graph: Graph, settings: Settings, metrics: Metrics, services: Services) -> None:
        self.graph = graph
        if not settings.dataset:
            # A release that is damaged is found out before it takes over, not by the first who asks for a name.
            graph.read()

        def stopped(reason: str) -> None:
            metrics.stopped.labels(reason).inc()

        # A query on nothing but this release needs none, whatever it says.
        network = bool(services.hosts)
        self.pool = Pool(graph.release, settings.limits(), stopped, network=network)
        self.exports: Pool | None = None
        if not settings.dataset:
            program = (EXPORTS, str(graph.files.folder))
            self.exports = Pool(graph.release, settings.export_limits(), stopped, program, network=network)
        self.cache = AnswerCache(int(settings.cache_size * MEGABYTE))
        self.api: FastAPI = create_app(graph, self.pool, self.exports, self.cache, settings, metrics, services)
        self.in_flight = 0
        self._drained = asyncio.Event()
        self._starting: asyncio.Task[None] | None = None
        kept = Kept(Methods(self.api, self.api.routes), self.cache, metrics)
        self._app: ASGIApp = CORSMiddleware(
            kept,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["*"],
            expose_headers=["ETag", "Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.in_flight += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self._drained.set()

    @property
    def exports_asked(self) -> int:
        """Exports that are made or wait."""
        return self.exports.busy + self.exports.queued if self.exports is not None else 0

    async def start(self) -> None:
        """Start the workers. Queries can be asked from then on; exports wait until theirs has read the release."""
        await self.pool.start()
        if self.exports is not None:
            self._starting = asyncio.get_running_loop().create_task(self.exports.start())

    async def close(self) -> None:
        """Stop the workers, the last who read the release."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await asyncio.gather(*(pool.close() for pool in (self.pool, self.exports) if pool is not None))
        await asyncio.to_thread(self.graph.release.drop)

    async def retire(self) -> None:
        """Let the requests in flight end, then stop the workers."""
        while self.in_flight:
            self._drained.clear()
            await self._drained.wait()
        await self.close()


class Editions:
    """The edition that counts now, as an application."""

    def __init__(self, first: Edition) -> None:
        self.current = first
        self._retiring: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.current(scope, receive, send)

    async def replace(self, new: Edition) -> None:
        """Start an edition and let it take over. Where it cannot start, the old one stays."""
        await new.start()
        old, self.current = self.current, new
        task = asyncio.get_running_loop().create_task(old.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def close(self) -> None:
        """Stop all of it."""
        for task in self._retiring:
            task.cancel()
        await self.current.close()
