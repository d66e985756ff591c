"""Rows before they are records: the cells of a table into fields, and what is found wrong on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from rapidfuzz import fuzz, process

from ivig.io.tables.record_columns import Column, column_types
from ivig.model.problems import Problem, shown

NO_FORMULA = "text or a number, no formula"

_MOST_PROBLEMS = 1000
_PMID = "citation.pmid"
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_NOT_THERE = {"NA", "NaN"}
"""What R and pandas write into an empty cell."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_BAR = re.compile(r"(?:^|(?<=\s))\|(?=\s|$)")
# A lone "=" is how a p can stand to its value. Numbers ("-0.72", "+1 grade") and text after a space ("- none") are
# no formulas, though a spreadsheet would refuse to type some of them.
_FORMULA = re.compile(r"=.|[+\-@][^\W\d_]|[+\-@]\(", re.DOTALL)


class Row(NamedTuple):
    """One row.

    :param place: "line 12" or "sheet evidence, row 5"
    :param fields: name to value, nested as in JSON Lines
    """

    place: str
    fields: dict[str, Any]


class Unreadable(Exception):
    """The rest of the file cannot be read. Why stands among the problems."""


class Found:
    """The problems of one file, as they are found, and what else there is to say of it.

    `whole` says that rows were not looked at: the file ends early, or its columns are not known.
    """

    def __init__(self, file: str) -> None:
        self._file = shown(file)
        self.whole = False
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Add what a reader may want to know, though it is not wrong."""
        self.notes.append(f"{self._file}: {text}")

    def add(self, place: str, allowed: str, value: str = "", field: str = "", record: str = "") -> None:
        """Add a problem.

        :param place: such as "line 12", or "sheet evidence, row 5"; empty for the file as a whole
        :param allowed: what may stand there instead
        :param value: what was found
        :param field: dotted; empty for the row as a whole
        :param record: its id, where known
        :raises Unreadable: after a thousand: a file of another sort has one on every line
        """
        self.problems.append(Problem(self._file, place, shown(record), field, shown(value), allowed))
        if len(self.problems) == _MOST_PROBLEMS:
            self.problems.append(Problem(self._file, "", "", "", "", f"not read on, after {_MOST_PROBLEMS} problems"))
            self.whole = True
            raise Unreadable

    def give_up(self, place: str, allowed: str, value: str = "") -> NoReturn:
        """Add a problem that makes the rest of the file unreadable.

        :param place: where it is, as for `add`
        :param allowed: what may stand there instead
        :param value: what was found
        :raises Unreadable: always
        """
        self.whole = True
        self.add(place, allowed, value)
        raise Unreadable


class Cell(NamedTuple):
    """A cell of a table.

    :param place: where it stands, for messages
    :param text: what it says, without spaces around
    :param wrong: what it should be instead, or empty
    """

    place: str
    text: str
    wrong: str = ""


def text_cell(place: str, raw: str) -> Cell:
    """A cell that holds text; wrong where it looks like a formula, empty where it says that nothing is there.

    :param place: where it stands, for messages
    :param raw: what the file has in it
    """
    text = raw.strip()
    return Cell(place, "" if text in _NOT_THERE else text, NO_FORMULA if _FORMULA.match(text) else "")


def header_of(cells: Sequence[Cell], place: str, known: Sequence[str], found: Found) -> list[str] | None:
    """The names of the columns, empty where a column has none. None where there is something wrong with them.

    :param cells: the first row
    :param place: where that row stands, for messages
    :param known: the names that a column may have
    :param found: takes what is wrong with them
    """
    header = [cell.text for cell in cells]
    if not set(header) & set(known):
        found.whole = True
        found.add(
            place,
            "a first row with the names of the columns, such as kind, id and condition",
            ", ".join(filter(None, header)) or "nothing",
        )
        return None
    unknown = [name for name in dict.fromkeys(header) if name and name not in known]
    for name in unknown:
        found.add(place, f"columns that are known; nearest: {_nearest(name, known)}", name)
    repeated = [name for name, times in Counter(header).items() if name and times > 1]
    for name in repeated:
        found.add(place, "each column once", name)
    found.whole |= bool(unknown or repeated)
    return None if unknown or repeated else header


def has_required(kind: str, header: Sequence[str], place: str, found: Found) -> bool:
    """Whether every column is there that a kind of record needs.

    :param kind: of the records, such as `evidence`
    :param header: the names of the columns that are there
    :param place: where they stand, for messages
    :param found: takes those that are missing, as one problem
    """
    needed = (column.name for column in column_types(kind).values() if column.required and not column.part)
    missing = [name for name in needed if name not in header]
    if missing:
        found.whole = True
        # All of them, however many: what was found would be cut.
        found.add(place, f"every column that {kind} records need; there is no {', '.join(missing)}")
    return not missing


def named_cells(cells: Sequence[Cell], place: str, header: Sequence[str], found: Found) -> dict[str, Cell] | None:
    """The cells of a row by column. None where the row is empty, or has cells beyond the named columns.

    :param cells: the row; it may end before the last column
    :param place: where it stands, for messages
    :param header: the names of the columns, empty where one has none
    :param found: takes the first cell that stands under no name, as a problem
    """
    if not any(cell.text for cell in cells):
        return None
    stray = [cell for index, cell in enumerate(cells) if cell.text and not (index < len(header) and header[index])]
    if stray:
        width = sum(map(bool, header))
        found.add(place, f"no more cells than the {width} columns that have a name", stray[0].text)
        return None
    named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    # Editors cut empty cells off the end of a row.
    return {name: named.get(name, Cell(place, "")) for name in header if name}


def fields_of(kind: str, named: Mapping[str, Cell], found: Found) -> dict[str, Any] | None:
    """The fields of a row, nested. None where a cell is wrong as such.

    :param kind: of the record, such as `evidence`
    :param named: the cells of the row, by column
    :param found: takes what is wrong with them
    """
    known = column_types(kind)
    before = len(found.problems)
    fields: dict[str, Any] = {"kind": kind}
    listed: dict[str, dict[str, list[Any]]] = {}
    for name, cell in named.items():
        if name not in known:
            # A CSV has the columns of all its kinds.
            if cell.text:
                found.add(cell.place, f"nothing, in a record of kind {kind}", cell.text, name, record_id(named))
            continue
        if cell.wrong:
            found.add(cell.place, cell.wrong, cell.text, name, record_id(named))
        column = known[name]
        *parts, inner = name.split(".")
        if column.listed:
            listed.setdefault(parts[0], {})[inner] = [_one(column, one.strip()) for one in _BAR.split(cell.text)]
            continue
        at = fields
        for part in parts:
            at = at.setdefault(part, {})
        at[inner] = _value(column, cell.text)
    for part, values in listed.items():
        fields[part] = _members(values)
    return _without_empty_parts(fields) if len(found.problems) == before else None


def _members(values: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """The members of a part that is a list, from what each of its columns says of each."""
    number = max(map(len, values.values()))
    members = [{name: row[at] if at < len(row) else None for name, row in values.items()} for at in range(number)]
    return [one for one in members if any(value is not None for value in one.values())]


def _without_empty_parts(fields: dict[str, Any]) -> dict[str, Any]:
    """Null in place of a part of which nothing is said."""
    full = {name: _without_empty_parts(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {
        name: None if isinstance(value, dict) and all(inner is None for inner in value.values()) else value
        for name, value in full.items()
    }


def _value(column: Column, text: str) -> Any:
    return [one for part in _BAR.split(text) if (one := part.strip())] if column.several else _one(column, text)


def _one(column: Column, text: str) -> Any:
    """What a cell says, as the model wants it. Text that is nothing of the sort stays, for the model to refuse."""
    if not text:
        return None
    if column.type is bool:
        return _BOOLEANS.get(text.lower(), text)
    if column.type is int and _WHOLE.fullmatch(text):
        return int(text.partition(".")[0])
    if column.type is float and _NUMBER.fullmatch(text):
        return float(text)
    # Programs that take a PMID for a number write it with a decimal.
    return text.partition(".")[0] if column.name == _PMID and _WHOLE.fullmatch(text) else text


def record_id(named: Mapping[str, Cell]) -> str:
    """What a row calls its record, where it does."""
    return named["id"].text if "id" in named else ""


def _nearest(name: str, known: Sequence[str]) -> str:
    typed = name.lower()
    # Whoever writes "pmid" means citation.pmid, not id, however alike they look.
    inner = [one for one in known if one.rpartition(".")[2] == typed]
    return inner[0] if inner else process.extractOne(typed, known, scorer=fuzz.ratio)[0]
