"""Our links compared with an ontology as it is now: what is obsolete, merged, renamed or gone, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ivig.io.ontologies.ontology import OntologyTerm, OutsideOntology, prefix_namespace, term_iri
from ivig.io.sssom import Mapping
from ivig.model.identifiers import curie_of
from ivig.model.labels import normal


class Change(NamedTuple):
    """One link that the ontology no longer agrees with.

    :param thing: our thing
    :param predicate: how it is linked, as a SKOS local name
    :param term: the CURIE
    :param label: the label that we have
    :param problem: `obsolete`, `merged`, `label changed` or `not in the ontology`
    :param label_there: the label that it has now
    :param proposal: what to link to, or to call it, instead, a living term where one is led to; or empty
    :param because: what says so
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
    """The links into the ontology that need a look, in the order of the links.

    :param mappings: the links of the graph
    :param ontology: the copy that they are compared with
    """
    terms = ontology.terms
    merged = ontology.merged()
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

    def of_the_same_name(label: str) -> str:
        return _named((each for each in by_name.get(normal(label), []) if each != iri), terms)

    if term is None:
        if iri in merged:
            proposal = _successors([merged[iri]], terms, merged, {iri})
            yield change(
                "merged", terms[merged[iri]].label, proposal.text, proposal.because or "alternative identifier"
            )
        elif _namespace(iri).lower() == own:
            same = of_the_same_name(mapping.label) if mapping.label else ""
            yield change("not in the ontology", "", same, "same name" if same else "")
    elif term.obsolete:
        if proposed := term.replaced_by or term.consider:
            proposal = _successors(proposed, terms, merged, {iri})
            by_mark = "replaced by" if term.replaced_by else "to be considered"
            yield change("obsolete", term.label, proposal.text, proposal.because or by_mark)
        else:
            same = of_the_same_name(mapping.label or term.label.removeprefix("obsolete "))
            yield change("obsolete", term.label, same, "same name" if same else "")
    elif mapping.label and term.label and normal(mapping.label) != normal(term.label):
        is_synonym = normal(mapping.label) in {normal(synonym) for synonym in term.synonyms}
        yield change("label changed", term.label, term.label, "ours is a synonym there" if is_synonym else "")


class _Proposal(NamedTuple):
    """The terms to link to, in words; and what says so, where it is not what said so at first."""

    text: str
    because: str


def _successors(
    proposed: Iterable[str], terms: dict[str, OntologyTerm], merged: dict[str, str], passed: set[str]
) -> _Proposal:
    """The living terms that proposed ones lead to, through whatever was given up in its turn; where there are none, the
    ends that they lead to, and what is the matter with each."""
    living: dict[str, None] = {}
    ends: dict[str, str] = {}
    because = ""
    seen = set(passed)
    todo = list(proposed)
    while todo:
        iri = todo.pop(0)
        if iri in seen:
            continue
        seen.add(iri)
        term = terms.get(iri)
        if term is not None and not term.obsolete:
            living[iri] = None
            continue
        onward = [merged[iri]] if iri in merged else (term.replaced_by or term.consider) if term else []
        if term and term.consider and not term.replaced_by and iri not in merged:
            because = "to be considered"
        todo += onward
        if term is None and not onward:
            ends[iri] = "which is not in the file"
        elif all(each in seen for each in onward):
            ends[iri] = "which is obsolete as well"
    if living:
        return _Proposal(_named(living, terms), because)
    return _Proposal("; ".join(f"{_named([iri], terms)}, {matter}" for iri, matter in ends.items()), because)


def _named(iris: Iterable[str], terms: dict[str, OntologyTerm]) -> str:
    return "; ".join(f"{curie_of(each)} {terms[each].label if each in terms else ''}".strip() for each in iris)


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind(mark) for mark in "/#_") + 1]
