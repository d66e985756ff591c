"""The publications of a graph as a bibliography."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ivig.io.bibliographies import Publication, write_publications
from ivig.io.bibliographies.names import authors_of
from ivig.namespaces import BASE
from ivig.query import Graph

BibliographyFormat = Literal["bibtex", "ris", "csl-json"]


class Bibliography(NamedTuple):
    """A bibliography as text, and how many publications have neither title nor identifier to stand in it."""

    text: str
    left_out: int


def bibliography(graph: Graph, format_name: BibliographyFormat) -> Bibliography:
    """Every publication that has a title or an identifier, in a format of reference managers.

    Each goes by the last part of its IRI. One that has no identifier has the address of the page it was read on.
    """
    found, names, left_out = [], [], 0
    for row in graph.about("publications"):
        said = {
            name: str(row[name] or "")
            for name in ("title", "journal", "volume", "issue", "pages", "pmid", "doi", "pmcid")
        }
        if not any(said[name] for name in ("title", "pmid", "doi", "pmcid")):
            left_out += 1
            continue
        names.append(str(row["citation"]).removeprefix(f"{BASE}citation/"))
        year = row["year"] if isinstance(row["year"], int) else None
        found.append(
            Publication(
                **said,
                authors=authors_of(str(row["authors"] or "")),
                year=year,
                address=str(row["page"] or ""),
                retraction="retracted" if row["retracted"] else "not checked",
            )
        )
    return Bibliography(write_publications(found, format_name, names), left_out)
