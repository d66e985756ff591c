"""What a release says of each thing, asked for many at a time and remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from ivig.ask import Graph
from ivig.ask.engine import select
from ivig.namespaces import BASE, INFERRED_GRAPH, LINKS_GRAPH, RDF_TYPE, TERMS

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

    leads_to: things that belong to whatever holds this one; verdicts: those derived on it; terms, derived_terms: the
    classes and properties of ours in which it is asserted, and those of what was derived.
    """

    said: tuple[Said, ...]
    leads_to: tuple[str, ...]
    verdicts: tuple[str, ...]
    terms: frozenset[str]
    derived_terms: frozenset[str]


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
        """The description of each thing, by its IRI, in one query for all that are not held; empty where nothing is
        said of it."""
        wanted = list(things)
        with self._lock:
            found = {iri: held for iri in wanted if (held := self._held.get(iri)) is not None}
        missing = [iri for iri in wanted if iri not in found]
        if missing:
            read = self._read(missing)
            found.update(read)
            self._hold(read)
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
                if not inferred:
                    leads_to[iri] = None
                elif predicate == _HAS_VERDICT:
                    verdicts.append(iri)
            elif quad.graph_name == _LINKS:
                leads_to[iri] = None
        said.append(Said(quad, inferred, thing))
    return Description(tuple(said), tuple(leads_to), tuple(verdicts), *map(frozenset, terms))
