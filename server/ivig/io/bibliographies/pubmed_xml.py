"""PubMed XML, read: the answers of E-utilities, and the files of the yearly baseline.

Source of the elements: https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/250101/. A file that declares entities is refused,
and no document type is loaded: PubMed's files name one and need nothing from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ivig.io.bibliographies import pubmed
from ivig.io.bibliographies.entry import Entry, place, without_empty, year_of
from ivig.io.bibliographies.names import short_name
from ivig.model.problems import Problem, shown

SIGN = re.compile(r"\A\s*<")

_ROOTS = {"PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle"}
_YEAR = ("Year", "MedlineDate")


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of PubMed XML, and what is wrong with the file as such."""
    number = 0
    root: Element | None = None
    try:
        for event, element in iterparse(StringIO(text), ("start", "end"), forbid_dtd=False, forbid_entities=True):
            if root is None:
                root = element
                if element.tag not in _ROOTS:
                    allowed = f"XML of PubMed, whose outermost element is {' or '.join(sorted(_ROOTS))}"
                    yield Problem("", "", "", "", f"<{shown(element.tag)}>", allowed)
                    return
            if event == "end" and element.tag in ("PubmedArticle", "PubmedBookArticle"):
                number += 1
                fields = _article(element) if element.tag == "PubmedArticle" else _book(element)
                yield Entry(place(number), "", fields)
                # Memory does not grow with the file.
                root.clear()
    except ParseError as error:
        yield Problem("", f"line {error.position[0]}", "", "", "", f"well-formed XML: {error}")
    except DefusedXmlException as error:
        yield Problem("", "", "", "", shown(str(error)), "XML that declares no entities and refers to no other file")


def _article(element: Element) -> dict[str, object]:
    article = "MedlineCitation/Article"
    types = _texts(element, f"{article}/PublicationTypeList/PublicationType")
    retracted_in = element.find("MedlineCitation/CommentsCorrectionsList/CommentsCorrections[@RefType='RetractionIn']")
    issue = f"{article}/Journal/JournalIssue"
    pages = f"{article}/Pagination"
    first, last = _text(element, f"{pages}/StartPage"), _text(element, f"{pages}/EndPage")
    return {
        "title": pubmed.title(_text(element, f"{article}/ArticleTitle", f"{article}/VernacularTitle")),
        "authors": _authors(element, f"{article}/AuthorList"),
        "journal": _text(element, "MedlineCitation/MedlineJournalInfo/MedlineTA", f"{article}/Journal/Title"),
        "year": year_of(_text(element, *(f"{issue}/PubDate/{name}" for name in _YEAR))),
        "volume": _text(element, f"{issue}/Volume"),
        "issue": _text(element, f"{issue}/Issue"),
        "pages": _text(element, f"{pages}/MedlinePgn") or "-".join(filter(None, (first, last))),
        "pmid": _text(element, "MedlineCitation/PMID"),
        # The lists of references below hold such identifiers too, of other publications.
        "doi": _text(
            element,
            "PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
            f"{article}/ELocationID[@EIdType='doi'][@ValidYN='Y']",
        ),
        "pmcid": _text(element, "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']"),
        "kind": pubmed.kind(types),
        "retraction": pubmed.retraction(types, retracted_in is not None),
    }


def _book(element: Element) -> dict[str, object]:
    title, book = _text(element, "BookDocument/ArticleTitle"), _text(element, "BookDocument/Book/BookTitle")
    return {
        "title": pubmed.title(title or book),
        "authors": _authors(element, "BookDocument/AuthorList") or _authors(element, "BookDocument/Book/AuthorList"),
        "journal": pubmed.title(book) if title else "",
        "year": year_of(_text(element, *(f"BookDocument/Book/PubDate/{name}" for name in _YEAR))),
        "pmid": _text(element, "BookDocument/PMID"),
        "doi": _text(element, "BookDocument/ArticleIdList/ArticleId[@IdType='doi']"),
        "kind": "chapter" if title else "book",
    }


def _authors(element: Element, path: str) -> tuple[str, ...]:
    lists = [found for found in element.findall(path) if found.get("Type", "authors") == "authors"]
    # A name that is not valid is one that was corrected; the corrected one stands beside it.
    return without_empty(_name(author) for found in lists for author in found if author.get("ValidYN", "Y") == "Y")


def _name(author: Element) -> str:
    if group := _text(author, "CollectiveName"):
        return group
    family, initials, suffix = (_text(author, name) for name in ("LastName", "Initials", "Suffix"))
    if initials:
        return " ".join(filter(None, (family, initials, suffix)))
    return short_name(family, _text(author, "ForeName"), suffix)


def _text(element: Element, *paths: str) -> str:
    """The text of the first of these paths that has any, without its markup."""
    return next((text for path in paths for text in _texts(element, path)), "")


def _texts(element: Element, path: str) -> list[str]:
    return list(filter(None, ("".join(found.itertext()).strip() for found in element.findall(path))))
