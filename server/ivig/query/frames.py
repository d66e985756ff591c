"""Answers as tables of pandas and polars, and as a table that a notebook shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from ivig.errors import BadInput
from ivig.model.schema import schema
from ivig.namespaces import PREFIXES
from ivig.query.results import Value, own_columns

if TYPE_CHECKING:
    import pandas
    import polars

    from ivig.query.graph import Answer

_WORDS = frozenset({"verdict", "strength", "citation_status", "p_relation", "frequency_unit", "grading_system"})
"""Columns of a few words each that come from no vocabulary."""
_SHOWN_ROWS = 60
_LONGEST = 200


def pandas_frame(answer: Answer, labels: bool) -> pandas.DataFrame:
    """The answer as a data frame, as `Answer.to_pandas` has it.

    :param answer: the rows to be in it
    :param labels: columns that hold things have their labels in place of their IRIs, and no twin
    :raises BadInput: where pandas is not installed
    """
    try:
        import pandas
    except ImportError as error:
        raise BadInput("to_pandas needs pandas: pip install pandas") from error
    dtypes = {"whole": "Int64", "number": "Float64", "boolean": "boolean", "word": "category", "text": "str"}
    columns = {
        name: pandas.Series(_plain(values), dtype=dtypes[kind]) for name, values, kind in _columns(answer, labels)
    }
    frame = pandas.DataFrame(columns)
    frame.attrs["meanings"] = {name: text for name, text in answer.meanings.items() if name in columns}
    return frame


def polars_frame(answer: Answer, labels: bool) -> polars.DataFrame:
    """The answer as a data frame of polars, as `Answer.to_polars` has it.

    :param answer: the rows to be in it
    :param labels: columns that hold things have their labels in place of their IRIs, and no twin
    :raises BadInput: where polars is not installed
    """
    try:
        import polars
    except ImportError as error:
        raise BadInput("to_polars needs polars: pip install polars") from error
    types: dict[str, Any] = {
        "whole": polars.Int64,
        "number": polars.Float64,
        "boolean": polars.Boolean,
        "word": polars.Categorical,
        "text": polars.String,
    }
    return polars.DataFrame(
        [polars.Series(name, _plain(values), dtype=types[kind]) for name, values, kind in _columns(answer, labels)]
    )


def html_table(answer: Answer) -> str:
    """The answer as a table in HTML: labels that lead to their things, without columns that are empty."""
    names = [name for name in own_columns(answer.columns) if any(row[name] is not None for row in answer.rows)]
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(_cell(row[name], row.get(f'{name}_label')) for name in names)}</tr>"
        for row in answer.rows[:_SHOWN_ROWS]
    )
    shown = f"; the first {_SHOWN_ROWS} are shown" if len(answer.rows) > _SHOWN_ROWS else ""
    took = "".join(f"<p>{escape(line)}</p>" for line in answer.took)
    count = f"{len(answer.rows)} row{'s' * (len(answer.rows) != 1)}{shown}"
    return f"{took}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{count}</p>"


def _cell(value: Value, label: Value) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    shown = escape(_cut(str(label) if label else text))
    if text.startswith(("http://", "https://")):
        return f'<td><a href="{escape(text)}">{shown}</a></td>'
    aligned = ' style="text-align: right"' if isinstance(value, int | float | Decimal) else ""
    return f"<td{aligned}>{shown}</td>"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"


def _columns(answer: Answer, labels: bool) -> list[tuple[str, list[Value], str]]:
    """The columns: name, values, and what they hold. labels: those that hold things have their labels alone."""
    found = []
    for name in own_columns(answer.columns) if labels else answer.columns:
        source = f"{name}_label" if labels and f"{name}_label" in answer.columns else name
        values = [row[source] for row in answer.rows]
        found.append((name, values, _holds(source, values)))
    return found


def _holds(name: str, values: Sequence[Value]) -> str:
    """What a column holds: whole numbers, numbers, booleans, words of a vocabulary, or text.

    One without a value holds what the property of its name does, so that the frames of two questions fit together.
    """
    present = [value for value in values if value is not None]
    if not present:
        return _by_property().get(name, "text")
    if all(isinstance(value, bool) for value in present):
        return "boolean"
    if any(isinstance(value, str | bool) for value in present):
        return "word" if name in _WORDS or _vocabulary().issuperset(present) else "text"
    whole = all(isinstance(value, int) for value in present)
    return "whole" if whole and _by_property().get(name) != "number" else "number"


@cache
def _vocabulary() -> frozenset[Value]:
    """The words of all vocabularies."""
    return frozenset(term for class_ in schema().vocabularies for term in schema().terms(class_))


@cache
def _by_property() -> dict[str, str]:
    """What the properties hold, by their names in columns; only those that hold no text."""
    kinds = {"integer": "whole", "decimal": "number", "double": "number", "boolean": "boolean"}
    known = {PREFIXES["xsd"] + datatype: kind for datatype, kind in kinds.items()}
    properties = (each for class_ in schema().classes for each in schema().properties(class_))
    return {each.name: known[each.datatype] for each in properties if each.datatype in known}


def _plain(values: Sequence[Value]) -> list[Any]:
    """The values, decimal numbers as floats; where numbers and text are mixed, all as text."""
    if any(isinstance(value, str) for value in values):
        return [value if value is None or isinstance(value, str) else str(value) for value in values]
    return [float(value) if isinstance(value, Decimal) else value for value in values]
