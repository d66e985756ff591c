"""Who asks, and that none of them keeps all others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_network

from starlette.types import Scope

_SUBNET = 64
"""Bits of an IPv6 address that tell one household from another: the rest is its own to choose."""


def client_of(scope: Scope) -> str:
    """Who asks: an IPv4 address, or the network that an IPv6 address is in; empty where it is not known.

    >>> client_of({"client": ("192.0.2.1", 80)}), client_of({"client": ("2001:db8:1:2:3:4:5:6", 80)})
    ('192.0.2.1', '2001:db8:1:2::/64')
    """
    host = scope["client"][0] if scope.get("client") else ""
    if ":" not in host:
        return str(host)
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return str(host)
    return str(address.ipv4_mapped or ip_network((address, _SUBNET), strict=False))


class Turns:
    """Turns at something of which each client may have so many at a time."""

    def __init__(self, each: int) -> None:
        self._each = each
        self._of: dict[str, tuple[asyncio.Semaphore, set[object]]] = {}

    @asynccontextmanager
    async def one(self, client: str) -> AsyncIterator[Turn]:
        """Wait for a turn, which ends with the context or when it is given back."""
        semaphore, asking = self._of.setdefault(client, (asyncio.Semaphore(self._each), set()))
        turn = Turn(semaphore)
        asking.add(turn)
        try:
            await semaphore.acquire()
            turn.taken = True
            yield turn
        finally:
            turn.give_back()
            asking.discard(turn)
            if not asking:
                del self._of[client]


class Turn:
    """A turn that a client has."""

    def __init__(self, semaphore: asyncio.Semaphore) -> None:
        self._semaphore = semaphore
        self.taken = False

    def give_back(self) -> None:
        """End it before its time: what is left to do takes nothing from others."""
        if self.taken:
            self.taken = False
            self._semaphore.release()
