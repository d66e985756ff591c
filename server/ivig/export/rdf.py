"""Turtle, TriG, N-Triples, N-Quads and RDF/XML, written as the quads come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from ivig.ask import Graph
from ivig.export.part import Part
from ivig.export.whole import whole, whole_nquads, whole_ntriples
from ivig.namespaces import BASE, GRAPHS, PREFIXES

_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "rdfxml": RdfFormat.RDF_XML,
}


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write a part."""
    _write(part.quads, format_name, out)


def write_whole(graph: Graph, format_name: str, out: BinaryIO, *, inferred: bool) -> None:
    """Write the whole graph, ontology and all."""
    if format_name == "nquads":
        out.writelines(whole_nquads(graph.release, inferred=inferred))
    elif format_name == "ntriples":
        out.writelines(whole_ntriples(graph.release, inferred=inferred))
    else:
        _write(lambda: whole(graph.release, inferred=inferred), format_name, out)


def _write(quads: Callable[[], Iterator[Quad]], format_name: str, out: BinaryIO) -> None:
    """quads: begins the quads anew at every call, since TriG takes them a graph at a time."""
    rdf_format = _FORMATS[format_name]
    if format_name == "nquads":
        serialize(quads(), output=out, format=rdf_format)
    elif format_name == "trig":
        in_turn = (quad for graph in map(NamedNode, GRAPHS) for quad in quads() if quad.graph_name == graph)
        serialize(in_turn, output=out, format=rdf_format, prefixes=PREFIXES, base_iri=BASE)
    elif format_name == "ntriples":
        serialize(triples(quads()), output=out, format=rdf_format)
    else:
        serialize(triples(quads()), output=out, format=rdf_format, prefixes=PREFIXES, base_iri=BASE)


def triples(quads: Iterable[Quad]) -> Iterator[Triple]:
    """The triples of quads in sorted order, each once: what stands in two graphs follows on itself."""
    last = None
    for quad in quads:
        triple = quad.triple
        if triple != last:
            last = triple
            yield triple
