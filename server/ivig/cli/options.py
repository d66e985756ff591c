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


class ExportFormat(StrEnum):
    """Formats of an export."""

    turtle = "turtle"
    trig = "trig"
    ntriples = "ntriples"
    nquads = "nquads"
    rdfxml = "rdfxml"
    jsonld = "jsonld"
    csv = "csv"
    tsv = "tsv"
    xlsx = "xlsx"
    parquet = "parquet"
    graphml = "graphml"
    gexf = "gexf"
    cytoscape = "cytoscape"
    cx2 = "cx2"
    kgx = "kgx"
    kgx_jsonl = "kgx-jsonl"
    nanopub = "nanopub"

    @property
    def binary(self) -> bool:
        """Whether it is no text, so that a terminal cannot show it."""
        return self.value in ("xlsx", "parquet", "kgx", "kgx-jsonl")
