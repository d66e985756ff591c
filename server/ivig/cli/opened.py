"""Opening a graph for a command, with the progress of a build shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from ivig.build.release import Release, Releases
from ivig.graph_files import GraphFiles
from ivig.query.graph import Graph
from ivig.query.opening import open_graph
from ivig.query.remote import Endpoint


def opened(graph: Path | None, releases: Path | None, endpoint: Endpoint | None = None) -> Graph:
    """The graph with its current release, built first with a progress display where there is none.

    :param graph: the folder of its files; None for the package's own
    :param releases: where its releases are; None for the place in the user's cache
    :param endpoint: of an engine elsewhere that is asked; None for the store of the release
    :raises NotThere: where there is no graph; Damaged, where its release is
    :raises BadInput: where a file of the graph cannot be read
    :raises InvalidGraph: where the graph breaks a shape or contradicts itself
    """
    return open_graph(graph, releases, built, endpoint)


def built(files: GraphFiles, releases: Releases, *, reference: bool = False) -> Release:
    """A new release, with a progress display.

    :param files: of the graph
    :param releases: where the release goes
    :param reference: by the reference engines
    :raises NotThere: where the releases cannot be kept
    :raises BadInput: where a file cannot be read
    :raises InvalidGraph: where the graph breaks a shape or contradicts itself
    """
    from ivig.build.pipeline import build

    with building() as begin:
        return build(files, releases, begin, reference=reference)


def building() -> AbstractContextManager[Callable[..., None]]:
    """The progress display of a build. Gives the call that begins a stage."""
    from ivig.build.pipeline import STAGES
    from ivig.cli.terminal import stages

    return stages(STAGES, "building the graph")
