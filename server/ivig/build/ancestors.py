"""Roll-up by linked ontologies: what stands above the outside terms that our things are linked to, and what is below.

Nothing is reasoned over it: a closure over outside terms would merge things. It is a graph of its own, and an index of
names in which each outside term stands for all of our things at or below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict

from pyoxigraph import Literal, NamedNode, Triple

from ivig.io.ontologies.ontology import OutsideOntology, term_iri
from ivig.model.identifiers import curie_of
from ivig.model.labels import normal
from ivig.namespaces import ANCESTORS_GRAPH, NOTATION, PREFIXES, RDFS_LABEL, SKOS

_AT_OR_BELOW = [NamedNode(f"{SKOS}{kind}Match") for kind in ("exact", "close", "broad")]
"""The links that put a thing at an outside term or below it. One to a narrower or a merely related term does not."""
_SUB_CLASS_OF = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_SOURCE = NamedNode(PREFIXES["dcterms"] + "source")
_VERSION = NamedNode(PREFIXES["owl"] + "versionInfo")


class AncestorIndex(TypedDict):
    """An index of outside terms.

    :param terms: a CURIE or outside IRI in small letters to its label and our things at or below it
    :param names: the normal form of a label, and of a synonym that is no label, to such terms
    """

    terms: dict[str, tuple[str, list[str]]]
    names: dict[str, list[str]]


class Ancestors(NamedTuple):
    """What linked ontologies add to a release.

    :param triples: of a graph of its own
    :param names: an index of what they call things
    :param described: what the manifest says of each
    """

    triples: list[Triple]
    names: AncestorIndex
    described: dict[str, dict[str, str | int]]


def ancestors(ontologies: Sequence[OutsideOntology], links: Iterable[Triple]) -> Ancestors:
    """What the ontologies say of the terms that the links lead to, and of all that stands above these.

    :param ontologies: those that are linked
    :param links: the triples of our mappings: thing, predicate, term; of terms also the CURIE and the label
    :returns: the triples, the terms by which people may ask, and what there is to say of each ontology
    """
    below: dict[str, set[str]] = {}
    named: set[str] = set()
    labelled: set[str] = set()
    for triple in links:
        if not isinstance(triple.subject, NamedNode):
            continue
        if isinstance(triple.object, NamedNode):
            if triple.predicate in _AT_OR_BELOW:
                below.setdefault(term_iri(triple.object.value), set()).add(triple.subject.value)
        elif triple.predicate.value == NOTATION:
            named.add(term_iri(triple.subject.value))
        elif triple.predicate.value == RDFS_LABEL:
            labelled.add(term_iri(triple.subject.value))
    triples: dict[Triple, None] = {}
    reached = [(ontology, _reached(ontology, below)) for ontology in ontologies]
    described: dict[str, dict[str, str | int]] = {}
    for ontology, by_term in reached:
        triples.update(dict.fromkeys(_triples(ontology, by_term, named, labelled)))
        # By SPARQL too a term that was merged leads on to what is above the one that it was merged into.
        at = _at(ontology, below)
        onward = (Triple(NamedNode(iri), _SUB_CLASS_OF, NamedNode(now)) for iri, now in at.items() if iri != now)
        triples.update(dict.fromkeys(onward))
        linked = len(set(at.values()))
        described[ontology.name] = {
            "iri": ontology.iri,
            "version": ontology.version,
            "sha256": ontology.sha256,
            "linked": linked,
            "ancestors": len(by_term) - linked,
        }
    return Ancestors(list(triples), _names(reached), described)


def _reached(ontology: OutsideOntology, below: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The terms at or above a link, each with our things at or below it."""
    reached: dict[str, set[str]] = {}
    for iri, at in _at(ontology, below).items():
        things = below[iri]
        todo = [at]
        seen = set(todo)
        while todo:
            each = todo.pop()
            reached.setdefault(each, set()).update(things)
            new = [above for above in ontology.terms[each].parents if above in ontology.terms and above not in seen]
            seen.update(new)
            todo += new
    return dict(sorted(reached.items()))


def _at(ontology: OutsideOntology, linked: Iterable[str]) -> dict[str, str]:
    """Those of the linked terms that the ontology has, each with the term that it means there."""
    merged = ontology.merged()
    return {iri: now for iri in linked if (now := ontology.now(iri, merged)) is not None}


def _triples(
    ontology: OutsideOntology, reached: Iterable[str], named: set[str], labelled: set[str]
) -> Iterator[Triple]:
    graph = NamedNode(ANCESTORS_GRAPH)
    if "://" in ontology.iri:
        source = NamedNode(ontology.iri)
        yield Triple(graph, _SOURCE, source)
        if ontology.version:
            yield Triple(source, _VERSION, Literal(ontology.version))
    for iri in reached:
        term, node = ontology.terms[iri], NamedNode(iri)
        # What the links say of a term already, is said once.
        if iri not in labelled and term.label:
            yield Triple(node, NamedNode(RDFS_LABEL), Literal(term.label))
        if iri not in named:
            yield Triple(node, NamedNode(NOTATION), Literal(curie_of(iri)))
        for parent in term.parents:
            if parent in ontology.terms:
                yield Triple(node, _SUB_CLASS_OF, NamedNode(parent))


def _names(reached: Sequence[tuple[OutsideOntology, Mapping[str, set[str]]]]) -> AncestorIndex:
    """The index of what each ontology reached. What two ontologies call the same is looked up in both."""
    terms: dict[str, tuple[str, list[str]]] = {}
    labels: dict[str, set[str]] = {}
    synonyms: dict[str, set[str]] = {}
    for ontology, by_term in reached:
        for iri, things in by_term.items():
            term, key = ontology.terms[iri], curie_of(iri).lower()
            label, known = terms.get(key, (term.label, []))
            terms[key] = (label or term.label, sorted({*known, *things}))
            if term.label:
                labels.setdefault(normal(term.label), set()).add(key)
            for synonym in term.synonyms:
                synonyms.setdefault(normal(synonym), set()).add(key)
    return AncestorIndex(terms=terms, names={name: sorted(keys) for name, keys in (synonyms | labels).items()})
