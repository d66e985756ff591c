"""Errors over HTTP: problem documents (RFC 9457) that say what went wrong, where, and what would do; for browsers,
pages that say the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ivig.errors import (
    AmbiguousName,
    AnswerTooLarge,
    BadInput,
    BadQuery,
    Busy,
    Damaged,
    EngineDown,
    EngineTooSlow,
    EngineWrong,
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
    """A request body larger than the limit."""


class TooSlow(BadInput):
    """A request body that did not arrive in time."""


class UnsupportedMedia(BadInput):
    """A request body of a type, or in a charset, that the endpoint does not read."""


class Gone(IvigError):
    """Nobody is there any more to be answered."""


_STATUS: tuple[tuple[type[IvigError], int, str], ...] = (
    (Refused, 403, "Refused"),
    (BadQuery, 400, "Bad query"),
    (UnknownName, 400, "Unknown name"),
    (AmbiguousName, 400, "Ambiguous name"),
    (Damaged, 503, "Not available"),
    (NotThere, 404, "Not found"),
    (NotAcceptable, 406, "Not acceptable"),
    (TooLarge, 413, "Too large"),
    (TooSlow, 408, "Too slow"),
    (UnsupportedMedia, 415, "Unsupported media type"),
    (BadInput, 400, "Bad request"),
    (AnswerTooLarge, 413, "Answer too large"),
    (Busy, 503, "Busy"),
    (EngineDown, 503, "Engine not available"),
    (EngineTooSlow, 504, "Engine too slow"),
    (EngineWrong, 502, "Engine failed"),
    (LimitReached, 503, "Limit reached"),
    (Gone, 499, "Client closed the connection"),
    (IvigError, 500, "Error"),
)


_TITLES = {404: "Not found", 405: "Method not allowed"}

ShowPage = Callable[[Request, JSONResponse], Response]
"""Shows a problem as a page, where that is what the client likes best."""


def detail_of(error: IvigError) -> str:
    """What a visitor is told of an error."""
    if isinstance(error, Damaged):
        # Where it is, visitors need not know.
        logging.getLogger("ivig").error("%s", error)
        return "the release that is served is damaged; the log of the server says how"
    return str(error)


def problem(error: IvigError) -> JSONResponse:
    """The problem document of an error, with the place in a query and the nearest names where it carries them."""
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    more: dict[str, Any] = {}
    if isinstance(error, BadQuery) and error.line is not None:
        more = {"line": error.line, "column": error.column}
    elif isinstance(error, UnknownName):
        more = {"nearest": error.nearest}
        if error.what == "query":
            # The name of a saved query is a part of its address, that of anything else is a parameter.
            status, title = 404, "Not found"
    elif isinstance(error, AmbiguousName):
        more = {"choices": error.choices}
    answer = document(status, title, detail_of(error), **more)
    if isinstance(error, Busy):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def document(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document.

    :param status: of HTTP
    :param title: what sort of problem it is
    :param detail: what went wrong, and what would do
    :param more: other fields of the document
    """
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def handle_problems(app: FastAPI, show_page: ShowPage | None) -> None:
    """Let an application answer with problems whatever goes wrong in it.

    :param show_page: None where it has no pages
    """

    def shown(make: Callable[[Any], JSONResponse]) -> Callable[[Request, Exception], Response]:
        def handler(request: Request, error: Exception) -> Response:
            made = make(error)
            return made if show_page is None else show_page(request, made)

        return handler

    app.add_exception_handler(IvigError, shown(problem))
    app.add_exception_handler(RequestValidationError, shown(_of_a_parameter))
    app.add_exception_handler(HTTPException, shown(_of_the_framework))
    app.add_exception_handler(Exception, _bug)


def _of_a_parameter(error: RequestValidationError) -> JSONResponse:
    """A parameter that is missing, or is not what it has to be."""
    wrong = [f"{one['loc'][-1]}: {one['msg'].lower()}" for one in error.errors()]
    return document(400, "Bad request", "; ".join(wrong))


def _of_the_framework(error: HTTPException) -> JSONResponse:
    """A path or method that is not there."""
    answer = document(error.status_code, _TITLES.get(error.status_code, "Error"), str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _bug(request: Request, error: Exception) -> JSONResponse:
    """What nobody foresaw: the visitor gets no inner workings, the log gets all of them."""
    return document(500, "Error", "the server failed at this request; its log says how")
