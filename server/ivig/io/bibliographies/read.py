"""Files of other people's bibliographies into publications."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ivig.errors import BadInput, NotThere
from ivig.io.bibliographies import bibtex, csl_json, endnote, pubmed, ris
from ivig.io.bibliographies.entry import Entry
from ivig.io.bibliographies.publication import Publication
from ivig.io.text import read_text
from ivig.model.problems import BadRecords, Problem, problems_of

SIZE_LIMIT = 50_000_000
"""The most bytes that a file may have, unless the caller says otherwise."""
_MOST_PROBLEMS = 1000


class _Format(NamedTuple):
    """A format: what tells it, and that in words; whether a file without any entry may be blank."""

    name: str
    suffix: str
    sign: re.Pattern[str]
    looks: str
    blank: bool
    read: Callable[[str], Iterator[Entry | Problem]]


# XML and JSON are told by how they begin; the others, by a line anywhere, come after them.
_FORMATS = (
    _Format("EndNote XML", ".xml", endnote.XML_SIGN, "a file that begins with <xml><records>", False, endnote.read_xml),
    _Format("PubMed XML", ".xml", pubmed.XML_SIGN, "a file that begins with <", False, pubmed.read_xml),
    _Format("CSL-JSON", ".json", csl_json.SIGN, "a file that begins with [ or {", False, csl_json.read),
    _Format("RIS", ".ris", ris.SIGN, 'lines such as "TY  - JOUR"', True, ris.read),
    _Format("MEDLINE", ".nbib", pubmed.MEDLINE_SIGN, 'lines such as "PMID- 15674654"', True, pubmed.read_medline),
    _Format("EndNote", ".enw", endnote.TAGGED_SIGN, 'lines such as "%0 Journal Article"', True, endnote.read_tagged),
    _Format("BibTeX", ".bib", bibtex.SIGN, 'lines such as "@article{name,"', True, bibtex.read),
)


class Named(NamedTuple):
    """A publication as it stands in a file.

    :param place: such as "entry 3, line 41"
    :param name: what the file calls it, or empty
    :param publication: what is kept of it
    """

    place: str
    name: str
    publication: Publication


def read_publications(path: Path, limit: int = SIZE_LIMIT) -> list[Publication]:
    """The publications of a file, as `read_named` has them, without names and places.

    :param path: a bibliography, in any of the formats that are read
    :param limit: the most bytes that it may have
    """
    return [named.publication for named in read_named(path, limit)]


def read_named(path: Path, limit: int = SIZE_LIMIT, left_out: list[Problem] | None = None) -> list[Named]:
    """The publications of a file in any of the formats, in the order of the file.

    The content tells the format; the suffix helps where it does not.

    :param limit: the most bytes that the file may have
    :param left_out: takes what is wrong with entries, where the others are wanted all the same
    :raises NotThere: where there is no file
    :raises BadRecords: with all that is wrong with it, up to a thousand problems; then nothing is read
    """
    publications: list[Named] = []
    problems: list[Problem] = []
    for found in _entries(path, limit):
        if len(problems) >= _MOST_PROBLEMS:
            break
        if isinstance(found, Problem):
            problems.append(found._replace(file=path.name))
            continue
        try:
            publications.append(Named(found.place, found.name, Publication.model_validate(found.fields)))
        except ValidationError as error:
            problems += problems_of(error, found.place, found.name, file=path.name)
    if problems and (left_out is None or not publications or len(problems) >= _MOST_PROBLEMS):
        raise BadRecords(problems)
    if left_out is not None:
        left_out += problems
    return publications


def _entries(path: Path, limit: int) -> Iterator[Entry | Problem]:
    try:
        text = read_text(path, path.name, limit)
    except NotThere:
        raise
    except BadInput as error:
        yield Problem("", "", "", "", "", str(error).removeprefix(path.name).lstrip(":, "))
        return
    by_suffix = [known for known in _FORMATS if path.suffix.lower() == known.suffix]
    told = next((known for known in _FORMATS if known.sign.search(text)), None)
    if told:
        yield from told.read(text)
    elif text.strip() or not any(known.blank for known in by_suffix):
        head = "" if by_suffix else "a bibliography: "
        formats = " or ".join(f"{format.name} ({format.looks})" for format in by_suffix or _FORMATS)
        yield Problem("", "", "", "", "", head + formats)
