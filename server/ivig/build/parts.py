"""The parts that a release is made of: the lines of each file, and what follows from each group of statements.

What one condition's statements and all that they lead to entail, derive or break does not hang on another's. So the
statements are dealt out by condition, into groups whose number hangs on the size of the graph alone, and each group is
judged by itself. A release keeps its parts: the next build makes those anew that something in them has changed for.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

PARTS = "parts"
"""The folder of a release that they are kept in."""
_INDEX = "index.json"
_ENDINGS = ("things", "lines")
"""Of the files of a part, in the order in which they are written."""
_STATEMENTS = 512
"""Statements of a group, about; half of that, where their number is just above a power of two."""
_RESTS = 8
"""Groups of statements for each group of what no statement leads to."""


class Index(TypedDict):
    """What a release says of its parts.

    :param base: SHA-256 of all that every part hangs on: ontology, shapes, rules, this program and its engines
    :param common: SHA-256 of the lines that every group is given
    :param groups: how many groups the statements are dealt out into
    :param files: SHA-256 of each file of data, by its name
    :param parts: what the parts are called
    """

    base: str
    common: str
    groups: int
    files: dict[str, str]
    parts: list[str]


def groups_for(statements: int) -> int:
    """How many groups so many statements are dealt out into: a power of two, which a few more do not change.

    >>> groups_for(0), groups_for(512), groups_for(2000), groups_for(100_000)
    (1, 1, 4, 256)
    """
    return 1 << max(0, (max(statements, 1) - 1) // _STATEMENTS).bit_length()


def group_of(iri: str, groups: int) -> int:
    """The group of a thing: that of its condition, where it has one, for what is said of one belongs together.

    :param iri: of the condition, else of the thing
    """
    return zlib.crc32(iri.encode()) % groups


def data_part(name: str) -> str:
    """What the part of a file of data is called."""
    return f"data-{sha256(name.encode()).hexdigest()[:16]}"


def group_part(number: int) -> str:
    """What the part of a group of statements is called."""
    return f"inferred-{number:05}"


def rest_part(iri: str, groups: int) -> str:
    """What the part is called that a thing belongs to which no statement leads to.

    :param iri: of the thing
    :param groups: how many groups of statements there are
    """
    return f"inferred-rest-{group_of(iri, max(1, groups // _RESTS)):05}"


class Parts:
    """The parts of one release, in a folder: of each its lines, compressed, and the things that it has.

    taken: the names of those that were taken over of another release.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: set[str] = set()

    def index(self) -> Index | None:
        """What there is to say of them; None where there are none."""
        with suppress(OSError, ValueError):
            index: Index = json.loads((self.folder / _INDEX).read_bytes())
            return index
        return None

    def close(self, index: Index) -> None:
        """Say what there is to say of them, once all are written.

        :param index: but for their names
        """
        index = {**index, "parts": sorted(self.names())}
        (self.folder / _INDEX).write_text(json.dumps(index, indent=1, sort_keys=True), encoding="utf-8")

    def are_whole(self) -> bool:
        """Whether every part is there that the index speaks of."""
        index = self.index()
        if index is None:
            return False
        there = {path.name for path in self.folder.iterdir()}
        return there.issuperset(f"{name}.{ending}" for name in index["parts"] for ending in _ENDINGS)

    def forget(self) -> None:
        """Have nothing to say of them any more, so that nobody takes them over."""
        (self.folder / _INDEX).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """What the parts are called."""
        return {path.stem for path in self.folder.glob("*.lines")}

    def lines(self, name: str) -> list[bytes]:
        """The lines of a part, sorted; none where there is no such part."""
        return self._read(f"{name}.lines").splitlines(keepends=True)

    def things(self, name: str) -> list[str]:
        """The IRIs of the things of a part: the subjects of a file, all that a group has or mentions."""
        return self._read(f"{name}.things").decode().splitlines()

    def _read(self, file: str) -> bytes:
        try:
            return zlib.decompress((self.folder / file).read_bytes())
        except FileNotFoundError:
            return b""

    def write(self, name: str, lines: bytes, things: Iterable[str]) -> None:
        """Keep a part.

        :param lines: sorted, together
        :param things: their IRIs
        """
        self.folder.mkdir(exist_ok=True)
        for ending, content in zip(_ENDINGS, ("\n".join(sorted(things)).encode(), lines), strict=True):
            (self.folder / f"{name}.{ending}").write_bytes(zlib.compress(content, 1))

    def take(self, name: str, others: Parts) -> None:
        """Have a part of another release too; its files are shared, for nobody changes them."""
        self.folder.mkdir(exist_ok=True)
        self.taken.add(name)
        for ending in _ENDINGS:
            share(others.folder / f"{name}.{ending}", self.folder / f"{name}.{ending}")


def share(old: Path, new: Path) -> None:
    """Have a file in another place too, without a copy where the file system can."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
