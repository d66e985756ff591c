"""What each client has had of the workers of late."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

_HALF_LIFE = 10.0
"""Seconds after which what somebody has had counts half."""
_MOST_CLIENTS = 10_000


class Usage:
    """Seconds of worker time by client, those of long ago counting less. clock: in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._had: dict[str, tuple[float, float]] = {}
        self._running: Counter[str] = Counter()

    def begin(self, client: str) -> None:
        """A query of a client begins."""
        self._settle(client)
        self._running[client] += 1

    def end(self, client: str) -> None:
        """A query of a client ends."""
        self._settle(client)
        self._running[client] -= 1
        if self._running[client] <= 0:
            del self._running[client]

    def of(self, client: str) -> float:
        """What a client has had, in seconds that count.

        >>> now = [0.0]
        >>> usage = Usage(lambda: now[0])
        >>> usage.begin("a"); now[0] = 4.0; usage.end("a"); now[0] = 14.0
        >>> usage.of("a"), usage.of("b")
        (2.0, 0.0)
        """
        had, since = self._had.get(client, (0.0, 0.0))
        passed = self._clock() - since
        return had * 0.5 ** (passed / _HALF_LIFE) + self._running[client] * passed if client in self._had else 0.0

    def _settle(self, client: str) -> None:
        if len(self._had) >= _MOST_CLIENTS and client not in self._had:
            # Who has had next to nothing goes before all others anyway.
            self._had = {one: had for one, had in self._had.items() if self._running[one] or self.of(one) > 1}
        self._had[client] = (self.of(client), self._clock())
