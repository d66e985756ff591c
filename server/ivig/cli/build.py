"""`ivig build`."""

from __future__ import annotations

from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption

ReferenceOption = Annotated[
    bool, typer.Option("--reference", help="By the reference engines, owlrl and pyshacl: the same, in minutes.")
]


def build(
    graph: GraphOption = None,
    releases: ReleasesOption = None,
    reference: ReferenceOption = False,
) -> None:
    """Build a release: read, validate, reason, derive, publish.

    The release that was current stays so unless the build succeeds.

    Example: ivig build --graph my-graph
    """
    from ivig.build.release import releases_of
    from ivig.cli.opened import built
    from ivig.graph_files import graph_files
    from ivig.query.wording import counted

    files = graph_files(graph)
    release = built(files, releases_of(files, releases), reference=reference)
    counts = release.manifest["things"]
    statements, triples = counts.get("Statement", 0), sum(release.manifest["graphs"].values())
    print(f"{counted(statements, 'statement')}, {counted(triples, 'triple')}")
    print(f"release {release.digest}")
    print(f"in {release.folder}")
