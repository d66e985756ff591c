"""CSV and TSV, a row a statement."""

from __future__ import annotations

import csv
from typing import BinaryIO

from ivig.export.columns import COLUMNS, Cell, rows
from ivig.export.markup import text_of
from ivig.export.part import Part
from ivig.io.spreadsheet_cells import harmless
from ivig.query import Graph

_SPACES = str.maketrans("\t\r\n", "   ")


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the statements of a part, in UTF-8. In TSV no cell holds a tab or a line break, as its format asks."""
    tabs = format_name == "tsv"
    writer = csv.writer(
        _Encoded(out),
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
        quotechar=None if tabs else '"',
        lineterminator="\n" if tabs else "\r\n",
    )
    writer.writerow(column.name for column in COLUMNS)
    for row in rows(part):
        cells = (_written(cell) for cell in row)
        writer.writerow([cell.translate(_SPACES) for cell in cells] if tabs else list(cells))


class _Encoded:
    """A file of bytes that takes text. One of the library's own would close it where a reader went away."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Write text in UTF-8."""
        return self._out.write(text.encode())


def _written(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return harmless(text_of(cell)) if isinstance(cell, str) else "" if cell is None else str(cell)
