"""Our links compared with an ontology as it is now: what is obsolete, merged, renamed or gone, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ivig.curate.ontologies.ontology import OntologyTerm, OutsideOntology, prefix_namespace, term_iri
from ivig.curate.sssom import Mapping
from ivig.identifiers import curie_of
from ivig.names import normal


class Change(NamedTuple):
    """One link that the ontology no longer agrees with.

    thing: our thing; predicate: how it is linked, as a SKOS local name; term: the CURIE; label: the label that we have;
    problem: `obsolete`, `merged`, `label changed` or `not in the ontology`; label_there: the label that it has now;
    proposal: what to link to, or to call it, instead; empty where nothing suggests itself; because: what says so.
    """

    thing: str
    predicate: str
    term: str
    label: str
    problem: str
    label_there: str
    proposal: str
    because: str


def changes(mappings: Iterable[Mapping], ontology: OutsideOntology) -> list[Change]:
    """The links into the ontology that need a look, in the order of the links."""
    terms = ontology.terms
    merged = {old: iri for iri, term in terms.items() for old in term.merged}
    # Other namespaces were imported, and may be there in part only.
    own = prefix_namespace(ontology.name.partition("-")[0]).lower()
    by_name: dict[str, list[str]] = {}
    for iri, term in terms.items():
        if not term.obsolete:
            for name in {normal(name) for name in (term.label, *term.synonyms)}:
                by_name.setdefault(name, []).append(iri)
    return [change for mapping in mappings for change in _changes_of(mapping, terms, merged, own, by_name)]


def _changes_of(
    mapping: Mapping,
    terms: dict[str, OntologyTerm],
    merged: dict[str, str],
    own: str,
    by_name: dict[str, list[str]],
) -> Iterator[Change]:
    iri = term_iri(mapping.object)
    term = terms.get(iri)

    def change(problem: str, label_there: str, proposal: str, because: str) -> Change:
        predicate = mapping.predicate.rpartition("#")[2]
        return Change(mapping.subject, predicate, mapping.curie, mapping.label, problem, label_there, proposal, because)

    def named(iris: Iterable[str]) -> str:
        return "; ".join(f"{curie_of(each)} {terms[each].label if each in terms else ''}".strip() for each in iris)

    def of_the_same_name(label: str) -> str:
        return named(each for each in by_name.get(normal(label), []) if each != iri)

    if term is None:
        if iri in merged:
            yield change("merged", terms[merged[iri]].label, named([merged[iri]]), "alternative identifier")
        elif _namespace(iri).lower() == own:
            same = of_the_same_name(mapping.label) if mapping.label else ""
            yield change("not in the ontology", "", same, "same name" if same else "")
    elif term.obsolete:
        if term.replaced_by:
            yield change("obsolete", term.label, named(term.replaced_by), "replaced by")
        elif term.consider:
            yield change("obsolete", term.label, named(term.consider), "to be considered")
        else:
            same = of_the_same_name(mapping.label or term.label.removeprefix("obsolete "))
            yield change("obsolete", term.label, same, "same name" if same else "")
    elif mapping.label and term.label and normal(mapping.label) != normal(term.label):
        is_synonym = normal(mapping.label) in {normal(synonym) for synonym in term.synonyms}
        yield change("label changed", term.label, term.label, "ours is a synonym there" if is_synonym else "")


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind(mark) for mark in "/#_") + 1]
