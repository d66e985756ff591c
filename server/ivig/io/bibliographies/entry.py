"""An entry of a file, read but not yet checked: what every reader of a format gives back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)


class Entry(NamedTuple):
    """One entry. place: "entry 3, line 41"; name: what the file calls it, or empty; fields: those of Publication."""

    place: str
    name: str
    fields: Mapping[str, Any]


def place(number: int, line: int | None = None) -> str:
    """Where an entry stands, for messages. number: from 1."""
    return f"entry {number}" if line is None else f"entry {number}, line {line}"


def year_of(date: str) -> int | str | None:
    """The year of a date as files give it; None where there is no date, the text itself where it holds no year.

    >>> year_of("1998 Dec-1999 Jan"), year_of("2004/05/12/"), year_of(""), year_of("in press")
    (1998, 2004, None, 'in press')
    """
    found = _YEAR.search(date)
    return int(found[0]) if found else date.strip() or None


def without_empty(names: Iterable[str]) -> tuple[str, ...]:
    """The names that are not blank."""
    return tuple(name for name in names if name.strip())
