"""Subgraphs that stand on their own: everything that they mention comes with them; and the whole graph."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from ivig.build.release import Release
from ivig.export.reading import Reading
from ivig.namespaces import ANCESTORS_GRAPH, BASE, INFERRED_GRAPH, LINKS_GRAPH, RDF_TYPE, RDFS_LABEL, SKOS, TERMS
from ivig.query import Graph
from ivig.query.engine import select

_BATCH = 500
"""Things that are asked for at once: enough to ask seldom, few enough to hold."""
_HELD = 200_000
"""Quads that are kept once they were read, at some hundred bytes each."""
_OF_A_TERM = (RDF_TYPE, RDFS_LABEL)
_CONDITION = TERMS + "condition"
_HAS_VERDICT, _RESTS_ON = TERMS + "hasVerdict", TERMS + "restsOn"
_OF_A_VERDICT = {
    TERMS + name
    for name in (
        "assessment",
        "bestStudyType",
        "exclusion",
        "grade",
        "leadingQuestion",
        "question",
        "verdictIntent",
    )
}
"""Derived properties that lead to assessments and to terms in which a verdict is said."""
_FOLLOWED = (SKOS + "inScheme", TERMS + "publishedIn")
"""What was derived of a thing by what it is called, and leads to things that belong to it."""
_ANCESTORS, _INFERRED, _LINKS = NamedNode(ANCESTORS_GRAPH), NamedNode(INFERRED_GRAPH), NamedNode(LINKS_GRAPH)


def whole(release: Release, *, inferred: bool = True) -> Iterator[Quad]:
    """Every quad of a release but what was linked of other ontologies, which have licences of their own.

    :param inferred: whether to include what was derived
    :returns: the quads in the order of sorted N-Quads, read as they come, so that memory does not grow with the graph
    """
    left_out = {_ANCESTORS} if inferred else {_ANCESTORS, _INFERRED}
    return (q for q in parse(path=str(release.nquads), format=RdfFormat.N_QUADS) if q.graph_name not in left_out)


def triples(quads: Iterable[Quad]) -> Iterator[Triple]:
    """The triples of sorted quads, each once: the same triple of two graphs stands side by side."""
    last = None
    for quad in quads:
        triple = quad.triple
        if triple != last:
            last = triple
            yield triple


class Said(NamedTuple):
    """A quad of a thing.

    :param quad: what is said
    :param inferred: whether it was derived
    :param thing: the IRI of the thing of ours that it leads to, None for no such
    """

    quad: Quad
    inferred: bool
    thing: str | None


class Description(NamedTuple):
    """All that a release says of one thing.

    :param said: in the order of sorted N-Quads
    :param leads_to: things that belong to whatever subgraph holds this one
    :param derived_to: those that belong to one with what was derived
    :param verdicts: those derived on it
    :param terms: the classes and properties of ours in which it is said, each with whether only a derived quad has it
    """

    said: tuple[Said, ...]
    leads_to: tuple[str, ...]
    derived_to: tuple[str, ...]
    verdicts: tuple[str, ...]
    terms: dict[str, bool]


class Descriptions:
    """The descriptions of one release, read once: a release does not change."""

    def __init__(self, graph: Graph, limit: int = _HELD) -> None:
        """
        :param graph: the one whose release is read
        :param limit: the quads that are held at most; where there are more, the oldest description is forgotten
        """
        self._graph = graph
        self._limit = limit
        self._held: OrderedDict[str, Description] = OrderedDict()
        self._quads = 0
        self._is_whole = False

    def of(self, things: Iterable[str]) -> dict[str, Description]:
        """The description of each thing, by its IRI and in their order, empty where nothing is said of it.

        One query asks for all that are not held.
        """
        wanted = list(things)
        held = self._held
        missing = [iri for iri in wanted if iri not in held]
        if not missing:
            return {iri: held[iri] for iri in wanted}
        read = self._read(missing)
        found = {iri: read.get(iri) or held[iri] for iri in wanted}
        for iri, description in read.items():
            self._hold(iri, description)
        return found

    def read_ahead(self) -> bool:
        """Read the whole release from its N-Quads, which takes a tenth of the time of as many queries.

        :returns: whether it is held now; a large one is not
        """
        if sum(self._graph.release.manifest["graphs"].values()) > self._limit:
            return False
        if self._is_whole:
            return True
        for subject, quads in groupby(whole(self._graph.release), key=lambda quad: quad.subject):
            if isinstance(subject, NamedNode):
                self._hold(subject.value, _description(quads))
        self._is_whole = True
        return True

    def _read(self, things: list[str]) -> dict[str, Description]:
        quads: dict[str, list[Quad]] = {iri: [] for iri in things}
        query = self._graph.internal["descriptions"].bind_things("thing", things)
        for graph, subject, predicate, object in select(self._graph.engine, query):
            if graph != _ANCESTORS:
                quads[subject.value].append(Quad(subject, predicate, object, graph))
        return {iri: _description(sorted(of_thing, key=str)) for iri, of_thing in quads.items()}

    def _hold(self, iri: str, description: Description) -> None:
        if iri not in self._held:
            self._held[iri] = description
            self._quads += len(description.said)
        while self._quads > self._limit:
            _, forgotten = self._held.popitem(last=False)
            self._quads -= len(forgotten.said)


def _description(quads: Iterable[Quad]) -> Description:
    said: list[Said] = []
    leads_to: dict[str, None] = {}
    derived_to: dict[str, None] = {}
    verdicts: list[str] = []
    terms: dict[str, bool] = {}
    for quad in quads:
        predicate, object, graph = quad.predicate.value, quad.object, quad.graph_name
        inferred = graph == _INFERRED
        thing = None
        if predicate.startswith(TERMS):
            terms[predicate] = inferred and terms.get(predicate, True)
        if isinstance(object, NamedNode):
            iri = object.value
            if iri.startswith(TERMS):
                if predicate == RDF_TYPE:
                    terms[iri] = inferred and terms.get(iri, True)
            elif iri.startswith(BASE):
                thing = iri
                if not inferred or predicate in _FOLLOWED:
                    leads_to[iri] = None
                elif predicate == _HAS_VERDICT:
                    verdicts.append(iri)
                elif predicate in _OF_A_VERDICT:
                    derived_to[iri] = None
            elif graph == _LINKS:
                leads_to[iri] = None
        said.append(Said(quad, inferred, thing))
    return Description(tuple(said), tuple(leads_to), tuple(derived_to), tuple(verdicts), terms)


class Subgraph:
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
        """
        :param statements: IRIs of statements
        :param things: IRIs of other things that are wanted without a statement on them
        :param inferred: whether to include what was derived
        """
        self._descriptions = descriptions
        self.inferred = inferred
        self.statements = sorted(statements)
        self._members: set[str] = set()
        self._terms: set[str] = set()
        verdicts = self._take({*self.statements, *things})
        if inferred:
            self._take(
                verdict
                for verdict, description in descriptions.of(verdicts).items()
                if all(
                    said.thing in self._members for said in description.said if said.quad.predicate.value == _RESTS_ON
                )
            )

    @property
    def members(self) -> set[str]:
        """The IRIs of all things in the subgraph; of outside ones too where a mapping leads to them."""
        return self._members

    def quads(self) -> Iterator[Quad]:
        """The quads of the subgraph, in the order of sorted N-Quads, read as they come."""
        members = self._members
        for batch in _batches(sorted(members | self._terms, key=_in_order)):
            for iri, description in self._descriptions.of(batch).items():
                if iri not in members:
                    yield from (said.quad for said in description.said if said.quad.predicate.value in _OF_A_TERM)
                elif not self.inferred:
                    yield from (said.quad for said in description.said if not said.inferred)
                else:
                    # Asserted things are members by now; of derived ones, what lies outside depends on the selection.
                    yield from (
                        said.quad
                        for said in description.said
                        if not said.inferred or said.thing is None or said.thing in members
                    )

    def reading(self) -> Reading:
        """A reading of all of it at once, for what cannot be written as it comes."""
        return Reading(self._descriptions.of(sorted(self._members)), inferred=self.inferred)

    def reading_of(self, things: Iterable[str], *others: str) -> Reading:
        """A reading of some things, of what they name, statements left out, and of what others lead to."""
        described = self._descriptions.of(things)
        named = {said.thing for one in described.values() for said in one.said if said.thing in self._members}
        led = {iri for iri in (*named, *others) if iri and not iri.startswith(BASE + "statement/")}
        known = Subgraph(self._descriptions, (), led, inferred=self.inferred).members
        return Reading(self._descriptions.of(sorted({*described, *known})), inferred=self.inferred)

    def verdicts(self) -> list[str]:
        """The verdicts on the conditions that the statements are on.

        A broader condition comes along as well, and its verdict where that rests on nothing; but that nothing was found
        for it is not told by this subgraph.
        """
        told: set[str] = set()
        for batch in _batches(self.statements):
            for description in self._descriptions.of(batch).values():
                told.update(
                    said.thing for said in description.said if said.thing and said.quad.predicate.value == _CONDITION
                )
        verdicts = sorted(iri for iri in self._members if iri.startswith(BASE + "verdict/"))
        read = Reading(self._descriptions.of(verdicts), inferred=self.inferred)
        return [verdict for verdict in verdicts if told & set(read.iris(verdict, "verdictOn"))]

    def readings(self, *others: str) -> Iterator[tuple[list[str], Reading]]:
        """The statements, some hundred at a time, each time with a reading of all that they and the others lead to."""
        for statements in _batches(self.statements):
            led_to = Subgraph(self._descriptions, statements, others, inferred=self.inferred).members
            yield statements, Reading(self._descriptions.of(sorted(led_to)), inferred=self.inferred)

    def things(self) -> Iterator[tuple[list[str], Reading]]:
        """The things of the subgraph, some hundred at a time, each time with a reading of them alone."""
        for batch in _batches(sorted(self._members, key=_in_order)):
            yield batch, Reading(self._descriptions.of(batch), inferred=self.inferred)

    def _take(self, things: Iterable[str]) -> list[str]:
        """Take things in, with all that they lead to; gives the verdicts on them."""
        verdicts: set[str] = set()
        new = set(things)
        while new:
            self._members |= new
            led_to: set[str] = set()
            for batch in _batches(new):
                for description in self._descriptions.of(batch).values():
                    led_to.update(description.leads_to)
                    if self.inferred:
                        led_to.update(description.derived_to)
                    verdicts.update(description.verdicts)
                    self._terms.update(t for t, derived in description.terms.items() if self.inferred or not derived)
            new = led_to - self._members
        return sorted(verdicts)


def _in_order(iri: str) -> str:
    return f"<{iri}>"


def _batches(things: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(things)
    while batch := list(islice(rest, _BATCH)):
        yield batch
