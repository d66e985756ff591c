"""Engines: where SPARQL runs. The embedded one reads a sealed release with Oxigraph and never writes; a relative IRI
in a query is one of ours."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from ivig.build.release import Release
from ivig.errors import BadQuery, Refused
from ivig.namespaces import BASE
from ivig.query.query_text import QueryText
from ivig.query.service_calls import Allowed, with_services

NO_SERVICES = Allowed()

_PLACE = re.compile(r"^error at (\d+):(\d+): ")

Result = QuerySolutions | QueryBoolean | QueryTriples


class Dataset(NamedTuple):
    """The graphs that a query is asked over, as the SPARQL protocol gives them: they replace what the query says.

    default: graphs whose union is the default graph; named: graphs that GRAPH can reach.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it names any graph."""
        return bool(self.default or self.named)


class Engine(Protocol):
    """Anything that answers SPARQL queries."""

    def ask(self, query: str, dataset: Dataset | None = None) -> Result:
        """The result of a query. Raises BadQuery with the place, or Refused for an update or a SERVICE call."""


def select(engine: Engine, query: str) -> QuerySolutions:
    """The rows of a SELECT query, not yet read. Raises BadQuery where it is another form of query."""
    result = engine.ask(query)
    if not isinstance(result, QuerySolutions):
        raise BadQuery("not a SELECT query")
    return result


class EmbeddedEngine:
    """Oxigraph in this process, on the read-only store of a release."""

    def __init__(self, release: Release, services: Allowed = NO_SERVICES) -> None:
        """services: the servers that SERVICE may call where a query does not come with its own.

        Raises NotThere where the store of the release cannot be opened.
        """
        try:
            self._store = Store.read_only(str(release.store))
        except (OSError, RuntimeError, ValueError) as error:
            raise release.damaged(error) from error
        self._services = services
        self._union = release.union

    def ask(self, query: str, dataset: Dataset | None = None, services: Allowed | None = None) -> Result:
        """As every engine; services: the servers that this query may call by SERVICE."""
        text = QueryText(query)
        if text.is_update:
            raise Refused("the graph is read-only: updates are refused")
        query = with_services(text, self._services if services is None else services)
        try:
            if dataset:
                return self._store.query(
                    query,
                    base_iri=BASE,
                    default_graph=[NamedNode(iri) for iri in dataset.default],
                    named_graphs=[NamedNode(iri) for iri in dataset.named],
                )
            # The default graph is what the release says unless the query names its own.
            union = self._union and not text.names_its_dataset
            return self._store.query(query, base_iri=BASE, use_default_graph_as_union=union)
        except SyntaxError as error:
            raise _bad_query(str(error)) from error
        except ValueError as error:
            raise BadQuery(str(error)) from error


def _bad_query(message: str) -> BadQuery:
    place = _PLACE.match(message)
    if place is None:
        return BadQuery(message)
    return BadQuery(_in_short(message[place.end() :]), int(place[1]), int(place[2]))


def _in_short(expectation: str) -> str:
    """What the parser expected, without the ranges of characters that may begin a name."""
    lead = "expected one of "
    if not expectation.startswith(lead):
        return expectation
    # A range reads ['a'..='z'], so it has to go before the list is taken apart at its commas.
    choices = re.sub(r"\[[^\]]*\](?:, )?", "", expectation[len(lead) :].replace("\n", " "), flags=re.DOTALL)
    kept = choices.rstrip(", ").split(", ")
    return lead + ", ".join(kept[:12]) + (", …" if len(kept) > 12 else "")
