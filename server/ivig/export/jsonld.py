"""JSON-LD, compact, a thing a line, with the context at the head.

Written here and not by a library: pyld and rdflib compact a document that they hold as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, BinaryIO

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from ivig.export.context import LANG_STRING, LINK, STRING, Context, short
from ivig.export.part import Part
from ivig.export.rdf import triples
from ivig.export.whole import whole
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE
from ivig.query import Graph

_XSD = PREFIXES["xsd"]


def write(graph: Graph, part: Part, format_name: str, out: BinaryIO) -> None:
    """Write a part; things in the order of their IRIs, as they come."""
    _write(graph, part.quads(), out)


def write_whole(graph: Graph, format_name: str, out: BinaryIO, *, inferred: bool) -> None:
    """Write the whole graph."""
    _write(graph, whole(graph.release, inferred=inferred), out)


def _write(graph: Graph, quads: Iterable[Quad], out: BinaryIO) -> None:
    context = Context(graph)
    out.write(b'{"@context":\n')
    out.write(_json(context.document()["@context"]))
    out.write(b',\n"@graph": [')
    between = b"\n"
    for subject, of_subject in groupby(triples(quads), key=lambda triple: triple.subject):
        out.write(between + _json(_node(context, _id(subject), of_subject)))
        between = b",\n"
    out.write(b"\n]}\n")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _node(context: Context, id: str, said: Iterable[Triple]) -> dict[str, Any]:
    types: list[str] = []
    values: dict[str, list[Any]] = {}
    for triple in said:
        if triple.predicate.value == RDF_TYPE and isinstance(triple.object, NamedNode):
            types.append(context.type(triple.object.value))
        else:
            name, coerced = context.property(triple.predicate.value, _sort(triple.object))
            values.setdefault(name, []).append(_value(triple.object, coerced))
    node: dict[str, Any] = {"id": id}
    if types:
        node["type"] = _one_or_many(types)
    return node | {name: _one_or_many(of_name) for name, of_name in values.items()}


def _one_or_many(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _sort(term: object) -> str:
    if not isinstance(term, Literal):
        return LINK
    return term.datatype.value if term.language in (None, "en") else term.language


def _value(term: object, coerced: str) -> Any:
    if not isinstance(term, Literal):
        return _id(term) if coerced == LINK else {"id": _id(term)}
    datatype = term.datatype.value
    if term.language:
        return term.value if coerced == LANG_STRING else {"@value": term.value, "@language": term.language}
    if datatype == STRING:
        return term.value
    return _native(term.value, datatype) if datatype == coerced else {"@value": term.value, "type": short(datatype)}


def _native(text: str, datatype: str) -> Any:
    """A number or truth as JSON has it, where that says the same: decimals would turn into floats."""
    if datatype == _XSD + "boolean" and text in ("true", "false"):
        return text == "true"
    if datatype == _XSD + "integer" and text.lstrip("-").isdigit() and str(int(text)) == text:
        return int(text)
    return text


def _id(term: object) -> str:
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    if not isinstance(term, NamedNode):
        raise TypeError(f"{term} has no identifier")
    if (curie := short(term.value)) != term.value:
        return curie
    path = term.value.removeprefix(BASE)
    # What has a colon would read as a prefix, what is empty as nothing.
    return path if path != term.value and path and ":" not in path and "#" not in path else term.value
