"""How long the first answer to each saved query takes on the curated graph: its slowest ten.

Each is asked of nothing and of things of each kind of its parameters, the conditions being those that gather most
statements, by an engine that keeps no answers: with the graph in memory, as the server holds it, and from the disk, as
the command line reads it. Seconds of processor, the best of three. The claim: in memory none takes 100 ms.
usage: python benchmarks/first_answers.py
"""

from __future__ import annotations

import sys

from growth import answered, some_things

from ivig.graph_files import graph_files
from ivig.query import EmbeddedEngine, Graph
from ivig.query.opening import open_graph

MILLISECONDS = 100
SHOWN = 10


def main() -> int:
    """Print a row for each of the slowest; the exit code says whether the claim holds."""
    graph = open_graph(graph_files().folder)
    things = some_things(graph)
    things["Condition"] = [str(row["condition"]) for row in graph.about("broadest-conditions")]
    engine = graph.engine
    assert isinstance(engine, EmbeddedEngine)
    from_disk = slowest(graph, things)
    engine.hold()
    held = slowest(graph, things)
    print(f"{'':48}{'in memory':>12}{'from disk':>12}")
    for name, taken in sorted(held.items(), key=lambda pair: -pair[1])[:SHOWN]:
        print(f"{name:48}{taken:9.1f} ms{from_disk[name]:9.1f} ms")
    return int(max(held.values()) > MILLISECONDS)


def slowest(graph: Graph, things: dict[str, list[str]]) -> dict[str, float]:
    """Milliseconds of each saved query, asked of that thing for which it takes longest."""
    return {name: max(times) * 1000 for name, times in answered(graph, things).items()}


if __name__ == "__main__":
    sys.exit(main())
