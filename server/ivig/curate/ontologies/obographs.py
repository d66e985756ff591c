"""Obographs JSON, by ijson, a node at a time. Source of the format: https://github.com/geneontology/obographs"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ivig.curate.ontologies.ontology import OBO, OntologyTerm, term_iri
from ivig.curate.ontologies.source import Format, Guarded
from ivig.errors import BadInput

_REPLACED_BY = OBO + "IAO_0100001"
_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_LISTS = {_REPLACED_BY: "replaced_by", _IN_OWL + "consider": "consider", _IN_OWL + "hasAlternativeId": "merged"}


def read_obographs(path: Path) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the classes of an obographs file. Raises BadInput."""
    import ijson

    terms: dict[str, OntologyTerm] = {}
    ontology, version = "", ""
    try:
        with Guarded(path, Format.OBOGRAPHS) as file:
            for node in ijson.items(file, "graphs.item.nodes.item"):
                if isinstance(node, dict) and node.get("type", "CLASS") == "CLASS" and isinstance(node.get("id"), str):
                    terms[term_iri(node["id"])] = _term(node)
        with Guarded(path, Format.OBOGRAPHS) as file:
            for edge in ijson.items(file, "graphs.item.edges.item"):
                if isinstance(edge, dict) and edge.get("pred") in ("is_a", "subClassOf"):
                    below = terms.setdefault(term_iri(str(edge.get("sub"))), OntologyTerm())
                    below.parents.append(term_iri(str(edge.get("obj"))))
        with Guarded(path, Format.OBOGRAPHS) as file:
            for prefix, event, value in ijson.parse(file):
                if event == "string" and prefix == "graphs.item.id":
                    ontology = ontology or value
                elif event == "string" and prefix == "graphs.item.meta.version":
                    version = version or value
                if ontology and version:
                    break
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: {str(error).splitlines()[0]}") from error
    return ontology, version, terms


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
