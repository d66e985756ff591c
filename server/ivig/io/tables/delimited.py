"""CSV and TSV into rows; the column `kind` says what each is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ivig.io.tables.cells import Cell, fields_of, has_required, header_of, named_cells, record_id, text_cell
from ivig.io.tables.columns import columns
from ivig.io.tables.lines import Lines
from ivig.io.tables.rows import Found, Row
from ivig.model.records import KINDS


def from_delimited(path: Path, limit: int, found: Found) -> Iterator[Row]:
    rows = _text_rows(path, found)
    every = dict.fromkeys(["kind", *(name for kind in KINDS for name in columns(kind))])
    place, cells = next(rows, ("line 1", []))
    header = header_of(cells, place, list(every), found)
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


def _text_rows(path: Path, found: Found) -> Iterator[tuple[str, list[Cell]]]:
    """The rows of a CSV or TSV, each with the place of its first line."""
    with path.open("rb") as file:
        lines = Lines(file, found)
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
            yield place, [text_cell(place, cell) for cell in cells]
