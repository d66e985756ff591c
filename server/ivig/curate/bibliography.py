"""Bibliographies into the graph's citations: each publication once, whatever file it comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ivig.curate.citations import Citation, Citations, Sign
from ivig.curate.store import NOTHING_IMPORTED, Store, Summary, settle
from ivig.graph_files import GraphFiles
from ivig.io.bibliographies.names import authors_line
from ivig.io.bibliographies.publication import UNTOLD, Publication
from ivig.io.bibliographies.read import Named, read_named
from ivig.model.problems import BadRecords, Problem, shown
from ivig.model.records import CitationFields

SUFFIXES = frozenset({".ris", ".bib", ".json", ".xml", ".nbib", ".enw", ".txt"})
"""The endings of bibliographies; everything else is records."""
_NUMBER = re.compile(r"[0-9]+")


def import_publications(
    files: GraphFiles, paths: Sequence[Path], *, skip_invalid: bool = False, dry_run: bool = False
) -> Summary:
    """Import bibliographies together: one wrong entry, and none of them is imported.

    An entry without identifier that is not known by its title, page or name is left out, and the summary says so.

    :param skip_invalid: unless entries that cannot be read, or contradict what is known of their publication, are left
        out
    :raises BadRecords: with every problem: a file that cannot be read, an entry that contradicts what is known of its
        publication
    """
    entries: list[tuple[str, Named]] = []
    left_out: list[Problem] = []
    problems: list[Problem] = []
    for path in paths:
        wrong: list[Problem] = []
        try:
            entries += [(path.name, named) for named in read_named(path, left_out=wrong)]
        except BadRecords as error:
            problems += error.problems
        for problem in wrong:
            (left_out if skip_invalid or problem.allowed == UNTOLD else problems).append(problem)
    while True:
        store = Store(files)
        citations = Citations(store.triples())
        unknown: list[Problem] = []
        against: list[Problem] = []
        for file, named in entries:
            publication = named.publication
            fields, sign = citation_fields(publication), Sign(named.name, publication.address or None)
            if not publication.key() and not citations.knows(fields, sign):
                allowed = "a PMID, DOI or PMCID, or the title, page or name of a publication that is known"
                unknown.append(Problem(file, named.place, "", "identifier", shown(publication.title), allowed))
            else:
                against += _taken(file, named.place, publication, fields, sign, citations)
        if problems or (against and not skip_invalid):
            raise BadRecords(_in_order([*problems, *against], paths), NOTHING_IMPORTED)
        if not against:
            break
        # What is left is looked at anew: a wrong entry may have been what another one contradicted.
        left_out += against
        wrong_places = {(problem.file, problem.place) for problem in against}
        entries = [(file, named) for file, named in entries if (file, named.place) not in wrong_places]
        if not entries:
            raise BadRecords(_in_order(left_out, paths), NOTHING_IMPORTED)
    notes = settle(store, citations)
    names = store.write(dry_run=dry_run)
    happened = store.happened(citations.taken())
    return Summary(Counter(), happened, {}, names, _in_order([*left_out, *unknown], paths), notes=notes)


def _in_order(problems: Sequence[Problem], paths: Sequence[Path]) -> list[Problem]:
    """Problems in the order of files and entries."""
    files = [path.name for path in paths]

    def place(problem: Problem) -> tuple[int, int]:
        number = _NUMBER.search(problem.place)
        return files.index(problem.file), int(number[0]) if number else 0

    return sorted(problems, key=place)


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
