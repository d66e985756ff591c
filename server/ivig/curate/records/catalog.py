"""The things that records speak of, found by name; new ones where the curator asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Triple

from ivig.ask.names import Names
from ivig.build.name_index import name_index
from ivig.curate.records.triples import Thing, slug
from ivig.errors import AmbiguousName, UnknownName
from ivig.names import normal
from ivig.namespaces import BASE

_FOLDERS = {
    "Condition": "condition",
    "Mechanism": "mechanism",
    "Outcome": "outcome",
    "AdverseEvent": "adverse-event",
    "Body": "body",
}
"""The kinds of thing that a record may bring along, and where their IRIs are."""


class Catalog:
    """Names to things.

    triples: what is known so far. create: whether an unknown condition, mechanism, outcome, event or body becomes a new
    thing. The new ones are kept in `created`, by kind.
    """

    def __init__(self, triples: Iterable[Triple], *, create: bool) -> None:
        index = name_index(triples, ())
        self._known = index["kinds"]
        self._names = Names(index)
        self._create = create
        self.created: dict[str, dict[str, Thing]] = {kind: {} for kind in _FOLDERS}

    def knows(self, name: str, kind: str) -> bool:
        """Whether there is a thing of this kind with this name."""
        return normal(name) in self._known.get(kind, {})

    def find(self, name: str, kind: str) -> str:
        """The IRI of the thing of this kind with this name. Raises UnknownName or AmbiguousName."""
        things = self._known.get(kind, {}).get(normal(name), [])
        return things[0] if len(things) == 1 else self._names.resolve(name, kind)

    def find_or_create(self, name: str, kind: str, group: str | None = None) -> str:
        """As `find`; an unknown name becomes a new thing where that is allowed.

        group: the IRI of the group or kind that a new condition, mechanism or outcome belongs to.
        """
        try:
            return self.find(name, kind)
        except UnknownName:
            if not self._create:
                raise
        path = f"{_FOLDERS[kind]}/{slug(name)}"
        if self._names.label(BASE + path) != BASE + path:
            raise AmbiguousName(kind, name, [self._names.label(BASE + path)])
        thing = Thing(path, kind, *(() if kind == "Body" else ("skos:Concept",)))
        thing.label(name)
        thing.link("outcomeKind" if kind == "Outcome" else "group", group)
        self.created[kind][thing.iri] = thing
        self._known.setdefault(kind, {})[normal(name)] = [thing.iri]
        return thing.iri

    def new(self) -> Iterator[Thing]:
        """The things that records brought along."""
        return (thing for things in self.created.values() for thing in things.values())

    def describe_new(self, iri: str, *, short: str | None, country: str | None) -> None:
        """Say more of a body that is new: its short name and its country. One that was known keeps what it has."""
        thing = self.created["Body"].get(iri)
        if thing is not None and not thing.says("country") and not thing.says("skos:altLabel"):
            thing.text("skos:altLabel", short if short != thing.name else None)
            thing.text("country", country)

    def label(self, iri: str) -> str:
        """The preferred label of a thing, known or new."""
        for things in self.created.values():
            if iri in things:
                return things[iri].name
        return self._names.label(iri)
