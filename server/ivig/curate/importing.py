"""Files of records into the graph's own files: all of a file or nothing of it.

Statements go to `data/literature/`, a file for each file of records; the things that they speak of, their citations,
studies and pages to `data/things/`, a file a kind. What is in a file already stays where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ivig.curate.catalog import Catalog
from ivig.curate.changes import NOTHING_IMPORTED, Summary, happened, write_changes
from ivig.curate.citations import Citation, Citations
from ivig.curate.convert import Converter, WrongName
from ivig.curate.store import LITERATURE, Block, Store
from ivig.io.tables import Row, read_rows
from ivig.model.problems import BadRecords, Problem, problems_of, shown
from ivig.model.records import RECORD, EvidenceRecord, Record
from ivig.namespaces import BASE
from ivig.settings import GraphFiles


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
    problems: list[Problem] = []
    read = _read_all(paths, problems, on_row)
    for one in read:
        if (home := store.home(one.iri)) and home.parent.name != LITERATURE:
            problems.append(one.problem("id", one.record.id, f"a new id: this one is of a statement in {home.name}"))
    triples = [*store.triples()]
    catalog = Catalog([*store.ontology, *triples], create=create)
    citations = Citations(triples, {one.iri for one in read})
    cited = [_citation(one, citations, problems) for one in read]
    citations.settle()
    new = _converted(read, cited, Converter(catalog, store.studies()), problems)
    if problems:
        raise BadRecords(problems, NOTHING_IMPORTED)
    before = dict(store.blocks)
    for iri, (block, stem) in new.items():
        store.put(iri, block, stem)
    for thing in (*citations.changed(), *catalog.new()):
        store.put(thing.iri, thing.block, "")
    names = write_changes(files, store, dry_run=dry_run)
    return Summary(
        happened(before, store, {one.iri for one in read}),
        happened(before, store, citations.taken()),
        Counter({kind: len(things) for kind, things in catalog.created.items() if things}),
        names,
    )


class _Read(NamedTuple):
    """A record, and where it was read."""

    path: Path
    place: str
    record: Record

    @property
    def iri(self) -> str:
        """Of the statement that it becomes."""
        return f"{BASE}statement/{self.record.id}"

    def problem(self, field: str, value: str, allowed: str) -> Problem:
        return Problem(self.path.name, self.place, self.record.id, field, value, allowed)


def _read_all(paths: Sequence[Path], problems: list[Problem], on_row: Callable[[int], None]) -> list[_Read]:
    """The records of all files, each id once; what is wrong with the others goes to the problems."""
    read: dict[str, _Read] = {}
    for path in paths:
        try:
            for row in read_rows(path):
                on_row(len(read))
                record = _record(path.name, row, problems)
                if record is None:
                    continue
                one = _Read(path, row.place, record)
                first = read.setdefault(record.id, one)
                if first is not one:
                    stands = f"{first.path.name}, {first.place}"
                    problems.append(one.problem("id", record.id, f"one record an id; it stands in {stands} already"))
        except BadRecords as error:
            problems += error.problems
    return list(read.values())


def _converted(
    read: Sequence[_Read], cited: Sequence[Citation | None], converter: Converter, problems: list[Problem]
) -> dict[str, tuple[Block, str]]:
    """Statements and what belongs to them alone, by IRI, each with the name of the file that its record is in."""
    new: dict[str, tuple[Block, str]] = {}
    for one, citation in zip(read, cited, strict=True):
        try:
            for thing in converter.statement(one.record, citation):
                new[thing.iri] = thing.block, one.path.stem
        except WrongName as error:
            problems.append(one.problem(error.field, error.value, str(error)))
    return new


def _record(file: str, row: Row, problems: list[Problem]) -> Record | None:
    try:
        return RECORD.validate_python(row.fields)
    except ValidationError as error:
        name, kind = shown(str(row.fields.get("id") or "")), str(row.fields.get("kind"))
        problems += problems_of(error, row.place, name, file=file, tag=kind)
        return None


def _citation(one: _Read, citations: Citations, problems: list[Problem]) -> Citation | None:
    record = one.record
    if not record.citation:
        return None
    retracted = isinstance(record, EvidenceRecord) and bool(record.retracted_or_withdrawn)
    taken = citations.take(record.citation, str(record.read_at), retracted=retracted)
    if isinstance(taken, Citation):
        return taken
    problems += (against.problem(one.path.name, one.place, record.id, "citation.") for against in taken)
    return None
