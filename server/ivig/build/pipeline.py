"""The build: from the files of a graph to a published release, part by part.

The files are read, then each group of statements is validated, reasoned over and derived from, then all their lines
become a release. What the release before has of the same is taken over: a build does what has changed.
"""

from __future__ import annotations

import shutil
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from ivig.build.ancestors import Ancestors, ancestors
from ivig.build.chunks import forget_old
from ivig.build.judging import Judged, described
from ivig.build.lines import Changes, canonical, lines_of
from ivig.build.linked import LinkedOntologies
from ivig.build.part_workers import Job, PartWorkers
from ivig.build.parts import PARTS, Index, Parts, data_part, group_of, group_part, groups_for, rest_part, share
from ivig.build.publish import Changed, publish
from ivig.build.queries import texts
from ivig.build.release import Release, Releases, Stamp
from ivig.build.sources import read
from ivig.errors import InvalidGraph
from ivig.graph_files import GraphFiles
from ivig.io.ontologies.ontology import OutsideOntology
from ivig.io.sssom import all_mappings, mapping_triples
from ivig.namespaces import ANCESTORS_GRAPH, DATA_GRAPH, LINKS_GRAPH, ONTOLOGY_GRAPH, TERMS

STAGES = ("read", "infer", "publish")
"""The stages of a build, in the order in which they are told. The second one validates, reasons and derives."""

OnStage = Callable[[str, float], None]
"""Is told the name of a stage, and the share of it that is done."""

_TOOLS = ("ivig", "pyoxigraph", "pyrudof", "reasonable")
_REFERENCE_TOOLS = ("ivig", "owlrl", "pyoxigraph", "pyshacl", "rdflib")
_WORKING = ("build", "io", "model")
"""The folders of this program that the outcome of a build hangs on."""
_MUCH = 4
"""Where more than one byte of the data in so many is of files that changed, all is made anew."""
_AT_ONCE = 100_000_000
"""Bytes of lines that are added to a store at once."""
_WHOLE = "inferred-whole"
_PUBLICATION = f"> <{TERMS}publication> <".encode()


def build(
    files: GraphFiles,
    releases: Releases,
    on_stage: OnStage = lambda stage, share: None,
    linked: Sequence[OutsideOntology] | None = None,
    *,
    reference: bool = False,
) -> Release:
    """Build a release and make it the current one; where that fails, the release that was current stays so.

    :param on_stage: called as a stage begins, and as it goes on
    :param linked: ontologies of others to roll up by; where None, those that are kept beside the releases
    :param reference: validate by pyshacl and reason by owlrl, which takes minutes; the digest is the same
    :raises NotThere: where the releases cannot be kept
    :raises BadInput: where a file cannot be read, or an engine does not take a shape or an axiom
    :raises InvalidGraph: where the graph breaks a shape or contradicts itself
    """
    # What takes seconds is not begun where its outcome could not be kept.
    releases.check_writable()
    on_stage(STAGES[0], 0)
    stamp = Stamp.of(files)
    ontologies = LinkedOntologies(releases.folder).read() if linked is None else linked
    given = _Given(files, stamp, ontologies, reference)
    before = None if reference else _Before.of(releases.current(), given)
    while True:
        try:
            with releases.draft() as folder:
                release = _Build(given, folder, before, on_stage).run(releases)
            forget_old()
            return release
        except (zlib.error, _Regrouped) as error:
            # What was kept is damaged, or of a graph of another size: without it, neither comes about.
            if before is None:
                raise
            if isinstance(error, zlib.error):
                before.parts.forget()
            before = None


class _Regrouped(Exception):
    """The graph has more groups, or fewer, than the release before."""


