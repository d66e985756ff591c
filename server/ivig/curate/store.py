"""The data files of a graph as things, and each thing back into the file that it belongs in."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from ivig.build.sources import read
from ivig.io.atomic import finished_file
from ivig.io.canonical import canonical_turtle
from ivig.io.turtle import read_turtle
from ivig.namespaces import BASE, TERMS
from ivig.settings import GraphFiles

Block = set[Triple]
"""The triples of one thing."""

LITERATURE = "literature"
"""The folder of the statements that come out of records."""
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
_KEPT_BY_STATEMENTS = ("effect", "regimen", "citation", "study", "page")
_BY_HAND = {TERMS + name for name in ("edition", "superseded")}
"""What a curator may have added to a statement by hand, and an import leaves alone unless the record speaks of it."""


class Store:
    """The data of a graph by thing, and the file that each thing stands in."""

    def __init__(self, files: GraphFiles) -> None:
        self._files = files
        self._home: dict[str, Path] = {}
        self._heads: dict[Path, str] = {}
        self.blocks: dict[str, Block] = {}
        self._touched: set[Path] = set()
        self._let_go: set[str] = set()
        self.sources = read(files, with_links=False)
        self.ontology = self.sources.ontology
        for path in files.data:
            text = path.read_text(encoding="utf-8")
            lines = text.splitlines(keepends=True)
            self._heads[path] = "".join(line for line in lines if line.startswith("#"))
            for triple in read_turtle(path, files.name(path)):
                if isinstance(triple.subject, NamedNode):
                    self._home.setdefault(triple.subject.value, path)
                    self.blocks.setdefault(triple.subject.value, set()).add(triple)

    def home(self, iri: str) -> Path | None:
        """The file that a thing stands in, where it is known."""
        return self._home.get(iri)

    def triples(self) -> Iterable[Triple]:
        """Everything."""
        for block in self.blocks.values():
            yield from block

    def studies(self) -> dict[str, str]:
        """The study that each publication reports."""
        publication = NamedNode(TERMS + "publication")
        return {
            triple.object.value: iri
            for iri, block in self.blocks.items()
            for triple in block
            if triple.predicate == publication and isinstance(triple.object, NamedNode)
        }

    def put(self, iri: str, block: Block, stem: str) -> None:
        """Put a thing in place of what it was: in its file, or in the one where things of its kind belong."""
        kind = _kind(iri)
        before = self.blocks.get(iri)
        if kind in ("study", "page") and before:
            return
        if kind == "statement" and before:
            named = {t.predicate.value for t in block}
            block = block | {t for t in before if t.predicate.value in _BY_HAND - named}
        if before == block:
            return
        literature = self._files.folder / "data" / LITERATURE / f"{stem}.ttl"
        things = self._files.folder / "data" / "things"
        home = self._home.setdefault(iri, things / f"{_THINGS[kind]}.ttl" if kind in _THINGS else literature)
        self._let_go |= _targets(before or ()) - _targets(block)
        self.blocks[iri] = block
        self._touched.add(home)

    def prune(self) -> None:
        """Take out parts, citations, studies and pages that a statement led to before and nothing leads to any more."""
        while self._let_go:
            links = (t.object for t in self.triples() if t.object != t.subject)
            led_to = {target.value for target in links if isinstance(target, NamedNode)}
            orphans = [iri for iri in self._let_go - led_to if iri in self.blocks and _kind(iri) in _KEPT_BY_STATEMENTS]
            self._let_go = set()
            for iri in orphans:
                self._let_go |= _targets(self.blocks.pop(iri))
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
        what = "Statements from the literature" if path.parent.name == LITERATURE else "Things that statements speak of"
        return self._heads.get(path, f"# {what}: {path.stem.replace('_', ' ').replace('-', ' ')}.\n")


def write_files(texts: dict[Path, str]) -> None:
    """Write every file beside its place first, then move them all: a failure on the way leaves what was there."""
    with ExitStack() as stack:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(finished_file(path)).write_text(text, encoding="utf-8")


def _kind(iri: str) -> str:
    return iri.removeprefix(BASE).partition("/")[0]


def _targets(block: Iterable[Triple]) -> set[str]:
    return {t.object.value for t in block if isinstance(t.object, NamedNode) and t.object.value.startswith(BASE)}
