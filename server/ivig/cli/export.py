"""`ivig export`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphFormat, GraphOption, ReleasesOption
from ivig.errors import NotThere


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
    asserted: Annotated[bool, typer.Option("--asserted", help="Leave out what was inferred.")] = False,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Take the graph away, or the part that belongs to one condition, with everything it mentions.

    Example: ivig export --condition "Kawasaki disease" -o kawasaki.ttl
    """
    from ivig.cli.opened import opened
    from ivig.export import serialize_quads, subgraph, whole

    source = opened(graph, releases)
    quads = subgraph(source, condition, inferred=not asserted) if condition else whole(source, inferred=not asserted)
    if output is None:
        serialize_quads(quads, format.value, sys.stdout.buffer)
        return
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            serialize_quads(quads, format.value, file)
        draft.replace(output)
    except OSError as error:
        raise NotThere(f"{output}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
