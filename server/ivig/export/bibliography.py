"""The publications of a graph, or of a subgraph, as a bibliography."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO, NamedTuple

from ivig.export.subgraph import Subgraph
from ivig.io.bibliographies import Publication, write_publications
from ivig.io.bibliographies.names import authors_of
from ivig.namespaces import BASE
from ivig.query import Graph


class Bibliography(NamedTuple):
    """A bibliography.

    :param text: all of it, in its format
    :param left_out: how many publications have neither title nor identifier to stand in it
    """

    text: str
    left_out: int


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write the publications of a subgraph.

    :param format_name: one of `BIBLIOGRAPHIES`
    """
    out.write(bibliography(graph, format_name, subgraph.members).text.encode())


def write_whole(graph: Graph, format_name: str, out: BinaryIO, *, inferred: bool) -> None:
    """Write all publications of a graph.

    :param format_name: one of `BIBLIOGRAPHIES`
    :param inferred: says nothing here: no publication is inferred
    """
    out.write(bibliography(graph, format_name).text.encode())


def bibliography(graph: Graph, format_name: str, among: Collection[str] | None = None) -> Bibliography:
    """Every publication that has a title or an identifier, in a format of reference managers.

    Each goes by the last part of its IRI. One that has no identifier has the address of the page it was read on.

    :param among: the IRIs of those that are wanted, such as the members of a subgraph; None for all
    """
    found, names, left_out = [], [], 0
    for row in graph.about("publications"):
        if among is not None and row["citation"] not in among:
            continue
        said = {
            name: str(row[name] or "")
            for name in ("title", "journal", "volume", "issue", "pages", "pmid", "doi", "pmcid")
        }
        if not any(said[name] for name in ("title", "pmid", "doi", "pmcid")):
            left_out += 1
            continue
        names.append(str(row["citation"]).removeprefix(f"{BASE}citation/"))
        found.append(
            Publication(
                **said,
                authors=authors_of(str(row["authors"] or "")),
                year=row["year"] if isinstance(row["year"], int) else None,
                address=str(row["page"] or ""),
                retraction="retracted" if row["retracted"] else "not checked",
            )
        )
    return Bibliography(write_publications(found, format_name, names), left_out)
