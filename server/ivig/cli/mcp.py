"""`ivig mcp`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="By streamable HTTP at /mcp; standard input without it.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: the port.", min=1, max=65535)] = 8765,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Serve the graph to AI assistants, by the Model Context Protocol.

    An assistant starts it itself, given this command; --http serves several. Tools: search, condition, evidence,
    recommendations, harms, compare, sparql.

    Example: ivig mcp
    """
    from ivig.cli.opened import opened
    from ivig.web.assistants import assistants_server

    server = assistants_server(opened(graph, releases))
    if http:
        print(f"for assistants at http://{host}:{port}/mcp", file=sys.stderr, flush=True)
        server.run("streamable-http", host=host, port=port, json_response=True, stateless_http=True)
    else:
        server.run("stdio")
