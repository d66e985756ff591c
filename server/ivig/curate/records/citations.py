"""One citation a publication, however many records cite it and however much of it each of them saw."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from ivig.curate.records.model import CitationFields
from ivig.curate.records.triples import Thing
from ivig.names import normal
from ivig.namespaces import BASE, RDF_TYPE, TERMS

_CODES = ("authors", "journal", "volume", "issue", "pages", "pmid", "doi", "pmcid")


class Contradiction(NamedTuple):
    """Two things said of one publication that cannot both be true: the field, what is new, what was known."""

    field: str
    value: str
    known: str


class Publication:
    """What is known of one publication. pages: where it was read, for one that has no identifier."""

    def __init__(self, iri: str | None = None) -> None:
        self.iri = iri
        self.same_as: Publication | None = None
        self.fields: dict[str, str | int] = {}
        self.pages: set[str] = set()
        self.retracted = False

    def itself(self) -> Publication:
        """The publication that this one turned out to be."""
        return self.same_as.itself() if self.same_as else self

    def path(self) -> str:
        """The path of its IRI: by PMID, else DOI, else PMCID, else the page it was read on."""
        if self.iri:
            return self.iri.removeprefix(BASE)
        for name in ("pmid", "doi", "pmcid"):
            if name in self.fields:
                return f"citation/{name}-" + re.sub(r"[^a-z0-9.()_-]", "-", str(self.fields[name]).lower())
        return "citation/" + page_path(min(self.pages)).removeprefix("page/")

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
        thing.link("retraction", BASE + "retraction/" + ("retracted" if self.retracted else "not-checked"))
        if not any(name in self.fields for name in ("pmid", "doi", "pmcid")):
            for page in sorted(self.pages):
                thing.link("readAt", page)
        return thing


class Publications:
    """All publications known so far."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._by_identifier: dict[tuple[str, str], Publication] = {}
        self._by_title: dict[str, list[Publication]] = {}
        self.changed: dict[int, Publication] = {}
        for publication in _known(triples):
            self._index(publication)

    def take(
        self,
        fields: CitationFields,
        page: str | None,
        *,
        retracted: bool = False,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Publication | list[Contradiction]:
        """The publication that a record cites, with what the record adds; or what speaks against it.

        page: where it was read. more: volume, issue and pages, where they are known.
        """
        found = list({id(p): p for key in _keys(fields) if (p := self._by_identifier.get(key))}.values())
        for other in found[1:]:
            # Seen by one identifier in one place, by another elsewhere; this record has both.
            if other.iri and found[0].iri:
                return [Contradiction("citation.doi", fields.doi or "", f"two citations: {found[0].iri}, {other.iri}")]
            if against := self._join(found[0], other):
                return against
        publication = (found[0].itself() if found else None) or self._of_title(fields) or Publication()
        if against := _contradictions(publication, fields):
            return against
        before = dict(publication.fields), set(publication.pages), publication.retracted
        _add(publication, fields)
        for name, value in more.items():
            publication.fields.setdefault(name, value)
        if page:
            publication.pages.add(page)
        publication.retracted = publication.retracted or retracted
        if publication.iri is None or before != (publication.fields, publication.pages, publication.retracted):
            self.changed[id(publication)] = publication
        self._index(publication)
        return publication

    def _join(self, one: Publication, other: Publication) -> list[Contradiction]:
        """Make two publications one; or what speaks against it."""
        kept, gone = (other, one) if other.iri else (one, other)
        for name in ("pmid", "doi", "pmcid"):
            known, new = str(kept.fields.get(name, "")), str(gone.fields.get(name, ""))
            if known and new and known.lower() != new.lower():
                return [Contradiction(f"citation.{name}", new, known)]
        for name, value in gone.fields.items():
            kept.fields.setdefault(name, value)
        kept.pages |= gone.pages
        gone.same_as = kept
        self.changed.pop(id(gone), None)
        self._index(kept)
        return []

    def _of_title(self, fields: CitationFields) -> Publication | None:
        """The only publication of the same full title, where the identifiers leave it open."""
        if not fields.title or fields.title_status not in ("full", None):
            return None
        same = [
            publication
            for publication in self._by_title.get(_plain(fields.title), [])
            if publication.same_as is None and not _contradictions(publication, fields)
        ]
        return same[0] if len(same) == 1 else None

    def _index(self, publication: Publication) -> None:
        for name in ("pmid", "doi", "pmcid"):
            if name in publication.fields:
                self._by_identifier[name, str(publication.fields[name]).lower()] = publication
        if title := publication.fields.get("title"):
            same = self._by_title.setdefault(_plain(str(title)), [])
            if publication not in same:
                same.append(publication)


def page_path(address: str) -> str:
    """The path of a web page's IRI.

    >>> page_path("https://pubmed.ncbi.nlm.nih.gov/2901668/")
    'page/pubmed.ncbi.nlm.nih.gov-ecf09fe7'
    """
    host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(address).hostname or "page").lower())
    return f"page/{host}-{zlib.crc32(address.encode()):08x}"


def _known(triples: Iterable[Triple]) -> Iterable[Publication]:
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
        publication = Publication(iri)
        for name in ("title", "titleAsRead", "year", *_CODES):
            if found := block.get(TERMS + name):
                publication.fields[name] = int(found[0]) if name == "year" else found[0]
        publication.pages = set(block.get(TERMS + "readAt", ()))
        publication.retracted = BASE + "retraction/retracted" in block.get(TERMS + "retraction", ())
        yield publication


def _keys(fields: CitationFields) -> list[tuple[str, str]]:
    pairs = (("pmid", fields.pmid), ("doi", fields.doi), ("pmcid", fields.pmcid))
    return [(name, value.lower()) for name, value in pairs if value]


def _contradictions(publication: Publication, fields: CitationFields) -> list[Contradiction]:
    found = []
    for name, value in _keys(fields):
        known = str(publication.fields.get(name, ""))
        if known and known.lower() != value:
            found.append(Contradiction(f"citation.{name}", value, known))
    title, known = fields.title, str(publication.fields.get("title", ""))
    if title and fields.title_status in ("full", None) and known and not _alike(title, known):
        found.append(Contradiction("citation.title", title, known))
    return found


def _add(publication: Publication, fields: CitationFields) -> None:
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
    if "title" in publication.fields:
        publication.fields.pop("titleAsRead", None)


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", normal(title)).strip()


def _alike(one: str, other: str) -> bool:
    """Whether two full titles may be one: the same letters, or one with a subtitle that the other lacks."""
    first, second = sorted((_plain(one), _plain(other)), key=len)
    return second.startswith(first) or first in second
