"""How long a question takes as a whole process, against importing the two libraries that it cannot do without.

The peer is `python -c 'import typer, pyoxigraph'` in the same run, taken in turn with our command; the claim is that a
question takes no more than twice as long. usage: python benchmarks/query_start.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from harness import IVIG, used

LIMIT = 2.0

PEER: list[str | Path] = [sys.executable, "-c", "import typer, pyoxigraph"]
QUESTIONS: dict[str, list[str]] = {
    "conditions, csv": ["query", "conditions", "--format", "csv"],
    "evidence-for-condition, csv": ["query", "evidence-for-condition", "--condition", "GBS", "--format", "csv"],
    "evidence-for-condition, table": ["query", "evidence-for-condition", "--condition", "GBS"],
}


def main() -> int:
    """Print a row for each question; the exit code says whether all keep the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    used(IVIG, *QUESTIONS["conditions, csv"])
    times: dict[str, list[float]] = {name: [] for name in ("peer", *QUESTIONS)}
    for _ in range(rounds):
        times["peer"].append(used(*PEER).seconds)
        for name, words in QUESTIONS.items():
            times[name].append(used(IVIG, *words).seconds)
    peer = statistics.median(times.pop("peer"))
    print(f"{'import typer, pyoxigraph':32}{peer * 1000:8.1f} ms")
    worst = 0.0
    for name, taken in times.items():
        ratio = statistics.median(taken) / peer
        worst = max(worst, ratio)
        print(f"{name:32}{statistics.median(taken) * 1000:8.1f} ms{ratio:8.2f} times the peer")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
