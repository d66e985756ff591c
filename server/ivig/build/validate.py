"""SHACL over the asserted data: what breaks a shape, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from ivig.build.classes import unclassed
from ivig.build.constraints import Data
from ivig.build.shapes import Result, Shapes, short
from ivig.build.sources import Sources
from ivig.namespaces import BASE


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
    """Every violation of the shapes by the data, sorted by thing. The ontology counts as known, nothing is inferred.

    A thing that no shape would look at, since it has no class that is known, is a violation too.
    """
    broken = violations([*sources.ontology, *sources.data], sources.shapes, sources.stands_in)
    message = "Give the thing a class of the ontology; no rule is checked without one."
    unlooked_at = (
        Violation(
            thing, "Class unknown", message, short(NamedNode(name)) if name else "", sources.stands_in.get(thing, "")
        )
        for thing, name in unclassed(sources.ontology, sources.data)
    )
    return sorted([*broken, *unlooked_at])


def violations(
    data: Iterable[Triple], shapes: Iterable[Triple], stands_in: dict[str, str] | None = None
) -> list[Violation]:
    """Every violation of the shapes by the data, sorted by thing. Raises BadInput where a shape is not understood."""
    return sorted(_violation(result, stands_in or {}) for result in Shapes(shapes).results(Data(data)))


def _violation(result: Result, stands_in: dict[str, str]) -> Violation:
    thing, value = result.thing.value, result.value
    return Violation(
        thing=thing,
        rule=result.rule,
        message=result.message,
        value="" if value is None or value.value == thing else short(value),
        file=stands_in.get(thing, ""),
    )
