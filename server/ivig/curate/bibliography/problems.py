"""What is wrong with a bibliography, all of it in one error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from ivig.curate.records.rows import Problem
from ivig.errors import BadInput

_SHOWN_PROBLEMS = 100
_SHOWN_VALUE = 80


class BadBibliography(BadInput):
    """Publications that cannot be read, or that contradict each other.

    `problems` holds what was found; the message has a line for each, up to a hundred.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        lines = [str(problem) for problem in self.problems[:_SHOWN_PROBLEMS]]
        if len(self.problems) > _SHOWN_PROBLEMS:
            lines.append(f"… and {len(self.problems) - _SHOWN_PROBLEMS} more")
        super().__init__("\n".join(lines))


def shown(value: object) -> str:
    r"""A value as a message can show it: short, on one line, and harmless to a terminal.

    >>> shown("10.1000/x\x1b[2J\n")
    '10.1000/x\\x1b[2J\\n'
    """
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= _SHOWN_VALUE else text[:_SHOWN_VALUE] + "…"
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in cut
    )


def problems_of(error: ValidationError, place: str, name: str) -> Iterator[Problem]:
    """One problem for each field that a model refused. place, name: of the entry."""
    for refusal in error.errors(include_url=False):
        field = ".".join(map(str, refusal["loc"]))
        allowed = str(refusal.get("ctx", {}).get("error", refusal["msg"]))
        # Without a field it is the entry as a whole that was refused, and its value says nothing.
        yield Problem("", place, name, field, shown(refusal["input"]) if field else "", allowed)
