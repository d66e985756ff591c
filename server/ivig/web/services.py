"""Other servers that a query may call by SERVICE: none but those on the list, and none but where they say they are.

A worker calls none of them itself. It calls the relay here, which knows the list, resolves the name, refuses addresses
of private networks, connects to the very address that it has looked at, and follows no redirect.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

import ivig
from ivig.errors import BadInput, IvigError, Refused
from ivig.namespaces import BASE
from ivig.query.service_calls import Allowed
from ivig.web.public_addresses import is_public
from ivig.web.settings import Settings

if TYPE_CHECKING:
    import httpx

RELAY_PATH = "/-/relay/"
_PASSED_ON = ("accept", "content-type")
_USER_AGENT = f"ivig/{ivig.__version__} (+{BASE})"
"""Public endpoints, Wikidata's first of all, ask to be told who asks."""


class Unreachable(IvigError):
    """A server that did not answer as it should."""


class Services:
    """The relay to the allowed servers."""

    def __init__(self, settings: Settings) -> None:
        self.hosts = settings.hosts
        self._settings = settings
        self._token = secrets.token_urlsafe(24)
        self._own = ""

    def listen_at(self, address: str) -> None:
        """Say where this server listens: the relay is a part of it."""
        self._own = f"{address}{RELAY_PATH.removeprefix('/')}{self._token}?to="

    @property
    def allowed(self) -> Allowed:
        """What a worker has to know."""
        return Allowed(self.hosts, self._own)

    def is_for(self, scope: Scope) -> bool:
        """Whether a request is for the relay: it comes from a worker, which alone knows the token."""
        path: str = scope["path"]
        return bool(self.hosts) and secrets.compare_digest(path.encode(), f"{RELAY_PATH}{self._token}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._relayed(request)
        except IvigError as error:
            response = Response(str(error), status_code=502, media_type="text/plain")
        await response(scope, receive, send)

    async def _relayed(self, request: Request) -> Response:
        import httpx

        server = request.query_params.get("to", "")
        self.allowed.address_of(server)
        parts = urlsplit(server)
        host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
        address = await self._address(host, port)
        shown = f"[{address}]" if ":" in address else address
        target = urlunsplit((parts.scheme, f"{shown}:{port}", parts.path or "/", parts.query, ""))
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers["host"] = parts.netloc
        headers["user-agent"] = _USER_AGENT
        body = await request.body()
        try:
            async with (
                httpx.AsyncClient(
                    trust_env=False, follow_redirects=False, timeout=self._settings.query_seconds
                ) as client,
                client.stream(
                    "POST", target, content=body, headers=headers, extensions={"sni_hostname": host}
                ) as answer,
            ):
                return await self._bounded(server, answer)
        except httpx.HTTPError as error:
            raise Unreachable(f"{server}: {error}") from error

    async def _bounded(self, server: str, answer: httpx.Response) -> Response:
        if answer.status_code != 200:
            raise Unreachable(f"{server} answered with status {answer.status_code}")
        limit = self._settings.limits().answer
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > limit:
                raise Unreachable(f"{server} answered with more than {limit} bytes")
        return Response(bytes(body), media_type=answer.headers.get("content-type"))

    async def _address(self, host: str, port: int) -> str:
        """The address to connect to. Raises Refused where a name leads into a private network, in whole or in part."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unreachable(f"{host}: {error.strerror or error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._settings.service_private:
            check_public(host, addresses)
        return addresses[0]


def check_public(host: str, addresses: Sequence[str]) -> None:
    """Raise Refused where one of the addresses is not on the public Internet.

    >>> check_public("a.example", ["198.41.0.4"])
    >>> check_public("a.example", ["198.41.0.4", "127.0.0.1"])
    Traceback (most recent call last):
    ivig.errors.Refused: a.example leads to 127.0.0.1, which is not on the public Internet
    """
    for address in addresses:
        if not is_public(address):
            raise Refused(f"{host} leads to {address}, which is not on the public Internet")
    if not addresses:
        raise BadInput(f"{host} has no address")
