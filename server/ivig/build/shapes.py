"""The shapes of a graph, taken apart once and then run over the things that they are for.

On the whole graph that takes half a second, where pyshacl takes eleven (benchmarks/build_full.py). Whatever of SHACL is
not known here is refused, so that no rule is passed over unseen; the tests hold the reports to pyshacl's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.build.constraints import CONSTRAINTS, LIST_CONSTRAINTS, SH, Check, Data, each
from ivig.build.graph import Graph, Term, Values, first, type_
from ivig.errors import BadInput
from ivig.namespaces import BASE, TERMS

_NODE_SHAPE = NamedNode(SH + "NodeShape")
_ALTERNATIVES = NamedNode(SH + "alternativePath")
_TRUE: Values = {Literal(True): None}
_REPEATABLE = ("property", "class", "hasValue", "pattern", "lessThan", "lessThanOrEquals", "or", "not")


@dataclass(frozen=True)
class Result:
    """One thing that breaks one rule. rule: the constraint component and the property that it is on; value: None where
    something is missing, or where all values together break the rule."""

    thing: Term
    rule: str
    message: str
    value: Term | None


@dataclass
class Shape:
    """What must hold of a thing.

    path: the properties whose values are looked at, none where the thing itself is; checks: by the rule that results
    name; properties: shapes that every value keeps; allowed: where not None, the only properties that it may have.
    """

    path: tuple[NamedNode, ...]
    message: str
    checks: list[tuple[str, Check]] = field(default_factory=list)
    properties: list[Shape] = field(default_factory=list)
    allowed: frozenset[Term] | None = None

    def results(self, data: Data, thing: Term) -> Iterator[Result]:
        """Everything in which a thing breaks the shape."""
        values = self._values(data, thing)
        for rule, check in self.checks:
            for value in check(data, thing, values):
                yield Result(thing, rule, self.message, value)
        if self.properties:
            for value in values:
                for shape in self.properties:
                    yield from shape.results(data, value)
        if self.allowed is not None:
            for property, objects in data.of(thing).items():
                if property not in self.allowed:
                    for object in objects:
                        yield Result(thing, f"Closed on {short(property)}", self.message, object)

    def kept_by(self, data: Data, thing: Term) -> bool:
        """Whether a thing breaks nothing of the shape."""
        return next(self.results(data, thing), None) is None

    def _values(self, data: Data, thing: Term) -> Collection[Term]:
        if not self.path:
            return (thing,)
        if len(self.path) == 1:
            return data.values(thing, self.path[0])
        return {value: None for property in self.path for value in data.values(thing, property)}


class Shapes:
    """Every shape of a graph, with the class that it is for.

    Raises BadInput, naming the shape, for whatever is not known here, and for a rule without a message.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        described = {SH + word for word in ("name", "order", "group", "description")}
        triples = list(triples)
        groups = {t.subject for t in triples if getattr(t.object, "value", "") == f"{SH}PropertyGroup"}
        self._graph = Graph(t for t in triples if t.predicate.value not in described and t.subject not in groups)
        self._seen: set[Term] = set()
        self._targets: list[tuple[Term, Shape]] = []
        for node, _ in self._graph.pairs(type_):
            shape = self._shape(node, short(node))
            self._targets += [(target, shape) for target in self._graph.values(node, NamedNode(SH + "targetClass"))]
        for subject, said in self._graph.subjects.items():
            if subject not in self._seen and first not in said:
                raise BadInput(f"shapes: {short(subject)} is part of no sh:NodeShape")

    def results(self, data: Data) -> Iterator[Result]:
        """Everything in which the data breaks the shapes."""
        for target, shape in self._targets:
            for thing in data.instances(target):
                yield from shape.results(data, thing)

    def _shape(self, node: Term, where: str, *, told: bool = True) -> Shape:
        """The shape of a node. where: what messages call it; told: whether its results reach the report."""
        if node in self._seen:
            raise BadInput(f"{where}: a shape stands in one place, this one in two")
        self._seen.add(node)
        said = {self._parameter(property, where): values for property, values in self._graph.of(node).items()}
        if said.pop("type", {_NODE_SHAPE: None}) != {_NODE_SHAPE: None}:
            raise BadInput(f"{where}: the class of a shape is sh:NodeShape or not given")
        for parameter, values in said.items():
            if len(values) > 1 and parameter not in _REPEATABLE:
                raise BadInput(f"{where}: one sh:{parameter} on a shape, not {len(values)}")
        said.pop("targetClass", None)
        shape = Shape(self._path(said.pop("path", {}), where), self._message(said.pop("message", {}), where))
        shape.properties = [self._shape(inner, where, told=told) for inner in said.pop("property", ())]
        shape.allowed = self._allowed(said.pop("closed", {}), said.pop("ignoredProperties", {}), shape, where)
        on = f" on {short(shape.path[0])}" if len(shape.path) == 1 else ""
        for parameter, values in said.items():
            rule = parameter[0].upper() + parameter[1:] + on
            shape.checks += [(rule, self._check(parameter, argument, where)) for argument in values]
        if told and not shape.message and (shape.checks or shape.allowed is not None):
            raise BadInput(f"{where}: a rule{on} without a sh:message: say how to mend what breaks it")
        return shape

    def _parameter(self, property: NamedNode, where: str) -> str:
        if property == type_:
            return "type"
        if not property.value.startswith(SH):
            raise BadInput(f"{where}: {short(property)} means nothing on a shape")
        return property.value.removeprefix(SH)

    def _path(self, paths: Values, where: str) -> tuple[NamedNode, ...]:
        properties: list[Term] = []
        for path in paths:
            if isinstance(path, BlankNode) and set(self._graph.of(path)) == {_ALTERNATIVES}:
                self._seen.add(path)
                for head in self._graph.values(path, _ALTERNATIVES):
                    properties += self._graph.members(head)
            else:
                properties.append(path)
        named = tuple(property for property in properties if isinstance(property, NamedNode))
        if len(named) < len(properties):
            raise BadInput(f"{where}: a sh:path is a property, or a sh:alternativePath of properties")
        return named

    def _message(self, messages: Values, where: str) -> str:
        for message in messages:
            if not isinstance(message, Literal):
                raise BadInput(f"{where}: a sh:message is text")
            return message.value
        return ""

    def _allowed(self, closed: Values, ignored: Values, shape: Shape, where: str) -> frozenset[Term] | None:
        if not closed and not ignored:
            return None
        if closed != _TRUE or shape.path:
            raise BadInput(f"{where}: sh:closed is true, and stands on a shape without a sh:path")
        allowed = {property for inner in shape.properties for property in inner.path if len(inner.path) == 1}
        return frozenset(allowed.union(*(self._graph.members(head) for head in ignored)))

    def _check(self, parameter: str, argument: Term, where: str) -> Check:
        try:
            if parameter in CONSTRAINTS:
                return CONSTRAINTS[parameter](argument)
            if parameter in LIST_CONSTRAINTS:
                return LIST_CONSTRAINTS[parameter](self._graph.members(argument))
        except ValueError as error:
            raise BadInput(f"{where}: sh:{parameter} takes {error}, not {short(argument)}") from error
        if parameter == "not":
            inner = self._shape(argument, where, told=False)
            return each(lambda data, value: not inner.kept_by(data, value))
        if parameter == "or":
            choices = [self._shape(choice, where, told=False) for choice in self._graph.members(argument)]
            return each(lambda data, value: any(choice.kept_by(data, value) for choice in choices))
        raise BadInput(
            f"{where}: the validator knows no sh:{parameter}; say it otherwise, "
            "or give server/ivig/build/constraints.py the check for it"
        )


def short(term: Term) -> str:
    """How a report writes a term.

    >>> short(NamedNode(TERMS + "kind")), short(NamedNode(BASE + "condition/gout")), short(Literal("x", language="en"))
    ('ivig:kind', '<condition/gout>', '"x"@en')
    """
    if not isinstance(term, NamedNode):
        return f'"{term.value}"@{term.language}' if isinstance(term, Literal) and term.language else term.value
    if term.value.startswith(TERMS):
        return f"ivig:{term.value.removeprefix(TERMS)}"
    return f"<{term.value.removeprefix(BASE)}>"
