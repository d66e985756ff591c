"""Engines elsewhere: the release stays here with its files, names and search index, and its SPARQL runs on any endpoint
of SPARQL 1.1 that holds its graphs.

That is the simplest that is right. An index that was made from the endpoint at each start would take as long as the
graph is large, and could be of another release than the saved queries; what a release has is of one piece, and the
endpoint is only asked whether it holds that very release.
"""

from __future__ import annotations

from ivig.build.release import Release
from ivig.query.engine import EmbeddedEngine, Engine
from ivig.query.remote.endpoint import Endpoint

__all__ = ["Endpoint", "engine_of"]


def engine_of(release: Release, endpoint: Endpoint | None) -> Engine:
    """Where the SPARQL of a release runs.

    :param release: the one to ask
    :param endpoint: that holds it; None for its own store
    :raises NotThere: where the store of the release cannot be opened
    """
    if endpoint is None:
        return EmbeddedEngine(release)
    from ivig.query.remote.engine import RemoteEngine

    return RemoteEngine(release, endpoint)
