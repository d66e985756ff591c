"""Obographs JSON, by ijson, a node at a time. Source of the format: https://github.com/geneontology/obographs"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ivig.curate.ontologies.ontology import OBO, OntologyTerm, term_iri
from ivig.curate.ontologies.source import Format, Guarded, one_line
from ivig.errors import BadInput

_REPLACED_BY = OBO + "IAO_0100001"
_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_LISTS = {_REPLACED_BY: "replaced_by", _IN_OWL + "consider": "consider", _IN_OWL + "hasAlternativeId": "merged"}


def read_obographs(path: Path) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the classes of an obographs file. Raises BadInput."""
    import ijson

    terms: dict[str, OntologyTerm] = {}
    try:
        for node in _each(path, "graphs.item.nodes.item"):
            if isinstance(node, dict) and node.get("type", "CLASS") == "CLASS" and isinstance(node.get("id"), str):
                terms[term_iri(node["id"])] = _term(node)
        for edge in _each(path, "graphs.item.edges.item"):
            if isinstance(edge, dict) and edge.get("pred") in ("is_a", "subClassOf"):
                below = terms.setdefault(term_iri(_text(edge.get("sub"))), OntologyTerm())
                below.parents.append(term_iri(_text(edge.get("obj"))))
        ontology = _text(next(_each(path, "graphs.item.id"), None))
        version = _text(next(_each(path, "graphs.item.meta.version"), None))
    except (ijson.JSONError, UnicodeDecodeError) as error:
        # Further lines of the message show the place, which may be anything.
        raise BadInput(f"{path.name}: {one_line(str(error).splitlines()[0])}") from error
    return ontology, version, terms


def _each(path: Path, place: str) -> Iterator[Any]:
    """Each value at a place of the file, one at a time: to go over it anew is faster than to sort its events here."""
    import ijson

    with Guarded(path, Format.OBOGRAPHS) as file:
        yield from ijson.items(file, place)


def _term(node: dict[str, Any]) -> OntologyTerm:
    meta = node.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    term = OntologyTerm(label=_text(node.get("lbl")), deprecated=meta.get("deprecated") is True)
    for synonym in _dicts(meta.get("synonyms")):
        if synonym.get("pred") == "hasExactSynonym":
            term.synonyms.append(_text(synonym.get("val")))
    for said in _dicts(meta.get("basicPropertyValues")):
        if (kind := _LISTS.get(_text(said.get("pred")))) and said.get("val"):
            getattr(term, kind).append(term_iri(_text(said["val"])))
    return term


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
