"""One citation a publication, however many records cite it and however much of it each of them saw."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from ivig.curate.naming import publication_label, readable_key
from ivig.curate.triples import Thing
from ivig.io.bibliographies.names import ET_AL, authors_of
from ivig.io.bibliographies.titles import may_be_part, plain_title, same_title
from ivig.io.bibliographies.write import entry_name
from ivig.model.identifiers import citation_key
from ivig.model.problems import Problem, shown
from ivig.model.records import CitationFields
from ivig.namespaces import BASE, RDF_TYPE, REPLACED_BY, TERMS

Value = str | int

_IDENTIFIERS = ("pmid", "doi", "pmcid")
_TITLES = ("title", "titleAsRead")
_CODES = ("authors", "journal", "volume", "issue", "pages", *_IDENTIFIERS)
_STATUSES = ("not-checked", "none-found", "expression-of-concern", "retracted")
_RETRACTIONS = [f"{BASE}retraction/{status}" for status in _STATUSES]
"""What may be said of a retraction, the gravest last: that nobody looked takes nothing back."""
_NOT_CHECKED, _RETRACTED = _RETRACTIONS[0], _RETRACTIONS[-1]


class Contradiction(NamedTuple):
    """Two things said of one publication that cannot both be true.

    :param field: what they are said of, such as `year`
    :param value: what is new
    :param known: what was known
    """

    field: str
    value: str
    known: str

    def problem(self, file: str, place: str, record: str, within: str = "") -> Problem:
        """It as what is wrong with a record.

        :param file: the name of the file of the record
        :param place: where the record stands in it
        :param record: its id
        :param within: the part of the record that has the field, with a dot
        """
        allowed = f"another is known of this publication: {self.known}"
        return Problem(file, place, record, within + self.field, shown(self.value), allowed)


class Sign(NamedTuple):
    """What else tells a publication, where it has no identifier.

    :param name: of an entry in a bibliography that we wrote
    :param page: the address of a page that it was read on
    :param statement: the IRI of the statement that cites it
    """

    name: str = ""
    page: str | None = None
    statement: str = ""


_NO_SIGN = Sign()


class Citation:
    """What is known of one publication.

    fields: what the graph says; said: what the records of this import say, by field, in their order; pages: where it
    was read, for one that has no identifier; partial: the titles that they read in part; retractions: what they say of
    a retraction.
    """

    def __init__(self, iri: str | None = None, *, corrected: bool = False) -> None:
        """
        :param iri: the one it has, until it gets a better one
        :param corrected: whether all that cites it is imported anew, so that what the records say now takes the place
            of what they said before
        """
        self.iri = iri
        self.corrected = corrected
        self.same_as: Citation | None = None
        self.fields: dict[str, Value] = {}
        self.said: dict[str, list[Value]] = {}
        self.pages: set[str] = set()
        self.partial: list[str] = []
        self.retraction = _NOT_CHECKED
        self.retractions: list[str] = []

    def itself(self) -> Citation:
        """The publication that this one turned out to be."""
        return self.same_as.itself() if self.same_as else self

    def told(self, name: str) -> Value | None:
        """What a field holds as far as is known by now."""
        said, known = self.binding(name), self.fields.get(name)
        return known if said is None else said

    def binding(self, name: str) -> Value | None:
        """What a record must agree with: others of this import, and the graph unless it is corrected."""
        said = self.said.get(name, [None])[0]
        return said if self.corrected else self.fields.get(name, said)

    def is_identified(self) -> bool:
        """Whether it has a PMID, DOI or PMCID."""
        return any(self.told(name) for name in _IDENTIFIERS)

    def path(self) -> str:
        """The path of its IRI.

        :raises ValueError: before it has one
        """
        if self.iri is None:
            raise ValueError("citations have an IRI once all records are taken")
        return self.iri.removeprefix(BASE)

    def thing(self) -> Thing:
        """It as triples."""
        thing = Thing(self.path(), "Citation")
        thing.label(publication_label(self.fields))
        for name, value in self.fields.items():
            thing.say(name, value)
        thing.link("retraction", self.retraction)
        if not self.is_identified():
            for page in sorted(self.pages):
                thing.link("readAt", page)
        return thing

    def settle(self) -> None:
        """Make what the records say what is known of it."""
        for name, values in self.said.items():
            known = self.fields.get(name)
            if known is None or (self.corrected and not any(_agree(name, known, value) for value in values)):
                self.fields[name] = values[0]
            if name == "authors":
                self.fields[name] = _fullest([str(self.fields[name]), *map(str, values)])
        if "title" in self.fields:
            self.fields.pop("titleAsRead", None)
        if self.retractions:
            known_before = [] if self.corrected else [self.retraction]
            self.retraction = max([*self.retractions, *known_before], key=_gravity)


class Citations:
    """All publications known so far, and those that records bring along.

    moves: once all is settled, the old IRIs of those that got a better one, and that; of two that turned out to be one
    publication, one moves to the other. wrong: those of the old IRIs that spoke of an identifier of another
    publication.
    """

    def __init__(self, triples: Iterable[Triple], anew: Collection[str] = ()) -> None:
        """
        :param triples: the graph
        :param anew: the IRIs of the statements that are imported again
        """
        self._by_identifier: dict[tuple[str, str], Citation] = {}
        self._by_title: dict[str, list[Citation]] = {}
        self._by_page: dict[str, list[Citation]] = {}
        self._by_name: dict[str, list[Citation]] = {}
        self._by_statement: dict[str, Citation] = {}
        self._taken: dict[int, Citation] = {}
        self._changed: list[Citation] = []
        self.moves: dict[str, str] = {}
        self.wrong: set[str] = set()
        known, replaced = _known(triples, anew)
        self._paths = {iri.removeprefix(BASE) for iri in (*known, *replaced)}
        for iri, (citation, citing) in known.items():
            self._name(iri, citation)
            self._by_statement.update(dict.fromkeys(citing, citation))
            self._index(citation)
        for old, new in replaced.items():
            if new in known:
                self._name(old, known[new][0])

    def take(
        self,
        fields: CitationFields,
        page: str | None,
        *,
        retracted: bool = False,
        retraction: str | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
        sign: Sign = _NO_SIGN,
    ) -> Citation | list[Contradiction]:
        """The publication that a record cites, with what the record adds; or what speaks against it.

        :param page: where it was read
        :param retraction: the IRI of what is said of a retraction
        :param more: volume, issue and pages, where they are known
        :param sign: what it may be found by besides, and says nothing new of it
        """
        found = self._of_identifiers(fields)
        for other in found[1:]:
            # Seen by one identifier in one place, by another elsewhere; this record has both.
            if against := self.join(found[0].itself(), other.itself()):
                return against
        sign = sign._replace(page=page or sign.page)
        citation = found[0].itself() if found else self._without_identifier(fields, sign) or Citation()
        if against := _contradictions(citation, fields):
            return against
        for name, value in (*_values(fields), *more.items()):
            citation.said.setdefault(name, []).append(value)
        if fields.title and fields.title_status == "partial":
            citation.partial.append(fields.title)
        if page:
            citation.pages.add(page)
        if retracted or retraction:
            citation.retractions.append(_RETRACTED if retracted else str(retraction))
        self._taken[id(citation)] = citation
        self._index(citation)
        return citation

    def knows(self, fields: CitationFields, sign: Sign) -> bool:
        """Whether the publication is known by its identifiers, its title, its page or its name.

        :param fields: what a record says of it
        :param sign: what it may be found by besides
        """
        return bool(self._of_identifiers(fields) or self._without_identifier(fields, sign))

    def settle(self) -> None:
        """Once all records are taken: put together what they said, and give IRIs to what is new or got a better one."""
        for citation in self._taken.values():
            if citation.same_as is None:
                before = dict(citation.fields), citation.retraction, citation.iri
                citation.settle()
                self._place(citation, before[0])
                is_another = before != (citation.fields, citation.retraction, citation.iri)
                if is_another or citation.iri in self.moves.values() or not citation.is_identified():
                    self._changed.append(citation)
        for old, new in self.moves.items():
            while new in self.moves:
                new = self.moves[new]
            self.moves[old] = new

    def _place(self, citation: Citation, before: Mapping[str, Value]) -> None:
        """Give a citation the IRI that its identifiers make; a readable one where it has neither these nor an IRI."""
        identified = citation_key(*(str(citation.fields.get(name, "")) for name in _IDENTIFIERS))
        old = citation.iri
        if identified:
            citation.iri = f"{BASE}citation/{identified}"
        elif old is None:
            citation.iri = BASE + readable_key(citation.fields, self._paths)
        if old and old != citation.iri:
            self.moves[old] = str(citation.iri)
            if any(before.get(name, known) != known for name, known in citation.fields.items() if name in _IDENTIFIERS):
                self.wrong.add(old)
        self._paths.add(citation.path())

    def changed(self) -> Iterator[Thing]:
        """The citations that are new or may say more than before."""
        return (citation.thing() for citation in self._changed)

    def taken(self) -> set[str]:
        """The IRIs of all that were cited since."""
        return {BASE + citation.itself().path() for citation in self._taken.values()}

    def _of_identifiers(self, fields: CitationFields) -> list[Citation]:
        pairs = [(name, str(value).lower()) for name, value in _values(fields) if name in _IDENTIFIERS]
        found = list({id(c): c for pair in pairs if (c := self._by_identifier.get(pair))}.values())
        if len(found) > 1:
            # One whose identifiers are put right may have had what belongs to another.
            found = [c for c in found if not (c.corrected and _strange(c, fields))] or found
        return found

    def _without_identifier(self, fields: CitationFields, sign: Sign) -> Citation | None:
        found = self._of_name(fields, sign.name) or self._of_title(fields) or self._of_page(fields, sign.page)
        return found or self._of_statement(fields, sign.statement)

    def _of_name(self, fields: CitationFields, name: str) -> Citation | None:
        """The only publication of this name. Where another title stands with it, somebody else gave the name."""
        same = [c for c in self._by_name.get(name, []) if not _strange(c, fields) and not _contradictions(c, fields)]
        return same[0].itself() if len(same) == 1 else None

    def _of_title(self, fields: CitationFields) -> Citation | None:
        """The only publication of the same full title, where the identifiers and the year leave it open."""
        if not fields.title or fields.title_status not in ("full", None):
            return None
        same = [
            citation
            for citation in self._by_title.get(plain_title(fields.title), [])
            if citation.same_as is None and not _strange(citation, fields) and not _contradictions(citation, fields)
        ]
        return same[0] if len(same) == 1 else None

    def _of_page(self, fields: CitationFields, page: str | None) -> Citation | None:
        """The only publication read on the same page that may be this one, where neither has an identifier."""
        if page is None or any((fields.pmid, fields.doi, fields.pmcid)):
            return None
        same = [c for c in self._by_page.get(page, []) if not c.is_identified() and _alike(c, fields)]
        return same[0] if len(same) == 1 else None

    def _of_statement(self, fields: CitationFields, statement: str) -> Citation | None:
        """The publication that the statement cites, where it may still be meant: its identifier was found since."""
        known = self._by_statement.get(statement)
        if known is None or any((fields.pmid, fields.doi, fields.pmcid)):
            return None
        citation = known.itself()
        shared = any(citation.told(name) or (name in _TITLES and citation.told("title")) for name, _ in _values(fields))
        return citation if shared and _alike(citation, fields) and not _contradictions(citation, fields) else None

    def join(self, one: Citation, other: Citation) -> list[Contradiction]:
        """Make two publications one, the one that the graph knows or that has the better identifier.

        :param one: of the two; nothing is done where they are the same
        :param other: likewise
        :returns: what speaks against it, and then they stay two; nothing where they are one now
        """
        if one is other:
            return []
        kept, gone = sorted((one, other), key=_standing)
        for name in (*_IDENTIFIERS, "title", "year"):
            known, new = kept.told(name), gone.told(name)
            if known is not None and new is not None and not _agree(name, known, new):
                return [Contradiction(name, str(new), str(known))]
        for name, values in gone.said.items():
            kept.said.setdefault(name, []).extend(values)
        for name, value in gone.fields.items():
            kept.fields.setdefault(name, value)
        if gone.iri and kept.iri:
            self.moves[gone.iri] = kept.iri
        kept.pages |= gone.pages
        kept.partial += gone.partial
        kept.retractions += gone.retractions
        gone.same_as = kept
        self._taken[id(kept)] = kept
        self._index(kept)
        return []

    def _name(self, iri: str, citation: Citation) -> None:
        _add_once(self._by_name.setdefault(entry_name(iri.removeprefix(f"{BASE}citation/")), []), citation)

    def _index(self, citation: Citation) -> None:
        for name in _IDENTIFIERS:
            if identifier := citation.told(name):
                self._by_identifier[name, str(identifier).lower()] = citation
        if title := citation.told("title"):
            _add_once(self._by_title.setdefault(plain_title(str(title)), []), citation)
        for page in citation.pages:
            _add_once(self._by_page.setdefault(page, []), citation)


def page_path(address: str) -> str:
    """The path of a web page's IRI.

    >>> page_path("https://pubmed.ncbi.nlm.nih.gov/2901668/")
    'page/pubmed.ncbi.nlm.nih.gov-ecf09fe7'
    """
    host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(address).hostname or "page").lower())
    return f"page/{host}-{zlib.crc32(address.encode()):08x}"


def _known(
    triples: Iterable[Triple], anew: Collection[str]
) -> tuple[dict[str, tuple[Citation, set[str]]], dict[str, str]]:
    """The citations of a graph by their IRIs, each with the statements that cite it; the old IRIs and what replaced
    them."""
    blocks: dict[str, dict[str, list[str]]] = {}
    cited_by: dict[str, set[str]] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            continue
        if subject.value.startswith(BASE + "citation/"):
            blocks.setdefault(subject.value, {}).setdefault(triple.predicate.value, []).append(value.value)
        elif not subject.value.startswith(BASE + "study/"):
            cited_by.setdefault(value.value, set()).add(subject.value)
    known, replaced = {}, {}
    for iri, block in blocks.items():
        if REPLACED_BY in block:
            replaced[iri] = block[REPLACED_BY][0]
        if TERMS + "Citation" not in block.get(RDF_TYPE, ()):
            continue
        citing = cited_by.get(iri, set())
        citation = Citation(iri, corrected=bool(citing) and all(statement in anew for statement in citing))
        for name in (*_TITLES, "year", *_CODES):
            if found := block.get(TERMS + name):
                citation.fields[name] = int(found[0]) if name == "year" else found[0]
        citation.pages = set(block.get(TERMS + "readAt", ()))
        citation.retraction = max(block.get(TERMS + "retraction", ()), key=_gravity, default=_NOT_CHECKED)
        known[iri] = citation, citing
    return known, replaced


def _values(fields: CitationFields) -> list[tuple[str, Value]]:
    full = fields.title_status in ("full", None)
    values = {
        "pmid": fields.pmid,
        "doi": fields.doi,
        "pmcid": fields.pmcid,
        "title": fields.title if full else None,
        "titleAsRead": None if full else fields.title,
        "authors": fields.authors_short,
        "journal": fields.journal,
        "year": fields.year,
    }
    return [(name, value) for name, value in values.items() if value is not None]


def _contradictions(citation: Citation, fields: CitationFields) -> list[Contradiction]:
    """What the fields say that cannot be true of a publication; journals and authors have many spellings."""
    against = [
        Contradiction(name, str(value), str(known))
        for name, value, known in _both(citation, fields)
        if name in (*_IDENTIFIERS, "title", "year") and not _agree(name, known, value)
    ]
    if fields.title and fields.title_status == "partial":
        full = str(citation.binding("title") or "")
        if full and not may_be_part(fields.title, full):
            against.append(Contradiction("title", fields.title, full))
    elif fields.title and fields.title_status != "description":
        # The part may have been read first.
        against += [
            Contradiction("title", fields.title, part)
            for part in citation.partial
            if not may_be_part(part, fields.title)
        ]
    return against


def _strange(citation: Citation, fields: CitationFields) -> bool:
    """Whether the fields have an identifier or a year other than what the graph, right or wrong, has of it."""
    return any(
        name in citation.fields and not _agree(name, citation.fields[name], value)
        for name, value in _values(fields)
        if name in (*_IDENTIFIERS, "year")
    )


def _alike(citation: Citation, fields: CitationFields) -> bool:
    """Whether two publications without identifiers, seen on one page, agree in all that is known of both."""
    for name, value in _values(fields):
        known = citation.told(name)
        if known is None or name == "journal":
            continue
        if name == "authors":
            if _first_author(str(known)) != _first_author(str(value)):
                return False
        elif name in _TITLES:
            if plain_title(str(known)) != plain_title(str(value)):
                return False
        elif known != value:
            return False
    return True


def _both(citation: Citation, fields: CitationFields) -> Iterator[tuple[str, Value, Value]]:
    for name, value in _values(fields):
        known = citation.binding(name)
        if known is not None:
            yield name, value, known


def _agree(name: str, known: Value, value: Value) -> bool:
    return _AGREEMENT.get(name, _same_text)(known, value)


def _same_text(known: Value, value: Value) -> bool:
    return str(known).casefold() == str(value).casefold()


def _same_year(known: Value, value: Value) -> bool:
    """Within a year: many a publication is online in one, and in print in the next."""
    return abs(int(known) - int(value)) <= 1


def _first_author(authors: str) -> str:
    return plain_title(re.split(r"[\s,;]", authors.strip(), maxsplit=1)[0])


def _same_authors(known: Value, value: Value) -> bool:
    return _first_author(str(known)) == _first_author(str(value))


def _fullest(authors: list[str]) -> str:
    """The one that names most; those left out count as one. Records name the first author, bibliographies all."""
    return max(authors, key=lambda line: (len(authors_of(line)), ET_AL not in line))


_AGREEMENT: dict[str, Callable[[Value, Value], bool]] = {
    "title": lambda known, value: same_title(str(known), str(value)),
    "titleAsRead": lambda known, value: same_title(str(known), str(value)),
    "authors": _same_authors,
    "year": _same_year,
}


def _standing(citation: Citation) -> tuple[bool, int]:
    """Of two citations the one that stays sorts first: the one that the graph has, by the better identifier."""
    best = next((at for at, name in enumerate(_IDENTIFIERS) if name in citation.fields), len(_IDENTIFIERS))
    return citation.iri is None, best


def _gravity(retraction: str) -> int:
    return _RETRACTIONS.index(retraction) if retraction in _RETRACTIONS else 0


def _add_once(citations: list[Citation], citation: Citation) -> None:
    if citation not in citations:
        citations.append(citation)
