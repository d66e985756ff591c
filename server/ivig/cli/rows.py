"""The rows that a command finds, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from ivig.io.atomic import finished_file


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows to a file of CSV, all of it or nothing."""
    with finished_file(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(rows)


class RowFormat(StrEnum):
    """Formats of rows."""

    table = "table"
    csv = "csv"
    json = "json"


def write_rows(rows: Sequence[dict[str, Any]], format: RowFormat, shown: Sequence[str]) -> None:
    """Write rows to standard output; as a table or CSV, nothing where there are none.

    :param rows: all with the same columns, in the same order
    :param shown: the columns of a table, most important first
    """
    if format is RowFormat.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not rows:
        return
    elif format is RowFormat.csv:
        from ivig.io.spreadsheet_cells import harmless

        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(rows[0])
        table.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row.values()] for row in rows)
    else:
        from ivig.cli.table import print_table

        print_table(list(rows[0]), rows, shown, more_by="--format csv")
