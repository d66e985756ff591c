"""Opening a graph: its files, and the release that was built from them, made on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from ivig.build.release import Release, Releases, releases_of
from ivig.errors import EngineWrong
from ivig.graph_files import GraphFiles, graph_files
from ivig.query.graph import Graph
from ivig.query.remote import Endpoint

Builder = Callable[[GraphFiles, Releases], Release]


def _quiet_build(files: GraphFiles, releases: Releases) -> Release:
    from ivig.build.pipeline import build

    return build(files, releases)


def open_graph(
    folder: Path | None = None,
    releases: Path | None = None,
    builder: Builder = _quiet_build,
    endpoint: Endpoint | None = None,
) -> Graph:
    """The graph in `folder` (None: the package's own) with its current release.

    A folder that people edit keeps its last good release until they build again, and a line on standard error says so.
    So does a folder of releases that was named: nothing that only reads makes another release current there.

    :param endpoint: of an engine elsewhere, whose current release is taken; None for the store of the release
    :param builder: called where there is no release yet, or where an installed package brought new files and its
        releases are kept in the user's cache
    :raises NotThere: where there is no graph; Damaged, where its release is
    :raises BadInput: where a file of the graph cannot be read
    :raises InvalidGraph: where the graph breaks a shape or contradicts itself
    :raises EngineFailed: where the engine does not answer, or holds no release that is here
    """
    files = graph_files(folder)
    home = releases_of(files, releases)
    release = home.current()
    if release is None or (files.packaged and releases is None and release.stale(files)):
        release = builder(files, home)
    elif not release.is_of(files):
        _say(
            f"The release in {home.folder} is of another graph, {release.origin}, and is asked as it is; "
            f"`ivig build --graph {files.folder} --releases {home.folder}` puts this one in its place."
        )
    elif release.stale(files):
        _say(f"The files in {files.folder} have changed since this release: `ivig build` makes a new one.")
    return Graph(files, _current_there(release, home, endpoint) if endpoint else release, endpoint)


def _current_there(release: Release, home: Releases, endpoint: Endpoint) -> Release:
    """The release that counts in an engine: of those that are here; the newest where the engine names none.

    :raises EngineWrong: where it is none of those
    """
    from ivig.query.remote.releases import Held, internal_queries

    digest = Held.of(endpoint, internal_queries(release)).current
    if not digest or digest == release.digest:
        return release
    for other in home.all():
        if other.digest == digest:
            return other
    raise EngineWrong(
        f"release {digest[:12]} is current at {endpoint.url}, and none of those in {home.folder}: build it here "
        "from the same files, or `ivig publish` this one there"
    )


def same_release(graph: Graph, digest: str) -> Graph:
    """The graph with another of its releases, where that one is kept; else as it is.

    :param graph: with the newest release
    :param digest: of the release that is wanted
    """
    if graph.release.digest == digest:
        return graph
    kept = Releases(graph.release.folder.parent).all()
    release = next((one for one in kept if one.digest == digest), graph.release)
    return Graph(graph.files, release, graph.endpoint)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def existing_graph(folder: Path | None = None, releases: Path | None = None) -> Graph | None:
    """The graph with the release that is there, built or not from the newest files; None where there is none.

    :param folder: of the files of the graph; None for the package's own
    :param releases: where its releases are; None for the place in the user's cache
    :raises NotThere: where there is no graph; Damaged, where its release is
    """
    files = graph_files(folder)
    release = releases_of(files, releases).current()
    return Graph(files, release) if release else None
