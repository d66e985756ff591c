"""Files of records into the graph's own files: all of a file or nothing of it.

Statements go to `data/literature/`, a file for each file of records; the things that they speak of, their citations,
studies and pages to `data/things/`, a file a kind. What is in a file already stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from ivig.curate.catalog import Catalog
from ivig.curate.checks import Remark, contradictions, doubts, doubts_beside
from ivig.curate.citations import Citation, Citations, Sign
from ivig.curate.convert import Converter, WrongName
from ivig.curate.store import LITERATURE, NOTHING_IMPORTED, Store, Summary, settle
from ivig.curate.studies import Studies
from ivig.curate.triples import Block, Thing, links
from ivig.graph_files import GraphFiles
from ivig.io.tables import Row, read_rows
from ivig.model.labels import normal
from ivig.model.problems import BadRecords, Problem, problems_of, shown
from ivig.model.records import RECORD, Record
from ivig.namespaces import BASE

_ONLY_DOUBTS = "nothing was imported: each of these is doubtful; --accept lets them through:"
_CONDITIONS = ("condition", "modelsCondition", "discussesCondition")
_SPLIT = re.compile(r"(.*[0-9])[a-z]")
"""The id of a record that was split off another: the first one's, and a letter."""
_NUMBER = re.compile(r"[0-9]+")


