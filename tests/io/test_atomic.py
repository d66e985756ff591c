"""Files are there whole or not at all, and what is no file is written to as it is."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ivig.errors import BadInput, NotThere
from ivig.io.atomic import finished_file


def _write(path: Path, content: bytes) -> None:
    with finished_file(path) as draft:
        draft.write_bytes(content)


def test_a_file_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"old")
    path.chmod(0o600)
    _write(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"old")
    with pytest.raises(BadInput), finished_file(path) as draft:
        draft.write_bytes(b"half")
        raise BadInput("no")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "part", tmp_path / "link"
    link.symlink_to(target)
    for content in (b"first", b"second"):
        _write(link, content)
        assert (link.is_symlink(), target.read_bytes()) == (True, content)


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    _write(pipe, b"through")
    reader.join()
    assert (read, pipe.is_fifo()) == ([b"through"], True)


def test_a_name_may_be_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    _write(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize("name", ["", ".", "..", "/"])
def test_a_folder_is_no_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="is a folder: name a file"):
        _write(Path(name), b"x")
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="No such file or directory"):
        _write(tmp_path / "nowhere" / "part", b"x")
    with pytest.raises(NotThere, match="File name too long"):
        _write(tmp_path / ("n" * 300), b"x")
