"""XLSX, a row a statement, with sheets that say what the columns mean and where the rows are from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from ivig.export.columns import COLUMNS, rows
from ivig.export.description import LICENCE
from ivig.export.markup import text_of
from ivig.export.part import Part
from ivig.io.spreadsheet_cells import harmless
from ivig.namespaces import BASE
from ivig.query import Graph

_LONGEST = 32_767
"""Characters that a cell of a spreadsheet may hold."""
_WIDTH = 16
_WIDTHS = {"statement_label": 44, "condition_label": 30, "outcome_label": 26, "finding": 80, "citation_label": 50}
"""In characters, of columns that are read more than others."""


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the statements of a part; rows go to disk as they come."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.creator = book.properties.title = "IVIG Evidence Graph"
    sheet = book.create_sheet("statements")
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(part.statements) + 1}"
    _begin(sheet, [column.name for column in COLUMNS], [_WIDTHS.get(column.name, _WIDTH) for column in COLUMNS])
    for row in rows(part):
        sheet.append([harmless(text_of(cell))[:_LONGEST] if isinstance(cell, str) else cell for cell in row])
    meanings = book.create_sheet("columns")
    _begin(meanings, ["column", "meaning"], [24, 90])
    for column in COLUMNS:
        meanings.append([column.name, column.meaning])
    about = book.create_sheet("about")
    _begin(about, ["what", "value"], [24, 90])
    for pair in (
        ("graph", BASE),
        ("release", graph.release.digest),
        ("statements", len(part.statements)),
        ("licence", LICENCE),
        ("what it is not", "no systematic search and no medical advice"),
    ):
        about.append(pair)
    book.save(out)


def _begin(sheet: Any, heads: Sequence[str], widths: Sequence[int]) -> None:
    """Set the widths of the columns, which have to come first, and write their heads in bold."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    cells = [WriteOnlyCell(sheet, head) for head in heads]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
