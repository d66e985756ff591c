"""Whether a package is what it was when it was made: its checksums, its description, its rules."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

from pyoxigraph import RdfFormat, Triple, parse

from ivig.errors import BadInput, NotThere
from ivig.export.package import DATA, METADATA, SELECTION, SUMS
from ivig.namespaces import RDF_TYPE, TERMS

MOST_BYTES = 4_000_000_000
"""Of a package, unpacked: what claims to be larger is not opened."""

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_BLOCK = 1 << 20


class Verified(NamedTuple):
    """What was found. problems: a line each, naming the file; empty where all is as it was."""

    problems: list[str]
    files: int
    statements: int
    release: str


class _Files(Protocol):
    def names(self) -> list[str]: ...

    def open(self, name: str) -> BinaryIO: ...


def verify_package(path: Path) -> Verified:
    """What has changed in a package, a folder or a ZIP.

    Raises NotThere where there is nothing, BadInput where it is no package.
    """
    files = _opened(path)
    names = files.names()
    if SUMS not in names:
        raise BadInput(f"{path} is no package: it has no {SUMS}")
    sums = _sums(path, files)
    problems = list(_changes(files, names, sums))
    if problems:
        # What was changed need not be read any further, and may be hostile.
        return Verified(problems, len(sums), 0, "")
    asked = _json(files, SELECTION)
    described = _described(_json(files, METADATA))
    problems = [f"{name}: not in {METADATA}" for name in sums if name != METADATA and name not in described]
    statements, broken = _checked(files, names)
    problems += broken
    if statements != asked.get("statements"):
        problems.append(f"{DATA}: holds {statements} statements, and {SELECTION} speaks of {asked.get('statements')}")
    if "selection" in asked and not asked["selection"] and asked.get("inferred") and sums[DATA] != asked.get("release"):
        problems.append(f"{DATA}: not the whole graph of the release that {SELECTION} names")
    return Verified(problems, len(sums), statements, str(asked.get("release", "")))


def _described(metadata: dict[str, Any]) -> set[str]:
    """The names of the files that an RO-Crate describes."""
    entities = metadata.get("@graph")
    return (
        {str(entity.get("@id")) for entity in entities if isinstance(entity, dict)}
        if isinstance(entities, list)
        else set()
    )


def _changes(files: _Files, names: list[str], sums: dict[str, str]) -> Iterator[str]:
    for name in sorted({*names, *sums} - {SUMS}):
        if name not in sums:
            yield f"{name}: not in {SUMS}"
        elif name not in names:
            yield f"{name}: missing"
        elif _digest(files, name) != sums[name]:
            yield f"{name}: changed"


def _digest(files: _Files, name: str) -> str:
    total, size = sha256(), 0
    try:
        with files.open(name) as file:
            while block := file.read(_BLOCK):
                total.update(block)
                if (size := size + len(block)) > MOST_BYTES:
                    raise BadInput(f"{name}: more than {MOST_BYTES} bytes")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
        # A changed byte in a ZIP may break its compression before it shows in a checksum.
        return ""
    return total.hexdigest()


def _checked(files: _Files, names: list[str]) -> tuple[int, list[str]]:
    """How many statements the data hold, and the rules of the package that they break."""
    from ivig.build.validate import violations

    try:
        with files.open(DATA) as file:
            data = [quad.triple for quad in parse(file, format=RdfFormat.N_QUADS)]
        shapes: list[Triple] = []
        for name in names:
            if name.startswith("shapes/") and name.endswith(".ttl"):
                with files.open(name) as file:
                    shapes += [quad.triple for quad in parse(file, format=RdfFormat.TURTLE)]
    except (KeyError, FileNotFoundError) as error:
        raise BadInput(f"no package: {DATA} is missing") from error
    except SyntaxError as error:
        return 0, [f"{DATA} or shapes: {error.msg}"]
    found = {t.subject for t in data if t.predicate.value == RDF_TYPE and str(t.object) == f"<{TERMS}Statement>"}
    return len(found), [f"{DATA}: {violation}" for violation in violations(data, shapes)]


def _sums(path: Path, files: _Files) -> dict[str, str]:
    sums = {}
    with files.open(SUMS) as file:
        text = file.read(_BLOCK)
    for line in text.decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2].startswith("/") or ".." in PurePosixPath(match[2]).parts:
            raise BadInput(f"{path} is no package: {SUMS} has a line that is no checksum")
        sums[match[2]] = match[1]
    return sums


def _json(files: _Files, name: str) -> dict[str, Any]:
    try:
        with files.open(name) as file:
            value = json.load(file)
    except (KeyError, OSError, ValueError) as error:
        raise BadInput(f"no package: {name} cannot be read") from error
    if not isinstance(value, dict):
        raise BadInput(f"no package: {name} cannot be read")
    return value


def _opened(path: Path) -> _Files:
    if path.is_dir():
        return _Folder(path)
    if not path.exists():
        raise NotThere(f"{path}: No such file or directory")
    try:
        return _Zip(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadInput(f"{path} is no package: neither a folder nor a ZIP") from error


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [path.relative_to(self._path).as_posix() for path in self._path.rglob("*") if not path.is_dir()]

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")


class _Zip:
    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        if sum(entry.file_size for entry in self._archive.infolist()) > MOST_BYTES:
            raise BadInput(f"{path}: more than {MOST_BYTES} bytes, unpacked")

    def names(self) -> list[str]:
        return [entry.filename for entry in self._archive.infolist() if not entry.is_dir()]

    def open(self, name: str) -> BinaryIO:
        return cast(BinaryIO, self._archive.open(name))
