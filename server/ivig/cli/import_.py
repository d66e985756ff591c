"""`ivig import`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ivig.cli.options import GraphOption
from ivig.cli.rows import write_csv
from ivig.errors import BadInput

if TYPE_CHECKING:
    from ivig.curate.store import Summary
    from ivig.model.problems import Problem


def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Records (JSON Lines, CSV, TSV, XLSX) or bibliographies (RIS, BibTeX, CSL-JSON, PubMed XML, nbib, "
            "EndNote XML, enw).",
            show_default=False,
        ),
    ] = None,
    create: Annotated[
        bool, typer.Option("--create", help="Unknown conditions, mechanisms, outcomes, events and bodies become new.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="An id that is there may change its file, its condition or its publication."),
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Import what is doubtful too, such as the same record under two ids.")
    ] = False,
    skip_invalid: Annotated[
        bool,
        typer.Option("--skip-invalid", help="Leave out rows that are wrong or doubtful, say why, and import the rest."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, field by field, and write nothing.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write every problem to this CSV file.", metavar="CSV")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Write an empty spreadsheet to fill in.", metavar="XLSX")
    ] = None,
    graph: GraphOption = None,
) -> None:
    """Turn curated records into statements, and bibliographies into citations, of the graph's files.

    All of the files or nothing of them: a row that is wrong or doubtful is named with every other one. Importing the
    same records again changes nothing; a corrected record changes its statement and no other.

    Example: ivig import evidence.xlsx --dry-run --report problems.csv
    """
    if template is not None:
        from ivig.cli.template import write

        write(template, {}, graph)
        return
    if not files:
        raise BadInput("give files of records, or --template for an empty one")
    from ivig.cli.terminal import counting
    from ivig.curate.bibliography import SUFFIXES, import_publications
    from ivig.curate.importing import import_records
    from ivig.graph_files import graph_files
    from ivig.io.tables import SUFFIXES as OF_RECORDS
    from ivig.model.problems import BadRecords

    source = graph_files(graph)
    if source.packaged and not dry_run:
        raise BadInput("the graph of an installed package is not to be changed: name a folder of your own with --graph")
    for path in files:
        if path.is_file() and path.suffix.lower() not in {*OF_RECORDS, *SUFFIXES}:
            raise BadInput(
                f"{path}: a file of records, whose name ends in {', '.join(OF_RECORDS)}, or a bibliography, whose name "
                f"ends in {', '.join(sorted(SUFFIXES))} (found: {path.suffix or 'no ending'})"
            )
    bibliographies = [path for path in files if path.suffix.lower() in SUFFIXES]
    records = [path for path in files if path not in bibliographies]
    if bibliographies and records:
        raise BadInput("records and bibliographies are imported apart: give one sort of file at a time")
    try:
        with counting("importing") as count:
            if bibliographies:
                summary = import_publications(source, bibliographies, skip_invalid=skip_invalid, dry_run=dry_run)
            else:
                how = {"create": create, "replace": replace, "accept": accept, "dry_run": dry_run}
                how["skip_invalid"] = skip_invalid
                summary = import_records(source, records, **how, on_row=count)
    except BadRecords as error:
        if report is not None:
            _write_report(report, error.problems)
        raise
    if report is not None:
        _write_report(report, [*summary.left_out, *summary.doubts])
    _print(summary, dry_run)
    if dry_run and summary.doubts and not accept:
        print("without --dry-run nothing would be imported: what is doubtful needs --accept", file=sys.stderr)


def _print(summary: Summary, dry_run: bool) -> None:
    for problem in summary.left_out:
        print(f"ivig: left out: {problem}", file=sys.stderr)
    for remark in (*summary.notes, *summary.doubts):
        print(remark, file=sys.stderr)
    would = "would be " if dry_run else ""
    if not summary.statements.total() and not summary.citations.total():
        print("nothing to import")
    for kind, happened in (("statements", summary.statements), ("citations", summary.citations)):
        for what in ("new", "changed", "unchanged"):
            if happened[what]:
                print(f"{happened[what]} {kind} {would if what != 'unchanged' else ''}{what}")
    for kind, names in summary.created.items():
        for name in names:
            print(f"{kind} {would}created: {name}")
    if dry_run:
        for change in summary.changes:
            print(change)
    for name in summary.files:
        print(f"{name} {would}written")


def _write_report(path: Path, problems: Sequence[Problem]) -> None:
    write_csv(path, ["file", "place", "record", "field", "value", "allowed", "doubt"], problems)
    print(f"{len(problems)} problems in {path}", file=sys.stderr)
