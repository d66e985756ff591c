"""Everything that follows from a graph by its rules, and whether it contradicts itself.

The rules run over what is new only, and all that a property implies by itself is worked out beforehand, so a triple is
looked at once. On the whole graph that takes less than a second, where owlrl, which goes over everything again until
nothing is new, takes half a minute or more (benchmarks/build_full.py). The tests hold the two to the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from pyoxigraph import Literal, Triple

from ivig.build.axioms import Property, Rules, name
from ivig.build.graph import Graph, Term, type_
from ivig.build.literals import well_formed

_Edges = dict[Property, dict[Term, set[Term]]]


class Closure:
    """A graph with all that follows from it.

    edges: the objects of each subject, by property, for the properties that the rules speak of; types: the classes of
    each thing.
    """

    def __init__(self, graph: Graph, rules: Rules) -> None:
        self._graph, self._rules = graph, rules
        self.edges = self._follow_properties()
        self.types = self._follow_classes()

    def new(self) -> Iterator[Triple]:
        """The triples that are not in the graph itself, those on literals left out: RDF has no place for them."""
        for property, subjects in self.edges.items():
            for subject, objects in subjects.items():
                if not isinstance(subject, Literal):
                    said = self._graph.values(subject, property)
                    yield from (Triple(subject, property, object) for object in objects if object not in said)
        for thing, classes in self.types.items():
            if not isinstance(thing, Literal):
                said = self._graph.values(thing, type_)
                yield from (Triple(thing, type_, class_) for class_ in classes if class_ not in said)

    def _follow_properties(self) -> _Edges:
        rules = self._rules
        forward: _Edges = {property: {} for property in rules.implied}
        backward: _Edges = {property: {} for property in rules.implied}
        todo = [
            (subject, property, object)
            for subject, properties in self._graph.subjects.items()
            for property, objects in properties.items()
            if property in forward
            for object in objects
        ]
        while todo:
            subject, property, object = todo.pop()
            for implied, turned in rules.implied[property]:
                one, other = (object, subject) if turned else (subject, object)
                objects = forward[implied].setdefault(one, set())
                if other in objects:
                    continue
                objects.add(other)
                backward[implied].setdefault(other, set()).add(one)
                for after, result in rules.chains_from.get(implied, ()):
                    todo += [(one, result, end) for end in forward[after].get(other, ())]
                for before, result in rules.chains_to.get(implied, ()):
                    todo += [(start, result, other) for start in backward[before].get(one, ())]
        return forward

    def _follow_classes(self) -> dict[Term, set[Term]]:
        # No rule leads from a class back to a property, so the edges are complete and one pass is enough.
        rules, types = self._rules, dict[Term, set[Term]]()

        def types_of(thing: Term) -> set[Term]:
            if thing not in types:
                types[thing] = rules.up([thing.datatype]) if isinstance(thing, Literal) else set()
            return types[thing]

        for thing, class_ in self._graph.pairs(type_):
            types_of(thing).update(rules.up([class_]))
        for property, subjects in self.edges.items():
            domain, range = rules.domains.get(property, ()), rules.ranges.get(property, ())
            having = rules.having.get(property, {})
            for subject, objects in subjects.items():
                types_of(subject).update(domain)
                for object in objects:
                    types_of(object).update(range)
                    types_of(subject).update(having.get(object, ()))
        return types

    def clashes(self) -> list[str]:
        """Everything in which the graph contradicts itself, in words."""
        return sorted({*self._values_apart(), *self._properties_apart(), *self._classes_apart(), *self._ill_formed()})

    def _values_apart(self) -> Iterator[str]:
        for property in self._rules.functional:
            for subject, objects in self.edges[property].items():
                for one, other in combinations(sorted(map(name, objects)), 2):
                    yield (
                        f"{one} and {other} would have to be one thing: "
                        f"{name(subject)} has both as {name(property)}, which takes one value"
                    )

    def _properties_apart(self) -> Iterator[str]:
        for one, other in self._rules.apart:
            for subject, objects in self.edges[one].items():
                for object in objects & self.edges[other].get(subject, set()):
                    yield (
                        f"{name(subject)} has {name(object)} both as {name(one)} and as {name(other)}, "
                        "which exclude each other"
                    )

    def _classes_apart(self) -> Iterator[str]:
        # Few sets of classes occur, however many the things.
        found: dict[frozenset[Term], list[str]] = {}
        for thing, types in self.types.items():
            classes = frozenset(types)
            if classes not in found:
                found[classes] = list(self._disjoint_in(classes))
            for pair in found[classes]:
                yield f"{name(thing)} is of the classes {pair}, which exclude each other"

    def _disjoint_in(self, classes: frozenset[Term]) -> Iterator[str]:
        for disjoint in self._rules.disjoint:
            for one, other in combinations(disjoint, 2):
                if one in classes and other in classes:
                    yield f"{name(one)} and {name(other)}"

    def _ill_formed(self) -> Iterator[str]:
        for subject, properties in self._graph.subjects.items():
            for property, objects in properties.items():
                for object in objects:
                    if isinstance(object, Literal) and not well_formed(object):
                        yield (
                            f'{name(subject)} has "{object.value}" as {name(property)}, '
                            f"which is no {name(object.datatype)}"
                        )
