"""Identifiers of other collections, in the ways in which people write them: CURIEs of any spelling, and addresses.

What a prefix is called and where its identifiers are found is Bioregistry's, in an extract (`prefixes.json`) that takes
a millisecond to read: the library itself takes seconds. `ivig.model.prefixes` makes it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

PREFIXES_FILE = Path(__file__).with_name("prefixes.json")

REGISTRIES = (
    "identifiers.org/",
    "bioregistry.io/",
    "n2t.net/",
    "bio2rdf.org/",
    "purl.obolibrary.org/obo/",
    "monarchinitiative.org/disease/",
    "monarchinitiative.org/phenotype/",
    "monarchinitiative.org/",
    "obo:",
)
"""Hosts, and what stands for one, that any prefix may follow."""

_SCHEME = re.compile(r"(?:https?:)?//(?:www\.)?|urn:miriam:|info:|www\.", re.IGNORECASE)
_IRI_WITHIN = re.compile(r"https?(?::|%3A|%253A)", re.IGNORECASE)
_CURIE_WITHIN = re.compile(r"[?&](?:obo_id|short_form|curie)=([^&#]+)", re.IGNORECASE)
_SAME_PAGES = [
    (re.compile(written, re.IGNORECASE), known)
    for written, known in (
        (r"orpha\.net/[a-z]{2}/disease/", "orpha.net/en/disease/"),
        (r"orpha\.net/consor/cgi-bin/OC_Exp\.php\?(?:.*&)?Expert=", "orpha.net/en/disease/detail/"),
        (r"meshb\.nlm\.nih\.gov/#/", "meshb.nlm.nih.gov/"),
        (
            r"pubmed\.ncbi\.nlm\.nih\.gov/\?(?:.*&)?term=(?=\d+(?:(?:\[|%5B)\w+(?:\]|%5D))?(?:&|$))",
            "pubmed.ncbi.nlm.nih.gov/",
        ),
    )
]
"""Addresses of one page in several languages, or with what the page was asked for beside the identifier."""
_CURIE = re.compile(r"([A-Za-z][\w.\-]*):(?!//)\S*\d\S*")
_OBO = "purl.obolibrary.org/obo/"
_LEADS = {"PMCID": "PMC"}
"""What a local part begins with, and some leave out."""
_ENDINGS = {"PMCID": re.compile(r"(?<=\d)\.\d+$"), "DOI": re.compile(r"\.$")}
"""What stands behind a local part and is none of it: a version, the end of a sentence."""
_DOTTED = {"ICD10CM", "ICD10WHO"}
_WITHOUT_DOT = re.compile(r"([A-Z]\d[\dA-Z])([\dA-Z]{1,4})", re.IGNORECASE)
"""Codes have a dot after their third character, which registers and billing files leave out."""
_LONGEST = 2000
_DEPTH = 3
_DEEPEST = 20


class Prefix(NamedTuple):
    """One collection of identifiers.

    name: the prefix as our links have it; title: what the collection is called; example: one CURIE; pattern: what the
    part after the prefix looks like, a regular expression; iri: what an IRI begins with; spellings: other prefixes for
    it, in small letters; addresses: what else an IRI may begin with, in small letters and without scheme and www.
    """

    name: str
    title: str
    example: str
    pattern: str
    iri: str
    spellings: list[str]
    addresses: list[str]


class Identifier(NamedTuple):
    """An identifier of another collection: its prefix as we write it, and what stands behind."""

    prefix: str
    local: str

    @property
    def curie(self) -> str:
        """As a CURIE."""
        return f"{self.prefix}:{self.local}"

    @property
    def key(self) -> str:
        """The form under which it is kept and looked up."""
        return self.curie.lower()

    @property
    def iri(self) -> str:
        """As an IRI."""
        return prefixes()[self.prefix].iri + self.local

    @property
    def well_formed(self) -> bool:
        """Whether the collection has identifiers that look like this one."""
        return _fits(prefixes()[self.prefix], self.local)


def identifier(text: str) -> Identifier | None:
    """The identifier that a CURIE or an address means; None where it has no prefix that is known.

    >>> [identifier(text).curie for text in ("mondo_0016218", "http://www.orpha.net/ORDO/Orphanet_2103", "pmid 123")]
    ['MONDO:0016218', 'Orphanet:2103', 'PMID:123']
    """
    typed: str | None = text.strip().removeprefix("<").removesuffix(">").strip()
    for _ in range(_DEPTH):
        if not typed or len(typed) > _LONGEST:
            return None
        rest = _known_page(bare(typed))
        registry = next((host for host in REGISTRIES if rest.lower().startswith(host)), "")
        if found := _after_a_known_start(rest[len(registry) :], is_address=rest != typed or "/" in rest):
            return found
        # A browser of ontologies carries the IRI that it shows in its own address.
        if within := _IRI_WITHIN.search(rest):
            typed = unquote(unquote(rest[within.start() :]))
        else:
            shown = _CURIE_WITHIN.search(rest)
            typed = unquote(shown[1]) if shown else None
    return None


def curie_of(name: str) -> str:
    """A term of an ontology as a CURIE, given it or its IRI; what is neither stays as it is.

    >>> curie_of("http://purl.obolibrary.org/obo/UBERON_0000948"), curie_of("http://id.nlm.nih.gov/mesh/D020275")
    ('UBERON:0000948', 'MESH:D020275')
    """
    typed = name.strip().removeprefix("<").removesuffix(">")
    if known := identifier(typed):
        return known.curie
    local = bare(typed).removeprefix(_OBO)
    return local.replace("_", ":", 1) if local != bare(typed) and "_" in local else typed


def unknown_prefix(text: str) -> str | None:
    """The prefix of what looks like a CURIE, where no collection has it.

    >>> unknown_prefix("MOND:0016218")
    'MOND'
    """
    curie = _CURIE.fullmatch(text.strip())
    return curie[1] if curie and identifier(text) is None else None


@cache
def prefixes() -> dict[str, Prefix]:
    """Every collection by its name."""
    return {row["name"]: Prefix(**row) for row in json.loads(PREFIXES_FILE.read_bytes())}


def bare(address: str) -> str:
    """An address without scheme and www."""
    scheme = _SCHEME.match(address)
    return address[scheme.end() :] if scheme else address


def _known_page(address: str) -> str:
    for written, known in _SAME_PAGES:
        if begin := written.match(address):
            return known + re.split(r"[&\[%]", address[begin.end() :])[0]
    return address


def _after_a_known_start(text: str, is_address: bool) -> Identifier | None:
    typed = " ".join(text.lower().split())
    for start, name, glued in _starts():
        if typed.startswith(start) and len(typed) > len(start):
            prefix = prefixes()[name]
            local = _local(prefix, " ".join(text.split())[len(start) :], is_address)
            if local and (not glued or _fits(prefix, local)):
                return Identifier(name, local)
    return None


@cache
def _starts() -> list[tuple[str, str, bool]]:
    """What an identifier may begin with, the longest first: the text, the prefix it means, and whether digits follow
    with nothing between, as in PMID15674654."""
    found = []
    for prefix in prefixes().values():
        found += [(address, prefix.name, False) for address in prefix.addresses]
        found += [(spelling + mark, prefix.name, False) for spelling in prefix.spellings for mark in ":_/ "]
        found += [(spelling, prefix.name, True) for spelling in prefix.spellings]
    return sorted(found, key=lambda start: -len(start[0]))


def _local(prefix: Prefix, text: str, is_address: bool) -> str:
    """The part after the prefix, without what some write twice or add to it."""
    local = text.strip()
    # Where whole addresses stand behind the prefix.
    if _SCHEME.match(local) and (meant := identifier(local)) and meant.prefix == prefix.name:
        return meant.local
    if is_address:
        local = unquote(re.split(r"[?#]", local)[0].rstrip("/").removesuffix(".html"))
    if prefix.name in _DOTTED and (code := _WITHOUT_DOT.fullmatch(local)):
        local = f"{code[1]}.{code[2]}"
    if prefix.name in _ENDINGS:
        local = _ENDINGS[prefix.name].sub("", local)
    if _fits(prefix, local):
        return local
    if is_address and (parts := [part for part in local.split("/")[:_DEEPEST] if part and _fits(prefix, part)]):
        # A year, an edition or a version stands before it, or the name of a file behind it.
        return parts[-1]
    lead = _LEADS.get(prefix.name, "")
    for spelling in sorted(["", *prefix.spellings], key=len, reverse=True):
        if local.lower().startswith(spelling):
            rest = lead + local[len(spelling) :].lstrip(":_ #")
            fitting = next((form for form in (rest, rest.upper()) if _fits(prefix, form)), None)
            if fitting:
                return fitting
    return local


def _fits(prefix: Prefix, local: str) -> bool:
    return not prefix.pattern or re.fullmatch(prefix.pattern, local) is not None
