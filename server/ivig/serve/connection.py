"""One connection and what it may take: the head of a request is bounded, a request must arrive in time, and a client
that takes nothing of its answer is left.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from starlette.types import Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from ivig.serve.problems import document
from ivig.serve.settings import Settings

_ABORT = "ivig.abort"


def protocol_with(settings: Settings) -> type[asyncio.Protocol]:
    """The protocol of connections that keep to the settings."""
    return type("Connection", (_Connection,), {"settings": settings})


def abort(scope: Scope) -> None:
    """End the connection of a request in the midst of its answer, so that no client takes the half for the whole."""
    scope["extensions"][_ABORT]["call"]()


class _Connection(HttpToolsProtocol):
    settings: ClassVar[Settings]

    def __init__(self, config: Config, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=_loop)
        self._head_size = 0
        self._in_head = True
        self._problem = (400, "Bad request", "this is no HTTP request")
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None

    # As the class above, which knows that a stream has no other transport.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_is_here()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._expect_request()
        if self._in_head:
            self._head_size += len(data)
        super().data_received(data)
        if self._in_head and self._head_size > self.settings.head_size:
            # The parser would keep a head of any size.
            self._reject(431, "Too large", f"the head of a request may have {self.settings.head_size} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        if len(self.connections) > self.settings.connections:
            self._problem = (503, "Busy", f"{self.settings.connections} connections are open: try again")
            raise ValueError("too many connections")
        taken = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if taken > self.settings.head_size:
            self._problem = (431, "Too large", f"the head of a request may have {self.settings.head_size} bytes")
            raise ValueError("the head is too large")
        self._in_head, self._head_size = False, 0
        # The framework counts on addresses in ASCII.
        self.url.decode("ascii")
        self.scope["extensions"] = {_ABORT: {"call": self.transport.abort}}
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._request_is_here()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._reject(*self._problem)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(self.settings.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _expect_request(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(self.settings.read_seconds, self._late)

    def _request_is_here(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _late(self) -> None:
        if self._head_size or not self._in_head:
            self._reject(408, "Too slow", f"a request has to arrive within {self.settings.read_seconds:g} seconds")
        else:
            self.transport.close()

    def _reject(self, status: int, title: str, detail: str) -> None:
        """Answer in place of the application, which never sees the request, and end the connection."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            answer = document(status, title, detail)
            if status == 503:
                answer.headers["Retry-After"] = "1"
            head = [(b"connection", b"close"), *answer.raw_headers]
            lines = [STATUS_LINE[status], *(name + b": " + value + b"\r\n" for name, value in head), b"\r\n"]
            self.transport.write(b"".join(lines) + bytes(answer.body))
        self.transport.close()
