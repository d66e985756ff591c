"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

GraphOption = Annotated[
    Path | None,
    typer.Option("--graph", envvar="IVIG_GRAPH", help="Folder of another graph.", metavar="DIR", show_default=False),
]
ReleasesOption = Annotated[
    Path | None,
    typer.Option(
        "--releases",
        envvar="IVIG_RELEASES",
        help="Folder of the releases; a place in the user's cache by default.",
        metavar="DIR",
        show_default=False,
    ),
]


class ResultFormat(StrEnum):
    """Formats of a table of results."""

    table = "table"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    xml = "xml"
    ndjson = "ndjson"


class BibliographyFormat(StrEnum):
    """Formats of a bibliography."""

    bibtex = "bibtex"
    ris = "ris"
    csl_json = "csl-json"


class GraphFormat(StrEnum):
    """Formats of a part of the graph."""

    turtle = "turtle"
    nquads = "nquads"
