"""Engines: where SPARQL runs. The embedded one reads a release with Oxigraph and never writes; a relative IRI
in a query is one of ours."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple, Protocol

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    parse_query_results,
)

from ivig.build.release import Release
from ivig.errors import BadQuery, NotThere, Refused
from ivig.namespaces import BASE, PREFIXES
from ivig.query.query_text import QueryText

_PLACE = re.compile(r"^error at (\d+):(\d+): ")
_HELD = 1_000_000
"""Triples of the largest graph that is held in memory: they take some 350 MB."""

Result = QuerySolutions | QueryBoolean | QueryTriples


class Dataset(NamedTuple):
    """The graphs that a query is asked over, as the SPARQL protocol gives them: they replace what the query says.

    :param default: the IRIs of the graphs whose union is the default graph
    :param named: the IRIs of the graphs that GRAPH can reach
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it names any graph."""
        return bool(self.default or self.named)


class Engine(Protocol):
    """Anything that answers SPARQL queries."""

    def check(self) -> None:
        """See that it can be asked, where that is not known already.

        :raises EngineWrong: where it holds another release; EngineDown or EngineTooSlow, where it does not answer
        """

    def ask(self, query: str, dataset: Dataset | None = None, *, service: str = "") -> Result:
        """The result of a query, not yet read.

        :param service: the one server that it calls by SERVICE, where it is a saved query that does
        :raises BadQuery: with the place, or Refused for an update or a SERVICE call
        """


def select(engine: Engine, query: str, service: str = "") -> QuerySolutions:
    """The rows of a SELECT query, not yet read.

    :param service: the one server that it calls by SERVICE
    :raises BadQuery: where it is another form of query
    """
    result = engine.ask(query, service=service)
    if not isinstance(result, QuerySolutions):
        raise BadQuery("not a SELECT query")
    return result


class EmbeddedEngine:
    """Oxigraph in this process, on the read-only store of a release. Our own prefixes are known without declaration."""

    def __init__(self, release: Release) -> None:
        """
        :raises Damaged: where the store of the release cannot be opened
        """
        try:
            self._store = Store.read_only(str(release.store))
        except (OSError, RuntimeError, ValueError) as error:
            raise release.damaged(error) from error
        self._union = release.union
        self._release = release

    def check(self) -> None:
        """Nothing: it was opened."""

    def hold(self) -> None:
        """Hold the graph in memory from here on, unless it is large.

        For who asks many questions: it takes half a second and 50 MB for the curated graph, which the store on disk
        saves who asks one, and answers then come in a third of the time (external-links in an eighth). Where the
        file of quads cannot be read, the disk goes on to serve.
        """
        if sum(self._release.manifest["graphs"].values()) > _HELD:
            return
        held = Store()
        with suppress(OSError, SyntaxError):
            held.bulk_load(path=str(self._release.nquads), format=RdfFormat.N_QUADS)
            self._store = held

    def ask(self, query: str, dataset: Dataset | None = None, *, service: str = "") -> Result:
        """As every engine. Where no dataset is named, the release says whether the default graph is the union of all.

        :param query: in SPARQL; prefixes of the graph need no declaration
        :param dataset: the graphs to ask, in place of those that the query names
        :param service: the one server that it calls by SERVICE, where it is a saved query that does
        :raises BadQuery: where it does not parse, with the place
        :raises Refused: for an update, or a SERVICE call where no server is given
        """
        text = allowed(query, service)
        try:
            if dataset:
                return self._store.query(
                    query,
                    base_iri=BASE,
                    prefixes=PREFIXES,
                    default_graph=[NamedNode(iri) for iri in dataset.default],
                    named_graphs=[NamedNode(iri) for iri in dataset.named],
                )
            # The default graph is what the release says unless the query names its own.
            union = self._union and not text.names_its_dataset
            result = self._store.query(query, base_iri=BASE, prefixes=PREFIXES, use_default_graph_as_union=union)
            return _read_at_once(result, service) if service and isinstance(result, QuerySolutions) else result
        except SyntaxError as error:
            raise bad_query(str(error), text) from error
        except ValueError as error:
            raise BadQuery(str(error)) from error


def _read_at_once(rows: QuerySolutions, service: str) -> QuerySolutions:
    """The rows of a query that calls a server, so that a server that does not answer is told of here.

    :raises NotThere: with the server, where it cannot be reached or answers something else
    """
    try:
        body = rows.serialize(format=QueryResultsFormat.JSON)
    except OSError as error:
        raise NotThere(f"{service} cannot be asked: {error}") from error
    read = parse_query_results(body or b"", format=QueryResultsFormat.JSON)
    assert isinstance(read, QuerySolutions)
    return read


def allowed(query: str, service: str) -> QueryText:
    """The text of a query that may run.

    :param query: in SPARQL
    :param service: the one server that it may call
    :raises Refused: for an update, or a SERVICE call where no server is given
    """
    text = QueryText(query)
    if text.is_update:
        raise Refused("the graph is read-only: updates are refused")
    if text.may_call_servers and not service:
        raise Refused("SERVICE is refused: a query may not call other servers")
    return text


def bad_query(message: str, text: QueryText) -> BadQuery:
    """What is wrong with a query that Oxigraph does not read, with its place.

    :param message: of Oxigraph
    :param text: of the query
    """
    if undeclared := text.undeclared(PREFIXES):
        prefix, at = undeclared
        before = text.text[:at]
        known = ", ".join(f"{name}:" for name in PREFIXES)
        return BadQuery(
            f"the prefix {prefix}: is not declared; write PREFIX {prefix}: <…> first (known without that are {known})",
            before.count("\n") + 1,
            len(before) - before.rfind("\n"),
        )
    place = _PLACE.match(message)
    if place is None:
        return BadQuery(message)
    expected = _in_short(message[place.end() :])
    if text.bare.count("{") > text.bare.count("}"):
        expected += "; a { is never closed"
    return BadQuery(expected, int(place[1]), int(place[2]))


def _in_short(expectation: str) -> str:
    """What the parser expected, without the ranges of characters that may begin a name."""
    lead = "expected one of "
    if not expectation.startswith(lead):
        return expectation
    # A range reads ['a'..='z'], so it has to go before the list is taken apart at its commas.
    choices = re.sub(r"\[[^\]]*\](?:, )?", "", expectation[len(lead) :].replace("\n", " "), flags=re.DOTALL)
    kept = choices.rstrip(", ").split(", ")
    return lead + ", ".join(kept[:12]) + (", …" if len(kept) > 12 else "")
