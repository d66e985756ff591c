"""Validation: what in the data breaks a shape, and how to mend it. The ontology is known, nothing is inferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, serialize

from ivig.build.queries import rows, short
from ivig.build.shacl import SH, Result, results
from ivig.build.sources import Sources
from ivig.io.atomic import finished_file
from ivig.io.turtle import in_graph
from ivig.namespaces import BASE, DATA_GRAPH, ONTOLOGY_GRAPH, PREFIXES, RDF_TYPE

_CLASS_COMPONENT = NamedNode(SH + "ClassConstraintComponent")
_TYPE = NamedNode(RDF_TYPE)
_UNCLASSED = "Give the thing a class of the ontology; no rule is checked without one."


@dataclass(frozen=True, order=True)
class Violation:
    """One thing that breaks one rule.

    :param thing: its IRI
    :param rule: the constraint component and the property that it is on
    :param message: what to do
    :param value: what stood there, empty where something is missing
    :param file: where the thing stands, empty where not known
    :param result: the same as the engine gave it, for a report
    """

    thing: str
    rule: str
    message: str
    value: str
    file: str
    result: Result | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        value = f" Found: {self.value}." if self.value else ""
        place = f"{self.file}: " if self.file else ""
        return f"{place}<{self.thing.removeprefix(BASE)}> {self.message}{value} [{self.rule}]"


def validate(sources: Sources, *, reference: bool = False) -> list[Violation]:
    """Every violation of the shapes by the data, sorted by thing.

    A thing that no shape would look at, since it has no class that is known, is a violation too, and so is a former
    IRI that leads in a circle or nowhere.

    :param reference: validate by pyshacl, the reference engine
    :raises BadInput: where a shape is ill-formed, or says what the engine does not take
    """
    data = [*sources.ontology, *sources.data]
    broken = violations(data, sources.shapes, sources.stands_in, reference=reference)
    store = Store()
    for graph, triples in ((ONTOLOGY_GRAPH, sources.ontology), (DATA_GRAPH, sources.data)):
        store.bulk_extend(in_graph(triple, NamedNode(graph)) for triple in triples)
    return sorted([*broken, *_unclassed(store, sources.stands_in), *_astray(store, sources.stands_in)])


def violations(
    data: Iterable[Triple],
    shapes: Iterable[Triple],
    stands_in: Mapping[str, str] | None = None,
    *,
    reference: bool = False,
) -> list[Violation]:
    """Every violation of the shapes by the data, sorted by thing.

    :param stands_in: a subject's IRI to the file that it stands in
    :param reference: validate by pyshacl, the reference engine
    :raises BadInput: where a shape is ill-formed, or says what the engine does not take
    """
    found = results(data, shapes, reference=reference)
    return sorted(_violation(result, _rule(result), stands_in or {}) for result in found)


def write_report(violations: Iterable[Violation], path: Path) -> None:
    """Write the `sh:ValidationReport` of the violations as Turtle.

    :param violations: what the report tells of; none for a graph that conforms
    :param path: the file, which takes the place of one that is there
    :raises NotThere: where the file cannot be written
    """
    with finished_file(path) as draft:
        serialize(_report(violations), output=str(draft), format=RdfFormat.TURTLE, prefixes={"sh": SH, **PREFIXES})


def _report(violations: Iterable[Violation]) -> Iterator[Triple]:
    whole = BlankNode()
    listed = [violation.result for violation in violations if violation.result]
    yield Triple(whole, _TYPE, _sh("ValidationReport"))
    yield Triple(whole, _sh("conforms"), Literal(not listed))
    for result in listed:
        node = BlankNode()
        yield Triple(whole, _sh("result"), node)
        yield Triple(node, _TYPE, _sh("ValidationResult"))
        yield Triple(node, _sh("focusNode"), result.thing)
        if result.path:
            yield Triple(node, _sh("resultPath"), result.path)
        if result.value:
            yield Triple(node, _sh("value"), result.value)
        yield Triple(node, _sh("resultSeverity"), _sh("Violation"))
        yield Triple(node, _sh("sourceConstraintComponent"), result.component)
        yield Triple(node, _sh("sourceShape"), result.shape)
        yield Triple(node, _sh("resultMessage"), Literal(result.message, language="en"))


def _violation(result: Result, rule: str, stands_in: Mapping[str, str]) -> Violation:
    thing = result.thing.value
    return Violation(
        thing=thing,
        rule=rule,
        message=result.message,
        value="" if result.value is None or result.value == result.thing else short(result.value),
        file=stands_in.get(thing, ""),
        result=result,
    )


def _rule(result: Result) -> str:
    name = result.component.value.removeprefix(SH).removesuffix("ConstraintComponent")
    return f"{name} on {short(result.path)}" if result.path else name


def _unclassed(store: Store, stands_in: Mapping[str, str]) -> Iterator[Violation]:
    """The things that no shape can look at."""
    for row in rows(store, "things-without-class.rq"):
        result = Result(row["thing"], _CLASS_COMPONENT, _TYPE, row["thing"], row["class"], _UNCLASSED)
        yield _violation(result, "Class unknown", stands_in)


def _astray(store: Store, stands_in: Mapping[str, str]) -> Iterator[Violation]:
    """The redirects that lead in a circle or nowhere; no shape sees more of the data than a chunk."""
    for row in rows(store, "redirects-astray.rq"):
        thing, value = row["thing"].value, short(row["value"])
        yield Violation(thing, "Redirect", row["message"].value, value, stands_in.get(thing, ""))


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)
