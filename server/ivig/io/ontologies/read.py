"""Reading an ontology from a user's own copy: any of the three formats, one result, or one message."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from pyoxigraph import NamedNode

from ivig.errors import BadInput
from ivig.io.ontologies.obo import read_obo
from ivig.io.ontologies.obographs import read_obographs
from ivig.io.ontologies.ontology import OntologyTerm, OutsideOntology
from ivig.io.ontologies.owl import read_owl
from ivig.io.text import read_text

_OBO_CLAUSE = re.compile(r"(?:!.*\n\s*)*(?:[a-z][a-z_-]*: |\[(?:Term|Typedef|Instance)\])")
_OTHER_OWL = re.compile(r"Prefix\(|Ontology\(|Prefix:|@prefix", re.IGNORECASE)


def read_ontology(path: Path) -> OutsideOntology:
    """An ontology in OBO, OWL (RDF/XML) or OBO Graphs JSON; which, its content says. What it imports is not fetched.

    :raises NotThere: where there is no file
    :raises BadInput: where it is none of these, is broken, has no terms, or says of a term that it is a kind of itself
    """
    text = read_text(path, path.name)
    begin = text[:4096].lstrip()
    if begin.startswith("{"):
        read = read_obographs
    elif begin.startswith("<"):
        read = read_owl
    elif _OBO_CLAUSE.match(begin):
        read = read_obo
    else:
        raise BadInput(f"{path.name}: {_instead(begin)}")
    iri, version, terms = read(text, path.name)
    if not any(term.label for term in terms.values()):
        raise BadInput(f"{path.name}: no terms that have a label; it is no ontology, or one in another format")
    _check(terms, path.name)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return OutsideOntology(_name(iri, path), iri, version, path.name, sha256, terms)


def _instead(begin: str) -> str:
    if not begin:
        return "the file is empty"
    if _OTHER_OWL.match(begin):
        return "OWL in another syntax than RDF/XML; `robot convert` makes RDF/XML, OBO or OBO Graphs JSON of it"
    return "no ontology in OBO, OWL (RDF/XML) or OBO Graphs JSON"


def _name(iri: str, path: Path) -> str:
    """A short name: `mondo` for http://purl.obolibrary.org/obo/mondo.owl, `mondo-simple` for mondo/mondo-simple.owl."""
    last = re.split(r"[/#]", iri.rstrip("/#"))[-1] or path.name
    return re.sub(r"[^a-z0-9_-]+", "-", last.split(".")[0].lower()).strip("-") or "ontology"


def _check(terms: Mapping[str, OntologyTerm], name: str) -> None:
    for iri, term in terms.items():
        for each in (iri, *term.parents):
            try:
                NamedNode(each)
            except ValueError as error:
                raise BadInput(f"{name}: {each!r} makes no IRI") from error
    try:
        TopologicalSorter({iri: term.parents for iri, term in terms.items()}).prepare()
    except CycleError as error:
        named = " → ".join(terms[each].label or each for each in reversed(error.args[1]))
        raise BadInput(f"{name}: terms that are kinds of themselves: {named}") from error
