"""`ivig build`."""

from __future__ import annotations

from ivig.cli.options import GraphOption, ReleasesOption


def build(graph: GraphOption = None, releases: ReleasesOption = None) -> None:
    """Build a release: read, validate, reason, derive, seal.

    The release that was current stays so unless the build succeeds.

    Example: ivig build --graph my-graph
    """
    from ivig.build.release import releases_of
    from ivig.cli.opened import built
    from ivig.settings import graph_files

    files = graph_files(graph)
    release = built(files, releases_of(files, releases))
    counts = release.manifest["things"]
    print(f"{counts.get('Statement', 0)} statements, {sum(release.manifest['graphs'].values())} triples")
    print(f"release {release.digest}")
    print(f"in {release.folder}")
