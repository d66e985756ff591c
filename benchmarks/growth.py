"""How time and memory grow with the size of the graph: each stage of a build, a build after one change, the start of
the server, each saved query, a subgraph, a name, a search, on generated graphs.

A build is told by the clock, and by the seconds of all processors together; what it takes of memory by the process that
builds and by the largest of its workers. Of a query the best of three answers, of one that takes long the first, in
seconds of processor, by an engine that was just opened; one that asks for one thing is asked of several, and the figure
is the middle one. The exponent says by which power of the size a figure grows: 0 is flat, 1 is linear.

A graph of 1,000 statements is half of the curated one, and its conditions have fewer statements each: 5, where from
2,000 on they have 8.

usage: python benchmarks/growth.py [SIZE…]      a JSON document on standard output, a table on standard error
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import SEED
from harness import IVIG, ROOT, exponent, megabytes, used

if TYPE_CHECKING:
    from ivig.query.graph import Graph

SIZES = (1000, 10_000, 100_000)
TRIES = 3
LONG = 5
"""Seconds after which there is no further try."""
ASKED = 7
"""Things of a kind that a query is asked of."""
PORT = 8531
_PARTICIPANTS = re.compile(r"(ivig:participants )(\d+)")
SEARCHED = "aseptic meningitis headache"
GROWING = {"Condition": "conditions", "Citation": "citations"}
"""Kinds of which a larger graph has more, and the query that lists them."""


def built(folder: Path, releases: Path) -> dict[str, Any]:
    """What a build takes, stage by stage, and what one takes after one statement was changed."""
    from ivig.build.pipeline import STAGES, build
    from ivig.build.release import Releases
    from ivig.graph_files import graph_files

    began: dict[str, float] = {}

    def mark(stage: str, share: float) -> None:
        began.setdefault(stage, time.perf_counter())

    release = build(graph_files(folder), Releases(releases), mark)
    ends = [*(began[stage] for stage in STAGES[1:]), time.perf_counter()]
    found = {stage: end - began[stage] for stage, end in zip(STAGES, ends, strict=True)}
    found["build, all processors"] = sum(os.times()[:4])
    most = {
        "build": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "build, a worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    change_one_statement(folder)
    start = time.perf_counter()
    changed = build(graph_files(folder), Releases(releases))
    found["build after a change"] = time.perf_counter() - start
    assert changed.digest != release.digest
    return {"seconds": found, "megabytes": most, "triples": sum(release.manifest["graphs"].values())}


def change_one_statement(folder: Path) -> None:
    """Let one statement have another number of participants."""
    path = min((folder / "data" / "literature").iterdir())
    text = path.read_text(encoding="utf-8")
    path.write_text(_PARTICIPANTS.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", text, count=1), encoding="utf-8")


def asked(folder: Path, releases: Path) -> dict[str, Any]:
    """What saved queries, names, searches and subgraphs take on a release."""
    from ivig.export.exporter import Exporter
    from ivig.export.selection import Selection

    began = time.process_time()
    graph = opened(folder, releases)
    graph.read()
    reading = time.process_time() - began
    things = some_things(graph)
    seconds = {name: statistics.median(times) for name, times in answered(graph, things).items()}
    exporter = Exporter(graph)
    seconds["subgraph of one condition, in Turtle"] = statistics.median(
        best(partial(exporter.write, Selection(condition=(thing,)), "turtle", io.BytesIO()))
        for thing in things["Condition"]
    )
    seconds["a name, looked up"] = statistics.median(
        best(partial(graph.names.things, graph.names.label(thing), "Condition")) for thing in things["Condition"]
    )
    seconds["words, searched for"] = best(partial(graph.search, SEARCHED))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"queries": seconds, "opened": (reading, most)}


def opened(folder: Path, releases: Path) -> Graph:
    """The current release of a graph."""
    from ivig.build.release import Release
    from ivig.graph_files import graph_files
    from ivig.query.graph import Graph

    return Graph(graph_files(folder), Release(releases / "current"))


def answered(graph: Graph, things: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """Seconds of processor of each saved query, asked of nothing and of each of these things.

    :param things: of each kind of parameter, what is asked of
    """
    seconds: dict[str, list[float]] = {}
    for name, query in graph.queries.items():
        if query.service:
            continue
        if not any(parameter.required for parameter in query.parameters):
            seconds[name] = [best(partial(graph.query, name))]
        for parameter in query.parameters:
            seconds[f"{name}, one {parameter.name.replace('_', ' ')}"] = [
                best(partial(graph.query, name, **{parameter.name: thing})) for thing in things[parameter.kind]
            ]
    return seconds


def some_things(graph: Graph) -> dict[str, list[str]]:
    """Things to ask of, by kind: of what grows with the graph some with statements, of the rest always the same."""
    kinds = {parameter.kind for query in graph.queries.values() for parameter in query.parameters}
    found = {kind: sorted(set(graph.names.labels(kind))) for kind in kinds}
    for kind, query in GROWING.items():
        found[kind] = [str(row[query.removesuffix("s")]) for row in graph.query(query) if row["statements"]]
    return {kind: random.Random(SEED).sample(things, min(ASKED, len(things))) for kind, things in found.items()}


def best(work: Callable[[], Any]) -> float:
    """Seconds of processor of the best try; what takes long is tried once."""
    times: list[float] = []
    while len(times) < TRIES and sum(times) < LONG:
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def started(releases: Path, graph: Path) -> tuple[float, float]:
    """Seconds by the clock until a server answers, and the megabytes that its processes hold then."""
    began = time.perf_counter()
    command: list[str | Path] = [IVIG, "serve", "--port", str(PORT), "--releases", releases, "--graph", graph]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            server.stdout.readline()
            took = time.perf_counter() - began
            return took, megabytes(server.pid)
        finally:
            server.terminate()


def measured(size: int, place: Path) -> dict[str, Any]:
    """Everything that is measured of one size."""
    folder, releases = place / f"graph-{size}", place / f"releases-{size}"
    made = used(sys.executable, ROOT / "benchmarks" / "generator.py", size, folder)
    found = {"size": size, "generated": made[1:]}
    # Nothing is known of an earlier run.
    nothing_known = {**os.environ, "IVIG_CACHE": str(place / f"cache-{size}")}
    for part in PARTS:
        command: list[str | Path] = [sys.executable, __file__, part, folder, releases]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=nothing_known).stdout
        found |= json.loads(told)
        print(f"{size}: {part}", file=sys.stderr, flush=True)
    found["started"] = started(releases, folder)
    found["bytes"] = sum(path.stat().st_size for path in (releases / "current").resolve().rglob("*"))
    shutil.rmtree(folder)
    shutil.rmtree(releases)
    shutil.rmtree(place / f"cache-{size}")
    return found


PARTS: dict[str, Callable[[Path, Path], dict[str, Any]]] = {"built": built, "asked": asked}
"""What is measured in a process of its own."""


def table(found: list[dict[str, Any]]) -> list[tuple[str, list[float], float | None]]:
    """Each figure at each size, with its exponent where there are several sizes."""
    rows: dict[str, list[float]] = {}
    for one in found:
        rows.setdefault("triples", []).append(one["triples"])
        rows.setdefault("release, MB", []).append(one["bytes"] / 1e6)
        seconds = {
            "generate": one["generated"][0],
            **one["seconds"],
            "open": one["opened"][0],
            "start": one["started"][0],
        }
        most = {
            "generate": one["generated"][1],
            **one["megabytes"],
            "open": one["opened"][1],
            "start": one["started"][1],
        }
        for name, figure in seconds.items():
            rows.setdefault(f"{name}, s", []).append(figure)
        for name, figure in most.items():
            rows.setdefault(f"{name}, MB", []).append(figure)
        for name, figure in one["queries"].items():
            rows.setdefault(f"{name}, ms", []).append(figure * 1000)
    sizes = [one["size"] for one in found]
    return [(name, row, exponent(sizes, row) if len(row) > 1 else None) for name, row in rows.items()]


def main() -> None:
    """Print what was measured, as JSON."""
    if part := PARTS.get(next(iter(sys.argv[1:]), "")):
        print(json.dumps(part(Path(sys.argv[2]), Path(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as place:
        found = [measured(size, Path(place)) for size in (map(int, sys.argv[1:]) if sys.argv[1:] else SIZES)]
    for name, row, power in table(found):
        figures = "".join(f"{figure:12.1f}" for figure in row)
        print(f"{name:60}{figures}" + (f"{power:8.2f}" if power is not None else ""), file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
