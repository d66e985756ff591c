"""How long `ivig import` takes for 10,000 records, as a whole process, and how much memory, into a copy of the graph.

The claim is under 60 seconds, with memory that does not grow with the file beyond the graph itself: no more than
rdflib takes, in the same run, to hold the files that the import has written, and half of that again.
usage: python benchmarks/import_records.py [RECORDS]
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from harness import IVIG, ROOT, used

LIMIT = 60
MOST_MEMORY = 1.5
CONDITIONS = ("Guillain-Barré syndrome", "CIDP", "Kawasaki disease", "myasthenia gravis", "dermatomyositis")
PARSE = "import sys, rdflib; g = rdflib.Graph(); [g.parse(path) for path in sys.argv[1:]]"


def record(number: int) -> dict[str, object]:
    """One made-up record; every fifth is of the same publication."""
    return {
        "kind": "evidence", "id": f"made-{number}", "condition": CONDITIONS[number % 5], "intervention": "IVIG",
        "comparator": "placebo", "outcome": "relapse", "direction": "benefit",
        "effect": {"measure": "odds ratio", "value": 0.5, "ci_low": 0.3, "ci_high": 0.9, "p": 0.01, "p_relation": "="},
        "study_type": "randomized controlled trial", "n_participants": 10 + number % 500,
        "dose": {"g_per_kg_total": 2.0, "days": 5}, "finding": f"A made-up finding, number {number}.",
        "intent": "treat",
        "comparison": "inert", "product": "polyvalent IV", "reporting": "primary",
        "citation": {"pmid": str(90_000_000 + number // 5), "title": f"Made-up trial {number // 5}"},
        "read_at": f"https://example.org/made-up/{number // 5}", "read_depth": "abstract",
    }  # fmt: skip


def main() -> int:
    """Print time and memory of both; the exit code says whether the limit is kept."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "graph"
        for part in ("ontology", "data", "shapes", "queries"):
            shutil.copytree(ROOT / part, graph / part)
        records = Path(folder) / "made_up.jsonl"
        with records.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(record(n)) + "\n" for n in range(number))
        print(f"{number} records, {records.stat().st_size / 1e6:.1f} MB")
        ours = used(IVIG, "import", records, "--graph", graph)
        theirs = used(sys.executable, "-c", PARSE, *(graph / "data").rglob("*.ttl"))
    print(f"ivig import {ours.seconds:6.1f} s {ours.megabytes:7.0f} MB, {number / ours.seconds:.0f} records a second")
    print(f"rdflib parse {theirs.seconds:5.1f} s {theirs.megabytes:7.0f} MB")
    return int(ours.seconds > LIMIT or ours.megabytes > MOST_MEMORY * theirs.megabytes)


if __name__ == "__main__":
    sys.exit(main())
