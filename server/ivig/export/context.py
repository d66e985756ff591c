"""The JSON-LD context: every class and property of the ontology under its own name."""

from __future__ import annotations

from typing import Any, NamedTuple

from ivig.namespaces import BASE, PREFIXES, SKOS, TERMS
from ivig.query import Graph

_RDFS, _OWL, _XSD = PREFIXES["rdfs"], PREFIXES["owl"], PREFIXES["xsd"]
LANG_STRING = PREFIXES["rdf"] + "langString"
STRING = _XSD + "string"

LINK = "@id"

_COERCED = {PREFIXES["rdf"] + "PlainLiteral": LANG_STRING, _RDFS + "Literal": _XSD + "date"}
"""What OWL 2 RL has no datatype for, by the datatype that the shapes ask for."""

_OUTSIDE = {
    "label": (SKOS + "prefLabel", LANG_STRING),
    "altLabel": (SKOS + "altLabel", LANG_STRING),
    "hiddenLabel": (SKOS + "hiddenLabel", LANG_STRING),
    "definition": (SKOS + "definition", LANG_STRING),
    "example": (SKOS + "example", LANG_STRING),
    "note": (SKOS + "note", LANG_STRING),
    "notation": (SKOS + "notation", STRING),
    "broader": (SKOS + "broader", LINK),
    "narrower": (SKOS + "narrower", LINK),
    "broaderTransitive": (SKOS + "broaderTransitive", LINK),
    "narrowerTransitive": (SKOS + "narrowerTransitive", LINK),
    "inScheme": (SKOS + "inScheme", LINK),
    "exactMatch": (SKOS + "exactMatch", LINK),
    "closeMatch": (SKOS + "closeMatch", LINK),
    "broadMatch": (SKOS + "broadMatch", LINK),
    "narrowMatch": (SKOS + "narrowMatch", LINK),
    "relatedMatch": (SKOS + "relatedMatch", LINK),
    "name": (_RDFS + "label", LANG_STRING),
    "subClassOf": (_RDFS + "subClassOf", LINK),
    "subPropertyOf": (_RDFS + "subPropertyOf", LINK),
    "domain": (_RDFS + "domain", LINK),
    "range": (_RDFS + "range", LINK),
    "isDefinedBy": (_RDFS + "isDefinedBy", LINK),
    "disjointWith": (_OWL + "disjointWith", LINK),
}
"""Names for properties of other vocabularies that the graph uses, where the ontology has no term of that name."""


class Name(NamedTuple):
    """A property under its name in JSON-LD. coerced: the datatype that plain values have; "@id" for links."""

    name: str
    coerced: str


class Context:
    """The context of a graph, and the names that it gives."""

    def __init__(self, graph: Graph) -> None:
        self._classes: dict[str, str] = {}
        self._properties: dict[str, Name] = {}
        for row in graph.about("ontology-terms"):
            iri, kind = str(row["term"]), row["kind"]
            name = iri.removeprefix(TERMS)
            if kind == "class":
                self._classes[iri] = name
            else:
                coerced = (
                    LINK if kind == "link to a thing" else _COERCED.get(str(row["range"]), str(row["range"] or STRING))
                )
                self._properties[iri] = Name(name, coerced)
        taken = {name for name, _ in self._properties.values()}
        for name, (iri, coerced) in _OUTSIDE.items():
            if name not in taken:
                self._properties[iri] = Name(name, coerced)

    def document(self) -> dict[str, Any]:
        """The context itself, as it is published and as it stands at the head of every file."""
        terms: dict[str, Any] = {
            "@version": 1.1,
            "@base": BASE,
            **PREFIXES,
            "id": "@id",
            "type": "@type",
        }
        terms |= {name: f"ivig:{name}" for name in sorted(self._classes.values())}
        for iri, (name, coerced) in sorted(self._properties.items(), key=lambda pair: pair[1].name):
            terms[name] = _definition(short(iri), coerced)
        return {"@context": terms}

    def property(self, iri: str, sort: str) -> Name:
        """The name of a property that has a value of a sort: a datatype, `LANG_STRING` for English, `LINK` for a thing.

        A name with which values of another sort are meant would need each of them explained: the property then goes
        under its CURIE, as one does that has no name.
        """
        known = self._properties.get(iri)
        return known if known and known.coerced in (STRING, sort) else Name(short(iri), STRING)

    def type(self, iri: str) -> str:
        """The name of a class."""
        return self._classes.get(iri) or short(iri)


def _definition(iri: str, coerced: str) -> str | dict[str, str]:
    if coerced == STRING:
        return iri
    return {"@id": iri, "@language": "en"} if coerced == LANG_STRING else {"@id": iri, "@type": short(coerced)}


def short(iri: str) -> str:
    """An IRI as a CURIE, where one of our prefixes is for it."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
