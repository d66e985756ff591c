"""OWL files in RDF/XML, by pyoxigraph, a triple at a time: MONDO's are hundreds of megabytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ivig.errors import BadInput
from ivig.io.ontologies.ontology import OBO, OntologyTerm, term_iri
from ivig.io.ontologies.source import one_line
from ivig.namespaces import ALT_LABEL, PREF_LABEL, PREFIXES, RDF_TYPE, RDFS_LABEL

_OWL, _RDFS = PREFIXES["owl"], PREFIXES["rdfs"]
_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"


def _label(term: OntologyTerm, value: str) -> None:
    term.label = term.label or value


def _deprecated(term: OntologyTerm, value: str) -> None:
    term.deprecated = value in ("true", "1")


_TOLD: dict[str, Callable[[OntologyTerm, str], None]] = {
    RDFS_LABEL: _label,
    PREF_LABEL: _label,
    _RDFS + "subClassOf": lambda term, value: term.parents.append(term_iri(value)),
    _OWL + "deprecated": _deprecated,
    OBO + "IAO_0100001": lambda term, value: term.replaced_by.append(term_iri(value)),
    _IN_OWL + "consider": lambda term, value: term.consider.append(term_iri(value)),
    _IN_OWL + "hasExactSynonym": lambda term, value: term.synonyms.append(value),
    ALT_LABEL: lambda term, value: term.synonyms.append(value),
    _IN_OWL + "hasAlternativeId": lambda term, value: term.merged.append(term_iri(value)),
}
_NO_PARENT = {_OWL + "Thing"}


def read_owl(file: IO[bytes], name: str) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the classes of an OWL file. Raises BadInput with the place."""
    ontology, version = "", ""
    classes: set[str] = set()
    terms: dict[str, OntologyTerm] = {}
    regional: dict[str, str] = {}
    try:
        for quad in parse(file, format=RdfFormat.RDF_XML):
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
                continue
            if predicate == RDF_TYPE:
                if value.value == _OWL + "Class":
                    classes.add(subject.value)
                elif value.value == _OWL + "Ontology":
                    ontology = ontology or subject.value
            elif predicate in (_OWL + "versionIRI", _OWL + "versionInfo") and subject.value == ontology:
                version = version or value.value
            elif (tell := _TOLD.get(predicate)) and value.value not in _NO_PARENT:
                language = value.language or "" if isinstance(value, Literal) else ""
                if language.partition("-")[0].lower() not in ("", "en"):
                    continue
                if tell is _label and "-" in language:
                    regional.setdefault(subject.value, value.value)
                    continue
                tell(terms.setdefault(subject.value, OntologyTerm()), value.value)
    except SyntaxError as error:
        place = f", line {error.lineno}" if error.lineno else ""
        raise BadInput(f"{name}{place}: {one_line(error.msg)}") from error
    # The English of a region is taken where there is no other.
    for iri, label in regional.items():
        _label(terms.setdefault(iri, OntologyTerm()), label)
    named = classes | {iri for iri, term in terms.items() if term.parents or term.deprecated}
    return ontology, version, {term_iri(iri): terms.get(iri, OntologyTerm()) for iri in sorted(named)}
