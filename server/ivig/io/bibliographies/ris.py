"""RIS, read and written.

Source of the format: https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html; what it has no tag for stands
where EndNote puts it: the PMID in AN with the database PubMed in DB, the PMCID in C2, a retraction in M3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ivig.io.bibliographies.entry import Entry, place, without_empty, year_of
from ivig.io.bibliographies.identifiers import in_note
from ivig.io.bibliographies.names import parts, short_name
from ivig.io.bibliographies.publication import Kind, Publication
from ivig.io.bibliographies.tagged import Record, numbered_lines
from ivig.model.problems import Problem, shown

SIGN = re.compile(r"^TY  -", re.MULTILINE)

# The first type of a kind is the one that is written.
_TYPES: dict[Kind, tuple[str, ...]] = {
    "article": ("JOUR", "EJOUR", "JFULL", "MGZN", "INPR"),
    "chapter": ("CHAP", "ECHAP"),
    "book": ("BOOK", "EBOOK", "EDBOOK"),
    "conference paper": ("CPAPER", "CONF"),
    "report": ("RPRT",),
    "thesis": ("THES",),
    "preprint": ("UNPB",),
    "web page": ("ELEC", "BLOG", "ICOMM"),
    "other": ("GEN",),
}
_KINDS: dict[str, Kind] = {name: kind for kind, names in _TYPES.items() for name in names}

_LINE = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|)")
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PMCID = re.compile(r"PMC[0-9]+", re.IGNORECASE)
_RETRACTED = "Retracted Publication"

_TITLE = ("TI", "T1")
_JOURNAL = ("T2", "JF", "JO", "JA", "J2")
_YEAR = ("PY", "Y1", "DA")
_ONCE = (*_TITLE, *_JOURNAL, *_YEAR, "VL", "IS", "SP", "EP", "DO", "AN", "DB")
_RANGE = re.compile(r"([^-]+)-([^-]+)")


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of a RIS file, and what is wrong with its records as such."""
    for found in _records(text):
        if isinstance(found, Problem):
            yield found
            continue
        for tag, first, second in found.differing(*_ONCE):
            yield Problem("", found.place, "", tag, shown(second), f'once; here is "{shown(first)}" too')
        yield Entry(found.place, shown(found.first("ID")), _fields(found))


def written(publications: Iterable[tuple[str, Publication]]) -> str:
    """The publications, each with the name that it goes by in the file, as RIS."""
    return "\n".join(_record(name, publication) for name, publication in publications)


def _records(text: str) -> Iterator[Record | Problem]:
    record: Record | None = None
    count = 0
    for number, line in numbered_lines(text):
        found = _LINE.fullmatch(line.rstrip())
        tag, value = (found[1], (found[2] or "").strip()) if found else ("", line.strip())
        if tag == "TY":
            if record:
                yield _unfinished(record)
            count += 1
            record = Record(place(count, number), [(tag, [value])])
        elif record is None:
            # Databases put lines of their own between records; a line with a tag is none of these.
            if tag:
                yield Problem("", f"line {number}", "", tag, shown(value), "a record begins with TY")
        elif tag == "ER":
            yield record
            record = None
        elif tag:
            record.fields.append((tag, [value]))
        elif value:
            record.continued(value)
    if record:
        yield _unfinished(record)


def _unfinished(record: Record) -> Problem:
    return Problem("", record.place, "", "", "", "a record ends with ER before the next begins or the file ends")


def _fields(record: Record) -> dict[str, object]:
    note = in_note("\n".join(record.all("N1")))
    in_pubmed = _PUBMED.search(record.first("DB"))
    return {
        "title": record.first(*_TITLE),
        "authors": without_empty(map(_read_name, record.all("AU", "A1"))),
        "journal": record.first(*_JOURNAL),
        "year": year_of(record.first(*_YEAR)),
        "volume": record.first("VL"),
        "issue": record.first("IS"),
        "pages": _read_pages(record.first("SP"), record.first("EP")),
        "pmid": (record.first("AN") if in_pubmed else "") or note.get("pmid", ""),
        "doi": record.first("DO"),
        "pmcid": next(filter(_PMCID.fullmatch, record.all("C2")), "") or note.get("pmcid", ""),
        "address": record.first("UR"),
        "kind": _KINDS.get(record.first("TY"), "other"),
        "retraction": "retracted" if _RETRACTED in record.all("M3") else "not checked",
    }


def _read_pages(first: str, last: str) -> str:
    # Some programs put the whole range in SP and its end in EP as well.
    return f"{first}-{last}" if first and last and not first.endswith(f"-{last}") else first or last


def _read_name(text: str) -> str:
    # A comma at the end says that the name has no parts.
    if "," not in text or text.endswith(","):
        return text.removesuffix(",")
    family, given, *suffix = text.split(",")
    return short_name(family, given, " ".join(suffix))


def _written_name(name: str) -> str:
    found = parts(name)
    if found is None:
        return f"{name}," if "," in name else name
    return ", ".join(filter(None, (found.family, found.initials, found.suffix)))


def _record(name: str, publication: Publication) -> str:
    pages = _RANGE.fullmatch(publication.pages)
    first, last = pages.groups() if pages else (publication.pages, "")
    lines = [
        ("ID", name),
        ("TI", publication.title),
        *(("AU", _written_name(author)) for author in publication.authors),
        ("T2", publication.journal),
        ("PY", str(publication.year or "")),
        ("VL", publication.volume),
        ("IS", publication.issue),
        ("SP", first),
        ("EP", last),
        ("DO", publication.doi),
        ("AN", publication.pmid),
        ("DB", "PubMed" if publication.pmid else ""),
        ("C2", publication.pmcid),
        ("UR", publication.address),
        ("M3", _RETRACTED if publication.retraction == "retracted" else ""),
    ]
    body = "".join(f"{tag}  - {value}\n" for tag, value in lines if value)
    return f"TY  - {_TYPES[publication.kind][0]}\n{body}ER  - \n"
