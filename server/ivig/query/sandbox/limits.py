"""What a query of a visitor may take."""

from __future__ import annotations

from typing import NamedTuple

MEGABYTE = 1_000_000


class Limits(NamedTuple):
    """Bounds of one query, and of all of them together.

    :param seconds: from the moment a worker has the query to the last byte of its answer
    :param memory: bytes beyond what an idle worker takes
    :param answer: bytes of the answer
    :param workers: queries that run at once
    :param per_client: those of one client among them
    :param queue: queries that wait for a worker, those of one client at most half of them
    :param patience: seconds that each waits
    """

    seconds: float = 10.0
    memory: int = 256 * MEGABYTE
    answer: int = 64 * MEGABYTE
    workers: int = 4
    per_client: int = 2
    queue: int = 32
    patience: float = 10.0
