"""A worker opens no connection, whatever its query says: not even one whose text fooled those who looked at it."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from ivig.errors import BadQuery
from ivig.query import Graph
from ivig.query.service_calls import Allowed
from query.test_sandbox import answer, pool_of, run

PROGRAM = """
import socket
from pyoxigraph import Store
from ivig.query.sandbox.no_network import leave_the_network
pair = socket.socketpair()
assert leave_the_network()
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        socket.socket(family)
    except PermissionError:
        continue
    raise SystemExit("a socket was opened")
pair[0].send(b"x")
assert pair[1].recv(1) == b"x"
socket.socket(socket.AF_UNIX).close()
try:
    bool(Store().query("ASK { SERVICE <ADDRESS> {} }"))
except OSError as error:
    print(type(error).__name__)
"""


def _is_called(listening: socket.socket) -> bool:
    listening.settimeout(5)
    try:
        listening.accept()[0].close()
    except TimeoutError:
        return False
    return True


def test_a_process_that_left_the_network_opens_no_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        program = PROGRAM.replace("ADDRESS", f"http://127.0.0.1:{listening.getsockname()[1]}/")
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, "PermissionError\n", "")
        assert not _is_called(listening)


@pytest.mark.parametrize("network", [False, True])
def test_a_worker_calls_others_only_where_it_has_a_network(graph: Graph, network: bool) -> None:
    """A call that got past those who look over the text, as any is that they allow."""

    async def test(relay: str) -> None:
        services = Allowed(("a.example",), relay)
        async with pool_of(graph.release, network=network) as (pool, _):
            with pytest.raises(BadQuery, match="the query failed" if network else "Permission denied"):
                await answer(pool, "ASK { SERVICE <http://a.example/> {} }", services=services)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay = f"http://127.0.0.1:{listening.getsockname()[1]}/?to="
        called = []
        listener = threading.Thread(target=lambda: called.append(_is_called(listening)))
        listener.start()
        run(lambda: test(relay))
        listener.join()
        assert called == [network]
