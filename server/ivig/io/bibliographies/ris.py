"""RIS, read and written by rispy.

Source of the format: https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html; what it has no tag for stands
where EndNote puts it: the PMID in AN with the database PubMed in DB, the PMCID in C2, a retraction in M3. Embase has
the PMID in C5. That authors are left out is a note, since every AU is an author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rispy import RisParser, RisWriter

from ivig.io.bibliographies.entry import Entry, every, first, in_note, place, without_empty, year_of
from ivig.io.bibliographies.names import ET_AL, name_of, parts
from ivig.io.bibliographies.publication import Publication
from ivig.model.problems import Problem, shown

SIGN = re.compile(r"^TY  -", re.MULTILINE)

_BEGIN = re.compile(r"^(?=TY  -)", re.MULTILINE)
_TAG = re.compile(r"^([A-Z][A-Z0-9])  -(?: (.*)|$)", re.MULTILINE)
_CONTINUED = re.compile(r"\n(?![A-Z][A-Z0-9]  -)")
_END = re.compile(r"^ER  -.*$", re.MULTILINE)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PMCID = re.compile(r"PMC[0-9]+", re.IGNORECASE)
_IN_EMBASE = re.compile(r"[0-9]{1,8}(?=\s|$)")
_RETRACTED = "Retracted Publication"
_OTHERS = "And others: not every author is named."

_TITLE = ("title", "primary_title")
_JOURNAL = ("secondary_title", "alternate_title3", "journal_name", "alternate_title2", "alternate_title1")
_YEAR = ("year", "publication_year", "date")
_RANGE = re.compile(r"([^-]+)-([^-]+)")


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of a RIS file, and what is wrong with its records as such."""
    line = 1
    parser = RisParser(enforce_list_tags=False, delimiter_tags_mapping={})
    for number, record in enumerate(_BEGIN.split(text)):
        # Databases put lines of their own between records; a line with a tag is none of these.
        end = _END.search(record) if number else None
        between = end.end() if end else len(record) if number else 0
        if number and not end:
            allowed = "a record ends with ER before the next begins or the file ends"
            yield Problem("", place(number, line), "", "", "", allowed)
        elif number:
            yield _entry(parser.parse(_CONTINUED.sub(" ", record[:between]))[0], place(number, line))
        for lost in _TAG.finditer(record, between):
            where = line + record.count("\n", 0, lost.start())
            yield Problem("", f"line {where}", "", lost[1], shown((lost[2] or "").strip()), "a record begins with TY")
        line += record.count("\n")


def written(publications: Iterable[tuple[str, Publication]]) -> str:
    """The publications, each with the name that it goes by in the file, as RIS."""
    text: str = _Writer().formats([_record(name, publication) for name, publication in publications])
    return text


def _entry(record: Mapping[str, Any], where: str) -> Entry:
    notes = every(record, "notes")
    note = in_note("\n".join(notes))
    databases = " ".join(every(record, "name_of_database"))
    embase = _IN_EMBASE.match(first(record, "custom5")) if "embase" in databases.lower() else None
    in_pubmed = first(record, "accession_number") if _PUBMED.search(first(record, "name_of_database")) else ""
    fields = {
        "title": first(record, *_TITLE),
        "authors": (
            *without_empty(map(name_of, every(record, "authors", "first_authors"))),
            *([ET_AL] if _OTHERS in notes else []),
        ),
        "journal": first(record, *_JOURNAL),
        "year": year_of(first(record, *_YEAR)),
        "volume": first(record, "volume"),
        "issue": first(record, "number"),
        "pages": _read_pages(first(record, "start_page"), first(record, "end_page")),
        "pmid": in_pubmed or note.get("pmid", "") or (embase[0] if embase else ""),
        "doi": first(record, "doi"),
        "pmcid": next(filter(_PMCID.fullmatch, every(record, "custom2")), "") or note.get("pmcid", ""),
        "address": first(record, "urls"),
        "retraction": "retracted" if _RETRACTED in every(record, "type_of_work") else "not checked",
    }
    return Entry(where, shown(first(record, "id")), fields)


def _read_pages(start: str, end: str) -> str:
    # Some programs put the whole range in SP and its end in EP as well.
    return f"{start}-{end}" if start and end and not start.endswith(f"-{end}") else start or end


def _written_name(name: str) -> str:
    found = parts(name)
    if found is None:
        return f"{name}," if "," in name else name
    return ", ".join(filter(None, (found.family, found.initials, found.suffix)))


# The library has no types.
class _Writer(RisWriter):  # type: ignore[misc]
    def set_header(self, count: int) -> str:
        return ""


def _record(name: str, publication: Publication) -> dict[str, object]:
    pages = _RANGE.fullmatch(publication.pages)
    start, end = pages.groups() if pages else (publication.pages, "")
    record = {
        "type_of_reference": "JOUR" if publication.journal else "GEN",
        "id": name,
        "title": publication.title,
        "authors": [_written_name(author) for author in publication.authors if author != ET_AL],
        "secondary_title": publication.journal,
        "year": str(publication.year or ""),
        "volume": publication.volume,
        "number": publication.issue,
        "start_page": start,
        "end_page": end,
        "doi": publication.doi,
        "accession_number": publication.pmid,
        "name_of_database": "PubMed" if publication.pmid else "",
        "custom2": publication.pmcid,
        "urls": [publication.address] if publication.address else [],
        "type_of_work": _RETRACTED if publication.retraction == "retracted" else "",
        "notes": [_OTHERS] if ET_AL in publication.authors else [],
    }
    return {field: value for field, value in record.items() if value}
