"""The OWL 2 RL closure: what follows from the data and the ontology, and whether they contradict each other."""

from __future__ import annotations

import owlrl
from owlrl.Namespaces import ERRNS
from pyoxigraph import NamedNode, Triple
from rdflib import OWL, RDF, Graph, URIRef

from ivig.build.read import Sources
from ivig.build.terms import ox_triple, rdflib_graph
from ivig.errors import InvalidGraph
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE, RDFS_LABEL, SKOS, TERMS


def infer(sources: Sources) -> list[Triple]:
    """The new triples about our own things.

    Our own things are those under the base IRI that are no terms of the ontology; what follows about the ontology
    itself, or merely that a thing is a thing, is left out.
    Raises InvalidGraph, naming every clash, where the graph contradicts itself.
    """
    closure = rdflib_graph([*sources.ontology, *sources.data])
    asserted = set(closure)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closure)
    if clashes := _clashes(closure):
        raise InvalidGraph("the graph contradicts itself:\n" + "\n".join(f"  {clash}" for clash in clashes))
    new = (ox_triple(*triple) for triple in closure if triple not in asserted)
    return [triple for triple in new if triple is not None and _tells_of_our_things(triple)]


def _tells_of_our_things(triple: Triple) -> bool:
    if not isinstance(triple.subject, NamedNode):
        return False
    subject, predicate = triple.subject.value, triple.predicate.value
    if not subject.startswith(BASE) or subject.startswith(TERMS):
        return False
    if predicate == RDF_TYPE:
        return isinstance(triple.object, NamedNode) and triple.object.value.startswith(TERMS)
    return predicate.startswith((TERMS, SKOS)) or predicate == RDFS_LABEL


def _clashes(closure: Graph) -> list[str]:
    """What the reasoner calls an error, and every two things that it would have to take for one."""
    found = [str(message) for error in closure.subjects(RDF.type, ERRNS.ErrorMessage)
             for message in closure.objects(error, ERRNS.error)]  # fmt: skip
    for one, other in closure.subject_objects(OWL.sameAs):
        if one != other and isinstance(one, URIRef) and isinstance(other, URIRef) and str(one) < str(other):
            found.append(
                f"{one} and {other} would have to be one thing: a property that takes one value has both of them"
            )
    return sorted(_shorten(message) for message in set(found))


def _shorten(message: str) -> str:
    for iri, name in ((TERMS, "ivig:"), (BASE, ""), (PREFIXES["owl"], "owl:"), (PREFIXES["rdf"], "rdf:")):
        message = message.replace(iri, name)
    return message
