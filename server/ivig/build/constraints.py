"""What each constraint of SHACL Core that shapes/ uses finds wrong with the values of a thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.build.graph import Graph, Term, above, sub_class_of, type_
from ivig.build.literals import KNOWN_DATATYPES, order, well_formed
from ivig.namespaces import PREFIXES

SH = "http://www.w3.org/ns/shacl#"
_XSD_STRING = NamedNode(PREFIXES["xsd"] + "string")


class Data(Graph):
    """The graph that is validated, with the classes of its things."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        super().__init__(triples)
        higher = above(self.pairs(sub_class_of))
        self._classes: dict[Term, set[Term]] = {}
        self._instances: dict[Term, dict[Term, None]] = {}
        for thing, said in self.pairs(type_):
            for class_ in higher.get(said, (said,)):
                self._classes.setdefault(thing, set()).add(class_)
                self._instances.setdefault(class_, {})[thing] = None

    def is_a(self, thing: Term, class_: Term) -> bool:
        """Whether a thing is of a class or of one below it."""
        return class_ in self._classes.get(thing, ())

    def instances(self, class_: Term) -> Iterable[Term]:
        """The things of a class and of those below it."""
        return self._instances.get(class_, ())


Check = Callable[[Data, Term, Collection[Term]], Iterable[Term | None]]
"""Data, a thing and its values to what is wrong: a value, or None for what is wrong with all of them together."""

Fits = Callable[[Data, Term], bool]


def each(fits: Fits) -> Check:
    """The check that every value fits."""
    return lambda data, thing, values: [value for value in values if not fits(data, value)]


def _min_count(argument: Term) -> Check:
    least = _whole_number(argument)
    return lambda data, thing, values: (None,) if len(values) < least else ()


def _max_count(argument: Term) -> Check:
    most = _whole_number(argument)
    return lambda data, thing, values: (None,) if len(values) > most else ()


def _class(argument: Term) -> Check:
    return each(lambda data, value: data.is_a(value, argument))


def _datatype(argument: Term) -> Check:
    if not (isinstance(argument, NamedNode) and argument.value in KNOWN_DATATYPES):
        raise ValueError("a datatype that server/ivig/build/literals.py knows")
    return each(lambda data, value: isinstance(value, Literal) and value.datatype == argument and well_formed(value))


def _node_kind(argument: Term) -> Check:
    if argument != NamedNode(SH + "IRI"):
        raise ValueError("sh:IRI, the one kind of node that is known here")
    return each(lambda data, value: isinstance(value, NamedNode))


def _pattern(argument: Term) -> Check:
    pattern = re.compile(_text(argument))
    return each(lambda data, value: not isinstance(value, BlankNode) and pattern.search(value.value) is not None)


def _has_value(argument: Term) -> Check:
    return lambda data, thing, values: (None,) if argument not in values else ()


def _unique_lang(argument: Term) -> Check:
    if argument != Literal(True):
        raise ValueError("true")

    def check(data: Data, thing: Term, values: Collection[Term]) -> Iterable[None]:
        if len(values) > 1:
            languages = Counter(value.language for value in values if isinstance(value, Literal) and value.language)
            for count in languages.values():
                if count > 1:
                    yield None

    return check


def _bound(*accepted: int) -> Callable[[Term], Check]:
    """The check of a bound. accepted: how a value may stand to it, as `order` has it."""

    def constraint(argument: Term) -> Check:
        if order(argument, Literal(0)) is None:
            raise ValueError("a number")
        return each(lambda data, value: order(value, argument) in accepted)

    return constraint


def _pair(*accepted: int) -> Callable[[Term], Check]:
    """The check against the values of another property. accepted: how a value may stand to each of those."""

    def constraint(argument: Term) -> Check:
        if not isinstance(argument, NamedNode):
            raise ValueError("a property")

        def check(data: Data, thing: Term, values: Collection[Term]) -> Iterator[Term]:
            for value in values:
                for other in data.values(thing, argument):
                    if order(value, other) not in accepted:
                        yield value

        return check

    return constraint


def _in(arguments: list[Term]) -> Check:
    allowed = set(arguments)
    return each(lambda data, value: value in allowed)


def _language_in(arguments: list[Term]) -> Check:
    languages = {_text(argument).lower() for argument in arguments}

    def fits(data: Data, value: Term) -> bool:
        language = (value.language or "").lower() if isinstance(value, Literal) else ""
        return language in languages or language.partition("-")[0] in languages

    return each(fits)


def _text(argument: Term) -> str:
    if not (isinstance(argument, Literal) and argument.datatype == _XSD_STRING):
        raise ValueError("text")
    return argument.value


def _whole_number(argument: Term) -> int:
    if not (isinstance(argument, Literal) and argument.value.isdecimal()):
        raise ValueError("a whole number")
    return int(argument.value)


CONSTRAINTS: Mapping[str, Callable[[Term], Check]] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "pattern": _pattern,
    "hasValue": _has_value,
    "uniqueLang": _unique_lang,
    "minInclusive": _bound(0, 1),
    "maxInclusive": _bound(-1, 0),
    "minExclusive": _bound(1),
    "lessThan": _pair(-1),
    "lessThanOrEquals": _pair(-1, 0),
}
"""A parameter to the check that its argument makes. Each raises ValueError, saying what it takes, for any other."""

LIST_CONSTRAINTS: Mapping[str, Callable[[list[Term]], Check]] = {"in": _in, "languageIn": _language_in}
"""The same for the parameters that take a list."""
