"""Files of records into rows: JSON Lines, CSV, TSV and XLSX, with what is wrong with the file or a row as such.

What a field may say is for the models (model.py); here are the file, its lines and cells.
"""

from __future__ import annotations

import csv
import json
import re
import types
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    BinaryIO,
    Literal,
    NamedTuple,
    NoReturn,
    Union,
    get_args,
    get_origin,
    get_type_hints as type_hints,
)

from pydantic import BaseModel

from ivig.curate.records.model import KINDS
from ivig.curate.records.rows import Problem, Row
from ivig.errors import BadInput, NotThere

if TYPE_CHECKING:
    from openpyxl import Workbook

READ_ME = "read me"
LISTS = "lists"
"""The sheets of a template that hold no records: its explanation, and the words of its drop-downs."""
SEPARATOR = " | "
"""What stands between the values of a list in one cell."""

_LIMIT = 100_000_000
_MAX_LINE = 1_000_000
_MAX_SHEET_ROWS = 1_048_576
_MAX_PROBLEMS = 1000
_SHOWN_PROBLEMS = 20
_LAST_FIELDS = ("finding", "citation", "read_at", "read_depth")
_PMID = "citation.pmid"
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_BAR = re.compile(r"(?:^|(?<=\s))\|(?=\s|$)")
# A lone "=" is how a p can stand to its value. Numbers ("-0.72", "+1 grade") and text after a space ("- none") are
# no formulas, though a spreadsheet would refuse to type some of them.
_FORMULA = re.compile(r"=.|[+\-@][^\W\d_]|[+\-@]\(", re.DOTALL)
_NO_FORMULA = "text or a number, no formula"


