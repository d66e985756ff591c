"""JSON lists written as their entries come."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO


def write_list(out: BinaryIO, entries: Iterable[Any]) -> None:
    """Write a list, an entry a line."""
    out.write(b"[")
    between = b"\n"
    for entry in entries:
        out.write(between + json.dumps(entry, ensure_ascii=False, allow_nan=False).encode())
        between = b",\n"
    out.write(b"\n]")