class _Given(NamedTuple):
    """What a build is given.

    :param files: of the graph
    :param stamp: of the files
    :param ontologies: of others, to roll up by
    :param reference: whether the reference engines do the work
    """

    files: GraphFiles
    stamp: Stamp
    ontologies: Sequence[OutsideOntology]
    reference: bool

    @property
    def data(self) -> list[str]:
        """The names of the files of data."""
        return [self.files.name(path) for path in self.files.data]

    @property
    def tools(self) -> tuple[str, ...]:
        """The distributions that do the work."""
        return _REFERENCE_TOOLS if self.reference else _TOOLS

    def base(self) -> str:
        """SHA-256 of all that every part hangs on: ontology, shapes, rules, this program and its engines."""
        total = sha256(" ".join(f"{tool} {version(tool)}" for tool in self.tools).encode())
        of_all = [*self.files.ontology, *self.files.shapes, *self.files.query_files]
        total.update("".join(f"\0{name} {self.stamp.files[name]}" for name in map(self.files.name, of_all)).encode())
        package = Path(__file__).parents[1]
        for path in sorted(path for folder in _WORKING for path in (package / folder).rglob("*.py")):
            total.update(path.read_bytes())
        return total.hexdigest()


class _Before(NamedTuple):
    """A release of nearly the same: what is taken over of it.

    :param release: whose it is
    :param parts: of it
    :param known: what there is to say of these
    """

    release: Release
    parts: Parts
    known: Index

    @classmethod
    def of(cls, release: Release | None, given: _Given) -> _Before | None:
        """The current release, where its parts were made in the same way and most of the data has not changed."""
        if release is None:
            return None
        parts = Parts(release.folder / PARTS)
        index = parts.index()
        if index is None or index["base"] != given.base() or not release.is_sound():
            return None
        sizes = {given.files.name(path): path.stat().st_size for path in given.files.data}
        changed = sum(size for name, size in sizes.items() if index["files"].get(name) != given.stamp.files[name])
        return cls(release, parts, index) if changed * _MUCH <= sum(sizes.values()) else None

    def changes(self, parts: Parts, names: set[str]) -> Changes:
        """In what parts of these names differ now.

        :param parts: those that there are now
        :param names: of parts of one graph, that were there, are there, or both
        """
        old = {line for name in names for line in self.parts.lines(name)}
        new = {line for name in names for line in parts.lines(name)}
        changes = Changes(old - new, new - old)
        graphs = {name.partition("-")[0] for name in names}
        subjects = {_subject(line) for line in changes.gone}
        for other in parts.names() - names if subjects else ():
            # What another part says too, stays.
            if other.partition("-")[0] in graphs and not subjects.isdisjoint(parts.things(other)):
                changes.gone.difference_update(parts.lines(other))
        return changes

    def copy_store(self, folder: Path) -> None:
        """Have the store in another folder too. Files that are never changed are shared; its logs stay."""
        folder.mkdir()
        for path in self.release.store.iterdir():
            if not path.name.startswith("LOG"):
                (share if path.suffix == ".sst" else shutil.copyfile)(path, folder / path.name)


