"""What those who run the server see: counters for Prometheus, and an access log with a JSON object a line.

Of a query the log has the digest, never the text; of an address the path alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import BinaryIO, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.metrics_core import Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivig.errors import NotThere

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_AREAS = ("sparql", "queries", "static", "condition", "statement", "health", "ready", "metrics", "export", "resolve")
LEFT = 499
"""The status of a request whose client went away, by a usage that nginx began."""


Families = list[Metric]
"""The counters of a process."""
Others = Callable[[], Awaitable[dict[str, Families]]]


class Metrics:
    """The counters of one process; they outlive its releases."""

    def __init__(self, number: str = "", others: Others | None = None) -> None:
        """
        :param number: of the process among those of the server
        :param others: gives the counters of the others, by their numbers; None where it is the only one
        """
        self._number, self._others = number, others
        self.registry = CollectorRegistry()
        self.requests = Counter("ivig_requests", "Requests answered.", ["area", "status"], registry=self.registry)
        self.seconds = Histogram(
            "ivig_request_seconds", "Time from request to answer.", ["area"], buckets=_SECONDS, registry=self.registry
        )
        self.stopped = Counter(
            "ivig_workers_stopped", "Workers that were stopped and replaced.", ["reason"], registry=self.registry
        )
        self.refused = Counter(
            "ivig_queries_refused", "Queries sent away because too many waited.", registry=self.registry
        )
        self.cached = Counter("ivig_cache", "Answers by whether they were kept.", ["found"], registry=self.registry)
        self.reloads = Counter("ivig_reloads", "Changes of release.", ["outcome"], registry=self.registry)
        self.release = Info("ivig_release", "The release that is served.", registry=self.registry)
        for reason in ("time", "memory", "left", "killed"):
            self.stopped.labels(reason)
        for outcome in ("done", "failed"):
            self.reloads.labels(outcome)

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A number that is read when it is asked for.

        :param name: of the metric, such as `ivig_cache_bytes`
        :param meaning: what it counts, in words
        :param value: gives the number
        """
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def families(self) -> Families:
        """Those of this process."""
        return list(self.registry.collect())

    async def text(self) -> bytes:
        """All of it, in Prometheus' text format; of several processes each with its number as a label."""
        if self._others is None:
            return generate_latest(self.registry)
        of_all = {self._number: self.families(), **await self._others()}
        return generate_latest(_Together(of_all))


class _Together(CollectorRegistry):
    """The counters of several processes, each with the number of its process."""

    def __init__(self, of_all: Mapping[str, Families]) -> None:
        super().__init__()
        self._of_all = of_all

    def collect(self) -> Iterator[Metric]:
        """Each counter once, with the samples of all processes."""
        together: dict[str, Metric] = {}
        for number, families in sorted(self._of_all.items()):
            for one in families:
                whole = together.setdefault(one.name, Metric(one.name, one.documentation, one.type))
                whole.samples += [s._replace(labels={**s.labels, "process": number}) for s in one.samples]
        yield from together.values()


class _Lines(WatchedFileHandler):
    """Lines of a file, each written at once. One that cannot be written is lost, and no request fails with it."""

    def _open(self) -> io.TextIOWrapper:
        # A buffer would keep what could not be written, and fail with it again.
        raw = Path(self.baseFilename).open("ab", buffering=0)  # noqa: SIM115
        return io.TextIOWrapper(cast(BinaryIO, raw), encoding="utf-8", write_through=True)

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """The library would print a traceback."""


def access_log(path: Path | None) -> logging.Logger:
    """A logger whose messages are lines of a file, of standard error where the file is `-`, or of nothing.

    A file that was moved away is followed by a new one, so that it can be rotated; where it cannot be written to, lines
    are left out until it can.

    :raises NotThere: where the file cannot be opened
    """
    log = logging.Logger("ivig.access")
    if path is None:
        log.disabled = True
        return log
    try:
        log.addHandler(logging.StreamHandler(sys.stderr) if str(path) == "-" else _Lines(path))
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    return log


def note_event(log: logging.Logger, event: str, release: str, **more: object) -> None:
    """A line in the log for what happened to the server: start, reload, stop, with the release that it serves then.

    :param log: the log of the server
    :param event: what happened
    :param release: the digest of the release
    :param more: other fields of the line
    """
    log.info(json.dumps({"time": _now(), "event": event, "release": release, **more}))


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def query_digest(query: str) -> str:
    """What stands in the log for a query: the same for the same text, and no way back to it.

    >>> query_digest("one query")
    'd5cf977389f22786'
    """
    return hashlib.sha256(query.encode()).hexdigest()[:16]


def note(scope: Scope, **what: object) -> None:
    """Say something of a request for its line in the log.

    :param scope: of the request, as ASGI has it
    :param what: fields of the line
    """
    scope.setdefault("ivig.noted", {}).update(what)


class Observed:
    """Counts and logs every request, and gives every answer the headers that it has not set itself."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: logging.Logger, headers: Mapping[str, str]) -> None:
        """
        :param app: the application that answers
        :param metrics: count the requests and their seconds
        :param log: takes a line for each
        :param headers: those that every answer has
        """
        self._app, self._metrics, self._log = app, metrics, log
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, size = LEFT, 0
        scope["ivig.noted"] = {}

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                more = [pair for pair in self._headers if pair[0] not in own]
                message = {**message, "headers": [*message["headers"], *more]}
            else:
                size += len(message.get("body", b""))
            await send(message)

        begun = time.perf_counter()
        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            # The server ends, and nobody waits any more: to the server it would be a failure of the application.
            pass
        except Exception:
            status = 500
            raise
        finally:
            self._note(scope, status, size, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        path: str = scope["path"]
        first = path.removeprefix(scope.get("root_path", "")).lstrip("/").partition("/")[0]
        area = first if first in _AREAS else "other"
        self._metrics.requests.labels(area, str(status)).inc()
        self._metrics.seconds.labels(area).observe(seconds)
        if self._log.disabled:
            return
        client = scope.get("client")
        line = {
            "time": _now(),
            "client": client[0] if client else None,
            "method": scope["method"],
            "path": path,
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 2),
            **scope["ivig.noted"],
        }
        self._log.info(json.dumps(line))
