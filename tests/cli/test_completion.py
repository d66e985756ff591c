"""Shell completion: commands, questions, options, and names of things."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run


def _completed(run: Run, line: str, **environment: str) -> list[str]:
    words = line.split(" ")
    done = run(_IVIG_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), **environment)
    return done.stdout.split("\n")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("ivig ver", "verify-sources"),
        ("ivig query evidence-for", "evidence-for-condition"),
        ("ivig query evidence-for-condition --con", "--condition"),
        ("ivig query evidence-for-condition --condition stiff", "stiff person syndrome"),
        ("ivig query conditions-by-direction --direction no", "no benefit"),
        ("ivig query conditions --format nd", "ndjson"),
    ],
)
def test_completes(run: Run, releases: Path, line: str, wanted: str) -> None:
    assert wanted in _completed(run, line)


def test_completes_no_names_where_nothing_is_built(run: Run, tmp_path: Path) -> None:
    line = "ivig query evidence-for-condition --condition stiff"
    assert "stiff person syndrome" not in _completed(run, line, IVIG_RELEASES=str(tmp_path / "none"))
