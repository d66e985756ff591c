"""The access log, a JSON object a line: of a query the digest, never the text; of an address the path alone."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from starlette.types import Scope

from ivig.errors import NotThere


def query_digest(query: str) -> str:
    """What stands in the log for a query: the same for the same text, and no way back to it.

    >>> query_digest("one query")
    'd5cf977389f22786'
    """
    return hashlib.sha256(query.encode()).hexdigest()[:16]


class AccessLog:
    """Lines for a file, or for standard error where the file is `-`; for nothing where there is none.

    A file that was moved away is followed by a new one, so that it can be rotated. Where it cannot be written to, a
    line on standard error says so once, and lines are left out until it can.
    """

    def __init__(self, path: Path | None) -> None:
        """Raises NotThere where the file cannot be opened."""
        self._path = path
        self._file: int | None = None
        self._failing = False
        if path is not None:
            try:
                self._file = self._opened(path)
            except OSError as error:
                raise NotThere(f"{path}: {error.strerror}") from error

    def write(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        """Note one request."""
        if self._path is None:
            return
        client = scope.get("client")
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "client": client[0] if client else None,
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 2),
            **scope.get("ivig.noted", {}),
        }
        try:
            self._write(self._path, json.dumps(line).encode() + b"\n")
        except OSError as error:
            if not self._failing:
                self._complain(error)
            self._failing = True
        else:
            self._failing = False

    def _write(self, path: Path, line: bytes) -> None:
        if self._file is None or self._is_moved(path, self._file):
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self._file = self._opened(path)
        while line:
            line = line[os.write(self._file, line) :]

    def _complain(self, error: OSError) -> None:
        # Standard error may be a file on the same full disk.
        with suppress(OSError):
            print(
                f"ivig: {self._path}: {error.strerror}; requests are not noted until it can be written", file=sys.stderr
            )

    @staticmethod
    def _opened(path: Path) -> int:
        if str(path) == "-":
            return sys.stderr.fileno()
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)

    @staticmethod
    def _is_moved(path: Path, file: int) -> bool:
        if str(path) == "-":
            return False
        try:
            there = path.stat()
        except FileNotFoundError:
            return True
        opened = os.fstat(file)
        return (there.st_dev, there.st_ino) != (opened.st_dev, opened.st_ino)
