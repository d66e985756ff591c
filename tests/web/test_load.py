"""Load for a while, on two processes, with changes of release in the midst: not one request fails.

It takes ten seconds in every run, and ten minutes in `make soak`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from conftest import ROOT, Run, serving
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.settings import graph_files
from scale import FACTOR
from web.test_workers import make_current, seen

SECONDS = 10 if FACTOR == 1 else 60 * FACTOR
CHANGES = 3 if FACTOR == 1 else FACTOR
CLIENTS = 8
PATHS = (
    "/",
    "/condition/kawasaki-disease",
    "/queries/evidence-summary?format=csv",
    "/queries/conditions?format=html&n={n}",
    "/find?name=stiff&n={n}",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20a%20ivig%3ACondition%7D%20%23{n}",
    "/export?condition=stiff+person+syndrome&format=turtle&n={n}",
    "/statement/neurom-001?format=jsonld",
)


def test_no_request_fails_under_load(releases: Path, run: Run, tmp_path: Path) -> None:
    # The real graph, and the same with another query: a release of another digest.
    folder, home = tmp_path / "graph", Releases(tmp_path / "releases")
    folder.mkdir()
    for part in ("ontology", "data", "shapes"):
        (folder / part).symlink_to(ROOT / part)
    (folder / "queries").mkdir()
    for path in (ROOT / "queries").iterdir():
        (folder / "queries" / path.name).symlink_to(path)
    both = [build(graph_files(folder), home)]
    (folder / "queries" / "added.rq").write_text("# title: Added\n# column x: One.\nSELECT ?x { VALUES ?x { 1 } }\n")
    both.append(build(graph_files(folder), home))
    assert len({release.digest for release in both}) == 2
    statuses: Counter[object] = Counter()
    slowest: list[float] = []
    wrong: list[str] = []
    stop = threading.Event()
    words = ("--graph", folder, "--releases", home.folder, "--workers", "2", "--query-seconds", "60")

    def client(number: int) -> None:
        count, worst = 0, 0.0
        while not stop.is_set():
            # Connections come and go, and each lands on either process.
            with httpx.Client(base_url=address, timeout=120) as http:
                for _ in range(25):
                    count += 1
                    path = PATHS[(number + count) % len(PATHS)].format(n=f"{number}.{count}")
                    begun = time.monotonic()
                    try:
                        answer = http.get(path)
                        statuses[answer.status_code] += 1
                        if answer.status_code != 200:
                            wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                    except httpx.HTTPError as error:
                        wrong.append(f"{path}: {error!r}")
                    worst = max(worst, time.monotonic() - begun)
                    if stop.is_set():
                        break
        slowest.append(worst)

    with serving(*words) as (_, address):
        port = address.rpartition(":")[2]
        threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            for number in range(CHANGES):
                time.sleep(max(0.0, begun + SECONDS * (number + 1) / (CHANGES + 1) - time.monotonic()))
                release = both[number % 2]
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
    print(f"{total} requests in {took:.0f} s with {CHANGES} changes of release; the slowest took {max(slowest):.1f} s")
    assert wrong == []
    assert set(statuses) == {200}
    assert total > CLIENTS * len(PATHS)
