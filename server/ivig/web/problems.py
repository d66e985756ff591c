"""Errors over HTTP as problem documents (RFC 9457): what went wrong, where, and what would do."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from ivig.errors import (
    AmbiguousName,
    AnswerTooLarge,
    BadInput,
    BadQuery,
    Busy,
    IvigError,
    LimitReached,
    NotThere,
    Refused,
    UnknownName,
)

MEDIA_TYPE = "application/problem+json"


class NotAcceptable(BadInput):
    """No format that the client takes."""


class TooLarge(BadInput):
    """A request larger than the limit."""


class UnsupportedMedia(BadInput):
    """A request body of a type, or in a charset, that the endpoint does not read."""


class Gone(IvigError):
    """Nobody is there any more to be answered."""


_STATUS: tuple[tuple[type[IvigError], int, str], ...] = (
    (Refused, 403, "Refused"),
    (BadQuery, 400, "Bad query"),
    (UnknownName, 400, "Unknown name"),
    (AmbiguousName, 400, "Ambiguous name"),
    (NotThere, 404, "Not found"),
    (NotAcceptable, 406, "Not acceptable"),
    (TooLarge, 413, "Too large"),
    (UnsupportedMedia, 415, "Unsupported media type"),
    (BadInput, 400, "Bad request"),
    (AnswerTooLarge, 413, "Answer too large"),
    (Busy, 503, "Busy"),
    (LimitReached, 503, "Limit reached"),
    (Gone, 499, "Client closed the connection"),
    (IvigError, 500, "Error"),
)


def problem(error: IvigError) -> JSONResponse:
    """The problem document of an error, with the place in a query and the nearest names where it carries them."""
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    more: dict[str, Any] = {}
    if isinstance(error, BadQuery) and error.line is not None:
        more = {"line": error.line, "column": error.column}
    elif isinstance(error, UnknownName):
        more = {"nearest": error.nearest}
    elif isinstance(error, AmbiguousName):
        more = {"choices": error.choices}
    answer = document(status, title, str(error), **more)
    if isinstance(error, Busy):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def document(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)
