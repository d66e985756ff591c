"""Processes that are killed at random, while they answer and while releases change: every answer is whole or an error,
and the next start is fine.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from conftest import serving
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.graph_files import graph_files
from query.test_sandbox import COUNT, workers_of
from scale import EXPLORE, FACTOR
from small import SOURCE, efficacy, folder_with

KILLS = 24 * FACTOR
SERVERS = KILLS // 20
"""Of those, how many are of the server itself."""

PATHS = (
    "/queries/conditions?format=csv",
    "/condition/gout",
    "/graph/data?format=ntriples",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%23",
)


class Clients:
    """Clients that ask without end, and what they saw that is no clean answer."""

    def __init__(self, whole: dict[str, set[str]]) -> None:
        self.address = ""
        self.answered = 0
        self.unclean: list[str] = []
        self._whole = whole
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(3)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            path = PATHS[count % len(PATHS)]
            count += 1
            try:
                answer = httpx.get(self.address + (f"{path}{number}.{count}" if "sparql" in path else path), timeout=30)
            except httpx.HTTPError:
                # Refused, reset, or cut in the midst: every client library says so.
                time.sleep(0.01)
                continue
            self.answered += 1
            if answer.status_code == 200:
                if answer.text not in self._whole[path]:
                    self.unclean.append(f"{path}: {len(answer.text)} characters")
            elif answer.status_code not in (404, 503) or "detail" not in answer.json():
                self.unclean.append(f"{path}: {answer.status_code} {answer.text}")


@contextmanager
def _releases(tmp_path: Path) -> Iterator[tuple[Path, Releases, dict[str, set[str]]]]:
    """Two releases, the later one current, and what each path gives on either."""
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    releases = Releases(tmp_path / "releases")
    whole: dict[str, set[str]] = {path: set() for path in PATHS}
    data = folder / "data" / "ivig.ttl"
    for direction in ("benefit", "harm"):
        data.write_text(data.read_text().replace("direction/benefit>", f"direction/{direction}>"))
        build(graph_files(folder), releases)
        with serving("--graph", folder, "--releases", releases.folder) as (process, address):
            for path in PATHS:
                answer = httpx.get(address + path)
                if answer.status_code == 200:
                    whole[path].add(answer.text)
            process.terminate()
    assert all(whole[path] for path in PATHS if path != "/condition/gout")
    yield folder, releases, whole


def _swap(releases: Releases) -> None:
    """Make the other release the current one."""
    link = releases.folder / "current"
    now = link.readlink().name
    other = next(path.name for path in sorted(releases.folder.glob("release-*")) if path.name != now)
    draft = releases.folder / "swapping"
    draft.symlink_to(other)
    draft.replace(link)


def _kill_a_worker(server: int, chance: random.Random) -> None:
    """Kill one worker of the server. One that was seen may have gone on its own, for a new release; then another is."""
    end = time.monotonic() + 30
    while True:
        assert time.monotonic() < end, "no new worker came"
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(sorted(workers_of(server))), signal.SIGKILL)
            return
        time.sleep(0.01)


def _runs(process: int) -> bool:
    """Whether it is there and not merely waiting for somebody to take note of its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_killed_at_random(tmp_path: Path) -> None:
    chance = random.Random(None if EXPLORE else 1)
    with _releases(tmp_path) as (folder, releases, whole), Clients(whole) as clients:
        for _ in range(SERVERS):
            with serving("--graph", folder, "--releases", releases.folder) as (process, address):
                clients.address = address
                for _ in range(KILLS // SERVERS - 1):
                    time.sleep(chance.uniform(0.05, 0.3))
                    _kill_a_worker(process.pid, chance)
                    if chance.random() < 0.4:
                        _swap(releases)
                        process.send_signal(signal.SIGHUP)
                time.sleep(chance.uniform(0, 0.2))
                children = workers_of(process.pid)
                process.kill()
                process.wait()
                end = time.monotonic() + 30
                while any(_runs(child) for child in children):
                    assert time.monotonic() < end, "a worker outlived its server"
                    time.sleep(0.01)
        with serving("--graph", folder, "--releases", releases.folder) as (process, address):
            clients.address = address
            end = time.monotonic() + 30
            while httpx.get(f"{address}/ready").status_code != 200:
                assert time.monotonic() < end
            assert json.loads(httpx.get(f"{address}/sparql?query=ASK%7B%7D").text)["boolean"] is True
            process.terminate()
    assert clients.unclean == []
    # They did ask all the while.
    assert clients.answered > KILLS / 2


def test_no_worker_goes_on_with_a_query_of_a_server_that_is_gone(releases: Path) -> None:
    with serving("--releases", releases) as (process, address):
        asking = threading.Thread(target=_asked_in_vain, args=(address,))
        asking.start()
        while "ivig_workers_busy 1.0" not in httpx.get(f"{address}/metrics").text:
            time.sleep(0.01)
        workers = workers_of(process.pid)
        process.kill()
        process.wait()
        end = time.monotonic() + 30
        while any(_runs(worker) for worker in workers):
            assert time.monotonic() < end, "a worker outlived its server"
            time.sleep(0.01)
        asking.join()


def _asked_in_vain(address: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(f"{address}/sparql", data={"query": COUNT}, timeout=30)
