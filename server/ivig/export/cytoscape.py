"""Cytoscape JSON (cyjs), for Cytoscape and Cytoscape.js."""

from __future__ import annotations

from typing import Any, BinaryIO

from ivig.export.json_lists import write_list
from ivig.export.network import Edge, Network, Node
from ivig.export.part import Part
from ivig.query import Graph


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the network of a part, nodes and then edges, as they come."""
    network = Network(graph, part)
    out.write(b'{"format_version": "1.0", "data": {"name": "IVIG Evidence Graph"},\n"elements": {"nodes": ')
    write_list(out, map(_node, network.nodes()))
    out.write(b',\n"edges": ')
    write_list(out, map(_edge, network.edges()))
    out.write(b"}}\n")


def _node(node: Node) -> dict[str, Any]:
    # Cytoscape names a node by `name`, and keeps `shared_name` beside it.
    own = {name: value for name, value in node.attributes.items() if value is not None}
    return {"data": {**own, "id": node.iri, "name": node.label, "label": node.label, "type": node.type}}


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "data": {
            "id": f"e{edge.number}",
            "source": edge.source,
            "target": edge.target,
            "interaction": edge.link,
            "inferred": edge.inferred,
        }
    }
