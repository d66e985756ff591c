"""Answers that are kept: each is made once, however many ask for it at a time, and the least used goes first."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AsyncExitStack
from typing import NamedTuple

from cachetools import LRUCache
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivig.query.sandbox.shares import Shares
from ivig.web.addresses import client_of
from ivig.web.monitoring import LEFT, Metrics, note

FRESH = b"public, max-age=60"
"""A release does not change, but the next one may come: for a minute nobody asks again."""

_OVERHEAD = 1000
"""Bytes that an entry takes beside its body and its key, roughly."""
_LARGEST = 4
"""A single answer may take the whole divided by this."""
_NEVER_KEPT = ("/health", "/ready", "/metrics")
_IN_THE_KEY = (b"host", b"accept", b"accept-encoding")
_MADE_AT_ONCE = 2
"""Pages, tables and graphs that are made for one client at a time: the server has few threads, and one interpreter."""


class KeptAnswer(NamedTuple):
    """An answer as it is sent.

    :param status: of HTTP
    :param headers: names, in small letters, and values
    :param body: all of it, compressed where the headers say so
    :param etag: of this very form of it
    :param noted: for the log
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    noted: dict[str, object]

    async def deliver(self, scope: Scope, send: Send) -> None:
        """Send it as a request wants it: all of it, or only that nothing has changed.

        :param scope: of the request, as ASGI has it
        :param send: takes the messages of the answer
        """
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        tags = [tag.strip().removeprefix(b"W/") for tag in known.split(b",")]
        if self.status == 200 and (self.etag in tags or tags == [b"*"]):
            headers = [pair for pair in self.headers if pair[0] not in (b"content-length", b"content-encoding")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


Make = Callable[[], Awaitable[KeptAnswer | None]]


class AnswerCache:
    """Answers by key, within a number of bytes. It belongs to one release, so nothing in it grows old."""

    def __init__(self, max_bytes: int) -> None:
        self.largest = max_bytes // _LARGEST
        self._kept: LRUCache[Hashable, tuple[KeptAnswer, int]] = LRUCache(max_bytes, getsizeof=lambda entry: entry[1])
        self._being_made: dict[Hashable, asyncio.Future[KeptAnswer | None]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return int(self._kept.currsize)

    def get(self, key: Hashable) -> KeptAnswer | None:
        """The answer, if it is kept."""
        found = self._kept.get(key)
        return found[0] if found else None

    async def made_once(self, key: Hashable, make: Make) -> KeptAnswer | None:
        """The answer, made by one while all others that ask for it wait.

        That it is an error holds for those that wait too: what is too much for one is too much for all. It is not kept.

        :param make: gives the answer, or None for one that is for nobody else; then each makes its own
        :raises Exception: what making it raises, for those that wait too
        """
        if (waiting := self._being_made.get(key)) is not None:
            return await asyncio.shield(waiting)
        future: asyncio.Future[KeptAnswer | None] = asyncio.get_running_loop().create_future()
        self._being_made[key] = future
        try:
            made = await make()
        except BaseException as error:
            if isinstance(error, Exception):
                future.set_exception(error)
                # Where nobody waits, nobody is to be told.
                future.exception()
            else:
                future.set_result(None)
            raise
        else:
            if made is not None and made.status == 200:
                self._keep(key, made)
            future.set_result(made)
            return made
        finally:
            del self._being_made[key]

    def _keep(self, key: Hashable, answer: KeptAnswer) -> None:
        taken = len(answer.body) + _OVERHEAD + len(repr(key))
        if taken <= self.largest:
            self._kept[key] = (answer, taken)


class Cached:
    """Answers GET and HEAD with what was answered before. HEAD is asked like GET, so that it gets the same headers."""

    def __init__(self, app: ASGIApp, cache: AnswerCache, metrics: Metrics) -> None:
        """
        :param app: the application that makes the answers
        :param cache: where they are kept
        :param metrics: count those that were kept and those that were not
        """
        self._app, self._cache = app, cache
        self._found, self._missed = (metrics.cached.labels(found) for found in ("yes", "no"))
        self._shares = Shares(_MADE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        as_get = {**scope, "method": "GET"}
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(_NEVER_KEPT):
            await self._app(as_get, receive, send)
            return
        wanted = tuple(pair for pair in scope["headers"] if pair[0] in _IN_THE_KEY)
        key = (scope.get("root_path", ""), path, scope["query_string"], scope["scheme"], *wanted)
        answer = self._cache.get(key)
        (self._missed if answer is None else self._found).inc()
        if answer is not None:
            note(scope, **answer.noted)
            await answer.deliver(scope, send)
            return
        answered = False

        async def make() -> KeptAnswer | None:
            nonlocal answered
            async with AsyncExitStack() as share:
                # A query waits for a worker instead, and is told when too many do.
                if path != "/sparql":
                    await share.enter_async_context(self._shares.of(client_of(scope)))
                first = _FirstAnswer(send, self._cache.largest, share.aclose)
                await self._app(as_get, receive, first)
            answered = first.passed_on
            return first.kept(scope)

        answer = await self._cache.made_once(key, make)
        if answer is not None:
            await answer.deliver(scope, send)
        elif not answered:
            # What another asked for was not to be kept.
            await self._app(as_get, receive, send)


class _FirstAnswer:
    """Takes an answer that is being made. One that others may have is held back, any other goes on to who asked."""

    def __init__(self, send: Send, largest: int, when_passed_on: Callable[[], Awaitable[None]]) -> None:
        self._send, self._largest, self._when_passed_on = send, largest, when_passed_on
        self._start: Message = {}
        self._body: list[bytes] = []
        self._size = 0
        self.passed_on = False

    async def __call__(self, message: Message) -> None:
        if self.passed_on:
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._start = message
            if _is_for_one(message):
                await self._pass_on()
        else:
            self._body.append(message.get("body", b""))
            self._size += len(self._body[-1])
            if self._size > self._largest:
                await self._pass_on(more=message.get("more_body", False))

    async def _pass_on(self, *, more: bool = True) -> None:
        self.passed_on = True
        # From here on it is for who asked to take it, at their own pace.
        await self._when_passed_on()
        await self._send(self._start)
        if self._body:
            await self._send({"type": "http.response.body", "body": b"".join(self._body), "more_body": more})
            self._body.clear()

    def kept(self, scope: Scope) -> KeptAnswer | None:
        """The answer, where it is one that others may have."""
        if self.passed_on or not self._start:
            return None
        body = b"".join(self._body)
        status, headers, noted = self._start["status"], self._start["headers"], scope.get("ivig.noted", {})
        if status != 200:
            return KeptAnswer(status, headers, body, b"", noted)
        own = (b"etag", b"cache-control", b"content-length", b"last-modified")
        # What changes its address with its content stays as long as it says.
        fresh = next((value for name, value in headers if name == b"cache-control" and b"immutable" in value), FRESH)
        etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'.encode()
        headers = [pair for pair in headers if pair[0] not in own]
        headers += [(b"etag", etag), (b"cache-control", fresh), (b"content-length", str(len(body)).encode())]
        return KeptAnswer(status, headers, body, etag, {**noted, "kept": True})


def _is_for_one(start: Message) -> bool:
    """Whether nobody else may have an answer: it differs each time, or whoever asked was only not served now."""
    headers = dict(start["headers"])
    if start["status"] == 200:
        return b"no-store" in headers.get(b"cache-control", b"")
    return start["status"] == LEFT or b"retry-after" in headers
