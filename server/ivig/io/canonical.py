"""The one way to write a data file, so that a change to it can be read as prose.

One subject a block, blocks in the order of their IRIs, predicates in a fixed order: what a thing says before where it
comes from. The comment lines at the head of a file are kept.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.errors import BadInput
from ivig.io.atomic import finished_file
from ivig.io.turtle import read_turtle
from ivig.model.schema import schema
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE

_XSD = PREFIXES["xsd"]

_AFTER_ALL = sys.maxsize
"""The place of what no shape names."""
_LINE = 120

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SHORT_FORM = {
    _XSD + "integer": re.compile(r"[+-]?\d+"),
    _XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_LOCAL_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


def canonical_turtle(triples: Iterable[Triple], head: str = "") -> str:
    """Turtle in canonical order.

    :param triples: what to write, in any order
    :param head: comment lines to stand first, each with its line end
    :raises BadInput: at a blank node: everything in the data has an IRI
    """
    blocks: dict[str, dict[str, set[str]]] = {}
    used: set[str] = set()
    for triple in triples:
        if not isinstance(triple.subject, NamedNode) or isinstance(triple.object, BlankNode):
            raise BadInput(f"{triple.subject} {triple.predicate}: a blank node; give the thing an IRI of its own")
        block = blocks.setdefault(triple.subject.value, {})
        block.setdefault(triple.predicate.value, set()).add(_term(triple.object, used))
    body = "".join("\n" + _block(subject, blocks[subject], used) for subject in sorted(blocks))
    prefixes = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted(used))
    return f"{head}{prefixes}@base <{BASE}> .\n{body}"


def format_file(path: Path, *, check: bool = False) -> bool:
    """Bring a Turtle file into canonical order; whether it was in another.

    :param path: the file, which is written anew where its order was another
    :param check: only look
    :raises BadInput: where a comment below the head would be lost
    """
    triples = read_turtle(path)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    depth = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    for number, line in enumerate(lines[depth:], depth + 1):
        if line.lstrip().startswith("#"):
            raise BadInput(f"{path}, line {number}: a comment here would be lost; put it in a skos:note or at the head")
    canonical = canonical_turtle(triples, "".join(lines[:depth]))
    changed = canonical != text
    if changed and not check:
        with finished_file(path) as draft:
            draft.write_text(canonical, encoding="utf-8")
    return changed


def _block(subject: str, block: dict[str, set[str]], used: set[str]) -> str:
    order = schema().order
    rows = []
    for predicate in sorted(block, key=lambda iri: (iri != RDF_TYPE, order.get(iri, _AFTER_ALL), iri)):
        name = "a" if predicate == RDF_TYPE else _iri(predicate, used)
        objects = sorted(block[predicate])
        row = f"{name} {', '.join(objects)}"
        rows.append(row if len(row) <= _LINE else f"{name} " + ",\n        ".join(objects))
    return f"{_iri(subject, used)} " + " ;\n    ".join(rows) + " .\n"


def _term(term: NamedNode | Literal | Triple, used: set[str]) -> str:
    if isinstance(term, NamedNode):
        return _iri(term.value, used)
    if not isinstance(term, Literal):
        raise BadInput(f"{term}: a quoted triple has no place in the data")
    datatype = term.datatype.value
    short = _SHORT_FORM.get(datatype)
    if short and short.fullmatch(term.value):
        return term.value
    quoted = '"' + "".join(_ESCAPES.get(character, character) for character in term.value) + '"'
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if datatype == _XSD + "string" else f"{quoted}^^{_iri(datatype, used)}"


def _iri(iri: str, used: set[str]) -> str:
    for name, namespace in PREFIXES.items():
        if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(iri, len(namespace)):
            used.add(name)
            return f"{name}:{iri[len(namespace) :]}"
    return f"<{iri[len(BASE) :] or iri}>" if iri.startswith(BASE) else f"<{iri}>"
