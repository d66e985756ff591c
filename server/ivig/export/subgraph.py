"""Parts of the graph that stand on their own: everything a part mentions comes with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from ivig.ask import Graph
from ivig.ask.engine import select
from ivig.errors import BadInput
from ivig.namespaces import BASE, INFERRED_GRAPH


def whole(graph: Graph, *, inferred: bool = True) -> Iterator[Quad]:
    """Every quad of the release, as it was sealed.

    inferred: whether to include what was derived. Ontology and vocabularies are included."""
    for quad in parse(path=str(graph.release.nquads), format=RdfFormat.N_QUADS):
        if inferred or quad.graph_name != NamedNode(INFERRED_GRAPH):
            yield quad


def subgraph(graph: Graph, condition: str, *, inferred: bool = True) -> list[Quad]:
    """The quads of one condition and its narrower ones: statements, and everything that they lead to.

    condition: as a user would type it. inferred: whether to include what was derived; a derived link that leads out of
    the part is left out. Raises UnknownName with the nearest names, or BadInput where the part is empty.
    """
    of_condition = graph.internal["things-of-condition"].bind({"condition": condition}, graph.names)
    things = {row["thing"].value for row in select(graph.engine, of_condition)}
    if not things:
        raise BadInput(f'nothing in the graph belongs to "{condition}"')
    query = graph.internal["triples-of-things"].bind_things("thing", sorted(things))
    quads = []
    for row in select(graph.engine, query):
        quad = Quad(row["subject"], row["predicate"], row["object"], row["graph"])
        if row["graph"].value == INFERRED_GRAPH:
            leads_out = _is_ours(quad.object) and quad.object.value not in things and row["vocabulary"].value == "false"
            if leads_out or not inferred:
                continue
        quads.append(quad)
    return sorted(quads, key=str)


def _is_ours(term: object) -> TypeGuard[NamedNode]:
    return isinstance(term, NamedNode) and term.value.startswith(BASE)
