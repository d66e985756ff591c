"""Tables, a row a statement: CSV, TSV, XLSX and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from ivig.export.columns import Cell, Column, columns, rows
from ivig.export.description import LICENCE
from ivig.export.formats import needed
from ivig.export.subgraph import Subgraph
from ivig.io.spreadsheet_cells import harmless
from ivig.model.schema import schema
from ivig.namespaces import BASE
from ivig.query import Graph

_SPACES = str.maketrans("\t\r\n", "   ")
_ROWS = 10_000
"""Rows of a row group of Parquet, which is what is held at once."""
_LONGEST = 32_767
"""Characters that a cell of a spreadsheet may hold."""
_WIDTH = 16
_WIDTHS = {"statement_label": 44, "condition_label": 30, "outcome_label": 26, "finding": 80, "citation_label": 50}
"""In characters, of columns that are read more than others."""


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write the statements of a subgraph as a table.

    :raises NotInstalled: for Parquet without pyarrow
    """
    wanted = columns(schema(graph.files))
    _WRITERS[format_name](graph, subgraph, wanted, out)


def _csv(graph: Graph, subgraph: Subgraph, wanted: Sequence[Column], out: BinaryIO) -> None:
    writer = csv.writer(_Encoded(out))
    writer.writerow(column.name for column in wanted)
    writer.writerows(map(_written, row) for row in rows(subgraph, wanted))


def _tsv(graph: Graph, subgraph: Subgraph, wanted: Sequence[Column], out: BinaryIO) -> None:
    """In TSV no cell holds a tab or a line break, as its registered media type asks."""
    writer = csv.writer(_Encoded(out), "excel-tab", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    writer.writerow(column.name for column in wanted)
    writer.writerows((_written(cell).translate(_SPACES) for cell in row) for row in rows(subgraph, wanted))


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
    return harmless(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def _xlsx(graph: Graph, subgraph: Subgraph, wanted: Sequence[Column], out: BinaryIO) -> None:
    """With sheets that say what the columns mean and where the rows are from; rows go to disk as they come."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.creator = book.properties.title = "IVIG Evidence Graph"
    sheet = book.create_sheet("statements")
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(wanted))}{len(subgraph.statements) + 1}"
    _begin(sheet, {column.name: _WIDTHS.get(column.name, _WIDTH) for column in wanted})
    for row in rows(subgraph, wanted):
        sheet.append([harmless(cell)[:_LONGEST] if isinstance(cell, str) else cell for cell in row])
    meanings = book.create_sheet("columns")
    _begin(meanings, {"column": 24, "meaning": 90})
    for column in wanted:
        meanings.append([column.name, column.meaning])
    about = book.create_sheet("about")
    _begin(about, {"what": 24, "value": 90})
    for pair in (
        ("graph", BASE),
        ("release", graph.release.digest),
        ("statements", len(subgraph.statements)),
        ("licence", LICENCE),
        ("what it is not", "no systematic search and no medical advice"),
    ):
        about.append(pair)
    book.save(out)


def _begin(sheet: Any, widths: dict[str, int]) -> None:
    """Set the widths of the columns, which have to come first, and write their heads in bold."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths.values(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    cells = [WriteOnlyCell(sheet, head) for head in widths]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)


def _parquet(graph: Graph, subgraph: Subgraph, wanted: Sequence[Column], out: BinaryIO) -> None:
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    types = {"text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(), "truth": arrow.bool_()}
    fields = [arrow.field(column.name, types[column.sort], metadata={"meaning": column.meaning}) for column in wanted]
    layout = arrow.schema(fields, metadata={"release": graph.release.digest})
    ahead: Iterator[list[Cell]] = rows(subgraph, wanted)
    with parquet.ParquetWriter(out, layout, compression="zstd") as writer:
        while group := list(islice(ahead, _ROWS)):
            cells = zip(*group, strict=True)
            arrays = [arrow.array(of, type=field.type) for of, field in zip(cells, layout, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=layout))


_WRITERS: dict[str, Callable[[Graph, Subgraph, Sequence[Column], BinaryIO], None]] = {
    "csv": _csv,
    "tsv": _tsv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
