"""Several processes at one port: all answer, all change their release together, and one that ends is replaced."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from conftest import IVIG, Run, serving
from ivig.build.release import MANIFEST, Release, Releases
from ivig.web.settings import Settings
from query.test_sandbox import workers_of

ASK = "/sparql?query=ASK%7B%7D"


def twice(releases: Path, folder: Path) -> tuple[Releases, list[Release]]:
    """A folder of releases that has the real one twice, under two digests; the first is current."""
    real = Releases(releases).current()
    assert real
    home = Releases(folder)
    both = []
    for number in (1, 2):
        release = Release(folder / f"release-{number}")
        release.folder.mkdir(parents=True)
        for path in real.folder.iterdir():
            (release.folder / path.name).symlink_to(path)
        (manifest := release.folder / MANIFEST).unlink()
        manifest.write_text((real.folder / MANIFEST).read_text().replace(real.digest, str(number) * 64))
        both.append(release)
    make_current(home, both[0])
    return home, both


def make_current(releases: Releases, release: Release) -> None:
    draft = releases.folder / "draft"
    draft.symlink_to(release.folder.name)
    draft.replace(releases.folder / "current")


def children_of(process: int) -> list[int]:
    """The processes that one has started."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def seen(address: str, times: int = 24) -> set[str]:
    """The releases that new connections see, each of which may come to another process."""
    return {httpx.get(f"{address}/health").json()["release"] for _ in range(times)}


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def test_all_answer_and_one_that_is_killed_is_replaced(releases: Path, run: Run, tmp_path: Path) -> None:
    home, (first, second) = twice(releases, tmp_path / "releases")
    log = tmp_path / "log"
    words = ("--releases", home.folder, "--workers", "2", "--access-log", log)
    with serving(*words, complaints=("was ended by signal 9 and is replaced",)) as (process, address):
        processes = children_of(process.pid)
        assert [len(workers_of(one)) for one in processes] == [2, 2]
        assert seen(address) == {first.digest}
        metrics = httpx.get(f"{address}/metrics").text
        assert set(re.findall(r'ivig_requests_total\{area="health",process="(\d)"', metrics)) == {"0", "1"}
        assert metrics.count("# TYPE ivig_requests_total counter") == 1
        # What takes the place of a process serves what the others serve, not what is newer.
        make_current(home, second)
        queries = workers_of(processes[0])
        os.kill(processes[0], signal.SIGKILL)
        assert httpx.get(address + ASK).json()["boolean"] is True
        until(lambda: all(map(is_gone, queries)))
        until(
            lambda: (
                len(children_of(process.pid)) == 2 and httpx.get(f"{address}/metrics").text.count("release_info{") == 2
            )
        )
        assert seen(address) == {first.digest}
        assert run("reload", "--port", address.rpartition(":")[2]).returncode == 0
        assert seen(address) == {second.digest}
        # A release that cannot be opened changes nothing in any of them.
        (broken := home.folder / "broken").mkdir()
        (broken / "manifest.json").write_text('{"digest": "x", "graphs": {}}')
        make_current(home, Release(broken))
        done = run("reload", "--port", address.rpartition(":")[2])
        assert (done.returncode, f"the server keeps release {second.digest[:12]}" in done.stderr) == (2, True)
        assert seen(address) == {second.digest}
        assert httpx.get(address + ASK).json()["boolean"] is True
        left = [process.pid, *children_of(process.pid)]
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        assert all(map(is_gone, left))
    events = re.findall(r'"event": "([^"]*)"', log.read_text())
    assert events == ["start", "worker replaced", "reload", "reload failed", "stop"]


def test_all_end_with_the_one_above_them(releases: Path) -> None:
    words = ("--releases", releases, "--workers", "2")
    with serving(*words) as (process, address):
        processes = children_of(process.pid)
        process.kill()
        process.wait()
        until(lambda: all(map(is_gone, processes)))
        port = address.rpartition(":")[2]
        # The port is free, and the note that was left is nobody's.
        with serving("--port", port, *words) as (_, again):
            assert len(seen(again, 4)) == 1


def test_what_is_wrong_at_the_start_is_said_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.ttl").write_text("nonsense")
    done = run("serve", "--workers", "3", "--port", "0", "--dataset", tmp_path / "d.ttl")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr == run("serve", "--port", "0", "--dataset", tmp_path / "d.ttl").stderr


def test_it_may_be_told_to_stop_while_it_starts(releases: Path) -> None:
    command = [IVIG, "serve", "--port", "0", "--releases", releases, "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: children_of(process.pid) != [])
    children = children_of(process.pid)
    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=60)
    assert "Traceback" not in complaints
    assert all(map(is_gone, children))


def test_what_one_process_takes_is_divided() -> None:
    settings = Settings(workers=4, query_workers=8, queue=32, cache_size=32)
    each = settings.of_each_worker()
    assert (each.query_workers, each.queue, each.cache_size) == (2, 8, 8)
    assert each.limits().per_client == 1
    assert Settings(workers=8, query_workers=4).of_each_worker().query_workers == 1
