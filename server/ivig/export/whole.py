"""The whole graph, read from the sealed N-Quads as it goes, so that memory does not grow with it.

What was linked of other ontologies stays here: it has licences of its own, and who wants it has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from ivig.build.release import Release
from ivig.namespaces import ANCESTORS_GRAPH, INFERRED_GRAPH

_INFERRED = f" <{INFERRED_GRAPH}> .\n".encode()
_ANCESTORS = f" <{ANCESTORS_GRAPH}> .\n".encode()


def whole(release: Release, *, inferred: bool = True) -> Iterator[Quad]:
    """Every quad of a release, in the order of sorted N-Quads. inferred: whether to include what was derived."""
    left_out = {NamedNode(ANCESTORS_GRAPH)} if inferred else {NamedNode(ANCESTORS_GRAPH), NamedNode(INFERRED_GRAPH)}
    for quad in parse(path=str(release.nquads), format=RdfFormat.N_QUADS):
        if quad.graph_name not in left_out:
            yield quad


def whole_nquads(release: Release, *, inferred: bool = True) -> Iterator[bytes]:
    """The lines of the sealed N-Quads."""
    left_out = (_ANCESTORS,) if inferred else (_ANCESTORS, _INFERRED)
    with release.nquads.open("rb") as lines:
        for line in lines:
            if not line.endswith(left_out):
                yield line


def whole_ntriples(release: Release, *, inferred: bool = True) -> Iterator[bytes]:
    """The same without the graphs, each triple once.

    In sorted N-Quads what stands in two graphs follows on itself, and the graph is what comes after the last space but
    one: so no line need be parsed.
    """
    last = b""
    for line in whole_nquads(release, inferred=inferred):
        triple = line[: line.rindex(b" ", 0, -3)]
        if triple != last:
            last = triple
            yield triple + b" .\n"
