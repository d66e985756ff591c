"""One citation a publication, however many records cite it and however much of it each of them saw."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from ivig.curate.bibliography.identifiers import key
from ivig.curate.bibliography.names import ET_AL
from ivig.curate.bibliography.titles import plain_title, same_title
from ivig.curate.problems import Problem, shown
from ivig.curate.records.model import CitationFields
from ivig.curate.records.triples import Thing
from ivig.namespaces import BASE, RDF_TYPE, TERMS

_IDENTIFIERS = ("pmid", "doi", "pmcid")
_RETRACTED, _NOT_CHECKED = (f"{BASE}retraction/{status}" for status in ("retracted", "not-checked"))
_CODES = ("authors", "journal", "volume", "issue", "pages", *_IDENTIFIERS)


class Contradiction(NamedTuple):
    """Two things said of one publication that cannot both be true: the field, what is new, what was known."""

    field: str
    value: str
    known: str

    def problem(self, file: str, place: str, record: str, within: str = "") -> Problem:
        """It as what is wrong with a record. within: the part of the record that has the field, with a dot."""
        allowed = f"another is known of this publication: {self.known}"
        return Problem(file, place, record, within + self.field, shown(self.value), allowed)


class Citation:
    """What is known of one publication. pages: where it was read, for one that has no identifier."""

    def __init__(self, iri: str | None = None) -> None:
        self.iri = iri
        self.same_as: Citation | None = None
        self.fields: dict[str, str | int] = {}
        self.pages: set[str] = set()
        self.retraction = _NOT_CHECKED

    def itself(self) -> Citation:
        """The publication that this one turned out to be."""
        return self.same_as.itself() if self.same_as else self

    def path(self) -> str:
        """The path of its IRI: by PMID, else DOI, else PMCID, else the page it was read on."""
        if self.iri:
            return self.iri.removeprefix(BASE)
        identified = key(*(str(self.fields.get(name, "")) for name in _IDENTIFIERS))
        return "citation/" + (identified or page_path(min(self.pages)).removeprefix("page/"))

    def label(self) -> str:
        """Its title, or what there is in place of one."""
        if title := self.fields.get("title"):
            return str(title)
        if title := self.fields.get("titleAsRead"):
            return f"[{str(title).strip('[]')}]"
        parts = [str(self.fields[name]) for name in ("authors", "journal", "year") if name in self.fields]
        return ", ".join(parts) or self.path().removeprefix("citation/")

    def thing(self) -> Thing:
        """It as triples."""
        thing = Thing(self.path(), "Citation")
        thing.label(self.label())
        for name in ("title", "titleAsRead"):
            thing.text(name, str(self.fields.get(name, "")))
        for name in _CODES:
            thing.code(name, str(self.fields.get(name, "")))
        thing.number("year", int(self.fields["year"]) if "year" in self.fields else None)
        thing.link("retraction", self.retraction)
        if not any(name in self.fields for name in _IDENTIFIERS):
            for page in sorted(self.pages):
                thing.link("readAt", page)
        return thing


class Citations:
    """All publications known so far."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._by_identifier: dict[tuple[str, str], Citation] = {}
        self._by_title: dict[str, list[Citation]] = {}
        self._changed: dict[int, Citation] = {}
        self._taken: dict[int, Citation] = {}
        for citation in _known(triples):
            self._index(citation)

    def take(
        self,
        fields: CitationFields,
        page: str | None,
        *,
        retracted: bool = False,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Citation | list[Contradiction]:
        """The publication that a record cites, with what the record adds; or what speaks against it.

        page: where it was read. more: volume, issue and pages, where they are known.
        """
        found = list({id(p): p for key in _keys(fields) if (p := self._by_identifier.get(key))}.values())
        for other in found[1:]:
            # Seen by one identifier in one place, by another elsewhere; this record has both.
            if other.iri and found[0].iri:
                return [Contradiction("doi", fields.doi or "", f"two citations: {found[0].iri}, {other.iri}")]
            if against := self._join(found[0], other):
                return against
        publication = (found[0].itself() if found else None) or self._of_title(fields) or Citation()
        if against := _contradictions(publication, fields):
            return against
        before = dict(publication.fields), set(publication.pages), publication.retraction
        _add(publication, fields)
        for name, value in more.items():
            publication.fields.setdefault(name, value)
        if page:
            publication.pages.add(page)
        if retracted:
            publication.retraction = _RETRACTED
        if publication.iri is None or before != (publication.fields, publication.pages, publication.retraction):
            self._changed[id(publication)] = publication
        self._taken[id(publication)] = publication
        self._index(publication)
        return publication

    def changed(self) -> Iterator[Thing]:
        """The citations that are new or say more than before."""
        return (citation.thing() for citation in self._changed.values() if citation.same_as is None)

    def taken(self) -> set[str]:
        """The IRIs of all that were cited since."""
        return {BASE + citation.itself().path() for citation in self._taken.values()}

    def _join(self, one: Citation, other: Citation) -> list[Contradiction]:
        """Make two publications one; or what speaks against it."""
        kept, gone = (other, one) if other.iri else (one, other)
        for name in _IDENTIFIERS:
            known, new = str(kept.fields.get(name, "")), str(gone.fields.get(name, ""))
            if known and new and known.lower() != new.lower():
                return [Contradiction(name, new, known)]
        for name, value in gone.fields.items():
            kept.fields.setdefault(name, value)
        kept.pages |= gone.pages
        gone.same_as = kept
        self._changed.pop(id(gone), None)
        self._index(kept)
        return []

    def _of_title(self, fields: CitationFields) -> Citation | None:
        """The only publication of the same full title, where the identifiers leave it open."""
        if not fields.title or fields.title_status not in ("full", None):
            return None
        same = [
            publication
            for publication in self._by_title.get(plain_title(fields.title), [])
            if publication.same_as is None and not _contradictions(publication, fields)
        ]
        return same[0] if len(same) == 1 else None

    def _index(self, publication: Citation) -> None:
        for name in _IDENTIFIERS:
            if name in publication.fields:
                self._by_identifier[name, str(publication.fields[name]).lower()] = publication
        if title := publication.fields.get("title"):
            same = self._by_title.setdefault(plain_title(str(title)), [])
            if publication not in same:
                same.append(publication)


def page_path(address: str) -> str:
    """The path of a web page's IRI.

    >>> page_path("https://pubmed.ncbi.nlm.nih.gov/2901668/")
    'page/pubmed.ncbi.nlm.nih.gov-ecf09fe7'
    """
    host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(address).hostname or "page").lower())
    return f"page/{host}-{zlib.crc32(address.encode()):08x}"


