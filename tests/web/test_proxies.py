"""The examples for reverse proxies, in front of a real server: they pass on who asks, and keep limits per client."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from conftest import ROOT, Run, serving
from web.test_workers import make_current, twice, until

pytestmark = pytest.mark.peers

EXAMPLES = ROOT / "docs" / "examples"
PREFIX = "/ivig"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _configured(name: str, folder: Path, address: str) -> tuple[list[str | Path], str]:
    """The command that runs a proxy with its example, on a free port without TLS; and its address.

    address: that of the server; of two, with a space between
    """
    port = _free_port()
    program = shutil.which("caddy" if name.startswith("Caddyfile") else "nginx")
    assert program, f"the proxy for {name} is missing: run tests/tools/install"
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    for place, one in zip(("127.0.0.1:8000", "127.0.0.1:8001"), address.split(), strict=False):
        text = text.replace(place, one.removeprefix("http://"))
    if name.startswith("Caddyfile"):
        config = folder / "Caddyfile"
        text = text.replace("example.org {", f"http://127.0.0.1:{port} {{")
        config.write_text("{\n\tadmin off\n}\n" + text)
        return [program, "run", "--adapter", "caddyfile", "--config", config], f"http://127.0.0.1:{port}"
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("/var/cache/nginx/ivig", f"{folder}/cache").replace("/etc/nginx/", f"{folder}/")
    config = folder / "nginx.conf"
    config.write_text(
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
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


def test_replicas_stand_behind_a_cache_that_knows_the_release(releases: Path, run: Run, tmp_path: Path) -> None:
    home, both = twice(releases, tmp_path / "releases")

    def release_is(digest: str) -> None:
        (tmp_path / "ivig-release.conf").write_text(f"set $ivig_release {digest};\n")

    def asked(path: str, **headers: str) -> tuple[int, str, str]:
        answer = httpx.get(where + path, headers=headers, timeout=60)
        return (
            answer.status_code,
            answer.headers.get("x-cache-status", ""),
            answer.headers["content-type"].partition(";")[0],
        )

    release_is(both[0].digest)
    words = ("--releases", home.folder, "--trusted-proxies", "127.0.0.1")
    with (
        serving(*words) as (first, one),
        serving(*words) as (_, other),
        _proxy("nginx-cache.conf", tmp_path, f"{one} {other}") as where,
    ):
        path = "/queries/mechanisms?format=csv"
        assert [asked(path) for _ in range(2)] == [(200, "MISS", "text/csv"), (200, "HIT", "text/csv")]
        etag = httpx.get(where + path).headers["etag"]
        assert etag in {httpx.get(each + path).headers["etag"] for each in (one, other)}
        assert httpx.get(where + path, headers={"if-none-match": etag}).status_code == 304
        # One address, two answers.
        thing = "/condition/kawasaki-disease"
        for kind in ("text/html", "text/turtle"):
            assert [asked(thing, accept=kind) for _ in range(2)] == [(200, "MISS", kind), (200, "HIT", kind)]
        # What differs each time is never kept, nor what says that something is wrong.
        for once in ("/health", "/ready", "/condition/nothing-of-the-kind", "/sparql?query=SELECT(NOW()AS%3Fn)%7B%7D"):
            assert "HIT" not in {asked(once)[1] for _ in range(2)}, once
        # Another release, and everybody has it.
        make_current(home, both[1])
        for each in (one, other):
            assert run("reload", "--port", each.rpartition(":")[2]).returncode == 0
        release_is(both[1].digest)
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGHUP)
        until(lambda: asked(path)[1] == "MISS")
        assert asked(path)[:2] == (200, "HIT")
        # One replica is enough for what is not kept yet.
        first.kill()
        first.wait()
        names = ("conditions", "uses", "citations", "evidence-gaps")
        assert {asked(f"/queries/{name}?format=csv")[:2] for name in names} == {(200, "MISS")}
