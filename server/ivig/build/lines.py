"""N-Quads as sorted lines, the form that a release and its digest are made from: written, merged, and changed in place.

A line is what a store gives back of a quad: a number has one form, and a quad is one line wherever it comes from.
"""

from __future__ import annotations

import heapq
import mmap
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from ivig.io.turtle import in_graph
from ivig.namespaces import DATA_GRAPH, RDF_TYPE, TERMS

_RUN = 2_000_000
"""Lines that are sorted in memory at once, some 0.5 GB."""
_BLOCK = 1 << 20
"""Bytes that are copied at once."""
_CLASS = f"<{RDF_TYPE}> <{TERMS}"


def lines_of(triples: Iterable[Triple], graph: str) -> list[bytes]:
    """The distinct triples as lines of a graph, sorted.

    :param graph: its IRI
    """
    store = Store()
    store.bulk_extend(in_graph(triple, NamedNode(graph)) for triple in triples)
    return sorted_lines(store)


def canonical(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples, their blank nodes with labels by RDF Dataset Canonicalization."""
    with_blanks = Dataset()
    for triple in triples:
        if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
            with_blanks.add(in_graph(triple, DefaultGraph()))
        else:
            yield triple
    with_blanks.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    for quad in with_blanks:
        yield quad.triple


def sorted_lines(store: Store) -> list[bytes]:
    """What a store holds, a line a quad, sorted."""
    return sorted((store.dump(format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True))


class Changes(NamedTuple):
    """Lines that go and lines that come."""

    gone: set[bytes]
    new: set[bytes]

    def add(self, others: Changes) -> None:
        """Take in further ones."""
        self.gone.update(others.gone)
        self.new.update(others.new)

    def make(self, store: Store) -> None:
        """Change a store."""
        for quad in parse(b"".join(self.gone), format=RdfFormat.N_QUADS):
            store.remove(quad)
        store.extend(parse(b"".join(self.new), format=RdfFormat.N_QUADS))


class Written:
    """A file of sorted lines under way: what was written is counted as it goes.

    graphs: lines by the IRI of the graph; things: things of the data by their class.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.graphs: Counter[str] = Counter()
        self.things: Counter[str] = Counter()

    def add(self, line: bytes) -> None:
        """Write one more line."""
        self._file.write(line)
        self.count(line, 1)

    def copy(self, old: BinaryIO, start: int, end: int) -> None:
        """Write what was counted before.

        :param old: a file of sorted lines
        :param start: the first byte that is written
        :param end: the one after the last
        """
        old.seek(start)
        for at in range(start, end, _BLOCK):
            self._file.write(old.read(min(_BLOCK, end - at)))

    def count(self, line: bytes, by: int) -> None:
        """Count a line as so many more."""
        said, _, graph = line.decode().removesuffix("> .\n").rpartition(" <")
        self.graphs[graph] += by
        is_a = said.partition(" ")[2]
        if graph == DATA_GRAPH and is_a.startswith(_CLASS):
            self.things[is_a.removeprefix(_CLASS).removesuffix(">")] += by


def merge(parts: Iterable[Iterable[bytes]], out: Written) -> None:
    """Write the lines of all parts, each once, in order.

    :param parts: lines, in any order, that may be too many for the memory
    """
    run: set[bytes] = set()
    with ExitStack() as stack:
        runs: list[Iterable[bytes]] = []
        for part in parts:
            run.update(part)
            if len(run) > _RUN:
                file = stack.enter_context(tempfile.TemporaryFile())
                file.writelines(sorted(run))
                file.seek(0)
                runs.append(file)
                run = set()
        runs.append(sorted(run))
        last = b""
        for line in heapq.merge(*runs) if len(runs) > 1 else runs[0]:
            if line != last:
                out.add(line)
                last = line


def change(old: Path, changes: Changes, out: Written) -> None:
    """Write the sorted lines of a file without some and with others; what lies between is copied, not looked at.

    :param old: the file, some of whose lines are counted in `out` already: all
    :param changes: of those that go some may not be there, of those that come some may
    """
    in_order = sorted([*((line, False) for line in changes.gone), *((line, True) for line in changes.new)])
    # What is looked for is looked for in the mapped file; what is only copied would be taken for memory there.
    with old.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        at = 0
        for line, is_new in in_order:
            place = _place(lines, line, at)
            out.copy(file, at, place)
            at = place
            there = lines[place : place + len(line)] == line
            if is_new and not there:
                out.add(line)
            elif there and not is_new:
                out.count(line, -1)
                at += len(line)
        out.copy(file, at, len(lines))


def _place(lines: mmap.mmap, line: bytes, low: int) -> int:
    """Where the first line begins that is not before this one."""
    high = len(lines)
    while low < high:
        middle = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = lines.find(b"\n", middle) + 1
        if lines[middle:end] < line:
            low = end
        else:
            high = middle
    return low
