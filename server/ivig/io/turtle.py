"""Triples as the files hold them: reading Turtle, with errors that name the file, the line and what was expected."""

from __future__ import annotations

import re
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from ivig.errors import BadTurtle, NotThere

_PARSER_PREFIX = re.compile(r"^Parser error (at line \d+ )?(between|at) .*?: ")


def read_turtle(path: Path, name: str | None = None) -> list[Triple]:
    """The triples of a Turtle file.

    name: how messages call the file; its path where None.
    Raises NotThere, or BadTurtle with file, line, column and what the parser expected.
    """
    name = name or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotThere(f"{name}: {error.strerror}") from error
    try:
        return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        message = _PARSER_PREFIX.sub("", error.msg)
        raise BadTurtle(f"{name}, line {error.lineno}, column {error.offset}: {message}") from error
    except UnicodeDecodeError as error:
        raise BadTurtle(f"{name}: not UTF-8 at byte {error.start}") from error


def in_graph(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    """The triple as a quad of a graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)
