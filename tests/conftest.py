"""What the tests share: the real graph, built once a run, and the command line as a user runs it."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

import ivig
from ivig.build.pipeline import build
from ivig.build.release import releases_of
from ivig.graph_files import GraphFiles, graph_files
from ivig.namespaces import REPLACED_BY
from ivig.query import Graph
from scale import EXPLORE

ROOT = Path(__file__).parents[1]
IVIG = Path(sys.executable).with_name("ivig")

collect_ignore = ["tools/kgx_check.py", "tools/crate_cache.py"]
"""They run on other Pythons, those of KGX and of the validator of RO-Crates."""

# A busy machine is slow, and whether a test passes is not for chance: random cases are the same in every run but where
# new ones are looked for.
settings.register_profile("ivig", deadline=None, derandomize=not EXPLORE, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ivig")

_OF_ONE_WORKER = ("tests/test_installed.py", "tests/test_shapes.py")

Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_configure(config: pytest.Config) -> None:
    """Keep a cache of the run's own: what somebody built before must neither help a test nor break one.

    Workers side by side have that of the process that started them, and with it one release of the real graph.
    """
    if hasattr(config, "workerinput"):
        return
    cache = tempfile.TemporaryDirectory(prefix="ivig-cache-", ignore_cleanup_errors=True)
    os.environ["IVIG_CACHE"] = cache.name
    config.add_cleanup(cache.cleanup)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Tests go to whichever worker is free; those of a file that prepares much for all (a wheel, Java), to one."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in _OF_ONE_WORKER else nodeid

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def files() -> GraphFiles:
    """The files of the real graph."""
    return graph_files(ROOT)


@pytest.fixture(scope="session")
def releases(files: GraphFiles) -> Path:
    """A folder with a release of the real graph: the one that the examples in the code open too."""
    home = releases_of(files)
    with (Path(os.environ["IVIG_CACHE"]) / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if home.current() is None:
            build(files, home)
    return home.folder


@pytest.fixture(scope="session")
def graph(releases: Path) -> Graph:
    """The real graph, ready to be asked."""
    return ivig.open(ROOT, releases)


@pytest.fixture(scope="session")
def former(graph: Graph) -> tuple[str, str]:
    """The IRI that a publication had before, and the one it has."""
    old_and_new = f'?old <{REPLACED_BY}> ?new FILTER(CONTAINS(STR(?old), "/citation/"))'
    row = graph.sparql(f"SELECT ?old ?new {{ {old_and_new} }} ORDER BY ?old LIMIT 1")[0]
    return str(row["old"]), str(row["new"])


@pytest.fixture
def run(releases: Path, tmp_path: Path) -> Run:
    """Runs `ivig` with the given words in an empty folder, on the release of the real graph."""

    def run_ivig(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {**os.environ, "IVIG_RELEASES": str(releases), "COLUMNS": "100", "TERM": "dumb", **environment}
        return subprocess.run(
            [IVIG, *map(str, words)], capture_output=True, text=True, env=given, cwd=tmp_path, timeout=120, check=False
        )

    return run_ivig


@contextmanager
def serving(*words: str | Path, complaints: tuple[str, ...] = ()) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A real server on a free port, as a process of its own: the process and its address.

    It may be killed; it has nothing to complain of but what is expected.
    """
    process = subprocess.Popen(
        [IVIG, "serve", "--port", "0", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        ready = process.stdout.readline()
        address = re.search(r"https?://\S+:\d+", ready)
        assert address, ready + process.stderr.read()
        yield process, address[0]
    finally:
        process.terminate()
        _, told = process.communicate(timeout=30)
    # That there is something newer to build, or that what is newer cannot be served, is no complaint.
    said = ("have changed since this release", "the release was not changed", *complaints)
    assert [line for line in told.splitlines() if not any(words in line for words in said)] == []


@pytest.fixture(scope="session")
def address(releases: Path) -> Iterator[str]:
    """The address of a server of the real graph."""
    with serving("--releases", releases) as (_, where):
        yield where


@pytest.fixture(scope="session")
def server(address: str) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client
