"""The examples for reverse proxies, in front of a real server: they pass on who asks, and keep limits per client."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from conftest import ROOT, serving

pytestmark = pytest.mark.peers

EXAMPLES = ROOT / "docs" / "examples"
PREFIX = "/ivig"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _configured(name: str, folder: Path, address: str) -> tuple[list[str | Path], str]:
    """The command that runs a proxy with its example, on a free port without TLS; and its address."""
    port = _free_port()
    program = shutil.which("caddy" if name.startswith("Caddyfile") else "nginx")
    assert program, f"the proxy for {name} is missing: run tests/tools/install"
    text = (EXAMPLES / name).read_text(encoding="utf-8").replace("127.0.0.1:8000", address.removeprefix("http://"))
    if name.startswith("Caddyfile"):
        config = folder / "Caddyfile"
        text = text.replace("example.org {", f"http://127.0.0.1:{port} {{")
        config.write_text("{\n\tadmin off\n}\n" + text)
        return [program, "run", "--adapter", "caddyfile", "--config", config], f"http://127.0.0.1:{port}"
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{text}\n}}\n"
    )
    return [program, "-p", folder, "-c", config], f"http://127.0.0.1:{port}"


@contextmanager
def _proxy(name: str, folder: Path, address: str) -> Iterator[str]:
    command, where = _configured(name, folder, address)
    environment = {"HOME": str(folder), "PATH": "/usr/bin"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                httpx.get(where, timeout=5)
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
                time.sleep(0.1)
        yield where
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.parametrize("name", ["Caddyfile", "Caddyfile.prefix", "nginx.conf", "nginx-prefix.conf"])
def test_it_passes_on_who_asks_and_where(name: str, releases: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    prefix = PREFIX if "prefix" in name else ""
    words = ("--releases", releases, "--trusted-proxies", "127.0.0.1", "--access-log", log)
    with serving(*words) as (_, address), _proxy(name, tmp_path, address) as where:
        page = httpx.get(f"{where}{prefix}/queries", headers={"accept": "text/html"})
        style = re.search(rf'href="({prefix}/static/[^"]*style\.css[^"]*)"', page.text)
        assert style
        assert httpx.get(f"{where}{style[1]}").status_code == 200
        assert httpx.get(f"{where}{prefix}/sparql?query=ASK%7B%7D").json()["boolean"] is True
        assert f"<{where}{prefix}/sparql>" in httpx.get(f"{where}{prefix}/.well-known/void").text
        transport = httpx.HTTPTransport(local_address="127.0.0.9")
        with httpx.Client(transport=transport) as client:
            assert client.get(f"{where}{prefix}/find?name=stif").status_code == 200
            # What a client says of itself is not believed.
            client.get(f"{where}{prefix}/find?name=stif", headers={"x-forwarded-for": "192.0.2.7"})
    clients = [json.loads(line)["client"] for line in log.read_text().splitlines() if "/find" in line]
    assert clients == ["127.0.0.9", "127.0.0.9"]


def test_nginx_keeps_a_client_to_its_share(releases: Path, tmp_path: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d } #"
    with (
        serving("--releases", releases, "--trusted-proxies", "127.0.0.1") as (_, address),
        _proxy("nginx.conf", tmp_path, address) as where,
        ThreadPoolExecutor(60) as threads,
    ):

        def ask(number: int) -> int:
            return httpx.get(f"{where}/sparql", params={"query": f"{slow}{number}"}, timeout=60).status_code

        assert 429 in set(threads.map(ask, range(60)))
        assert httpx.get(f"{where}/health", timeout=30).status_code == 200
        host, port = where.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")
            begun = time.monotonic()
            while connection.recv(4096):
                pass
            assert time.monotonic() - begun < 40
