"""Evidence graphs of any size that obey the shapes and look like the curated one, written block by block.

What is drawn, with replacement, are whole clusters of the curated graph: statements that share a publication, a study
or a page, with their effects and regimens. So designs, directions, outcomes, statements a publication and statements a
condition are distributed as they are there. A block has as many statements as the curated graph, on conditions of its
own, and with the outcomes that define their activity: a graph that grows speaks of more conditions, not of more
statements on each. Vocabularies, mechanisms, all other outcomes, harms and bodies are shared by all blocks. Identifiers
of publications are none that exist: PubMed numbers above 90 million, and the DOI prefix that is kept for examples. The
same size and seed give the same files.

usage: python benchmarks/generator.py STATEMENTS FOLDER [SEED]
"""

from __future__ import annotations

import math
import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from ivig.build.sources import read
from ivig.graph_files import graph_files
from ivig.namespaces import BASE, PREFIXES, TERMS

ROOT = Path(__file__).parents[1]
SEED = 1
COPIED = ("statement", "effect", "regimen", "study", "citation", "page")
"""Kinds of things that every drawn cluster has anew."""
JOINING = tuple(TERMS + name for name in ("citation", "study", "page"))
"""What statements of one cluster share."""
NAMES = ("prefLabel", "altLabel", "hiddenLabel")
FIRST_PMID = 90_000_000
EXAMPLE_DOI = "10.5555/"
_REPLACED = "http://purl.org/dc/terms/isReplacedBy"
_PASSAGE = TERMS + "passage"


class Curated:
    """The curated graph, taken apart for drawing."""

    def __init__(self) -> None:
        self.said: dict[str, list[Triple]] = {}
        for triple in read(graph_files(ROOT), with_links=False).data:
            assert isinstance(triple.subject, NamedNode)
            if triple.predicate.value != _REPLACED:
                self.said.setdefault(triple.subject.value, []).append(triple)
        statements = [iri for iri in sorted(self.said) if kind(iri) == "statement"]
        self.in_documents = [iri for iri in statements if any(t.predicate.value == _PASSAGE for t in self.said[iri])]
        drawn = set(statements) - set(self.in_documents)
        self.clusters = self._clusters(iri for iri in statements if iri in drawn)
        self.block = len(statements)
        self.shared = [iri for iri in self.said if kind(iri) not in (*COPIED, "condition")]
        self.of_block = {iri for iri in self.said if kind(iri) == "condition"}
        """Conditions, and what says something of them."""
        self.of_block |= {
            iri
            for iri in self.shared
            if any(isinstance(t.object, NamedNode) and t.object.value in self.of_block for t in self.said[iri])
        }

    def _clusters(self, statements: Iterable[str]) -> list[list[str]]:
        """The statements that share a publication, a study or a page, over any number of steps."""
        of: dict[str, list[str]] = {}
        for iri in statements:
            # Those properties lead to things.
            joined = [t.object.value for t in self.said[iri] if t.predicate.value in JOINING]  # type: ignore[union-attr]
            together = [iri]
            for known in {id(of[thing]): of[thing] for thing in joined if thing in of}.values():
                together += known
            for member in [*together, *joined]:
                of[member] = together
            for member in together:
                of.update({t.object.value: together for t in self.said[member] if t.predicate.value in JOINING})  # type: ignore[union-attr]
        distinct = {id(cluster): sorted(cluster) for cluster in of.values()}
        return sorted(distinct.values())

    def reached(self, statements: Iterable[str]) -> Iterator[str]:
        """Statements with what is theirs and with the conditions that they speak of, broader ones included."""
        seen = dict.fromkeys(statements)
        todo = list(seen)
        while todo:
            iri = todo.pop()
            yield iri
            for triple in self.said[iri]:
                other = triple.object.value if isinstance(triple.object, NamedNode) else ""
                if other in self.said and other not in seen and (kind(other) in COPIED or other in self.of_block):
                    seen[other] = None
                    todo.append(other)


def kind(iri: str) -> str:
    """The first part of the path of one of our IRIs.

    >>> kind(BASE + "statement/cns-001")
    'statement'
    """
    return iri.removeprefix(BASE).partition("/")[0]


def generate(statements: int, folder: Path, seed: int = SEED) -> Path:
    """Write a graph to a new folder: ontology, shapes and queries of the curated one, and generated data.

    :param statements: how many; those of the source documents are among them, once
    :param folder: one that is not there yet
    :param seed: another one gives another graph of the same look
    :returns: the folder
    """
    for part in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    literature = folder / "data" / "literature"
    literature.mkdir(parents=True)
    curated = Curated()
    once = list(curated.reached([*curated.shared, *sorted(curated.of_block), *curated.in_documents]))
    _write((triple for iri in once for triple in curated.said[iri]), folder / "data" / "shared.ttl")
    for path in graph_files(ROOT).links:
        _write_links(path, folder / "data" / path.name, {iri.removeprefix(BASE) for iri in once})
    draw = random.Random(seed)
    copy, number, left, block = 0, 0, statements - len(curated.in_documents), 0
    while left > 0:
        triples: dict[Triple, None] = {}
        room = min(left, curated.block)
        left -= room
        # A block that is not full speaks of fewer conditions, not of less on each.
        drawn_from = draw.sample(curated.clusters, math.ceil(len(curated.clusters) * room / curated.block))
        while room > 0:
            copy += 1
            cluster = draw.choice(drawn_from)[:room]
            room -= len(cluster)
            for iri in curated.reached(cluster):
                if block or iri not in curated.of_block:
                    number += 1
                    triples.update(dict.fromkeys(_copied(curated, iri, copy, block, number)))
        _write(triples, literature / f"block-{block:04}.ttl")
        block += 1
    return folder


def _copied(curated: Curated, thing: str, copy: int, block: int, number: int) -> Iterator[Triple]:
    """What is said of a thing, said of its copy: what belongs to a block is named by it, what was drawn by its draw.

    :param number: of the copy among all, for identifiers
    """

    def named(iri: str) -> NamedNode:
        if iri in curated.of_block:
            return NamedNode(f"{iri}-{block}" if block else iri)
        return NamedNode(f"{iri}-{copy}" if kind(iri) in COPIED and iri.startswith(BASE) else iri)

    for triple in curated.said[thing]:
        assert isinstance(triple.subject, NamedNode)
        value, name = triple.object, triple.predicate.value.rpartition("#")[2]
        if isinstance(value, NamedNode):
            # A page is read at an address of its own.
            value = NamedNode(f"{value.value}#{number}") if name == "readAt" else named(value.value)
        elif name == "pmid":
            value = Literal(str(FIRST_PMID + number))
        elif name == "doi":
            value = Literal(f"{EXAMPLE_DOI}{number}")
        elif name == "pmcid":
            value = Literal(f"PMC{FIRST_PMID + number}")
        elif name in NAMES and thing in curated.of_block and isinstance(value, Literal):
            value = Literal(f"{value.value} {block}", language=value.language)
        yield Triple(named(triple.subject.value), triple.predicate, value)


def _write_links(source: Path, path: Path, things: set[str]) -> None:
    """Write the links of things that are there: those of a drawn thing would be of none."""
    with source.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as out:
        for line in lines:
            prefix, _, name = line.partition("\t")[0].partition(":")
            if prefix != "IVIG" or name in things or name.startswith("ontology"):
                out.write(line)


def _write(triples: Iterable[Triple], path: Path) -> None:
    serialize(triples, output=str(path), format=RdfFormat.TURTLE, prefixes=PREFIXES, base_iri=BASE)


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else SEED)
