"""Whether a package is what it was when it was made: its checksums, its description, its data and their shapes."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pyoxigraph import RdfFormat, Triple, parse

from ivig.errors import BadInput, NotThere
from ivig.export.crate import DATA, METADATA, SELECTION, SUMS, digest_of
from ivig.model.problems import printable
from ivig.namespaces import RDF_TYPE, TERMS

MOST_BYTES = 1_000_000_000
MOST_FILES = 1_000
"""Of a ZIP, unpacked: one that claims more is refused before a byte of it is unpacked."""
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_NODE_SHAPE = "<http://www.w3.org/ns/shacl#NodeShape>"
_DEEPEST = 50
"""Of brackets, and of triples within triples: a parser that follows them without end takes the whole process down."""


class Verified(NamedTuple):
    """What was found.

    :param problems: a line each, naming the file, safe to show; empty where all is as it was
    :param files: how many its checksums list
    :param statements: how many it holds; not counted where a file was changed
    :param release: the digest of the release that it was made of; empty where a file was changed
    """

    problems: list[str]
    files: int
    statements: int
    release: str


def verify_package(path: Path) -> Verified:
    """What has changed in a package, a folder or a ZIP.

    :raises NotThere: where there is nothing
    :raises BadInput: where it is no package, or a ZIP that is not safe to unpack
    """
    if not path.exists():
        raise NotThere(f"{printable(str(path))}: No such file or directory")
    if path.is_dir():
        return _verified(path, printable(str(path)))
    with TemporaryDirectory() as place:
        _unpack(path, Path(place))
        return _verified(Path(place), printable(str(path)))


def _unpack(path: Path, folder: Path) -> None:
    """Unpack a ZIP that is what it says.

    :raises BadInput: otherwise
    """
    try:
        # A pipe or a device is not even opened: it may never end.
        if not path.is_file() or not zipfile.is_zipfile(path):
            raise BadInput(f"{printable(str(path))} is no package: neither a folder nor a ZIP")
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise BadInput(f"{printable(str(path))}: more than {MOST_FILES} files or {MOST_BYTES} bytes, unpacked")
            for entry in entries:
                if problem := _unsafe(entry):
                    raise BadInput(f"{printable(str(path))} is no package: {printable(entry.orig_filename)} {problem}")
            if len({entry.filename for entry in entries}) < len(entries):
                raise BadInput(f"{printable(str(path))} is no package: two of its files have one name")
            if broken := archive.testzip():
                raise BadInput(f"{printable(str(path))}: {printable(broken)} was changed, and cannot be unpacked")
            archive.extractall(folder)
    except BadInput:
        raise
    except Exception as error:
        # Of bytes that are not as a ZIP has them, the library raises nearly anything.
        raise BadInput(f"{printable(str(path))}: changed, and cannot be unpacked: {printable(str(error))}") from error


def _unsafe(entry: zipfile.ZipInfo) -> str:
    """What is wrong with an entry of a ZIP that could do harm where it is unpacked; empty where nothing is."""
    place = PureWindowsPath(entry.orig_filename)
    if place.anchor or place.drive or ".." in place.parts or "\0" in entry.orig_filename:
        return "leads out of the package"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFDIR, stat.S_IFREG):
        return "is a link, a device or a pipe, no file"
    # Of the other ways to compress, some take any amount of memory.
    return "" if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else "is packed in an unknown way"


def _verified(folder: Path, name: str) -> Verified:
    files, problems = set(), []
    for entry in sorted(folder.rglob("*")):
        place, mode = entry.relative_to(folder).as_posix(), entry.lstat().st_mode
        if stat.S_ISREG(mode):
            files.add(place)
        elif not stat.S_ISDIR(mode):
            problems.append(f"{place}: a link, a device or a pipe, no file")
    sums = _sums(folder, files, name)
    for place in sorted({*files, *sums} - {SUMS}):
        if place not in sums:
            problems.append(f"{place}: not in {SUMS}")
        elif place not in files:
            problems.append(f"{place}: missing")
        elif digest_of(folder / place) != sums[place]:
            problems.append(f"{place}: changed")
    if problems:
        # What was changed need not be read any further, and may be hostile.
        return Verified([printable(problem) for problem in problems], len(sums), 0, "")
    asked, described = (_json(_content(folder, one, name), one) for one in (SELECTION, METADATA))
    entities = described.get("@graph")
    ids = {one.get("@id") for one in entities if isinstance(one, dict)} if isinstance(entities, list) else set()
    problems = [f"{place}: not in {METADATA}" for place in sums if place != METADATA and place not in ids]
    statements, broken = _broken(folder, files, name)
    problems += broken
    if statements != asked.get("statements"):
        problems.append(f"{DATA}: holds {statements} statements, and {SELECTION} speaks of {asked.get('statements')}")
    release = printable(str(asked.get("release", "")))
    return Verified([printable(problem) for problem in problems], len(sums), statements, release)


def _content(folder: Path, place: str, name: str) -> bytes:
    try:
        return (folder / place).read_bytes()
    except OSError as error:
        raise BadInput(f"{name} is no package: {place} is missing") from error


def _sums(folder: Path, files: set[str], name: str) -> dict[str, str]:
    if SUMS not in files:
        raise BadInput(f"{name} is no package: it has no {SUMS}")
    sums: dict[str, str] = {}
    for line in _content(folder, SUMS, name).decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2].startswith("/") or ".." in PurePosixPath(match[2]).parts:
            raise BadInput(f"{name} is no package: {SUMS} has a line that is no checksum")
        sums[match[2]] = match[1]
    return sums


def _json(text: bytes, place: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"no package: {place} cannot be read") from error
    if not isinstance(value, dict):
        raise BadInput(f"no package: {place} cannot be read")
    return value


def _broken(folder: Path, files: set[str], name: str) -> tuple[int, list[str]]:
    """How many statements the data hold, and the shapes of the package that they break."""
    from ivig.build.validation import violations

    place = DATA
    try:
        data = _triples(_content(folder, DATA, name), RdfFormat.N_QUADS)
        shapes: list[Triple] = []
        for place in sorted(files):
            if place.startswith("shapes/") and place.endswith(".ttl"):
                shapes += _triples(_content(folder, place, name), RdfFormat.TURTLE)
    except SyntaxError as error:
        return 0, [f"{place}: {error.msg}"]
    if any(t.predicate.value == RDF_TYPE and str(t.object) == _NODE_SHAPE for t in shapes):
        broken = [f"{DATA}: {violation}" for violation in violations(data, shapes)]
    else:
        broken = ["shapes: none, so that no rule could be checked"]
    found = {t.subject for t in data if t.predicate.value == RDF_TYPE and str(t.object) == f"<{TERMS}Statement>"}
    return len(found), broken


def _triples(text: bytes, rdf_format: RdfFormat) -> list[Triple]:
    # Neither a line of N-Quads nor a shape has any reason to nest deep.
    if any(line.count(b"<<(") > _DEEPEST for line in text.splitlines()):
        raise SyntaxError("nested too deep to be read")
    depth = deepest = 0
    for bracket in re.findall(rb"[\[\]()]", text) if rdf_format == RdfFormat.TURTLE else ():
        depth += 1 if bracket in b"[(" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise SyntaxError("nested too deep to be read")
    return [quad.triple for quad in parse(text, format=rdf_format)]
