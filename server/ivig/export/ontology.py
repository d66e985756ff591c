"""The ontology with its vocabularies as one document, in the forms that ontology editors open."""

from __future__ import annotations

from functools import cache
from typing import Literal

from ivig.graph_files import GraphFiles
from ivig.namespaces import BASE, PREFIXES

_RDF, _OWL = PREFIXES["rdf"], PREFIXES["owl"]
_ALIGNMENT = "alignment.ttl"
_HEADERS = f"{BASE}ontology/"
"""What the IRIs of the files beside the first begin with: one document has one header."""


@cache
def ontology_document(files: GraphFiles, format_name: Literal["turtle", "xml"]) -> bytes:
    """The ontology and its vocabularies; the alignment to others is a file of its own.

    In RDF/XML a thing of OWL is an element of its class, since some readers find no `owl:Ontology` among plain
    descriptions.

    :param files: the graph whose ontology it is
    """
    from rdflib import Graph

    graph = Graph()
    for path in files.ontology:
        if path.name != _ALIGNMENT:
            graph.parse(path, format="turtle")
    for subject in set(graph.subjects()):
        if str(subject).startswith(_HEADERS):
            graph.remove((subject, None, None))
    if format_name == "turtle":
        return graph.serialize(format="turtle", encoding="utf-8")
    return _by_type(graph.serialize(format="xml", encoding="utf-8"))


def _by_type(document: bytes) -> bytes:
    """RDF/XML in which what has a class of OWL is an element of that class, and no plain description."""
    from xml.etree import ElementTree

    for prefix, namespace in PREFIXES.items():
        ElementTree.register_namespace(prefix, namespace)
    root = ElementTree.fromstring(document)
    for element in root:
        for child in element.findall(f"{{{_RDF}}}type"):
            class_ = child.get(f"{{{_RDF}}}resource", "")
            if element.tag == f"{{{_RDF}}}Description" and class_.startswith(_OWL):
                element.tag = f"{{{_OWL}}}{class_.removeprefix(_OWL)}"
                element.remove(child)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
