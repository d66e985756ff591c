"""Files of records into the graph's own files: all of a file or nothing of it.

Statements go to `data/literature/`, a file for each file of records; the things that they speak of, their citations,
studies and pages to `data/things/`, a file a kind. What is in a file already stays where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from ivig.curate.changes import NOTHING_IMPORTED, Summary, happened, write_changes
from ivig.curate.problems import BadRecords, Problem, problems_of
from ivig.curate.records.catalog import Catalog
from ivig.curate.records.citations import Citation, Citations
from ivig.curate.records.convert import Converter, WrongName, blocks
from ivig.curate.records.model import RECORD, EvidenceRecord, Record
from ivig.curate.records.tables import Row, read_rows
from ivig.curate.store import Block, Store
from ivig.files import GraphFiles
from ivig.namespaces import BASE


def import_records(
    files: GraphFiles,
    paths: Sequence[Path],
    *,
    create: bool = False,
    dry_run: bool = False,
    on_row: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Import files of records together: one wrong row, and none of them is imported.

    create: unknown names become new things. on_row: called with the number of rows read so far.
    Raises BadRecords with every problem, BadInput where a file cannot be read at all.
    """
    store = Store(files)
    catalog = Catalog([*store.ontology, *store.triples()], create=create)
    citations = Citations(store.triples())
    problems: list[Problem] = []
    taken: list[tuple[Path, Row, Record, Citation | None]] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            for row in read_rows(path):
                record = _record(path.name, row, problems)
                on_row(len(taken))
                if record is None:
                    continue
                if record.id in seen:
                    twice = f"one record an id; it stands in {seen[record.id]} already"
                    problems.append(Problem(path.name, row.place, record.id, "id", record.id, twice))
                    continue
                seen[record.id] = f"{path.name}, {row.place}"
                taken.append((path, row, record, _citation(path.name, row, record, citations, problems)))
        except BadRecords as error:
            problems.extend(error.problems)
    converter = Converter(catalog, store.studies())
    new: dict[str, dict[str, Block]] = {}
    for path, row, record, citation in taken:
        try:
            things = converter.statement(record, citation)
        except WrongName as error:
            problems.append(Problem(path.name, row.place, record.id, error.field, error.value, str(error)))
            continue
        new.setdefault(path.stem, {}).update(blocks(things))
    if problems:
        raise BadRecords(problems, NOTHING_IMPORTED)
    before = dict(store.blocks)
    for stem, found in new.items():
        for iri, block in found.items():
            store.put(iri, block, stem)
    for thing in citations.changed():
        store.put(thing.iri, thing.block, "")
    for made in catalog.created.values():
        for iri, thing in made.items():
            store.put(iri, thing.block, "")
    names = write_changes(files, store, dry_run=dry_run)
    statements = {iri for found in new.values() for iri in found if iri.startswith(BASE + "statement/")}
    return Summary(
        happened(before, store, statements),
        happened(before, store, citations.taken()),
        Counter({kind: len(things) for kind, things in catalog.created.items() if things}),
        names,
    )


def _record(file: str, row: Row, problems: list[Problem]) -> Record | None:
    try:
        return RECORD.validate_python(row.fields)
    except ValidationError as error:
        name, kind = str(row.fields.get("id") or ""), str(row.fields.get("kind"))
        problems += problems_of(error, row.place, name, file=file, tag=kind)
        return None


def _citation(file: str, row: Row, record: Record, citations: Citations, problems: list[Problem]) -> Citation | None:
    if not record.citation:
        return None
    retracted = isinstance(record, EvidenceRecord) and bool(record.retracted_or_withdrawn)
    taken = citations.take(record.citation, str(record.read_at), retracted=retracted)
    if isinstance(taken, Citation):
        return taken
    problems += (contradiction.problem(file, row.place, record.id, "citation.") for contradiction in taken)
    return None
