"""A graph that can be asked: the front door of this room, for Python and for the rooms behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from ivig.build.release import Release
from ivig.query.engine import EmbeddedEngine, Engine, select
from ivig.query.names import Names
from ivig.query.results import Value, columns, rows
from ivig.query.saved import SavedQueries
from ivig.settings import GraphFiles


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
        """The saved queries, by name."""
        return SavedQueries(self.files.queries)

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

    def sparql(self, query: str) -> Answer:
        """The answer to a SELECT query. Raises BadQuery with the place, Refused for an update or a SERVICE call."""
        return Answer.of(select(self.engine, query))

    def about(self, name: str, *things: str) -> Answer:
        """The answer to an internal query about things given by their IRIs; to one without parameters, given none."""
        query = self.internal[name]
        return Answer.of(select(self.engine, query.bind_things("thing", things) if things else query.text))

    def solutions(self, name: str, parameters: dict[str, str]) -> QuerySolutions:
        """The running result of a saved query, not yet read. Raises what `query` does."""
        return select(self.engine, self.bound(name, parameters))

    def bound(self, name: str, parameters: dict[str, str]) -> str:
        """The text of a saved query with its parameters bound. Raises what `query` does."""
        return self.queries[name].bind(parameters, self.names)
