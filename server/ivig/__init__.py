"""The IVIG Evidence Graph: open a graph and ask it.

>>> import ivig
>>> graph = ivig.open()
>>> rows = graph.query("evidence-for-condition", condition="stiff man syndrome")
>>> sorted({row["direction"] for row in rows})
['benefit', 'mixed']
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivig.api import Graph
    from ivig.errors import IvigError
    from ivig.query.condition import Condition
    from ivig.query.graph import Answer
    from ivig.query.search import Hit

__all__ = ["Answer", "Condition", "Graph", "Hit", "IvigError", "__version__", "open"]
__version__ = "0.1.0"

_PLACES = {
    "Answer": "ivig.query.graph",
    "Condition": "ivig.query.condition",
    "Graph": "ivig.api",
    "Hit": "ivig.query.search",
    "IvigError": "ivig.errors",
}
"""Where the classes are, each loaded when it is asked for."""


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'ivig' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


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
