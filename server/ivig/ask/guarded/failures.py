"""What a worker says went wrong, as the errors that everybody else raises."""

from __future__ import annotations

import json

from ivig.ask.guarded.job import Job
from ivig.ask.guarded.limits import MEGABYTE
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


def failure(payload: bytes, job: Job) -> IvigError:
    """What a worker says went wrong."""
    told = json.loads(payload)
    kind, detail = told["kind"], told["detail"]
    if kind == "bad query":
        return BadQuery(detail, told.get("line"), told.get("column"))
    if kind == "refused":
        return Refused(detail)
    if kind == "not acceptable":
        return NotWanted(detail)
    if kind == "bad input":
        return BadInput(detail)
    if kind == "unknown name":
        return UnknownName(told["what"], told["name"], told["choices"])
    if kind == "ambiguous name":
        return AmbiguousName(told["what"], told["name"], told["choices"])
    if kind == "full":
        return AnswerTooLarge(f"the answer has more than {job.answer // MEGABYTE or job.answer / MEGABYTE} MB")
    return TooMuchMemory("the query was stopped: it asked for more memory than it may have")
