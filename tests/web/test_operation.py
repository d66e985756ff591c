"""For those who run the server: ready or not, counters, the access log, ordinary rights, little memory."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

import ivig
from conftest import IVIG, ROOT, Run, serving
from ivig.web.monitoring import access_log, query_digest
from query.test_sandbox import workers_of

SECRET = 'SELECT * { ?s ?p "a secret" }'


def test_ready_says_when_a_worker_is_missing(releases: Path) -> None:
    with serving("--releases", releases, "--query-workers", "2") as (process, address):
        ready = httpx.get(f"{address}/ready")
        assert (ready.status_code, ready.json()["workers"], ready.headers["cache-control"]) == (200, 2, "no-store")
        os.kill(workers_of(process.pid).pop(), signal.SIGKILL)
        statuses = [0]
        while 503 not in statuses or statuses[-1] != 200:
            statuses.append(httpx.get(f"{address}/ready").status_code)
            assert len(statuses) < 5000
        assert 'ivig_workers_stopped_total{reason="killed"} 1.0' in httpx.get(f"{address}/metrics").text


def test_the_counters_count(server: httpx.Client) -> None:
    def value(name: str) -> float:
        found = re.findall(rf"^{re.escape(name)} (\S+)$", server.get("/metrics").text, re.MULTILINE)
        return float(found[0]) if found else 0.0

    names = [
        'ivig_requests_total{area="queries",status="200"}',
        'ivig_requests_total{area="sparql",status="400"}',
        'ivig_request_seconds_count{area="queries"}',
    ]
    before = [value(name) for name in names]
    server.get("/queries/mechanisms?format=csv")
    server.get("/sparql?query=nonsense")
    assert [value(name) - was for name, was in zip(names, before, strict=True)] == [1, 1, 1]
    assert value("ivig_workers") == 4
    assert value("ivig_cache_bytes") > 0


def test_the_metrics_are_what_prometheus_reads(server: httpx.Client) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    answer = server.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {"ivig_requests", "ivig_request_seconds", "ivig_queue", "ivig_workers_stopped", "ivig_cache"} <= set(
        families
    )
    assert families["ivig_release_info"].samples[0].labels["digest"] == server.get("/health").json()["release"]
    assert 0 < families["ivig_release_age_seconds"].samples[0].value < 3600


def test_the_access_log_has_digests_and_no_texts(releases: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    with serving("--releases", releases, "--access-log", log) as (_, address):
        httpx.get(f"{address}/sparql", params={"query": SECRET}, headers={"authorization": "Bearer a secret"})
        httpx.get(f"{address}/sparql", params={"query": SECRET})
        httpx.post(f"{address}/sparql", data={"query": SECRET})
        httpx.get(f"{address}/find?name=a+secret")
        httpx.get(f"{address}/nothing\u2028here")
    text = log.read_text()
    assert "secret" not in text
    start, *lines, stop = [json.loads(line) for line in text.splitlines()]
    # The server itself is a line too, with its release.
    digest = ivig.open(ROOT, releases).release.digest
    assert [(one["event"], one["release"]) for one in (start, stop)] == [("start", digest), ("stop", digest)]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/sparql", 200), ("GET", "/sparql", 200), ("POST", "/sparql", 200), ("GET", "/find", 200), ("GET", "/nothing\u2028here", 404),
    ]  # fmt: skip
    assert [line["query"] for line in lines[:3]] == [query_digest(SECRET)] * 3
    assert [line["kept"] for line in lines[:3]] == [False, True, False]
    assert all(line["ms"] >= 0 and line["bytes"] > 0 and line["client"] == "127.0.0.1" for line in lines)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_log_that_was_moved_away_is_followed_by_a_new_one(releases: Path, tmp_path: Path) -> None:
    log, old = tmp_path / "access.jsonl", tmp_path / "access.jsonl.1"
    with serving("--releases", releases, "--access-log", log) as (_, address):
        # A request is noted once its answer is out.
        for path, then in (("/health", lambda: log.rename(old)), ("/ready", log.unlink), ("/metrics", lambda: None)):
            httpx.get(address + path)
            _until(lambda path=path: log.exists() and path in log.read_text())
            then()
    assert [json.loads(line).get("path") for line in old.read_text().splitlines()] == [None, "/health"]
    assert [json.loads(line).get("path") for line in log.read_text().splitlines()] == ["/metrics", None]


def test_a_full_disk_stops_nobody(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.symlink_to("/dev/full")
    log = access_log(place)
    handlers = list(log.handlers)
    log.info("lost")
    # It can be written to again.
    place.unlink()
    log.info("noted")
    assert place.read_text() == "noted\n"
    # A folder that has gone is no reason to fail either.
    gone = tmp_path / "folder" / "log"
    gone.parent.mkdir()
    log = access_log(gone)
    handlers += log.handlers
    shutil.rmtree(gone.parent)
    log.info("lost")
    access_log(None).info("nowhere")
    for handler in handlers:
        handler.close()
    assert capfd.readouterr().err == ""


def test_the_log_may_be_standard_error(releases: Path) -> None:
    process = subprocess.Popen(
        [IVIG, "serve", "--port", "0", "--releases", releases, "--access-log", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = re.search(r"http://\S+:\d+", process.stdout.readline())
    assert address
    httpx.get(f"{address[0]}/health")
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert json.loads(err)["path"] == "/health"


def test_a_log_that_cannot_be_written_is_said_at_once(run: Run) -> None:
    done = run("serve", "--access-log", "/nowhere/log")
    assert (done.returncode, done.stderr) == (2, "ivig: /nowhere/log: No such file or directory\n")


def test_it_runs_from_a_folder_that_nobody_may_write_to(releases: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sealed"
    shutil.copytree(releases, folder, symlinks=True)
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(stat.S_IREAD | stat.S_IEXEC if path.is_dir() else stat.S_IREAD)
    as_other = ["unshare", "--user", "--map-user=65534"] if os.geteuid() == 0 else []
    nowhere = {**os.environ, "IVIG_CACHE": "/proc/nowhere"}
    process = subprocess.Popen(
        [*as_other, IVIG, "serve", "--port", "0", "--releases", folder],
        stdout=subprocess.PIPE,
        text=True,
        env=nowhere,
        cwd=folder,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert address
        assert httpx.get(f"{address[0]}/queries/conditions").status_code == 200
        assert httpx.get(f"{address[0]}/sparql?query=ASK%7B%7D").json()["boolean"] is True
    finally:
        process.terminate()
        process.communicate(timeout=20)
        assert {path: path.lstat().st_mtime_ns for path in folder.rglob("*")} == before
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o700)


def test_all_processes_together_stay_within_500_megabytes(releases: Path) -> None:
    with serving("--releases", releases) as (process, address), httpx.Client(base_url=address, timeout=60) as client:
        for query in client.get("/queries?format=json").json()[::3]:
            if not any(parameter["required"] for parameter in query["parameters"]):
                client.get(query["href"], params={"format": "json"}).raise_for_status()
        for number in range(3):
            client.post("/sparql", data={"query": f"SELECT * {{ ?s ?p ?o }} ORDER BY ?o LIMIT 2000 # {number}"})
        client.get("/graph/data?format=turtle").raise_for_status()
        client.get("/export?condition=Kawasaki+disease&format=turtle").raise_for_status()
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True).stdout
        processes = [str(process.pid), *children.split()]
        assert len(processes) == 6
        kilobytes = 0
        for one in processes:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kilobytes += int(line.split()[1])
    assert kilobytes < 500_000


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_operation_is_never_kept(server: httpx.Client, path: str) -> None:
    assert server.get(path).headers["cache-control"] == "no-store"
