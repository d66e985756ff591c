"""How fast a build of the whole graph is, against rdflib, owlrl and pyshacl run plainly over the same files.

The peer parses the files with rdflib, validates with pyshacl and makes the closure with owlrl; it derives no verdicts
and seals nothing, which our build does besides. The claim is that the build is at least five times as fast, with the
same triples about our own things and the same report, on the graph as it is and with one data triple in twenty lost.
usage: python benchmarks/build_full.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import owlrl
import pyshacl
from ivig.build.reason import about_our_things, infer
from ivig.build.validate import violations
from pyoxigraph import RdfFormat, Triple, serialize
from rdflib import SH, Graph

from ivig.build import STAGES, build, read
from ivig.build.release import Releases
from ivig.build.sources import ALIGNMENT
from ivig.io.rdflib_graph import ox_triple, rdflib_graph
from ivig.settings import graph_files

FILES = graph_files(Path(__file__).parents[1])
TIMES = 5.0

Report = Counter[tuple[str, str]]
"""How often each thing got each message."""


@contextmanager
def timed(name: str, taken: dict[str, float]) -> Iterator[None]:
    """Write down how long the block takes."""
    began = time.perf_counter()
    yield
    taken[name] = time.perf_counter() - began


def plainly(taken: dict[str, float]) -> tuple[Report, set[Triple]]:
    """The report and the new triples about our things, by the libraries."""
    with timed("parse", taken):
        graph, shapes = Graph(), Graph()
        for path in [*(path for path in FILES.ontology if path.name != ALIGNMENT), *FILES.data]:
            graph.parse(path)
        for path in FILES.shapes:
            shapes.parse(path)
    with timed("validate", taken):
        report = reported(graph, shapes)
    asserted = set(graph)
    with timed("closure", taken):
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    new = (ox_triple(*triple) for triple in graph if triple not in asserted)
    return report, {triple for triple in new if triple is not None and about_our_things(triple)}


def reported(graph: Graph, shapes: Graph) -> Report:
    """What pyshacl finds."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    return Counter(
        (str(thing), str(report.value(result, SH.resultMessage)))
        for result, thing in report.subject_objects(SH.focusNode)
    )


def ours(folder: Path, taken: dict[str, float]) -> None:
    """Build a release, each stage timed."""
    marks: list[tuple[str, float]] = []
    build(FILES, Releases(folder), lambda stage: marks.append((stage, time.perf_counter())))
    ends = [began for _, began in marks[1:]] + [time.perf_counter()]
    taken.update({stage: end - began for (stage, began), end in zip(marks, ends, strict=True)})


def damaged_reports(folder: Path) -> tuple[Report, Report]:
    """What pyshacl and what we find wrong with the data where triples are lost."""
    sources = read(FILES)
    data = [*sources.ontology, *(triple for number, triple in enumerate(sources.data) if number % 20)]
    path = folder / "damaged.nt"
    serialize(data, output=str(path), format=RdfFormat.N_TRIPLES)
    found = violations(data, sources.shapes)
    theirs = reported(Graph().parse(path), rdflib_graph(sources.shapes))
    return theirs, Counter((violation.thing, violation.message) for violation in found)


def main() -> int:
    """Print both sides; the exit code says whether the build is fast enough and finds the same."""
    our_times: dict[str, float] = {}
    their_times: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        ours(Path(folder), our_times)
        report, triples = plainly(their_times)
        theirs_damaged, ours_damaged = damaged_reports(Path(folder))
    sources = read(FILES)
    same_triples = set(infer(sources)) == triples
    found = violations([*sources.ontology, *sources.data], sources.shapes)
    same_reports = report == Counter((violation.thing, violation.message) for violation in found)
    same_reports &= theirs_damaged == ours_damaged
    print(f"{len(sources.data)} data triples, {len(triples)} more that follow about our things")
    print("ours    " + "  ".join(f"{name} {our_times[name]:.2f} s" for name in STAGES))
    print("peer    " + "  ".join(f"{name} {taken:.2f} s" for name, taken in their_times.items()))
    whole, peer = sum(our_times.values()), sum(their_times.values())
    print(f"the build {whole:.1f} s, the peer {peer:.1f} s: {peer / whole:.1f} times as fast")
    print(f"triples {'the same' if same_triples else 'NOT the same'}; reports {'' if same_reports else 'NOT '}the same,"
          f" with triples lost {ours_damaged.total()} violations")  # fmt: skip
    return int(peer < TIMES * whole or not same_triples or not same_reports)


if __name__ == "__main__":
    sys.exit(main())
