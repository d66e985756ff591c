"""The seam between pyoxigraph, which the build runs on, and rdflib, which owlrl and pyshacl run on: our references."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib
from rdflib.term import BNode, IdentifiedNode, Literal, Node, URIRef

from ivig.namespaces import PREFIXES

_STRING = PREFIXES["xsd"] + "string"


def rdflib_graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The same triples as an rdflib graph, lexical forms of literals untouched."""
    graph = rdflib.Graph()
    graph.addN((rdflib_term(t.subject), rdflib_term(t.predicate), rdflib_term(t.object), graph) for t in triples)
    return graph


def ox_triple(subject: Node, predicate: Node, object_: Node) -> ox.Triple | None:
    """The same triple for pyoxigraph; None where its subject is a literal, which RDF has no place for."""
    if not isinstance(subject, IdentifiedNode) or not isinstance(predicate, URIRef):
        return None
    subject_ = ox.NamedNode(str(subject)) if isinstance(subject, URIRef) else ox.BlankNode(str(subject))
    return ox.Triple(subject_, ox.NamedNode(str(predicate)), _to_ox(object_))


def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> IdentifiedNode | Literal:
    """The same term for rdflib, the lexical form of a literal untouched. Raises TypeError for a quoted triple."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise TypeError(f"{term}: rdflib has no quoted triples")
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    return Literal(term.value, datatype=None if datatype == _STRING else URIRef(datatype), normalize=False)


def _to_ox(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} is no RDF term")
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or _STRING)))
