"""Running the server: one line when it is ready, with the address."""

from __future__ import annotations

import os
import socket

import uvicorn

from ivig.ask import Graph
from ivig.errors import NotThere
from ivig.serve.app import create_app


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._ready, flush=True)


def run(graph: Graph, host: str, port: int) -> None:
    """Serve a graph until told to stop. Port 0 takes a free one. Raises NotThere where the address cannot be had."""
    app = create_app(graph)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise NotThere(
            f"cannot listen on {host}, port {port}: {os.strerror(error.errno) if error.errno else error}"
        ) from error
    shown = f"[{host}]" if ":" in host else host
    ready = f"Serving release {graph.release.digest[:12]} at http://{shown}:{listening.getsockname()[1]}/"
    config = uvicorn.Config(app, log_level="warning", server_header=False)
    _Server(config, ready).run(sockets=[listening])
