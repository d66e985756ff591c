"""How many requests a second the server answers, how soon it is ready and what it takes, beside Oxigraph's own server
and rdflib-endpoint on the same graph, in one run on one machine.

usage: python benchmarks/server.py PEERS [SECONDS]      PEERS: the `bin` folder with `oxigraph` and `rdflib-endpoint`;
`wrk` must be installed. Claims: a saved query at 2 or more times Oxigraph's requests a second and 15 or more times
rdflib-endpoint's; a query not seen before at 0.7 or more of Oxigraph's; ready in half the time of rdflib-endpoint or
less; all processes together within 400 MB; with `--workers` N, as many as there are processors, pages of which no
answer is kept at 0.7 times N or more of the rate of one process.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from harness import IVIG, megabytes

import ivig
from ivig.build.release import Release

PAGE = "/condition/guillain-barre-syndrome"
WORKERS = os.cpu_count() or 1
SAVED = "/queries/evidence-for-condition?condition=guillain-barre+syndrome&format=json"
PORTS = {"ivig": 8511, "oxigraph": 8512, "rdflib-endpoint": 8513}
WARM_UP_SECONDS = 1

_POSTED = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/sparql-query"
wrk.body = [==[{query}]==]
"""
"""A query as a body: in an address it would be longer than Oxigraph's server takes."""
_COUNTING = """
local count = {start}
request = function()
  count = count + 1
  return wrk.format(nil, nil, nil, wrk.body .. "\\n#" .. count)
end
"""


class Server(NamedTuple):
    """A server that runs: its process, the address of its SPARQL endpoint, the seconds until it answered."""

    process: subprocess.Popen[bytes]
    endpoint: str
    ready: float


def main() -> int:
    """Print a row for each measurement; the exit code says whether all claims hold."""
    peers = Path(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    graph = ivig.open()
    text = graph.bound("evidence-for-condition", {"condition": "guillain-barre syndrome"})
    posted = _POSTED.replace("{query}", text)
    with tempfile.TemporaryDirectory() as folder:
        same = Path(folder) / "same.lua"
        same.write_text(posted)
        with serving("ivig", own(graph.release)) as ours, serving("oxigraph", oxigraph(peers, graph.release)) as theirs:
            host = ours.endpoint.removesuffix("/sparql")
            saved = wrk(f"{host}{SAVED}", seconds)
            saved_ox = wrk(theirs.endpoint, seconds, same)
            unseen, unseen_ox = 0.0, 0.0
            for turn in range(2):
                # In turn, so that a machine that slows down slows both.
                unseen += unseen_rate(ours.endpoint, posted, seconds, turn, Path(folder)) / 2
                unseen_ox += unseen_rate(theirs.endpoint, posted, seconds, turn, Path(folder)) / 2
            memory = megabytes(ours.process.pid)
        pages = {}
        for workers in (1, WORKERS):
            words: list[str | Path] = ["--cache-size", "0", "--workers", str(workers)]
            with serving("ivig", [*own(graph.release), *words]) as pool:
                pages[workers] = wrk(f"{pool.endpoint.removesuffix('/sparql')}{PAGE}", seconds, accept="text/html")
        with serving("rdflib-endpoint", rdflib_endpoint(peers, graph.release)) as slow:
            saved_slow = wrk(slow.endpoint, seconds, same)
    print(f"{'saved query':24}{saved:10.0f}/s   oxigraph {saved_ox:.1f}/s   rdflib-endpoint {saved_slow:.2f}/s")
    print(f"{'query not seen before':24}{unseen:10.0f}/s   oxigraph {unseen_ox:.1f}/s")
    print(f"{'page, not kept':24}{pages[WORKERS]:10.0f}/s   one process {pages[1]:.0f}/s")
    print(f"{'ready':24}{ours.ready:10.2f} s    rdflib-endpoint {slow.ready:.2f} s")
    print(f"{'memory':24}{memory:10.0f} MB")
    claims = {
        "saved query, times oxigraph": (saved / saved_ox, 2.0),
        "saved query, times rdflib-endpoint": (saved / max(saved_slow, 0.01), 15.0),
        "query not seen before, times oxigraph": (unseen / unseen_ox, 0.7),
        f"page, times one process, by {WORKERS}": (pages[WORKERS] / pages[1], 0.7 * WORKERS),
        "ready, times as soon as rdflib-endpoint": (slow.ready / ours.ready, 2.0),
        "memory, times less than 400 MB": (400 / memory, 1.0),
    }
    for name, (found, claimed) in claims.items():
        print(f"{name:44}{found:10.2f}   claimed {claimed:g}   {'holds' if found >= claimed else 'DOES NOT HOLD'}")
    return int(any(found < claimed for found, claimed in claims.values()))


def own(release: Release) -> list[str | Path]:
    return [IVIG, "serve", "--port", str(PORTS["ivig"]), "--releases", release.folder.parent]


def oxigraph(peers: Path, release: Release) -> list[str | Path]:
    place: list[str | Path] = [
        "--location",
        release.store,
        "--bind",
        f"127.0.0.1:{PORTS['oxigraph']}",
        "--union-default-graph",
    ]
    return [peers / "oxigraph", "serve-read-only", *place]


def rdflib_endpoint(peers: Path, release: Release) -> list[str | Path]:
    return [peers / "rdflib-endpoint", "serve", "--port", str(PORTS["rdflib-endpoint"]), release.nquads]


@contextmanager
def serving(name: str, command: list[str | Path]) -> Iterator[Server]:
    """Start a server and wait until it answers a query."""
    path = {"ivig": "/sparql", "oxigraph": "/query", "rdflib-endpoint": "/"}[name]
    endpoint = f"http://127.0.0.1:{PORTS[name]}{path}"
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                if httpx.get(endpoint, params={"query": "ASK {}"}, timeout=60).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.01)
            assert process.poll() is None, f"{name} ended with {process.returncode}"
        yield Server(process, endpoint, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def wrk(
    address: str, seconds: int, script: Path | None = None, accept: str = "application/sparql-results+json"
) -> float:
    """Answers with status 2xx a second, asked by eight connections."""
    words = ["wrk", "-t1", "-c8", "--timeout", "60s"]
    if script is not None:
        words += ["-s", str(script)]
    words += ["-H", f"Accept: {accept}"]
    subprocess.run([*words, f"-d{WARM_UP_SECONDS}s", address], stdout=subprocess.DEVNULL, check=True)
    out = subprocess.run([*words, f"-d{seconds}s", address], capture_output=True, text=True, check=True).stdout
    done = re.search(r"(\d+) requests in ([\d.]+)s", out)
    assert done, out
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return (int(done[1]) - (int(failed[1]) if failed else 0)) / float(done[2])


def unseen_rate(endpoint: str, posted: str, seconds: int, turn: int, folder: Path) -> float:
    """The rate of one query that is never the same text twice: a comment at its end counts."""
    script = folder / "counting.lua"
    # Each run starts where none before it has been.
    start = turn * 10_000_000 + time.time_ns() % 10**9
    script.write_text(posted + _COUNTING.replace("{start}", str(start)))
    return wrk(endpoint, seconds, script)


if __name__ == "__main__":
    sys.exit(main())
