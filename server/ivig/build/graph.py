"""Triples by subject and property: the way that the validator and the reasoner look at a graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.errors import BadInput
from ivig.namespaces import PREFIXES

type_ = NamedNode(PREFIXES["rdf"] + "type")
sub_class_of = NamedNode(PREFIXES["rdfs"] + "subClassOf")
first = NamedNode(PREFIXES["rdf"] + "first")
rest = NamedNode(PREFIXES["rdf"] + "rest")
nil = NamedNode(PREFIXES["rdf"] + "nil")

T = TypeVar("T", bound=Hashable)
Term = NamedNode | BlankNode | Literal
Values = dict[Term, None]
"""Distinct terms, in the order in which they were said."""

_NOTHING: Values = {}
_NO_PROPERTIES: dict[NamedNode, Values] = {}


class Graph:
    """Distinct triples. `subjects`: what is said of each subject, by property.

    Raises BadInput for a triple about a triple, which the graph has no use for.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.subjects: dict[Term, dict[NamedNode, Values]] = {}
        for triple in triples:
            subject, predicate, object = triple.subject, triple.predicate, triple.object
            if isinstance(subject, Triple) or isinstance(object, Triple):
                raise BadInput(f"{triple}: a triple about a triple")
            self.subjects.setdefault(subject, {}).setdefault(predicate, {})[object] = None

    def of(self, subject: Term) -> dict[NamedNode, Values]:
        """What is said of a subject, by property."""
        return self.subjects.get(subject, _NO_PROPERTIES)

    def values(self, subject: Term, property: NamedNode) -> Values:
        """The values of one property of a subject."""
        return self.of(subject).get(property, _NOTHING)

    def pairs(self, property: NamedNode) -> Iterator[tuple[Term, Term]]:
        """Subject and object of every triple with this property."""
        for subject, properties in self.subjects.items():
            for object in properties.get(property, _NOTHING):
                yield subject, object

    def members(self, head: Term) -> list[Term]:
        """The members of an RDF list. Raises BadInput where it is broken off, forks or runs in a circle."""
        members: list[Term] = []
        seen: set[Term] = set()
        while head != nil:
            item, tail = self.values(head, first), self.values(head, rest)
            if len(item) != 1 or len(tail) != 1 or head in seen:
                raise BadInput(f"a list of the ontology or the shapes is broken after {len(members)} members")
            seen.add(head)
            members += item
            (head,) = tail
        return members


def above(direct: Iterable[tuple[T, T]]) -> dict[T, frozenset[T]]:
    """Everything that each thing comes to by following these pairs, itself included.

    >>> above([("a", "b"), ("b", "c")])["a"] == {"a", "b", "c"}
    True
    """
    steps: dict[T, list[T]] = {}
    for lower, higher in direct:
        steps.setdefault(lower, []).append(higher)
        steps.setdefault(higher, [])
    return {start: frozenset(_reached(start, steps)) for start in steps}


def _reached(start: T, steps: dict[T, list[T]]) -> set[T]:
    reached, todo = {start}, [start]
    while todo:
        new = [step for step in steps[todo.pop()] if step not in reached]
        reached.update(new)
        todo += new
    return reached