class BadTable(BadInput):
    """A file of records that cannot be read, or rows in it that cannot. Carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        lines = [str(problem) for problem in self.problems[:_SHOWN_PROBLEMS]]
        if len(self.problems) > _SHOWN_PROBLEMS:
            lines.append(f"… and {len(self.problems) - _SHOWN_PROBLEMS} more")
        super().__init__("\n".join(lines))


class Column(NamedTuple):
    """What one column of a table holds.

    name: dotted. part, about: the nested part it belongs to and what that part says, or empty. type: str, int,
    float or bool. several: a list. required: without it the record (or, of a nested part, the part) is refused.
    choices: all that it may say, or empty. limits: the bounds of a number, in words.
    """

    name: str
    part: str
    about: str
    type: type
    several: bool
    required: bool
    choices: tuple[str, ...]
    limits: str


def columns(kind: str) -> list[str]:
    """The dotted columns of a kind, without `kind` itself, in the order in which a reader takes them from a page.

    >>> [name for name in columns("safety") if name.startswith("frequency")]
    ['frequency.value', 'frequency.unit', 'frequency.note']
    """
    return list(column_types(kind))


@cache
def column_types(kind: str) -> Mapping[str, Column]:
    """The columns of a kind by name, as its model describes them."""
    found: dict[str, Column] = {}
    model = KINDS[kind]
    hints = type_hints(model, include_extras=True)
    for name in sorted(model.model_fields, key=_LAST_FIELDS.__contains__):
        part, _, _ = _unwrapped(hints[name])
        if isinstance(part, type) and issubclass(part, BaseModel):
            inner_hints = type_hints(part, include_extras=True)
            for inner, field in part.model_fields.items():
                column = _column(inner, inner_hints[inner], field.is_required())
                column = column._replace(name=f"{name}.{inner}", part=name, about=part.__doc__ or "")
                found[column.name] = column
        elif name != "kind":
            found[name] = _column(name, hints[name], model.model_fields[name].is_required())
    return types.MappingProxyType(found)


def read_rows(path: Path, limit: int = _LIMIT) -> Iterator[Row]:
    """The rows of a file of records, one after the other, so that memory does not grow with the file.

    path: ends in .jsonl, .ndjson, .csv, .tsv or .xlsx. limit: the most bytes that the file may have; those of an XLSX
    count unpacked too. In tables the fields of a nested part are columns with dotted names, the values of a list are
    separated by " | ", an empty cell is None. A CSV or TSV says the kind in its column `kind`, an XLSX by the name of
    the sheet.

    A cell that begins with "=" and goes on, or with "+", "-" or "@" and a letter or parenthesis, is refused as a
    formula; so are dates and percentages of a spreadsheet, whose cells do not hold what they show.

    Rows that can be read are given before the problems of others are raised: do not act on them until the end.
    Raises NotThere where there is no file, and at the end BadTable with all problems, at most 1000.
    """
    found = _Found(path.name)
    empty = True
    try:
        for row in _reader(path, limit, found)(path, limit, found):
            empty = False
            yield row
        if empty and not found.problems:
            found.add("", "at least one record")
    except _Unreadable:
        pass
    if found.problems:
        raise BadTable(found.problems)


class _Unreadable(Exception):
    """The rest of the file cannot be read. Why stands among the problems."""


class _Found:
    """The problems of one file, as they are found."""

    def __init__(self, file: str) -> None:
        self._file = _shown(file)
        self.problems: list[Problem] = []

    def add(self, place: str, allowed: str, value: str = "", field: str = "", record: str = "") -> None:
        self.problems.append(Problem(self._file, place, _shown(record), field, _shown(value), allowed))
        # A file of another sort has a problem on every line.
        if len(self.problems) == _MAX_PROBLEMS:
            self.problems.append(Problem(self._file, "", "", "", "", f"not read on, after {_MAX_PROBLEMS} problems"))
            raise _Unreadable

    def give_up(self, place: str, allowed: str, value: str = "") -> NoReturn:
        """Add a problem that makes the rest of the file unreadable."""
        self.add(place, allowed, value)
        raise _Unreadable


class _Cell(NamedTuple):
    """A cell of a table. text: what it says, without spaces around. wrong: what it should be instead, or empty."""

    place: str
    text: str
    wrong: str = ""


class _Lines:
    """The lines of a file in UTF-8, decoded one by one. `number` is that of the last line given."""

    def __init__(self, file: BinaryIO, found: _Found) -> None:
        self._file, self._found = file, found
        self.number = 0
        self._offset = self._row_length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(_MAX_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        self._row_length += len(raw)
        if self._row_length > _MAX_LINE:
            self._found.give_up(f"line {self.number}", f"a row of up to {_MAX_LINE:,} bytes")
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = f"0x{raw[error.start]:02X}, byte {self._offset + error.start + 1:,} of the file"
            self._found.give_up(f"line {self.number}", "text in UTF-8: save the file as UTF-8", byte)
        self._offset += len(raw)
        # Excel begins a "CSV UTF-8" with a byte order mark.
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def end_row(self) -> None:
        """Count the next line as a row of its own: quoted cells of a CSV may hold line breaks."""
        self._row_length = 0


def _reader(path: Path, limit: int, found: _Found) -> Callable[[Path, int, _Found], Iterator[Row]]:
    if not path.is_file():
        raise NotThere(f"no file {path}")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        found.give_up("", f"a file whose name ends in {', '.join(_READERS)}", path.suffix or "no ending")
    size = path.stat().st_size
    if size == 0:
        found.give_up("", "at least one record", "an empty file")
    if size > limit:
        found.give_up("", f"a file of up to {limit:,} bytes", f"{size:,}")
    return reader


def _from_json_lines(path: Path, limit: int, found: _Found) -> Iterator[Row]:
    with path.open("rb") as file:
        lines = _Lines(file, found)
        for line in lines:
            lines.end_row()
            place = f"line {lines.number}"
            fields = _json_object(line.rstrip("\r\n"), place, found) if line.strip() else None
            if fields is not None:
                yield Row(place, fields)


def _json_object(line: str, place: str, found: _Found) -> dict[str, Any] | None:
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


def _from_text_table(path: Path, limit: int, found: _Found) -> Iterator[Row]:
    rows = _text_rows(path, found)
    every = dict.fromkeys(["kind", *(name for kind in KINDS for name in columns(kind))])
    place, cells = next(rows, ("line 1", []))
    header = _header(cells, place, list(every), found)
    if header is None:
        return
    if "kind" not in header:
        found.give_up(place, "a column kind, which says the kind of each record")
    complete: dict[str, bool] = {}
    for place, cells in rows:
        named = _named(cells, place, header, found)
        if not named:
            continue
        kind = named.pop("kind").text
        if kind not in KINDS:
            found.add(place, f"one of {', '.join(KINDS)}", kind or "nothing", "kind", _record_id(named))
            continue
        if kind not in complete:
            complete[kind] = _has_required(kind, header, place, found)
        fields = _fields(kind, named, found) if complete[kind] else None
        if fields is not None:
            yield Row(place, fields)


def _text_rows(path: Path, found: _Found) -> Iterator[tuple[str, list[_Cell]]]:
    """The rows of a CSV or TSV, each with the place of its first line."""
    with path.open("rb") as file:
        lines = _Lines(file, found)
        rows = csv.reader(lines, delimiter="\t" if path.suffix.lower() == ".tsv" else ",", strict=True)
        while True:
            place = f"line {lines.number + 1}"
            try:
                cells = next(rows, None)
            except csv.Error as error:
                found.give_up(place, f"a row of a table: {error}")
            if cells is None:
                return
            lines.end_row()
            yield place, [_text_cell(place, cell) for cell in cells]


def _from_workbook(path: Path, limit: int, found: _Found) -> Iterator[Row]:
    # Loaded only here: it takes longer than all the rest of reading a small file.
    from openpyxl import load_workbook

    with path.open("rb") as file:
        _check_archive(file, limit, found)
        with _reading("", found), warnings.catch_warnings():
            # It warns of styles and extensions, which records do not need.
            warnings.simplefilter("ignore")
            book: Workbook = load_workbook(file, read_only=True, keep_links=False)
        try:
            for title in book.sheetnames:
                if title in KINDS:
                    yield from _from_sheet(book, title, found)
                elif title not in (READ_ME, LISTS):
                    found.add("", f"sheets named {', '.join(KINDS)} or {READ_ME}", f"sheet {title}")
        finally:
            book.close()


def _check_archive(file: BinaryIO, limit: int, found: _Found) -> None:
    if not zipfile.is_zipfile(file):
        found.give_up("", "an XLSX file without password: this is no zip archive, or part of one")
    with _reading("", found), zipfile.ZipFile(file) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        # An archive may understate its sizes; the test, in small pieces, ends where a part is longer than it says.
        damaged = archive.testzip() if unpacked <= limit else None
    if unpacked > limit:
        found.give_up("", f"an XLSX file of up to {limit:,} bytes unpacked", f"{unpacked:,}")
    if damaged is not None:
        found.give_up("", "an undamaged XLSX file", f"damaged: {damaged}")


@contextmanager
def _reading(place: str, found: _Found) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # openpyxl has no error of its own: a damaged file ends in whatever its zip, XML and number code raise.
        found.give_up(place, "an undamaged XLSX file", f"{type(error).__name__}: {error}")


def _from_sheet(book: Workbook, kind: str, found: _Found) -> Iterator[Row]:
    rows = _sheet_rows(book, kind, found)
    place, cells = next(rows, ("", None))
    if cells is None:
        return
    header = _header(cells, place, ["kind", *columns(kind)], found)
    if header is None or not _has_required(kind, header, place, found):
        return
    for place, cells in rows:
        named = _named(cells, place, header, found)
        if not named:
            continue
        stated = named.pop("kind", None)
        if stated and stated.text not in ("", kind):
            found.add(stated.place, f"{kind}, as the sheet is called, or nothing", stated.text, "kind")
            continue
        fields = _fields(kind, named, found)
        if fields is not None:
            yield Row(place, fields)


def _sheet_rows(book: Workbook, title: str, found: _Found) -> Iterator[tuple[str, list[_Cell]]]:
    """The rows of a sheet with their places, from row 1 on."""
    with _reading(f"sheet {title}", found):
        # Its stubs give a read-only sheet the methods of another class.
        sheet: Any = book[title]
        # The size that a sheet claims may be far from what it holds.
        sheet.reset_dimensions()
        rows = iter(sheet.iter_rows())
    for number in range(1, _MAX_SHEET_ROWS + 1):
        place = f"sheet {title}, row {number}"
        with _reading(place, found):
            row = next(rows, None)
            cells = [_sheet_cell(title, number, index, cell) for index, cell in enumerate(row or (), 1)]
        if row is None:
            return
        yield place, cells
    found.give_up(f"sheet {title}", f"a sheet of up to {_MAX_SHEET_ROWS:,} rows")


def _sheet_cell(title: str, row: int, index: int, cell: Any) -> _Cell:
    from openpyxl.utils import get_column_letter

    place = f"sheet {title}, cell {get_column_letter(index)}{row}"
    value = cell.value
    if value is None:
        return _Cell(place, "")
    if cell.data_type == "f":
        # The formula of an array is an object with a text; of some shared ones only the "=" is left.
        text = str(getattr(value, "text", value))
        return _Cell(place, text if len(text) > 1 else "=…", _NO_FORMULA)
    if cell.data_type == "e":
        return _Cell(place, str(value), "a value, no error of a calculation")
    if isinstance(value, str):
        return _text_cell(place, value)
    if isinstance(value, bool):
        return _Cell(place, str(value).upper())
    if not isinstance(value, int | float):
        return _Cell(place, str(value), "text or a number, no date: format the cell as text and type it again")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if "%" in cell.number_format:
        return _Cell(place, text, "a plain number, no percentage, whose cell holds a hundredth of what it shows")
    return _Cell(place, text)


def _text_cell(place: str, raw: str) -> _Cell:
    text = raw.strip()
    return _Cell(place, text, _NO_FORMULA if _FORMULA.match(text) else "")


def _header(cells: Sequence[_Cell], place: str, known: Sequence[str], found: _Found) -> list[str] | None:
    """The names of the columns, empty where a column has none. None where there is something wrong with them."""
    header = [cell.text for cell in cells]
    if not set(header) & set(known):
        found.add(place, "a first row with the names of the columns", ", ".join(filter(None, header)) or "nothing")
        return None
    unknown = [name for name in dict.fromkeys(header) if name and name not in known]
    for name in unknown:
        found.add(place, f"columns that are known; nearest: {_nearest(name, known)}", name)
    repeated = [name for name, times in Counter(header).items() if name and times > 1]
    for name in repeated:
        found.add(place, "each column once", name)
    return None if unknown or repeated else header


def _has_required(kind: str, header: Sequence[str], place: str, found: _Found) -> bool:
    needed = (column.name for column in column_types(kind).values() if column.required and not column.part)
    missing = [name for name in needed if name not in header]
    if missing:
        found.add(place, f"every column that {kind} records need", f"no {', '.join(missing)}")
    return not missing


def _named(cells: Sequence[_Cell], place: str, header: Sequence[str], found: _Found) -> dict[str, _Cell] | None:
    """The cells of a row by column. None where the row is empty, or has cells beyond the named columns."""
    if not any(cell.text for cell in cells):
        return None
    stray = [cell for index, cell in enumerate(cells) if cell.text and not (index < len(header) and header[index])]
    if stray:
        width = sum(map(bool, header))
        found.add(place, f"no more cells than the {width} columns that have a name", stray[0].text)
        return None
    named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    # Editors cut empty cells off the end of a row.
    return {name: named.get(name, _Cell(place, "")) for name in header if name}


def _fields(kind: str, named: Mapping[str, _Cell], found: _Found) -> dict[str, Any] | None:
    """The fields of a row, nested. None where a cell is wrong as such."""
    known = column_types(kind)
    before = len(found.problems)
    fields: dict[str, Any] = {"kind": kind}
    for name, cell in named.items():
        if name not in known:
            # A CSV has the columns of all its kinds.
            if cell.text:
                found.add(cell.place, f"nothing, in a record of kind {kind}", cell.text, name, _record_id(named))
            continue
        if cell.wrong:
            found.add(cell.place, cell.wrong, cell.text, name, _record_id(named))
        part, _, inner = name.rpartition(".")
        (fields.setdefault(part, {}) if part else fields)[inner] = _value(known[name], cell.text)
    if len(found.problems) > before:
        return None
    return {name: None if _is_empty_part(value) else value for name, value in fields.items()}


def _is_empty_part(value: Any) -> bool:
    return isinstance(value, dict) and all(inner is None for inner in value.values())


def _value(column: Column, text: str) -> Any:
    """What a cell says, as the model wants it. Text that is nothing of the sort stays, for the model to refuse."""
    if column.several:
        return [one for part in _BAR.split(text) if (one := part.strip())]
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


def _record_id(named: Mapping[str, _Cell]) -> str:
    return named["id"].text if "id" in named else ""


def _shown(text: str) -> str:
    """Text of a file as a message can show it: short, on one line, without what a terminal would obey."""
    short = text if len(text) <= 80 else f"{text[:80]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in short)


def _nearest(name: str, known: Sequence[str]) -> str:
    from rapidfuzz import fuzz, process

    typed = name.lower()
    # Whoever writes "pmid" means citation.pmid, not id, however alike they look.
    inner = [one for one in known if one.rpartition(".")[2] == typed]
    return inner[0] if inner else process.extractOne(typed, known, scorer=fuzz.ratio)[0]


def _column(name: str, annotation: Any, required: bool) -> Column:
    bare, constraints, several = _unwrapped(annotation)
    choices = get_args(bare) if get_origin(bare) is Literal else ()
    kind = bare if bare in (int, float, bool) else str
    return Column(name, "", "", kind, several, required, choices, _limits(constraints))


def _unwrapped(annotation: Any) -> tuple[Any, list[Any], bool]:
    """The type below `| None`, `list[]` and `Annotated[]`, what those said of it, and whether it is of a list."""
    constraints: list[Any] = []
    several = False
    while True:
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            constraints += parts[1:]
        elif origin is list:
            several = True
        elif origin is Union or origin is types.UnionType:
            parts = tuple(part for part in parts if part is not type(None))
        else:
            return annotation, constraints, several
        annotation = parts[0]


def _limits(constraints: Sequence[Any]) -> str:
    bounds = [bound for one in constraints for bound in getattr(one, "metadata", ())]
    words = (("from", "ge"), ("above", "gt"), ("up to", "le"))
    # A year is not written with a comma.
    return " ".join(
        f"{word} {getattr(bound, sign)}" for bound in bounds for word, sign in words if hasattr(bound, sign)
    )


_READERS: Mapping[str, Callable[[Path, int, _Found], Iterator[Row]]] = {
    ".jsonl": _from_json_lines,
    ".ndjson": _from_json_lines,
    ".csv": _from_text_table,
    ".tsv": _from_text_table,
    ".xlsx": _from_workbook,
}
