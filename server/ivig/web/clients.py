"""Who asks, and that none of them keeps all others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope

_SUBNET = 64
"""Bits of an IPv6 address that a client has not chosen itself: the rest it may change with every connection."""


def client_of(scope: Scope) -> str:
    """Who asks: an IPv4 address, or the network that an IPv6 address is in; empty where it is not known.

    >>> client_of({"client": ("192.0.2.1", 80)}), client_of({"client": ("2001:db8:1:2:3:4:5:6", 80)})
    ('192.0.2.1', '2001:db8:1:2::/64')
    """
    host: str = scope["client"][0] if scope.get("client") else ""
    try:
        return household(address_of(host))
    except ValueError:
        return host


def address_of(host: str) -> IPv4Address | IPv6Address:
    """The address that a connection comes from, an IPv4 one as such. Raises ValueError where it is none."""
    address = ip_address(host.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def household(address: IPv4Address | IPv6Address) -> str:
    """One client's addresses in one name."""
    return str(address if isinstance(address, IPv4Address) else ip_network((address, _SUBNET), strict=False))


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
