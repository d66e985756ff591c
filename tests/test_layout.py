"""The layout: what stands where, and what stands nowhere."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT

TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
]
PYTHON = [path for path in TRACKED if path.suffix == ".py" and "server" in path.parts]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_folders_are_there() -> None:
    for name in ("ontology", "data/ivig.ttl", "shapes", "queries", "server/ivig", "server/ui", "tests", "docs", "benchmarks",
                 "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "LICENSE-DATA", "CITATION.cff", ".ci/run"):  # fmt: skip
        assert (ROOT / name).exists(), name


def test_no_query_stands_in_python() -> None:
    for path in PYTHON:
        assert not re.search(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE)\b[^\n]*(WHERE|\{)", _text(path)) or path.name in (
            "sparql.py",  # the examples in a help text and in the description of the API
            "query_text.py",  # the examples of its docstrings
            "search.py",  # SQL, of the full-text index
            "search_index.py",  # SQL, of the same
            "name_index.py",  # SQL, of the index of names
        ), path


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in TRACKED
        if p.name in ("package-lock.json", "constraints.txt", ".npmrc", "pyproject.toml") or p.suffix == ".md"
    ],
    ids=lambda p: p.name,
)
def test_no_lock_file_or_document_names_the_host_of_a_registry(path: Path) -> None:
    assert not re.search(r"https?://[^/ \"]*(pypi|npm|pythonhosted)[^/ \"]*\.(org|com)", _text(path))


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in _text(ROOT / "constraints.txt").splitlines()
        if "==" in line
    }
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {re.split(r"[<>=]", name)[0].lower() for name in wanted} <= pinned


def test_the_version_is_the_same_everywhere() -> None:
    import ivig

    version = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]["version"]
    assert ivig.__version__ == version
    assert f'version: "{version}"' in _text(ROOT / "CITATION.cff")
    assert f'"version": "{version}"' in _text(ROOT / ".zenodo.json")
    assert f'owl:versionInfo "{version}"' in _text(ROOT / "ontology" / "ivig.ttl")
    assert f"#mapping_set_version: {version}\n" in _text(ROOT / "data" / "links.sssom.tsv")


def test_every_python_file_says_what_it_is_for() -> None:
    for path in TRACKED:
        if path.suffix == ".py":
            assert _text(path).startswith('"""'), path
