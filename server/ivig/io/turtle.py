"""Triples as the files hold them: reading Turtle, with errors that name the file, the line and what was expected."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from ivig.errors import BadTurtle
from ivig.io.text import read_text

T = TypeVar("T")

_PARSER_PREFIX = re.compile(r"^Parser error (at line \d+ )?(between|at) .*?: ")


def read_turtle(path: Path, name: str | None = None) -> list[Triple]:
    """The triples of a Turtle file. Its blank nodes get names of their own, the same each time that it is read.

    :param name: what messages call the file; its path where None
    :raises NotThere: where there is no such file
    :raises BadInput: where it is no text
    :raises BadTurtle: with file, line, column and what the parser expected
    """
    name = name or str(path)
    try:
        triples = [quad.triple for quad in parse(read_text(path, name), format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        message = _PARSER_PREFIX.sub("", error.msg)
        raise BadTurtle(f"{name}, line {error.lineno}, column {error.offset}: {message}") from error
    prefix = f"b{hashlib.sha256(name.encode()).hexdigest()[:16]}n"
    blanks: dict[object, BlankNode] = {}

    def named(term: T) -> T | BlankNode:
        return blanks.setdefault(term, BlankNode(f"{prefix}{len(blanks)}")) if isinstance(term, BlankNode) else term

    return [Triple(named(t.subject), t.predicate, named(t.object)) if _has_blank(t) else t for t in triples]


def _has_blank(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def in_graph(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """The triple as a quad of a graph.

    :param triple: any
    :param graph: its name, or the default graph
    :returns: the quad
    """
    return Quad(triple.subject, triple.predicate, triple.object, graph)
