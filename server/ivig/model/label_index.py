"""The index of names that a release carries: what people may type, and the things it means."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from pyoxigraph import Literal, NamedNode, Triple

from ivig.model.identifiers import identifier
from ivig.model.labels import normal
from ivig.namespaces import ALT_LABEL, BASE, HIDDEN_LABEL, NOTATION, PREF_LABEL, RDF_TYPE, REPLACED_BY, SKOS, TERMS

_NOT_ASKED_FOR = frozenset(
    "Statement Effect Regimen WebPage Study CandidateCitation Reference Passage Verdict".split()  # noqa: SIM905
)
"""Classes of things that nobody asks for by name: without them the index is read in a quarter of the time."""
_IDENTIFIERS = {TERMS + "pmid": "pmid:", TERMS + "doi": "doi:", TERMS + "pmcid": "pmcid:"}
_NAMING = {ALT_LABEL, HIDDEN_LABEL, TERMS + "title"}
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


class Naming(NamedTuple):
    """What one thing is called.

    :param label: its preferred label; None where it has none
    :param kinds: its classes of our ontology
    :param names: the normal forms of its labels, synonyms and identifiers
    """

    label: str | None
    kinds: frozenset[str]
    names: frozenset[str]


_UNNAMED = Naming(None, frozenset(), frozenset())


def naming(said: Iterable[Triple]) -> Naming:
    """What a thing of ours is called.

    :param said: triples of one subject
    """
    labels: set[tuple[bool, str]] = set()
    kinds: set[str] = set()
    names: set[str] = set()
    for triple in said:
        if isinstance(triple.object, Triple):
            continue
        predicate, value = triple.predicate.value, triple.object.value
        if predicate == RDF_TYPE and value.startswith(TERMS):
            kinds.add(value.removeprefix(TERMS))
        elif predicate == PREF_LABEL:
            # Of several, which are in several languages, the English one, and always the same.
            labels.add((getattr(triple.object, "language", None) == "en", value))
            names.add(normal(value))
        elif predicate in _NAMING:
            names.add(normal(value))
        elif predicate in _IDENTIFIERS:
            names.update((normal(value), normal(_IDENTIFIERS[predicate] + value)))
    if kinds and kinds <= _NOT_ASKED_FOR:
        return _UNNAMED
    label = max(labels)[1] if labels else None
    return Naming(label, frozenset(kinds), frozenset(names))


def name_index(asserted: Iterable[Triple], links: Iterable[Triple]) -> NameIndex:
    """Every label, synonym and identifier in the data and the vocabularies, every mapped term in the links, every
    former IRI.

    :param asserted: the triples of the data and the vocabularies; only what is said of IRIs of ours is read
    :param links: the triples of the mappings to terms of other collections
    """
    said: dict[str, list[Triple]] = {}
    for triple in asserted:
        if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(BASE):
            said.setdefault(triple.subject.value, []).append(triple)
    namings = ((thing, naming(triples)) for thing, triples in said.items())
    return index_of(namings, (triple for triples in said.values() for triple in triples), links)


def index_of(namings: Iterable[tuple[str, Naming]], replacing: Iterable[Triple], links: Iterable[Triple]) -> NameIndex:
    """The index, given what each thing is called.

    :param namings: pairs of a thing's IRI and what it is called
    :param replacing: triples by which a thing is replaced, among any others
    :param links: the triples of the mappings to terms of other collections
    """
    labels: dict[str, str] = {}
    kinds: dict[str, dict[str, list[str]]] = {}
    for thing, named in namings:
        if named.label is not None:
            labels[thing] = named.label
        for kind in named.kinds if named.names else ():
            of_kind = kinds.setdefault(kind, {})
            for name in named.names:
                of_kind.setdefault(name, []).append(thing)
    for of_kind in kinds.values():
        for things in of_kind.values():
            things.sort()
    return NameIndex(labels=labels, kinds=kinds, outside=_outside(links), replaced=_replaced(replacing))


def rename(
    index: NameIndex,
    changes: Iterable[tuple[str, Naming, Naming]],
    replacing: Iterable[Triple],
    links: Iterable[Triple],
) -> None:
    """Change an index where some things are called something else.

    :param index: what all were called
    :param changes: a thing's IRI, what it was called, and what it is called
    :param replacing: every triple by which a thing is replaced
    :param links: all triples of the mappings
    """
    for thing, old, new in changes:
        index["labels"].pop(thing, None)
        if new.label is not None:
            index["labels"][thing] = new.label
        for kind in old.kinds if old.names else ():
            of_kind = index["kinds"][kind]
            for name in old.names:
                of_kind[name].remove(thing)
                if not of_kind[name]:
                    del of_kind[name]
            if not of_kind:
                del index["kinds"][kind]
        for kind in new.kinds if new.names else ():
            for name in new.names:
                insort(index["kinds"].setdefault(kind, {}).setdefault(name, []), thing)
    index["outside"], index["replaced"] = _outside(links), _replaced(replacing)


def _replaced(triples: Iterable[Triple]) -> dict[str, str]:
    """Each former IRI of a thing, and the one that it has."""
    return _followed(
        {
            triple.subject.value: triple.object.value
            for triple in triples
            if triple.predicate.value == REPLACED_BY
            and isinstance(triple.subject, NamedNode)
            and isinstance(triple.object, NamedNode)
            and not triple.subject.value.startswith(TERMS)
        }
    )


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
