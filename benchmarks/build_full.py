"""How long a build of the whole graph takes and how much memory, against its engines fed with the whole graph at once.

The peer is one process that parses the files with pyoxigraph, validates with pyrudof and reasons with reasonable, one
round; it derives no verdicts and publishes nothing. The claims: a build takes under 15 seconds on two cores that are
free, no process of it takes more than half of the peer's memory, and with four times the data none takes more than the
peer does for a quarter of it, which the chunks see to.
usage: python benchmarks/build_full.py
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from ivig.build.sources import read
from ivig.namespaces import BASE
from ivig.settings import graph_files

ROOT = Path(__file__).parents[1]
SECONDS = 15.0

MEASURED = """
import json, os, resource, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
told = process.stderr.read()
_, status, usage = os.wait4(process.pid, 0)
took = time.perf_counter() - began
print(json.dumps({"code": status, "seconds": took, "mb": usage.ru_maxrss / 1024, "told": told}))
"""

PEER = """
import sys, tempfile
from pathlib import Path
from pyoxigraph import RdfFormat, serialize
from pyrudof import RDFFormat, Rudof, RudofConfig, ShaclFormat
from reasonable import PyReasoner
from ivig.build.sources import read
from ivig.settings import graph_files
sources = read(graph_files(Path(sys.argv[1])))
data = [*sources.ontology, *sources.data]
engine = Rudof(RudofConfig())
engine.read_data(serialize(data, format=RdfFormat.N_TRIPLES).decode(), format=RDFFormat.NTriples)
engine.read_shacl(serialize(sources.shapes, format=RdfFormat.N_TRIPLES).decode(), format=ShaclFormat.NTriples)
assert engine.validate_shacl().conforms
with tempfile.NamedTemporaryFile(suffix=".ttl") as file:
    serialize(data, output=file.name, format=RdfFormat.N_TRIPLES)
    reasoner = PyReasoner()
    reasoner.load_file(file.name)
reasoner.reason()
"""


def measured(*command: object) -> dict[str, float]:
    """Seconds and megabytes of a command; the megabytes are those of its largest process."""
    program = [sys.executable, "-c", MEASURED, *map(str, command)]
    found = json.loads(subprocess.run(program, capture_output=True, text=True, check=True).stdout)
    if found["code"]:
        raise SystemExit(found["told"])
    return {"seconds": found["seconds"], "mb": found["mb"]}


def four_times(folder: Path) -> Path:
    """A graph with four times the data: things of other names beside those that are there."""
    for part in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "data").mkdir()
    data = read(graph_files(ROOT)).data
    own = {triple.subject for triple in data}
    for copy in range(4):

        def renamed(term: object, copy: int = copy) -> object:
            if copy and isinstance(term, NamedNode) and term in own and term.value.startswith(BASE):
                return NamedNode(f"{term.value}-{copy}")
            return term

        triples = [Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in data]  # type: ignore[arg-type]
        serialize(triples, output=str(folder / "data" / f"copy-{copy}.ttl"), format=RdfFormat.TURTLE)
    return folder


def main() -> int:
    """Print both sides; the exit code says whether the claims hold."""
    build = [sys.executable, "-m", "ivig", "build", "--releases"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = measured(*build, folder / "releases")
        peer = measured(sys.executable, "-c", PEER, ROOT)
        larger = measured(*build, folder / "others", "--graph", four_times(folder / "graph"))
    for title, found in (("the build", ours), ("the engines, fed whole", peer), ("four times the data", larger)):
        print(f"{title:<24}{found['seconds']:6.1f} s{found['mb']:8.0f} MB")
    return int(ours["seconds"] > SECONDS or ours["mb"] > peer["mb"] / 2 or larger["mb"] > peer["mb"])


if __name__ == "__main__":
    sys.exit(main())
