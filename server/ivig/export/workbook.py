"""A spreadsheet: the rows, what its columns mean, and where the rows are from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import count
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from ivig.export.description import LICENCE
from ivig.io.spreadsheet_cells import harmless
from ivig.namespaces import BASE
from ivig.query import Graph

Cell = str | int | float | bool | Decimal | None

_LONGEST = 32_767
"""Characters that a cell of a spreadsheet may hold."""
_IN_MEMORY = 4_000_000
_WIDTH = 16
_WIDTHS = {"statement_label": 44, "condition_label": 30, "outcome_label": 26, "finding": 80, "citation_label": 50}
"""In characters, of columns that are read more than others."""


def about_release(graph: Graph) -> dict[str, Cell]:
    """What a spreadsheet says of the release that its rows are from."""
    return {
        "graph": BASE,
        "release": graph.release.digest,
        "published": f"{graph.release.published:%Y-%m-%d}",
        "licence": LICENCE,
        "what it is not": "no systematic search and no medical advice",
    }


def write_workbook(
    out: BinaryIO,
    name: str,
    meanings: Mapping[str, str],
    rows: Iterable[Sequence[Cell]],
    about: Mapping[str, Cell],
    *,
    frozen: str = "A2",
) -> None:
    """Write an XLSX with the sheets NAME, `columns` and `about`; rows go to disk as they come.

    :param name: of the sheet with the rows
    :param meanings: the columns, each with what it means
    :param frozen: the first cell that moves when the sheet is scrolled
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.creator = book.properties.title = "IVIG Evidence Graph"
    sheet = book.create_sheet(name)
    sheet.freeze_panes = frozen
    _begin(sheet, {column: _WIDTHS.get(column, _WIDTH) for column in meanings})
    last = count(1)
    for row in rows:
        next(last)
        sheet.append([harmless(cell)[:_LONGEST] if isinstance(cell, str) else cell for cell in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(meanings), 1))}{next(last)}"
    of_columns = book.create_sheet("columns")
    _begin(of_columns, {"column": 24, "meaning": 90})
    for pair in meanings.items():
        of_columns.append(pair)
    of_release = book.create_sheet("about")
    _begin(of_release, {"what": 24, "value": 90})
    for said in about.items():
        of_release.append(said)
    with SpooledTemporaryFile(_IN_MEMORY) as made:
        # The library would go on writing to a pipe that was closed.
        book.save(made)
        made.seek(0)
        copyfileobj(made, out)


def _begin(sheet: Any, widths: Mapping[str, int]) -> None:
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
