"""How long saved queries take on engines elsewhere, asked as `ivig query --engine` asks them, beside the embedded one.

One release is on the disk for the embedded engine, in Oxigraph's own server and in Virtuoso, whose own loader read it.
Each saved query is asked with examples for what it requires, by the clock, the best of three in turn. What an engine
elsewhere is sent, and what is made of its rows here, is in its time. The claim: the embedded engine takes least.
usage: python benchmarks/engines.py PEERS      PEERS: the `bin` folder with `oxigraph`; Virtuoso must be installed.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from server import oxigraph, serving

import ivig
from ivig.build.release import Release
from ivig.query import Graph
from ivig.query.examples import example_of
from ivig.query.remote import Endpoint
from ivig.query.remote.releases import write_quads

TRIES = 3
SECONDS = 120
SQL, HTTP = 8514, 8515
INI = f"""
[Database]
DatabaseFile = v.db
TransactionFile = v.trx
ErrorLogFile = v.log
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{SQL}
NumberOfBuffers = 40000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{HTTP}
[SPARQL]
ResultSetMaxRows = 1000000
"""
LOAD = "ld_dir('.', 'release.nq', 'urn:none'); rdf_loader_run(); checkpoint;"


def main() -> int:
    """Print how long all saved queries, the middle one and the slowest take on each engine; the exit code says whether
    the claim holds."""
    graph = ivig.open()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("oxigraph", oxigraph(Path(sys.argv[1]), graph.release)) as server,
        virtuoso(graph.release, Path(folder)) as address,
    ):
        elsewhere = {
            name: Graph(graph.files, graph.release, Endpoint(url, seconds=SECONDS))
            for name, url in (("oxigraph", server.endpoint), ("virtuoso", address))
        }
        taken = asked({"embedded": graph, **elsewhere})
    print(f"{'':12}{'all':>10}{'middle':>12}{'slowest':>12}")
    for name, times in taken.items():
        slowest = max(times, key=lambda query: times[query])
        print(
            f"{name:12}{sum(times.values()):8.2f} s{statistics.median(times.values()) * 1000:9.1f} ms"
            f"{times[slowest] * 1000:9.0f} ms, {slowest}"
        )
    return int(min(taken, key=lambda name: sum(taken[name].values())) != "embedded")


def asked(graphs: dict[str, Graph]) -> dict[str, dict[str, float]]:
    """Seconds of each saved query, by engine and query."""
    taken: dict[str, dict[str, float]] = {name: {} for name in graphs}
    for query in graphs["embedded"].queries.values():
        if query.service:
            continue
        given = {parameter.name: example_of(parameter.kind) for parameter in query.parameters if parameter.required}
        for _ in range(TRIES):
            for name, graph in graphs.items():
                began = time.perf_counter()
                graph.query(query.name, **given)
                seconds = time.perf_counter() - began
                taken[name][query.name] = min(seconds, taken[name].get(query.name, seconds))
    return taken


@contextmanager
def virtuoso(release: Release, folder: Path) -> Iterator[str]:
    """The endpoint of a Virtuoso that holds a release."""
    (folder / "v.ini").write_text(INI)
    with (folder / "release.nq").open("wb") as file:
        write_quads(release, file)
    words = ["virtuoso-t", "-f", "-c", "v.ini"]
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{HTTP}/sparql"
    try:
        while not answers(endpoint):
            time.sleep(0.2)
            assert process.poll() is None, f"Virtuoso ended with {process.returncode}"
        isql = shutil.which("isql-vt") or "isql"
        words = [isql, f"127.0.0.1:{SQL}", "dba", "dba", f"exec={LOAD}"]
        subprocess.run(words, check=True, timeout=SECONDS, capture_output=True)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def answers(endpoint: str) -> bool:
    """Whether a server answers a query."""
    try:
        return httpx.get(endpoint, params={"query": "ASK {}"}, timeout=60).status_code == 200
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    sys.exit(main())
