"""The access log, a JSON object a line: of a query the digest, never the text; of an address the path alone."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import TextIO

from starlette.types import Scope

from ivig.errors import NotThere


def query_digest(query: str) -> str:
    """What stands in the log for a query: the same for the same text, and no way back to it.

    >>> query_digest("one query")
    'd5cf977389f22786'
    """
    return hashlib.sha256(query.encode()).hexdigest()[:16]


class AccessLog:
    """Lines for a file, or for standard error where the file is `-`; for nothing where there is none."""

    def __init__(self, path: Path | None) -> None:
        self._out: TextIO | None = None
        if path is not None:
            try:
                self._out = sys.stderr if str(path) == "-" else path.open("a", encoding="utf-8", buffering=1)
            except OSError as error:
                raise NotThere(f"{path}: {error.strerror}") from error

    def write(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        """Note one request."""
        if self._out is None:
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
        self._out.write(json.dumps(line) + "\n")
