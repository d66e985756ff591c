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

from ivig.build.validate import violations
from ivig.curate.records.catalog import Catalog
from ivig.curate.records.citations import Publication, Publications
from ivig.curate.records.convert import Converter, WrongName, blocks
from ivig.curate.records.model import RECORD, EvidenceRecord, Record
from ivig.curate.records.rows import Problem, Row
from ivig.curate.records.tables import BadTable, read_rows
from ivig.curate.store import Block, Store, write_files
from ivig.errors import BadInput
from ivig.files import GraphFiles
from ivig.namespaces import BASE


class BadRecords(BadInput):
    """Records that cannot be imported, with every problem of every row."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        shown = [str(problem) for problem in self.problems[:20]]
        more = len(self.problems) - len(shown)
        super().__init__("\n".join(["nothing was imported:", *shown, *([f"… and {more} more"] if more else [])]))


class Summary(NamedTuple):
    """What an import did or would do: statements by what happened to them, new things by kind, files that change."""

    statements: Counter[str]
    created: Counter[str]
    files: list[str]


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
    publications = Publications(store.triples())
    problems: list[Problem] = []
    taken: list[tuple[Path, Row, Record, Publication | None]] = []
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
                taken.append((path, row, record, _publication(path.name, row, record, publications, problems)))
        except BadTable as error:
            problems.extend(error.problems)
    converter = Converter(catalog, store.studies())
    new: dict[str, dict[str, Block]] = {}
    for path, row, record, publication in taken:
        try:
            things = converter.statement(record, publication)
        except WrongName as error:
            problems.append(Problem(path.name, row.place, record.id, error.field, error.value, str(error)))
            continue
        new.setdefault(path.stem, {}).update(blocks(things))
    if problems:
        raise BadRecords(problems)
    before = dict(store.blocks)
    for stem, found in new.items():
        for iri, block in found.items():
            store.put(iri, block, stem)
    for publication in publications.changed.values():
        if publication.same_as is None:
            thing = publication.thing()
            store.put(thing.iri, thing.block, "")
    for made in catalog.created.values():
        for iri, thing in made.items():
            store.put(iri, thing.block, "")
    store.prune()
    _check_shapes(store)
    happened = Counter(
        "unchanged" if before.get(iri) == store.blocks[iri] else "changed" if iri in before else "new"
        for found in new.values()
        for iri in found
        if iri.startswith(BASE + "statement/")
    )
    changed = store.changed_files()
    if not dry_run:
        write_files(changed)
    created = Counter({kind: len(things) for kind, things in catalog.created.items() if things})
    return Summary(happened, created, [files.name(path) for path in changed])


def _record(file: str, row: Row, problems: list[Problem]) -> Record | None:
    name = str(row.fields.get("id") or "")
    try:
        return RECORD.validate_python(row.fields)
    except ValidationError as error:
        for found in error.errors():
            location = [str(part) for part in found["loc"]]
            field = ".".join(location[1:] if location and location[0] == row.fields.get("kind") else location)
            value = "" if found["type"] == "missing" else str(found["input"])[:120]
            problems.append(Problem(file, row.place, name, field, value, _allowed(str(found["msg"]))))
        return None


def _allowed(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should be", "should be")


def _publication(
    file: str, row: Row, record: Record, publications: Publications, problems: list[Problem]
) -> Publication | None:
    if not record.citation:
        return None
    retracted = isinstance(record, EvidenceRecord) and bool(record.retracted_or_withdrawn)
    taken = publications.take(record.citation, str(record.read_at), retracted=retracted)
    if isinstance(taken, Publication):
        return taken
    for field, value, known in taken:
        problems.append(
            Problem(file, row.place, record.id, field, value, f"another is known of this publication: {known}")
        )
    return None


def _check_shapes(store: Store) -> None:
    found = violations([*store.ontology, *store.triples()], store.sources.shapes)
    if found:
        problems = [Problem("", "", v.thing.removeprefix(BASE), v.rule, v.value, v.message) for v in found]
        raise BadRecords(problems)
