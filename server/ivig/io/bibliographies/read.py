"""Files of other people's bibliographies into publications."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ivig.errors import NotThere
from ivig.io.bibliographies import bibtex, csl_json, medline, pubmed_xml, ris
from ivig.io.bibliographies.entry import Entry
from ivig.io.bibliographies.publication import Publication
from ivig.model.problems import BadRecords, Problem, problems_of

SIZE_LIMIT = 50_000_000
"""The most bytes that a file may have, unless the caller says otherwise."""
_PIECE = 1_000_000
_MOST_PROBLEMS = 1000


class _Format(NamedTuple):
    """A format. sign, looks: what tells it, and that in words; blank: whether a file without any entry may be blank."""

    name: str
    suffixes: tuple[str, ...]
    sign: re.Pattern[str]
    looks: str
    blank: bool
    read: Callable[[str], Iterator[Entry | Problem]]


# XML and JSON are told by their first character; the others, by a line anywhere, come after them.
_FORMATS = (
    _Format("PubMed XML", (".xml",), pubmed_xml.SIGN, "a file that begins with <", False, pubmed_xml.read),
    _Format("CSL-JSON", (".json",), csl_json.SIGN, "a file that begins with [ or {", False, csl_json.read),
    _Format("RIS", (".ris",), ris.SIGN, 'lines such as "TY  - JOUR"', True, ris.read),
    _Format("MEDLINE", (".nbib",), medline.SIGN, 'lines such as "PMID- 15674654"', True, medline.read),
    _Format("BibTeX", (".bib",), bibtex.SIGN, 'lines such as "@article{name,"', True, bibtex.read),
)


def read_publications(path: Path, limit: int = SIZE_LIMIT) -> list[Publication]:
    """As `read_named`, without the names."""
    return [publication for _, publication in read_named(path, limit)]


def read_named(path: Path, limit: int = SIZE_LIMIT) -> list[tuple[str, Publication]]:
    """The publications of a file in RIS, BibTeX, CSL-JSON, PubMed XML or MEDLINE (.nbib), in the order of the file,
    each with the name that it goes by in the file, or an empty one.

    The content tells the format; the suffix helps where it does not. The text is UTF-8.
    limit: the most bytes that the file may have.
    Raises NotThere where there is no file; BadRecords with all that is wrong with it, up to a thousand problems,
    and then nothing is read.
    """
    publications: list[tuple[str, Publication]] = []
    problems: list[Problem] = []
    for found in _entries(path, limit):
        if len(problems) >= _MOST_PROBLEMS:
            break
        if isinstance(found, Problem):
            problems.append(found._replace(file=path.name))
            continue
        try:
            publications.append((found.name, Publication.model_validate(found.fields)))
        except ValidationError as error:
            problems += problems_of(error, found.place, found.name, file=path.name)
    if problems:
        raise BadRecords(problems)
    return publications


def _entries(path: Path, limit: int) -> Iterator[Entry | Problem]:
    content = bytearray()
    try:
        with path.open("rb") as file:
            while len(content) <= limit and (piece := file.read(_PIECE)):
                content += piece
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    if len(content) > limit:
        yield Problem("", "", "", "", "", f"at most {limit} bytes; split the file")
        return
    try:
        text = content.removeprefix(BOM_UTF8).decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        yield Problem("", f"line {line}", "", "", f"byte 0x{error.object[error.start]:02X}", "text in UTF-8")
        return
    by_suffix = next((known for known in _FORMATS if path.suffix.lower() in known.suffixes), None)
    told = next((known for known in _FORMATS if known.sign.search(text)), None)
    if told:
        yield from told.read(text)
    elif text.strip() or by_suffix is None or not by_suffix.blank:
        known = [by_suffix] if by_suffix else _FORMATS
        yield Problem("", "", "", "", "", " or ".join(f"{format.name} ({format.looks})" for format in known))
