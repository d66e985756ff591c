"""MEDLINE, the format of PubMed's .nbib files, read.

Source of the tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivig.io.bibliographies import pubmed
from ivig.io.bibliographies.entry import Entry, place, without_empty, year_of
from ivig.io.bibliographies.publication import Kind
from ivig.io.bibliographies.tagged import Record, numbered_lines
from ivig.model.problems import Problem, shown

SIGN = re.compile(r"^(?:PMID|PMC |OWN |TI  )- ", re.MULTILINE)

_LINE = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) *-(?: (.*)|)")
_CONTINUED = "      "
_DOI = " [doi]"
_ONCE = ("PMID", "TI", "BTI", "CTI", "TA", "DP", "VI", "IP", "PG", "PMC")


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of a MEDLINE file, and what is wrong with its records as such."""
    for found in _records(text):
        if isinstance(found, Problem):
            yield found
            continue
        for tag, first, second in found.differing(*_ONCE):
            allowed = f'once, as a blank line ends each record; here is "{shown(first)}" too'
            yield Problem("", found.place, "", tag, shown(second), allowed)
        yield Entry(found.place, "", _fields(found))


def _records(text: str) -> Iterator[Record | Problem]:
    record: Record | None = None
    count = 0
    for number, line in numbered_lines(text):
        found = _LINE.fullmatch(line.rstrip())
        if not line.strip():
            if record:
                yield record
            record = None
        elif found:
            if record is None:
                count += 1
                record = Record(place(count, number), [])
            record.fields.append((found[1], [(found[2] or "").strip()]))
        elif record and line.startswith(_CONTINUED):
            record.continued(line)
        else:
            allowed = "a tag of four places and a hyphen, or six spaces where a line goes on"
            yield Problem("", f"line {number}", "", "", shown(line), allowed)
    if record:
        yield record


def _fields(record: Record) -> dict[str, object]:
    dois = [value.removesuffix(_DOI) for tag in ("LID", "AID") for value in record.all(tag) if value.endswith(_DOI)]
    return {
        "title": pubmed.title(record.first("TI", "BTI")),
        # A group signs beside persons: the order of the file is the order of the authors.
        "authors": without_empty(record.all("AU", "CN")),
        "journal": record.first("TA", "JT", "BTI", "CTI") if record.first("TI") else record.first("CTI"),
        "year": year_of(record.first("DP")),
        "volume": record.first("VI"),
        "issue": record.first("IP"),
        "pages": record.first("PG"),
        "pmid": record.first("PMID"),
        "doi": next(iter(dois), ""),
        "pmcid": record.first("PMC"),
        "kind": _kind(record),
        "retraction": pubmed.retraction(record.all("PT"), record.all("RIN")),
    }


def _kind(record: Record) -> Kind:
    if record.first("BTI"):
        return "chapter" if record.first("TI") else "book"
    return pubmed.kind(record.all("PT"))
