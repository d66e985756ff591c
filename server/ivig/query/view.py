"""What of an answer is shown: which rows, in which order, from where on, and which columns."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from ivig.errors import BadInput, UnknownName
from ivig.model.labels import normal
from ivig.model.schema import schema
from ivig.namespaces import BASE, TERMS
from ivig.query.names import Names, nearest
from ivig.query.results import Value, columns as columns_of, own_columns, rows
from ivig.query.saved import SavedQuery

if TYPE_CHECKING:
    from ivig.query.graph import Graph

OPTIONS = ("limit", "offset", "sort", "columns")
"""What may stand beside the parameters of a query and the columns that it filters by."""

_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER = re.compile(r"(<=?|>=?|=?)\s*(\S+)")
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_LABEL = "_label"


class View(NamedTuple):
    """What of an answer is shown.

    :param filters: column to the values of which a row has to have one
    :param sort: columns to sort by, the first first; with `-` before it the largest come first
    :param offset: how many rows are left out at the beginning
    :param limit: how many rows are shown at most; None for all
    :param columns: the columns that are shown; all without any
    """

    filters: Mapping[str, tuple[str, ...]] = {}
    sort: tuple[str, ...] = ()
    offset: int = 0
    limit: int | None = None
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: SavedQuery, given: Iterable[tuple[str, str]]) -> tuple[dict[str, str], View]:
        """What a request gives, taken apart into the parameters of a query and what of its answer is shown.

        A name that is both parameter and column is the parameter. An empty value counts as none, as forms send it.

        :param given: names and values, as they come
        :raises UnknownName: for a name that is neither parameter nor column nor option
        :raises BadInput: where a parameter or an option is given twice, or is no number where it has to be one
        """
        known = [*(parameter.name for parameter in query.parameters), *OPTIONS]
        values: dict[str, str] = {}
        filters: dict[str, tuple[str, ...]] = {}
        for name, value in given:
            if name not in known:
                if name.removesuffix(_LABEL) not in query.columns:
                    names = [*known, *query.columns]
                    what = f"parameter or column of {query.name}" if query.parameters else f"column of {query.name}"
                    raise UnknownName(what, name, nearest(name, names)[:5], list(query.columns))
                if value.strip():
                    filters[name] = (*filters.get(name, ()), value.strip())
            elif name in values:
                raise BadInput(f"{name} is given twice")
            else:
                values[name] = value
        options = {name: values.pop(name, "").strip() for name in OPTIONS}
        return values, cls(
            filters,
            _listed(options["sort"]),
            _count("offset", options["offset"]) or 0,
            _count("limit", options["limit"]),
            _listed(options["columns"]),
        )

    def __bool__(self) -> bool:
        """Whether it is another than the whole answer as it stands."""
        return self != View()

    def check(self, columns: Sequence[str]) -> None:
        """See that an answer has every column that it names.

        :raises UnknownName: with the nearest, or all
        """
        for name in (*self.filters, *(one.removeprefix("-") for one in self.sort), *self.columns):
            if name not in columns:
                known = own_columns(columns)
                raise UnknownName("column", name, nearest(name, known)[:5], known)


def shown(graph: Graph, query: str, values: dict[str, str], view: View) -> QuerySolutions:
    """The rows of the answer to a saved query that a view shows, with their terms as they are.

    :param values: parameter to what the user typed
    :raises UnknownName: for a column that is not there, or for a word that is none of the vocabulary of its column
    :raises BadInput: for a filter of a column of numbers that is no number, and what `Graph.query` raises
    """
    solutions = graph.solutions(query, values)
    if not view:
        return solutions
    columns, body = columns_of(solutions), solutions.serialize(format=QueryResultsFormat.JSON) or b""
    # It belongs to this thread, and an error would take it along to another.
    del solutions
    return _shown(columns, body, view, graph.names)


def _shown(columns: list[str], body: bytes, view: View, names: Names) -> QuerySolutions:
    view.check(columns)
    # Each row twice: as plain values to compare, and as it is to be written.
    answer = list(zip(rows(_read(body)), json.loads(body)["results"]["bindings"], strict=True))
    for column, wanted in view.filters.items():
        fits = _filter(column, wanted, [row for row, _ in answer], names)
        answer = [pair for pair in answer if fits(pair[0])]
    for name in reversed(view.sort):
        column = name.removeprefix("-")
        by = column + _LABEL if column + _LABEL in columns else column
        there = [pair for pair in answer if pair[0][by] is not None]
        there.sort(key=lambda pair: _sort_key(pair[0][by]), reverse=name.startswith("-"))
        # What has no value is neither the smallest nor the largest.
        answer = [*there, *(pair for pair in answer if pair[0][by] is None)]
    end = None if view.limit is None else view.offset + view.limit
    kept = list(dict.fromkeys(view.columns or columns))
    bindings = [{name: term for name, term in terms.items() if name in kept} for _, terms in answer[view.offset : end]]
    return _read(json.dumps({"head": {"vars": kept}, "results": {"bindings": bindings}}).encode())


def _read(body: bytes) -> QuerySolutions:
    result = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(result, QuerySolutions)
    return result


def _filter(
    column: str, wanted: Sequence[str], answer: Sequence[Mapping[str, Value]], names: Names
) -> Callable[[Mapping[str, Value]], bool]:
    """What tells whether a row has one of the values."""
    values = [row[column] for row in answer if row[column] is not None]
    if values and all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values):
        tests = [_number_test(column, text) for text in wanted]
        return lambda row: row[column] is not None and any(test(Decimal(str(row[column]))) for test in tests)
    if values and all(isinstance(value, bool) for value in values):
        truths = {_truth(column, text) for text in wanted}
        return lambda row: row[column] in truths

    def said(row: Mapping[str, Value]) -> set[str]:
        """All that a row may be asked by in this column: the value, the label, the end of an IRI."""
        texts = [str(one) for one in (row[column], row.get(column + _LABEL)) if one is not None]
        ends = [text.removeprefix(BASE).partition("/")[2] for text in texts if text.startswith(BASE)]
        return {normal(text) for text in (*texts, *ends)}

    there = {text for row in answer for text in said(row)}
    keys: set[str] = set()
    for text in wanted:
        keys |= {normal(text)} if normal(text) in there else _known(column, text, names)
    return lambda row: not keys.isdisjoint(said(row))


def _known(column: str, text: str, names: Names) -> set[str]:
    """What a word may be found by that stands in no row as it was typed: a synonym, an identifier of others.

    Nothing for a word of a column that has no vocabulary.

    :raises UnknownName: where the column has one and the word is not in it
    """
    name = column.removesuffix(_LABEL)
    kinds = {each.class_.removeprefix(TERMS) for each in schema().named(name)}
    kind = kinds.pop() if len(kinds) == 1 else "".join(part.capitalize() for part in name.split("_"))
    if not names.has_kind(kind):
        return set()
    return {normal(form) for iri in names.things(text, kind) for form in (iri, names.label(iri))}


def _number_test(column: str, text: str) -> Callable[[Decimal], bool]:
    match = _NUMBER.fullmatch(text)
    try:
        bound = Decimal(match[2]) if match else None
    except InvalidOperation:
        bound = None
    if match is None or bound is None or not bound.is_finite():
        raise BadInput(f'{column} holds numbers: give one, such as 2, or a bound, such as >=2, not "{text}"')
    compared = _COMPARED[match[1]]
    return lambda value: compared(value, bound)


def _truth(column: str, text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise BadInput(f'{column} is yes or no, not "{text}"')
    return _TRUTH[text.lower()]


def _sort_key(value: Value) -> tuple[bool, Decimal, str]:
    if isinstance(value, int | float | Decimal):
        return False, Decimal(str(int(value) if isinstance(value, bool) else value)), ""
    return True, Decimal(), normal(str(value))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadInput(f'{name} is a number of rows, such as 20, not "{text}"')
    return int(text)
