"""What is new in a release, against the one that is kept from before it."""

from __future__ import annotations

from typing import NamedTuple

from ivig.build.release import Release, Releases
from ivig.errors import IvigError
from ivig.query import Graph
from ivig.query.difference import Difference, verdicts_that_differ


class News(NamedTuple):
    """What a release has that the one before it had not.

    :param before: the older release
    :param statements: how many more statements there are than in it
    :param verdicts: what became of the verdicts that changed
    """

    before: Release
    statements: int
    verdicts: list[Difference]


def news(graph: Graph) -> News | None:
    """What is new against the release before this one; None where none is kept, or the kept one cannot be read.

    :param graph: with the newer release
    """
    now = graph.release
    try:
        older = next((each for each in Releases(now.folder.parent).all() if each.published < now.published), None)
        if older is None:
            return None
        grown = now.manifest["things"].get("Statement", 0) - older.manifest["things"].get("Statement", 0)
        return News(older, grown, list(verdicts_that_differ(Graph(graph.files, older), graph)))
    except (IvigError, OSError):
        return None
