"""How long the first answer to each saved query takes on the curated graph: its slowest ten.

Each is asked of nothing and of things of each kind of its parameters, the conditions being those that gather most
statements, by an engine that keeps no answers. Seconds of processor, the best of three. The claim: none takes 100 ms.
usage: python benchmarks/first_answers.py
"""

from __future__ import annotations

import sys

from growth import answered, some_things

from ivig.query.opening import open_graph
from ivig.settings import graph_files

MILLISECONDS = 100
SHOWN = 10


def main() -> int:
    """Print a row for each of the slowest; the exit code says whether the claim holds."""
    graph = open_graph(graph_files().folder)
    things = some_things(graph)
    things["Condition"] = [str(row["condition"]) for row in graph.about("broadest-conditions")]
    slowest = {name: max(times) * 1000 for name, times in answered(graph, things).items()}
    for name, taken in sorted(slowest.items(), key=lambda pair: -pair[1])[:SHOWN]:
        print(f"{name:48}{taken:8.1f} ms")
    return int(max(slowest.values()) > MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
