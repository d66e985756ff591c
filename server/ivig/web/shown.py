"""The part of an answer that a page shows: its rows, how many there are, and what they can be filtered by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from ivig.query import Answer
from ivig.query.results import own_columns
from ivig.query.view import View
from ivig.web.templating import Table, table_of

ROWS = 100
_MOST_CHOICES = 14
_LONGEST_CHOICE = 60
_MOST_COLUMNS = 10
"""Columns that a screen shows at first; the others are there to be chosen."""
_NOT_CHOSEN = ("pmid", "doi", "finding", "page")
"""Columns whose values nobody chooses from a list."""


class Facet(NamedTuple):
    """A column that an answer can be filtered by.

    :param column: its name
    :param choices: its values, each with how many rows have it
    :param chosen: the value that was chosen; empty for none
    """

    column: str
    choices: list[tuple[str, int]]
    chosen: str


class Shown(NamedTuple):
    """A page of an answer.

    :param columns: the columns that are shown, by name
    :param others: the columns that are not
    :param total: rows that fit; first and last: which of them are shown, from 1
    """

    table: Table
    columns: list[str]
    others: list[str]
    facets: list[Facet]
    total: int
    first: int
    last: int


def shown_part(
    answer: Answer, everything: Answer, view: View, preferred: tuple[str, ...], asked: Collection[str] = ()
) -> Shown:
    """The rows that a view shows, with what they can be filtered by.

    :param answer: the rows that fit
    :param everything: the rows without filters, from which the choices are taken
    :param preferred: the columns that are shown where the view names none
    :param asked: the parameters that were given: a column that says nothing but what was asked is not shown
    """
    size = min(view.limit or ROWS, ROWS)
    begin = view.offset if view.offset < len(answer) else 0
    rows = answer.rows[begin : begin + size]
    wanted = view.columns or preferred
    columns = [name for name in wanted if view.columns or _tells(answer, name, name in asked)]
    columns = columns if view.columns else columns[:_MOST_COLUMNS]
    own = own_columns(answer.columns)
    facets = [
        facet for name in own if name not in _NOT_CHOSEN and (facet := _facet(everything, name, view)) is not None
    ]
    others = [name for name in own if name not in columns]
    return Shown(table_of(rows, columns), columns, others, facets, len(answer), begin + 1, begin + len(rows))


def _tells(answer: Answer, column: str, asked: bool) -> bool:
    """Whether a column says something; of one that was asked for, whether it says more than one thing."""
    values = {row[column] for row in answer}
    return len(values) > 1 if asked else values != {None}


def _facet(answer: Answer, column: str, view: View) -> Facet | None:
    """The choices of a column of few words; none for numbers, and for what differs from row to row."""
    label = f"{column}_label" if f"{column}_label" in answer.columns else column
    values = [row[label] for row in answer if row[label] is not None]
    if any(not isinstance(value, str) for value in values):
        return None
    counted = Counter(str(value) for value in values)
    few = 1 < len(counted) <= _MOST_CHOICES and len(counted) < len(values)
    if not few or max(map(len, counted)) > _LONGEST_CHOICE:
        return None
    return Facet(column, sorted(counted.items()), next(iter(view.filters.get(column, ())), ""))