class _Build:
    """One build under way."""

    def __init__(self, given: _Given, folder: Path, before: _Before | None, on_stage: OnStage) -> None:
        self._given, self._before, self._on_stage = given, before, on_stage
        self._draft = Release(folder)
        self._parts = Parts(folder / PARTS)
        self._changes = Changes(set(), set())
        self._touched: set[str] = set()

    def run(self, releases: Releases) -> Release:
        """Build, and publish.

        :param releases: where the release goes
        """
        given = self._given
        with PartWorkers(given.files.folder, self._draft.folder) as workers:
            self._read(workers)
            store = self._stored()
            higher = self._link(store)
            groups, common = self._grouped(store)
            # From here on others read it.
            store.flush()
            del store
            self._on_stage(STAGES[1], 0)
            self._infer(workers, groups, common)
        self._on_stage(STAGES[2], 0)
        self._store_inferred()
        changed = Changed(self._before.release, self._changes, self._touched) if self._before else None
        return publish(self._draft, given.stamp, releases, higher, given.tools, changed)

    def _read(self, workers: PartWorkers) -> None:
        """Have the lines of every file of data."""
        known = self._before.known["files"] if self._before else {}
        jobs = []
        for path, name in zip(self._given.files.data, self._given.data, strict=True):
            if self._before and known.get(name) == self._given.stamp.files[name]:
                self._parts.take(data_part(name), self._before.parts)
            else:
                jobs.append(Job("read", (str(path), name)))
        for done, _ in enumerate(workers.run(jobs), 1):
            self._on_stage(STAGES[0], done / len(jobs))

    def _stored(self) -> Store:
        """A store with what the files of data say."""
        if self._before is None:
            store = Store(str(self._draft.store))
            _load(store, map(self._parts.lines, map(data_part, self._given.data)))
            return store
        self._before.copy_store(self._draft.store)
        store = Store(str(self._draft.store))
        known, now = self._before.known["files"], {name: self._given.stamp.files[name] for name in self._given.data}
        self._change(store, {data_part(name) for name in known.keys() | now.keys() if known.get(name) != now.get(name)})
        self._touched = _things_of(self._changes)
        return store

    def _change(self, store: Store, names: set[str]) -> None:
        """Change the store by what parts of these names say now."""
        if self._before and names:
            changes = self._before.changes(self._parts, names)
            changes.make(store)
            self._changes.add(changes)

    def _link(self, store: Store) -> Ancestors | None:
        """Have the lines of the ontology, of the links and of what linked ontologies add."""
        sources = read(self._given.files, own_data=False)
        links = list(mapping_triples(all_mappings(self._given.files.links, _Things(store, sources.ontology))))
        higher = ancestors(self._given.ontologies, links) if self._given.ontologies else None
        graphs = {
            "ontology": lines_of(canonical([*sources.ontology, *sources.alignment]), ONTOLOGY_GRAPH),
            "links": lines_of(links, LINKS_GRAPH),
            "ancestors": lines_of(higher.triples if higher else (), ANCESTORS_GRAPH),
        }
        for name, lines in graphs.items():
            self._parts.write(name, b"".join(lines), ())
            if self._before is None:
                _load(store, [lines])
            else:
                self._change(store, {name})
        return higher

    def _grouped(self, store: Store) -> tuple[dict[str, list[str]], list[str]]:
        """The statements of each group, and what all groups are given beside them."""
        conditions = {row["statement"]: row.get("condition") for row in texts(store, "statements-by-condition.rq")}
        many = groups_for(len(conditions))
        common = [row["thing"] for row in texts(store, "looked-up-by-rules.rq")]
        seen = sha256(b"".join(lines_of(described(store, common), DATA_GRAPH))).hexdigest()
        self._index = Index(
            base=self._given.base(),
            common=seen,
            groups=many,
            files={name: self._given.stamp.files[name] for name in self._given.data},
            parts=[],
        )
        if self._before and self._before.known["groups"] != many:
            raise _Regrouped
        groups: dict[str, list[str]] = defaultdict(list)
        for statement, condition in sorted(conditions.items()):
            groups[group_part(group_of(condition or statement, many))].append(statement)
        return groups, common

    def _infer(self, workers: PartWorkers, groups: Mapping[str, list[str]], common: list[str]) -> None:
        """Have the lines of every group: of statements, then of what none leads to.

        :raises InvalidGraph: where the graph breaks a shape or contradicts itself
        """
        subjects = {thing for name in self._given.data for thing in self._parts.things(data_part(name))}
        if self._given.reference:
            wrong = self._judged(workers, {_WHOLE: sorted(subjects)}, common)
        else:
            wrong = self._judged(workers, groups, common)
            for name in groups:
                subjects.difference_update(self._parts.things(name))
            rest: dict[str, list[str]] = defaultdict(list)
            for thing in sorted(subjects):
                rest[rest_part(thing, self._index["groups"])].append(thing)
            wrong += self._judged(workers, rest, common)
        self._refuse(wrong)
        self._parts.close(self._index)

    def _judged(self, workers: PartWorkers, parts: Mapping[str, list[str]], common: list[str]) -> list[Judged]:
        """Have the lines of these parts, taken over where nothing in them has changed.

        :param parts: the names of the things of each
        :param common: the names of what all are given beside them
        :returns: what is wrong with those that were made
        """
        same = self._before and self._before.known["common"] == self._index["common"]
        reference = self._given.reference
        base = "" if reference else self._index["base"]
        jobs = []
        for name, things in parts.items():
            if self._before and same:
                kept = set(self._before.parts.things(name))
                if self._touched.isdisjoint(kept) and self._touched.isdisjoint(things) and kept.issuperset(things):
                    self._parts.take(name, self._before.parts)
                    continue
            jobs.append(Job("judge", (name, things, common, base, reference)))
        wrong = []
        for done, judged in enumerate(workers.run(jobs), 1):
            assert judged is not None
            wrong.append(judged)
            self._on_stage(STAGES[1], done / len(jobs))
        return wrong

    def _refuse(self, wrong: Sequence[Judged]) -> None:
        broken = {each for judged in wrong for each in judged.broken}
        contradictions = {each for judged in wrong for each in judged.contradictions}
        if not broken and not contradictions:
            return
        files: dict[str, str] = {}
        for name in self._given.data:
            for thing in self._parts.things(data_part(name)):
                files.setdefault(thing, name)
        # What breaks a rule comes first: it says how to mend what reasoning would only stumble over.
        told = broken or contradictions
        lines = sorted(
            {(thing, f"  {files[thing]}: {line}" if thing in files else f"  {line}") for thing, line in told}
        )
        heads = (f"{len(lines)} rule{'s' * (len(lines) > 1)} of the shapes broken:", "the graph contradicts itself:")
        raise InvalidGraph("\n".join([heads[not broken], *(f"  {line}" for _, line in lines)]))

    def _store_inferred(self) -> None:
        """Have in the store what follows."""
        store = Store(str(self._draft.store))
        now = {name for name in self._parts.names() if name.startswith("inferred-")}
        if self._before is None:
            _load(store, map(self._parts.lines, sorted(now)))
            store.optimize()
        else:
            before = {name for name in self._before.parts.names() if name.startswith("inferred-")}
            self._change(store, (now | before) - self._parts.taken)
        store.flush()