def import_records(
    files: GraphFiles,
    paths: Sequence[Path],
    *,
    create: bool = False,
    replace: bool = False,
    accept: bool = False,
    skip_invalid: bool = False,
    dry_run: bool = False,
    on_row: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Import files of records together: one wrong row, and none of them is imported.

    :param skip_invalid: unless rows that are wrong, or doubtful and not accepted, are left out; the summary names them
    :param create: unknown names become new things
    :param replace: an id that is there takes on another condition or publication, or comes from another file
    :param accept: what is doubtful is imported too
    :param on_row: called with the number of rows read so far
    :raises BadRecords: with every problem, in the order of the rows
    :raises BadInput: where a file cannot be read at all
    """
    skipped: dict[tuple[Path, str], None] = {}
    left_out: list[Problem] = []
    while True:
        job = _Import(Store(files), paths, create=create, replace=replace, skipped=skipped)
        job.read(on_row)
        job.convert()
        job.check()
        errors = [problem for problem in job.problems if not problem.doubt]
        may_doubt = accept or (dry_run and not skip_invalid)
        if not errors and (may_doubt or not job.problems):
            return job.finish(left_out, dry_run=dry_run)
        wrong = [problem for problem in job.problems if not (problem.doubt and accept)]
        rows = job.rows_of(wrong)
        if not skip_invalid or job.whole or not job.can_do_without(rows):
            raise BadRecords(job.in_order(), NOTHING_IMPORTED if errors else _ONLY_DOUBTS)
        left_out += [problem for problem in job.in_order() if problem in wrong and problem not in left_out]
        # What is left is looked at anew: a wrong row may have been what another one was doubtful beside.
        skipped.update(dict.fromkeys(rows))


class _Read(NamedTuple):
    """A record, and where it was read."""

    path: Path
    place: str
    record: Record

    @property
    def iri(self) -> str:
        """Of the statement that it becomes."""
        return f"{BASE}statement/{self.record.id}"

    def problem(self, remark: Remark, *, doubt: bool = False) -> Problem:
        """It as what is wrong with this record."""
        value = shown(remark.value)
        return Problem(self.path.name, self.place, self.record.id, remark.field, value, remark.allowed, doubt)


class _Import:
    """One import, from the reading of its files to their place in the store."""

    def __init__(
        self,
        store: Store,
        paths: Sequence[Path],
        *,
        create: bool,
        replace: bool,
        skipped: Collection[tuple[Path, str]] = (),
    ) -> None:
        self.problems: list[Problem] = []
        self.whole = False
        self._skipped = skipped
        self._store, self._paths, self._replace = store, paths, replace
        self._create = create
        self._read: list[_Read] = []
        self._notes: list[str] = []
        self._reads_of: dict[str, _Read] = {}

    def read(self, on_row: Callable[[int], None]) -> None:
        """The records of all files, each id once."""
        read: dict[str, _Read] = {}
        for path in self._paths:
            try:
                for row in read_rows(path, notes=self._notes):
                    on_row(len(read))
                    if (path, row.place) in self._skipped or (record := self._record(path, row)) is None:
                        continue
                    one = _Read(path, row.place, record)
                    first = read.setdefault(record.id, one)
                    if first is not one:
                        stands = f"{first.path.name}, {first.place}"
                        self._wrong(one, "id", record.id, f"one record an id; it stands in {stands} already")
            except BadRecords as error:
                self.whole |= error.whole
                # Of rows that were left out it has been said why.
                self.problems += [] if self._skipped else error.problems
        self._read = list(read.values())

    def convert(self) -> None:
        """The records as statements, put into the store in place of what they were."""
        triples = [*self._store.triples()]
        self._catalog = Catalog([*self._store.ontology, *triples], create=self._create)
        self._citations = Citations(triples, {one.iri for one in self._read})
        converter = Converter(self._catalog)
        cited = [self._citation(one, converter) for one in self._read]
        self._notes += settle(self._store, self._citations)
        converter.studies = Studies(self._store.triples())
        for one, citation in zip(self._read, cited, strict=True):
            try:
                things = converter.statement(one.record, citation)
            except WrongName as error:
                self._wrong(one, error.field, error.value, str(error))
                continue
            self.problems += map(one.problem, contradictions(one.record, things[0].block))
            if not all(self._store.holds(thing.iri, thing.block) for thing in things):
                self.problems += (one.problem(remark, doubt=True) for remark in doubts(one.record, things[0].block))
                self._protect(one, things[0].block)
            self._place(one, things)
        for thing in self._catalog.new():
            self._store.put(thing.iri, thing.block, "")

    def check(self) -> None:
        """What is doubtful beside all else that the graph says."""
        store = self._store
        changed = [one.iri for one in self._read if store.is_new_or_changed(one.iri)]
        by_iri = {one.iri: one for one in self._read}
        for iri, remark in doubts_beside(store.blocks, changed):
            self.problems.append(by_iri[iri].problem(remark, doubt=True))
        for kind, new, known in self._catalog.near_names():
            remark = Remark(f"new {kind}", new, f"{known}, which is known, where it means the same")
            using = [one.problem(remark, doubt=True) for one in self._read if normal(new) in _words(one.record)]
            # A name that stands deeper in a record is said without its row.
            self.problems += using or [Problem("", "", "", remark.field, shown(new), remark.allowed, doubt=True)]

    def rows_of(self, wrong: Sequence[Problem]) -> list[tuple[Path, str]]:
        """The rows that problems are of, each by its file and place."""
        files = {path.name: path for path in self._paths}
        rows = [(files[problem.file], problem.place) for problem in wrong if problem.file in files]
        new = [normal(problem.value) for problem in wrong if not problem.file]
        # A new name that is near a known one is of every record that uses it.
        using = [(one.path, one.place) for one in self._read if any(name in _words(one.record) for name in new)]
        return list(dict.fromkeys([*rows, *using]))

    def can_do_without(self, rows: Sequence[tuple[Path, str]]) -> bool:
        """Whether anything is left without some rows, which have not been left out before."""
        left = [one for one in self._read if (one.path, one.place) not in rows]
        return bool(left) and not set(rows) <= set(self._skipped)

    def in_order(self) -> list[Problem]:
        """The problems in the order of files, sheets and rows."""
        files = [path.name for path in self._paths]
        sheets = list(dict.fromkeys(problem.place.partition(",")[0] for problem in self.problems))

        def place(problem: Problem) -> tuple[int, int, int]:
            sheet, _, rest = problem.place.partition(",")
            number = _NUMBER.search(rest if sheet.startswith("sheet") else problem.place)
            at = files.index(problem.file) if problem.file in files else len(files)
            return at, sheets.index(sheet) if sheet.startswith("sheet") else 0, int(number[0]) if number else 0

        return sorted(self.problems, key=place)

    def finish(self, left_out: list[Problem], *, dry_run: bool) -> Summary:
        """Write the files, unless it is a dry run.

        :param left_out: why rows were left out
        """
        store = self._store
        place = {iri: (one.path.name, one.place, one.record.id) for iri, one in self._reads_of.items()}
        names = store.write(dry_run=dry_run, place=place)
        created = self._catalog.created.items()
        return Summary(
            statements=store.happened({one.iri for one in self._read}),
            citations=store.happened(self._citations.taken()),
            created={kind: [thing.name for thing in things.values()] for kind, things in created if things},
            files=names,
            left_out=left_out,
            changes=store.changes(),
            notes=self._notes,
            doubts=self.in_order(),
        )

    def _wrong(self, one: _Read, field: str, value: str, allowed: str) -> None:
        self.problems.append(one.problem(Remark(field, value, allowed)))

    def _record(self, path: Path, row: Row) -> Record | None:
        try:
            return RECORD.validate_python(row.fields)
        except ValidationError as error:
            name, kind = shown(str(row.fields.get("id") or "")), str(row.fields.get("kind"))
            self.problems += problems_of(error, row.place, name, file=path.name, tag=kind)
            return None

    def _citation(self, one: _Read, converter: Converter) -> Citation | None:
        record = one.record
        try:
            retraction = converter.retraction(record)
        except WrongName as error:
            self._wrong(one, error.field, error.value, str(error))
            return None
        if not record.citation:
            return None
        sign = Sign(statement=one.iri)
        taken = self._citations.take(record.citation, str(record.read_at), retraction=retraction, sign=sign)
        if isinstance(taken, Citation):
            return taken
        self.problems += (against.problem(one.path.name, one.place, record.id, "citation.") for against in taken)
        return None

    def _protect(self, one: _Read, statement: Block) -> None:
        """Refuse what would take the place of another record's statement."""
        home = self._store.home(one.iri)
        if home is None or home.parent.name != LITERATURE or self._replace:
            return
        before = self._store.blocks[one.iri]
        if home.stem != one.path.stem:
            allowed = f"a new id: this one is of a statement in {home.name}; --replace corrects that one"
            self._wrong(one, "id", one.record.id, allowed)
        self._compare(one, "condition", _CONDITIONS, before, statement)
        self._compare(one, "citation", ("citation",), before, statement)

    def _place(self, one: _Read, things: Sequence[Thing]) -> None:
        """Put a statement and what belongs to it into the store, unless it is one of a source document."""
        home = self._store.home(one.iri)
        if home and home.parent.name != LITERATURE:
            self._wrong(one, "id", one.record.id, f"a new id: this one is of a statement in {home.name}")
            return
        split = _SPLIT.fullmatch(one.record.id)
        beside = home or (self._store.home(f"{BASE}statement/{split[1]}") if split else None)
        stem = beside.stem if beside and beside.parent.name == LITERATURE else one.path.stem
        for thing in things:
            self._store.put(thing.iri, thing.block, stem)
            self._reads_of[thing.iri] = one

    def _compare(self, one: _Read, field: str, names: Sequence[str], before: Block, after: Block) -> None:
        known, new = links(before, *names), links(after, *names)
        if known and new and known != new:
            names = ", ".join(sorted(self._name(iri) for iri in known))
            value = ", ".join(sorted(self._name(iri) for iri in new))
            self._wrong(one, field, value, f"{names}, which this id is of; --replace makes it another")

    def _name(self, iri: str) -> str:
        label = self._catalog.label(iri)
        return label if label != iri else iri.removeprefix(BASE)


def _words(record: Record) -> set[str]:
    """The texts of a record, in the form in which names are compared."""
    return {normal(value) for _, value in record if isinstance(value, str)}
