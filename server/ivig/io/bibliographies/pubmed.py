"""The two formats of PubMed, read: MEDLINE (.nbib), by rispy, which has the same layout of tags, and XML.

Source of the tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html; of the elements:
https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/250101/.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import ClassVar
from xml.etree.ElementTree import Element

from rispy import RisParser

from ivig.io.bibliographies.entry import Entry, every, first, place, without_empty, year_of
from ivig.io.bibliographies.names import short_name
from ivig.io.bibliographies.publication import Retraction
from ivig.io.bibliographies.xml import elements, text_at, texts_at
from ivig.model.problems import Problem, shown

MEDLINE_SIGN = re.compile(r"^(?:PMID|PMC |OWN |TI  )- ", re.MULTILINE)
XML_SIGN = re.compile(r"\A\s*<")

_LINE = re.compile(r"(?=.{4}-)[A-Z][A-Z0-9]{1,3} *-(?: .*)?")
_RECORD = re.compile(r"(?:^[ \t]*\S.*(?:\n|\Z))+", re.MULTILINE)
_DOI = " [doi]"

_ROOTS = {"PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle"}
_ENTRIES = ("PubmedArticle", "PubmedBookArticle")
_YEAR = ("Year", "MedlineDate")

_ABBREVIATION = re.compile(r"(?:\.\.|\b\w\.\w\.)$")
_NO_TITLE = "[Not Available]"


def title_of(text: str, vernacular: str = "") -> str:
    """A title without the full stop that PubMed puts after each, or the one in its own language where it has no other.

    :param text: the title as PubMed gives it, in English; `[Not Available].` where it has none
    :param vernacular: the title in the publication's own language; empty for none

    >>> title_of("Intravenous immunoglobulin in livedoid vasculitis."), title_of("Use of IVIG in the U.S.")
    ('Intravenous immunoglobulin in livedoid vasculitis', 'Use of IVIG in the U.S.')
    >>> title_of("[Not Available].", "Etude des immunoglobulines.")
    'Etude des immunoglobulines'
    """
    text = text.strip()
    text = text if _ABBREVIATION.search(text) else text.removesuffix(".")
    return text if text and text != _NO_TITLE else title_of(vernacular) if vernacular else ""


def _retraction(publication_types: Collection[str], retracted_in: object) -> Retraction:
    # The notice itself is a "Retraction of Publication", and not retracted.
    return "retracted" if "Retracted Publication" in publication_types or retracted_in else "not checked"


# The library has no types.
class _Medline(RisParser):  # type: ignore[misc]
    """Tags of four places, each by its own name but for persons and groups, whose order is that of the authors."""

    DEFAULT_MAPPING: ClassVar = {
        **{tag: tag for tag in ("TY", "PMID", "TI", "TT", "BTI", "CTI", "TA", "JT", "DP", "VI", "IP", "PG", "PMC")},
        **{tag: tag for tag in ("LID", "AID", "PT", "RIN")},
        "AU": "authors",
        "CN": "authors",
    }

    def parse_line(self, line: str) -> tuple[str, str]:
        return line[:4].rstrip(), line[6:].strip()


def read_medline(text: str) -> Iterator[Entry | Problem]:
    """The entries of a MEDLINE file, and what is wrong with its records as such."""
    parser = _Medline(enforce_list_tags=False, skip_unknown_tags=True)
    for number, found in enumerate(_RECORD.finditer(text), 1):
        line = text.count("\n", 0, found.start()) + 1
        lines = []
        for offset, each in enumerate(found[0].rstrip().split("\n")):
            if _LINE.fullmatch(each):
                lines.append(each)
            elif lines and each.startswith(" " * 6):
                lines[-1] += f" {each.strip()}"
            else:
                allowed = "a tag of four places and a hyphen, or six spaces where a line goes on"
                yield Problem("", f"line {line + offset}", "", "", shown(each), allowed)
        if lines:
            (record,) = parser.parse("\n".join(["TY  - MEDLINE", *lines, "ER  - "]))
            for further in every(record, "PMID")[1:]:
                allowed = f"once, as a blank line ends each record; here is {shown(first(record, 'PMID'))} too"
                yield Problem("", place(number, line), "", "PMID", shown(further), allowed)
            yield Entry(place(number, line), "", _of_tags(record))


def _of_tags(record: dict[str, object]) -> dict[str, object]:
    dois = [value.removesuffix(_DOI) for value in every(record, "LID", "AID") if value.endswith(_DOI)]
    title, book, types = first(record, "TI"), first(record, "BTI"), every(record, "PT")
    return {
        "title": title_of(title or book, first(record, "TT")),
        "authors": without_empty(every(record, "authors")),
        "journal": first(record, "TA", "JT", "BTI", "CTI") if title else first(record, "CTI"),
        "year": year_of(first(record, "DP")),
        "volume": first(record, "VI"),
        "issue": first(record, "IP"),
        "pages": first(record, "PG"),
        "pmid": first(record, "PMID"),
        "doi": next(iter(dois), ""),
        "pmcid": first(record, "PMC"),
        "retraction": _retraction(types, every(record, "RIN")),
    }


def read_xml(text: str) -> Iterator[Entry | Problem]:
    """The entries of PubMed XML, and what is wrong with the file as such."""
    for number, found in enumerate(elements(text, "PubMed", _ROOTS, _ENTRIES), 1):
        if isinstance(found, Problem):
            yield found
        else:
            yield Entry(place(number), "", (_article if found.tag == _ENTRIES[0] else _book)(found))


def _article(element: Element) -> dict[str, object]:
    article = "MedlineCitation/Article"
    types = texts_at(element, f"{article}/PublicationTypeList/PublicationType")
    retracted_in = element.find("MedlineCitation/CommentsCorrectionsList/CommentsCorrections[@RefType='RetractionIn']")
    issue = f"{article}/Journal/JournalIssue"
    pages = f"{article}/Pagination"
    ends = (text_at(element, f"{pages}/StartPage"), text_at(element, f"{pages}/EndPage"))
    return {
        "title": title_of(text_at(element, f"{article}/ArticleTitle"), text_at(element, f"{article}/VernacularTitle")),
        "authors": _authors(element, f"{article}/AuthorList"),
        "journal": text_at(element, "MedlineCitation/MedlineJournalInfo/MedlineTA", f"{article}/Journal/Title"),
        "year": year_of(text_at(element, *(f"{issue}/PubDate/{name}" for name in _YEAR))),
        "volume": text_at(element, f"{issue}/Volume"),
        "issue": text_at(element, f"{issue}/Issue"),
        "pages": text_at(element, f"{pages}/MedlinePgn") or "-".join(filter(None, ends)),
        "pmid": text_at(element, "MedlineCitation/PMID"),
        # The lists of references below hold such identifiers too, of other publications.
        "doi": text_at(
            element,
            "PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
            f"{article}/ELocationID[@EIdType='doi'][@ValidYN='Y']",
        ),
        "pmcid": text_at(element, "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']"),
        "retraction": _retraction(types, retracted_in is not None),
    }


def _book(element: Element) -> dict[str, object]:
    title, book = text_at(element, "BookDocument/ArticleTitle"), text_at(element, "BookDocument/Book/BookTitle")
    return {
        "title": title_of(title or book),
        "authors": _authors(element, "BookDocument/AuthorList") or _authors(element, "BookDocument/Book/AuthorList"),
        "journal": title_of(book) if title else "",
        "year": year_of(text_at(element, *(f"BookDocument/Book/PubDate/{name}" for name in _YEAR))),
        "pmid": text_at(element, "BookDocument/PMID"),
        "doi": text_at(element, "BookDocument/ArticleIdList/ArticleId[@IdType='doi']"),
    }


def _authors(element: Element, path: str) -> tuple[str, ...]:
    lists = [found for found in element.findall(path) if found.get("Type", "authors") == "authors"]
    # A name that is not valid is one that was corrected; the corrected one stands beside it.
    return without_empty(_name(author) for found in lists for author in found if author.get("ValidYN", "Y") == "Y")


def _name(author: Element) -> str:
    if group := text_at(author, "CollectiveName"):
        return group
    family, initials, suffix = (text_at(author, name) for name in ("LastName", "Initials", "Suffix"))
    if initials:
        return " ".join(filter(None, (family, initials, suffix)))
    return short_name(family, text_at(author, "ForeName"), suffix)
