"""An endpoint over HTTP: what is sent, what comes back, how long it may take, and what went wrong.

TLS is always checked (SSL_CERT_FILE names another authority). What is lost on the way is sent again, with growing
pauses: asking or writing the same twice does no harm. An answer that is late is not asked for again.
"""

from __future__ import annotations

import os
import time
import weakref
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse, parse_query_results

from ivig.errors import BadInput, EngineDown, EngineTooSlow, EngineWrong
from ivig.namespaces import BASE
from ivig.query.remote.dialect import Dialect, dialect_of, named_dialect

if TYPE_CHECKING:
    import httpx

USER, PASSWORD, TOKEN = "IVIG_ENGINE_USER", "IVIG_ENGINE_PASSWORD", "IVIG_ENGINE_TOKEN"
SECONDS = 30.0
"""That an answer may take, where nothing else is said."""
ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.9"
TRIPLES = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
}
_CONNECT_SECONDS = 5.0
_TRIES = 3
_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
_MOST_BYTES = 512_000_000
_BUSY = (429, 502, 503)
_TOLD = 300
"""Characters of what an engine complains of that are passed on."""


class Reply(NamedTuple):
    """What an endpoint answered.

    :param status: of HTTP
    :param body: all of it
    :param headers: in any case
    """

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        """Without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def complaint(self) -> str:
        """What it says where it says that something is wrong, in one line."""
        if self.media_type in ("text/html", "application/xhtml+xml"):
            return f"status {self.status}, with a page"
        return " ".join(self.body[: 4 * _TOLD].decode(errors="replace").split())[:_TOLD] or f"status {self.status}"


class Endpoint:
    """An endpoint of SPARQL 1.1. Several threads may ask it."""

    def __init__(self, url: str, dialect: str = "", seconds: float = SECONDS) -> None:
        """
        :param url: where queries are sent
        :param dialect: of the engine; by what it says of itself where empty
        :param seconds: that an answer may take, from the first byte sent to the last received
        :raises BadInput: for an address that cannot be asked, or that would show credentials to others
        :raises UnknownName: for a dialect that is none
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput(f'an engine is an address such as https://example.org/sparql, not "{url}"')
        if parts.username or parts.password:
            raise BadInput(f"an address is no place for credentials: put them into {USER} and {PASSWORD}")
        here = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
        if parts.scheme == "http" and not here and (os.environ.get(USER) or os.environ.get(TOKEN)):
            raise BadInput(f"credentials go to {parts.hostname} by https alone, and the address begins with http:")
        self.url, self.named, self.seconds = url, dialect, seconds
        self._named = named_dialect(dialect) if dialect else None

    @cached_property
    def dialect(self) -> Dialect:
        """What the engine does differently: as named, else by what it says of itself.

        :raises EngineDown: where it cannot be reached, and what else `query` raises
        """
        if self._named is not None:
            return self._named
        import httpx

        with httpx.Client() as anybody:
            # Whatever it thinks of a request without a query, its headers say what it is.
            return dialect_of(self._answered(anybody, "GET", self.url).headers.get("server", ""))

    def query(self, text: str, accept: str, default: Iterable[str] = (), named: Iterable[str] = ()) -> Reply:
        """What it answers to a query.

        :param text: as it is sent
        :param accept: the media types that can be read
        :param default: the graphs of the default graph
        :param named: the graphs that GRAPH can reach
        :raises EngineDown: where it cannot be reached, or is too busy
        :raises EngineTooSlow: where it takes longer than it may
        :raises EngineWrong: where it refuses, or breaks off
        """
        form = {"query": text, "default-graph-uri": [*default], "named-graph-uri": [*named]}
        return self._good("POST", self.url, data=form, headers={"Accept": accept})

    def rows(self, reply: Reply) -> QuerySolutions:
        """The rows of a reply, which is read to its end once.

        :raises EngineWrong: where it has none, or cannot be read
        """
        found = self.result(reply)
        if isinstance(found, QueryBoolean):
            raise EngineWrong(f"{self.url} answers rows with a yes or no")
        try:
            # Rows are read as they come, and who asks is to hear now that they break off.
            for _ in found:
                pass
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(error) from error
        again = self.result(reply)
        assert isinstance(again, QuerySolutions)
        return again

    def result(self, reply: Reply) -> QuerySolutions | QueryBoolean:
        """The rows of a reply as they are read, or its yes or no.

        :raises EngineWrong: where it is something else
        """
        if reply.media_type not in _RESULTS:
            raise EngineWrong(f"{self.url} answers with {reply.media_type or 'no type'}, not with results of SPARQL")
        try:
            return parse_query_results(reply.body, format=_RESULTS[reply.media_type])
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(error) from error

    def triples(self, reply: Reply) -> list[Triple]:
        """The triples of a reply.

        :raises EngineWrong: where it has none, or cannot be read
        """
        rdf_format = RdfFormat.from_media_type(reply.media_type)
        if rdf_format is None:
            raise EngineWrong(f"{self.url} answers with {reply.media_type or 'no type'}, not with triples")
        try:
            return [quad.triple for quad in parse(reply.body, format=rdf_format, base_iri=BASE)]
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> EngineWrong:
        return EngineWrong(f"{self.url} answers with what cannot be read: {error}")

    def write(self, method: str, graph_store: str, graph: str, turtle: bytes | None = None) -> None:
        """Change a graph of a graph store.

        :param method: `PUT` to replace it, `POST` to add to it
        :param graph_store: the address
        :param graph: the IRI of the graph
        :param turtle: what it is to hold, or to hold too
        :raises EngineDown: and the others, as `query` does
        """
        self._good(
            method, graph_store, params={"graph": graph}, content=turtle, headers={"Content-Type": "text/turtle"}
        )

    def delete(self, graph_store: str, graph: str) -> None:
        """Delete a graph of a graph store, where it is there.

        :raises EngineDown: and the others, as `query` does
        """
        reply = self._answered(self._client, "DELETE", graph_store, params={"graph": graph})
        if reply.status != 404:
            self._check(reply)

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        token, user, password = (os.environ.get(name, "") for name in (TOKEN, USER, PASSWORD))
        headers = {"Authorization": f"Bearer {token}"} if token else None
        kind = httpx.DigestAuth if self.dialect.authentication == "digest" else httpx.BasicAuth
        client = httpx.Client(auth=kind(user, password) if user else None, headers=headers)
        weakref.finalize(self, client.close)
        return client

    def _good(self, method: str, url: str, **what: Any) -> Reply:
        reply = self._answered(self._client, method, url, **what)
        self._check(reply)
        return reply

    def _answered(self, client: httpx.Client, method: str, url: str, **what: Any) -> Reply:
        """The reply in time, asked for again where it was lost on the way."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

        again = Retrying(
            retry=retry_if_exception_type((EngineDown, _BrokenOff)),
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential_jitter(multiplier=_PAUSE, max=_LONGEST_PAUSE, jitter=_PAUSE),
            reraise=True,
        )
        reply: Reply = again(self._once, client, method, url, time.monotonic() + self.seconds, **what)
        return reply

    def _once(self, client: httpx.Client, method: str, url: str, end: float, **what: Any) -> Reply:
        import httpx

        late = EngineTooSlow(f"{url} has not answered within {self.seconds:g} seconds")
        left = end - time.monotonic()
        if left <= 0:
            raise late
        body = bytearray()
        try:
            timeout = httpx.Timeout(left, connect=min(left, _CONNECT_SECONDS))
            with client.stream(method, url, timeout=timeout, **what) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    # Each chunk may be in time, and all of them together not.
                    if time.monotonic() > end:
                        raise late
                    if len(body) > _MOST_BYTES:
                        raise EngineWrong(f"{url} answers with more than {_MOST_BYTES // 1_000_000} MB")
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineDown(f"{url} cannot be reached: {error or 'no answer'}") from error
        except httpx.TimeoutException as error:
            raise late from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _BrokenOff(f"{url} broke off its answer: {error or type(error).__name__}") from error
        reply = Reply(response.status_code, bytes(body), response.headers)
        if reply.status in _BUSY:
            raise EngineDown(f"{url} has no time: {reply.complaint}")
        return reply

    def _check(self, reply: Reply) -> None:
        """See that it did what it was asked.

        :raises EngineTooSlow: where it says that it took too long
        :raises EngineWrong: where it refused
        """
        if reply.status == 504:
            raise EngineTooSlow(f"{self.url} takes too long: {reply.complaint}")
        if reply.status in (401, 403):
            held = f"{USER} and {PASSWORD}, or {TOKEN}, hold the credentials"
            raise EngineWrong(f"{self.url} lets nobody in with these credentials ({reply.status}): {held}")
        if not 200 <= reply.status < 300:
            raise EngineWrong(f"{self.url} refuses ({reply.status}): {reply.complaint}")


class _BrokenOff(EngineWrong):
    """An answer that ended in its midst."""
