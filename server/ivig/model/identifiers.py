"""Identifiers of other collections, in the ways in which people write them: CURIEs of any spelling, and addresses.

What a prefix is called and where its identifiers are found is Bioregistry's, in an extended prefix map of those that
our links use (`prefixes.json`): the registry itself takes seconds to load. `docs/prefixes.py` makes it; curies finds
the prefix that a text begins with. Here stands what neither knows: spellings that are no CURIE, addresses of pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from curies import Converter

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
_GLUED = re.compile(r"([a-z][a-z ]*?)\d", re.IGNORECASE)
"""A prefix and digits with nothing between, as in PMID15674654."""
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

_PUBLICATIONS = {
    "PMID": (re.compile(r"[1-9][0-9]{0,7}"), "a PMID: one to eight digits, not beginning with 0"),
    "DOI": (
        re.compile(r"10\.[0-9]{4,9}/\S+"),
        "a DOI: 10., a number of four to nine digits, a slash, and more without a space or hidden sign",
    ),
    "PMCID": (re.compile(r"PMC[1-9][0-9]*"), "a PMCID: PMC and a number that does not begin with 0"),
}
_NOT_IN_A_KEY = re.compile(r"[^a-z0-9.()_-]")


class Prefix(NamedTuple):
    """One collection of identifiers, as a record of an extended prefix map has it.

    :param prefix: as our links have it
    :param title: what the collection is called
    :param example: one CURIE
    :param pattern: what the part after the prefix looks like, a regular expression
    :param uri_prefix: what an IRI begins with
    :param prefix_synonyms: other prefixes for it, in small letters
    :param uri_prefix_synonyms: what else an IRI may begin with
    """

    prefix: str
    title: str
    example: str
    pattern: str
    uri_prefix: str
    prefix_synonyms: list[str]
    uri_prefix_synonyms: list[str]

    @property
    def spellings(self) -> list[str]:
        """Every prefix for it, in small letters, the longest first."""
        return sorted({self.prefix.lower(), *self.prefix_synonyms}, key=lambda spelling: (-len(spelling), spelling))

    def fits(self, local: str) -> bool:
        """Whether the collection has identifiers that look like this one."""
        return not self.pattern or re.fullmatch(self.pattern, local) is not None


class Identifier(NamedTuple):
    """An identifier of another collection.

    :param prefix: as we write it, such as `MONDO`
    :param local: what stands behind the prefix
    """

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
        return prefixes()[self.prefix].uri_prefix + self.local

    @property
    def well_formed(self) -> bool:
        """Whether the collection has identifiers that look like this one."""
        return prefixes()[self.prefix].fits(self.local)


def identifier(text: str) -> Identifier | None:
    """The identifier that a CURIE or an address means; None where it has no prefix that is known.

    >>> [identifier(text).curie for text in ("mondo_0016218", "http://www.orpha.net/ORDO/Orphanet_2103", "pmid 123")]
    ['MONDO:0016218', 'Orphanet:2103', 'PMID:123']
    """
    typed: str | None = text.strip().removeprefix("<").removesuffix(">").strip()
    if plain := _plain(typed or ""):
        return plain
    for _ in range(_DEPTH):
        # No identifier is without a digit, and most names are.
        if not typed or len(typed) > _LONGEST or not re.search(r"\d", typed):
            return None
        rest = _known_page(bare(typed))
        registry = next((host for host in REGISTRIES if rest.lower().startswith(host)), "")
        if found := _parsed(" ".join(rest[len(registry) :].split()), is_address=bool(registry) or rest != typed):
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


def publication_identifier(prefix: str, text: str) -> str:
    """A PMID as bare digits, a DOI without a resolver, in its own case, a PMCID with its PMC.

    :param prefix: PMID, DOI or PMCID
    :param text: it, in any usual spelling
    :raises ValueError: saying what is allowed

    >>> publication_identifier("DOI", "https://doi.org/10.1002/14651858.CD004370.pub3")
    '10.1002/14651858.CD004370.pub3'
    >>> publication_identifier("PMCID", "pmc1754837"), publication_identifier("PMID", "PMID: 15674654")
    ('PMC1754837', '15674654')
    """
    pattern, allowed = _PUBLICATIONS[prefix]
    local = text.strip()
    if not pattern.fullmatch(local):
        found = identifier(local) or identifier(f"{prefix}:{local}")
        local = found.local if found and found.prefix == prefix else local
    if not pattern.fullmatch(local) or not local.isprintable():
        raise ValueError(allowed)
    return local


pmid, doi, pmcid = (partial(publication_identifier, prefix) for prefix in _PUBLICATIONS)


def citation_key(pmid: str, doi: str, pmcid: str) -> str | None:
    """The last part of a citation's IRI, by PMID, else DOI, else PMCID; None where it has none of them.

    :param pmid: digits without a prefix; empty for none
    :param doi: without the address of a resolver, in any case; empty for none
    :param pmcid: as PMC writes it, such as `PMC1`; empty for none

    >>> citation_key("15674654", "10.1000/a", ""), citation_key("", "10.1002/14651858.CD004370.pub3", "PMC1")
    ('pmid-15674654', 'doi-10.1002-14651858.cd004370.pub3')
    """
    for name, known in (("pmid", pmid), ("doi", doi), ("pmcid", pmcid)):
        if known:
            return f"{name}-{_NOT_IN_A_KEY.sub('-', known.lower())}"
    return None


@cache
def prefixes() -> dict[str, Prefix]:
    """Every collection by its prefix."""
    return {row["prefix"]: Prefix(**row) for row in json.loads(PREFIXES_FILE.read_bytes())}


def bare(address: str) -> str:
    """An address without scheme and www."""
    scheme = _SCHEME.match(address)
    return address[scheme.end() :] if scheme else address


@cache
def _converter() -> Converter:
    """What an identifier may begin with, in small letters: an address without scheme, or a prefix and what parts it."""
    from curies import Converter, Record

    records = []
    for known in prefixes().values():
        starts = {bare(address).lower() for address in (known.uri_prefix, *known.uri_prefix_synonyms)}
        starts |= {spelling + mark for spelling in known.spellings for mark in ":_/ "}
        starts |= {spelling for spelling in known.prefix_synonyms if ":" in spelling}
        first, *others = sorted(starts)
        records.append(
            Record(
                prefix=known.prefix,
                prefix_synonyms=[spelling for spelling in known.spellings if spelling != known.prefix],
                uri_prefix=first,
                uri_prefix_synonyms=others,
            )
        )
    return Converter(records)


def _plain(text: str) -> Identifier | None:
    """A CURIE as it should be: it is told without curies, which takes longer to load than all else to answer."""
    spelling, _, local = text.partition(":")
    prefix = _by_spelling().get(spelling.lower())
    if prefix and prefix.pattern and prefix.fits(local) and prefix.prefix not in _DOTTED | _ENDINGS.keys():
        return Identifier(prefix.prefix, local)
    return None


@cache
def _by_spelling() -> dict[str, Prefix]:
    return {spelling: prefix for prefix in prefixes().values() for spelling in prefix.spellings}


def _known_page(address: str) -> str:
    for written, known in _SAME_PAGES:
        if begin := written.match(address):
            return known + re.split(r"[&\[%]", address[begin.end() :])[0]
    return address


def _parsed(text: str, is_address: bool) -> Identifier | None:
    typed = text.lower()
    if found := _converter().parse_uri(typed):
        prefix = prefixes()[found.prefix]
        begin = len(typed) - len(found.identifier)
        local = _local(prefix, text[begin:], is_address or "/" in text[:begin])
        return Identifier(prefix.prefix, local) if local else None
    glued = _GLUED.match(typed)
    if glued and (name := _converter().standardize_prefix(glued[1])):
        prefix = prefixes()[name]
        local = _local(prefix, text[glued.end(1) :], is_address)
        return Identifier(name, local) if prefix.fits(local) else None
    return None


def _local(prefix: Prefix, text: str, is_address: bool) -> str:
    """The part after the prefix, without what some write twice or add to it."""
    local = text.strip()
    # Where whole addresses stand behind the prefix.
    if _SCHEME.match(local) and (meant := identifier(local)) and meant.prefix == prefix.prefix:
        return meant.local
    if is_address:
        local = unquote(re.split(r"[?#]", local)[0].rstrip("/").removesuffix(".html"))
    if prefix.prefix in _DOTTED and (code := _WITHOUT_DOT.fullmatch(local)):
        local = f"{code[1]}.{code[2]}"
    if prefix.prefix in _ENDINGS:
        local = _ENDINGS[prefix.prefix].sub("", local)
    return next(filter(prefix.fits, _forms(prefix, local, is_address)), local)


def _forms(prefix: Prefix, local: str, is_address: bool) -> Iterator[str]:
    """What a local part may mean, the likeliest first."""
    yield local
    if is_address:
        # A year, an edition or a version stands before it, or the name of a file behind it.
        yield from filter(None, reversed(local.split("/")[:_DEEPEST]))
    for spelling in (*prefix.spellings, ""):
        if local.lower().startswith(spelling):
            rest = _LEADS.get(prefix.prefix, "") + local[len(spelling) :].lstrip(":_ #")
            yield from (rest, rest.upper())
