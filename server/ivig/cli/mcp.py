"""`ivig mcp`."""

from __future__ import annotations

import socket
import sys
from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import BadInput


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
        _check_free(host, port)
        print(f"for assistants at http://{host}:{port}/mcp", file=sys.stderr, flush=True)
        server.run("streamable-http", host=host, port=port, json_response=True, stateless_http=True)
    else:
        server.run("stdio")


def _check_free(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        # What Python adds in brackets is the address again.
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise BadInput(f"cannot listen at {host}:{port}: {reason}") from error
