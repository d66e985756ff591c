"""The relay of a server, for a command that has none: a query on the command line calls other servers through it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ivig.query.service_calls import Allowed
from ivig.web.services import Services
from ivig.web.settings import settings_from


@contextmanager
def relaying(hosts: str) -> Iterator[Allowed]:
    """What a query may call while the relay runs, on loopback and for this process alone.

    hosts: names of servers, with commas between. Other settings are those of a server, from the environment.
    """
    services = Services(settings_from({"service_hosts": hosts}))

    async def relay(scope: Scope, receive: Receive, send: Send) -> None:
        if services.is_for(scope):
            await services(scope, receive, send)
        else:
            await Response(status_code=404)(scope, receive, send)

    config = uvicorn.Config(relay, interface="asgi3", ws="none", lifespan="off", log_config=None, server_header=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        services.listen_at(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield services.allowed
        finally:
            server.should_exit = True
            thread.join()
