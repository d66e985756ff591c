"""A worker opens no connection, whatever its query says: not even one whose text fooled those who looked at it."""

from __future__ import annotations

import socket
import subprocess
import sys

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
