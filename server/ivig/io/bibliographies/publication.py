"""A publication: what we keep of it, in one form whatever file it came from."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from ivig.io.bibliographies.names import ET_AL, is_et_al
from ivig.model import identifiers

Retraction = Literal["not checked", "retracted"]

FIRST_YEAR = 1900
UNTOLD = "a title, or a PMID, DOI or PMCID"
"""What an entry needs that nothing tells from another."""
_DASH = re.compile(r"\s*(?:-+|[\u2010-\u2015\u2212])\s*")
_ADDRESS = re.compile(r"https?://[^\s{}<>\"\\^`|]+", re.IGNORECASE)
_FOUR_DIGITS = re.compile(r"[0-9]{4}")
_MARKUP = re.compile(
    r"</?(?:jats:)?(?:i|b|u|em|strong|sub|sup|inf|sc|scp|span|italic|bold)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#[0-9]+|#x[0-9a-f]+|[a-z][a-z0-9]*);", re.IGNORECASE)


def plain(text: str) -> str:
    """Text without the markup for looks and the entities that web pages leave in it.

    >>> plain("Effect of <i>in vivo</i> IgG<sub>4</sub> &amp;amp; C1q at p &lt; 0.05")
    'Effect of in vivo IgG4 & C1q at p < 0.05'
    """
    before = ""
    while text != before:
        before, text = text, _unescaped(_MARKUP.sub("", text))
    return text


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _line(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", plain(text)).split())
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("text without control characters and halves of characters")
    return text


def _name(text: str) -> str:
    text = _line(text)
    if not text:
        raise ValueError("a name that is not empty")
    return text


def _authors(names: tuple[str, ...]) -> tuple[str, ...]:
    named = tuple(name for name in names if not is_et_al(name))
    return named if len(named) == len(names) else (*named, ET_AL)


def _pages(text: str) -> str:
    return _DASH.sub("-", _line(text))


def _year(year: object) -> int:
    # An issue of next January is out before the year is.
    last = date.today().year + 1
    if not _FOUR_DIGITS.fullmatch(str(year)) or not FIRST_YEAR <= int(str(year)) <= last:
        raise ValueError(f"a year from {FIRST_YEAR} to {last}")
    return int(str(year))


def _address(text: str) -> str:
    # It only helps to find a publication again: what is none is no mistake of the file.
    text = text.strip()
    return text if _ADDRESS.fullmatch(text) and text.isprintable() else ""


def _if_any(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda text: check(_unescaped(text)) if text.strip() else "")


_Line = Annotated[str, AfterValidator(_line)]


class Publication(BaseModel):
    """One publication. Where something is not known the text is empty, the year None.

    Text is plain: without markup and entities, spaces and line ends one space, letters with accents one character
    (Unicode NFC), ranges of pages with a hyphen.

    :param authors: "Family G" for persons, other names as given; `ET_AL` last, where not all are named
    :param journal: or the book or series that it stands in
    :param address: of the page that it was read on, empty where that is no web address
    :param retraction: "retracted" only where the source said so
    :raises pydantic.ValidationError: for each field that says what it may not: a malformed identifier, a year after the
        next, a control character; and where there is neither title nor identifier
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: _Line = ""
    authors: Annotated[tuple[Annotated[str, AfterValidator(_name)], ...], AfterValidator(_authors)] = ()
    journal: _Line = ""
    year: Annotated[int, BeforeValidator(_year)] | None = None
    volume: _Line = ""
    issue: _Line = ""
    pages: Annotated[str, AfterValidator(_pages)] = ""
    pmid: Annotated[str, _if_any(identifiers.pmid)] = ""
    doi: Annotated[str, _if_any(identifiers.doi)] = ""
    pmcid: Annotated[str, _if_any(identifiers.pmcid)] = ""
    address: Annotated[str, AfterValidator(_address)] = ""
    retraction: Retraction = "not checked"

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        if not (self.title or self.pmid or self.doi or self.pmcid):
            raise ValueError(UNTOLD)
        return self

    def key(self) -> str | None:
        """The last part of its IRI; None where it has neither PMID, DOI nor PMCID."""
        return identifiers.citation_key(self.pmid, self.doi, self.pmcid)
