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
    from ivig.api import Graph

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(graph: str | Path | None = None, releases: str | Path | None = None) -> Graph:
    """The graph, ready to be asked; its release is built first where there is none yet.

    :param graph: a folder with `ontology/`, `data/`, `shapes/` and `queries/`; where None, the one that the variable
        IVIG_GRAPH of the environment names, else the one that the package came with
    :param releases: the folder of its releases; where None, the one that IVIG_RELEASES names, else a place in the
        user's cache
    :raises NotThere: where the folder is no graph
    :raises BadInput: where a file of it cannot be read
    :raises InvalidGraph: where it breaks a shape or contradicts itself
    """
    from ivig.api import open_public

    return open_public(graph, releases)
