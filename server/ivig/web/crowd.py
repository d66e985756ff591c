"""Who is connected: how many may be, how many of them one client, and which connection makes room for another."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from ivig.web.clients import address_of, household
from ivig.web.settings import Settings


class Connected(Protocol):
    """A connection. A client has no name where it is not known."""

    client: tuple[str, int] | None

    @property
    def may_end(self) -> bool:
        """Whether it could be ended without loss: it waits for a request, or for the rest of its head."""

    def make_room(self) -> None:
        """End it for the sake of another."""


class Crowd:
    """The connections that are open, those that have been as they are the longest first."""

    def __init__(self, settings: Settings) -> None:
        self._most, self._share = settings.connections, settings.share_of_connections
        self._proxies = settings.proxies
        self._open: dict[Connected, str | None] = {}
        self._of_client: Counter[str | None] = Counter()

    def enter(self, connection: Connected) -> bool:
        """Take a connection in, and return whether there is room for it.

        Where there are too many, the oldest that can be ended makes room: one of the same client where it has too many.
        """
        client = self._named(connection)
        self._open[connection] = client
        self._of_client[client] += 1
        while self.is_too_many(connection):
            among = client if self._is_over_share(client) else None
            if not self._ended_one(among, connection):
                return False
        return True

    def leave(self, connection: Connected) -> None:
        """A connection is closed."""
        if connection in self._open:
            client = self._open.pop(connection)
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    def moved_on(self, connection: Connected) -> None:
        """A connection has begun a request, has the whole head of one, or its answer."""
        if connection in self._open:
            self._open[connection] = self._open.pop(connection)

    def is_too_many(self, connection: Connected) -> bool:
        """Whether there are more connections than may be, of all clients or of this one."""
        return len(self._open) > self._most or self._is_over_share(self._open.get(connection))

    def _is_over_share(self, client: str | None) -> bool:
        return client is not None and self._of_client[client] > self._share

    def _ended_one(self, client: str | None, newcomer: Connected) -> bool:
        for other, its_client in self._open.items():
            if other is not newcomer and other.may_end and (client is None or its_client == client):
                self.leave(other)
                other.make_room()
                return True
        return False

    def _named(self, connection: Connected) -> str | None:
        """The client, None for one that has no share of its own: behind a proxy are many."""
        if connection.client is None:
            return None
        address = address_of(connection.client[0])
        return None if any(address in network for network in self._proxies) else household(address)