class _Things:
    """The IRIs of which the ontology or the data says something."""

    def __init__(self, store: Store, ontology: Iterable[Triple]) -> None:
        self._store = store
        self._ontology = {triple.subject.value for triple in ontology if isinstance(triple.subject, NamedNode)}

    def __contains__(self, iri: object) -> bool:
        if not isinstance(iri, str):
            return False
        data = NamedNode(DATA_GRAPH)
        return iri in self._ontology or any(
            True for _ in self._store.quads_for_pattern(NamedNode(iri), None, None, data)
        )


def _things_of(changes: Changes) -> set[str]:
    """The names of the things of which something else is said now."""
    lines = [*changes.gone, *changes.new]
    subjects = {_subject(line) for line in lines}
    # Whose evidence line a publication is, its studies tell.
    return subjects | {_thing(line.split(b" ")[2]) for line in lines if _PUBLICATION in line}


def _subject(line: bytes) -> str:
    return _thing(line.partition(b" ")[0])


def _thing(term: bytes) -> str:
    """The name of a thing, given how a line writes it."""
    return term.decode().strip("<>")


def _load(store: Store, parts: Iterable[Iterable[bytes]]) -> None:
    """Add many lines to a store.

    :param parts: the lines; several parts are added at once, for each time makes a dozen files more to look into
    """
    batch, size = [], 0
    for part in parts:
        batch.append(b"".join(part))
        size += len(batch[-1])
        if size > _AT_ONCE:
            _load_all(store, b"".join(batch))
            batch, size = [], 0
    _load_all(store, b"".join(batch))


def _load_all(store: Store, content: bytes) -> None:
    if b"_:" in content:
        # In bulk it would give blank nodes other names.
        store.bulk_extend(parse(content, format=RdfFormat.N_QUADS))
    elif content:
        store.bulk_load(content, format=RdfFormat.N_QUADS, lenient=True)
