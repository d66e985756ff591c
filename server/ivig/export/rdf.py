"""Turtle, TriG, N-Triples, N-Quads and RDF/XML, written as the quads come.

In Turtle, which is wanted most, what a file says of a thing is one run of bytes that depends on nothing else in it: so
it is written once, and put together with the others as often as it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import BinaryIO

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from ivig.export.part import Part, Portion
from ivig.export.whole import whole, whole_nquads, whole_ntriples
from ivig.namespaces import BASE, GRAPHS, PREFIXES
from ivig.query import Graph

_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "rdfxml": RdfFormat.RDF_XML,
}
_ANY = Quad(NamedNode("x:s"), NamedNode("x:p"), NamedNode("x:o"), DefaultGraph())


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write a part."""
    if format_name != "turtle":
        _write(part.quads, format_name, out)
        return
    out.write(_head())
    out.writelines(runs(part))


def runs(part: Part) -> Iterator[bytes]:
    """What Turtle says of one thing after another; each is kept with its description."""
    for description, portion in part.portions():
        run = description.turtle.get(portion)
        if run is None:
            run = _run(part.said_of(description, portion))
            if portion is not Portion.SOME:
                description.turtle[portion] = run
        yield run


def _run(quads: Iterable[Quad]) -> bytes:
    return _serialized(quads, "turtle").removeprefix(_head())


@cache
def _head() -> bytes:
    """What comes before the first triple of a file in Turtle: the prefixes."""
    return _serialized((_ANY,), "turtle").removesuffix(f"{_ANY.triple} .\n".encode())


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
    if format_name == "trig":
        in_turn = (quad for graph in map(NamedNode, GRAPHS) for quad in quads() if quad.graph_name == graph)
        serialize(in_turn, output=out, format=RdfFormat.TRIG, prefixes=PREFIXES, base_iri=BASE)
    else:
        _serialized(quads(), format_name, out)


def _serialized(quads: Iterable[Quad], format_name: str, out: BinaryIO | None = None) -> bytes:
    """The quads in a format; as bytes where no file is given."""
    made = _FORMATS[format_name]
    said = quads if format_name == "nquads" else triples(quads)
    if format_name in ("ntriples", "nquads"):
        return serialize(said, output=out, format=made) or b""
    return serialize(said, output=out, format=made, prefixes=PREFIXES, base_iri=BASE) or b""


def triples(quads: Iterable[Quad]) -> Iterator[Triple]:
    """The triples of quads in sorted order, each once: what stands in two graphs follows on itself."""
    last = None
    for quad in quads:
        triple = quad.triple
        if triple != last:
            last = triple
            yield triple
