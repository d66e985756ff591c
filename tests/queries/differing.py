"""The saved queries on two engines: where they do not answer alike."""

from __future__ import annotations

import tomllib
from itertools import zip_longest
from pathlib import Path

from ivig.query import Graph
from ivig.query.engine import select


def differing(graph: Graph, elsewhere: Graph) -> list[str]:
    """The cases of the saved queries whose rows are others there, each with the first that differs."""
    found = []
    for path in sorted(Path(__file__).parent.glob("[!f]*.toml")):
        for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], 1):
            if "error" not in case:
                query = graph.bound(path.stem, case.get("parameters", {}))
                here, there = ([[*map(str, row)] for row in select(one.engine, query)] for one in (graph, elsewhere))
                if here != there:
                    differing = next((pair for pair in zip_longest(here, there) if pair[0] != pair[1]), None)
                    found.append(f"{path.stem}-{number}: {differing}")
    return found
