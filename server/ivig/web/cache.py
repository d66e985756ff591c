"""Answers that are kept: each is made once, however many ask for it at a time, and the least used goes first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress

from ivig.errors import Busy
from ivig.web.representation import Representation

Make = Callable[[], Awaitable[Representation | None]]

_OVERHEAD = 1000
"""Bytes that an entry takes beside its body and its key, roughly."""
_LARGEST = 4
"""A single answer may take the whole divided by this."""


class AnswerCache:
    """Answers by key, within a number of bytes. It belongs to one release, so nothing in it grows old."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.largest = max_bytes // _LARGEST
        self.size = 0
        self._kept: OrderedDict[Hashable, tuple[Representation, int]] = OrderedDict()
        self._being_made: dict[Hashable, asyncio.Future[Representation | None]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Representation | None:
        """The answer, if it is kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    async def made_once(self, key: Hashable, make: Make, within: Hashable = None) -> Representation | None:
        """The answer, made by one while all others that ask for it wait.

        make: gives the answer, or None for one that must not be kept; then each makes its own; within: what bounds the
        making, so that only those wait for it that have the same bounds. Raises what it raises, for those that wait
        too: what is too much for one is too much for all. But where one was only not served, the others try themselves.
        """
        bounded = key, within
        while (waiting := self._being_made.get(bounded)) is not None:
            with suppress(Busy):
                return await asyncio.shield(waiting)
        future: asyncio.Future[Representation | None] = asyncio.get_running_loop().create_future()
        self._being_made[bounded] = future
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
            if made is not None:
                self._keep(key, made)
            future.set_result(made)
            return made
        finally:
            del self._being_made[bounded]

    def grew(self, key: Hashable, by: int) -> None:
        """Take note that a kept answer has got another form."""
        if by and key in self._kept:
            answer, taken = self._kept.pop(key)
            self.size -= taken
            self._keep(key, answer)

    def _keep(self, key: Hashable, answer: Representation) -> None:
        taken = answer.size + _OVERHEAD + len(repr(key))
        if taken > self.largest:
            return
        self._kept[key] = (answer, taken)
        self.size += taken
        while self.size > self.max_bytes:
            _, (_, freed) = self._kept.popitem(last=False)
            self.size -= freed
