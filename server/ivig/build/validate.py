"""SHACL over the asserted data: what breaks a shape, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyshacl
from pyoxigraph import Triple
from rdflib import SH, Graph, Literal, URIRef
from rdflib.term import Node

from ivig.build.read import Sources
from ivig.build.terms import rdflib_graph
from ivig.namespaces import BASE, TERMS


@dataclass(frozen=True, order=True)
class Violation:
    """One thing that breaks one constraint.

    thing: its IRI; rule: the constraint component and the property it is on; message: what to do; value: what stood
    there, empty where something is missing; file: where the thing stands, empty where not known.
    """

    thing: str
    rule: str
    message: str
    value: str
    file: str

    def __str__(self) -> str:
        value = f" Found: {self.value}." if self.value else ""
        place = f"{self.file}: " if self.file else ""
        return f"{place}<{self.thing.removeprefix(BASE)}> {self.message}{value} [{self.rule}]"


def validate(sources: Sources) -> list[Violation]:
    """Every violation of the shapes by the data, sorted by thing. The ontology counts as known, nothing is inferred."""
    return violations([*sources.ontology, *sources.data], sources.shapes, sources.stands_in)


def violations(
    data: Iterable[Triple], shapes: Iterable[Triple], stands_in: dict[str, str] | None = None
) -> list[Violation]:
    """Every violation of the shapes by the data, sorted by thing."""
    _, report, _ = pyshacl.validate(rdflib_graph(data), shacl_graph=rdflib_graph(shapes), inference="none")
    if not isinstance(report, Graph):
        raise TypeError(f"the validator gave no report but {report!r}")
    return sorted(_violation(report, result, stands_in or {}) for result in report.subjects(SH.focusNode, None))


def _violation(report: Graph, result: Node, stands_in: dict[str, str]) -> Violation:
    thing = str(report.value(result, SH.focusNode))
    component = str(report.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH))
    path = report.value(result, SH.resultPath)
    on = f" on {_short(path)}" if isinstance(path, URIRef) else ""
    value = report.value(result, SH.value)
    return Violation(
        thing=thing,
        rule=component.removesuffix("ConstraintComponent") + on,
        message=str(report.value(result, SH.resultMessage)),
        value="" if value is None or str(value) == thing else _short(value),
        file=stands_in.get(thing, ""),
    )


def _short(term: Node) -> str:
    if not isinstance(term, URIRef):
        return f'"{term}"@{term.language}' if isinstance(term, Literal) and term.language else str(term)
    iri = str(term)
    return f"ivig:{iri[len(TERMS) :]}" if iri.startswith(TERMS) else f"<{iri.removeprefix(BASE)}>"
