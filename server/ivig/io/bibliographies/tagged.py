"""Lines that begin with a tag, "TI  - Efficacy of …": the layout that RIS and MEDLINE share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Record(NamedTuple):
    """One record. place: where it begins; fields: each tag with the lines of its value, in the order of the file."""

    place: str
    fields: list[tuple[str, list[str]]]

    def continued(self, line: str) -> None:
        """Add a further line to the last value."""
        self.fields[-1][1].append(line.strip())

    def all(self, *tags: str) -> list[str]:
        """The values of these tags that are not blank, each on one line, in the order of the file."""
        return [value for tag, lines in self.fields if tag in tags and (value := " ".join(lines).strip())]

    def first(self, *tags: str) -> str:
        """The first value of the first of these tags that has one, or empty."""
        return next((values[0] for tag in tags if (values := self.all(tag))), "")

    def differing(self, *tags: str) -> Iterator[tuple[str, str, str]]:
        """Those of these tags that say two things, each with both."""
        for tag in tags:
            first, *others = dict.fromkeys(self.all(tag)) or [""]
            if others:
                yield tag, first, others[0]


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers from 1. Only line feeds end one: Unicode has breaks that stand inside of titles."""
    return enumerate(text.split("\n"), 1)
