"""How long a question takes as a whole process, against importing the two libraries that it cannot do without.

The peer is `python -c 'import typer, pyoxigraph'` in the same run, taken in turn with our command; the claim is that a
question takes no more than twice as long. usage: python benchmarks/query_start.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PYTHON = Path(sys.executable)
IVIG = PYTHON.with_name("ivig")
LIMIT = 2.0

PEER: list[str | Path] = [PYTHON, "-c", "import typer, pyoxigraph"]
QUESTIONS: dict[str, list[str]] = {
    "conditions, csv": ["query", "conditions", "--format", "csv"],
    "evidence-for-condition, csv": ["query", "evidence-for-condition", "--condition", "GBS", "--format", "csv"],
    "evidence-for-condition, table": ["query", "evidence-for-condition", "--condition", "GBS"],
}


def seconds(command: Sequence[str | Path]) -> float:
    """How long a command takes, start and end of the process included."""
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> int:
    """Print a row for each question; the exit code says whether all keep the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    subprocess.run([IVIG, *QUESTIONS["conditions, csv"]], stdout=subprocess.DEVNULL, check=True)
    times: dict[str, list[float]] = {name: [] for name in ("peer", *QUESTIONS)}
    for _ in range(rounds):
        times["peer"].append(seconds(PEER))
        for name, words in QUESTIONS.items():
            times[name].append(seconds((IVIG, *words)))
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
