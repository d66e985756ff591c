"""How a query becomes an answer over HTTP: from what is kept or from a worker, whole or as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple, TypeVar

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from ivig.errors import Busy, IvigError, LimitReached, UnknownName
from ivig.query.query_text import QueryText
from ivig.query.sandbox import Job, NotWanted, Pool, Running
from ivig.query.sandbox.limits import MEGABYTE
from ivig.web.access_log import query_digest
from ivig.web.cache import AnswerCache
from ivig.web.clients import client_of
from ivig.web.connection import abort
from ivig.web.metrics import Metrics
from ivig.web.negotiation import GRAPH_TYPES, RESULT_TYPES, chosen_format, content_type
from ivig.web.problems import Gone, NotAcceptable
from ivig.web.protocol import Operation
from ivig.web.representation import FRESH, Headers, Representation
from ivig.web.services import Services
from ivig.web.settings import Settings

T = TypeVar("T")

_PATIENCE = 0.2
"""Seconds after which it is looked whether who asked is still there."""


class Endpoint:
    """How a query becomes an answer: from the cache, or from a worker, whole or as it comes."""

    def __init__(
        self, pool: Pool, cache: AnswerCache, settings: Settings, metrics: Metrics, services: Services
    ) -> None:
        self._pool, self._cache, self._settings = pool, cache, settings
        self._metrics, self._services = metrics, services
        self._spool = int(settings.spool_size * MEGABYTE)

    async def answer(self, asked: Operation, request: Request) -> Response:
        """Raises what is wrong with the query, or what it took too much of."""
        accept = request.headers.get("accept")
        limits = self._pool.limits
        job = Job(
            asked.query,
            asked.dataset.default,
            asked.dataset.named,
            _format(RESULT_TYPES, accept, asked.format),
            _format(GRAPH_TYPES, accept, asked.format),
            min(asked.seconds or limits.seconds, limits.seconds),
            limits.answer,
            self._services.allowed,
        )
        if job.rows is None and job.triples is None:
            # Says what is offered, or what the named format is nearest to.
            chosen_format({**RESULT_TYPES, **GRAPH_TYPES}, accept, asked.format)
        key = ("sparql", *job[:5])
        kept = self._cache.get(key)
        request.scope["ivig.noted"] |= {"query": query_digest(asked.query), "kept": kept is not None}
        self._metrics.looked_up(kept is not None)
        rest: list[_Rest] = []
        lasting = _may_be_kept(asked.query, self._services)

        client = client_of(request.scope)

        async def make() -> Representation | None:
            running = await self._pool.run(job, client)
            spooled = await self._spooled(running, job)
            if isinstance(spooled, _Rest):
                rest.append(spooled)
                return None
            return Representation(spooled, _headers(running.format), lasting=lasting)

        try:
            if kept is None and lasting:
                kept = await _unless_gone(self._cache.made_once(key, make, within=job.seconds), request.receive)
            if kept is None and not rest:
                kept = await _unless_gone(make(), request.receive)
        except NotWanted as error:
            types = RESULT_TYPES if error.kind == "rows" else GRAPH_TYPES
            chosen_format(types, accept, asked.format)
            raise
        except Busy:
            self._metrics.refused.inc()
            raise
        if kept is not None:
            return _Whole(kept, lambda grown: self._cache.grew(key, grown))
        return _AsItComes(rest[0])

    async def _spooled(self, running: Running, job: Job) -> bytes | _Rest:
        """The whole answer; what there is of it and the rest to come, where it is larger than what is kept back."""
        body = bytearray()
        chunks = running.chunks()
        try:
            async for chunk in chunks:
                body += chunk
                if len(body) > self._spool:
                    return _Rest(running, bytes(body), chunks)
        except BaseException:
            running.close()
            raise
        return bytes(body)


def _may_be_kept(query: str, services: Services) -> bool:
    """Whether an answer rests on this release alone: where other servers may be called, a query that could name one
    does not."""
    return not services.hosts or not QueryText(query).may_call_servers


class _Rest(NamedTuple):
    """An answer too large to keep back: what there is of it, and what is to come."""

    running: Running
    begun: bytes
    chunks: AsyncIterator[bytes]


class _Whole(Response):
    """An answer that is kept."""

    def __init__(self, kept: Representation, on_growth: Callable[[int], None]) -> None:
        self._kept, self._on_growth = kept, on_growth
        super().__init__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._on_growth(await self._kept.deliver(scope, send))


class _AsItComes(Response):
    """An answer that is sent while it is made. Where it cannot be completed the connection is cut: HTTP has no other
    way to say so once the status has gone out, and every client reports it."""

    def __init__(self, rest: _Rest) -> None:
        self._rest = rest
        super().__init__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        running, begun, chunks = self._rest
        headers = [*_headers(running.format), (b"cache-control", FRESH)]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": begun, "more_body": True})
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except LimitReached as error:
            scope["ivig.noted"]["cut"] = str(error)
            abort(scope)
            await _left(receive)
        finally:
            running.close()


def _headers(format_name: str) -> Headers:
    media_type = {**RESULT_TYPES, **GRAPH_TYPES}[format_name]
    return [(b"content-type", content_type(media_type).encode()), (b"vary", b"Accept")]


def _format(types: Mapping[str, str], accept: str | None, named: str | None) -> str | None:
    """The format for one kind of answer, None where the client takes none of them."""
    try:
        return chosen_format(types, accept, named)
    except (UnknownName, NotAcceptable):
        return None


async def _unless_gone(answer: Awaitable[T], receive: Receive) -> T:
    """The answer, unless who asked for it goes away first: then the work is stopped. Raises Gone."""
    making = asyncio.ensure_future(answer)
    leaving: asyncio.Future[None] | None = None
    try:
        await asyncio.wait({making}, timeout=_PATIENCE)
        if not making.done():
            leaving = asyncio.ensure_future(_left(receive))
            await asyncio.wait({making, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if making.done():
            return making.result()
        raise Gone("the client is gone")
    finally:
        for task in (making, leaving):
            if task is not None and not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, IvigError):
                    await task


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
