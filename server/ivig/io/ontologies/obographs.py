"""OBO Graphs JSON. Source of the format: https://github.com/geneontology/obographs"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ivig.errors import BadInput
from ivig.io.ontologies.ontology import OntologyTerm, term_iri

_LISTS = {
    "IAO_0100001": "replaced_by",
    "0100001": "replaced_by",
    "replacedBy": "replaced_by",
    "consider": "consider",
    "hasAlternativeId": "merged",
}


def read_obographs(text: str, name: str) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the classes of an OBO Graphs file.

    :param text: the whole file, JSON
    :param name: what messages call the file
    :returns: the three, the classes by IRI
    :raises BadInput: where it is no JSON, or other JSON
    """
    terms: dict[str, OntologyTerm] = {}
    try:
        graphs = json.loads(text).get("graphs", [])
        for node in (node for graph in graphs for node in graph.get("nodes", ())):
            if node.get("type", "CLASS") == "CLASS":
                terms[term_iri(node["id"])] = _term(node)
        for edge in (edge for graph in graphs for edge in graph.get("edges", ())):
            low, high = edge.get("sub"), edge.get("obj")
            if _local(edge.get("pred")) in ("is_a", "subClassOf") and low and high:
                terms.setdefault(term_iri(low), OntologyTerm()).parents.append(term_iri(high))
        iri, version = next(((graph.get("id"), graph.get("meta", {}).get("version")) for graph in graphs), ("", ""))
    except json.JSONDecodeError as error:
        raise BadInput(f"{name}, line {error.lineno}: {error.msg}") from error
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise BadInput(f"{name}: JSON, but no OBO Graphs: {' '.join(str(error).split())}") from error
    return iri or "", version or "", terms


def _term(node: dict[str, Any]) -> OntologyTerm:
    meta = node.get("meta") or {}
    term = OntologyTerm(label=node.get("lbl") or "", deprecated=meta.get("deprecated") is True)
    term.synonyms += [text for pred, text in _said(meta, "synonyms") if pred == "hasExactSynonym"]
    for pred, value in _said(meta, "basicPropertyValues"):
        if pred in _LISTS:
            getattr(term, _LISTS[pred]).append(term_iri(value))
    return term


def _said(meta: dict[str, Any], what: str) -> Iterator[tuple[str, str]]:
    return ((_local(said.get("pred")), said["val"]) for said in meta.get(what) or () if said.get("val"))


def _local(predicate: str | None) -> str:
    """A predicate without its namespace, whether it is written out, a CURIE, or a name alone."""
    return re.split(r"[#/:]", predicate or "")[-1]
