"""Which subgraph is meant: what a user named, turned into the statements that it picks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from pyoxigraph import NamedNode, QuadParser, QueryBoolean, QuerySolutions, QueryTriples

from ivig.errors import BadInput, UnknownName
from ivig.namespaces import BASE, TERMS
from ivig.query import Graph
from ivig.query.engine import select

NONE = "none"
"""In place of a condition: statements on no condition, and what no statement leads to."""

CRITERIA = {
    "condition": "Statements on it or a narrower one; none for those on no condition.",
    "group": "Statements on the conditions or mechanisms of a group.",
    "mechanism": "Statements for or against it or a narrower one.",
    "outcome": "Statements on it or a narrower one.",
    "study_type": "Statements by this kind of study or a narrower one.",
    "level": "Statements of this level, 1 to 5.",
    "direction": "Statements whose effect went this way.",
    "citation": "Statements from this publication: PMID, DOI or IRI.",
    "year": "Statements of these years: 2015, 2010-2020, 2010- or -2010.",
    "source": "Statements of this source document.",
    "kind": "Statements of this kind.",
}
"""The criteria that take several values, for the help of the command line and the description of the API."""

_KINDS = {
    "condition": ("Condition",),
    "group": ("ConditionGroup", "MechanismGroup"),
    "mechanism": ("Mechanism",),
    "outcome": ("Outcome",),
    "study_type": ("StudyType",),
    "direction": ("Direction",),
    "citation": ("Citation",),
    "source": ("SourceDocument",),
    "kind": ("StatementKind",),
}
"""The criteria that name a thing, each with the classes that the thing may have."""

_YEARS = re.compile(r"(\d{4})?(-)?(\d{4})?")
MAX_DEPTH = 9


@dataclass(frozen=True)
class Selection:
    """What a user asks for. Values of one criterion are alternatives; several criteria must all hold.

    Criteria that name a thing take a label or synonym in any case, a CURIE or an IRI, and include what is narrower; a
    term of a linked ontology stands for all that is below it.

    :param condition: that statements are on; "none" for those on no condition
    :param group: of conditions or mechanisms
    :param mechanism: that statements speak for or against
    :param outcome: that was measured
    :param study_type: of the study that a statement rests on
    :param level: "1" to "5"
    :param direction: which way the effect went
    :param citation: a publication: PMID, DOI or IRI
    :param year: of the publication: "2015", "2010-2020", "2010-", "-2010"
    :param source: a source document
    :param kind: of statements, such as "efficacy"
    :param query: the name of a saved query
    :param parameters: of that query
    :param sparql: a SELECT or CONSTRUCT query, whose answer names the things of the graph that are picked
    :param mentioned: the things that such an answer named, where it is there already
    :param depth: how many steps to go on to other statements that share a condition, mechanism, adverse event, study or
        publication with those picked
    """

    condition: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    mechanism: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    study_type: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    query: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    sparql: str | None = None
    mentioned: tuple[str, ...] = ()
    depth: int = 0

    def __bool__(self) -> bool:
        """Whether anything is asked for: without, the whole graph is meant. A query without text asks for something."""
        return bool(self.described())

    def described(self) -> dict[str, object]:
        """What was asked for, criterion by criterion, as a package keeps it."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        given = {name: value for name, value in said.items() if value not in ((), {}, None, 0)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Selection:
        """The selection that was described so."""
        values: dict[str, Any] = {
            n: tuple(value) if isinstance(value, list) else value for n, value in described.items()
        }
        return cls(**values)


class Picked(NamedTuple):
    """What a selection picks.

    :param statements: their IRIs
    :param things: the IRIs of those that come along without a statement
    """

    statements: set[str]
    things: set[str]


def picked(graph: Graph, selection: Selection) -> Picked:
    """The statements and things that a selection picks; everything for an empty one.

    :param graph: the one to pick from
    :param selection: what a user asks for
    :raises UnknownName: for a name that means nothing
    :raises AmbiguousName: for a name that is not exact
    :raises BadInput: for a value that cannot be read, or where nothing is picked
    """
    if not selection:
        return Picked(_column(graph, "statements"), _column(graph, "things"))
    choices = list(_choices(graph, selection))
    if not choices:
        raise BadInput("a depth goes on from a selection: name a condition or another criterion")
    statements = set.intersection(*(choice.statements for choice in choices))
    # Where there is one criterion the things that it names are wanted for themselves; in a mix they narrow each other.
    things = choices[0].things if len(choices) == 1 else set()
    if not statements and not things:
        raise BadInput("nothing in the graph fits all of this; leave a criterion out")
    for _ in range(_depth(selection)):
        wider = statements | _column(graph, "neighbours-of-statements", statements) if statements else statements
        if wider == statements:
            break
        statements = wider
    return Picked(statements, things)


def resolved(graph: Graph, selection: Selection) -> Selection:
    """The same with the IRI of each thing that is named: two selections that mean the same things are equal then.

    :param graph: the one whose names are meant
    :param selection: what a user asks for
    :raises UnknownName: for a name that means nothing
    :raises AmbiguousName: for a name that is not exact
    """
    named: dict[str, Any] = {
        criterion: tuple(
            dict.fromkeys(one for name in getattr(selection, criterion) for one in _meant(graph, name, kinds))
        )
        for criterion, kinds in _KINDS.items()
    }
    return replace(selection, **named)


