"""The index of names that a release carries: what people may type, and the things it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from pyoxigraph import Literal, NamedNode, Triple

from ivig.model.identifiers import identifier
from ivig.model.labels import normal
from ivig.namespaces import ALT_LABEL, BASE, HIDDEN_LABEL, NOTATION, PREF_LABEL, RDF_TYPE, REPLACED_BY, SKOS, TERMS

_NOT_ASKED_FOR = frozenset(
    "Statement Effect Regimen WebPage Study CandidateCitation Reference Passage Verdict".split()  # noqa: SIM905
)
"""Classes of things that nobody asks for by name: without them the index is read in a quarter of the time."""
_IDENTIFIERS = {TERMS + "pmid": "pmid:", TERMS + "doi": "doi:", TERMS + "pmcid": "pmcid:"}
_MATCHES = {f"{SKOS}{kind}Match": kind for kind in ("exact", "close", "broad", "narrow", "related")}


class NameIndex(TypedDict):
    """What the things of a graph are called.

    :param labels: a thing's IRI to its preferred label
    :param kinds: class, normal name, IRIs
    :param outside: a CURIE or outside IRI, in small letters, to pairs of our IRI and how it matches
    :param replaced: a thing's former IRI to the one it has
    """

    labels: dict[str, str]
    kinds: dict[str, dict[str, list[str]]]
    outside: dict[str, list[tuple[str, str]]]
    replaced: dict[str, str]


def name_index(asserted: Iterable[Triple], links: Iterable[Triple]) -> NameIndex:
    """Every label, synonym and identifier in the data and the vocabularies, every mapped term in the links, every
    former IRI.

    :param asserted: the triples of the data and the vocabularies; only what is said of IRIs of ours is read
    :param links: the triples of the mappings to terms of other collections
    """
    labels: dict[str, str] = {}
    replaced: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    classes: dict[str, set[str]] = {}
    for triple in asserted:
        if not isinstance(triple.subject, NamedNode) or isinstance(triple.object, Triple):
            continue
        thing, predicate, value = triple.subject.value, triple.predicate.value, triple.object.value
        if not thing.startswith(BASE):
            continue
        if predicate == RDF_TYPE and value.startswith(TERMS):
            classes.setdefault(thing, set()).add(value.removeprefix(TERMS))
        elif predicate == PREF_LABEL:
            labels[thing] = value
            names.setdefault(thing, set()).add(value)
        elif predicate in (ALT_LABEL, HIDDEN_LABEL, TERMS + "title"):
            names.setdefault(thing, set()).add(value)
        elif predicate == REPLACED_BY and not thing.startswith(TERMS):
            replaced[thing] = value
        elif predicate in _IDENTIFIERS:
            names.setdefault(thing, set()).update((value, _IDENTIFIERS[predicate] + value))
    for thing in [thing for thing, of_thing in classes.items() if of_thing <= _NOT_ASKED_FOR]:
        names.pop(thing, None)
        labels.pop(thing, None)
    kinds: dict[str, dict[str, list[str]]] = {}
    for thing in sorted(names):
        for kind in classes.get(thing, ()):
            for name in names[thing]:
                things = kinds.setdefault(kind, {}).setdefault(normal(name), [])
                if thing not in things:
                    things.append(thing)
    return NameIndex(labels=labels, kinds=kinds, outside=_outside(links), replaced=_followed(replaced))


def _followed(replaced: dict[str, str]) -> dict[str, str]:
    """Each old IRI with the end of its chain; what goes in a circle, which no valid graph has, leads nowhere."""
    ends = {}
    for old in replaced:
        end, passed = old, set[str]()
        while end in replaced and end not in passed:
            passed.add(end)
            end = replaced[end]
        if end not in passed:
            ends[old] = end
    return ends


def _outside(links: Iterable[Triple]) -> dict[str, list[tuple[str, str]]]:
    matches: dict[str, list[tuple[str, str]]] = {}
    curies: dict[str, str] = {}
    for triple in links:
        if isinstance(triple.object, Literal):
            if triple.predicate.value == NOTATION and isinstance(triple.subject, NamedNode):
                curies[triple.subject.value] = triple.object.value
        elif (match := _MATCHES.get(triple.predicate.value)) and isinstance(triple.subject, NamedNode):
            matches.setdefault(_iri(triple.object), []).append((triple.subject.value, match))
    index: dict[str, list[tuple[str, str]]] = {}
    for iri, pairs in matches.items():
        curie = curies.get(iri, iri)
        # Under the spelling of the links, and under ours where that is another.
        known = identifier(curie)
        index.update(dict.fromkeys((iri.lower(), curie.lower(), known.key if known else curie.lower()), sorted(pairs)))
    return index


def _iri(term: object) -> str:
    if not isinstance(term, NamedNode):
        raise TypeError(f"{term} is no IRI")
    return term.value
