"""The RDF formats that a part of the graph can be written in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from ivig.namespaces import BASE, PREFIXES

FORMATS = {"turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS}
"""By the name that users type. Turtle has no graphs: it holds the triples of all of them."""


def serialize_quads(quads: Iterable[Quad], format_name: str, out: BinaryIO) -> None:
    """Write quads in a format, as they come."""
    rdf_format = FORMATS[format_name]
    if rdf_format.supports_datasets:
        serialize(quads, output=out, format=rdf_format)
    else:
        serialize(_triples(quads), output=out, format=rdf_format, prefixes=PREFIXES, base_iri=BASE)


def _triples(quads: Iterable[Quad]) -> Iterable[Triple]:
    # The same triple may stand in two graphs.
    return dict.fromkeys(quad.triple for quad in quads)
