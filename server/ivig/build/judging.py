"""The work on one part of a build: a file is read, a group of statements validated, reasoned over and derived from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, NamedNode, Store, Triple

from ivig.build.chunks import remembered, sorted_ntriples
from ivig.build.derivation import derive
from ivig.build.lines import lines_of
from ivig.build.parts import PARTS, Parts, data_part
from ivig.build.reasoning import Contradiction, infer
from ivig.build.release import STORE
from ivig.build.sources import Sources, read
from ivig.build.validation import validate
from ivig.graph_files import graph_files
from ivig.io.turtle import read_turtle
from ivig.namespaces import DATA_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, TERMS

_DATA = NamedNode(DATA_GRAPH)
_LEADING_BACK = (NamedNode(TERMS + "publication"),)
"""Properties by which a thing has what it does not lead to: a publication's evidence line is told by its studies."""


class Judged(NamedTuple):
    """What is wrong with a part; where nothing is, its lines were kept.

    :param broken: the rules of the shapes that it breaks, each with the thing that does
    :param contradictions: in what it contradicts itself, each with the thing
    """

    broken: list[tuple[str, str]]
    contradictions: list[tuple[str, str]]


class _Wrong(Exception):
    """Nothing follows from a part: something is wrong with it."""

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        super().__init__(judged)


class Judge:
    """What works on the parts of one build, in this process or another."""

    def __init__(self, graph: Path, draft: Path) -> None:
        """
        :param graph: the folder of the graph
        :param draft: the folder of the release that is being made
        """
        self._files = graph_files(graph)
        self._parts = Parts(draft / PARTS)
        self._store_folder = draft / STORE

    def read(self, path: str, name: str) -> None:
        """Keep the lines of a file of data.

        :raises BadInput: where it cannot be read
        """
        triples = read_turtle(Path(path), name)
        subjects = {_name(triple.subject) for triple in triples if isinstance(triple.subject, NamedNode | BlankNode)}
        self._parts.write(data_part(name), b"".join(lines_of(triples, DATA_GRAPH)), subjects)

    def judge(self, name: str, things: Sequence[str], common: Sequence[str], base: str, reference: bool) -> Judged:
        """Keep what follows from some things and all that they lead to.

        :param name: of the part
        :param things: their names
        :param common: the names of what rules look up beside them
        :param base: what tells whether it was worked out before in the same way; empty for doing it in any case
        :param reference: by the reference engines
        :raises BadInput: where an engine does not take a shape or an axiom, or a rule cannot be read
        """
        data, reached = closure(self._store, things)
        beside = described(self._store, common)
        try:
            if base:
                work = partial(self._follows, data, beside)
                lines = remembered(work, base, sorted_ntriples(data), sorted_ntriples(beside))
            else:
                lines = self._follows(data, beside, reference=reference)
        except _Wrong as error:
            return error.judged
        self._parts.write(name, lines, reached)
        return Judged([], [])

    def _follows(self, data: list[Triple], beside: list[Triple], *, reference: bool = False) -> bytes:
        """The lines of what follows.

        :raises _Wrong: where the data breaks a shape or contradicts itself
        """
        sources = replace(self._sources, data=data)
        if broken := validate(sources, reference=reference):
            raise _Wrong(Judged([(violation.thing, str(violation)) for violation in broken], []))
        try:
            entailed = infer(sources, reference=reference)
        except Contradiction as error:
            raise _Wrong(Judged([], error.found)) from error
        seen = {
            ONTOLOGY_GRAPH: [*sources.ontology, *sources.alignment],
            DATA_GRAPH: [*data, *beside],
            INFERRED_GRAPH: entailed,
        }
        return b"".join(lines_of([*entailed, *derive(seen, self._files.queries)], INFERRED_GRAPH))

    @cached_property
    def _store(self) -> Store:
        """What all files of data say. It is looked at once all are in it."""
        return Store.read_only(str(self._store_folder))

    @cached_property
    def _sources(self) -> Sources:
        return read(self._files, own_data=False)


def closure(store: Store, things: Iterable[str]) -> tuple[list[Triple], list[str]]:
    """What the data says of some things and of all that they lead to, over any number of steps.

    :param store: with the data as a named graph
    :param things: their names: an IRI, or the label of a blank node behind `_:`
    :returns: the triples, and the names of all that was reached
    """
    todo = [_named(thing) for thing in things]
    reached = dict.fromkeys(todo)
    triples: list[Triple] = []
    while todo:
        subject = todo.pop()
        quads = list(store.quads_for_pattern(subject, None, None, _DATA))
        triples += (quad.triple for quad in quads)
        to: list[object] = [quad.object for quad in quads]
        to += (quad.subject for back in _LEADING_BACK for quad in store.quads_for_pattern(None, back, subject, _DATA))
        new = dict.fromkeys(each for each in to if isinstance(each, NamedNode | BlankNode) and each not in reached)
        reached.update(new)
        todo += new
    return triples, [_name(each) for each in reached]


def _name(node: NamedNode | BlankNode) -> str:
    return node.value if isinstance(node, NamedNode) else f"_:{node.value}"


def _named(name: str) -> NamedNode | BlankNode:
    return BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name)


def described(store: Store, things: Iterable[str]) -> list[Triple]:
    """What the data says of some things, and of nothing that these lead to.

    :param store: with the data as a named graph
    :param things: their IRIs
    """
    return [quad.triple for thing in things for quad in store.quads_for_pattern(_named(thing), None, None, _DATA)]
