"""The answer to a saved query as a file: every format of results, and a spreadsheet that says what its columns mean."""

from __future__ import annotations

import io

from pyoxigraph import QuerySolutions

from ivig.export.workbook import about_release, write_workbook
from ivig.query import Graph, SavedQuery
from ivig.query.results import columns, result_bytes, rows


def answer_bytes(graph: Graph, query: SavedQuery, solutions: QuerySolutions, format_name: str) -> bytes:
    """The rows in a format.

    :param query: the query that they answer, for what its columns mean
    :param format_name: one of the formats of results, or xlsx
    """
    if format_name != "xlsx":
        return result_bytes(solutions, format_name)
    out = io.BytesIO()
    meanings = {name: _meaning(query, name) for name in columns(solutions)}
    read = (tuple(row.values()) for row in rows(solutions))
    write_workbook(out, "answer", meanings, read, {"question": query.title, **about_release(graph)})
    return out.getvalue()


def _meaning(query: SavedQuery, column: str) -> str:
    known = query.columns.get(column)
    return known if known is not None else f"The label of {column.removesuffix('_label').replace('_', ' ')}."
