"""The data files of a graph as things: what changes in them, checked against the shapes, and written atomically."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store as TripleStore, Triple

from ivig.build.sources import read
from ivig.build.validation import violations
from ivig.curate.citations import Citations
from ivig.curate.triples import Block, links
from ivig.errors import BadInput
from ivig.graph_files import GraphFiles
from ivig.io.atomic import finished_file
from ivig.io.canonical import canonical_turtle
from ivig.model.problems import BadRecords, Problem
from ivig.model.schema import schema
from ivig.namespaces import BASE, PREF_LABEL, RDF_TYPE, REPLACED_BY, SKOS, TERMS

LITERATURE = "literature"
"""The folder of the statements that come out of records."""
NOTHING_IMPORTED = "nothing was imported:"

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
_REDIRECTS = "redirects"
"""The file of the IRIs that things had before, each with what replaced it."""
_NOTE = NamedNode(SKOS + "note")
_PUBLICATION = NamedNode(TERMS + "publication")
_REPLACED_BY = NamedNode(REPLACED_BY)
KEPT_BY_STATEMENTS = ("effect", "regimen", "citation", "study", "page")
"""What goes with the last statement that leads to it."""
_BY_HAND = {TERMS + name for name in ("edition", "superseded")}
"""What a curator may have added to a statement by hand, and an import leaves alone unless the record speaks of it."""


class Change(NamedTuple):
    """What changes in one property of a statement, or of an effect or regimen of its own.

    :param thing: the path of the IRI
    :param field: the property, as columns and records call it
    :param before: its values in short, empty for none
    :param after: its values then, likewise
    """

    thing: str
    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.field}: {self.before or 'nothing'} → {self.after or 'nothing'}"


class Summary(NamedTuple):
    """What an import did or would do.

    :param statements: how many of those in the files imported are new, changed and unchanged
    :param citations: how many publications are, likewise
    :param created: the names of things of other kinds that are new, by kind
    :param files: the names of those that change
    :param left_out: entries of bibliographies that cannot be told from others, each with what it lacks
    :param changes: what changes in statements that were there
    :param notes: what else is worth saying
    :param doubts: what was let through
    """

    statements: Counter[str]
    citations: Counter[str]
    created: Mapping[str, list[str]]
    files: list[str]
    left_out: Sequence[Problem] = ()
    changes: Sequence[Change] = ()
    notes: Sequence[str] = ()
    doubts: Sequence[Problem] = ()


class Store:
    """The data of a graph by thing, and the file that each thing stands in."""

    def __init__(self, files: GraphFiles) -> None:
        """
        :raises BadInput: where a file of the graph does not parse
        """
        self._files = files
        sources = read(files, with_links=False)
        self.ontology, self.shapes = sources.ontology, sources.shapes
        self._home = {iri: files.folder / name for iri, name in sources.stands_in.items()}
        self.blocks: dict[str, Block] = {}
        for triple in sources.data:
            if isinstance(triple.subject, NamedNode):
                self.blocks.setdefault(triple.subject.value, set()).add(triple)
        self._before: dict[str, Block | None] = {}
        self._touched: set[Path] = set()
        self._let_go: set[str] = set()
        self._moves: dict[str, str] = {}

    def home(self, iri: str) -> Path | None:
        """The file that a thing stands in, where it is known."""
        return self._home.get(iri)

    def triples(self) -> Iterator[Triple]:
        """Everything."""
        for block in self.blocks.values():
            yield from block

    def move(self, moves: Mapping[str, str], forgotten: Collection[str] = ()) -> None:
        """Give things another IRI: all that leads to them leads there, and the old IRI says so. A thing that is there
        already stays as it is, and what moves to it is put into it.

        :param moves: old IRIs to new ones, none of which moves itself
        :param forgotten: those of the old IRIs that leave nothing behind
        """
        if not moves:
            return
        self._moves.update(moves)
        for iri, block in list(self.blocks.items()):
            if any(target in moves for target in _targets(block)):
                self._replace(iri, {_led_on(triple, moves) for triple in block})
        redirects = self._files.folder / "data" / "things" / f"{_REDIRECTS}.ttl"
        for old, new in moves.items():
            block, home = self.blocks.get(old, set()), self._home[old]
            there = self.blocks.get(new, set())
            moved = {Triple(NamedNode(new), t.predicate, t.object) for t in block}
            if not there or _is_redirect(there):
                self._home[new] = home
                self._before.setdefault(new, block)
                self._replace(new, moved)
            elif _kind(new) == "study":
                self._replace(new, there | {triple for triple in moved if triple.predicate == _PUBLICATION})
            self._replace(old, set())
            self._home[old] = redirects
            if old in forgotten:
                del self.blocks[old], self._home[old]
            else:
                self._replace(old, {Triple(NamedNode(old), _REPLACED_BY, NamedNode(new))})

    def join_studies(self) -> None:
        """Make studies that report one publication one study: the one that reports most."""
        publications = {iri: links(block, "publication") for iri, block in self.blocks.items() if _kind(iri) == "study"}
        moves: dict[str, str] = {}
        reported: dict[str, str] = {}
        for iri in sorted(publications, key=lambda study: (-len(publications[study]), study)):
            kept = next((reported[each] for each in sorted(publications[iri]) if each in reported), iri)
            reported.update(dict.fromkeys(publications[iri], kept))
            if kept != iri:
                moves[iri] = kept
        self.move(moves)

    def _replace(self, iri: str, block: Block) -> None:
        self._before.setdefault(iri, self.blocks.get(iri))
        self._touched.add(self._home[iri])
        self.blocks[iri] = block

    def put(self, iri: str, block: Block, stem: str) -> None:
        """Put a thing in place of what it was: in its file, or in the one where things of its kind belong.

        :param stem: the name of the file of statements that a new statement, effect or regimen goes to
        """
        kind = _kind(iri)
        before = self.blocks.get(iri)
        if before and _is_redirect(before):
            # What the IRI speaks of has come itself.
            self._touched.add(self._home.pop(iri))
            self._before.setdefault(iri, None)
            del self.blocks[iri]
        block = self._kept(iri, block)
        if before == block:
            return
        literature = self._files.folder / "data" / LITERATURE / f"{stem}.ttl"
        things = self._files.folder / "data" / "things"
        home = self._home.setdefault(iri, things / f"{_THINGS[kind]}.ttl" if kind in _THINGS else literature)
        self._let_go |= _targets(before or ()) - _targets(block)
        self._before.setdefault(iri, before)
        self.blocks[iri] = block
        self._touched.add(home)

    def holds(self, iri: str, block: Block) -> bool:
        """Whether a thing says just this already.

        :param iri: of the thing
        :param block: its triples
        """
        return self.blocks.get(iri) == self._kept(iri, block)

    def _kept(self, iri: str, block: Block) -> Block:
        """A block with what stays of the one that it replaces."""
        before, kind = self.blocks.get(iri), _kind(iri)
        if before and kind in ("study", "page"):
            return before | {triple for triple in block if triple.predicate in (_PUBLICATION, _NOTE)}
        if before and kind == "statement":
            named = {t.predicate.value for t in block}
            return block | {t for t in before if t.predicate.value in _BY_HAND - named}
        return block

    def remove(self, iri: str) -> None:
        """Take a thing out; `prune` takes out what only it led to.

        :raises KeyError: where there is no such thing
        """
        block = self.blocks.pop(iri)
        self._before.setdefault(iri, block)
        self._let_go |= _targets(block)
        self._touched.add(self._home.pop(iri))

    def prune(self) -> None:
        """Take out the effects, regimens, citations, studies and pages that are orphans now."""
        while self._let_go:
            links = (t.object for t in self.triples() if t.object != t.subject and t.predicate != _REPLACED_BY)
            led_to = {target.value for target in links if isinstance(target, NamedNode)}
            orphans = {iri for iri in self._let_go - led_to if iri in self.blocks and _kind(iri) in KEPT_BY_STATEMENTS}
            self._let_go = set()
            left = [old for old, block in self.blocks.items() if _is_redirect(block) and _targets(block) & orphans]
            for iri in (*orphans, *left):
                self.remove(iri)

    def is_new_or_changed(self, iri: str) -> bool:
        """Whether a thing is there that was not there before, or was another."""
        return iri in self._before and self.blocks.get(iri) not in (None, self._before[iri])

    def happened(self, things: Iterable[str]) -> Counter[str]:
        """How many of some things are new, changed and unchanged."""
        before = self._before
        return Counter(
            "unchanged" if iri not in before else "changed" if before[iri] is not None else "new" for iri in things
        )

    def gone(self) -> list[str]:
        """The things that are no longer there, in order."""
        return sorted(iri for iri, before in self._before.items() if before is not None and iri not in self.blocks)

    def changes(self) -> list[Change]:
        """What changes in statements that were there, and in the effects and regimens of statements."""
        names = schema().names
        new = {iri for iri, before in self._before.items() if _kind(iri) == "statement" and before is None}
        passed_over = new | {target for iri in new for target in _targets(self.blocks[iri])}
        found = []
        for iri, before in sorted(self._before.items()):
            if _kind(iri) not in ("statement", "effect", "regimen") or iri in passed_over:
                continue
            was = _values({_led_on(triple, self._moves) for triple in before or ()})
            now = _values(self.blocks.get(iri, set()))
            of = sorted({*was, *now} - {RDF_TYPE, PREF_LABEL}, key=lambda name: schema().order.get(name, 0))
            path = iri.removeprefix(BASE)
            found += [
                Change(path, names.get(name, name), self._shown(was.get(name)), self._shown(now.get(name)))
                for name in of
                if was.get(name) != now.get(name)
            ]
        return found

    def write(self, *, dry_run: bool, place: Mapping[str, tuple[str, str, str]] | None = None) -> list[str]:
        """Check what was changed and write its files, unless it is a dry run; the names of those that change.

        :param place: file, place and record of things, for messages
        :raises BadRecords: where a shape would be broken; nothing is written then
        """
        self.prune()
        if problems := self._problems(place or {}):
            raise BadRecords(problems, NOTHING_IMPORTED)
        changed = self._changed_files()
        if not dry_run:
            write_files(changed)
        return [self._files.name(path) for path in changed]

    def _problems(self, place: Mapping[str, tuple[str, str, str]]) -> list[Problem]:
        """What breaks a shape. No shape of a thing reaches further than what it leads to, so the rest is left out."""
        names = schema().names
        wanted = {iri for iri in self._before if iri in self.blocks}
        reached: set[str] = set()
        while wanted:
            reached |= wanted
            wanted = {target for iri in wanted for target in _targets(self.blocks[iri])} & self.blocks.keys() - reached
        data = [triple for iri in reached for triple in self.blocks[iri]]
        found = []
        for broken in violations([*self.ontology, *data], self.shapes):
            file, where, record = place.get(broken.thing, ("", "", broken.thing.removeprefix(BASE)))
            prefixed = broken.rule.rpartition(" ")[2]
            field = names.get(TERMS + prefixed.removeprefix("ivig:"), "") if prefixed.startswith("ivig:") else ""
            found.append(Problem(file, where, record, field, broken.value, broken.message))
        return found

    def _shown(self, values: set[str] | None) -> str:
        labels = (self._label(value) for value in sorted(values or ()))
        return "; ".join(labels)

    def _label(self, value: str) -> str:
        block = self.blocks.get(value) or self._before.get(value) or ()
        label = next((t.object for t in block if t.predicate.value == PREF_LABEL), None)
        return label.value if isinstance(label, Literal) else self._terms.get(value, value.removeprefix(BASE))

    @cached_property
    def _terms(self) -> dict[str, str]:
        """What the terms of the vocabularies are called."""
        labels = (triple for triple in self.ontology if triple.predicate.value == PREF_LABEL)
        return {_value(t.subject): _value(t.object) for t in labels}

    def _changed_files(self) -> dict[Path, str]:
        """The new text of each file that changes."""
        by_file: dict[Path, list[Triple]] = {path: [] for path in self._touched}
        for iri, block in self.blocks.items():
            if self._home[iri] in by_file:
                by_file[self._home[iri]].extend(block)
        old = {path: path.read_text(encoding="utf-8") if path.is_file() else None for path in sorted(by_file)}
        new = {path: canonical_turtle(by_file[path], _head(path, text)) for path, text in old.items()}
        return {path: text for path, text in new.items() if text != old[path]}


def write_files(texts: Mapping[Path, str]) -> None:
    """Write every file beside its place first, then move them all: a failure on the way leaves what was there."""
    with ExitStack() as stack:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(finished_file(path)).write_text(text, encoding="utf-8")


def settle(store: Store, citations: Citations) -> list[str]:
    """Put the publications that were taken into a store, under a better IRI where they got one.

    :param store: the one to put them into
    :param citations: all of them; they are settled here
    :returns: a line for each that has another IRI now
    """
    citations.settle()
    store.move(citations.moves, citations.wrong)
    for thing in citations.changed():
        store.put(thing.iri, thing.block, "")
    if citations.moves:
        store.join_studies()
    moves = {old.removeprefix(BASE): new.removeprefix(BASE) for old, new in sorted(citations.moves.items())}
    return [f"{old} is now {new}" for old, new in moves.items()]


def remove_statements(files: GraphFiles, ids: Sequence[str], *, dry_run: bool = False) -> tuple[list[str], list[str]]:
    """Take statements out of the graph's files, with the effects, regimens, pages, citations and studies that nothing
    else leads to.

    :param ids: their ids, paths or IRIs
    :returns: the paths of all that is taken out, and the names of the files that change
    :raises BadInput: where one is unknown; nothing is taken out then
    """
    store = Store(files)
    iris = {name: f"{BASE}statement/{name.removeprefix(BASE).removeprefix('statement/')}" for name in ids}
    if unknown := [name for name, iri in iris.items() if iri not in store.blocks]:
        raise BadInput(f"no statement {', '.join(unknown)}; nothing was removed")
    for iri in dict.fromkeys(iris.values()):
        store.remove(iri)
    names = store.write(dry_run=dry_run)
    return [iri.removeprefix(BASE) for iri in store.gone()], names


def orphans(files: GraphFiles, data: Iterable[Triple]) -> list[str]:
    """The effects, regimens, pages and studies in the data that no statement leads to, by IRI, in order.

    :param files: of the graph, whose query finds them
    :param data: the triples of its data
    """
    store = TripleStore()
    store.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in data)
    found = store.query((files.queries / "internal" / "orphans.rq").read_text(encoding="utf-8"))
    assert isinstance(found, QuerySolutions)
    return [thing.value for row in found if isinstance(thing := row["thing"], NamedNode)]


def _head(path: Path, text: str | None) -> str:
    """The comment lines at the head of a file; a line of our own for a new one."""
    if text is not None:
        return "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    what = "Statements from the literature" if path.parent.name == LITERATURE else "Things that statements speak of"
    return f"# {what}: {path.stem.replace('_', ' ').replace('-', ' ')}.\n"


def _kind(iri: str) -> str:
    return iri.removeprefix(BASE).partition("/")[0]


def _values(block: Iterable[Triple]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for triple in block:
        if not isinstance(triple.object, Triple):
            found.setdefault(triple.predicate.value, set()).add(triple.object.value)
    return found


def _led_on(triple: Triple, moves: Mapping[str, str]) -> Triple:
    """A triple that leads to where a thing is now."""
    new = moves.get(triple.object.value) if isinstance(triple.object, NamedNode) else None
    return Triple(triple.subject, triple.predicate, NamedNode(new)) if new else triple


def _is_redirect(block: Iterable[Triple]) -> bool:
    return any(triple.predicate == _REPLACED_BY for triple in block)


def _value(term: NamedNode | BlankNode | Literal | Triple) -> str:
    return "" if isinstance(term, Triple) else term.value


def _targets(block: Iterable[Triple]) -> set[str]:
    return {t.object.value for t in block if isinstance(t.object, NamedNode) and t.object.value.startswith(BASE)}
