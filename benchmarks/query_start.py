"""How long a question takes as a whole process, against the same question put to pyoxigraph by hand.

The peer is a process that imports typer and pyoxigraph, which a command line over this store cannot do without, opens
the store, asks the same SPARQL and writes CSV, in the same run, taken in turn with our command. What our command takes
beside is names, help, checks, formats: the claim is that it takes no more than twice as long, all in all.
usage: python benchmarks/query_start.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys

from harness import IVIG, used

import ivig

LIMIT = 2.0

PEER = """
import sys, typer, pyoxigraph
store = pyoxigraph.Store.read_only(sys.argv[1])
answer = store.query(sys.argv[2], use_default_graph_as_union=True)
answer.serialize(sys.stdout.buffer, format=pyoxigraph.QueryResultsFormat.CSV)
"""
QUESTIONS = {
    "conditions, csv": ("conditions", {}, "csv"),
    "evidence-for-condition, csv": ("evidence-for-condition", {"condition": "GBS"}, "csv"),
    "evidence-for-condition, table": ("evidence-for-condition", {"condition": "GBS"}, "table"),
}
"""By what is told: a saved query, its parameters and the format that our command writes."""


def main() -> int:
    """Print a row for each question; the exit code says whether all keep the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    graph = ivig.open()
    worst = 0.0
    print(f"{'':32}{'ours':>11}{'by hand':>11}")
    for told, (name, parameters, written) in QUESTIONS.items():
        given = [word for key, value in parameters.items() for word in (f"--{key}", value)]
        ours = [IVIG, "query", name, *given, "--format", written]
        peer = [sys.executable, "-c", PEER, graph.release.store, graph.bound(name, parameters)]
        times: list[tuple[float, float]] = []
        for _ in range(rounds + 1):
            times.append((used(*ours).seconds, used(*peer).seconds))
        # The first of each has modules to compile and files to read.
        mine, theirs = map(statistics.median, zip(*times[1:], strict=True))
        worst = max(worst, mine / theirs)
        print(f"{told:32}{mine * 1000:8.1f} ms{theirs * 1000:8.1f} ms{mine / theirs:8.2f} times")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
