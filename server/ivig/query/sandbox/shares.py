"""Fair shares: of what is scarce, each client has so much at a time and waits for more."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Shares:
    """A semaphore for each client, which lasts as long as somebody holds it or waits for it.

    >>> shares = Shares(2)
    >>> one = shares.of("a")
    >>> shares.of("a") is one, shares.of("b") is one
    (True, False)
    """

    def __init__(self, each: int) -> None:
        """:param each: how many a client may have at a time"""
        self._each = each
        self._semaphores: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, client: str) -> asyncio.Semaphore:
        """The semaphore of a client."""
        semaphore = self._semaphores.get(client)
        if semaphore is None:
            semaphore = self._semaphores[client] = asyncio.Semaphore(self._each)
        return semaphore
