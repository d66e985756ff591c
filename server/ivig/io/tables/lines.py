"""The lines of a file, each of a bounded length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ivig.io.tables.rows import Found

_MOST_BYTES = 1_000_000
"""Of one row."""


class Lines:
    """The lines of a file in UTF-8, decoded one by one. `number` is that of the last line given."""

    def __init__(self, file: BinaryIO, found: Found) -> None:
        self._file, self._found = file, found
        self.number = 0
        self._offset = self._row_length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(_MOST_BYTES + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        self._row_length += len(raw)
        if self._row_length > _MOST_BYTES:
            self._found.give_up(f"line {self.number}", f"a row of up to {_MOST_BYTES:,} bytes")
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = f"0x{raw[error.start]:02X}, byte {self._offset + error.start + 1:,} of the file"
            self._found.give_up(f"line {self.number}", "text in UTF-8: save the file as UTF-8", byte)
        self._offset += len(raw)
        # Excel begins a "CSV UTF-8" with a byte order mark.
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def end_row(self) -> None:
        """Count the next line as a row of its own: quoted cells of a CSV may hold line breaks."""
        self._row_length = 0
