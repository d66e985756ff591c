"""Bibliographies into the graph's citations: each publication once, whatever file it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ivig.curate.bibliography.publication import Publication as Entry
from ivig.curate.bibliography.read import read_publications
from ivig.curate.records.citations import Publication, Publications
from ivig.curate.records.importing import BadRecords
from ivig.curate.records.model import CitationFields
from ivig.curate.records.rows import Problem
from ivig.curate.store import Store, write_files
from ivig.files import GraphFiles

SUFFIXES = frozenset({".ris", ".bib", ".json", ".xml", ".nbib", ".txt"})
"""The endings of bibliographies; everything else is records."""


def import_publications(files: GraphFiles, paths: Sequence[Path], *, dry_run: bool = False) -> list[str]:
    """Import bibliographies together; the names of the files that change.

    Raises BadBibliography where a file cannot be read, BadRecords where an entry has no identifier or contradicts what
    is known of its publication.
    """
    store = Store(files)
    publications = Publications(store.triples())
    problems: list[Problem] = []
    for path in paths:
        for number, entry in enumerate(read_publications(path), 1):
            problems.extend(_taken(path.name, f"entry {number}", entry, publications))
    if problems:
        raise BadRecords(problems)
    for publication in publications.changed.values():
        if publication.same_as is None:
            thing = publication.thing()
            store.put(thing.iri, thing.block, "")
    changed = store.changed_files()
    if not dry_run:
        write_files(changed)
    return [files.name(path) for path in changed]


def _taken(file: str, place: str, entry: Entry, publications: Publications) -> list[Problem]:
    if not (entry.pmid or entry.doi or entry.pmcid):
        return [Problem(file, place, "", "identifier", entry.title[:120], "a PMID, DOI or PMCID")]
    fields = CitationFields(
        pmid=entry.pmid or None,
        doi=entry.doi or None,
        pmcid=entry.pmcid or None,
        title=entry.title or None,
        title_status="full" if entry.title else None,
        journal=entry.journal or None,
        year=entry.year,
        authors_short="; ".join(entry.authors) or None,
    )
    more = {name: str(getattr(entry, name)) for name in ("volume", "issue", "pages") if getattr(entry, name)}
    taken = publications.take(fields, None, retracted=entry.retraction == "retracted", more=more)
    if isinstance(taken, Publication):
        return []
    return [
        Problem(
            file, place, "", field.removeprefix("citation."), value, f"another is known of this publication: {known}"
        )
        for field, value, known in taken
    ]
