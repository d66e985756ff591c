"""JSON Lines into rows: an object a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from ivig.io.tables.lines import Lines
from ivig.io.tables.rows import Found, Row


def from_json_lines(path: Path, limit: int, found: Found) -> Iterator[Row]:
    with path.open("rb") as file:
        lines = Lines(file, found)
        for line in lines:
            lines.end_row()
            place = f"line {lines.number}"
            fields = _json_object(line.rstrip("\r\n"), place, found) if line.strip() else None
            if fields is not None:
                yield Row(place, fields)


def _json_object(line: str, place: str, found: Found) -> dict[str, Any] | None:
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            repeated.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return fields

    try:
        value = json.loads(line, object_pairs_hook=unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        found.add(f"{place}, column {error.pos + 1}", f"valid JSON: {error.msg}", line[error.pos :])
        return None
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, NaN, and brackets within brackets without end.
        found.add(place, f"valid JSON: {error}", line)
        return None
    if not isinstance(value, dict):
        found.add(place, "one JSON object a line", line)
        return None
    for key in repeated:
        found.add(place, "each key once", key, record=str(value.get("id", "")))
    return None if repeated else value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
