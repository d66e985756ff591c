"""The things that records speak of, found by name; new ones where the curator asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Triple
from rapidfuzz import fuzz, process

from ivig.curate.triples import Thing, slug
from ivig.errors import BadInput, UnknownName
from ivig.io.name_index import NameIndex, Naming
from ivig.model.labels import normal
from ivig.namespaces import BASE
from ivig.query.names import Names

_FOLDERS = {
    "Condition": "condition",
    "Mechanism": "mechanism",
    "Outcome": "outcome",
    "AdverseEvent": "adverse-event",
    "Body": "body",
}
"""The kinds of thing that a record may bring along, and where their IRIs are."""

NOT_GROUPED = BASE + "condition-group/not-grouped"
EXPERIMENTAL_MODEL = BASE + "condition-group/experimental-model"
"""The groups of a new condition, until a curator chooses one: of patients, and of animals and cells alone."""

_NEAR = 88
"""How alike two names are that are likely to mean one thing, out of 100."""


class Catalog:
    """Names to things. The new ones are kept in `created`, by kind."""

    def __init__(self, triples: Iterable[Triple], *, create: bool) -> None:
        """
        :param triples: what is known so far
        :param create: whether an unknown condition, mechanism, outcome, event or body becomes a new thing
        """
        self._index = NameIndex.of(triples)
        self._names = Names(self._index)
        self._create = create
        self.created: dict[str, dict[str, Thing]] = {kind: {} for kind in _FOLDERS}

    def knows(self, name: str, kind: str) -> bool:
        """Whether there is a thing of this kind with this name.

        :param name: a label or synonym, in any case
        :param kind: a class of the ontology, such as `Condition`
        """
        return bool(self._index.things(kind, normal(name)))

    def labels(self, kind: str) -> list[str]:
        """The names of all things of a kind that were known before."""
        return self._names.labels(kind)

    def find(self, name: str, kind: str) -> str:
        """The IRI of the thing of this kind with this name.

        :param name: a label or synonym in any case, or what else `Names.resolve` takes
        :param kind: a class of the ontology, such as `Condition`
        :raises UnknownName: for a name that means nothing, with the nearest
        :raises AmbiguousName: for one that means several things
        """
        things = self._index.things(kind, normal(name))
        return things[0] if len(things) == 1 else self._names.resolve(name, kind)

    def find_or_create(self, name: str, kind: str, group: str | None = None) -> str:
        """As `find`; an unknown name becomes a new thing where that is allowed.

        :param name: as for `find`; a new thing has it as its label
        :param kind: a class of the ontology, such as `Condition`
        :param group: the IRI of the group or kind that a new condition, mechanism or outcome belongs to
        :raises UnknownName: for a name that means nothing, where no new thing is allowed
        :raises AmbiguousName: for one that means several things
        :raises BadInput: where a new name has no letter for an IRI, or the IRI of a name that is known
        """
        try:
            iri = self.find(name, kind)
        except UnknownName:
            if not self._create:
                raise
        else:
            if group == NOT_GROUPED and iri in self.created[kind]:
                # One record tells of animals, another of patients: it is no model, whichever comes first.
                self.created[kind][iri].unlink("group", EXPERIMENTAL_MODEL)
                self.created[kind][iri].link("group", group)
            return iri
        path = self._new_path(name, kind)
        thing = Thing(path, kind, *(() if kind == "Body" else ("skos:Concept",)))
        thing.label(name)
        thing.link("outcomeKind" if kind == "Outcome" else "group", group)
        self.created[kind][thing.iri] = thing
        self._index.add(thing.iri, Naming(None, frozenset({kind}), frozenset({normal(name)})))
        return thing.iri

    def _new_path(self, name: str, kind: str) -> str:
        """The path of the IRI of a new name. Raises BadInput where it can have none of its own."""
        readable = slug(name)
        if not re.search("[a-z]", readable):
            raise BadInput("a new name has a letter from a to z, for its address")
        path = f"{_FOLDERS[kind]}/{readable}"
        known = self.label(BASE + path)
        if known != BASE + path:
            raise BadInput(f'a name that differs from "{known}" by more than its signs, or that name itself')
        return path

    def new(self) -> Iterator[Thing]:
        """The things that records brought along."""
        return (thing for things in self.created.values() for thing in things.values())

    def near_names(self) -> Iterator[tuple[str, str, str]]:
        """The kind and name of each new thing whose name is near that of one that was known, and that name."""
        for kind, things in self.created.items():
            known = {normal(label): label for label in self._names.labels(kind)}
            for thing in things.values():
                alike = process.extractOne(normal(thing.name), known.keys(), scorer=fuzz.token_sort_ratio)
                if alike and alike[1] >= _NEAR:
                    yield kind, thing.name, known[alike[0]]

    def describe_new(self, iri: str, *, short: str | None, country: str | None) -> None:
        """Say more of a body that is new: its short name and its country. One that was known keeps what it has.

        :param iri: of the body
        :param short: its short name, which is left out where it is its name
        :param country: where it is
        """
        thing = self.created["Body"].get(iri)
        if thing is not None and not thing.says("country") and not thing.says("skos:altLabel"):
            thing.say("skos:altLabel", short if short != thing.name else None)
            thing.say("country", country)

    def label(self, iri: str) -> str:
        """The preferred label of a thing, known or new."""
        for things in self.created.values():
            if iri in things:
                return things[iri].name
        return self._names.label(iri)
