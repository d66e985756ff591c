"""How long `ivig build` takes as a whole process, against its libraries' own times for the same work in the same run.

The libraries' own times: pyoxigraph parses the files and loads the quads into a store on disk, pyshacl validates, owlrl
makes the closure. The claim is that the build takes no more than 1.3 times their sum. It is kept with much room: the
build runs neither pyshacl nor owlrl but two engines of its own that the tests hold to them, and those two take nearly
all of the sum. What is watched here is the whole process, its start included; build_full.py asks more of the work.
usage: python benchmarks/build_stages.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import owlrl
import pyshacl
from pyoxigraph import RdfFormat, Store, parse
from rdflib import Graph

from ivig.build import STAGES, build
from ivig.build.release import Releases
from ivig.settings import graph_files

FILES = graph_files(Path(__file__).parents[1])
IVIG = Path(sys.executable).with_name("ivig")
LIMIT = 1.3


def libraries(nquads: Path) -> dict[str, float]:
    """Seconds that each library takes for its own part."""
    files = [*FILES.ontology, *FILES.data]
    taken: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        taken[name] = time.perf_counter() - began

    timed("parse", lambda: [list(parse(path=str(path))) for path in [*files, *FILES.shapes]])
    data, shapes = Graph(), Graph()
    for path in files:
        data.parse(path)
    for path in FILES.shapes:
        shapes.parse(path)
    timed("validate", lambda: pyshacl.validate(data, shacl_graph=shapes))
    timed("closure", lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(data))
    with tempfile.TemporaryDirectory() as folder:
        timed("load", lambda: Store(folder).bulk_load(path=str(nquads), format=RdfFormat.N_QUADS))
    return taken


def stages(folder: Path) -> dict[str, float]:
    """Seconds that each stage of a build takes."""
    marks: list[tuple[str, float]] = []
    build(FILES, Releases(folder), lambda stage: marks.append((stage, time.perf_counter())))
    ends = [began for _, began in marks[1:]] + [time.perf_counter()]
    return {stage: end - began for (stage, began), end in zip(marks, ends, strict=True)}


def main() -> int:
    """Print both sides; the exit code says whether the limit is kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    sums, wholes = [], []
    with tempfile.TemporaryDirectory() as folder:
        releases = Path(folder)
        ours = stages(releases)
        nquads = releases / "current" / "graph.nq"
        for _ in range(rounds):
            began = time.perf_counter()
            subprocess.run([IVIG, "build", "--releases", releases], capture_output=True, check=True)
            wholes.append(time.perf_counter() - began)
            theirs = libraries(nquads)
            sums.append(sum(theirs.values()))
    print("ours       " + "  ".join(f"{name} {ours[name]:.2f} s" for name in STAGES))
    print("libraries  " + "  ".join(f"{name} {taken:.2f} s" for name, taken in theirs.items()))
    whole, total = statistics.median(wholes), statistics.median(sums)
    print(f"ivig build {whole:.2f} s, the libraries {total:.2f} s: {whole / total:.2f} times")
    return int(whole > LIMIT * total)


if __name__ == "__main__":
    sys.exit(main())
