"""The publications of a graph as a bibliography."""

from __future__ import annotations

from typing import Literal

from ivig.ask import Graph
from ivig.curate.bibliography import Publication, write_publications
from ivig.curate.bibliography.names import authors_of

BibliographyFormat = Literal["bibtex", "ris", "csl-json"]


def bibliography(graph: Graph, format_name: BibliographyFormat) -> str:
    """Every publication that has a title or an identifier, in a format of reference managers."""
    found = []
    for row in graph.about("publications"):
        said = {
            name: str(row[name] or "")
            for name in ("title", "journal", "volume", "issue", "pages", "pmid", "doi", "pmcid")
        }
        if not any(said[name] for name in ("title", "pmid", "doi", "pmcid")):
            continue
        year = row["year"] if isinstance(row["year"], int) else None
        found.append(
            Publication(
                **said,
                authors=authors_of(str(row["authors"] or "")),
                year=year,
                # The graph keeps no kinds; what stands in a journal is an article to a reference manager.
                kind="article" if said["journal"] else "other",
                retraction="retracted" if row["retracted"] else "not checked",
            )
        )
    return write_publications(found, format_name)
