"""`ivig diff`."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import AmbiguousName, UnknownName

if TYPE_CHECKING:
    from ivig.build.release import Release, Releases
    from ivig.query.difference import Difference

_SIGNS = {"added": "+", "gone": "-", "changed": "~"}
_SHORT = 12


class DiffFormat(StrEnum):
    """Formats of differences."""

    text = "text"
    csv = "csv"
    json = "json"


def diff(
    before: Annotated[str, typer.Argument(help="A release: the beginning of its digest, or its folder.")],
    after: Annotated[str, typer.Argument(help="Another; the current one without.", show_default=False)] = "current",
    format: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="Text, or a row or object for each difference.")
    ] = DiffFormat.text,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Say what differs between two releases: statements added, gone and changed, and verdicts that changed.

    The last few releases are kept beside the current one; `ivig diff list` says which.

    Example: ivig diff 182e726fa802
    """
    from ivig.build.release import releases_of
    from ivig.graph_files import graph_files
    from ivig.query.difference import differences
    from ivig.query.graph import Graph

    files = graph_files(graph)
    home = releases_of(files, releases)
    if before == "list":
        current = home.current()
        for release in home.all():
            mark = "  current" if current and release.digest == current.digest else ""
            print(f"{release.digest[:_SHORT]}  {release.published:%Y-%m-%d %H:%M}{mark}")
        return
    old, new = (Graph(files, _release(home, typed)) for typed in (before, after))
    found = list(differences(old, new))
    if format is DiffFormat.json:
        print(json.dumps([each._asdict() for each in found], ensure_ascii=False, indent=1))
    elif format is DiffFormat.csv:
        _write_csv(found)
    else:
        _print(found, old.release.digest, new.release.digest)


def _release(home: Releases, typed: str) -> Release:
    """The release that is meant.

    :raises UnknownName: with those that there are
    :raises AmbiguousName: where several begin so
    """
    from ivig.build.release import MANIFEST, Release, Releases

    if typed == "current" and (current := home.current()):
        return current
    folder = Path(typed)
    if (folder / MANIFEST).is_file():
        return Release(folder.resolve())
    if folder.is_dir() and (current := Releases(folder.resolve()).current()):
        return current
    there = home.all()
    meant = [release for release in there if typed and release.digest.startswith(typed.lower())]
    digests = [release.digest[:_SHORT] for release in meant or there]
    if len(meant) > 1:
        raise AmbiguousName("release", typed, digests)
    if not meant:
        raise UnknownName("release", typed, digests)
    return meant[0]


def _write_csv(found: Sequence[Difference]) -> None:
    from ivig.io.spreadsheet_cells import harmless
    from ivig.query.difference import Difference

    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(Difference._fields)
    table.writerows([harmless(cell) for cell in each] for each in found)


def _print(found: Sequence[Difference], old: str, new: str) -> None:
    from ivig.namespaces import BASE
    from ivig.query.wording import counted

    last = ""
    for each in found:
        name = each.thing.removeprefix(BASE).removeprefix("statement/")
        if each.what != "verdict" and each.thing != last:
            print(f"{_SIGNS[each.what]} {name}  {each.label}")
        if each.what == "verdict":
            print(f"! {each.label}: {each.field}: {each.before or 'none'} → {each.after or 'none'}")
        elif each.field:
            print(f"    {each.field}: {each.before or 'nothing'} → {each.after or 'nothing'}")
        last = each.thing
    things = Counter(what for what, _ in {(each.what, each.thing) for each in found})
    said = f"{counted(things['added'], 'statement')} added, {things['gone']} gone, {things['changed']} changed"
    conditions = counted(things["verdict"], "condition")
    print(f"{said}; verdicts of {conditions} changed, from {old[:_SHORT]} to {new[:_SHORT]}")
