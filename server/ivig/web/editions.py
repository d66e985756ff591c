"""The release that is served, as an application, and how another takes its place between two requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from ivig.query import Graph
from ivig.query.sandbox import Pool
from ivig.web.app import create_app
from ivig.web.monitoring import Metrics
from ivig.web.served import Served
from ivig.web.settings import Settings

Open = Callable[[], Graph]


class Edition:
    """A release that is served: its application with its lifespan, and the requests that it has in work."""

    def __init__(self, app: FastAPI, lifespan: AsyncExitStack) -> None:
        self._app, self._lifespan = app, lifespan
        self.served: Served = app.state.served
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    async def started(cls, app: FastAPI) -> Edition:
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

    @property
    def digest(self) -> str:
        """Of the release."""
        return self.served.graph.release.digest

    async def retire(self) -> None:
        """Let the requests in work end, then stop the workers."""
        try:
            await self._idle.wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop the workers."""
        await self._lifespan.aclose()


class Editions:
    """The edition that answers now. It is an application itself, which outlives those that it hands requests on to."""

    def __init__(self, opened: Open, settings: Settings, metrics: Metrics) -> None:
        """
        :param opened: gives the graph with its newest release
        :param settings: of this process
        :param metrics: the counters, which outlive a release
        """
        self._opened, self._settings, self._metrics = opened, settings, metrics
        self._tasks: set[asyncio.Task[Any]] = set()
        self._now: Edition
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
        return self._now.digest

    async def prepared(self) -> Edition:
        """The newest release, ready to take over.

        :raises Exception: whatever a folder holds that should be a release
        """
        graph = await asyncio.to_thread(self._opened)
        try:
            app = await asyncio.to_thread(create_app, graph, self._settings, self._metrics)
            return await Edition.started(app)
        except BaseException:
            graph.release.drop()
            raise

    def begin(self, edition: Edition) -> None:
        """Let the first edition answer."""
        self._now = edition
        self._metrics.release.info({"digest": edition.digest})

    def take(self, edition: Edition) -> None:
        """Let another take over; the one before ends its requests."""
        before = self._now
        self.begin(edition)
        self._metrics.reloads.labels("done").inc()
        self.soon(before.retire())

    def failed(self) -> None:
        """Take note that the newest release could not take over."""
        self._metrics.reloads.labels("failed").inc()

    def soon(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do some work beside the requests; it is broken off when the server stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop the workers of all releases."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._now.close()


def _asked(pool: Pool) -> int:
    return pool.busy + pool.queued
