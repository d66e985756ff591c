"""An answer ready to be sent as often as it is asked for: its bytes, its ETag, and its compressed forms."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping

import brotli
import zstandard
from anyio import CapacityLimiter, to_thread
from starlette.types import Message, Scope, Send

from ivig.web.problems import document

Headers = list[tuple[bytes, bytes]]

_LARGE = 256 * 1024
"""From here on encoding takes longer than making most answers: a fifth more bytes in a third of the time are better."""

_ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=3 if len(body) > _LARGE else 5)),
    "zstd": lambda body: zstandard.ZstdCompressor(level=3 if len(body) > _LARGE else 6).compress(body),
    "gzip": lambda body: gzip.compress(body, 3 if len(body) > _LARGE else 6, mtime=0),
}
"""Content encodings, the preferred first."""

_ENCODING = CapacityLimiter(2)
"""Threads of their own: what is ready must not wait for what is being made."""
_WORTH_COMPRESSING = 512
_PIECE = 256 * 1024
_OWN = {b"content-length", b"etag", b"cache-control", b"vary", b"content-encoding"}
FRESH = b"public, max-age=60"
"""A release does not change, but the next one may come: for a minute nobody asks again."""


class Representation:
    """An answer with status 200. `size` is in bytes, compressed forms included as they are made."""

    def __init__(self, body: bytes, headers: Iterable[tuple[bytes, bytes]], *, lasting: bool = True) -> None:
        """body: as it is without encoding; headers: of the answer, those that depend on the encoding left out; lasting:
        whether it may be kept by those who get it."""
        self._bodies = {"identity": body}
        self._tag = hashlib.blake2b(body, digest_size=16).hexdigest()
        kept = list(headers)
        varies = [value for name, value in kept if name == b"vary"]
        self._headers: Headers = [(name, value) for name, value in kept if name not in _OWN]
        self._headers.append((b"vary", b", ".join([*varies, b"Accept-Encoding"])))
        self._headers.append((b"cache-control", FRESH if lasting else b"no-store"))

    @property
    def size(self) -> int:
        return sum(len(body) for body in self._bodies.values())

    async def deliver(self, scope: Scope, send: Send) -> int:
        """Send it as a request wants it: encoded, or only that nothing has changed. Returns by how much it grew."""
        wanted = {name: value for name, value in scope["headers"] if name in (b"accept-encoding", b"if-none-match")}
        encoding = self._encoding(wanted.get(b"accept-encoding"))
        if encoding is None:
            refusal = document(
                406, "Not acceptable", f"offered are the encodings {', '.join(_ENCODERS)} and none at all"
            )
            refusal.headers["Vary"] = "Accept-Encoding"
            await refusal(scope, _nothing, send)
            return 0
        grown = 0
        if encoding not in self._bodies:
            plain = self._bodies["identity"]
            self._bodies[encoding] = await to_thread.run_sync(_ENCODERS[encoding], plain, limiter=_ENCODING)
            grown = len(self._bodies[encoding])
        tag = f'"{self._tag}"' if encoding == "identity" else f'"{self._tag}-{encoding}"'
        headers = [*self._headers, (b"etag", tag.encode())]
        if encoding != "identity":
            headers.append((b"content-encoding", encoding.encode()))
        if _is_known(tag, wanted.get(b"if-none-match")):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return grown
        body = self._bodies[encoding]
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _send_body(send, b"" if scope["method"] == "HEAD" else body)
        return grown

    def _encoding(self, accepted: bytes | None) -> str | None:
        if not accepted:
            return "identity"
        asked = accepted.decode("latin-1")
        is_small = len(self._bodies["identity"]) < _WORTH_COMPRESSING
        return "identity" if is_small and _takes_it_plain(_weights(asked)) else preferred_encoding(asked)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _send_body(send: Send, body: bytes) -> None:
    # In pieces, so that a slow client that takes one after the other is seen to go on.
    for start in range(0, len(body) or 1, _PIECE):
        piece = body[start : start + _PIECE]
        await send({"type": "http.response.body", "body": piece, "more_body": start + _PIECE < len(body)})


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(",")[:32]:
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters[:32]) if parameters else 1.0
    return weights


def _takes_it_plain(weights: Mapping[str, float]) -> bool:
    return weights.get("identity", weights.get("*", 1.0)) > 0


def preferred_encoding(accepted: str) -> str | None:
    """The encoding that a client likes best, among equals the one that is smallest; None where it takes none of them.

    >>> preferred_encoding("gzip, deflate, br;q=0.9, zstd"), preferred_encoding("gzip;q=0"), preferred_encoding("*")
    ('zstd', 'identity', 'br')
    >>> preferred_encoding("identity;q=0, gzip;q=0.1"), preferred_encoding("identity;q=0"), preferred_encoding("*;q=0")
    ('gzip', None, None)
    """
    weights = _weights(accepted)
    offered = [(weights.get(name, weights.get("*", 0.0)), name) for name in _ENCODERS]
    best = max(weight for weight, _ in offered)
    if best <= 0:
        return "identity" if _takes_it_plain(weights) else None
    if weights.get("identity", 0.0) > best:
        return "identity"
    return next(name for weight, name in offered if weight == best)


def _is_known(tag: str, known: bytes | None) -> bool:
    if known is None:
        return False
    tags = [one.strip().removeprefix("W/") for one in known.decode("latin-1").split(",")]
    return tag in tags or tags == ["*"]
