"""How time and memory grow with the size of the graph: each stage of a build, each rule, the start of the server, each
saved query, a subgraph, a name, a search, on generated graphs.

Figures are seconds of all processors, which other programs on the machine disturb less than the clock, and the most
memory that a process held. Of a query the best of three answers, by an engine that was just opened; one that asks for
one thing is asked of several, and the figure is the middle one. The exponent says by which power of the size a figure
grows: 0 is flat, 1 is linear.

A graph of 1,000 statements is half of the curated one, and its conditions have fewer statements each: 5, where from
2,000 on they have 8. What compares the statements on one condition with each other has 8 times as many pairs at 4,000
as at 1,000, and from there on 4 times as many for 4 times the statements. Between the first two sizes that is the
exponent of `bodies-that-disagree`, and a part of that of the rules on open reviews, verdicts, bodies and grades.

usage: python benchmarks/growth.py [SIZE…]      a JSON document on standard output, a table on standard error
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import SEED
from harness import IVIG, ROOT, exponent, megabytes, used

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from ivig.query.graph import Graph

SIZES = (1000, 10_000)
TRIES = 3
ASKED = 7
"""Things of a kind that a query is asked of."""
PORT = 8531
SEARCHED = "aseptic meningitis headache"
GROWING = {"Condition": "conditions", "Citation": "citations"}
"""Kinds of which a larger graph has more, and the query that lists them."""


class Stages:
    """Seconds of processor and megabytes of this process and those that it waited for, stage by stage."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[float, float]] = {}

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        """Do a stage and note what it took."""
        # From here on the kernel notes the most memory anew.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        began = sum(os.times()[:4])
        result = work()
        status = Path("/proc/self/status").read_text(encoding="ascii")
        most = max(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if name == "validate" else 0
        self.found[name] = (sum(os.times()[:4]) - began, max(most, children) / 1024)
        return result


def built(folder: Path, releases: Path) -> dict[str, Any]:
    """What each stage of a build takes, one after the other, and each rule."""
    from ivig.build.derivation import derive
    from ivig.build.pipeline import asserted_graphs
    from ivig.build.publish import publish
    from ivig.build.reasoning import infer
    from ivig.build.release import Releases, Stamp
    from ivig.build.sources import read
    from ivig.build.validation import validate
    from ivig.graph_files import graph_files
    from ivig.namespaces import INFERRED_GRAPH

    files, stages = graph_files(folder), Stages()
    marks: list[tuple[str, float]] = []

    def derived(graphs: dict[str, list[Triple]], queries: Path) -> list[Triple]:
        made = derive(graphs, queries, on_rule=lambda rule: marks.append((rule, time.process_time())))
        marks.append(("", time.process_time()))
        return made

    stamp = Stamp.of(files)
    sources = stages.run("read", lambda: read(files))
    if broken := stages.run("validate", lambda: validate(sources)):
        raise SystemExit(f"{len(broken)} violations, such as {broken[0]}")
    graphs = asserted_graphs(sources)
    graphs[INFERRED_GRAPH] = stages.run("reason", lambda: infer(sources))
    graphs[INFERRED_GRAPH] += stages.run("derive", lambda: derived(graphs, files.queries))
    stages.run("publish", lambda: publish(graphs, stamp, Releases(releases), None, ("ivig",)))
    rules = {rule: end - began for (rule, began), (_, end) in pairwise(marks)}
    return {"stages": stages.found, "rules": rules, "triples": sum(map(len, graphs.values()))}


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
    """Seconds of processor of the best try."""
    times = []
    for _ in range(TRIES):
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
    for part in ("built", "asked"):
        told = subprocess.run(
            [sys.executable, __file__, part, folder, releases], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        found |= json.loads(told)
        print(f"{size}: {part}", file=sys.stderr, flush=True)
    found["started"] = started(releases, folder)
    found["bytes"] = sum(path.stat().st_size for path in releases.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    shutil.rmtree(releases)
    return found


def table(found: list[dict[str, Any]]) -> list[tuple[str, list[float], float | None]]:
    """Each figure at each size, with its exponent where there are several sizes."""
    rows: dict[str, list[float]] = {"triples": [], "generate, s": [], "generate, MB": []}
    for one in found:
        rows["triples"].append(one["triples"])
        rows["generate, s"].append(one["generated"][0])
        rows["generate, MB"].append(one["generated"][1])
        for name, (seconds, most) in [*one["stages"].items(), ("open", one["opened"]), ("start", one["started"])]:
            rows.setdefault(f"{name}, s", []).append(seconds)
            rows.setdefault(f"{name}, MB", []).append(most)
        for name, seconds in one["rules"].items():
            rows.setdefault(f"rule {name}, s", []).append(seconds)
        for name, seconds in one["queries"].items():
            rows.setdefault(f"{name}, ms", []).append(seconds * 1000)
    sizes = [one["size"] for one in found]
    return [(name, row, exponent(sizes, row) if len(row) > 1 else None) for name, row in rows.items()]


def main() -> None:
    """Print what was measured, as JSON."""
    if sys.argv[1:2] and sys.argv[1] in ("built", "asked"):
        part = {"built": built, "asked": asked}[sys.argv[1]]
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
