"""How long a build of the whole graph takes and how much memory, against its engines fed with the whole graph at once.

The peer is one process that parses the files with pyoxigraph, validates with pyrudof and reasons with reasonable, one
round; it derives no verdicts and publishes nothing. The claims: a build takes under 15 seconds on two cores that are
free, no process of it takes more than half of the peer's memory, and with four times the data none takes more than the
peer does for a quarter of it, which the parts see to.
usage: python benchmarks/build_full.py
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from harness import ROOT, used
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from ivig.build.sources import read
from ivig.graph_files import graph_files
from ivig.namespaces import BASE

SECONDS = 15.0

PEER = """
import sys, tempfile
from pathlib import Path
from pyoxigraph import RdfFormat, serialize
from pyrudof import RDFFormat, Rudof, RudofConfig, ShaclFormat
from reasonable import PyReasoner
from ivig.build.sources import read
from ivig.graph_files import graph_files
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
                return NamedNode(f"{term.value}-copy-{copy}")
            return term

        # What a term is renamed to is of its type.
        triples = [Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in data]  # type: ignore[arg-type]
        serialize(triples, output=str(folder / "data" / f"copy-{copy}.ttl"), format=RdfFormat.TURTLE)
    return folder


def main() -> int:
    """Print both sides; the exit code says whether the claims hold."""
    build = [sys.executable, "-m", "ivig", "build", "--releases"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Nothing is known of an earlier build.
        os.environ["IVIG_CACHE"] = str(folder / "cache")
        ours = used(*build, folder / "releases")
        peer = used(sys.executable, "-c", PEER, ROOT)
        larger = used(*build, folder / "others", "--graph", four_times(folder / "graph"))
    for title, found in (("the build", ours), ("the engines, fed whole", peer), ("four times the data", larger)):
        print(f"{title:<24}{found.seconds:6.1f} s{found.megabytes:8.0f} MB")
    return int(ours.seconds > SECONDS or ours.megabytes > peer.megabytes / 2 or larger.megabytes > peer.megabytes)


if __name__ == "__main__":
    sys.exit(main())
