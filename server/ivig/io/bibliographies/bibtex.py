"""BibTeX, read and written, with the fields that BibLaTeX has for the same.

Source of the format: https://ctan.org/pkg/bibtex and https://ctan.org/pkg/biblatex.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts
from bibtexparser.model import DuplicateBlockKeyBlock, Entry as Block, ParsingFailedBlock

from ivig.io.bibliographies.entry import Entry, place, without_empty, year_of
from ivig.io.bibliographies.latex import latex_of, text_of
from ivig.io.bibliographies.names import ET_AL, is_group, parts, short_name
from ivig.io.bibliographies.publication import Kind, Publication
from ivig.model.problems import Problem, shown

SIGN = re.compile(r"^[ \t]*@[ \t]*\w+[ \t]*[{(]", re.MULTILINE)

# The first type of a kind is the one that is written.
_TYPES: dict[Kind, tuple[str, ...]] = {
    "article": ("article",),
    "chapter": ("incollection", "inbook", "inreference"),
    "book": ("book", "mvbook", "booklet", "collection", "proceedings"),
    "conference paper": ("inproceedings", "conference"),
    "report": ("techreport", "report"),
    "thesis": ("phdthesis", "mastersthesis", "thesis"),
    "preprint": ("unpublished",),
    "web page": ("online", "electronic", "www"),
    "other": ("misc",),
}
_KINDS: dict[str, Kind] = {name: kind for kind, names in _TYPES.items() for name in names}

_OTHERS = "others"
_BETWEEN_NAMES = re.compile(r"\\.|(?P<brace>[{}])|(?P<between>\s+and(?=\s))", re.IGNORECASE | re.DOTALL)
_RETRACTED = "retracted"
_ESCAPED = re.compile(r"\\([_%&#])")
_PLAIN_DOI = re.compile(r"[\w.()/:;<>+-]+", re.ASCII)
_PLAIN_FAMILY = re.compile(r"(?!.*\band\b)[^\W\d_]+(?:[ '\u2019-][^\W\d_]+)*", re.IGNORECASE)

# The reader of blocks logs what it also gives back; without a handler that would go to the terminal.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


def read(text: str) -> Iterator[Entry | Problem]:
    """The entries of a BibTeX file, and what is wrong with the file or with the LaTeX in it."""
    number = 0
    for block in parse_string(text).blocks:
        if not isinstance(block, Block | ParsingFailedBlock):
            continue
        number += 1
        where = place(number, (block.start_line or 0) + 1)
        if isinstance(block, ParsingFailedBlock):
            yield Problem("", where, "", "", shown((block.raw or "").strip()), _allowed(block))
        else:
            yield from _Fields(block, where).entry()


def written(publications: Iterable[tuple[str, Publication]]) -> str:
    """The publications, each with the name that it goes by in the file, as BibTeX."""
    return "\n".join(_block(name, publication) for name, publication in publications)


def _allowed(block: ParsingFailedBlock) -> str:
    if isinstance(block, DuplicateBlockKeyBlock):
        return f'each name once; "{shown(block.key)}" names an entry above too'
    error = block.error
    reason = error.abort_reason if isinstance(error, BlockAbortedException) else str(error)
    return f"well-formed BibTeX: {shown(reason.partition(' Note:')[0])}"


class _Fields:
    """The fields of one block, decoded one by one, with what is wrong with each."""

    def __init__(self, block: Block, where: str) -> None:
        self._block, self._where, self._name = block, where, shown(block.key)
        self._values = {field.key.lower(): field for field in block.fields}
        self._problems: dict[Problem, None] = {}

    def entry(self) -> Iterator[Entry | Problem]:
        """The problems of the entry, and the entry, for what else may be wrong with it."""
        pubmed = self._raw("eprinttype", "archiveprefix").lower() in ("pubmed", "pmid")
        fields = {
            "title": self._text("title"),
            "authors": without_empty(self._authors()),
            "journal": self._text("journal", "journaltitle", "booktitle", "shortjournal"),
            "year": year_of(self._text("year", "date")),
            "volume": self._text("volume"),
            "issue": self._text("number", "issue"),
            "pages": self._text("pages"),
            "pmid": self._raw("pmid") or (self._raw("eprint") if pubmed else ""),
            # A DOI is no LaTeX, though many programs escape its signs.
            "doi": _ESCAPED.sub(r"\1", self._raw("doi")),
            "pmcid": self._raw("pmcid", "pmc"),
            "address": _ESCAPED.sub(r"\1", self._raw("url")),
            "kind": _KINDS.get(self._block.entry_type.lower(), "other"),
            "retraction": "retracted" if self._raw("pubstate").lower() == _RETRACTED else "not checked",
        }
        yield from self._problems
        yield Entry(self._where, self._name, fields)

    def _raw(self, *names: str) -> str:
        for name in names:
            if name in self._values and (value := str(self._values[name].value).strip()):
                if self._values[name].enclosing == "no-enclosing":
                    self._refuse(
                        name, value, "text in braces or quotation marks, a number, or one @string of this file"
                    )
                return value
        return ""

    def _text(self, *names: str) -> str:
        return self._decoded(next((name for name in names if self._raw(name)), ""), self._raw(*names))

    def _authors(self) -> Iterator[str]:
        for name in _names(self._raw("author")):
            if name == _OTHERS:
                yield ET_AL
            elif is_group(name) and "," not in name:
                yield self._decoded("author", name)
            else:
                try:
                    found = parse_single_name_into_parts(name)
                except InvalidNameError as error:
                    self._refuse("author", name, f"names joined by and: {error.reason}")
                    continue
                family, given, suffix = (
                    self._decoded("author", " ".join(words))
                    for words in (found.von + found.last, found.first, found.jr)
                )
                yield short_name(family, given, suffix)

    def _decoded(self, name: str, value: str) -> str:
        try:
            return text_of(value)
        except ValueError as error:
            self._refuse(name, value, str(error))
            return value

    def _refuse(self, field: str, value: str, allowed: str) -> None:
        # A value is asked for more than once, and refused once.
        self._problems[Problem("", self._where, self._name, field, shown(value), allowed)] = None


def _names(authors: str) -> Iterator[str]:
    # The function of the library for this loses the accent of a name that begins with one: "and \"Ozg\"ur".
    depth = begin = 0
    for found in _BETWEEN_NAMES.finditer(authors):
        if found["brace"]:
            depth += 1 if found["brace"] == "{" else -1
        elif found["between"] and depth == 0:
            yield authors[begin : found.start()].strip()
            begin = found.end()
    yield authors[begin:].strip()


def _block(name: str, publication: Publication) -> str:
    in_book = publication.kind in ("chapter", "conference paper")
    fields = {
        # A second pair of braces keeps the capitals of a title, whatever the style of the bibliography.
        "title": f"{{{latex_of(publication.title)}}}" if publication.title else "",
        "author": " and ".join(map(_written_name, publication.authors)),
        "booktitle" if in_book else "journal": latex_of(publication.journal),
        "year": str(publication.year or ""),
        "volume": latex_of(publication.volume),
        "number": latex_of(publication.issue),
        "pages": latex_of(publication.pages).replace("-", "--"),
        "doi": _written_doi(publication.doi),
        "pmid": publication.pmid,
        "pmcid": publication.pmcid,
        "url": publication.address,
        "pubstate": _RETRACTED if publication.retraction == "retracted" else "",
    }
    body = "".join(f"  {field} = {{{value}}},\n" for field, value in fields.items() if value)
    return f"@{_TYPES[publication.kind][0]}{{{name},\n{body}}}\n"


def _written_name(name: str) -> str:
    if name == ET_AL:
        return _OTHERS
    found = parts(name)
    if found is None or not _PLAIN_FAMILY.fullmatch(found.family):
        return f"{{{latex_of(name)}}}"
    return ", ".join(filter(None, (found.family, found.suffix, found.initials)))


def _written_doi(doi: str) -> str:
    # Braces or a per cent sign would end the value or be taken for LaTeX: such a DOI goes as an address.
    return doi if _PLAIN_DOI.fullmatch(doi) or not doi else f"https://doi.org/{quote(doi, safe='/')}"
