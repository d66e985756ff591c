"""Passages against documents of our own: unchanged, changed, moved, cut, gone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ivig.curate.sources import StatedPassage, check_passages
from ivig.errors import NotThere

TEXT = "A heading\n\n  • First passage, with an é and a 🩸.\n  • Second passage.\nLast"
LINES = [line for line in TEXT.split("\n") if line.startswith("  •")] + ["Last"]


def _passages() -> list[StatedPassage]:
    return [
        StatedPassage(
            "mine", "mine.txt", f"{number:02}", TEXT.index(line), TEXT.index(line) + len(line),
            hashlib.sha256(line.encode()).hexdigest(),
        )
        for number, line in enumerate(LINES, 1)
    ]  # fmt: skip


def _problems(folder: Path, text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "mine.txt").write_bytes(content)
    return [check.problem for check in check_passages(_passages(), folder)]


def test_an_unchanged_document_passes(tmp_path: Path) -> None:
    assert _problems(tmp_path, TEXT) == ["", "", ""]


def test_a_changed_passage_is_the_only_one_reported(tmp_path: Path) -> None:
    problems = _problems(tmp_path, TEXT.replace("Second", "Sacond"))
    assert problems == ["", "the text differs from the one that was read", ""]


def test_moved_passages_are_found_again(tmp_path: Path) -> None:
    problems = _problems(tmp_path, "New\n" + TEXT)
    assert problems[0] == f"moved: stated at {TEXT.index(LINES[0])}, found at {TEXT.index(LINES[0]) + 4}"
    assert all(problem.startswith("moved") for problem in problems)


def test_a_cut_document_is_reported(tmp_path: Path) -> None:
    problems = _problems(tmp_path, TEXT[:30])
    assert problems[2] == f"ends at {len(TEXT)}, but the document has 30 code points"


def test_a_document_in_another_encoding_fails_passage_by_passage(tmp_path: Path) -> None:
    assert (
        _problems(tmp_path, TEXT.replace("🩸", "o").replace("•", "*").encode("latin-1"))
        == ["the document is not UTF-8"] * 3
    )


def test_a_missing_document_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="mine.txt"):
        list(check_passages(_passages(), tmp_path))
    with pytest.raises(NotThere, match="is no folder"):
        list(check_passages(_passages(), tmp_path / "nowhere"))
