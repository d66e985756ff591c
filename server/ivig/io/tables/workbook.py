"""XLSX into rows; the name of a sheet says the kind of its records."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ivig.io.tables.record_columns import columns
from ivig.io.tables.rows import (
    NO_FORMULA,
    Cell,
    Found,
    Row,
    fields_of,
    has_required,
    header_of,
    named_cells,
    text_cell,
)
from ivig.model.records import KINDS

if TYPE_CHECKING:
    from openpyxl import Workbook

READ_ME = "read me"
LISTS = "lists"
"""The sheets of a template that hold no records: its explanation, and the words of its drop-downs."""

_MOST_ROWS = 1_048_576


def from_workbook(path: Path, limit: int, found: Found) -> Iterator[Row]:
    """The rows of all sheets of an XLSX workbook that are named after a kind of record, as they are read.

    :param path: the workbook
    :param limit: the most bytes that it may have unpacked
    :param found: takes what is wrong with it
    :raises Unreadable: where no more of it can be read
    """
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
                    with _reading(f"sheet {title}", found):
                        has_merged = b"<mergeCell " in _source(book, title)
                    if has_merged:
                        _check_merged(path, title, found)
                    yield from _from_sheet(book, title, found)
                elif title not in (READ_ME, LISTS):
                    found.add("", f"sheets named {', '.join(KINDS)} or {READ_ME}", f"sheet {title}")
        finally:
            book.close()


def _check_archive(file: BinaryIO, limit: int, found: Found) -> None:
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
def _reading(place: str, found: Found) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # openpyxl has no error of its own: a damaged file ends in whatever its zip, XML and number code raise.
        found.give_up(place, "an undamaged XLSX file", f"{type(error).__name__}: {error}")


def _source(book: Workbook, title: str) -> bytes:
    """The XML of a sheet. A reader that reads row by row says nothing of merged cells."""
    sheet: Any = book[title]
    with sheet._get_source() as source:
        content: bytes = source.read()
    return content


def _check_merged(path: Path, title: str, found: Found) -> None:
    """A merged cell holds one value and looks like many: whether each row is meant to have it cannot be told."""
    from openpyxl import load_workbook

    with _reading(f"sheet {title}", found), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet: Any = load_workbook(path, keep_links=False)[title]
        ranges = sorted(str(merged) for merged in sheet.merged_cells.ranges)
    for merged in ranges:
        found.add(f"sheet {title}, cells {merged}", "no merged cells: separate them, and give each row its own value")
    found.whole |= bool(ranges)


def _from_sheet(book: Workbook, kind: str, found: Found) -> Iterator[Row]:
    rows = _sheet_rows(book, kind, found)
    place, cells = next(rows, ("", None))
    if cells is None:
        return
    header = header_of(cells, place, ["kind", *columns(kind)], found)
    if header is None or not has_required(kind, header, place, found):
        return
    for place, cells in rows:
        named = named_cells(cells, place, header, found)
        if not named:
            continue
        stated = named.pop("kind", None)
        if stated and stated.text not in ("", kind):
            found.add(stated.place, f"{kind}, as the sheet is called, or nothing", stated.text, "kind")
            continue
        fields = fields_of(kind, named, found)
        if fields is not None:
            yield Row(place, fields)


def _sheet_rows(book: Workbook, title: str, found: Found) -> Iterator[tuple[str, list[Cell]]]:
    """The rows of a sheet with their places, from row 1 on."""
    with _reading(f"sheet {title}", found):
        # Its stubs give a read-only sheet the methods of another class.
        sheet: Any = book[title]
        # The size that a sheet claims may be far from what it holds.
        sheet.reset_dimensions()
        rows = iter(sheet.iter_rows())
    for number in range(1, _MOST_ROWS + 1):
        place = f"sheet {title}, row {number}"
        with _reading(place, found):
            row = next(rows, None)
            cells = [_sheet_cell(title, number, index, cell) for index, cell in enumerate(row or (), 1)]
        if row is None:
            return
        yield place, cells
    found.give_up(f"sheet {title}", f"a sheet of up to {_MOST_ROWS:,} rows")


def _sheet_cell(title: str, row: int, index: int, cell: Any) -> Cell:
    from openpyxl.utils import get_column_letter

    place = f"sheet {title}, cell {get_column_letter(index)}{row}"
    value = cell.value
    if value is None:
        return Cell(place, "")
    if cell.data_type == "f":
        # The formula of an array is an object with a text; of some shared ones only the "=" is left.
        text = str(getattr(value, "text", value))
        return Cell(place, text if len(text) > 1 else "=…", NO_FORMULA)
    if cell.data_type == "e":
        return Cell(place, str(value), "a value, no error of a calculation")
    if isinstance(value, str):
        return text_cell(place, value)
    if isinstance(value, bool):
        return Cell(place, str(value).upper())
    if not isinstance(value, int | float):
        return Cell(place, str(value), "text or a number, no date: format the cell as text and type it again")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if "%" in cell.number_format:
        return Cell(place, text, "a plain number, no percentage, whose cell holds a hundredth of what it shows")
    return Cell(place, text)
