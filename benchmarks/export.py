"""How fast the graph is exported, against Oxigraph's own dump, and whether memory stays flat as the graph grows.

Peer: `oxigraph dump` of the same store, as N-Quads since it writes all graphs of a store in no other way, each as a
whole process, in turn with ours. Claims: the whole graph as N-Triples takes no more than 1.5 times as long, as CSV no
more than 3 seconds of CPU. A server that has read the release answers with a condition's subgraph in Turtle in under
50 ms in the middle, with the largest, half of the graph, in under 250 ms, the first time that it is asked. With four
times the statements a streamed export takes no more than 1.25 times the memory.
usage: python benchmarks/export.py [ROUNDS]
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from harness import IVIG, used
from pyoxigraph import RdfFormat, Store

from ivig.build.release import MANIFEST, NAMES, NQUADS, STAMP, STORE, Release
from ivig.graph_files import graph_files
from ivig.query import Graph
from ivig.query.opening import open_graph

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
TIMES = 1.5
MILLISECONDS = 50
LARGEST_MILLISECONDS = 250
CSV_SECONDS = 3
PORT = 8514
GROWTH = 1.25
COPIES = 4
STREAMED = ("ntriples", "nquads", "turtle", "jsonld")
"""Formats whose memory does not grow."""
HELD = ("csv", "graphml", "nanopub")
"""Formats whose memory is printed."""

_STATEMENT = re.compile(rb"/(statement|effect|regimen)/([^>]+)>")


def grown(release: Release, folder: Path) -> Path:
    """A folder of releases whose graph has every statement several times, under other names."""
    made = folder / "release-grown"
    made.mkdir(parents=True)
    with (made / NQUADS).open("wb") as out:
        lines = release.nquads.read_bytes().splitlines(keepends=True)
        every = set(lines)
        for number in range(1, COPIES):
            every |= {_STATEMENT.sub(rb"/\1/\2-copy-%d>" % number, line) for line in lines}
        out.writelines(sorted(every))
    store = Store(str(made / STORE))
    store.bulk_load(path=str(made / NQUADS), format=RdfFormat.N_QUADS)
    store.flush()
    del store
    shutil.copy(release.names, made / NAMES)
    shutil.copy(release.folder / STAMP, made / STAMP)
    (made / MANIFEST).write_text(json.dumps({**release.manifest, "digest": "0" * 64}))
    (folder / "current").symlink_to(made.name)
    return folder


def against_dump(release: Release, rounds: int, folder: Path) -> bool:
    """Print how long the whole graph takes; whether the claim holds."""
    copy = folder / "store"
    shutil.copytree(release.store, copy)
    # What a dump locks or writes must not touch the release.
    peer: list[str | Path] = [OXIGRAPH, "dump", "--location", copy, "--file", folder / "peer.nq"]
    ours: dict[str, list[str | Path]] = {
        name: [IVIG, "export", "--format", name, "--output", folder / "ours"]
        for name in ("ntriples", "nquads", "turtle")
    }
    times: dict[str, list[float]] = {name: [] for name in ("oxigraph dump", *ours)}
    for _ in range(rounds):
        (folder / "peer.nq").unlink(missing_ok=True)
        times["oxigraph dump"].append(used(*peer).seconds)
        for name, command in ours.items():
            times[name].append(used(*command).seconds)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    for name, taken in middle.items():
        print(f"{name:32}{taken * 1000:8.0f} ms{taken / middle['oxigraph dump']:8.2f} times the peer")
    return middle["ntriples"] <= TIMES * middle["oxigraph dump"]


def conditions_in_turtle(graph: Graph, rounds: int) -> bool:
    """Print how long a server takes for a condition's subgraph that it has not written before; whether the claim holds.

    The largest are asked for several times, each time in words that the server has not kept an answer to.
    """
    names = [str(row["condition"]) for row in graph.query("conditions")]
    releases = graph.release.folder.parent
    command: list[str | Path] = [IVIG, "serve", "--port", str(PORT), "--releases", releases]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            server.stdout.readline()
            # It waits until the release was read.
            ask(names[0], "text/turtle, */*")
            first = sorted((ask(name), name) for name in names)
            largest = {
                name: statistics.median(ask(name, f"text/turtle;q=0.{n + 1}") for n in range(rounds))
                for _, name in first[-5:]
            }
        finally:
            server.terminate()
    middle = statistics.median(taken for taken, _ in first)
    print(f"a condition, first time         {middle:8.1f} ms, the middle of {len(first)}")
    for name, taken in sorted(largest.items(), key=lambda pair: -pair[1]):
        print(f"  {name.rpartition('/')[2]:30}{taken:8.1f} ms, the middle of {rounds}")
    return middle < MILLISECONDS and max(largest.values()) < LARGEST_MILLISECONDS


def ask(condition: str, accept: str = "text/turtle") -> float:
    """Milliseconds until a condition's subgraph is there, with the lightest client at hand."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request("GET", f"/export?condition={quote(condition)}", headers={"Accept": accept})
    answer = connection.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise SystemExit(f"{condition}: {answer.status} {answer.reason}")
    return (time.perf_counter() - began) * 1000


def memory(release: Release, folder: Path) -> bool:
    """Print what streamed exports hold of a graph and of a larger one; whether the claim holds."""
    larger = grown(release, folder / "grown")
    holds = True
    for name in (*STREAMED, *HELD):
        ours: list[str | Path] = [IVIG, "export", "--format", name, "--output", folder / "ours"]
        small, large = used(*ours), used(*ours, "--releases", larger)
        holds &= name not in STREAMED or large.megabytes <= GROWTH * small.megabytes
        holds &= name != "csv" or small.cpu <= CSV_SECONDS
        print(
            f"{name:32}{small.megabytes:8.0f} MB{small.cpu:8.1f} s of CPU"
            f"{large.megabytes:8.0f} MB with {COPIES} times the statements"
        )
    return holds


def main() -> int:
    """Print what was measured; the exit code says whether every claim holds."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    graph = open_graph(graph_files().folder)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        holds = [
            against_dump(graph.release, rounds, folder),
            conditions_in_turtle(graph, rounds),
            memory(graph.release, folder),
        ]
    return int(not all(holds))


if __name__ == "__main__":
    sys.exit(main())
