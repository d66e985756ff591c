"""A file of records into its rows, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ivig.errors import NotThere
from ivig.io.tables.delimited import from_delimited
from ivig.io.tables.json_lines import from_json_lines
from ivig.io.tables.rows import Found, Row, Unreadable
from ivig.io.tables.workbook import from_workbook
from ivig.model.problems import BadRecords

_LIMIT = 100_000_000
_Reader = Callable[[Path, int, Found], Iterator[Row]]
_READERS: Mapping[str, _Reader] = {
    ".jsonl": from_json_lines,
    ".ndjson": from_json_lines,
    ".csv": from_delimited,
    ".tsv": from_delimited,
    ".xlsx": from_workbook,
}


def read_rows(path: Path, limit: int = _LIMIT) -> Iterator[Row]:
    """The rows of a file of records, one after the other, so that memory does not grow with the file.

    path: ends in .jsonl, .ndjson, .csv, .tsv or .xlsx. limit: the most bytes that the file may have; those of an XLSX
    count unpacked too. In tables the fields of a nested part are columns with dotted names, the values of a list are
    separated by " | ", an empty cell is None. A CSV or TSV says the kind in its column `kind`, an XLSX by the name of
    the sheet.

    A cell that begins with "=" and goes on, or with "+", "-" or "@" and a letter or parenthesis, is refused as a
    formula; so are dates and percentages of a spreadsheet, whose cells do not hold what they show.

    Rows that can be read are given before the problems of others are raised: do not act on them until the end.
    Raises NotThere where there is no file, and at the end BadRecords with all problems, at most 1000.
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
    if found.problems:
        raise BadRecords(found.problems)


def _reader(path: Path, limit: int, found: Found) -> Callable[[Path, int, Found], Iterator[Row]]:
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
