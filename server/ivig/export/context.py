"""The JSON-LD context: every class and property of the ontology under its own name."""

from __future__ import annotations

from typing import Any

from ivig.model.schema import schema
from ivig.namespaces import BASE, PREFIXES, SKOS, TERMS
from ivig.query import Graph

_LANG_STRING = PREFIXES["rdf"] + "langString"
_STRING = PREFIXES["xsd"] + "string"
_LINK = "@id"

_OUTSIDE: dict[str, dict[str, tuple[str, ...]]] = {
    SKOS: {
        _LANG_STRING: ("altLabel", "hiddenLabel", "definition", "example", "note"),
        _STRING: ("notation",),
        _LINK: (
            "broader", "narrower", "broaderTransitive", "narrowerTransitive", "inScheme",
            "exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch",
        ),
    },
    PREFIXES["rdfs"]: {_LINK: ("subClassOf", "subPropertyOf", "domain", "range", "isDefinedBy")},
    PREFIXES["owl"]: {_LINK: ("disjointWith",)},
}  # fmt: skip
"""Properties of other vocabularies that go by their own names, by the datatype of their values."""


class Context:
    """The context of a graph."""

    def __init__(self, graph: Graph) -> None:
        """
        :param graph: the graph whose ontology has the names, and whose shapes the datatypes
        """
        self._graph = graph

    def document(self) -> dict[str, Any]:
        """The context as it is published and as it stands at the head of every file."""
        ours = schema(self._graph.files)
        # Where OWL 2 RL has no datatype for what the shapes ask for, the ontology names a wider one.
        classes: dict[str, Any] = {}
        properties: dict[str, Any] = {
            "label": _definition(f"{SKOS}prefLabel", _LANG_STRING),
            "name": _definition(f"{PREFIXES['rdfs']}label", _LANG_STRING),
        }
        for vocabulary, by_datatype in _OUTSIDE.items():
            for datatype, names in by_datatype.items():
                properties |= {name: _definition(vocabulary + name, datatype) for name in names}
        for row in self._graph.about("ontology-terms"):
            iri = str(row["term"])
            name = iri.removeprefix(TERMS)
            if row["kind"] == "class":
                classes[name] = short(iri)
            else:
                value = ours.datatypes.get(iri) or _WIDE.get(str(row["range"]), str(row["range"] or _STRING))
                properties[name] = _definition(iri, _LINK if row["kind"] == "link to a thing" else value)
        head = {"@version": 1.1, "@base": BASE, **PREFIXES, "id": "@id", "type": "@type"}
        return {"@context": {**head, **dict(sorted(classes.items())), **dict(sorted(properties.items()))}}


_WIDE = {PREFIXES["rdf"] + "PlainLiteral": _LANG_STRING, PREFIXES["rdfs"] + "Literal": _STRING}
"""For a property that no shape has."""


def _definition(iri: str, datatype: str) -> str | dict[str, str]:
    if datatype == _STRING:
        return short(iri)
    return (
        {"@id": short(iri), "@language": "en"}
        if datatype == _LANG_STRING
        else {"@id": short(iri), "@type": short(datatype)}
    )


def short(iri: str) -> str:
    """An IRI as a CURIE, where one of our prefixes is for it."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