def took(graph: Graph, selection: Selection) -> list[str]:
    """What a selection takes for names that are not exact, a line each.

    :param graph: the one whose names are meant
    :param selection: what a user asks for
    """
    given = ((name, kinds) for criterion, kinds in _KINDS.items() for name in getattr(selection, criterion))
    taken = ((name, graph.names.took(name, kind)) for name, kinds in given for kind in kinds if name.lower() != NONE)
    return [f'took {label} for "{name}"' for name, label in taken if label]


def _choices(graph: Graph, selection: Selection) -> Iterator[Picked]:
    """What each criterion picks for itself."""
    for criterion, kinds in _KINDS.items():
        names: tuple[str, ...] = getattr(selection, criterion)
        if names:
            yield _named(graph, names, kinds)
    if selection.level:
        yield _numbered(graph, "levels-of-statements", [_level(value) for value in selection.level])
    if selection.year:
        yield _numbered(graph, "years-of-statements", [_years(value) for value in selection.year])
    if selection.query is not None:
        yield _among(graph, mentioned(graph.engine.ask(graph.bound(selection.query, dict(selection.parameters)))))
    elif selection.parameters:
        raise BadInput("parameters belong to a saved query: name it with query")
    if selection.sparql is not None:
        yield _among(graph, mentioned(graph.engine.ask(selection.sparql)))
    if selection.mentioned:
        yield _among(graph, selection.mentioned)


def _named(graph: Graph, names: Iterable[str], kinds: tuple[str, ...]) -> Picked:
    statements: set[str] = set()
    things: set[str] = set()
    named = set()
    for thing in (one for name in names for one in _meant(graph, name, kinds)):
        if thing == NONE:
            statements |= _column(graph, "statements-without-condition")
            things |= _column(graph, "things-that-nothing-leads-to")
        else:
            named.add(thing)
    if named:
        statements |= _column(graph, "statements-of-thing", named)
        things |= _column(graph, "members-of-thing", named)
    return Picked(statements, things)


def _meant(graph: Graph, name: str, kinds: tuple[str, ...]) -> list[str]:
    """What a name stands for: the IRI of one thing, of all that a linked ontology puts below it, or none."""
    if name.strip().lower() == NONE and kinds == _KINDS["condition"]:
        return [NONE]
    failures: list[UnknownName] = []
    for kind in kinds:
        try:
            return graph.names.things(name, kind)
        except UnknownName as error:
            failures.append(error)
    near = [one for error in failures if not error.known for one in error.nearest]
    raise UnknownName(failures[0].what, name, near[:5], [one for error in failures for one in error.known])


def _numbered(graph: Graph, query: str, fits: list[Callable[[int], bool]]) -> Picked:
    rows = select(graph.engine, graph.internal[query].text)
    return Picked({iri.value for iri, number in rows if any(fit(int(number.value)) for fit in fits)}, set())


def _level(value: str) -> Callable[[int], bool]:
    if value.strip() not in ("1", "2", "3", "4", "5"):
        raise BadInput(f'a level is 1 (strongest) to 5, not "{value}"')
    wanted = int(value)
    return lambda level: level == wanted


def _years(value: str) -> Callable[[int], bool]:
    match = _YEARS.fullmatch(value.strip())
    if match is None or not (match[1] or match[3]) or (match[3] and not match[2]):
        raise BadInput(f'a year reads 2015, 2010-2020, 2010- or -2010, not "{value}"')
    first = int(match[1] or 0)
    last = int(match[3] or (9999 if match[2] else first))
    if first > last:
        raise BadInput(f"the years {value} end before they begin")
    return lambda year: first <= year <= last


def _depth(selection: Selection) -> int:
    if not 0 <= selection.depth <= MAX_DEPTH:
        raise BadInput(f"a depth is 0 to {MAX_DEPTH}, not {selection.depth}")
    return selection.depth


def mentioned(result: QuerySolutions | QueryTriples | QueryBoolean | QuadParser) -> set[str]:
    """The things of ours in an answer. Only their names are taken: what is exported of them the release says.

    :raises BadInput: for a yes or no
    """
    if isinstance(result, QueryBoolean):
        raise BadInput("a yes or no picks nothing: give a SELECT or CONSTRUCT query")
    rows: Iterable[Iterable[object]] = (
        result if isinstance(result, QuerySolutions) else ((one.subject, one.object) for one in result)
    )
    iris = (term.value for row in rows for term in row if isinstance(term, NamedNode))
    return {iri for iri in iris if iri.startswith(BASE) and not iri.startswith(TERMS)}


def _among(graph: Graph, things: Collection[str]) -> Picked:
    """The statements among things, and those of the others that the graph knows."""
    if not things:
        return Picked(set(), set())
    statements = _column(graph, "statements-among-things", things)
    return Picked(statements, _column(graph, "things-that-are-described", things) - statements)


def _column(graph: Graph, query: str, things: Iterable[str] | None = None) -> set[str]:
    """The IRIs in the only column of an internal query, asked about the things where some are given."""
    internal = graph.internal[query]
    text = internal.text if things is None else internal.bind_things("thing", sorted(things))
    return {iri.value for (iri,) in select(graph.engine, text)}
