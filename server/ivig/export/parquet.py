"""Parquet, a row a statement, with typed columns."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO

from ivig.export.columns import COLUMNS, rows
from ivig.export.libraries import needed
from ivig.export.part import Part
from ivig.query import Graph

_ROWS = 10_000
"""Rows of a row group, which is what is held at once."""


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the statements of a part. Raises NotInstalled without pyarrow."""
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    types = {"text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(), "truth": arrow.bool_()}
    schema = arrow.schema(
        [arrow.field(column.name, types[column.sort], metadata={"meaning": column.meaning}) for column in COLUMNS],
        metadata={"release": graph.release.digest},
    )
    ahead = rows(part)
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while group := list(islice(ahead, _ROWS)):
            cells = zip(*group, strict=True)
            arrays = [arrow.array(of, type=field.type) for of, field in zip(cells, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
