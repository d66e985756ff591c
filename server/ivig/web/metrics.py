"""What the server counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Metrics:
    """The counters of one server; they outlive its releases."""

    def __init__(self) -> None:
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
        for reason in ("time", "memory", "left", "killed"):
            self.stopped.labels(reason)
        for outcome in ("done", "failed"):
            self.reloads.labels(outcome)
        self._found = {found: self.cached.labels(found) for found in ("yes", "no")}

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A number that is read when it is asked for."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def looked_up(self, found: bool) -> None:
        """An answer was looked for in the cache."""
        self._found["yes" if found else "no"].inc()

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)
