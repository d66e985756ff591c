"""Publications into files that reference managers read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ivig.errors import UnknownName
from ivig.io.bibliographies import bibtex, csl_json, ris
from ivig.io.bibliographies.publication import Publication

_WRITERS = {"bibtex": bibtex.written, "ris": ris.written, "csl-json": csl_json.written}


def write_publications(publications: Iterable[Publication], format: str, names: Iterable[str] = ()) -> str:
    """The publications in a format, to be stored as UTF-8; `read_publications` reads the same publications from it.

    Without a name of its own an entry goes by the key of its publication. Names have no parentheses; where one is
    taken, it has a number behind.

    :param names: what each goes by, such as the last part of its IRI
    :raises UnknownName: for another format

    >>> print(write_publications([Publication(title="Of mice & men", year=1988, pmid="2901668")], "bibtex"))
    @misc{pmid-2901668,
      title = {{Of mice \\& men}},
      year = {1988},
      pmid = {2901668},
    }
    """
    if format not in _WRITERS:
        raise UnknownName("format", format, [], list(_WRITERS))
    return _WRITERS[format](_named(publications, names))


def entry_name(name: str) -> str:
    """A name as every format allows it: BibTeX has no parentheses in the name of an entry.

    >>> entry_name("doi-10.1016-s0140-6736(97)1")
    'doi-10.1016-s0140-6736-97-1'
    """
    return re.sub(r"[()]", "-", name)


def _named(publications: Iterable[Publication], names: Iterable[str]) -> Iterator[tuple[str, Publication]]:
    taken: set[str] = set()
    own = iter(names)
    for number, publication in enumerate(publications, 1):
        stem = entry_name(next(own, "") or publication.key() or f"entry-{number}")
        name = stem if stem not in taken else f"{stem}-{number}"
        taken.add(name)
        yield name, publication
