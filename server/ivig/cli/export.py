"""`ivig export`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from ivig.cli.options import BibliographyFormat, GraphFormat, GraphOption, ReleasesOption
from ivig.errors import BadInput, NotThere


def export(
    condition: Annotated[
        str | None, typer.Option("--condition", help="One condition and its narrower ones; everything without it.")
    ] = None,
    format: Annotated[
        GraphFormat, typer.Option("--format", "-f", help="Turtle, or N-Quads with graphs.")
    ] = GraphFormat.turtle,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; standard output without it.")
    ] = None,
    citations: Annotated[
        BibliographyFormat | None, typer.Option("--citations", help="The publications instead, as a bibliography.")
    ] = None,
    asserted: Annotated[bool, typer.Option("--asserted", help="Leave out what was inferred.")] = False,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Take the graph away, or the part that belongs to one condition, with everything it mentions.

    Example: ivig export --condition "Kawasaki disease" -o kawasaki.ttl
    """
    from ivig.cli.opened import opened

    source = opened(graph, releases)
    if citations is not None:
        from ivig.export.citations import bibliography

        if condition:
            raise BadInput("--citations gives the publications of the whole graph: leave --condition out")
        text = bibliography(source, citations.value).encode()
        _write(output, lambda out: out.write(text))
        return
    from ivig.export import serialize_quads, subgraph, whole

    quads = subgraph(source, condition, inferred=not asserted) if condition else whole(source, inferred=not asserted)
    _write(output, lambda out: serialize_quads(quads, format.value, out))


def _write(path: Path | None, write: Callable[[BinaryIO], object]) -> None:
    """Write to a file, which is there whole or not at all, or to standard output."""
    if path is None:
        write(sys.stdout.buffer)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            write(file)
        draft.replace(path)
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
