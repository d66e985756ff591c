"""A query in two: the patterns, which an engine elsewhere matches, and what is worked out of each of its rows, which is
worked out here.

Engines agree on patterns. They do not on what a function makes of a value that is not there, on how a truth value is
written, and on the order of texts; the trailing BINDs of a query, the expressions among its columns, DISTINCT and ORDER
BY are therefore evaluated by the embedded engine, over the rows that come back. A parameter without a value, or with
one, is put into the patterns as such: planners see through neither `UNDEF` nor `BOUND`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ivig.query.query_text import QueryText

_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_DISTINCT = re.compile(r"\s+(DISTINCT|REDUCED)\b", re.IGNORECASE)
_WHERE = re.compile(r"\bWHERE\b|\{", re.IGNORECASE)
_LEFT_TO_THE_ENGINE = re.compile(r"\b(GROUP|HAVING|LIMIT|OFFSET|VALUES)\b", re.IGNORECASE)
_AGGREGATE = re.compile(r"\b(COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT)\s*\(|\bEXISTS\b|\bFROM\b", re.IGNORECASE)
_ORDER = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
_OFFSET = re.compile(r"\bOFFSET\b", re.IGNORECASE)
_BIND = re.compile(r"\bBIND\s*$", re.IGNORECASE)
_VARIABLE = re.compile(r"[?$](\w+)")
_PARAMETER = re.compile(r"VALUES \?(p_\w+) \{ (.*?) \}")
_ANY_PARAMETER = re.compile(r"(VALUES \?[op]_\w+ \{) .*? \}")
_EITHER = (
    r"\{{\s*VALUES \?{name} \{{ {values} \}}\s*FILTER\(!BOUND\(\?{name}\)\)([^{{}}]*)\}}\s*UNION\s*"
    r"\{{\s*\{{\s*VALUES \?{name} \{{ {values} \}}\s*FILTER\(BOUND\(\?{name}\)\)\s*\}}([^{{}}]*)\}}"
)
"""The two branches of a query that is planned otherwise without the parameter than with it."""
_VARIABLES_ALONE = re.compile(r"\bSELECT\b[^{]*|\b(?:GROUP|ORDER)\s+BY\b[^{}]*", re.IGNORECASE)
"""The columns of a query, and what it groups and orders by."""
_IRI = re.compile(r"<[^<>\s]*>")


class Split(NamedTuple):
    """A query in two.

    :param patterns: what the engine is asked
    :param given: the variables of its rows
    :param columns: the columns of the answer as the query has them, with DISTINCT where it says so
    :param worked_out: the BINDs that are evaluated over the rows
    :param order: the ORDER BY; empty where there is none
    """

    patterns: str
    given: tuple[str, ...]
    columns: str
    worked_out: str
    order: str


def split(query: str, columns: Sequence[str]) -> Split | None:
    """The two of a query; None for one that only an engine can answer as a whole, such as one that groups its rows.

    :param query: a SELECT query that parses, on Oxigraph
    :param columns: the variables that it gives
    """
    text = QueryText(query)
    bare = text.bare
    select = _SELECT.search(bare)
    where = _WHERE.search(bare, select.end()) if select else None
    if select is None or where is None:
        return None
    begin = bare.index("{", where.start())
    end = _closing(bare, begin)
    head, tail = query[select.end() : where.start()], query[end + 1 :]
    if _LEFT_TO_THE_ENGINE.search(bare, end) or _AGGREGATE.search(bare[select.end() : where.start()]) or "*" in head:
        return _sorted_only(query, bare, end, columns)
    cut = end
    while (opening := _last_bind(bare, begin, cut)) is not None:
        cut = opening
    body, worked_out = query[begin + 1 : cut], query[cut:end]
    matched = set(_VARIABLE.findall(body))
    used = _VARIABLE.findall(f"{head} {worked_out} {tail}")
    given = tuple(name for name in dict.fromkeys(used) if name in matched)
    if not given:
        return None
    distinct = _DISTINCT.match(bare, select.end())
    variables = " ".join(f"?{name}" for name in given)
    patterns = f"{query[: select.end()]}{distinct[0] if distinct else ''} {variables}\nWHERE {{{body}}}"
    return Split(patterns, given, head, worked_out, tail)


def _sorted_only(query: str, bare: str, end: int, columns: Sequence[str]) -> Split | None:
    """A query that an engine answers as a whole, of which only the order is made again."""
    order = _ORDER.search(bare, end)
    if order is None or _OFFSET.search(bare, end) or _AGGREGATE.search(bare, order.end()):
        return None
    clause = query[order.start() :]
    if not set(columns).issuperset(_VARIABLE.findall(clause)):
        return None
    return Split(query, tuple(columns), " ".join(f"?{name}" for name in columns), "", clause)


def without_values(query: str) -> str:
    """The text of a saved query, given the query with its parameters bound.

    >>> without_values("VALUES ?p_x { <x:y> <x:z> } ?s a ?p_x")
    'VALUES ?p_x { UNDEF } ?s a ?p_x'
    """
    return _ANY_PARAMETER.sub(r"\1 UNDEF }", query)


def with_parameters(query: str) -> str:
    """A saved query with the values of its parameters in place of the variables for them.

    >>> with_parameters("VALUES ?p_x { UNDEF } ?s a ?c . FILTER(!BOUND(?p_x) || ?c = ?p_x)")
    ' ?s a ?c . '
    >>> with_parameters("VALUES ?p_x { <x:y> } ?s a ?c . FILTER(!BOUND(?p_x) || ?c = ?p_x)")
    ' ?s a ?c . FILTER(?c = <x:y>)'
    """
    for name, values in dict.fromkeys(_PARAMETER.findall(query)):
        with_and_without = re.compile(_EITHER.format(name=name, values=re.escape(values)))
        query = with_and_without.sub(r"\1" if values == "UNDEF" else rf"VALUES ?{name} {{ {values} }}\2", query)
        guard = re.compile(rf"FILTER\(!BOUND\(\?{name}\) \|\| ")
        if values == "UNDEF":
            while match := guard.search(query):
                query = query[: match.start()] + query[_closing(query, query.index("(", match.start())) + 1 :]
            query = query.replace(f"BOUND(?{name})", "false").replace(f"VALUES ?{name} {{ UNDEF }}", "")
        else:
            query = guard.sub("FILTER(", query).replace(f"BOUND(?{name})", "true")
            if _IRI.fullmatch(values):
                query = _with_iri(query, name, values)
    return query


def _with_iri(query: str, name: str, iri: str) -> str:
    """A query with an IRI in place of a variable, which stays where only a variable may be, as among the columns."""
    values, variable = f"VALUES ?{name} {{ {iri} }}", re.compile(rf"\?{name}\b")
    kept = [match.span() for match in _VARIABLES_ALONE.finditer(query)]
    if not any(variable.search(query, begin, end) for begin, end in kept):
        return variable.sub(lambda _: iri, query.replace(values, ""))
    kept += [match.span() for match in re.finditer(re.escape(values), query)]
    return variable.sub(
        lambda match: match[0] if any(begin <= match.start() < end for begin, end in kept) else iri, query
    )


def _closing(text: str, opening: int) -> int:
    """Where the bracket is closed that opens there."""
    pair = {"(": ")", "{": "}"}
    depth, begins, ends = 0, text[opening], pair[text[opening]]
    for place in range(opening, len(text)):
        depth += (text[place] == begins) - (text[place] == ends)
        if not depth:
            return place
    raise ValueError("a bracket that is never closed")


def _last_bind(bare: str, begin: int, end: int) -> int | None:
    """Where the last BIND between two places begins, with nothing after it; None where something else comes last."""
    closing = len(bare[:end].rstrip()) - 1
    if bare[closing] != ")":
        return None
    depth = 0
    for place in range(closing, begin, -1):
        depth += (bare[place] == ")") - (bare[place] == "(")
        if not depth:
            break
    word = _BIND.search(bare, begin, place)
    inside = bare[place:closing]
    return word.start() if word and not re.search(r"\bEXISTS\b", inside, re.IGNORECASE) else None
