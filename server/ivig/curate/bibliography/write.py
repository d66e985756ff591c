"""Publications into files that reference managers read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from ivig.curate.bibliography import bibtex, csl_json, ris
from ivig.curate.bibliography.publication import Publication
from ivig.errors import UnknownName

Format = Literal["bibtex", "ris", "csl-json"]
_WRITERS = {"bibtex": bibtex.written, "ris": ris.written, "csl-json": csl_json.written}


def write_publications(publications: Iterable[Publication], format: Format) -> str:
    """The publications in a format, to be stored as UTF-8; `read_publications` reads the same publications from it.

    An entry goes by the key of its publication, without parentheses; where that is taken, with a number behind.
    Raises UnknownName for another format.

    >>> print(write_publications([Publication(title="Of mice & men", year=1988, pmid="2901668")], "bibtex"))
    @misc{pmid-2901668,
      title = {{Of mice \\& men}},
      year = {1988},
      pmid = {2901668},
    }
    """
    if format not in _WRITERS:
        raise UnknownName("format", format, list(_WRITERS))
    return _WRITERS[format](_named(publications))


def _named(publications: Iterable[Publication]) -> Iterator[tuple[str, Publication]]:
    taken: set[str] = set()
    for number, publication in enumerate(publications, 1):
        # BibTeX allows no parentheses in the name of an entry.
        stem = re.sub(r"[()]", "-", publication.key() or f"entry-{number}")
        name = stem if stem not in taken else f"{stem}-{number}"
        taken.add(name)
        yield name, publication
