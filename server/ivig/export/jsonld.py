"""JSON-LD, compacted by pyld, a thing a line, with the context at the head."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, BinaryIO

from pyoxigraph import Literal, NamedNode, Quad

from ivig.export.context import Context, short
from ivig.export.formats import needed
from ivig.export.subgraph import Subgraph, triples, whole
from ivig.namespaces import PREFIXES, RDF_TYPE
from ivig.query import Graph

_BATCH = 100
"""Things that are compacted at once: pyld takes documents, and the whole graph need not be one."""
_XSD = PREFIXES["xsd"]


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write a subgraph; things in the order of their IRIs, as they come.

    :param graph: the one that the subgraph is of; it has the context
    :param subgraph: what to write
    :param format_name: not looked at: there is one format here
    :param out: takes the bytes, in UTF-8
    :raises NotInstalled: without pyld
    """
    _write(graph, subgraph.quads(), out)


def write_whole(graph: Graph, format_name: str, out: BinaryIO, *, inferred: bool) -> None:
    """Write the whole graph.

    :param graph: what to write
    :param format_name: not looked at: there is one format here
    :param out: takes the bytes, in UTF-8
    :param inferred: whether to include what was derived
    :raises NotInstalled: without pyld
    """
    _write(graph, whole(graph.release, inferred=inferred), out)


def _write(graph: Graph, quads: Iterable[Quad], out: BinaryIO) -> None:
    pyld = needed("pyld.jsonld")
    context = Context(graph).document()["@context"]
    nodes = _nodes(quads)
    out.write(b'{"@context":\n' + _json(context) + b',\n"@graph": [')
    between = b"\n"
    while batch := list(islice(nodes, _BATCH)):
        for node in pyld.compact(batch, _used(context, batch), {"graph": True, "skipExpansion": True})["@graph"]:
            out.write(between + _json(node))
            between = b",\n"
    out.write(b"\n]}\n")


def _used(context: dict[str, Any], batch: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the context what some things need: pyld looks through all of it for every IRI, and gives the same."""
    always = (*PREFIXES, "id", "type")
    names = {short(name) for node in batch for name in (*node, *node.get("@type", ()))}
    return {
        name: term
        for name, term in context.items()
        if name.startswith("@") or name in always or (term["@id"] if isinstance(term, dict) else term) in names
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _nodes(quads: Iterable[Quad]) -> Iterator[dict[str, Any]]:
    """The things in expanded form."""
    for subject, said in groupby(triples(quads), key=lambda triple: triple.subject):
        node: dict[str, Any] = {"@id": _id(subject)}
        for triple in said:
            if triple.predicate.value == RDF_TYPE:
                node.setdefault("@type", []).append(_id(triple.object))
            else:
                node.setdefault(triple.predicate.value, []).append(_value(triple.object))
        yield node


def _value(term: object) -> dict[str, Any]:
    if not isinstance(term, Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    if datatype == _XSD + "string":
        return {"@value": term.value}
    return {"@value": _native(term.value, datatype), "@type": datatype}


def _native(text: str, datatype: str) -> Any:
    """A number or truth as JSON has it, where that says the same: decimals would turn into floats."""
    if datatype == _XSD + "boolean" and text in ("true", "false"):
        return text == "true"
    if datatype == _XSD + "integer" and text.lstrip("-").isdecimal() and str(int(text)) == text:
        return int(text)
    return text


def _id(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)
