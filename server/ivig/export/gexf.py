"""GEXF 1.2, for Gephi."""

from __future__ import annotations

from typing import BinaryIO

from ivig.export.columns import Cell
from ivig.export.markup import Markup
from ivig.export.network import Network
from ivig.export.part import Part
from ivig.query import Graph

_TYPES = {"text": "string", "integer": "long", "number": "double", "truth": "boolean"}


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the network of a part, nodes and then edges, as they come."""
    network, xml = Network(graph, part), Markup(out)
    attributes = {name: sort for name, sort in network.attributes.items() if name != "label"}
    with (
        xml.within("gexf", xmlns="http://www.gexf.net/1.2draft", version="1.2"),
        xml.within("graph", defaultedgetype="directed", mode="static"),
    ):
        with xml.within("attributes", **{"class": "node", "mode": "static"}):
            for name, sort in attributes.items():
                xml.element("attribute", id=name, title=name, type=_TYPES[sort])
        with xml.within("attributes", **{"class": "edge", "mode": "static"}):
            xml.element("attribute", id="inferred", title="inferred", type="boolean")
        with xml.within("nodes"):
            for node in network.nodes():
                with xml.within("node", id=node.iri, label=node.label), xml.within("attvalues"):
                    for name, value in {"type": node.type, **node.attributes}.items():
                        if value is not None:
                            xml.element("attvalue", None, **_of(name, value))
        with xml.within("edges"):
            for edge in network.edges():
                ends: dict[str, Cell] = {
                    "id": edge.number,
                    "source": edge.source,
                    "target": edge.target,
                    "label": edge.link,
                }
                with xml.within("edge", **ends), xml.within("attvalues"):
                    xml.element("attvalue", None, **_of("inferred", edge.inferred))


def _of(name: str, value: Cell) -> dict[str, Cell]:
    return {"for": name, "value": value}
