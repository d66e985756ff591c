"""A graph that can be asked: what Python users hold, and the layers after this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import Quad, QueryResultsFormat, QuerySolutions, QueryTriples, Triple, parse_query_results

from ivig.build.release import Release
from ivig.graph_files import GraphFiles
from ivig.query.engine import Engine, select
from ivig.query.names import Names, say_replaced
from ivig.query.remote import Endpoint, engine_of
from ivig.query.results import Value, columns, own_columns, rows
from ivig.query.saved import SavedQueries

if TYPE_CHECKING:
    import pandas
    import polars
    import rdflib

    from ivig.query.condition import Condition
    from ivig.query.search import Hit


class Answer:
    """The rows of a result: dicts, by number or in turn. A notebook shows it as a table.

    >>> import ivig
    >>> answer = ivig.open().query("mechanisms-for-condition", condition="DCM")
    >>> answer.columns[:2]
    ['condition', 'condition_label']
    >>> sorted({row["supports"] for row in answer})
    [False]
    """

    def __init__(
        self,
        columns: list[str],
        rows: list[dict[str, Value]],
        *,
        meanings: Mapping[str, str] | None = None,
        took: Sequence[str] = (),
    ) -> None:
        """
        :param columns: their names, in order
        :param rows: each with every column
        :param meanings: what the columns hold, by name
        :param took: what was taken for names that are not exact, a line each
        """
        self.columns = columns
        self.rows = rows
        self.meanings = meanings or {}
        self.took = list(took)

    @classmethod
    def of(cls, solutions: QuerySolutions, **more: Any) -> Answer:
        """The answer that a result gives, read to its end.

        :param solutions: the running result
        :param more: `meanings` and `took`, as for the class
        """
        return cls(columns(solutions), list(rows(solutions)), **more)

    @classmethod
    def from_json(cls, body: bytes) -> Answer:
        """The answer that SPARQL results in JSON hold."""
        parsed = parse_query_results(body, format=QueryResultsFormat.JSON)
        assert isinstance(parsed, QuerySolutions)
        return cls.of(parsed)

    def to_pandas(self, *, labels: bool = False) -> pandas.DataFrame:
        """The rows as a data frame of pandas, which has to be installed.

        Whole numbers are `Int64`, other numbers `Float64`, yes or no is `boolean`, what comes from a vocabulary, such
        as the direction, a category; what is not told is missing. `frame.attrs["meanings"]` says what columns hold.

        :param labels: columns that hold things have their labels in place of their IRIs, and no twin
        :raises BadInput: where pandas is not installed
        """
        from ivig.query.frames import pandas_frame

        return pandas_frame(self, labels)

    def to_polars(self, *, labels: bool = False) -> polars.DataFrame:
        """The rows as a data frame of polars, which has to be installed: `Int64`, `Float64`, `Boolean`, `Categorical`.

        :param labels: columns that hold things have their labels in place of their IRIs, and no twin
        :raises BadInput: where polars is not installed
        """
        from ivig.query.frames import polars_frame

        return polars_frame(self, labels)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from ivig.query.frames import html_table

        return html_table(self)

    def __repr__(self) -> str:
        return f"<Answer: {len(self.rows)} rows of {', '.join(own_columns(self.columns))}>"

    def __getitem__(self, index: int) -> dict[str, Value]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.rows)


class Graph:
    """A release with the saved queries of its files."""

    def __init__(self, files: GraphFiles, release: Release, endpoint: Endpoint | None = None) -> None:
        """
        :param files: those of the graph, whose internal queries are asked
        :param release: the one to ask
        :param endpoint: that holds it and runs its SPARQL; None for the store of the release
        """
        self.files = files
        self.release = release
        self.endpoint = endpoint

    @cached_property
    def engine(self) -> Engine:
        """Where its SPARQL runs."""
        return engine_of(self.release, self.endpoint)

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
        """Read what is otherwise read when it is first needed.

        :raises Damaged: where a part of the release is missing or another thing
        :raises EngineFailed: where the engine is elsewhere and does not answer, or holds another release
        """
        self.engine.check()
        _ = self.names

    def query(self, name: str, /, **parameters: str) -> Answer:
        """The answer to a saved query.

        :param name: of the query, such as `evidence-for-condition`
        :param parameters: what a user would type: a label, a synonym, a CURIE or an IRI
        :raises UnknownName: for a query, parameter or name that is not known, with the nearest
        :raises AmbiguousName: for a name that means several things, with all of them
        :raises BadInput: where a parameter is missing

        >>> import ivig
        >>> answer = ivig.open().query("mechanisms-for-condition", condition="dilated cardiomyopathies")
        >>> answer.took
        ['took dilated cardiomyopathy for "dilated cardiomyopathies"']
        """
        solutions = self.solutions(name, parameters)
        return Answer.of(solutions, meanings=self.queries[name].columns, took=self.took(name, parameters))

    def took(self, name: str, parameters: Mapping[str, str]) -> list[str]:
        """What a saved query takes for names that are not exact, a line each.

        :param name: of the query, such as `evidence-for-condition`
        :param parameters: what a user typed, by the names of the parameters
        :raises UnknownName: for a query that is not known
        """
        given = (
            (parameter.kind, parameters.get(parameter.name, "").strip()) for parameter in self.queries[name].parameters
        )
        taken = ((typed, self.names.took(typed, kind)) for kind, typed in given if typed)
        return [f'took {label} for "{typed}"' for typed, label in taken if label]

    def condition(self, name: str) -> Condition:
        """What the graph says of one condition: verdicts, evidence, recommendations, harms.

        :param name: a label, a synonym, a CURIE or an IRI
        :raises UnknownName: with the nearest
        :raises AmbiguousName: for a name that means several conditions, with all of them

        >>> import ivig
        >>> ivig.open().condition("GBS").label
        'Guillain-Barré syndrome'
        """
        from ivig.query.condition import Condition

        return Condition(self, name)

    def search(self, text: str, kinds: Iterable[str] | None = None, limit: int = 20) -> list[Hit]:
        """What bears a name, or says something of it: names first, conditions before all else.

        A name may be spelled as people do, or be an identifier; words are looked for in findings, populations, titles
        and authors too, in all their forms. Where nothing has them all, what has all but one, else names that are like
        it; nothing where nothing is.

        :param text: words; between quotation marks a phrase
        :param kinds: only things of these kinds, such as `condition`, `mechanism`, `citation` or `statement`
        :param limit: how many at most
        :raises UnknownName: for a kind that is none
        :raises Damaged: where the release has no index

        >>> import ivig
        >>> [hit.label for hit in ivig.open().search("guillain barre", limit=1)]
        ['Guillain-Barré syndrome']
        """
        from ivig.query.search import search

        return search(self.release, self.names, text, kinds, limit)

    def sparql(self, query: str) -> Answer:
        """The answer to a SELECT query. The graph's own prefixes need no declaration.

        :raises BadQuery: with line and column, where it does not parse or is no SELECT query
        :raises Refused: for an update or a SERVICE call
        """
        return Answer.of(select(self.engine, query))

    def about(self, name: str, *things: str) -> Answer:
        """The answer to an internal query about things given by their IRIs; given none, to all that it is on.

        :param name: of the query, without the ending of its file
        :param things: IRIs of the graph
        """
        query = self.internal[name]
        return Answer.of(select(self.engine, query.bind_things("thing", things) if things else query.text))

    def solutions(self, name: str, parameters: dict[str, str]) -> QuerySolutions:
        """The running result of a saved query, not yet read.

        :param name: of the query, such as `evidence-for-condition`
        :param parameters: what a user typed, by the names of the parameters
        :raises UnknownName: for a query, parameter or name that is not known, with the nearest
        :raises AmbiguousName: for a name that means several things, with all of them
        :raises BadInput: where a parameter is missing
        """
        return select(self.engine, self.bound(name, parameters), self.queries[name].service)

    def bound(self, name: str, parameters: dict[str, str]) -> str:
        """The text of a saved query with its parameters bound.

        :param name: of the query, such as `evidence-for-condition`
        :param parameters: what a user typed, by the names of the parameters
        :raises UnknownName: for a query, parameter or name that is not known, with the nearest
        :raises AmbiguousName: for a name that means several things, with all of them
        :raises BadInput: where a parameter is missing
        """
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
        now = [self.names.current(thing) for thing in things]
        for old, new in zip(things, now, strict=True):
            if old != new:
                say_replaced(old, new)
        query = self.internal["describe-thing"].bind_things("thing", now) if now else self.internal["graph"].text
        triples = self.engine.ask(query)
        assert isinstance(triples, QueryTriples)
        return rdflib_graph(triples)
