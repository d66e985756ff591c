"""An entry of a file, read but not yet checked: what every reader of a format gives back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_NOTE = re.compile(r"^[ \t]*(PMID|PMCID)[ \t]*:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)


class Entry(NamedTuple):
    """One entry.

    :param place: "entry 3, line 41"
    :param name: what the file calls it, or empty
    :param fields: those of Publication
    """

    place: str
    name: str
    fields: Mapping[str, Any]


def place(number: int, line: int | None = None) -> str:
    """Where an entry stands, for messages.

    :param number: of the entry in its file, from 1
    :param line: of the file, from 1, where it is known
    """
    return f"entry {number}" if line is None else f"entry {number}, line {line}"


def year_of(date: str) -> int | str | None:
    """The year of a date as files give it; None where there is no date, the text itself where it holds no year.

    >>> year_of("1998 Dec-1999 Jan"), year_of("2004/05/12/"), year_of(""), year_of("in press")
    (1998, 2004, None, 'in press')
    """
    found = _YEAR.search(date)
    return int(found[0]) if found else date.strip() or None


def in_note(note: str) -> dict[str, str]:
    """The identifiers that reference managers keep in a free note, a line each, unchecked: "pmid" and "pmcid".

    >>> in_note("seen twice\\nPMID: 15674654")
    {'pmid': '15674654'}
    """
    return {name.lower(): value for name, value in _NOTE.findall(note)}


def first(record: Mapping[str, Any], *names: str) -> str:
    """The first value of the first of these fields that has one, or empty; some fields hold lists.

    :param record: an entry as its format has it, field by field
    :param names: the fields, in the order in which they are looked at
    """
    values = (value for name in names for value in every(record, name))
    return next(values, "")


def every(record: Mapping[str, Any], *names: str) -> list[str]:
    """The values of these fields that are not blank.

    :param record: an entry as its format has it: a field holds a text, or a list of them
    :param names: the fields, in the order of the answer
    """
    found = [record.get(name, "") for name in names]
    flat = [value for each in found for value in (each if isinstance(each, list) else [each])]
    return [value for value in flat if value.strip()]


def without_empty(names: Iterable[str]) -> tuple[str, ...]:
    """The names that are not blank."""
    return tuple(name for name in names if name.strip())
