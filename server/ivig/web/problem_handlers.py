"""What a request that fails is answered with: a problem document for programs, a page for who came with a browser."""

from __future__ import annotations

import json
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ivig.errors import IvigError
from ivig.web.negotiation import chosen_format
from ivig.web.pages import Pages
from ivig.web.problems import MEDIA_TYPE, NotAcceptable, document, problem


def handle_problems(app: FastAPI, pages: Pages | None) -> None:
    """Let an application answer with problems whatever goes wrong in it. pages: None where it has none."""

    def shown(make: Callable[[Exception], JSONResponse]) -> Callable[[Request, Exception], Response]:
        def handler(request: Request, error: Exception) -> Response:
            made = make(error)
            if pages is None:
                return made
            made.headers["Vary"] = "Accept"
            return _page(pages, made) if _wants_page(request) else made

        return handler

    app.add_exception_handler(IvigError, shown(_own))
    app.add_exception_handler(HTTPException, shown(_of_the_framework))
    app.add_exception_handler(Exception, _bug)


def _own(error: Exception) -> JSONResponse:
    if not isinstance(error, IvigError):
        raise error
    return problem(error)


def _of_the_framework(error: Exception) -> JSONResponse:
    """A path or method that is not there."""
    if not isinstance(error, HTTPException):
        raise error
    answer = document(error.status_code, "Not found" if error.status_code == 404 else "Error", str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _bug(request: Request, error: Exception) -> JSONResponse:
    """What nobody foresaw: the visitor gets no inner workings, the log gets all of them."""
    return document(500, "Error", "the server failed at this request; its log says how")


def _wants_page(request: Request) -> bool:
    try:
        return chosen_format({"problem": MEDIA_TYPE}, request.headers.get("accept"), None, html=True) == "html"
    except NotAcceptable:
        return False


def _page(pages: Pages, made: JSONResponse) -> Response:
    page = pages.page("problem.html", made.status_code, problem=json.loads(bytes(made.body)))
    page.headers.update({name: value for name, value in made.headers.items() if not name.startswith("content-")})
    return page