def _known(triples: Iterable[Triple]) -> Iterable[Citation]:
    blocks: dict[str, dict[str, list[str]]] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            continue
        if subject.value.startswith(BASE + "citation/"):
            blocks.setdefault(subject.value, {}).setdefault(triple.predicate.value, []).append(value.value)
    for iri, block in blocks.items():
        if TERMS + "Citation" not in block.get(RDF_TYPE, ()):
            continue
        publication = Citation(iri)
        for name in ("title", "titleAsRead", "year", *_CODES):
            if found := block.get(TERMS + name):
                publication.fields[name] = int(found[0]) if name == "year" else found[0]
        publication.pages = set(block.get(TERMS + "readAt", ()))
        publication.retraction = min(block.get(TERMS + "retraction", ()), default=_NOT_CHECKED)
        yield publication


def _keys(fields: CitationFields) -> list[tuple[str, str]]:
    pairs = (("pmid", fields.pmid), ("doi", fields.doi), ("pmcid", fields.pmcid))
    return [(name, value.lower()) for name, value in pairs if value]


def _contradictions(publication: Citation, fields: CitationFields) -> list[Contradiction]:
    found = []
    for name, value in _keys(fields):
        known = str(publication.fields.get(name, ""))
        if known and known.lower() != value:
            found.append(Contradiction(name, value, known))
    title, known = fields.title, str(publication.fields.get("title", ""))
    if title and fields.title_status in ("full", None) and known and not same_title(title, known):
        found.append(Contradiction("title", title, known))
    return found


def _add(publication: Citation, fields: CitationFields) -> None:
    new = {
        "pmid": fields.pmid,
        "doi": fields.doi,
        "pmcid": fields.pmcid,
        "title": fields.title if fields.title_status in ("full", None) else None,
        "titleAsRead": fields.title if fields.title_status not in ("full", None) else None,
        "authors": fields.authors_short,
        "journal": fields.journal,
        "year": fields.year,
    }
    for name, value in new.items():
        if value is not None:
            publication.fields.setdefault(name, value)
    # Records name the first author; who imports a bibliography has all of them.
    if fields.authors_short and ET_AL in str(publication.fields["authors"]) and ET_AL not in fields.authors_short:
        publication.fields["authors"] = fields.authors_short
    if "title" in publication.fields:
        publication.fields.pop("titleAsRead", None)
