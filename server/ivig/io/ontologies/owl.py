"""OWL files in RDF/XML, by pyoxigraph, a triple at a time: MONDO's are hundreds of megabytes."""

from __future__ import annotations

import re
from collections.abc import Callable

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from ivig.errors import BadInput
from ivig.io.ontologies.ontology import OBO, OntologyTerm, term_iri
from ivig.namespaces import ALT_LABEL, PREF_LABEL, PREFIXES, RDF_TYPE, RDFS_LABEL

_OWL, _RDFS = PREFIXES["owl"], PREFIXES["rdfs"]
_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_HEAD = 2**17
"""Characters in which the prolog and the namespaces stand."""
_NOT_ABBREVIATING = re.compile(
    r"<!ENTITY\s+(?:%\s*)?(\S+)\s+(?:SYSTEM|PUBLIC|\"[^\"]*[&%]|'[^']*[&%])|<!DOCTYPE\s+\S+\s+(?:SYSTEM|PUBLIC)"
)
_BEFORE_ROOT = re.compile(r"<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ROOT = re.compile(r"<([^!?\s/>][^\s/>]*)")


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
    _IN_OWL + "replacedBy": lambda term, value: term.replaced_by.append(term_iri(value)),
    _IN_OWL + "consider": lambda term, value: term.consider.append(term_iri(value)),
    _IN_OWL + "hasExactSynonym": lambda term, value: term.synonyms.append(value),
    ALT_LABEL: lambda term, value: term.synonyms.append(value),
    _IN_OWL + "hasAlternativeId": lambda term, value: term.merged.append(term_iri(value)),
}
_NO_PARENT = {_OWL + "Thing"}


def read_owl(text: str, name: str) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the classes of an OWL file.

    :param text: the whole file, RDF/XML
    :param name: what messages call the file
    :returns: the three, the classes by IRI
    :raises BadInput: with the place; where entities do more than abbreviate namespaces; where it is other XML
    """
    _check_head(text[:_HEAD], name)
    ontology, version = "", ""
    classes: set[str] = set()
    terms: dict[str, OntologyTerm] = {}
    regional: dict[str, str] = {}
    try:
        for quad in parse(text, format=RdfFormat.RDF_XML):
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
        raise BadInput(f"{name}{place}: {' '.join(error.msg.split())}") from error
    # The English of a region is taken where there is no other.
    for iri, label in regional.items():
        _label(terms.setdefault(iri, OntologyTerm()), label)
    named = classes | {iri for iri, term in terms.items() if term.parents or term.deprecated}
    return ontology, version, {term_iri(iri): terms.get(iri, OntologyTerm()) for iri in sorted(named)}


def _check_head(head: str, name: str) -> None:
    # The parser follows what entities say, however often they say it.
    if found := _NOT_ABBREVIATING.search(head):
        what = f"the entity {found[1]}" if found[1] else "the document type"
        raise BadInput(f"{name}: {what} is more than an abbreviation of a namespace; that is refused")
    root = _ROOT.search(_BEFORE_ROOT.sub("", head))
    if root and _RDF not in head:
        raise BadInput(f"{name}: XML, but no RDF/XML: it begins with {root[1]}")
