"""`ivig link`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.cli.rows import write_csv
from ivig.errors import BadInput, NotThere

if TYPE_CHECKING:
    from ivig.build.release import Release, Releases
    from ivig.curate.drift import Change
    from ivig.graph_files import GraphFiles

_COLUMNS = ["term", "label", "problem", "proposal", "because", "thing", "predicate", "label_there"]
_SHOWN = 20


def link(
    ontology: Annotated[
        list[Path] | None,
        typer.Option(
            "--ontology", help="Your copy of an ontology: OBO, OWL (RDF/XML), OBO Graphs JSON.", metavar="FILE"
        ),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take every linked ontology out again, or those named.")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="With --remove: only the ontology of this name.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only compare the links with it; link nothing.")] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Write every link that needs a look to this CSV file.", metavar="CSV"),
    ] = None,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Ask by any ancestor: roll up by an ontology of others, and see which links into it are out of date.

    Publishes a release with the ancestors of our linked terms as a graph of its own; every later build has them too,
    until they are removed. Without an option it lists what is linked.

    Example: ivig link --ontology mondo.obo
    """
    from ivig.build.release import releases_of
    from ivig.graph_files import graph_files

    files = graph_files(graph)
    home = releases_of(files, releases)
    if remove and (ontology or dry_run or report):
        raise BadInput("--remove goes with --name alone")
    if name and not remove:
        raise BadInput("--name goes with --remove: an ontology is called what it calls itself")
    if (dry_run or report) and not ontology:
        raise BadInput("--dry-run and --report go with --ontology: they compare the links with it")
    if remove:
        from ivig.build.linking import unlink
        from ivig.cli.opened import building

        with building() as begin:
            release = unlink(files, home, name or (), begin)
        _print_linked(release)
    elif ontology:
        _link(files, home, ontology, dry_run, report)
    else:
        current = home.current()
        if current is None:
            raise NotThere("no release yet; run `ivig build`")
        _print_linked(current)


def _link(files: GraphFiles, home: Releases, paths: Sequence[Path], dry_run: bool, report: Path | None) -> None:
    from ivig.build.linking import check_apart, check_reach, link
    from ivig.cli.opened import building
    from ivig.curate.drift import Change, changes
    from ivig.io.ontologies.read import read_ontology
    from ivig.io.sssom import all_mappings

    ours = all_mappings(files.links)
    read = [read_ontology(path) for path in paths]
    check_apart(read)
    for each in read:
        check_reach(ours, each)
    found = [change for each in read for change in changes(ours, each)]
    if report is not None:
        write_csv(report, Change._fields, found)
        print(f"{len(found)} links in {report}", file=sys.stderr)
    if dry_run:
        _print_changes(found)
        return
    with building() as begin:
        release = link(files, home, read, begin)
    _print_changes(found)
    _print_linked(release)


def _print_linked(release: Release) -> None:
    linked = release.manifest.get("linked", {})
    for name, told in linked.items():
        version = f" {told['version']}" if told["version"] else ""
        print(f"{name}{version}: {told['linked']} linked terms, {told['ancestors']} ancestors above them")
    if not linked:
        print("no ontology is linked")


def _print_changes(found: Sequence[Change]) -> None:
    from ivig.cli.table import print_table
    from ivig.namespaces import BASE

    if found:
        rows = [{**change._asdict(), "thing": change.thing.removeprefix(BASE)} for change in found[:_SHOWN]]
        print_table(
            _COLUMNS, [{key: value or None for key, value in row.items()} for row in rows], _COLUMNS, more_by="--report"
        )
    more = f"; the first {_SHOWN} are shown, --report writes all" if len(found) > _SHOWN else ""
    print(f"{len(found)} link{'s' * (len(found) != 1)} need{'s' * (len(found) == 1)} a look{more}")
