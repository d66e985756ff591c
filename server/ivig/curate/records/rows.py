"""Rows as a file holds them, before they are records: where each stands, and its fields by name."""

from __future__ import annotations

from typing import Any, NamedTuple


class Row(NamedTuple):
    """One row. place: "line 12" or "sheet evidence, row 5"; fields: name to value, nested as in JSON Lines."""

    place: str
    fields: dict[str, Any]


class Problem(NamedTuple):
    """What is wrong with one field of one row.

    file, place, record (its id, where known), field (dotted, empty for the row as a whole), value, allowed.
    """

    file: str
    place: str
    record: str
    field: str
    value: str
    allowed: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place, self.record) if part)
        what = f"{self.field}: " if self.field else ""
        found = f" (found: {self.value})" if self.value else ""
        return f"{where}: {what}{self.allowed}{found}"
