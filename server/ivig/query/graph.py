"""A graph that can be asked: what Python users hold, and the layers after this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Quad, QueryResultsFormat, QuerySolutions, QueryTriples, Triple, parse_query_results

from ivig.build.release import Release
from ivig.query.engine import EmbeddedEngine, Engine, select
from ivig.query.names import Names
from ivig.query.results import Value, columns, rows
from ivig.query.saved import SavedQueries
from ivig.settings import GraphFiles

if TYPE_CHECKING:
    import rdflib

    from ivig.query.search import Hit


class Answer:
    """The rows of a result: dicts, by number or in turn; `pandas.DataFrame(answer.rows)` takes them as they are."""

    def __init__(self, columns: list[str], rows: list[dict[str, Value]]) -> None:
        self.columns = columns
        self.rows = rows

    @classmethod
    def of(cls, solutions: QuerySolutions) -> Answer:
        """The answer that a result gives, read to its end."""
        return cls(columns(solutions), list(rows(solutions)))

    @classmethod
    def from_json(cls, body: bytes) -> Answer:
        """The answer that SPARQL results in JSON hold."""
        parsed = parse_query_results(body, format=QueryResultsFormat.JSON)
        assert isinstance(parsed, QuerySolutions)
        return cls.of(parsed)

    def __getitem__(self, index: int) -> dict[str, Value]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.rows)


class Graph:
    """A release with the saved queries of its files."""

    def __init__(self, files: GraphFiles, release: Release) -> None:
        self.files = files
        self.release = release

    @cached_property
    def engine(self) -> Engine:
        """Where its SPARQL runs."""
        return EmbeddedEngine(self.release)

    @cached_property
    def names(self) -> Names:
        """What its things are called, and the identifiers of others that are linked to them."""
        return Names.of(self.release)

    @cached_property
    def queries(self) -> SavedQueries:
        """The saved queries, by name: the release's own copy, or that of the files where it has none."""
        own = self.release.queries
        return SavedQueries(own if own.is_dir() else self.files.queries)

    @cached_property
    def internal(self) -> SavedQueries:
        """The queries that only the code asks."""
        return SavedQueries(self.files.queries / "internal")

    def read(self) -> None:
        """Read what is otherwise read when it is first needed. Raises NotThere where a part is missing or damaged."""
        _ = self.engine, self.names

    def query(self, name: str, /, **parameters: str) -> Answer:
        """The answer to a saved query.

        parameters: what a user would type: a label, a synonym, a CURIE or an IRI.
        Raises UnknownName, AmbiguousName or BadInput, each saying what would do.
        """
        return Answer.of(self.solutions(name, parameters))

    def search(self, text: str, kinds: Iterable[str] | None = None, limit: int = 20) -> list[Hit]:
        """What bears a name, or says something of it: names first, conditions before all else.

        A name may be spelled as people do, or be an identifier; words are looked for in findings, populations, titles
        and authors too, in all their forms. Where nothing has them all, what has all but one, else names that are like
        it; nothing where nothing is.

        :param text: words; between quotation marks a phrase
        :param kinds: only things of these kinds, such as `condition`, `mechanism`, `citation` or `statement`
        :param limit: how many at most
        :raises UnknownName: for a kind that is none
        :raises NotThere: where the release has no index

        >>> import ivig
        >>> [hit.label for hit in ivig.open().search("guillain barre", limit=1)]
        ['Guillain-Barré syndrome']
        """
        from ivig.query.search import search

        return search(self.release, self.names, text, kinds, limit)

    def sparql(self, query: str) -> Answer:
        """The answer to a SELECT query. Raises BadQuery with the place, Refused for an update or a SERVICE call."""
        return Answer.of(select(self.engine, query))

    def about(self, name: str, *things: str) -> Answer:
        """The answer to an internal query about things given by their IRIs; to one without parameters, given none."""
        query = self.internal[name]
        return Answer.of(select(self.engine, query.bind_things("thing", things) if things else query.text))

    def solutions(self, name: str, parameters: dict[str, str]) -> QuerySolutions:
        """The running result of a saved query, not yet read. Raises what `query` does."""
        return select(self.engine, self.bound(name, parameters), self.queries[name].service)

    def bound(self, name: str, parameters: dict[str, str]) -> str:
        """The text of a saved query with its parameters bound. Raises what `query` does."""
        return self.queries[name].bind(parameters, self.names)

    def to_rdflib(self, *things: str, subgraph: Iterable[Quad | Triple] | None = None) -> rdflib.Graph:
        """The graph for rdflib, and for what works on it, such as pyshacl and owlrl, with the prefixes bound.

        One graph, not a dataset: the union of the named graphs, a triple once, as a query without a dataset sees it.

        :param things: IRIs of things, for what is said of them and the labels of what they lead to; the whole graph
            without any
        :param subgraph: in place of things, quads of an export or the triples of a CONSTRUCT query
        """
        from ivig.io.rdflib_graph import rdflib_graph

        if subgraph is not None:
            return rdflib_graph(each.triple if isinstance(each, Quad) else each for each in subgraph)
        query = self.internal["describe-thing"].bind_things("thing", things) if things else self.internal["graph"].text
        triples = self.engine.ask(query)
        assert isinstance(triples, QueryTriples)
        return rdflib_graph(triples)
