"""Obographs JSON, by ijson, a node at a time. Source of the format: https://github.com/geneontology/obographs"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ivig.errors import BadInput
from ivig.io.ontologies.ontology import OBO, OntologyTerm, term_iri
from ivig.io.ontologies.source import Format, Guarded, one_line

_REPLACED_BY = OBO + "IAO_0100001"
_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_LONGEST_PLACE = 1000
"""Characters in the names that lead to a value. Obographs has less than a hundred."""
_LISTS = {_REPLACED_BY: "replaced_by", _IN_OWL + "consider": "consider", _IN_OWL + "hasAlternativeId": "merged"}


def read_obographs(path: Path) -> tuple[str, str, dict[str, OntologyTerm]]:
    """The IRI, the version and the classes of an obographs file. Raises BadInput."""
    import ijson

    terms: dict[str, OntologyTerm] = {}
    try:
        _check_values(path)
        for node in _each(path, "graphs.item.nodes.item"):
            if isinstance(node, dict) and node.get("type", "CLASS") == "CLASS" and isinstance(node.get("id"), str):
                terms[term_iri(node["id"])] = _term(node)
        for edge in _each(path, "graphs.item.edges.item"):
            if isinstance(edge, dict) and edge.get("pred") in ("is_a", "subClassOf"):
                low, high = _text(edge.get("sub")), _text(edge.get("obj"))
                if low and high:
                    terms.setdefault(term_iri(low), OntologyTerm()).parents.append(term_iri(high))
        ontology = _text(next(_each(path, "graphs.item.id"), None))
        version = _text(next(_each(path, "graphs.item.meta.version"), None))
    except (ijson.JSONError, UnicodeDecodeError) as error:
        # Further lines of the message show the place, which may be anything.
        raise BadInput(f"{path.name}: {one_line(str(error).splitlines()[0])}") from error
    except (ValueError, ArithmeticError) as error:
        raise BadInput(f"{path.name}: a number that is too long to be read") from error
    return ontology, version, terms


def _check_values(path: Path) -> None:
    """Raise BadInput where values are nested without end: `ijson.items` spells out where each is, `graphs.item.nodes`.

    Raises ValueError or ArithmeticError for a number that is too long, which `ijson.items` may crash at.
    """
    import ijson

    levels: list[int] = []
    length = 0
    with Guarded(path, Format.OBOGRAPHS) as file:
        for event, value in ijson.basic_parse(file):
            if event == "map_key":
                length += len(value) - levels[-1]
                levels[-1] = len(value)
            elif event in ("start_map", "start_array"):
                # An array is a place of its own, called `item`; every place but the first comes after a dot.
                levels.append(len("item") if event == "start_array" else 0)
                length += levels[-1] + 1
            elif event in ("end_map", "end_array"):
                length -= levels.pop() + 1
            if length > _LONGEST_PLACE:
                raise BadInput(f"{path.name}: values nested too deep; that is refused")


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
