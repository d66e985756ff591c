"""What may be sent to an address: said to OPTIONS, and with the refusal of anything else."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ASKED = ("GET", "POST")
_OF_NOBODY = b"-="
"""A parameter that no address knows: what would be much work is not done for it, and what is not there is not there."""


class Methods:
    """Answers OPTIONS, and says with every 405 what OPTIONS says; where there is nothing, both are 404."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        # GET is for every address that there is, and most requests are that.
        if method == "GET" or (method in _ASKED and self._is_routed(scope, method)):
            await self._app(scope, receive, send)
            return
        found = [asked for asked in _ASKED if self._is_routed(scope, asked)]
        as_get = {**scope, "method": "GET"}
        if not found or not await self._is_there(as_get, receive):
            await self._app(as_get, receive, send)
            return
        allowed = ", ".join(sorted({*found, "OPTIONS", *(("HEAD",) if "GET" in found else ())})).encode()
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", allowed)]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_allowed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                others = [pair for pair in message["headers"] if pair[0].lower() != b"allow"]
                message = {**message, "headers": [*others, (b"allow", allowed)]}
            await send(message)

        await self._app(scope, receive, with_allowed)

    def _is_routed(self, scope: Scope, method: str) -> bool:
        asked = {**scope, "method": method}
        # What is mounted takes every method and answers one.
        return any(
            route.matches(asked)[0] is Match.FULL and (method == "GET" or not isinstance(route, Mount))
            for route in self._routes
        )

    async def _is_there(self, as_get: Scope, receive: Receive) -> bool:
        status = 404

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]

        # Nothing but the host is told, so that neither a format nor a condition decides.
        headers = [pair for pair in as_get["headers"] if pair[0] == b"host"]
        await self._app({**as_get, "query_string": _OF_NOBODY, "headers": headers}, receive, seen)
        return status != 404
