"""`ivig resolve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.cli.rows import RowFormat, write_rows
from ivig.errors import IvigError

if TYPE_CHECKING:
    from ivig.query.resolve import Meaning


def resolve(
    identifiers: Annotated[
        list[str],
        typer.Argument(help="CURIEs or addresses in any usual spelling, PMIDs, DOIs.", show_default=False),
    ],
    format: Annotated[
        RowFormat, typer.Option("--format", "-f", help="A table, CSV, or JSON with every statement.")
    ] = RowFormat.table,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Say what identifiers of other collections mean here, and how exactly.

    Ends with 2 where one of them means nothing; what the others mean is said all the same.

    Example: ivig resolve MONDO:0016218 ORPHA:2103 https://doi.org/10.1007/s10067-004-0959-7
    """
    from ivig.cli.opened import opened
    from ivig.query.resolve import meanings

    source = opened(graph, releases)
    found, failed = list["Meaning"](), False
    for typed in identifiers:
        try:
            found += meanings(source, typed)
        except IvigError as error:
            print(f"ivig: {error}", file=sys.stderr)
            failed = True
    _write(found, format)
    if failed:
        raise typer.Exit(2)


def _write(found: list[Meaning], format: RowFormat) -> None:
    rows = [meaning._asdict() for meaning in found]
    if format is not RowFormat.json:
        rows = [{**row, "statements": len(row["statements"])} for row in rows]
    write_rows(rows, format, ["identifier", "thing", "kind", "predicate", "statements"])
