"""The queries that the build asks for itself: files of this package in `queries/internal/`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolution,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from ivig.errors import BadInput, BadQuery
from ivig.graph_files import graph_files
from ivig.io.turtle import in_graph
from ivig.namespaces import BASE, PREFIXES

Term = NamedNode | BlankNode | Literal | Triple

_IRI = re.compile(r"<([^<>\s]*)>")


@cache
def _text(name: str) -> str:
    return (graph_files().queries / "internal" / name).read_text(encoding="utf-8")


def store_of(triples: Iterable[Triple]) -> Store:
    """A store in memory with these triples as its default graph."""
    store = Store()
    store.bulk_extend(in_graph(triple, DefaultGraph()) for triple in triples)
    return store


def internal_queries(pattern: str) -> list[str]:
    """The names of the files that a pattern matches, in order."""
    return sorted(path.name for path in (graph_files().queries / "internal").glob(pattern))


def rows(store: Store, name: str) -> list[QuerySolution]:
    """The rows that an internal query finds in a store whose default graph is its own.

    :param store: the one that is asked
    :param name: of the file of a SELECT query, with its ending
    """
    found = store.query(_text(name))
    assert isinstance(found, QuerySolutions), name
    return list(found)


def texts(store: Store, name: str) -> list[dict[str, str]]:
    """The rows that an internal query finds in the union of the named graphs of a store.

    :param store: the one that is asked
    :param name: of the file of a SELECT query, with its ending
    :returns: a row as the texts of what is bound in it, by the names of the columns
    """
    found = store.query(_text(name), use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions), name
    names = [variable.value for variable in found.variables]
    return [
        {
            column: value.value
            for column, value in zip(names, row, strict=True)
            if isinstance(value, NamedNode | Literal)
        }
        for row in found
    ]


def triples(store: Store, name: str) -> list[Triple]:
    """The distinct triples that an internal query makes of a store whose default graph is its own.

    :param store: the one that is asked
    :param name: of the file of a CONSTRUCT query, with its ending
    :returns: in the order in which they were made
    """
    made = store.query(_text(name))
    assert isinstance(made, QueryTriples), name
    return list(dict.fromkeys(made))


def construct(store: Store, path: Path) -> list[Triple]:
    """The distinct triples that a rule of a graph makes of the union of all graphs of a store.

    :param store: the one that is asked
    :param path: the file of the rule
    :returns: in the order in which they were made
    :raises BadQuery: with the name of the file, where it does not parse or is no CONSTRUCT query
    """
    try:
        made = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
    except SyntaxError as error:
        raise BadQuery(f"{path.name}: {error}") from error
    if not isinstance(made, QueryTriples):
        raise BadQuery(f"{path.name}: a rule is a CONSTRUCT query")
    return list(dict.fromkeys(made))


def refuse(store: Store, name: str, where: str) -> None:
    """Raise BadInput where a query finds what an engine does not take: a row a refusal, the first column what has it.

    :param where: what messages begin with, such as "shapes"
    """
    found = [
        f"{where}: {short(row[0])}: {readable(row['message'].value)}" + (f" ({short(row[2])})" if _third(row) else "")
        for row in rows(store, name)
    ]
    if found:
        raise BadInput("\n".join(dict.fromkeys(found)))


def _third(row: QuerySolution) -> bool:
    return len(row) > 2 and row[2] is not None


def short(term: Term) -> str:
    """How messages write a term.

    >>> short(NamedNode(BASE + "condition/gout")), short(NamedNode(PREFIXES["ivig"] + "kind"))
    ('<condition/gout>', 'ivig:kind')
    >>> short(Literal("x", language="en"))
    '"x"@en'
    """
    if isinstance(term, Literal):
        return f'"{term.value}"@{term.language}' if term.language else term.value
    if not isinstance(term, NamedNode):
        return "a blank node" if isinstance(term, BlankNode) else str(term)
    for prefix, namespace in PREFIXES.items():
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return f"<{term.value.removeprefix(BASE)}>"


def readable(message: str) -> str:
    """The message of a query, its IRIs in angle brackets written as messages write them.

    >>> readable(f"<{BASE}statement/a> has two values of <{PREFIXES['ivig']}kind>")
    '<statement/a> has two values of ivig:kind'
    """
    return _IRI.sub(lambda found: short(NamedNode(found[1])) if "://" in found[1] else found[0], message)
