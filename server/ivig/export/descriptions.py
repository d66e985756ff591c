"""What a release says of each thing, asked for many at a time and remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from ivig.namespaces import BASE, INFERRED_GRAPH, LINKS_GRAPH, RDF_TYPE, TERMS
from ivig.query import Graph
from ivig.query.engine import select

_HAS_VERDICT = TERMS + "hasVerdict"
_INFERRED, _LINKS = NamedNode(INFERRED_GRAPH), NamedNode(LINKS_GRAPH)


class Said(NamedTuple):
    """One thing that a release says.

    inferred: whether it was derived; thing: the IRI of the thing of ours that it leads to, if it leads to one.
    """

    quad: Quad
    inferred: bool
    thing: str | None


class Description(NamedTuple):
    """All that a release says of one thing, sorted.

    leads_to: things that belong to whatever holds this one; derived_to: those that what was derived leads to; verdicts:
    those derived on it; terms, derived_terms: the classes and properties of ours in which it is asserted, and those of
    what was derived; turtle: what it reads in Turtle, by how much of it is written, kept by who wrote it.
    """

    said: tuple[Said, ...]
    leads_to: tuple[str, ...]
    derived_to: frozenset[str]
    verdicts: tuple[str, ...]
    terms: frozenset[str]
    derived_terms: frozenset[str]
    turtle: dict[str, bytes]


class Descriptions:
    """The descriptions of one release.

    A release does not change, so what was read once need not be read again; the oldest is forgotten where more than
    `limit` quads are held.
    """

    def __init__(self, graph: Graph, limit: int = 60_000) -> None:
        self._graph = graph
        self._query = graph.internal["descriptions"]
        self._limit = limit
        self._held: OrderedDict[str, Description] = OrderedDict()
        self._quads = 0
        self._lock = Lock()

    def of(self, things: Iterable[str]) -> dict[str, Description]:
        """The description of each thing, by its IRI and in their order, empty where nothing is said of it.

        One query asks for all that are not held.
        """
        wanted = list(things)
        held = self._held
        with self._lock:
            found = {iri: held[iri] for iri in wanted if iri in held}
        if len(found) < len(wanted):
            read = self._read([iri for iri in wanted if iri not in found])
            self._hold(read)
            found = {iri: found.get(iri) or read[iri] for iri in wanted}
        return found

    def _read(self, things: list[str]) -> dict[str, Description]:
        quads: dict[str, list[Quad]] = {iri: [] for iri in things}
        for graph, subject, predicate, object in select(self._graph.engine, self._query.bind_things("thing", things)):
            quads[subject.value].append(Quad(subject, predicate, object, graph))
        return {iri: _description(of_thing) for iri, of_thing in quads.items()}

    def _hold(self, read: dict[str, Description]) -> None:
        with self._lock:
            for iri, description in read.items():
                if iri not in self._held:
                    self._held[iri] = description
                    self._quads += len(description.said)
            while self._quads > self._limit:
                _, forgotten = self._held.popitem(last=False)
                self._quads -= len(forgotten.said)


def _description(quads: list[Quad]) -> Description:
    said: list[Said] = []
    leads_to: dict[str, None] = {}
    derived_to: set[str] = set()
    verdicts: list[str] = []
    terms: tuple[set[str], set[str]] = (set(), set())
    for quad in sorted(quads, key=str):
        predicate, object = quad.predicate.value, quad.object
        inferred = quad.graph_name == _INFERRED
        thing = None
        if predicate.startswith(TERMS):
            terms[inferred].add(predicate)
        if isinstance(object, NamedNode):
            iri = object.value
            if iri.startswith(TERMS):
                if predicate == RDF_TYPE:
                    terms[inferred].add(iri)
            elif iri.startswith(BASE):
                thing = iri
                if inferred:
                    derived_to.add(iri)
                    if predicate == _HAS_VERDICT:
                        verdicts.append(iri)
                else:
                    leads_to[iri] = None
            elif quad.graph_name == _LINKS:
                leads_to[iri] = None
        said.append(Said(quad, inferred, thing))
    return Description(
        said=tuple(said),
        leads_to=tuple(leads_to),
        derived_to=frozenset(derived_to),
        verdicts=tuple(verdicts),
        terms=frozenset(terms[False]),
        derived_terms=frozenset(terms[True]),
        turtle={},
    )
