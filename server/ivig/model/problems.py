"""What is wrong with files of records and bibliographies, all of it in one error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ivig.errors import BadInput

if TYPE_CHECKING:
    from pydantic import ValidationError

_SHOWN_PROBLEMS = 20
_SHOWN_CHARACTERS = 80


class Problem(NamedTuple):
    """What is wrong with one field of one record.

    file; place: "line 12", "sheet evidence, row 5" or "entry 3"; record: its id or name, where known; field: dotted,
    empty for the record as a whole; value: what was found; allowed: what may stand there instead.
    """

    file: str
    place: str
    record: str
    field: str
    value: str
    allowed: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place, self.record) if part)
        what = f"{self.field}: " if self.field else ""
        found = f" (found: {self.value})" if self.value else ""
        return f"{where}: {what}{self.allowed}{found}"


class BadRecords(BadInput):
    """Records that cannot be read, or that contradict each other or what is known.

    `problems` holds every one of them; the message has a line for each of the first twenty.
    """

    def __init__(self, problems: Sequence[Problem], head: str = "") -> None:
        self.problems = list(problems)
        shown = [str(problem) for problem in self.problems[:_SHOWN_PROBLEMS]]
        more = len(self.problems) - len(shown)
        super().__init__("\n".join([*filter(None, [head]), *shown, *([f"… and {more:,} more"] if more else [])]))


def shown(value: object) -> str:
    r"""A value as a message can show it: short, on one line, and harmless to a terminal.

    >>> shown("10.1000/x\x1b[2J\n")
    '10.1000/x\\x1b[2J\\n'
    """
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
    return _printable(cut)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def problems_of(error: ValidationError, place: str, record: str, *, file: str = "", tag: str = "") -> Iterator[Problem]:
    """A problem for each field that a model refused.

    tag: where the model is one of several, the word that chose it, which pydantic puts before the fields.
    """
    for refusal in error.errors(include_url=False):
        location = [str(part) for part in refusal["loc"]]
        field = shown(".".join(location[1:] if location and location[0] == tag else location))
        # A message may quote what it refuses.
        message = _printable(str(refusal.get("ctx", {}).get("error", refusal["msg"])))
        # Of a record as a whole, or of a field that is not there, the value says nothing.
        value = shown(refusal["input"]) if field and refusal["type"] != "missing" else ""
        yield Problem(file, place, record, field, value, message.replace("Input should be", "should be"))
