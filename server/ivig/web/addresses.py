"""Addresses: who asks, under which address and path prefix this server is known, and where its own things are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import quote

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ivig.namespaces import BASE

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~\-]+)+/?")
_SUBNET = 64
"""Bits of an IPv6 address that a client has not chosen itself: the rest it may change with every connection."""


def client_of(scope: Scope) -> str:
    """Who asks: an IPv4 address, or the network that an IPv6 address is in; empty where it is not known.

    >>> client_of({"client": ("192.0.2.1", 80)}), client_of({"client": ("2001:db8:1:2:3:4:5:6", 80)})
    ('192.0.2.1', '2001:db8:1:2::/64')
    """
    host: str = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(ip_network((address, _SUBNET), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


class PathPrefix:
    """Lets the application live below a path: that of `public_url`, or what a trusted proxy gives as
    `X-Forwarded-Prefix`. Whether the proxy has cut it off or left it, the application sees it in `root_path`.
    """

    def __init__(self, app: ASGIApp, root_path: str, proxies: Sequence[str]) -> None:
        """
        :param app: the application that is let live there
        :param root_path: the path of `public_url`, without a slash at its end; empty for none
        :param proxies: addresses and networks of the proxies that are trusted
        """
        self._app, self._root_path = app, root_path
        self._proxies = [ip_network(one) for one in proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (root := self._prefix(scope) or self._root_path):
            path: str = scope["path"]
            if path != root and not path.startswith(f"{root}/"):
                path = root + path
            scope = {**scope, "root_path": root, "path": path, "raw_path": quote(path).encode()}
        await self._app(scope, receive, send)

    def _prefix(self, scope: Scope) -> str:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        given = next((value for name, value in headers if name == b"x-forwarded-prefix"), b"").decode("latin-1")
        if not _PREFIX.fullmatch(given) or not self._is_trusted(scope):
            return ""
        return given.rstrip("/")

    def _is_trusted(self, scope: Scope) -> bool:
        try:
            peer = ip_address(scope["client"][0])
        except (ValueError, TypeError):
            return False
        return any(peer in network for network in self._proxies)


def local_path(iri: str) -> str:
    """Where one of our IRIs is on this server, below its prefix.

    >>> local_path("https://w3id.org/ivig/condition/guillain-barre-syndrome")
    '/condition/guillain-barre-syndrome'
    """
    return "/" + quote(iri.removeprefix(BASE), safe="/#-._~")


def url(request: Request, path: str) -> str:
    """The address of a path of this server, as a link in its answers has it: with the prefix.

    :param request: the one that is answered
    :param path: with a slash at its beginning
    """
    root: str = request.scope.get("root_path", "")
    return root + path


def public_url(request: Request, configured: str) -> str:
    """The address of this server as its visitors know it, with a final slash.

    :param configured: the setting, which wins where it is given
    """
    if configured:
        return configured
    host = request.headers.get("host", "")
    # What a client sends as host must not come back as anything but a host.
    named = host if _HOST.fullmatch(host) else "localhost"
    return f"{request.url.scheme}://{named}{url(request, '/')}"
