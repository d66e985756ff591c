"""A file of records into its rows: JSON Lines, CSV, TSV or XLSX."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

from ivig.errors import BadInput, NotThere
from ivig.io.tables.record_columns import columns
from ivig.io.tables.rows import (
    Cell,
    Found,
    Row,
    Unreadable,
    fields_of,
    has_required,
    header_of,
    named_cells,
    record_id,
    text_cell,
)
from ivig.io.tables.workbook import from_workbook
from ivig.io.text import decoded
from ivig.model.problems import BadRecords
from ivig.model.records import KINDS

_LIMIT = 100_000_000
_Reader = Callable[[Path, int, Found], Iterator[Row]]


def read_rows(path: Path, limit: int = _LIMIT, notes: list[str] | None = None) -> Iterator[Row]:
    """The rows of a file of records, one after the other.

    In tables the fields of a nested part are columns with dotted names, the values of a list are separated by " | ",
    an empty cell, NA and NaN are None. A CSV or TSV says the kind in its column `kind`, an XLSX by the name of the
    sheet. Semicolons between the columns of a CSV are understood.

    A cell that begins with "=" and goes on, or with "+", "-" or "@" and a letter or parenthesis, is refused as a
    formula; so are dates and percentages of a spreadsheet, whose cells do not hold what they show.

    Rows that can be read are given before the problems of others are raised: do not act on them until the end.

    :param path: ends in .jsonl, .ndjson, .csv, .tsv or .xlsx
    :param limit: the most bytes that the file may have; those of an XLSX count unpacked too
    :param notes: takes what is worth saying of the file though it is not wrong
    :raises NotThere: where there is no file
    :raises BadRecords: at the end, with all problems, at most 1000
    """
    found = Found(path.name)
    empty = True
    try:
        for row in _reader(path, limit, found)(path, limit, found):
            empty = False
            yield row
        if empty and not found.problems:
            found.add("", "at least one record")
    except Unreadable:
        pass
    if notes is not None:
        notes += found.notes
    if found.problems:
        raise BadRecords(found.problems, whole=found.whole)


def _reader(path: Path, limit: int, found: Found) -> _Reader:
    if not path.is_file():
        raise NotThere(f"no file {path}")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        found.give_up("", f"a file of records, whose name ends in {', '.join(_READERS)}", path.suffix or "no ending")
    size = path.stat().st_size
    if size == 0:
        found.give_up("", "at least one record", "an empty file")
    if size > limit:
        found.give_up("", f"a file of up to {limit:,} bytes", f"{size:,}")
    return reader


def _text(path: Path, found: Found) -> str:
    try:
        return decoded(path.read_bytes(), "the file")
    except BadInput as error:
        found.give_up("", str(error))


def _from_json_lines(path: Path, limit: int, found: Found) -> Iterator[Row]:
    for number, line in enumerate(_text(path, found).split("\n"), 1):
        place = f"line {number}"
        fields = _json_object(line, place, found) if line.strip() else None
        if fields is not None:
            yield Row(place, fields)


def _json_object(line: str, place: str, found: Found) -> dict[str, Any] | None:
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            repeated.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return fields

    try:
        value = json.loads(line, object_pairs_hook=unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        found.add(f"{place}, column {error.pos + 1}", f"valid JSON: {error.msg}", line[error.pos :])
        return None
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, NaN, and brackets within brackets without end.
        found.add(place, f"valid JSON: {error}", line)
        return None
    if not isinstance(value, dict):
        found.add(place, "one JSON object a line", line)
        return None
    for key in repeated:
        found.add(place, "each key once", key, record=str(value.get("id", "")))
    return None if repeated else value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _from_delimited(path: Path, limit: int, found: Found) -> Iterator[Row]:
    every = list(dict.fromkeys(["kind", *(name for kind in KINDS for name in columns(kind))]))
    text = _text(path, found)
    rows = _text_rows(text, _delimiter(path, text.partition("\n")[0], every, found), found)
    place, cells = next(rows, ("line 1", []))
    header = header_of(cells, place, every, found)
    if header is None:
        return
    if "kind" not in header:
        found.give_up(place, "a column kind, which says the kind of each record")
    complete: dict[str, bool] = {}
    for place, cells in rows:
        named = named_cells(cells, place, header, found)
        if not named:
            continue
        kind = named.pop("kind").text
        if kind not in KINDS:
            found.add(place, f"one of {', '.join(KINDS)}", kind or "nothing", "kind", record_id(named))
            continue
        if kind not in complete:
            complete[kind] = has_required(kind, header, place, found)
        fields = fields_of(kind, named, found) if complete[kind] else None
        if fields is not None:
            yield Row(place, fields)


def _delimiter(path: Path, head: str, known: list[str], found: Found) -> str:
    """What stands between the columns. Where numbers have a decimal comma, spreadsheets write semicolons."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    marks = {mark: sum(name.strip(' "') in known for name in head.split(mark)) for mark in (",", ";", "\t")}
    best = max(marks, key=lambda mark: marks[mark])
    if best != ",":
        found.note(f"columns are separated by {'semicolons' if best == ';' else 'tabs'}; read as such")
    return best


def _text_rows(text: str, delimiter: str, found: Found) -> Iterator[tuple[str, list[Cell]]]:
    """The rows of a CSV or TSV, each with the place of its first line."""
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        place = f"line {rows.line_num + 1}"
        try:
            cells = next(rows, None)
        except csv.Error as error:
            found.give_up(place, f"a row of a table: {error}")
        if cells is None:
            return
        yield place, [text_cell(place, cell) for cell in cells]


_READERS: Mapping[str, _Reader] = {
    ".jsonl": _from_json_lines,
    ".ndjson": _from_json_lines,
    ".csv": _from_delimited,
    ".tsv": _from_delimited,
    ".xlsx": from_workbook,
}
SUFFIXES = tuple(_READERS)
"""The endings of files of records."""
