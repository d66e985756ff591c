"""`ivig template`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphOption, Kind
from ivig.errors import BadInput


def template(
    output: Annotated[Path, typer.Argument(help="The spreadsheet to write.", metavar="XLSX", show_default=False)],
    source: Annotated[
        list[Path] | None,
        typer.Option("--from", help="Bibliographies: a row for each publication.", metavar="FILE", show_default=False),
    ] = None,
    kind: Annotated[Kind, typer.Option("--kind", help="The sheet that those rows stand on.")] = Kind.evidence,
    graph: GraphOption = None,
) -> None:
    """Write a spreadsheet to be filled in with records, a row for each publication of a bibliography.

    Citation and page are filled in; what the publication found is for who reads it.

    Example: ivig template records.xlsx --from pubmed.nbib
    """
    from ivig.curate.template import publication_rows
    from ivig.io.bibliographies import read_publications
    from ivig.query.wording import counted

    rows = publication_rows(each for path in source or () for each in read_publications(path))
    write(output, {kind.value: rows}, graph)
    if rows:
        print(f"{counted(len(rows), 'publication')} on the sheet {kind.value}")


def write(output: Path, rows: dict[str, list[dict[str, str | int | float | bool | None]]], graph: Path | None) -> None:
    """Write a spreadsheet with rows, by kind, and the words of a graph, where there is no file of the name.

    :param output: an XLSX file
    :param rows: by kind, the values of each row by column
    :param graph: the folder of its files; None for the package's own
    :raises BadInput: where there is one, or the name does not end in .xlsx
    """
    from ivig.curate.template import words, write_template
    from ivig.graph_files import graph_files
    from ivig.io.atomic import finished_file

    if output.exists():
        raise BadInput(f"{output} is there already, and may hold work: name a file that is not there")
    if output.suffix.lower() != ".xlsx":
        raise BadInput(f"{output}: a spreadsheet, whose name ends in .xlsx")
    with finished_file(output) as draft:
        write_template(draft, words(graph_files(graph)), rows)
    print(f"{output} written")
