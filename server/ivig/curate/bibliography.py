"""Bibliographies into the graph's citations: each publication once, whatever file it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ivig.curate.citations import Citation, Citations, Sign
from ivig.curate.store import NOTHING_IMPORTED, Store, Summary, settle
from ivig.graph_files import GraphFiles
from ivig.io.bibliographies.names import authors_line
from ivig.io.bibliographies.publication import Publication
from ivig.io.bibliographies.read import read_named
from ivig.model.problems import BadRecords, Problem, shown
from ivig.model.records import CitationFields

SUFFIXES = frozenset({".ris", ".bib", ".json", ".xml", ".nbib", ".enw", ".txt"})
"""The endings of bibliographies; everything else is records."""


def import_publications(
    files: GraphFiles, paths: Sequence[Path], *, skip_invalid: bool = False, dry_run: bool = False
) -> Summary:
    """Import bibliographies together: one wrong entry, and none of them is imported.

    An entry without identifier that is not known by its title, page or name is left out, and the summary says so.

    :param skip_invalid: unless entries that cannot be read are left out; what contradicts what is known is not
    :raises BadRecords: with every problem: a file that cannot be read, an entry that contradicts what is known of its
        publication
    """
    store = Store(files)
    citations = Citations(store.triples())
    problems: list[Problem] = []
    left_out: list[Problem] = []
    for path in paths:
        try:
            for number, (name, publication) in enumerate(
                read_named(path, left_out=left_out if skip_invalid else None), 1
            ):
                fields, sign = citation_fields(publication), Sign(name, publication.address or None)
                place = f"entry {number}"
                if not publication.key() and not citations.knows(fields, sign):
                    allowed = "a PMID, DOI or PMCID, or the title, page or name of a publication that is known"
                    left_out.append(Problem(path.name, place, "", "identifier", shown(publication.title), allowed))
                else:
                    problems += _taken(path.name, place, publication, fields, sign, citations)
        except BadRecords as error:
            problems += error.problems
    if problems:
        raise BadRecords(problems, NOTHING_IMPORTED)
    notes = settle(store, citations)
    names = store.write(dry_run=dry_run)
    return Summary(Counter(), store.happened(citations.taken()), {}, names, left_out, notes=notes)


def citation_fields(publication: Publication) -> CitationFields:
    """A publication as a record cites it."""
    return CitationFields(
        pmid=publication.pmid or None,
        doi=publication.doi or None,
        pmcid=publication.pmcid or None,
        title=publication.title or None,
        title_status="full" if publication.title else None,
        journal=publication.journal or None,
        year=publication.year,
        authors_short=authors_line(publication.authors) or None,
    )


def _taken(
    file: str, place: str, publication: Publication, fields: CitationFields, sign: Sign, citations: Citations
) -> list[Problem]:
    more = {part: value for part in ("volume", "issue", "pages") if (value := str(getattr(publication, part)))}
    retracted = publication.retraction == "retracted"
    taken = citations.take(fields, None, retracted=retracted, more=more, sign=sign)
    if isinstance(taken, Citation):
        return []
    return [contradiction.problem(file, place, "") for contradiction in taken]
