"""The head of a request: what is wrong with it is said before anything of its body is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Refusal(NamedTuple):
    """What a connection answers itself, in place of the application."""

    status: int
    title: str
    detail: str


NO_HTTP = Refusal(400, "Bad request", "this is no HTTP request")


def refused_head(version: str, headers: Iterable[tuple[bytes, bytes]], body_size: float) -> Refusal | None:
    """Why a request with this head is not read on; None where it is.

    version: of HTTP; headers: with names in lower case; body_size: bytes that the body may have. What a request has to
    have: RFC 9112, sections 3.2 and 6.1, and RFC 9110, section 8.4.
    """
    values: dict[bytes, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value.decode("latin-1").strip())
    hosts = values.get(b"host", [])
    if len(hosts) > 1 or (not hosts and version == "1.1"):
        return Refusal(400, "Bad request", f"a request has one Host, not {len(hosts) or 'none'}")
    transfer = _listed(values.get(b"transfer-encoding", []))
    if transfer and transfer != ["chunked"]:
        return Refusal(400, "Bad request", "the one Transfer-Encoding that is read is chunked")
    length = values.get(b"content-length", ["0"])[0]
    if length.isdecimal() and int(length) > body_size:
        return Refusal(413, "Too large", f"the body of a request may have {body_size} bytes")
    encodings = _listed(values.get(b"content-encoding", []))
    if set(encodings) - {"identity"} and (transfer or length != "0"):
        return Refusal(
            415, "Unsupported media type", "the body of a request is read as it is, without Content-Encoding"
        )
    return None


def _listed(values: list[str]) -> list[str]:
    return [one.strip().lower() for value in values for one in value.split(",") if one.strip()]
