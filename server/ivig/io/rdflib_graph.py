"""The seam between pyoxigraph, which holds the graph, and rdflib, which Python users and the reference engines use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import rdflib
from rdflib.term import BNode, IdentifiedNode, Literal, Node, URIRef

from ivig.namespaces import PREFIXES

_STRING = PREFIXES["xsd"] + "string"


def rdflib_graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The same triples as an rdflib graph, lexical forms of literals untouched, the prefixes of the graph bound."""
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    graph.addN((rdflib_term(t.subject), rdflib_term(t.predicate), rdflib_term(t.object), graph) for t in triples)
    return graph


def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> IdentifiedNode | Literal:
    """The same term for rdflib, the lexical form of a literal untouched.

    :raises TypeError: for a triple, which rdflib takes for no term
    """
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


def ox_triples(triples: Iterable[tuple[Node, Node, Node]]) -> Iterator[ox.Triple]:
    """The same triples for pyoxigraph, those whose subject is a literal left out: RDF has no place for them."""
    for subject, predicate, object_ in triples:
        if isinstance(subject, IdentifiedNode) and isinstance(predicate, URIRef):
            subject_ = ox.NamedNode(str(subject)) if isinstance(subject, URIRef) else ox.BlankNode(str(subject))
            yield ox.Triple(subject_, ox.NamedNode(str(predicate)), _ox_term(object_))


def _ox_term(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} is no RDF term")
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or _STRING)))
