"""An ontology of others, as far as we ask it: terms, their names, what each is a kind of, what is obsolete."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from ivig.model.identifiers import bare, prefixes

OBO = "http://purl.obolibrary.org/obo/"


@dataclass(slots=True)
class OntologyTerm:
    """One term, terms named by their IRIs.

    :param parents: what it is directly a kind of
    :param synonyms: the exact ones
    :param replaced_by: what to use in place of an obsolete term
    :param consider: what may do in place of it
    :param merged: old identifiers that now mean this term
    """

    label: str = ""
    parents: list[str] = field(default_factory=list)
    synonyms: list[str] = field(default_factory=list)
    deprecated: bool = False
    replaced_by: list[str] = field(default_factory=list)
    consider: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def obsolete(self) -> bool:
        """Whether the ontology has given it up: by its mark, or by the label that it then gives it."""
        return self.deprecated or self.label.lower().startswith("obsolete ")


@dataclass(slots=True)
class OutsideOntology:
    """An ontology: a short name for it, its IRI, the version that it gives itself, its terms by their IRIs.

    :param file: the name of the file that it was read from
    :param sha256: of that file
    """

    name: str
    iri: str
    version: str
    file: str
    sha256: str
    terms: dict[str, OntologyTerm]

    def merged(self) -> dict[str, str]:
        """Old identifiers, each with the term that it now means, a living one where there are several."""
        in_turn = sorted(self.terms.items(), key=lambda pair: not pair[1].obsolete)
        return {old: iri for iri, term in in_turn for old in term.merged}

    def now(self, iri: str, merged: dict[str, str]) -> str | None:
        """The term that an identifier means here: itself, or what it was merged into; None where there is neither.

        :param merged: what `merged` says
        """
        seen: set[str] = set()
        while iri in merged and iri not in seen and (iri not in self.terms or self.terms[iri].obsolete):
            seen.add(iri)
            iri = merged[iri]
        return iri if iri in self.terms else None


def term_iri(name: str) -> str:
    """The IRI of a term, given it or an identifier as OBO files have it, in the form that our links use.

    >>> term_iri("MONDO:0016218"), term_iri("http://purl.obolibrary.org/obo/MONDO_0016218")
    ('http://purl.obolibrary.org/obo/MONDO_0016218', 'http://purl.obolibrary.org/obo/MONDO_0016218')
    """
    if "://" in name:
        cut = max(name.rfind(mark) for mark in "/#_") + 1
        return _namespace(name[:cut]) + name[cut:]
    prefix, colon, local = name.partition(":")
    if not colon:
        return OBO + name
    return prefix_namespace(prefix) + local


@cache
def _namespace(begin: str) -> str:
    """What IRIs that begin like this begin with in our links."""
    known = {
        bare(address).lower(): prefix.uri_prefix
        for prefix in prefixes().values()
        for address in (*prefix.uri_prefix_synonyms, prefix.uri_prefix)
    }
    return known.get(bare(begin).lower(), begin)


@cache
def prefix_namespace(prefix: str) -> str:
    """What the IRIs of a prefix begin with; where nobody else says, as all OBO ontologies have it."""
    spellings = {spelling: known.uri_prefix for known in prefixes().values() for spelling in known.spellings}
    return spellings.get(prefix.lower(), f"{OBO}{prefix}_")
