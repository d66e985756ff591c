"""The wheel: installed without the checkout, every command works from any folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from conftest import ROOT
from ivig.cli.app import COMMANDS


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--wheel-dir",
            folder,
            ROOT,
        ],
        check=True,
    )
    return next(folder.glob("ivig-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, releases: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the wheel comes before the checkout, with a cache of its own.

    What the engines said of the same files is known already: the wheel is not there to ask them again.
    """
    site, cache = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("cache")
    (cache / "chunks").symlink_to(Path(os.environ["IVIG_CACHE"]) / "chunks")
    zipfile.ZipFile(wheel).extractall(site)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IVIG_")}
    return {**kept, "PYTHONPATH": str(site), "IVIG_CACHE": str(cache), "COLUMNS": "100"}


def _ivig(environment: dict[str, str], folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivig", *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
        timeout=120,
    )


def test_the_wheel_carries_graph_and_pages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "ivig/graph/ontology/ivig.ttl", "ivig/graph/data/ivig.ttl", "ivig/graph/data/links.sssom.tsv",
        "ivig/graph/shapes/statement.ttl", "ivig/graph/queries/conditions.rq", "ivig/graph/queries/internal/derive-14-verdict.rq",
        "ivig/graph/LICENSE-DATA", "ivig/graph/CITATION.cff", "ivig/graph/ontology/context.jsonld", "ivig/web/templates/base.html", "ivig/web/static/style.css", "ivig/web/static/ui/site.js",
    ):  # fmt: skip
        assert name in names, name


def test_every_command_works_from_any_folder(environment: dict[str, str], tmp_path: Path) -> None:
    first = _ivig(environment, tmp_path, "query", "conditions", "--format", "ndjson")
    assert first.returncode == 0, first.stderr
    assert len([json.loads(line) for line in first.stdout.splitlines()]) > 200
    assert "publish" in first.stderr
    again = _ivig(environment, tmp_path, "query", "conditions", "--format", "ndjson")
    assert (again.stdout, again.stderr) == (first.stdout, "")
    (tmp_path / "a.ris").write_text("TY  - JOUR\nTI  - On gout\nDO  - 10.1000/gout\nER  - \n")
    runs = {
        "template": (["mine.xlsx"], 0),
        "show": (["GBS"], 0),
        "verdict": (["GBS"], 0),
        "search": (["FcRn"], 0),
        "publish": (["--to", "nowhere"], 2),
        "plot": (["evidence-map", "-o", "map.svg"], 0),
        "diff": (["list"], 0),
        "mcp": (["--port", "nowhere"], 2),
        "import": (["a.ris", "--dry-run"], 0),
        "remove": (["statement/nowhere"], 2),
        # The first question has built, and nothing differs but who asks for it.
        "build": (["--graph", "nowhere"], 2),
        "link": ([], 0),
        "validate": ([], 0),
        "query": ([], 2),
        "resolve": (["MONDO:0016218"], 0),
        "sparql": (["ASK {}"], 0),
        "export": (["-o", "all.ttl"], 0),
        "verify": (["lems.zip"], 0),
        "serve": (["--port", "nowhere"], 2),
        "reload": (["--port", "1"], 2),
        "report": ([], 0),
        "format": (["--check"], 0),
        "verify-sources": (["nowhere"], 2),
    }
    package = _ivig(environment, tmp_path, "export", "--condition", "LEMS", "--package", "lems.zip")
    assert package.returncode == 0, package.stderr
    for command in COMMANDS:
        words, code = runs[command]
        done = _ivig(environment, tmp_path, command, *words)
        assert done.returncode == code, (command, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
    assert (tmp_path / "all.ttl").stat().st_size > 100_000


def test_python_asks_the_installed_graph(environment: dict[str, str], tmp_path: Path) -> None:
    code = "import ivig; g = ivig.open(); print(ivig.__file__); print(g.query('evidence-for-condition', condition='LEMS')[0]['level'] or 0)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=tmp_path, check=True
    )
    place, level = done.stdout.split()
    assert str(ROOT) not in place
    assert level in ("1", "2")


def test_the_installed_server_has_its_pages(environment: dict[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ivig", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    try:
        address = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert address
        for path in ("/", "/docs", "/static/ui/site.js", "/static/style.css", "/condition/guillain-barre-syndrome"):
            assert httpx.get(address[0] + path).status_code == 200, path
    finally:
        process.terminate()
        process.communicate(timeout=20)
