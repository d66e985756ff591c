"""The layers around the application: what every answer carries, what is counted and noted, what is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivig.web.access_log import AccessLog
from ivig.web.cache import AnswerCache
from ivig.web.clients import Turns, client_of
from ivig.web.connection import REFUSED
from ivig.web.metrics import Metrics
from ivig.web.representation import Representation

_NOT_KEPT = ("/sparql", "/health", "/ready", "/metrics", "/static/")
_AREAS = ("sparql", "queries", "static", "condition", "statement", "health", "ready", "metrics", "export", "resolve")
_MADE_AT_ONCE = 2
"""Answers that are made for one client at a time: the house has few threads, and one interpreter."""
_LISTS = (b"accept", b"accept-encoding", b"accept-language", b"if-none-match")


class Headers:
    """Gives every answer the headers that it has not set itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                set_already = {name.lower() for name, _ in own}
                more = [pair for pair in self._headers if pair[0] not in set_already]
                if message["status"] >= 400 and b"cache-control" not in set_already:
                    more.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*own, *more]}
            await send(message)

        await self._app({**scope, "headers": _joined(scope["headers"])}, receive, with_headers)


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with the lines of a list in one, as they mean together (RFC 9110, 5.3)."""
    lists: dict[bytes, bytes] = {}
    others = []
    for name, value in headers:
        if name in _LISTS:
            lists[name] = lists[name] + b", " + value if name in lists else value
        else:
            others.append((name, value))
    return [*others, *lists.items()]


class Observed:
    """Counts and logs every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: AccessLog) -> None:
        self._app, self._metrics, self._log = app, metrics, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, size = 499, 0
        scope["ivig.noted"] = {}

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, watched)
        finally:
            refused: int | None = scope.get("extensions", {}).get(REFUSED)
            self.note(scope, refused or status, size, time.perf_counter() - begun)

    def note(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        """Count and log a request that was answered."""
        first = scope["path"].lstrip("/").partition("/")[0]
        area = first if first in _AREAS else "other"
        self._metrics.requests.labels(area, str(status)).inc()
        self._metrics.seconds.labels(area).observe(seconds)
        self._log.write(scope, status, size, seconds)


class Kept:
    """Answers GET and HEAD with what was answered before. HEAD is asked like GET, so that it gets the same headers."""

    def __init__(self, app: ASGIApp, cache: AnswerCache, metrics: Metrics) -> None:
        self._app, self._cache, self._metrics = app, cache, metrics
        self._turns = Turns(_MADE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        as_get = {**scope, "method": "GET"}
        if scope["path"].startswith(_NOT_KEPT):
            await self._app(as_get, receive, send)
            return
        key = _key(scope)
        answer = self._cache.get(key)
        self._metrics.looked_up(answer is not None)
        answered = False

        async def make() -> Representation | None:
            nonlocal answered
            async with self._turns.one(client_of(scope)) as turn:
                first = _FirstAnswer(send, self._cache.largest, turn.give_back)
                await self._app(as_get, receive, first)
            answered = first.passed_on
            return first.representation()

        if answer is None:
            answer = await self._cache.made_once(key, make)
        if answer is not None:
            self._cache.grew(key, await answer.deliver(scope, send))
        elif not answered:
            async with self._turns.one(client_of(scope)):
                await self._app(as_get, receive, send)


def _key(scope: Scope) -> tuple[object, ...]:
    """All that an answer depends on: every header line as it came, so that two that differ are never taken for one."""
    wanted = tuple(pair for pair in scope["headers"] if pair[0] in (b"host", b"accept"))
    return scope["raw_path"], scope["query_string"], scope["scheme"], *wanted


class _FirstAnswer:
    """Takes an answer that is being made. One that is to be kept is held back, any other goes on to who asked."""

    def __init__(self, send: Send, largest: int, when_passed_on: Callable[[], None]) -> None:
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
            if message["status"] != 200 or _no_store(message):
                await self._pass_on()
        else:
            self._body.append(message.get("body", b""))
            self._size += len(self._body[-1])
            if self._size > self._largest:
                await self._pass_on(more=message.get("more_body", False))

    async def _pass_on(self, *, more: bool = True) -> None:
        self.passed_on = True
        # From here on it is for who asked to take it, at their own pace.
        self._when_passed_on()
        await self._send(self._start)
        if self._body:
            await self._send({"type": "http.response.body", "body": b"".join(self._body), "more_body": more})

    def representation(self) -> Representation | None:
        """The answer, where it is one to keep."""
        if self.passed_on or not self._start:
            return None
        return Representation(b"".join(self._body), self._start["headers"])


def _no_store(start: Message) -> bool:
    return any(name == b"cache-control" and b"no-store" in value for name, value in start["headers"])
