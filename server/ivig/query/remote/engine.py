"""An engine elsewhere, asked as the embedded one is: what is not allowed or does not parse is found out here, and its
rows have the terms and the order that the embedded engine would give them.

What is matched is matched there, and what is worked out of each row is worked out here (`split`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph, Literal, QueryBoolean, QuerySolutions, QueryTriples, Store

from ivig.build.release import Release
from ivig.errors import BadQuery, EngineWrong
from ivig.io.turtle import in_graph
from ivig.namespaces import BASE, PREFIXES
from ivig.query.engine import Dataset, Result, allowed, bad_query
from ivig.query.query_text import QueryText
from ivig.query.remote.endpoint import ROWS, TRIPLES, Endpoint, Reply
from ivig.query.remote.releases import graphs_of, internal_queries
from ivig.query.remote.split import Split, split, with_parameters, without_values
from ivig.query.results import Term
from ivig.query.saved import SavedQueries

_YES, _NO = b'{"head": {}, "boolean": true}', b'{"head": {}, "boolean": false}'
_IN_JSON = {"content-type": "application/sparql-results+json"}
_BASE = re.compile(r"\bBASE\s*<[^>]*>", re.IGNORECASE)


class RemoteEngine:
    """An endpoint that holds the graphs of a release."""

    def __init__(self, release: Release, endpoint: Endpoint) -> None:
        """
        :param release: the one that it has to hold
        :param endpoint: where it is asked
        """
        self._release, self._endpoint = release, endpoint
        # Nothing is in it: it reads queries, and sorts rows.
        self._empty = Store()

    def check(self) -> None:
        """See that it holds this release.

        :raises EngineWrong: where it does not, with what it lacks
        :raises EngineDown: and the others, where it does not answer
        """
        _ = self._graphs

    def ask(self, query: str, dataset: Dataset | None = None, *, service: str = "") -> Result:
        """As every engine.

        :param query: in SPARQL; prefixes of the graph need no declaration
        :param dataset: the graphs to ask, in place of those that the query names
        :param service: the one server that the engine may call by SERVICE, where it is a saved query that does
        :raises BadQuery: where it does not parse, with the place
        :raises Refused: for an update, or a SERVICE call where no server is given
        :raises EngineDown: where the engine cannot be reached; EngineTooSlow, where it takes too long; EngineWrong,
            where it refuses, answers something else or holds another release
        """
        text = allowed(query, service)
        sort, columns = self._sort_of_answer(query, text)
        if sort is QuerySolutions:
            return self._rows(query, columns, text, dataset)
        reply = self._reply(query, text, dataset, ROWS if sort is QueryBoolean else TRIPLES)
        if sort is QueryBoolean:
            found = self._endpoint.result(reply)
            if isinstance(found, QueryBoolean):
                return found
            column = self._endpoint.dialect.yes_or_no
            if column not in [variable.value for variable in found.variables]:
                raise EngineWrong(f"{self._endpoint.url} answers a yes or no with rows")
            yes = any(isinstance(row[column], Literal) and row[column].value in ("1", "true") for row in found)
            told = self._endpoint.result(reply._replace(body=_YES if yes else _NO, headers=_IN_JSON))
            assert isinstance(told, QueryBoolean)
            return told
        store = Store()
        store.extend(in_graph(triple, DefaultGraph()) for triple in self._endpoint.triples(reply))
        triples = store.query(self._internal["graph"].text)
        assert isinstance(triples, QueryTriples)
        return triples

    def _sort_of_answer(self, query: str, text: QueryText) -> tuple[type[Result], list[str]]:
        """The sort of answer that a query has, and the columns of rows.

        The answer of the empty store ends here: one that is alive while an error passes ends in any thread, which its
        library complains of.

        :raises BadQuery: where it does not parse, with the place
        """
        try:
            found = self._empty.query(query, base_iri=BASE, prefixes=PREFIXES)
        except SyntaxError as error:
            raise bad_query(str(error), text) from error
        except ValueError as error:
            raise BadQuery(str(error)) from error
        columns = [variable.value for variable in found.variables] if isinstance(found, QuerySolutions) else []
        return type(found), columns

    def _rows(self, query: str, columns: Sequence[str], text: QueryText, dataset: Dataset | None) -> QuerySolutions:
        """The rows of a SELECT query, with the terms and in the order of the embedded engine, but for blank nodes."""
        two = None if self._endpoint.dialect.as_embedded else split(self._without_parameters(query), columns)
        reply = self._reply(two.patterns if two else query, text, dataset, ROWS)
        rows = self._endpoint.rows(reply)
        if missing := set(two.given if two else columns).difference(variable.value for variable in rows.variables):
            raise EngineWrong(f"{self._endpoint.url} leaves out the columns {', '.join(sorted(missing))}")
        if two is None:
            return rows
        matched = [[row[name] for name in two.given] for row in rows]
        if any(isinstance(term, BlankNode) for row in matched for term in row):
            # A blank node has no name that it could be handed on by.
            return self._endpoint.rows(self._reply(query, text, dataset, ROWS))
        return self._worked_out(two, matched)

    def _without_parameters(self, query: str) -> str:
        """The query itself, but for a saved one: what a visitor calls its variables is no matter of ours."""
        return with_parameters(query) if _written(query) in self._saved else query

    @cached_property
    def _saved(self) -> frozenset[str]:
        """The texts of all queries of the release."""
        queries = (*SavedQueries(self._release.queries).values(), *self._internal.values())
        return frozenset(_written(query.text) for query in queries)

    @cached_property
    def _graphs(self) -> dict[str, str]:
        """What each graph of the release is called there."""
        return graphs_of(self._release, self._endpoint)

    def _reply(self, query: str, text: QueryText, dataset: Dataset | None, accept: str) -> Reply:
        """What the engine answers, with the graphs called as they are here."""
        renamed = {here: there for here, there in self._graphs.items() if here != there}
        default: Sequence[str] = ()
        named: Sequence[str] = ()
        if dataset:
            default, named = ([self._graphs.get(iri, iri) for iri in iris] for iris in dataset)
        elif not text.names_its_dataset:
            default = named = list(self._graphs.values())
        for here, there in renamed.items():
            for written in (here, here.removeprefix(BASE)):
                query = query.replace(f"<{written}>", f"<{there}>")
        reply = self._endpoint.query(self._endpoint.dialect.query(_with_prologue(query)), accept, default, named)
        body = reply.body
        for here, there in renamed.items():
            body = body.replace(there.encode(), here.encode())
        return reply._replace(body=body)

    def _worked_out(self, two: Split, rows: Sequence[Sequence[Term | None]]) -> QuerySolutions:
        """What a query works out of the rows that match its patterns."""
        lines = ("(" + " ".join("UNDEF" if term is None else str(term) for term in row) + ")" for row in rows)
        parts = {
            "?columns": two.columns,
            "?given": " ".join(f"?{name}" for name in two.given),
            "{ } BIND(1 AS ?worked_out)": f"{{ {' '.join(lines)} }}\n{two.worked_out}",
        }
        text = re.sub(
            "|".join(map(re.escape, parts)), lambda part: parts[part[0]], self._internal["rows-worked-out"].text
        )
        found = self._empty.query(f"{text}{two.order}", base_iri=BASE, prefixes=PREFIXES)
        assert isinstance(found, QuerySolutions)
        return found

    @cached_property
    def _internal(self) -> SavedQueries:
        return internal_queries(self._release)


def _written(query: str) -> str:
    """A query without the values of its parameters, however its lines end."""
    return " ".join(without_values(query).split())


def _with_prologue(query: str) -> str:
    """A query that needs no declarations of ours: with its base, which comes first, and the prefixes that it uses."""
    text = QueryText(query)
    base, rest = f"BASE <{BASE}>", query
    if own := _BASE.search(text.bare):
        base, rest = query[own.start() : own.end()], query[: own.start()] + query[own.end() :]
    used = {prefix for prefix, _ in text.prefixes}
    declared = [f"PREFIX {prefix}: <{iri}>" for prefix, iri in PREFIXES.items() if prefix in used]
    return "\n".join([base, *declared, rest])
