"""`ivig publish`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption, write_output
from ivig.errors import BadInput

_SECONDS = 600.0
"""That an engine may take for one piece of a release."""


def publish(
    to: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="SPARQL endpoint of the engine.", show_default=False)
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Make the release before it current again.")] = False,
    graph_store: Annotated[
        str | None,
        typer.Option(
            "--graph-store",
            metavar="URL",
            help="Where its graphs are written.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many releases stay there.")] = 2,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="FILE.nq", help="Write N-Quads for the engine's own loader instead.", show_default=False
        ),
    ] = None,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Load the current release into an engine elsewhere, beside the one it has, and switch when all of it is there.

    Credentials stand in IVIG_ENGINE_USER and IVIG_ENGINE_PASSWORD, or IVIG_ENGINE_TOKEN.
    Example: ivig publish --to https://example.org/sparql
    """
    from ivig.cli.opened import opened
    from ivig.query.remote import Endpoint
    from ivig.query.remote.releases import internal_queries, publish_to, take_back, write_quads

    if (to is None) == (write is None):
        raise BadInput("give an endpoint with --to, or a file with --write")
    release = opened(graph, releases).release
    if to is None:
        write_output(write, lambda out: write_quads(release, out))
        return
    endpoint = Endpoint(to, os.environ.get("IVIG_ENGINE_DIALECT", ""), _SECONDS)
    store = graph_store or endpoint.dialect.graph_store_of(to)
    if not store:
        raise BadInput(f"where {endpoint.dialect.name} takes graphs is not known: name it with --graph-store")
    if undo:
        digest = take_back(endpoint, store, internal_queries(release))
    else:
        publish_to(release, endpoint, store, keep, lambda line: print(line, file=sys.stderr))
        digest = release.digest
    print(f"release {digest[:12]} is current at {to}")
