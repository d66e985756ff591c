"""Turtle, TriG, N-Triples, N-Quads and RDF/XML, written by pyoxigraph as the quads come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from ivig.build.release import Release
from ivig.export.subgraph import Subgraph, triples, whole
from ivig.namespaces import ANCESTORS_GRAPH, BASE, GRAPHS, INFERRED_GRAPH, PREFIXES
from ivig.query import Graph
from ivig.query.results import writable_as_xml

_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "rdfxml": RdfFormat.RDF_XML,
}


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write a subgraph.

    :param graph: the one that the subgraph is of
    :param subgraph: what to write
    :param format_name: of RDF, such as `turtle`
    :param out: takes the bytes
    :raises BadInput: before the first byte, where RDF/XML cannot hold it
    """
    _write(subgraph.quads, format_name, out)


def write_whole(graph: Graph, format_name: str, out: BinaryIO, *, inferred: bool) -> None:
    """Write the whole graph, ontology and all.

    :param graph: what to write
    :param format_name: of RDF, such as `turtle`
    :param out: takes the bytes
    :param inferred: whether to include what was derived
    :raises BadInput: before the first byte, where RDF/XML cannot hold it
    """
    if format_name in ("nquads", "ntriples"):
        out.writelines(_lines(graph.release, with_graphs=format_name == "nquads", inferred=inferred))
    else:
        _write(lambda: whole(graph.release, inferred=inferred), format_name, out)


def _write(quads: Callable[[], Iterator[Quad]], format_name: str, out: BinaryIO) -> None:
    """quads: begins the quads anew at every call, since TriG takes them a graph at a time."""
    made = _FORMATS[format_name]
    if format_name == "nquads":
        serialize(quads(), output=out, format=made)
    elif format_name == "ntriples":
        serialize(triples(quads()), output=out, format=made)
    elif format_name == "trig":
        by_graph = (quad for graph in map(NamedNode, GRAPHS) for quad in quads() if quad.graph_name == graph)
        serialize(by_graph, output=out, format=made, prefixes=PREFIXES, base_iri=BASE)
    else:
        if format_name == "rdfxml":
            for _ in writable_as_xml(triples(quads())):
                pass
        serialize(triples(quads()), output=out, format=made, prefixes=PREFIXES, base_iri=BASE)


def _lines(release: Release, *, with_graphs: bool, inferred: bool) -> Iterator[bytes]:
    """The lines of the sorted N-Quads of a release, none of them parsed; each triple once where the graphs are cut off.

    The graph is what comes after the last space but one, and the same triple of two graphs stands side by side.
    """
    graphs = (ANCESTORS_GRAPH,) if inferred else (ANCESTORS_GRAPH, INFERRED_GRAPH)
    left_out = tuple(f" <{graph}> .\n".encode() for graph in graphs)
    last = b""
    with release.nquads.open("rb") as lines:
        for line in lines:
            if line.endswith(left_out):
                continue
            if with_graphs:
                yield line
            elif (triple := line[: line.rindex(b" ", 0, -3)]) != last:
                last = triple
                yield triple + b" .\n"
