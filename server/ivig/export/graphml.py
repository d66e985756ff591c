"""GraphML, for yEd, Gephi, igraph and NetworkX."""

from __future__ import annotations

from typing import BinaryIO

from ivig.export.markup import Markup
from ivig.export.network import Network
from ivig.export.part import Part
from ivig.query import Graph

_TYPES = {"text": "string", "integer": "long", "number": "double", "truth": "boolean"}


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the network of a part, nodes and then edges, as they come."""
    network, xml = Network(graph, part), Markup(out)
    with xml.within("graphml", xmlns="http://graphml.graphdrawing.org/xmlns"):
        for name, sort in network.attributes.items():
            xml.element("key", id=name, **{"for": "node", "attr.name": name, "attr.type": _TYPES[sort]})
        xml.element("key", id="link", **{"for": "edge", "attr.name": "link", "attr.type": "string"})
        xml.element("key", id="inferred", **{"for": "edge", "attr.name": "inferred", "attr.type": "boolean"})
        with xml.within("graph", edgedefault="directed"):
            for node in network.nodes():
                with xml.within("node", id=node.iri):
                    for name, value in {"label": node.label, "type": node.type, **node.attributes}.items():
                        if value is not None:
                            xml.element("data", value, key=name)
            for edge in network.edges():
                with xml.within("edge", id=f"e{edge.number}", source=edge.source, target=edge.target):
                    xml.element("data", edge.link, key="link")
                    xml.element("data", edge.inferred, key="inferred")
