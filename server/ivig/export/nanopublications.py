"""Nanopublications: every statement as a small publication of its own, under an IRI that carries its checksum.

Unsigned: a signature is the act of whoever publishes them. The checksum is the trusty URI of the nanopub library. A
statement that has not changed keeps it from release to release.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from ivig.export.description import LICENCE
from ivig.export.formats import needed
from ivig.export.reading import Reading
from ivig.export.subgraph import Subgraph
from ivig.io.turtle import in_graph
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE, RDFS_LABEL, TERMS
from ivig.query import Graph

PLACE = BASE + "np/"

_DRAFT = PLACE + "draft"
_NP = "http://www.nanopub.org/nschema#"
_NPX = "http://purl.org/nanopub/x/"
_PROV = "http://www.w3.org/ns/prov#"
_DCTERMS = PREFIXES["dcterms"]
_OWN = ("effect", "regimen")
"""Things that belong to one statement alone, and so to what it asserts."""
_FOUND_BY = ("pmid", "doi", "pmcid", "readAt", "accessed", "source", "number")
_SOURCES = ("passage", "citation", "page", "reference")


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write a nanopublication for each statement of a subgraph, as TriG, as they come.

    :param graph: the one that the subgraph is of
    :param subgraph: what to write
    :param format_name: not looked at: there is one format here
    :param out: takes the bytes, in UTF-8
    :raises NotInstalled: without the nanopub library
    """
    hasher = needed("nanopub.trustyuri.rdf.RdfHasher")
    prefixes = {**PREFIXES, "np": _NP, "npx": _NPX, "prov": _PROV}
    published = (
        quad
        for statements, read in subgraph.readings()
        for statement in statements
        for quad in _under_its_checksum(_draft(read, statement), hasher)
    )
    serialize(published, output=out, format=RdfFormat.TRIG, prefixes=prefixes)


def _draft(read: Reading, statement: str) -> list[Quad]:
    """The four graphs of a nanopublication, under the name of a draft."""
    np, head, assertion, provenance, info = (
        NamedNode(_DRAFT + part) for part in ("", "#Head", "#assertion", "#provenance", "#pubinfo")
    )
    said = list(_asserted(read, statement))
    parts = {"hasAssertion": assertion, "hasProvenance": provenance, "hasPublicationInfo": info}
    heads = [Triple(np, NamedNode(_NP + name), part) for name, part in parts.items()]
    label = Literal(read.label(statement), language="en")
    about = [
        Triple(np, NamedNode(_DCTERMS + "license"), NamedNode(LICENCE)),
        Triple(np, NamedNode(_DCTERMS + "creator"), NamedNode(BASE)),
        Triple(np, NamedNode(_DCTERMS + "publisher"), NamedNode(BASE)),
        Triple(np, NamedNode(_NPX + "hasNanopubType"), NamedNode(TERMS + "Statement")),
        Triple(np, NamedNode(_NPX + "introduces"), NamedNode(statement)),
        Triple(np, NamedNode(RDFS_LABEL), label),
    ]
    return [
        Quad(np, NamedNode(RDF_TYPE), NamedNode(_NP + "Nanopublication"), head),
        *(in_graph(triple, head) for triple in heads),
        *(in_graph(triple, assertion) for triple in said),
        *(in_graph(triple, provenance) for triple in _provenance(read, statement, assertion)),
        *(in_graph(triple, info) for triple in about),
    ]


def _asserted(read: Reading, statement: str) -> Iterator[Triple]:
    """What was asserted of the statement and of what is its own."""
    for thing in (statement, *(iri for name in _OWN for iri in read.iris(statement, name))):
        yield from read.asserted(thing)


def _provenance(read: Reading, statement: str, assertion: NamedNode) -> Iterator[Triple]:
    """Who says that the source says so, where it was read, and how the publication can be found."""
    yield Triple(assertion, NamedNode(_PROV + "wasAttributedTo"), NamedNode(BASE))
    for name in _SOURCES:
        for source in read.iris(statement, name):
            yield Triple(assertion, NamedNode(_PROV + "wasDerivedFrom"), NamedNode(source))
            yield Triple(NamedNode(source), NamedNode(RDFS_LABEL), Literal(read.label(source), language="en"))
            for identifier in _FOUND_BY:
                for value in read.values(source, identifier):
                    yield Triple(NamedNode(source), NamedNode(TERMS + identifier), value)


def _under_its_checksum(draft: list[Quad], hasher: Any) -> Iterator[Quad]:
    from ivig.io.rdflib_graph import rdflib_term

    said = dict.fromkeys(draft)
    terms: list[list[Any]] = [[q.graph_name, q.subject, q.predicate, q.object] for q in said]
    quads = [tuple(map(rdflib_term, of_quad)) for of_quad in terms]
    final = PLACE + hasher.make_hash(quads, baseuri=_DRAFT + "#", hashstr=" ")

    def named(term: Any) -> Any:
        is_draft = isinstance(term, NamedNode) and term.value.startswith(_DRAFT)
        return NamedNode(final + term.value.removeprefix(_DRAFT)) if is_draft else term

    for quad in said:
        yield Quad(named(quad.subject), quad.predicate, named(quad.object), named(quad.graph_name))
