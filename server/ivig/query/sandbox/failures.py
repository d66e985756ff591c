"""What goes wrong in a worker, as bytes that pass to the server, and as the error that it was."""

from __future__ import annotations

import json

from ivig.errors import (
    AmbiguousName,
    AnswerTooLarge,
    BadInput,
    BadQuery,
    IvigError,
    Refused,
    TooMuchMemory,
    UnknownName,
)


class NotWanted(IvigError):
    """The answer has a kind of result that the client takes in no format. `kind` is rows or triples."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"the answer has {kind}, which the client takes in none of the offered formats")


_MADE_OF: dict[type[IvigError], tuple[str, ...]] = {
    AmbiguousName: ("what", "name", "choices"),
    AnswerTooLarge: (),
    BadInput: (),
    BadQuery: ("bare", "line", "column"),
    NotWanted: ("kind",),
    Refused: ("bare", "line", "column"),
    TooMuchMemory: (),
    UnknownName: ("what", "name", "nearest"),
}
"""The errors that a worker may send, and the attributes that each is made of again; without any, its message."""
_BY_NAME = {kind.__name__: kind for kind in _MADE_OF}


def packed_error(error: IvigError) -> bytes:
    """An error as bytes. One of a class that a worker may not send goes as what it is a kind of, else as a BadQuery."""
    kind = next((one for one in type(error).__mro__ if one in _MADE_OF), None)
    names = _MADE_OF[kind] if kind else ()
    parts = [getattr(error, name) for name in names] or [str(error)]
    return json.dumps([(kind or BadQuery).__name__, parts]).encode()


def unpacked_error(payload: bytes) -> IvigError:
    """The error that bytes hold. Raises KeyError where they hold none that a worker may send."""
    name, parts = json.loads(payload)
    return _BY_NAME[name](*parts)
