"""The files that pages load: each has the digest of its content in its address, and is kept for a year."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"

_DIGEST = 10
_BUNDLED = re.compile(r"-[\w-]{8}\.(js|css)$")
"""What the bundler has put a digest into itself: pieces that another piece asks for by name."""


@cache
def digest_of(name: str) -> str:
    """The digest of a file below `static`; empty where it is not there, as when the browser side was not built."""
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGEST] if path.is_file() else ""


def asset_path(name: str) -> str:
    """The path of a file with its digest; empty where it is not there."""
    digest = digest_of(name)
    return f"/static/{name}?v={digest}" if digest else ""


class Assets(StaticFiles):
    """The files, kept by browsers for a year where the address changes with the content."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file goes out whole and through the middleware, so that it is compressed once and then kept: the server
        would else send it from the disk, as it is."""
        headers = [pair for pair in scope["headers"] if pair[0] != b"range"]
        await super().__call__({**scope, "headers": headers, "extensions": {}}, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; browsers keep it for a year where its address has its digest.

        :param path: below the folder of the files
        :param scope: of the request, as ASGI has it
        """
        found = await super().get_response(path, scope)
        asked = scope["query_string"].decode("latin-1")
        named = _BUNDLED.search(path) or asked == f"v={digest_of(path)}"
        if found.status_code in (200, 304) and named:
            found.headers["Cache-Control"] = FOR_A_YEAR
        return found
