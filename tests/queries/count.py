"""How many rows each case of the saved queries has on the real graph: `make counts` writes `counts.json` anew.

The one file with exact counts of the data: a change to it shows in a review what a change to the data did.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import ivig
from ivig.query import Graph

HERE = Path(__file__).parent
FILE = HERE / "counts.json"


def counts(graph: Graph) -> dict[str, int]:
    """The rows of each case, by query and number."""
    found = {}
    for path in sorted(HERE.glob("*.toml")):
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], 1):
            if "error" not in case:
                found[f"{path.stem}-{number}"] = len(graph.query(path.stem, **case.get("parameters", {})))
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(counts(ivig.open(HERE.parents[1])), indent=1) + "\n", encoding="utf-8")
