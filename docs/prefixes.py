"""The prefixes of outside identifiers, taken out of Bioregistry: `python docs/prefixes.py` writes them anew.

Bioregistry knows every prefix and every address that an identifier goes by, and takes seconds to load; what a question
needs of it is kept beside the code, as an extended prefix map (`prefixes.json`). Source: https://bioregistry.io/
"""

from __future__ import annotations

import json
import re
from typing import Any

from ivig.graph_files import graph_files
from ivig.model.identifiers import PREFIXES_FILE, REGISTRIES, Prefix, bare

_REGISTERED = {
    "Orphanet": ("orphanet", "orphanet.ordo"),
    "icd11.foundation": ("icd11",),
    "PMID": ("pubmed",),
    "PMCID": ("pmc",),
    "DOI": ("doi",),
}
"""Where Bioregistry's name is another, or where it keeps apart what is one to us."""
_UNREGISTERED = {"SEVCO": "Scientific Evidence Code System"}
_TITLES = {"ISRCTN": "ISRCTN registry"}
"""Where Bioregistry has the name of something else."""
_NOT_OUTSIDE = {"IVIG", "bioregistry", "obo", "semapv", "sssom", "skos"}
_PUBLICATIONS = {
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/",
    "PMCID": "https://www.ncbi.nlm.nih.gov/pmc/articles/",
    "DOI": "https://doi.org/",
}
_MORE_SPELLINGS = {
    "ICD10CM": ["icd-10-cm", "icd10-cm", "icd 10 cm", "icd-10 cm"],
    "OMIMPS": ["omim:ps"],
    "Orphanet": ["orphacode"],
    "PMCID": ["pmcid"],
    "SCTID": ["snomed ct", "snomed-ct"],
}
_MORE_ADDRESSES = {
    "ICD10CM": ["http://hl7.org/fhir/sid/icd-10-cm/"],
    "PMCID": ["https://pmc.ncbi.nlm.nih.gov/articles/", "https://europepmc.org/article/pmc/"],
    "PMID": ["https://europepmc.org/article/med/"],
    "SCTID": ["http://snomed.info/sct/"],
}
"""What people write and Bioregistry does not list."""


def curie_map() -> dict[str, str]:
    """The prefixes of the outside terms that our links lead to, with their namespaces, from the head of the links."""
    head = [line for path in graph_files().links for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = (re.fullmatch(r"#  (\S+): (\S+)", line) for line in head)
    return {pair[1]: pair[2] for pair in pairs if pair and pair[1] not in _NOT_OUTSIDE}


def extract() -> dict[str, Prefix]:
    """The prefixes of our links and of publications, as Bioregistry has them."""
    wanted = {**curie_map(), **_PUBLICATIONS}
    found = {name: _prefix(name, iri) for name, iri in sorted(wanted.items(), key=lambda pair: pair[0].casefold())}
    own = tuple(bare(iri).lower() for iri in wanted.values())
    return {name: prefix._replace(uri_prefix_synonyms=_elsewhere(prefix, own)) for name, prefix in found.items()}


def _elsewhere(prefix: Prefix, own: tuple[str, ...]) -> list[str]:
    """What else an IRI may begin with, without what is within the namespace of another: 10.1186 is a publisher's."""
    others = tuple(iri for iri in own if iri != bare(prefix.uri_prefix).lower())
    return [address for address in prefix.uri_prefix_synonyms if not bare(address).lower().startswith(others)]


def resources(name: str) -> list[Any]:
    """What Bioregistry has under one of our prefixes: mostly one entry, none for what it does not know."""
    import bioregistry

    found = [bioregistry.get_resource(known) for known in _REGISTERED.get(name, (name,))]
    return [resource for resource in found if resource is not None]


def _prefix(name: str, iri: str) -> Prefix:
    found = resources(name)
    spellings, addresses = set(_MORE_SPELLINGS.get(name, ())), set(_MORE_ADDRESSES.get(name, ()))
    for resource in found:
        spellings |= {resource.prefix, resource.get_preferred_prefix() or name, *resource.get_synonyms()}
        addresses |= resource.get_uri_prefixes()
    # The addresses of registries and of browsers of ontologies hold for any prefix; scheme and case make no difference.
    own = {bare(each).lower(): each for each in sorted(addresses, reverse=True)}
    own.pop(bare(iri).lower(), None)
    elsewhere = (*REGISTRIES, "ebi.ac.uk/ols")
    return Prefix(
        prefix=name,
        title=_TITLES.get(name) or (found[0].get_name() if found else _UNREGISTERED[name]),
        example=f"{name}:{found[0].get_example()}" if found else "",
        pattern=(found[0].get_pattern() or "") if found else "",
        uri_prefix=iri,
        prefix_synonyms=sorted({spelling.lower() for spelling in spellings} - {name.lower()}),
        uri_prefix_synonyms=sorted(address for plain, address in own.items() if not plain.startswith(elsewhere)),
    )


def main() -> None:
    """Write the extract where the package keeps it."""
    rows = ",\n".join(json.dumps(prefix._asdict(), ensure_ascii=False) for prefix in extract().values())
    PREFIXES_FILE.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
