"""Parts of the graph that stand on their own: everything a part mentions comes with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from pyoxigraph import NamedNode, Quad, QuerySolution, RdfFormat, parse

from ivig.ask import Graph
from ivig.ask.engine import select
from ivig.errors import BadInput
from ivig.namespaces import BASE, INFERRED_GRAPH, TERMS


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
    part = {row["thing"].value for row in select(graph.engine, of_condition)}
    if not part:
        raise BadInput(f'nothing in the graph belongs to "{condition}"')
    quads: dict[Quad, None] = {}
    described: set[str] = set()
    new = part
    while new:
        # Terms of the vocabularies lead on to broader terms and to their scheme, which then come along.
        part = part | new
        described |= new
        rows = list(select(graph.engine, graph.internal["triples-of-things"].bind_things("thing", sorted(new))))
        new = {row["object"].value for row in rows if _is_term(row)} - described
        for row in rows:
            quad = Quad(row["subject"], row["predicate"], row["object"], row["graph"])
            if quad.graph_name != NamedNode(INFERRED_GRAPH) or (inferred and (_stays_in(quad, part) or _is_term(row))):
                quads[quad] = None
    return sorted(quads, key=str)


def _is_term(row: QuerySolution) -> bool:
    """Whether the object is a term of a vocabulary, or the scheme of one."""
    return _is_thing(row["object"]) and bool(row["vocabulary"].value == "true")


def _stays_in(quad: Quad, part: set[str]) -> bool:
    return not _is_thing(quad.object) or quad.object.value in part


def _is_thing(term: object) -> TypeGuard[NamedNode]:
    """Whether a term is a thing of ours, not a class or property."""
    return isinstance(term, NamedNode) and term.value.startswith(BASE) and not term.value.startswith(TERMS)
