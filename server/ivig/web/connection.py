"""One connection and what it may take: the head of a request is bounded, a request must arrive in time, and a client
that takes nothing of its answer is left.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, ClassVar, NamedTuple, cast
from urllib.parse import unquote

import httptools
from starlette.types import Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from ivig.web.crowd import Crowd
from ivig.web.problems import document
from ivig.web.request_head import NO_HTTP, Refusal, refused_head
from ivig.web.services import RELAY_PATH
from ivig.web.settings import Settings

Note = Callable[[Scope, int, int, float], None]
"""Told of a request that the application never saw: the request, the status and bytes of the answer, the seconds."""

REFUSED = "ivig.refused"
"""The status that the connection gave a request which the application had already begun to answer."""

_ABORT = "ivig.abort"
_LINGER_SECONDS = 2.0
"""What a client still sends is taken and dropped for so long: closed at once, the answer would be lost with it."""
_LONGEST_PATH = 1000
_MORE = {
    415: {"Accept-Encoding": "identity"},
    503: {"Retry-After": "1"},
}


def protocol_with(settings: Settings, headers: Mapping[str, str], note: Note) -> type[asyncio.Protocol]:
    """The protocol of connections that keep to the settings.

    headers: of every answer; note: called for each request that is refused here.
    """
    terms = _Terms(settings, Crowd(settings), {"Cache-Control": "no-store", **headers}, note)
    return type("Connection", (_Connection,), {"terms": terms})


def abort(scope: Scope) -> None:
    """End the connection of a request in the midst of its answer, so that no client takes the half for the whole."""
    scope["extensions"][_ABORT]["call"]()


class _Stage(Enum):
    """How much of a request is here."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()
    WHOLE = auto()
    REFUSED = auto()


class _Terms(NamedTuple):
    """What all connections have in common."""

    settings: Settings
    crowd: Crowd
    headers: Mapping[str, str]
    note: Note


class _Connection(HttpToolsProtocol):
    terms: ClassVar[_Terms]

    def __init__(self, config: Config, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=_loop)
        self._stage = _Stage.NOTHING
        self._head_size = 0
        self._begun = 0.0
        self._problem = NO_HTTP
        self._too_many = False
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None
        self.url = b""

    @property
    def may_end(self) -> bool:
        return not self.pipeline and (self.cycle is None or self.cycle.response_complete)

    def make_room(self) -> None:
        if self._stage is _Stage.HEAD:
            self._reject(Refusal(503, "Busy", "others wait for this connection: try again"))
        self.transport.close()

    # As the class above, which knows that a stream has no other transport.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begun = self.loop.time()
        self._too_many = not self.terms.crowd.enter(self)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self.terms.crowd.leave(self)
        self._request_is_here()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._stage is _Stage.REFUSED or self.transport.is_closing():
            return
        self._expect_request()
        if self._stage in (_Stage.NOTHING, _Stage.HEAD):
            self._head_size += len(data)
        super().data_received(data)
        if self._stage is _Stage.HEAD and self._head_size > self.terms.settings.head_size:
            # The parser would keep a head of any size.
            self._reject(self._too_large_a_head())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._stage, self._begun = _Stage.HEAD, self.loop.time()
        self.terms.crowd.moved_on(self)

    def on_headers_complete(self) -> None:
        refusal = self._refused()
        if refusal is not None:
            self._problem = refusal
            raise ValueError(refusal.detail)
        # The framework counts on addresses in ASCII.
        self.url.decode("ascii")
        self._stage, self._head_size = _Stage.BODY, 0
        self.terms.crowd.moved_on(self)
        self.scope["extensions"] = {_ABORT: {"call": self.transport.abort}}
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._request_is_here()
        self._stage = _Stage.NOTHING if self.cycle.response_complete else _Stage.WHOLE
        # What comes next, if it is no request, is not to be noted under this address.
        self.url = b""
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._stage is _Stage.WHOLE and not self.pipeline:
            self._stage = _Stage.NOTHING
        self.terms.crowd.moved_on(self)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self._reject(self._problem)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.terms.settings.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _refused(self) -> Refusal | None:
        if self._too_many and self.terms.crowd.is_too_many(self):
            return Refusal(503, "Busy", "as many connections are open as may be: try again")
        taken = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if taken > self.terms.settings.head_size:
            return self._too_large_a_head()
        # What a worker passes on is a visitor's query, written out in full: it may have grown.
        body_size = math.inf if self.url.startswith(RELAY_PATH.encode()) else self.terms.settings.body_size
        return refused_head(self.parser.get_http_version(), self.headers, body_size)

    def _too_large_a_head(self) -> Refusal:
        return Refusal(431, "Too large", f"the head of a request may have {self.terms.settings.head_size} bytes")

    def _expect_request(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(self.terms.settings.read_seconds, self._late)

    def _request_is_here(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _late(self) -> None:
        is_answered = self._stage is _Stage.BODY and self.may_end
        if self._stage is _Stage.NOTHING or is_answered:
            self.transport.close()
        elif self._stage is _Stage.WHOLE:
            self._reading = None
        else:
            seconds = f"{self.terms.settings.read_seconds:g}"
            self._reject(Refusal(408, "Too slow", f"a request has to arrive within {seconds} seconds"))

    def _reject(self, refusal: Refusal) -> None:
        """Answer in place of the application, and end the connection."""
        if self._stage is _Stage.REFUSED or self.transport.is_closing():
            return
        seen_by_application, self._stage = self._stage is _Stage.BODY and not self.pipeline, _Stage.REFUSED
        self._request_is_here()
        size = 0
        if not self.pipeline and (self.may_end or not self.cycle.response_started):
            size = self._write(refusal)
            if seen_by_application:
                cast(Scope, self.scope)["extensions"][REFUSED] = refusal.status
        if not seen_by_application:
            self.terms.note(self._noted(), refusal.status, size, self.loop.time() - self._begun)
        if self.may_end and self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(_LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()

    def _write(self, refusal: Refusal) -> int:
        """Write an answer. Returns the bytes of its body."""
        answer = document(*refusal)
        answer.headers.update({**self.terms.headers, **_MORE.get(refusal.status, {}), "Connection": "close"})
        body = b"" if self._method() == "HEAD" else bytes(answer.body)
        head = [*self.server_state.default_headers, *answer.raw_headers]
        lines = [STATUS_LINE[refusal.status], *(name + b": " + value + b"\r\n" for name, value in head), b"\r\n"]
        self.transport.write(b"".join(lines) + body)
        return len(body)

    def _method(self) -> str | None:
        # Before it has seen an address, the parser has a method that nobody has sent.
        return self.parser.get_method().decode("latin-1") if self.url else None

    def _noted(self) -> Scope:
        """The request as far as it is known: of its address the path alone."""
        try:
            path = (httptools.parse_url(self.url).path or b"").decode("latin-1")[:_LONGEST_PATH] if self.url else ""
        except httptools.HttpParserInvalidURLError:
            path = ""
        return {"client": self.client, "method": self._method(), "path": unquote(path)}
