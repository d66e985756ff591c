"""`ivig serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption


def serve(
    host: Annotated[str, typer.Option(envvar="IVIG_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="IVIG_PORT", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Serve the graph over HTTP: SPARQL endpoint, saved queries, a page for every thing.

    Example: ivig serve --port 8080
    """
    from ivig.cli.opened import opened
    from ivig.serve import run

    run(opened(graph, releases), host, port)
