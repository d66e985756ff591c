"""The two formats of EndNote, read: its XML, and the tagged one whose files end in .enw.

The PMID is the accession number of a record from the National Library of Medicine, the PMCID stands in the second
custom field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ivig.io.bibliographies.entry import Entry, in_note, place, without_empty, year_of
from ivig.io.bibliographies.names import name_of
from ivig.io.bibliographies.xml import elements, text_at, texts_at
from ivig.model.problems import Problem, shown

XML_SIGN = re.compile(r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<(?:xml|records)>")
TAGGED_SIGN = re.compile(r"^%0 ", re.MULTILINE)

_ROOTS = ("xml", "records")
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PMID = re.compile(r"[0-9]{1,8}")
_PMCID = re.compile(r"PMC[0-9]+", re.IGNORECASE)
_LINE = re.compile(r"%(\S) ?(.*)")


def read_xml(text: str) -> Iterator[Entry | Problem]:
    """The entries of EndNote XML, and what is wrong with the file as such."""
    for number, found in enumerate(elements(text, "EndNote", _ROOTS, ["record"]), 1):
        if isinstance(found, Problem):
            yield found
        else:
            yield Entry(place(number), text_at(found, "rec-number"), _of_element(found))


def read_tagged(text: str) -> Iterator[Entry | Problem]:
    """The entries of a tagged file, each of which begins with %0, and what is wrong with its lines."""
    number, begun, record = 0, 0, dict[str, list[str]]()
    last = ""
    for line_number, line in enumerate(text.split("\n"), 1):
        found = _LINE.fullmatch(line.rstrip())
        if found and found[1] == "0":
            if number:
                yield Entry(place(number, begun), "", _of_tags(record))
            number, begun, record = number + 1, line_number, {}
        elif found and number:
            last = found[1]
            record.setdefault(last, []).append(found[2].strip())
        elif line.strip() and number and last in record:
            record[last][-1] += f" {line.strip()}"
        elif line.strip():
            yield Problem("", f"line {line_number}", "", "", shown(line.strip()), "a record begins with %0")
    if number:
        yield Entry(place(number, begun), "", _of_tags(record))


def _of_element(element: Element) -> dict[str, object]:
    source = " ".join(text_at(element, name) for name in ("remote-database-provider", "remote-database-name"))
    return _fields(
        title=text_at(element, "titles/title"),
        authors=texts_at(element, "contributors/authors/author"),
        journal=text_at(element, "titles/secondary-title", "periodical/full-title", "periodical/abbr-1"),
        year=text_at(element, "dates/year"),
        volume=text_at(element, "volume"),
        issue=text_at(element, "number"),
        pages=text_at(element, "pages"),
        doi=text_at(element, "electronic-resource-num"),
        accession=text_at(element, "accession-num"),
        source=source,
        custom=text_at(element, "custom2"),
        note="\n".join(texts_at(element, "notes")),
        address=text_at(element, "urls/related-urls/url", "urls/web-urls/url"),
    )


def _of_tags(record: dict[str, list[str]]) -> dict[str, object]:
    def first(*tags: str) -> str:
        return next((value for tag in tags for value in record.get(tag, ()) if value), "")

    return _fields(
        title=first("T"),
        authors=record.get("A", []),
        journal=first("J", "B"),
        year=first("D"),
        volume=first("V"),
        issue=first("N"),
        pages=first("P"),
        doi=first("R"),
        accession=first("M"),
        source=" ".join([first("W"), first("~")]),
        custom=first("2"),
        note="\n".join(record.get("Z", [])),
        address=first("U"),
    )


def _fields(
    *, authors: list[str], year: str, accession: str, source: str, custom: str, note: str, **plain: str
) -> dict[str, object]:
    """The fields of a publication, of which the others are taken as they are."""
    noted = in_note(note)
    in_pubmed = accession if _PMID.fullmatch(accession) and (_PUBMED.search(source) or not source.strip()) else ""
    return {
        **plain,
        "authors": without_empty(map(name_of, authors)),
        "year": year_of(year),
        "pmid": in_pubmed or noted.get("pmid", ""),
        "pmcid": custom if _PMCID.fullmatch(custom) else noted.get("pmcid", ""),
    }
