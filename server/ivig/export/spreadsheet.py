"""XLSX, a row a statement, with a second sheet that says what the columns mean."""

from __future__ import annotations

from typing import BinaryIO

from ivig.ask import Graph
from ivig.export.columns import COLUMNS, rows
from ivig.export.part import Part
from ivig.export.spreadsheet_cells import harmless

_LONGEST = 32_767
"""Characters that a cell of a spreadsheet may hold."""


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the statements of a part; rows go to disk as they come."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("statements")
    sheet.freeze_panes = "C2"
    sheet.append([column.name for column in COLUMNS])
    for row in rows(part):
        sheet.append([harmless(cell)[:_LONGEST] if isinstance(cell, str) else cell for cell in row])
    meanings = book.create_sheet("columns")
    meanings.append(["column", "meaning"])
    for column in COLUMNS:
        meanings.append([column.name, column.meaning])
    book.save(out)
