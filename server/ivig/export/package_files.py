"""The files of a package, a folder or a ZIP: read without trust in what made it."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO, Protocol, cast

from ivig.errors import BadInput, NotThere
from ivig.export.zip_layout import changes_of_layout

SUMS = "SHA256SUMS"
METADATA = "ro-crate-metadata.json"
SELECTION = "selection.json"
DATA = "data/statements.nq"

MOST_BYTES = 4_000_000_000
"""Of a package, unpacked: what claims to be larger is not opened."""

_BLOCK = 1 << 20
_ENCRYPTED = 1
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, KeyError, OverflowError
)  # fmt: skip
"""What Python's ZIP reader raises for bytes that are not as a ZIP has them."""


class PackageFiles(Protocol):
    """names: the files that can be read; oddities: a line for each thing that no package has, and that is not read."""

    names: list[str]
    oddities: list[str]

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a file. Raises BadInput, with its name, where it cannot be read."""

    def layout(self) -> tuple[list[str], bool]:
        """What is wrong with what the files lie in, and whether they were packed anew."""


def opened(path: Path) -> PackageFiles:
    """The files of a package. Raises NotThere where there is nothing, BadInput where it is no folder and no ZIP."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise NotThere(f"{shown(str(path))}: No such file or directory") from error
    if stat.S_ISDIR(mode):
        return _Folder(path)
    # A pipe or a device is not even opened: it may never end.
    if not stat.S_ISREG(mode):
        raise BadInput(f"{shown(str(path))} is no package: neither a folder nor a ZIP")
    try:
        return _Zip(path)
    except _UNREADABLE as error:
        raise BadInput(f"{shown(str(path))} is no package: neither a folder nor a ZIP") from error


def content(files: PackageFiles, name: str) -> bytes:
    """All of a file. Raises BadInput, with its name, where it is missing or cannot be read."""
    if name not in files.names:
        raise BadInput(f"no package: {shown(name)} is missing")
    return b"".join(files.blocks(name))


def shown(text: str) -> str:
    r"""Text from a package as a terminal can show it: on one line, and without what would steer it.

    >>> shown("data\x1b[2J\n.nq")
    'data\\x1b[2J\\n.nq'
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _blocks(file: BinaryIO, name: str) -> Iterator[bytes]:
    size = 0
    while block := file.read(_BLOCK):
        if (size := size + len(block)) > MOST_BYTES:
            raise BadInput(f"{shown(name)}: more than {MOST_BYTES} bytes")
        yield block


def _empty(folders: set[str], names: list[str]) -> list[str]:
    """Folders with nothing in them, which no checksum would tell of."""
    parents = {parent.as_posix() for name in names for parent in PurePosixPath(name).parents}
    return [f"{shown(folder)}/: not in {SUMS}" for folder in sorted(folders - parents)]


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.names: list[str] = []
        self.oddities: list[str] = []
        folders, others = set(), []
        for entry in path.rglob("*"):
            name, mode = entry.relative_to(path).as_posix(), entry.lstat().st_mode
            if stat.S_ISREG(mode):
                self.names.append(name)
            elif stat.S_ISDIR(mode):
                folders.add(name)
            else:
                others.append(name)
                self.oddities.append(
                    f"{shown(name)}: {'a link' if stat.S_ISLNK(mode) else 'a device or pipe'}, no file"
                )
        self.oddities += _empty(folders, [*self.names, *others])

    def blocks(self, name: str) -> Iterator[bytes]:
        try:
            with (self._path / name).open("rb") as file:
                yield from _blocks(file, name)
        except OSError as error:
            raise BadInput(f"{shown(name)}: cannot be read: {error.strerror or error}") from error

    def layout(self) -> tuple[list[str], bool]:
        return [], False


class _Zip:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = zipfile.ZipFile(path)
        entries = self._archive.infolist()
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise BadInput(f"{shown(str(path))}: more than {MOST_BYTES} bytes, unpacked")
        odd = [(entry.filename, _oddity(entry)) for entry in entries]
        often = Counter(entry.filename for entry in entries)
        self.oddities = [f"{shown(name)}: {what}" for name, what in odd if what]
        self.oddities += [f"{shown(name)}: {number} files of one name" for name, number in often.items() if number > 1]
        self.names = [name for name, what in odd if not what and often[name] == 1 and not name.endswith("/")]
        folders = {name.rstrip("/") for name, what in odd if not what and name.endswith("/")}
        self.oddities += _empty(folders, [name for name, _ in odd if not name.endswith("/")])

    def blocks(self, name: str) -> Iterator[bytes]:
        try:
            with self._archive.open(name) as file:
                yield from _blocks(cast(BinaryIO, file), name)
        except _UNREADABLE as error:
            # A changed byte in a ZIP may break its compression before it shows in a checksum.
            raise BadInput(f"{shown(name)}: changed, and cannot be unpacked") from error

    def layout(self) -> tuple[list[str], bool]:
        with self._path.open("rb") as file:
            changes, anew = changes_of_layout(file, self._archive)
        return [f"{shown(self._path.name)}: {shown(change)}" for change in changes], anew


def _oddity(entry: zipfile.ZipInfo) -> str:
    """What is wrong with an entry of a ZIP that could do harm where it is unpacked; empty where nothing is."""
    place = PureWindowsPath(entry.filename)
    if place.anchor or place.drive or ".." in place.parts or entry.filename.startswith("/"):
        return "leads out of the package"
    if entry.filename != entry.orig_filename.replace(os.sep, "/"):
        return "a name that is cut off"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        return f"{'a link' if kind == stat.S_IFLNK else 'a device or pipe'}, no file"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted"
    # Of the other ways to compress, some take any amount of memory.
    return "" if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else "compressed in an unknown way"
