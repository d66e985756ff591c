"""What passes between the server and a worker: jobs one way, frames the other.

A frame is a kind (one byte), a length (four bytes, big-endian) and that many bytes.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import NamedTuple

from ivig.query.service_calls import Allowed

HEAD = struct.Struct("!BI")


class Frame(IntEnum):
    """Kinds of frames."""

    READY = 0
    """The worker waits for a job; empty."""
    JOB = 1
    """A job."""
    FORMAT = 2
    """The answer begins: the name of its format."""
    DATA = 3
    """Bytes of the answer."""
    END = 4
    """The answer is whole; empty."""
    ERROR = 5
    """There is no answer, or no more of it: what went wrong, as JSON."""


class Job(NamedTuple):
    """A query, or another task that a worker knows, with all that it has to know.

    default, named: the graphs that the protocol names; rows, triples: the format for an answer of either kind, None
    where the client accepts none; services: the servers that SERVICE may call; task: what is asked in
    place of a query, as the program of the worker reads it.
    """

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    rows: str | None = "json"
    triples: str | None = "turtle"
    seconds: float = 10.0
    answer: int = 64_000_000
    services: Allowed = Allowed()
    task: str = ""

    def packed(self) -> bytes:
        """The job as a frame."""
        return packed(Frame.JOB, json.dumps(self).encode())

    @classmethod
    def unpacked(cls, payload: bytes) -> Job:
        """The job that a frame holds."""
        query, default, named, rows, triples, seconds, answer, (hosts, relay), task = json.loads(payload)
        services = Allowed(tuple(hosts), relay)
        return cls(query, tuple(default), tuple(named), rows, triples, seconds, answer, services, task)


def packed(kind: Frame, payload: bytes = b"") -> bytes:
    """A frame.

    >>> packed(Frame.FORMAT, b"json")
    b'\\x02\\x00\\x00\\x00\\x04json'
    """
    return HEAD.pack(kind, len(payload)) + payload
