"""The IVIG Evidence Graph: open a graph and ask it.

>>> import ivig
>>> graph = ivig.open()
>>> rows = graph.query("evidence-for-condition", condition="stiff man syndrome")
>>> sorted({row["direction"] for row in rows})
['benefit', 'mixed']
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivig.query import Graph

__all__ = ["open"]
__version__ = "0.1.0"


def open(graph: str | Path | None = None, releases: str | Path | None = None) -> Graph:
    """The graph, ready to be asked; its release is built first where there is none yet.

    graph: a folder with `ontology/`, `data/`, `shapes/` and `queries/`; the one that the package came with where None.
    releases: the folder of its releases; a place in the user's cache where None.
    Raises NotThere where the folder is no graph, BadInput where a file of it cannot be read, InvalidGraph where it
    breaks a shape or contradicts itself.
    """
    from ivig.query.opening import open_graph

    return open_graph(Path(graph) if graph else None, Path(releases) if releases else None)
