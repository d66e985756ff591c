"""Files of records into the graph's own files: all of a file or nothing of it.

Statements go to `data/literature/`, a file for each file of records; the things that they speak of, their citations,
studies and pages to `data/things/`, a file a kind. What is in a file already stays where it is.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from pyoxigraph import NamedNode, Triple

from ivig.build.read import read
from ivig.build.validate import violations
from ivig.curate.canonical import canonical_turtle
from ivig.curate.records.catalog import Catalog
from ivig.curate.records.citations import Publication, Publications
from ivig.curate.records.convert import Converter, WrongName, blocks
from ivig.curate.records.model import RECORD, EvidenceRecord, Record
from ivig.curate.records.rows import Problem, Row
from ivig.curate.records.tables import BadTable, read_rows
from ivig.curate.records.triples import Block
from ivig.errors import BadInput
from ivig.files import GraphFiles
from ivig.namespaces import BASE, TERMS
from ivig.turtle import read_turtle

_THINGS = {
    "condition": "conditions",
    "mechanism": "mechanisms",
    "outcome": "outcomes",
    "adverse-event": "adverse-events",
    "body": "bodies",
    "citation": "citations",
    "study": "studies",
    "page": "pages",
}
_BY_HAND = {TERMS + name for name in ("edition", "superseded")}
"""What a curator may have added to a statement by hand, and an import leaves alone unless the record speaks of it."""


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
    store = _Store(files)
    catalog = Catalog([*store.ontology, *store.triples()], create=create)
    publications = Publications(store.triples())
    problems: list[Problem] = []
    taken: list[tuple[str, Row, Record, Publication | None]] = []
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
                taken.append((path.stem, row, record, _publication(path.name, row, record, publications, problems)))
        except BadTable as error:
            problems.extend(error.problems)
    converter = Converter(catalog, store.studies())
    new: dict[str, dict[str, Block]] = {}
    for stem, row, record, publication in taken:
        try:
            things = converter.statement(record, publication)
        except WrongName as error:
            problems.append(Problem(stem, row.place, record.id, error.field, error.value, str(error)))
            continue
        new.setdefault(stem, {}).update(blocks(things))
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
        _write(changed)
    created = Counter({kind: len(things) for kind, things in catalog.created.items() if things})
    return Summary(happened, created, [files.name(path) for path in changed])


class _Store:
    """The data of a graph by thing, and the file that each thing stands in."""

    def __init__(self, files: GraphFiles) -> None:
        self._files = files
        self._home: dict[str, Path] = {}
        self._heads: dict[Path, str] = {}
        self.blocks: dict[str, Block] = {}
        self._touched: set[Path] = set()
        self.sources = read(files)
        self.ontology = self.sources.ontology
        for path in files.data:
            text = path.read_text(encoding="utf-8")
            lines = text.splitlines(keepends=True)
            self._heads[path] = "".join(line for line in lines if line.startswith("#"))
            for triple in read_turtle(path, files.name(path)):
                iri = triple.subject.value  # type: ignore[union-attr]
                self._home.setdefault(iri, path)
                self.blocks.setdefault(iri, set()).add(triple)

    def triples(self) -> Iterable[Triple]:
        """Everything."""
        for block in self.blocks.values():
            yield from block

    def studies(self) -> dict[str, str]:
        """The study that each publication reports."""
        publication = TERMS + "publication"
        return {
            t.object.value: t.subject.value  # type: ignore[union-attr]
            for t in self.triples()
            if t.predicate.value == publication
        }

    def put(self, iri: str, block: Block, stem: str) -> None:
        """Put a thing in place of what it was: in its file, or in the one where things of its kind belong."""
        kind = iri.removeprefix(BASE).partition("/")[0]
        before = self.blocks.get(iri)
        if kind in ("study", "page") and before:
            return
        if kind == "statement" and before:
            named = {t.predicate.value for t in block}
            block = block | {t for t in before if t.predicate.value in _BY_HAND - named}
        if before == block:
            return
        literature = self._files.folder / "data" / "literature" / f"{stem}.ttl"
        things = self._files.folder / "data" / "things"
        home = self._home.setdefault(iri, things / f"{_THINGS[kind]}.ttl" if kind in _THINGS else literature)
        self.blocks[iri] = block
        self._touched.add(home)

    def prune(self) -> None:
        """Take out parts, citations, studies and pages that nothing leads to any more."""
        while True:
            led_to = {
                t.object.value for t in self.triples() if isinstance(t.object, NamedNode) and t.object != t.subject
            }
            orphans = [
                iri
                for iri in self.blocks
                if iri not in led_to
                and iri.removeprefix(BASE).partition("/")[0] in ("effect", "regimen", "citation", "study", "page")
            ]
            if not orphans:
                return
            for iri in orphans:
                del self.blocks[iri]
                self._touched.add(self._home.pop(iri))

    def changed_files(self) -> dict[Path, str]:
        """The new text of each file that changes."""
        by_file: dict[Path, list[Triple]] = {path: [] for path in self._touched}
        for iri, block in self.blocks.items():
            if self._home[iri] in by_file:
                by_file[self._home[iri]].extend(block)
        texts = {path: canonical_turtle(by_file[path], self._head(path)) for path in sorted(by_file)}
        return {p: text for p, text in texts.items() if not p.is_file() or p.read_text(encoding="utf-8") != text}

    def _head(self, path: Path) -> str:
        what = (
            "Statements from the literature" if path.parent.name == "literature" else "Things that statements speak of"
        )
        return self._heads.get(path, f"# {what}: {path.stem.replace('_', ' ').replace('-', ' ')}.\n")


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


def _check_shapes(store: _Store) -> None:
    found = violations([*store.ontology, *store.triples()], store.sources.shapes)
    if found:
        problems = [Problem("", "", v.thing.removeprefix(BASE), v.rule, v.value, v.message) for v in found]
        raise BadRecords(problems)


def _write(texts: dict[Path, str]) -> None:
    """Write every file beside its place first, then move them all: a failure on the way leaves what was there."""
    drafts = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            drafts[path] = path.with_name(f".{path.name}.{os.getpid()}")
            drafts[path].write_text(text, encoding="utf-8")
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
