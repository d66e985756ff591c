"""What passes between the server and a worker: jobs one way, frames with the answer or an error the other.

A frame is a kind (one byte), a length (four bytes, big-endian) and that many bytes.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import NamedTuple

from ivig.errors import (
    AmbiguousName,
    AnswerTooLarge,
    BadInput,
    BadQuery,
    Damaged,
    EngineDown,
    EngineTooSlow,
    EngineWrong,
    IvigError,
    Refused,
    TooMuchMemory,
    UnknownName,
)

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
    """The answer is complete; empty."""
    ERROR = 5
    """There is no answer: what went wrong, as JSON."""


class Job(NamedTuple):
    """A query, or another task that a worker knows, with all that it has to know.

    :param query: in SPARQL; empty for another task
    :param default: the IRIs of the graphs that the protocol names as the default graph
    :param named: the IRIs of the graphs that the protocol names for GRAPH
    :param rows: the format for an answer of rows, or yes or no; None where the client accepts none
    :param triples: the format for an answer of triples; None where the client accepts none
    :param seconds: that it may take
    :param answer: the most bytes that its answer may have
    :param task: what is asked in place of a query, as the program of the worker reads it
    """

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    rows: str | None = "json"
    triples: str | None = "turtle"
    seconds: float = 10.0
    answer: int = 64_000_000
    task: str = ""

    def packed(self) -> bytes:
        """The job as a frame."""
        return packed(Frame.JOB, json.dumps(self).encode())

    @classmethod
    def unpacked(cls, payload: bytes) -> Job:
        """The job that a frame holds."""
        query, default, named, *rest = json.loads(payload)
        return cls(query, tuple(default), tuple(named), *rest)


class NotWanted(IvigError):
    """The answer has a kind of result that the client takes in no format. `kind` is rows or triples."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"the answer has {kind}, which the client takes in none of the offered formats")


def packed(kind: Frame, payload: bytes = b"") -> bytes:
    """A frame.

    :param kind: what the frame is
    :param payload: what it holds
    :returns: a head of five bytes, then the payload

    >>> packed(Frame.FORMAT, b"json")
    b'\\x02\\x00\\x00\\x00\\x04json'
    """
    return HEAD.pack(kind, len(payload)) + payload


_MADE_OF: dict[type[IvigError], tuple[str, ...]] = {
    AmbiguousName: ("what", "name", "choices"),
    AnswerTooLarge: (),
    BadInput: (),
    BadQuery: ("bare", "line", "column"),
    Damaged: (),
    EngineDown: (),
    EngineTooSlow: (),
    EngineWrong: (),
    NotWanted: ("kind",),
    Refused: ("bare", "line", "column"),
    TooMuchMemory: (),
    UnknownName: ("what", "name", "nearest", "known"),
}
"""The errors that a worker may send, and the attributes that each is made of again; without any, its message."""


def packed_error(error: IvigError) -> bytes:
    """An error as bytes. One of a class that a worker may not send goes as what it is a kind of, else as a BadQuery."""
    kind = next((one for one in type(error).__mro__ if one in _MADE_OF), None)
    names = _MADE_OF[kind] if kind else ()
    parts = [getattr(error, name) for name in names] or [str(error)]
    return json.dumps([(kind or BadQuery).__name__, parts]).encode()


def unpacked_error(payload: bytes) -> IvigError:
    """The error that bytes hold.

    :raises KeyError: where they hold none that a worker may send
    """
    name, parts = json.loads(payload)
    return {kind.__name__: kind for kind in _MADE_OF}[name](*parts)
