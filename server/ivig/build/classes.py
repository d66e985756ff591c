"""Things without a class, or with one that the ontology does not know: no shape would ever look at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple

from ivig.namespaces import BASE, PREFIXES, RDF_TYPE, TERMS

_CLASS = PREFIXES["owl"] + "Class"


def unclassed(ontology: Iterable[Triple], data: Iterable[Triple]) -> Iterator[tuple[str, str]]:
    """Each thing of ours that no shape can look at, with the class that it says it has; empty where it says none."""
    known = {
        triple.subject.value
        for triple in ontology
        if triple.predicate.value == RDF_TYPE
        and isinstance(triple.subject, NamedNode)
        and isinstance(triple.object, NamedNode)
        and triple.object.value == _CLASS
    }
    classes: dict[str, set[str]] = {}
    for triple in data:
        if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(BASE):
            of_thing = classes.setdefault(triple.subject.value, set())
            if triple.predicate.value == RDF_TYPE and isinstance(triple.object, NamedNode):
                of_thing.add(triple.object.value)
    for thing, of_thing in classes.items():
        yield from ((thing, name) for name in sorted(of_thing - known) if name.startswith(TERMS))
        if not of_thing:
            yield thing, ""
