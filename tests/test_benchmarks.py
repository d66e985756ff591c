"""The benchmarks run, on a graph that is small and generated; how long anything takes is not asked here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import ROOT


def generated(folder: Path, seed: int) -> dict[str, bytes]:
    """The data files of a generated graph."""
    program = ROOT / "benchmarks" / "generator.py"
    subprocess.run([sys.executable, program, "150", folder, str(seed)], check=True)
    return {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "data").rglob("*.ttl")}


def test_a_seed_gives_one_graph_of_the_size_asked_for(tmp_path: Path) -> None:
    one, same, other = (generated(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert one == same
    assert one != other
    assert sum(text.count(b" a ivig:Statement ") for text in one.values()) == 150


def test_a_small_run_builds_asks_and_writes_the_page(tmp_path: Path) -> None:
    """A generated graph that broke a shape would end the run."""
    page = tmp_path / "benchmarks.md"
    subprocess.run([sys.executable, ROOT / "benchmarks" / "run.py", "--small", "--page", page, "growth"], check=True)
    text = page.read_text(encoding="utf-8")
    assert "| build after a change, s |" in text
    assert "| evidence-for-condition, one condition, ms |" in text
    for picture in ("growth-build", "growth-one"):
        assert f"images/{picture}.svg" in text
        assert (tmp_path / "images" / f"{picture}.svg").stat().st_size > 0
