"""The server as a process: the ready line, a clean stop, and a release that does not change under its readers."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from conftest import IVIG, Run, serving
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.graph_files import graph_files
from small import SOURCE, efficacy, folder_with


def test_the_ready_line_has_the_address_and_it_stops_when_told(releases: Path) -> None:
    with serving("--releases", releases, "--host", "127.0.0.1", "--no-metrics") as (process, address):
        health = httpx.get(f"{address}/health").json()
        assert health["status"] == "ok"
        assert httpx.get(f"{address}/metrics").status_code == 404
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (out, err) == (f"Stopped serving release {health['release'][:12]}\n", "")


def test_a_port_that_is_taken_is_said(releases: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [IVIG, "serve", "--port", port, "--releases", releases],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == f"ivig: cannot listen on 127.0.0.1, port {port}: Address already in use\n"


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70 + ".example", "300.1.1.1", "::zz"])
def test_a_host_that_is_none_is_said(run: Run, host: str) -> None:
    done = run("serve", "--host", host)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"ivig: cannot listen on {host}, port 8000: "), done.stderr
    assert "Unknown error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_new_release_does_not_change_what_is_being_served(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    releases = Releases(tmp_path / "releases")
    first = build(graph_files(folder), releases)
    with serving("--graph", folder, "--releases", releases.folder) as (_, address):
        data = folder / "data" / "ivig.ttl"
        data.write_text(data.read_text().replace("direction/benefit", "direction/harm"))
        second = build(graph_files(folder), releases)
        assert second.digest != first.digest
        assert httpx.get(f"{address}/health").json()["release"] == first.digest
        rows = httpx.get(f"{address}/queries/conditions").json()["results"]["bindings"]
        assert rows[0]["verdict"]["value"] == "benefit"
