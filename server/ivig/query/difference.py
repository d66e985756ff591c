"""What differs between two releases: statements that came, went or say something else, and verdicts that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Store

from ivig.model.schema import schema
from ivig.namespaces import BASE, DATA_GRAPH, PREF_LABEL, RDF_TYPE, TERMS
from ivig.query.graph import Graph
from ivig.query.results import plain

_OWN = (f"{BASE}effect/", f"{BASE}regimen/")
"""What belongs to one statement and is told of with it."""

Said = Mapping[str, frozenset[str]]
"""What a statement says: field to values, in words."""


class Difference(NamedTuple):
    """One difference.

    :param what: `added`, `gone`, `changed` or `verdict`
    :param thing: the IRI of the statement, or of the condition whose verdict it is
    :param label: what that is called
    :param field: what changed of it; empty for a statement that came or went
    :param before: what it said; empty where it said nothing
    :param after: what it says now
    """

    what: str
    thing: str
    label: str
    field: str = ""
    before: str = ""
    after: str = ""


def differences(before: Graph, after: Graph) -> Iterator[Difference]:
    """What differs: statements added, gone, changed, each in the order of their IRIs, then verdicts.

    :param before: the graph with the older release
    :param after: the graph with the newer one
    :raises Damaged: where a release is
    """
    old, new = _Statements(before), _Statements(after)
    for iri in sorted(new.iris - old.iris):
        yield Difference("added", iri, new.label(iri))
    for iri in sorted(old.iris - new.iris):
        yield Difference("gone", iri, old.label(iri))
    for iri in sorted(old.iris & new.iris):
        was, now = old.said(iri), new.said(iri)
        for name in sorted(was.keys() | now.keys()):
            gone, come = was.get(name, frozenset()), now.get(name, frozenset())
            if gone != come:
                yield Difference("changed", iri, new.label(iri), name, _joined(gone), _joined(come))
    yield from verdicts_that_differ(before, after)


class _Statements:
    """The statements of one release, as its data have them."""

    def __init__(self, graph: Graph) -> None:
        try:
            self._store = Store.read_only(str(graph.release.store))
        except (OSError, RuntimeError, ValueError) as error:
            raise graph.release.damaged(error) from error
        self._graph = graph
        self._fields = schema(graph.files).names
        self._data = NamedNode(DATA_GRAPH)
        quads = self._store.quads_for_pattern(None, NamedNode(RDF_TYPE), NamedNode(f"{TERMS}Statement"), self._data)
        self.iris = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}

    def label(self, iri: str) -> str:
        quads = self._store.quads_for_pattern(NamedNode(iri), NamedNode(PREF_LABEL), None, self._data)
        return next((quad.object.value for quad in quads if isinstance(quad.object, Literal)), iri)

    def said(self, iri: str, within: str = "") -> Said:
        """What a thing says, what belongs to it included: `effect.value`, `regimen.1.days_min`."""
        found: dict[str, set[str]] = {}
        for quad in self._store.quads_for_pattern(NamedNode(iri), None, None, self._data):
            name = within + self._fields.get(quad.predicate.value, quad.predicate.value.rpartition("/")[2])
            term = quad.object
            if isinstance(term, NamedNode) and term.value.startswith(_OWN):
                last = term.value.rpartition("/")[2].removeprefix(iri.rpartition("/")[2]).strip("-.")
                part = f"{name}.{last}." if last else f"{name}."
                for inner, values in self.said(term.value, part).items():
                    found.setdefault(inner, set()).update(values)
            elif isinstance(term, NamedNode):
                found.setdefault(name, set()).add(self._graph.names.label(term.value))
            else:
                found.setdefault(name, set()).add(str(plain(term)))
        return {name: frozenset(values) for name, values in found.items()}


def verdicts_that_differ(before: Graph, after: Graph) -> Iterator[Difference]:
    """The verdicts and strengths that changed.

    :param before: the graph with the older release
    :param after: the graph with the newer one
    """
    was, now = _judged(before), _judged(after)
    for key in sorted(was.keys() | now.keys()):
        condition, intent = key
        for name in ("verdict", "strength"):
            old, new = was.get(key, {}).get(name, ""), now.get(key, {}).get(name, "")
            if old != new:
                label = (after if key in now else before).names.label(condition)
                yield Difference("verdict", condition, label, f"{name} ({intent})" if intent else name, old, new)


def _judged(graph: Graph) -> dict[tuple[str, str], dict[str, str]]:
    """The verdict of each condition and intent; a column that a release does not have is empty."""
    return {
        (str(row["condition"]), str(row.get("intent") or "")): {
            name: str(row.get(name) or "") for name in ("verdict", "strength")
        }
        for row in graph.query("evidence-summary")
    }


def _joined(values: frozenset[str]) -> str:
    return "; ".join(sorted(values))
