"""Sensitivity of verdicts: the rules run again on a graph from which something was taken, or to which more counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from pyoxigraph import NamedNode, QueryTriples, Store, Triple

from ivig.build.derivation import derive
from ivig.build.queries import texts
from ivig.io.turtle import in_graph
from ivig.namespaces import BASE, DATA_GRAPH, INFERRED_GRAPH, TERMS
from ivig.query.graph import Graph

_CONDITION, _EXCLUSION, _DEFINES = (NamedNode(TERMS + name) for name in ("condition", "exclusion", "definesActivityOf"))


class Change(StrEnum):
    """What is done otherwise."""

    LARGEST = "largest"
    LABORATORY = "laboratory"
    UNCONTROLLED = "uncontrolled"


CHANGES = {
    Change.LARGEST: "without the largest study",
    Change.LABORATORY: "with laboratory outcomes",
    Change.UNCONTROLLED: "with uncontrolled evidence",
}
"""Each change in words."""


class Answer(NamedTuple):
    """What the evidence on one question comes to.

    :param word: which way it goes, such as `benefit` or `as good as plasma exchange`
    :param strength: how sure it is, such as `weak`
    """

    word: str
    strength: str

    def __str__(self) -> str:
        return f"{self.word} ({self.strength})"


class Verdict(NamedTuple):
    """A verdict as the rules derive it.

    :param condition: its IRI
    :param condition_label: what it is called
    :param intent: what the treatment is for, such as `treat`
    :param word: which way it goes, such as `benefit`
    :param strength: how sure it is, such as `weak`
    :param sentence: all of it in words
    :param question: the one that it answers, such as `against nothing`; empty where nothing was compared
    :param answers: the answer to each question that was asked
    """

    condition: str
    condition_label: str
    intent: str
    word: str
    strength: str
    sentence: str
    question: str
    answers: dict[str, Answer]

    @property
    def answer(self) -> Answer:
        """Word and strength."""
        return Answer(self.word, self.strength)


Verdicts = dict[str, Verdict]
"""Verdicts by their IRIs."""


class Sensitivity:
    """The verdicts of a graph, and what they would be otherwise.

    Every answer is derived from the whole graph by the rules of the build, in a few seconds.
    """

    def __init__(self, graph: Graph, condition: str | None = None, *, as_of: int | None = None) -> None:
        """
        :param graph: the graph that is asked
        :param condition: the IRI of the one condition that is judged; all where None
        :param as_of: the last year that counts; what tells no year does not count then
        """
        self._files = graph.files
        asked = graph.engine.ask(graph.internal["verdict-inputs"].text)
        assert isinstance(asked, QueryTriples)
        self._triples = list(asked)
        if condition is not None:
            self._triples = self._without(self._on_others(condition))
        if as_of is not None:
            years = graph.about("verdict-years")
            later = {str(row["statement"]) for row in years if row["year"] is None or int(str(row["year"])) > as_of}
            self._triples = self._without(later)
        self._base = self._derived(self._triples)
        self.verdicts = _verdicts(self._base)

    def changed(self, change: Change) -> Verdicts:
        """The verdicts where something is done otherwise; one that nothing is left of is missing."""
        made: dict[Change, Callable[[], Store]] = {
            Change.LARGEST: lambda: self._derived(self._without(self._largest())),
            Change.LABORATORY: lambda: self._derived([*self._triples, *self._defining()]),
            Change.UNCONTROLLED: lambda: self._derived([*self._triples, *self._covered()], without="design"),
        }
        return _verdicts(made[change]())

    def _derived(self, triples: Iterable[Triple], without: str | None = None) -> Store:
        """A store of the triples and of what the rules add to them."""
        given = list(triples)
        store = Store()
        store.bulk_extend(in_graph(triple, NamedNode(DATA_GRAPH)) for triple in given)
        added = derive({DATA_GRAPH: given}, self._files.queries, without=without)
        store.bulk_extend(in_graph(triple, NamedNode(INFERRED_GRAPH)) for triple in added)
        return store

    def _without(self, statements: set[str]) -> list[Triple]:
        return [
            triple
            for triple in self._triples
            if not (isinstance(triple.subject, NamedNode) and triple.subject.value in statements)
        ]

    def _on_others(self, condition: str) -> set[str]:
        """The statements on other conditions."""
        return {
            triple.subject.value
            for triple in self._triples
            if triple.predicate == _CONDITION
            and triple.object != NamedNode(condition)
            and isinstance(triple.subject, NamedNode)
        }

    def _covered(self) -> list[Triple]:
        """The trials that a review covers, which it goes on to cover."""
        covers = NamedNode(BASE + "exclusion/before-the-review")
        return [quad.triple for quad in self._base.quads_for_pattern(None, _EXCLUSION, covers)]

    def _largest(self) -> set[str]:
        """The statements of the heaviest evidence line of each verdict."""
        heaviest: dict[str, str] = {}
        found = set()
        for row in texts(self._base, "verdict-lines.rq"):
            if heaviest.setdefault(row["verdict"], row["line"]) == row["line"]:
                found.add(row["statement"])
        return found

    def _defining(self) -> list[Triple]:
        """That every laboratory value defines the conditions that it was measured in."""
        return [
            Triple(NamedNode(row["outcome"]), _DEFINES, NamedNode(row["condition"]))
            for row in texts(self._base, "verdict-laboratory.rq")
        ]


def _verdicts(store: Store) -> Verdicts:
    answers: dict[str, dict[str, Answer]] = defaultdict(dict)
    for row in texts(store, "verdict-questions.rq"):
        answers[row["verdict"]][row["question"]] = Answer(row["word"], row["strength"])
    return {
        (iri := row.pop("verdict")): Verdict(**{"question": "", **row}, answers=answers[iri])
        for row in texts(store, "verdict-answers.rq")
    }
