"""Rows as a file holds them, before they are records, and what is found wrong on the way."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from ivig.model.problems import Problem, shown

_MOST_PROBLEMS = 1000


class Row(NamedTuple):
    """One row. place: "line 12" or "sheet evidence, row 5"; fields: name to value, nested as in JSON Lines."""

    place: str
    fields: dict[str, Any]


class Unreadable(Exception):
    """The rest of the file cannot be read. Why stands among the problems."""


class Found:
    """The problems of one file, as they are found."""

    def __init__(self, file: str) -> None:
        self._file = shown(file)
        self.problems: list[Problem] = []

    def add(self, place: str, allowed: str, value: str = "", field: str = "", record: str = "") -> None:
        """Add a problem; raises Unreadable after a thousand: a file of another sort has one on every line."""
        self.problems.append(Problem(self._file, place, shown(record), field, shown(value), allowed))
        if len(self.problems) == _MOST_PROBLEMS:
            self.problems.append(Problem(self._file, "", "", "", "", f"not read on, after {_MOST_PROBLEMS} problems"))
            raise Unreadable

    def give_up(self, place: str, allowed: str, value: str = "") -> NoReturn:
        """Add a problem that makes the rest of the file unreadable, and raise Unreadable."""
        self.add(place, allowed, value)
        raise Unreadable
