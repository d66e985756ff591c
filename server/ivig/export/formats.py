"""The formats that a part of the graph can be taken away in."""

from __future__ import annotations

from typing import NamedTuple

from ivig.errors import UnknownName


class Format(NamedTuple):
    """A format by the name that users type.

    media_type: as HTTP names it; suffix: of a file; module: the module of this room that writes it, loaded when it is
    called for, since some load a library that nobody else needs.
    """

    name: str
    media_type: str
    suffix: str
    module: str


FORMATS = {
    made.name: made
    for made in (
        Format("turtle", "text/turtle", ".ttl", "rdf"),
        Format("trig", "application/trig", ".trig", "rdf"),
        Format("ntriples", "application/n-triples", ".nt", "rdf"),
        Format("nquads", "application/n-quads", ".nq", "rdf"),
        Format("rdfxml", "application/rdf+xml", ".rdf", "rdf"),
        Format("jsonld", "application/ld+json", ".jsonld", "jsonld"),
        Format("csv", "text/csv", ".csv", "delimited"),
        Format("tsv", "text/tab-separated-values", ".tsv", "delimited"),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "spreadsheet"),
        Format("parquet", "application/vnd.apache.parquet", ".parquet", "parquet"),
        Format("graphml", "application/graphml+xml", ".graphml", "graphml"),
        Format("gexf", "application/gexf+xml", ".gexf", "gexf"),
        Format("cytoscape", "application/json", ".cyjs", "cytoscape"),
        Format("cx2", "application/json", ".cx2", "cx2"),
        Format("kgx", "application/gzip", ".tar.gz", "kgx"),
        Format("kgx-jsonl", "application/gzip", ".tar.gz", "kgx"),
        Format("nanopub", "application/trig", ".trig", "nanopublications"),
    )
}
"""By name. Turtle, N-Triples, RDF/XML and JSON-LD have no graphs here: they hold the triples of all of them."""


def format_named(name: str) -> Format:
    """The format of that name. Raises UnknownName with all of them."""
    if name not in FORMATS:
        raise UnknownName("format", name, list(FORMATS))
    return FORMATS[name]
