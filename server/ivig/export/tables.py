"""Tables, a row a statement: CSV, TSV, XLSX and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from ivig.export.formats import needed
from ivig.export.statement_columns import Cell, Column, columns, rows
from ivig.export.subgraph import Subgraph
from ivig.export.workbook import about_release, write_workbook
from ivig.io.spreadsheet_cells import harmless
from ivig.model.schema import schema
from ivig.query import Graph

_SPACES = str.maketrans("\t\r\n", "   ")
_ROWS = 10_000
"""Rows of a row group of Parquet, which is what is held at once."""


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write the statements of a subgraph as a table.

    :param graph: the one that the subgraph is of
    :param subgraph: what to write
    :param format_name: `csv`, `tsv`, `xlsx` or `parquet`
    :param out: takes the bytes
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
    meanings = {column.name: column.meaning for column in wanted}
    about = {**about_release(graph), "statements": len(subgraph.statements)}
    write_workbook(out, "statements", meanings, rows(subgraph, wanted), about, frozen="C2")


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
