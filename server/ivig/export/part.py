"""A part of the graph that stands on its own: everything that it mentions comes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice

from pyoxigraph import Quad

from ivig.export.descriptions import Description, Descriptions
from ivig.export.reading import Reading
from ivig.namespaces import RDF_TYPE, RDFS_LABEL

_BATCH = 500
"""Things that are asked for at once: enough to ask seldom, few enough to hold."""
_OF_A_TERM = (RDF_TYPE, RDFS_LABEL)


class Portion(StrEnum):
    """How much of what is said of a thing a part holds."""

    ALL = "all"
    ASSERTED = "asserted"
    NAME = "name"
    """Of a class or property that is only used: its type and label."""
    SOME = "some"
    """Without what was derived and leads outside: what that is depends on the part."""


class Part:
    """Statements and things, with all that they lead to.

    A statement leads to what it is about, to its passage, publication, study and page, and to the terms in which it is
    said; these lead to what is broader and to their counterparts in other ontologies. The classes and properties used
    come with type and label. What was derived is in where it leads to nothing outside, so a verdict comes along where
    every statement that it rests on does.
    """

    def __init__(
        self,
        descriptions: Descriptions,
        statements: Iterable[str],
        things: Iterable[str] = (),
        *,
        inferred: bool = True,
    ) -> None:
        """statements, things: by IRI. inferred: whether to include what was derived."""
        self._descriptions = descriptions
        self.inferred = inferred
        self.statements = sorted(statements)
        self._members: set[str] = set()
        self._terms: set[str] = set()
        verdicts = self._take({*self.statements, *things})
        if inferred:
            self._take(verdict for verdict, of in descriptions.of(verdicts).items() if self._holds(of))

    @property
    def members(self) -> set[str]:
        """The IRIs of all things in the part; of outside ones too where a mapping leads to them."""
        return self._members

    def quads(self) -> Iterator[Quad]:
        """The quads of the part, in the order of sorted N-Quads, read as they come."""
        for description, portion in self.portions():
            yield from self.said_of(description, portion)

    def portions(self) -> Iterator[tuple[Description, Portion]]:
        """The things, classes and properties in the order of their quads, each with how much of it the part holds."""
        members = self._members
        for batch in _batches(sorted(members | self._terms, key=_in_order)):
            for iri, description in self._descriptions.of(batch).items():
                if iri not in members:
                    yield description, Portion.NAME
                elif not self.inferred:
                    yield description, Portion.ASSERTED
                else:
                    yield description, Portion.ALL if description.derived_to <= members else Portion.SOME

    def readings(self, *others: str) -> Iterator[tuple[list[str], Reading]]:
        """The statements, some hundred at a time, each time with a reading of all that they and the others lead to."""
        for start in range(0, len(self.statements), _BATCH):
            statements = self.statements[start : start + _BATCH]
            led_to = Part(self._descriptions, statements, others, inferred=self.inferred).members
            yield statements, Reading(self._descriptions.of(sorted(led_to)), inferred=self.inferred)

    def things(self) -> Iterator[tuple[list[str], Reading]]:
        """The things of the part, some hundred at a time, each time with a reading of them alone."""
        for batch in _batches(sorted(self._members, key=_in_order)):
            yield batch, Reading(self._descriptions.of(batch), inferred=self.inferred)

    def said_of(self, description: Description, portion: Portion) -> Iterator[Quad]:
        """What the part holds of a description."""
        match portion:
            case Portion.ALL:
                return (said.quad for said in description.said)
            case Portion.ASSERTED:
                return (said.quad for said in description.said if not said.inferred)
            case Portion.NAME:
                return (said.quad for said in description.said if said.quad.predicate.value in _OF_A_TERM)
            case Portion.SOME:
                members = self._members
                return (s.quad for s in description.said if not s.inferred or s.thing is None or s.thing in members)

    def _take(self, things: Iterable[str]) -> list[str]:
        """Take things in, with all that they lead to; the verdicts on them are given back."""
        verdicts: set[str] = set()
        new = set(things)
        while new:
            self._members |= new
            led_to: set[str] = set()
            for batch in _batches(new):
                described = self._descriptions.of(batch).values()
                led_to.update(*[one.leads_to for one in described])
                verdicts.update(*[one.verdicts for one in described])
                self._terms.update(*[one.terms for one in described])
                if self.inferred:
                    self._terms.update(*[one.derived_terms for one in described])
            new = led_to - self._members
        return sorted(verdicts)

    def _holds(self, description: Description) -> bool:
        return all(said.thing is None or said.thing in self._members for said in description.said)


def _in_order(iri: str) -> str:
    return f"<{iri}>"


def _batches(things: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(things)
    while batch := list(islice(rest, _BATCH)):
        yield batch
