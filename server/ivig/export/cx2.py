"""CX2, the exchange format of NDEx and Cytoscape."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from ivig.export.json_lists import write_list
from ivig.export.network import Edge, Network, Node
from ivig.export.part import Part
from ivig.query import Graph

_TYPES = {"text": "string", "integer": "integer", "number": "double", "truth": "boolean"}


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write the network of a part as CX2 has it: an aspect after the other, nodes numbered, success said at the end."""
    network = Network(graph, part)
    numbers: dict[str, int] = {}
    sorts = {"name": "text", "iri": "text", **network.attributes}
    declared = {
        "networkAttributes": {"name": {"d": "string"}, "version": {"d": "string"}, "rights": {"d": "string"}},
        "nodes": {name: {"d": _TYPES[sort]} for name, sort in sorts.items()},
        "edges": {"interaction": {"d": "string"}, "inferred": {"d": "boolean"}},
    }
    about = {"name": "IVIG Evidence Graph", "version": graph.release.digest, "rights": "CC BY 4.0"}

    def node(one: Node) -> dict[str, Any]:
        numbers[one.iri] = len(numbers)
        own = {name: value for name, value in one.attributes.items() if value is not None}
        values = {**own, "name": one.label, "label": one.label, "type": one.type, "iri": one.iri}
        return {"id": numbers[one.iri], "v": values}

    def edge(one: Edge) -> dict[str, Any]:
        values = {"interaction": one.link, "inferred": one.inferred}
        return {"id": one.number, "s": numbers[one.source], "t": numbers[one.target], "v": values}

    out.write(b'[{"CXVersion": "2.0", "hasFragments": false},\n')
    out.write(json.dumps({"attributeDeclarations": [declared]}).encode() + b",\n")
    out.write(json.dumps({"networkAttributes": [about]}).encode() + b',\n{"nodes": ')
    write_list(out, map(node, network.nodes()))
    out.write(b'},\n{"edges": ')
    write_list(out, map(edge, network.edges()))
    out.write(b'},\n{"status": [{"success": true}]}]\n')
