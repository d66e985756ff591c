"""What our own rules add to the closure: CONSTRUCT queries in `queries/internal/`, run in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import NamedNode, QueryTriples, Store, Triple

from ivig.errors import BadQuery
from ivig.io.turtle import in_graph
from ivig.namespaces import INFERRED_GRAPH

RULES = "internal/derive-*.rq"


def derive(graphs: Mapping[str, Sequence[Triple]], queries: Path) -> list[Triple]:
    """The triples that the rules add, each rule seeing what the ones before it added.

    graphs: every named graph by its IRI. queries: the folder of queries. Raises BadQuery, naming the file.
    """
    store = Store()
    for name, triples in graphs.items():
        store.bulk_extend(in_graph(triple, NamedNode(name)) for triple in triples)
    added: dict[Triple, None] = {}
    inferred = NamedNode(INFERRED_GRAPH)
    for path in sorted(queries.glob(RULES)):
        new = [triple for triple in _construct(store, path) if triple not in added]
        added.update(dict.fromkeys(new))
        store.bulk_extend(in_graph(triple, inferred) for triple in new)
    return list(added)


def _construct(store: Store, path: Path) -> Iterator[Triple]:
    try:
        result = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
    except SyntaxError as error:
        raise BadQuery(f"{path.name}: {error}") from error
    if not isinstance(result, QueryTriples):
        raise BadQuery(f"{path.name}: a rule is a CONSTRUCT query")
    yield from result
