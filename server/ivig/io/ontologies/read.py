"""Reading an ontology from a user's own copy: any of the three formats, one result, or one message."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import NamedNode

from ivig.errors import BadInput
from ivig.io.ontologies.obo import read_obo
from ivig.io.ontologies.obographs import read_obographs
from ivig.io.ontologies.ontology import OntologyTerm, OutsideOntology
from ivig.io.ontologies.owl import read_owl
from ivig.io.ontologies.source import Format, Guarded, format_of

_CHUNK = 2**16
"""Few bytes at a time, so that little can be made of them before it is looked at."""


def read_ontology(path: Path) -> OutsideOntology:
    """An ontology in OBO, OWL (RDF/XML) or obographs JSON; which, its content says. Nothing that it imports is fetched.

    Raises NotThere, or BadInput where the file is none of these, is broken or hostile, has no terms, or says of a term
    that it is a kind of itself.
    """
    format = format_of(path)
    if format is Format.OBOGRAPHS:
        iri, version, terms = read_obographs(path)
    else:
        with io.BufferedReader(Guarded(path, format), _CHUNK) as file:
            iri, version, terms = (read_obo if format is Format.OBO else read_owl)(file, path.name)
    if not any(term.label for term in terms.values()):
        raise BadInput(f"{path.name}: no terms that have a label; it is no ontology, or one in another format")
    _check_iris(terms, path.name)
    if circle := _circle(terms):
        named = " → ".join(terms[each].label or each for each in circle)
        raise BadInput(f"{path.name}: terms that are kinds of themselves: {named}")
    with path.open("rb") as file_read:
        sha256 = hashlib.file_digest(file_read, "sha256").hexdigest()
    return OutsideOntology(_name(iri, path), iri, version, path.name, sha256, terms)


def _name(iri: str, path: Path) -> str:
    """A short name: `mondo` for http://purl.obolibrary.org/obo/mondo.owl, `mondo-simple` for mondo/mondo-simple.owl."""
    last = re.split(r"[/#]", iri.rstrip("/#"))[-1] or path.name
    return re.sub(r"[^a-z0-9_-]+", "-", last.split(".")[0].lower()).strip("-") or "ontology"


def _check_iris(terms: Mapping[str, OntologyTerm], name: str) -> None:
    for iri, term in terms.items():
        for each in (iri, *term.parents):
            try:
                NamedNode(each)
            except ValueError as error:
                raise BadInput(f"{name}: {each!r} makes no IRI") from error


def _circle(terms: Mapping[str, OntologyTerm]) -> list[str]:
    """Terms each of which is a kind of the next, the last being the first again; empty where there are none."""
    done: set[str] = set()
    for start in terms:
        if start in done:
            continue
        path, on_path = [start], {start}
        steps = [iter(terms[start].parents)]
        while steps:
            above = next((each for each in steps[-1] if each in terms and each not in done), None)
            if above is None:
                steps.pop()
                left = path.pop()
                on_path.discard(left)
                done.add(left)
            elif above in on_path:
                return [*path[path.index(above) :], above]
            else:
                path.append(above)
                on_path.add(above)
                steps.append(iter(terms[above].parents))
    return []
