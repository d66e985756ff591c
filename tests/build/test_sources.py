"""Reading: broken Turtle is named with file, line, column and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig.build.sources import read
from ivig.errors import BadInput, BadTurtle, NotThere
from ivig.io.turtle import read_turtle
from small import HEAD, SOURCE, files_with


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "<a> ivig:kind .\n", r"x\.ttl, line 4, column \d+: "),
        (HEAD + "<a> nope:kind <b> .\n", r"x\.ttl, line 4, column \d+: The prefix nope: has not been declared"),
        (HEAD + '<a> ivig:kind "open .\n', r"x\.ttl, line 4"),
        (HEAD + "<a> ivig:kind <b>", r"x\.ttl, line 4"),
    ],
)
def test_broken_turtle_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(text)
    with pytest.raises(BadTurtle, match=message):
        read_turtle(path, "x.ttl")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(HEAD.encode() + b'<a> ivig:note "\x00\x81\x8d" .\n')
    with pytest.raises(BadInput, match=r"x\.ttl"):
        read_turtle(path, "x.ttl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="No such file"):
        read_turtle(tmp_path / "nowhere.ttl")


def test_a_subject_is_known_by_its_file(tmp_path: Path) -> None:
    sources = read(files_with(tmp_path, SOURCE))
    assert sources.stands_in["https://w3id.org/ivig/condition/gout"] == "data/ivig.ttl"
    assert sources.alignment
    assert not set(sources.alignment) & set(sources.ontology)
