"""PMID, DOI and PMCID: from the ways in which people write them to the one way in which we keep them."""

from __future__ import annotations

import re
from urllib.parse import unquote

_PMID_PREFIX = re.compile(
    r"pmid\s*:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/", re.IGNORECASE
)
_PMCID_PREFIX = re.compile(
    r"pmcid\s*:?\s*|https?://(?:pmc\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pmc)/articles/", re.IGNORECASE
)
_DOI_NAME = re.compile(r"(?:doi\s*:\s*|info:doi/)", re.IGNORECASE)
_DOI_RESOLVER = re.compile(r"(?:https?://)?(?:(?:dx|www)\.)?doi\.org/", re.IGNORECASE)

_PMID = re.compile(r"[1-9][0-9]{0,7}")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_PMCID = re.compile(r"(?:PMC)?([1-9][0-9]*)", re.IGNORECASE | re.ASCII)
_NOT_IN_A_KEY = re.compile(r"[^a-z0-9.()_-]")
_NOTE = re.compile(r"^[ \t]*(PMID|PMCID)[ \t]*:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)


def pmid(text: str) -> str:
    """The PMID as bare digits. Raises ValueError, saying what is allowed.

    >>> pmid("https://pubmed.ncbi.nlm.nih.gov/15674654/")
    '15674654'
    """
    number = _without(_PMID_PREFIX, text).removesuffix("/")
    if not _PMID.fullmatch(number):
        raise ValueError("a PMID: one to eight digits, not beginning with 0")
    return number


def doi(text: str) -> str:
    """The DOI without a resolver, in its own case. Raises ValueError, saying what is allowed.

    >>> doi("https://doi.org/10.1002/14651858.CD004370.pub3")
    '10.1002/14651858.CD004370.pub3'
    """
    name = _without(_DOI_NAME, text)
    if resolver := _DOI_RESOLVER.match(name):
        name = unquote(name[resolver.end() :])
    if not _DOI.fullmatch(name) or not name.isprintable():
        raise ValueError(
            "a DOI: 10., a number of four to nine digits, a slash, and more without a space or hidden sign"
        )
    return name


def pmcid(text: str) -> str:
    """The PMCID with its PMC. Raises ValueError, saying what is allowed.

    >>> pmcid("pmc1754837")
    'PMC1754837'
    """
    number = _PMCID.fullmatch(_without(_PMCID_PREFIX, text).removesuffix("/"))
    if not number:
        raise ValueError("a PMCID: PMC and a number that does not begin with 0")
    return f"PMC{number[1]}"


def key(pmid: str, doi: str, pmcid: str) -> str | None:
    """The last part of a citation's IRI, by PMID, else DOI, else PMCID; None where it has none of them.

    >>> key("15674654", "10.1000/a", ""), key("", "10.1002/14651858.CD004370.pub3", "PMC1")
    ('pmid-15674654', 'doi-10.1002-14651858.cd004370.pub3')
    """
    for name, identifier in (("pmid", pmid), ("doi", doi), ("pmcid", pmcid)):
        if identifier:
            return f"{name}-{_NOT_IN_A_KEY.sub('-', identifier.lower())}"
    return None


def in_note(note: str) -> dict[str, str]:
    """The identifiers that reference managers keep in a free note, a line each, unchecked: "pmid" and "pmcid".

    >>> in_note("seen twice\\nPMID: 15674654")
    {'pmid': '15674654'}
    """
    return {name.lower(): value for name, value in _NOTE.findall(note)}


def _without(prefix: re.Pattern[str], text: str) -> str:
    text = text.strip()
    found = prefix.match(text)
    return text[found.end() :] if found else text
