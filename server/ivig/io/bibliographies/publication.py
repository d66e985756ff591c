"""A publication: what we keep of it, in one form whatever file it came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from ivig.io.bibliographies import identifiers

Kind = Literal["article", "chapter", "book", "conference paper", "report", "thesis", "preprint", "web page", "other"]
Retraction = Literal["not checked", "retracted"]

FIRST_YEAR = 1900
_DASH = re.compile(r"\s*(?:-+|[\u2010-\u2015\u2212])\s*")
_ADDRESS = re.compile(r"https?://[^\s{}<>\"\\^`|]+", re.IGNORECASE)
_FOUR_DIGITS = re.compile(r"[0-9]{4}")


def _line(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("text without control characters and halves of characters")
    return text


def _name(text: str) -> str:
    text = _line(text)
    if not text:
        raise ValueError("a name that is not empty")
    return text


def _pages(text: str) -> str:
    return _DASH.sub("-", _line(text))


def _year(year: object) -> int:
    this_year = date.today().year
    if not _FOUR_DIGITS.fullmatch(str(year)) or not FIRST_YEAR <= int(str(year)) <= this_year:
        raise ValueError(f"a year from {FIRST_YEAR} to {this_year}")
    return int(str(year))


def _address(text: str) -> str:
    # It only helps to find a publication again: what is none is no mistake of the file.
    text = text.strip()
    return text if _ADDRESS.fullmatch(text) and text.isprintable() else ""


def _if_any(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda text: check(text) if text.strip() else "")


_Line = Annotated[str, AfterValidator(_line)]


class Publication(BaseModel):
    """One publication. Where something is not known the text is empty, the year None.

    Spaces and line ends are one space, letters with accents one character (Unicode NFC), ranges of pages have a hyphen.
    authors: "Family G" for persons, other names as given. journal: or the book or series that it stands in.
    address: of the page that it was read on, empty where that is no web address. kind: "other" where it was not told.
    retraction: "retracted" only where the source said so.

    Raises pydantic's ValidationError for each field that says what it may not: a malformed identifier, a year in the
    future, a control character; and where there is neither title nor identifier.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: _Line = ""
    authors: tuple[Annotated[str, AfterValidator(_name)], ...] = ()
    journal: _Line = ""
    year: Annotated[int, BeforeValidator(_year)] | None = None
    volume: _Line = ""
    issue: _Line = ""
    pages: Annotated[str, AfterValidator(_pages)] = ""
    pmid: Annotated[str, _if_any(identifiers.pmid)] = ""
    doi: Annotated[str, _if_any(identifiers.doi)] = ""
    pmcid: Annotated[str, _if_any(identifiers.pmcid)] = ""
    address: Annotated[str, AfterValidator(_address)] = ""
    kind: Kind = "other"
    retraction: Retraction = "not checked"

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        if not (self.title or self.pmid or self.doi or self.pmcid):
            raise ValueError("a title, or a PMID, DOI or PMCID")
        return self

    def key(self) -> str | None:
        """The last part of its IRI; None where it has neither PMID, DOI nor PMCID."""
        return identifiers.key(self.pmid, self.doi, self.pmcid)
