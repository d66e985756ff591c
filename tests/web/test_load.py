"""Load for a while, on two processes, with changes of release in the midst: not one request fails.

It takes seconds in every run, and ten minutes in `make soak`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import httpx

from conftest import Run, serving
from ivig.namespaces import BASE
from scale import FACTOR
from web.test_workers import make_current, seen, twice

SECONDS = 4 if FACTOR == 1 else 60 * FACTOR
CHANGES = 1 if FACTOR == 1 else FACTOR
CLIENTS = 4
PATHS = (
    "/",
    "/condition/{condition}",
    "/queries/evidence-summary?format=csv",
    "/queries/evidence-for-condition?format=html&condition={iri}",
    "/find?name={iri}",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20a%20ivig%3ACondition%7D%20%23{number}",
    "/export?condition={iri}&format=turtle",
    "/network.svg?thing=condition%2F{condition}",
)
"""The thing of most changes from one request to the next: not all answers are kept already."""


def test_no_request_fails_under_load(releases: Path, run: Run, tmp_path: Path) -> None:
    home, both = twice(releases, tmp_path / "releases")
    statuses: Counter[object] = Counter()
    slowest: list[float] = []
    wrong: list[str] = []
    stop = threading.Event()
    words = ("--releases", home.folder, "--workers", "2", "--query-seconds", "60")

    def client(number: int) -> None:
        count, worst = 0, 0.0
        while not stop.is_set() or count < len(PATHS):
            # Connections come and go, and each lands on either process.
            with httpx.Client(base_url=address, timeout=120, follow_redirects=True) as http:
                for _ in range(25):
                    count += 1
                    condition = conditions[(7 * number + count) % len(conditions)]
                    path = PATHS[(number + count) % len(PATHS)].format(
                        number=f"{number}.{count}", condition=condition, iri=quote(f"{BASE}condition/{condition}", "")
                    )
                    begun = time.monotonic()
                    try:
                        answer = http.get(path)
                        statuses[answer.status_code] += 1
                        if answer.status_code != 200:
                            wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                    except httpx.HTTPError as error:
                        wrong.append(f"{path}: {error!r}")
                    worst = max(worst, time.monotonic() - begun)
                    if stop.is_set() and count >= len(PATHS):
                        break
        slowest.append(worst)

    with serving(*words) as (_, address):
        rows = httpx.get(f"{address}/queries/conditions?format=records", timeout=60).json()
        conditions = [row["condition"].rpartition("/")[2] for row in rows]
        port = address.rpartition(":")[2]
        threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            for number in range(CHANGES):
                time.sleep(max(0.0, begun + SECONDS * (number + 1) / (CHANGES + 1) - time.monotonic()))
                release = both[(number + 1) % 2]
                make_current(home, release)
                done = run("reload", "--port", port, "--seconds", "110")
                assert (done.returncode, done.stderr) == (0, "")
                assert seen(address, 8) == {release.digest}
            time.sleep(max(0.0, begun + SECONDS - time.monotonic()))
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        took = time.monotonic() - begun
        total = sum(statuses.values())
        # `pytest -s` shows it.
        print(f"{total} requests in {took:.0f} s, {CHANGES} changes of release, {len(wrong)} failed", end="; ")
        print(f"the slowest took {max(slowest):.1f} s")
        # Before the server is stopped, whose complaints would hide it.
        assert wrong == []
        assert set(statuses) == {200}
