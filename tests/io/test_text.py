"""Text files in the encodings that people have them in, and what is no text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyoxigraph import Literal

from ivig.errors import BadInput, NotThere
from ivig.io.text import decoded, read_text
from ivig.io.turtle import read_turtle

TEXT = "Sjögren’s syndrome\nOhlsson A\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_encoding_and_end_of_line_is_the_same_text(tmp_path: Path, encoding: str, end: str) -> None:
    (tmp_path / "x.txt").write_bytes(TEXT.replace("\n", end).encode(encoding))
    assert read_text(tmp_path / "x.txt") == TEXT


@pytest.mark.parametrize("content", [b"", b"\n", b"ascii\n"])
def test_plain_text_stays_as_it_is(content: bytes) -> None:
    assert decoded(content, "x").encode() == content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"one\ntwo \x81\n", "x.txt, line 2: byte 0x81 is no text; save the file as UTF-8"),
        (b"\xef\xbb\xbfone\n\n\xff", "x.txt, line 3: byte 0xFF is no text; save the file as UTF-8"),
        (b"%PDF-1.7\n\x00\x01", "x.txt, line 2: byte 0x00 is no text; save the file as UTF-8"),
        (b"\x1f\x8b\x08\x00", "x.txt: the file is compressed; unpack it first"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, message: str) -> None:
    with pytest.raises(BadInput) as raised:
        decoded(content, "x.txt")
    assert str(raised.value) == message


def test_a_file_that_cannot_be_read_or_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match=r"^mine: No such file or directory$"):
        read_text(tmp_path / "nowhere", "mine")
    with pytest.raises(NotThere, match="Is a directory"):
        read_text(tmp_path)
    (tmp_path / "x").write_bytes(b"12345")
    assert read_text(tmp_path / "x", limit=5) == "12345"
    with pytest.raises(BadInput, match="x: at most 4 bytes; split the file"):
        read_text(tmp_path / "x", limit=4)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="pipe: no regular file"):
        read_text(tmp_path / "pipe")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_turtle_of_any_encoding_says_the_same(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "x.ttl").write_bytes('<urn:a>\r\n <urn:b> "Sjögren" .\r\n'.encode(encoding))
    assert [triple.object for triple in read_turtle(tmp_path / "x.ttl")] == [Literal("Sjögren")]
