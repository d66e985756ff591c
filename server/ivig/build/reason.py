"""What follows from the data and the ontology about our own things; a graph that contradicts itself is refused."""

from __future__ import annotations

from pyoxigraph import NamedNode, Triple

from ivig.build.axioms import rules
from ivig.build.closure import Closure
from ivig.build.graph import Graph
from ivig.build.sources import Sources
from ivig.errors import InvalidGraph
from ivig.namespaces import BASE, RDF_TYPE, RDFS_LABEL, SKOS, TERMS


def infer(sources: Sources) -> list[Triple]:
    """The new triples about our own things.

    Our own things are those under the base IRI that are no terms of the ontology; what follows about the ontology
    itself, or merely that a thing is a thing, is left out.
    Raises InvalidGraph, naming every clash, where the graph contradicts itself, and BadInput where the ontology has an
    axiom that the reasoner does not implement.
    """
    graph = Graph([*sources.ontology, *sources.data])
    closure = Closure(graph, rules(graph))
    if clashes := closure.clashes():
        raise InvalidGraph("the graph contradicts itself:\n" + "\n".join(f"  {clash}" for clash in clashes))
    return [triple for triple in closure.new() if about_our_things(triple)]


def about_our_things(triple: Triple) -> bool:
    """Whether a triple says of one of our own things what a reader would ask for."""
    if not isinstance(triple.subject, NamedNode):
        return False
    subject, predicate = triple.subject.value, triple.predicate.value
    if not subject.startswith(BASE) or subject.startswith(TERMS):
        return False
    if predicate == RDF_TYPE:
        return isinstance(triple.object, NamedNode) and triple.object.value.startswith(TERMS)
    return predicate.startswith((TERMS, SKOS)) or predicate == RDFS_LABEL
