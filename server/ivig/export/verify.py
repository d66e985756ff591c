"""Whether a package is what it was when it was made: its checksums, its description, its rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from pyoxigraph import RdfFormat, Triple, parse

from ivig.errors import BadInput
from ivig.export.package_files import DATA, METADATA, SELECTION, SUMS, PackageFiles, content, opened, shown
from ivig.namespaces import RDF_TYPE, TERMS

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_NODE_SHAPE = "<http://www.w3.org/ns/shacl#NodeShape>"
_DEEPEST = 50
"""Triples within triples: a parser that follows them without end takes the whole process down."""


class Verified(NamedTuple):
    """What was found. problems: a line each, naming the file, safe to show; empty where all is as it was.

    repacked: whether somebody packed the files into another ZIP.
    """

    problems: list[str]
    files: int
    statements: int
    release: str
    repacked: bool = False


def verify_package(path: Path) -> Verified:
    """What has changed in a package, a folder or a ZIP.

    Raises NotThere where there is nothing, BadInput where it is no package.
    """
    files = opened(path)
    if SUMS not in files.names:
        found = next((oddity for oddity in files.oddities if oddity.startswith(f"{SUMS}: ")), f"it has no {SUMS}")
        raise BadInput(f"{shown(str(path))} is no package: {found}")
    sums = _sums(path, files)
    problems = [*files.oddities, *_changes(files, sums)]
    repacked = False
    if not problems:
        problems, repacked = files.layout()
    if problems:
        # What was changed need not be read any further, and may be hostile.
        return Verified(problems, len(sums), 0, "")
    asked = _json(files, SELECTION)
    described = _described(_json(files, METADATA))
    problems = [f"{name}: not in {METADATA}" for name in sums if name != METADATA and name not in described]
    statements, broken = _checked(files)
    problems += broken
    if statements != asked.get("statements"):
        problems.append(f"{DATA}: holds {statements} statements, and {SELECTION} speaks of {asked.get('statements')}")
    if _is_a_whole_release(asked) and sums[DATA] != asked.get("release"):
        problems.append(f"{DATA}: not the whole graph of the release that {SELECTION} names")
    release = shown(str(asked.get("release", "")))
    return Verified([shown(problem) for problem in problems], len(sums), statements, release, repacked)


def _is_a_whole_release(asked: dict[str, Any]) -> bool:
    """Whether the data are all that the digest of the release is over: nothing was picked, and nothing left out."""
    return asked.get("selection") == {} and asked.get("inferred") is True and not asked.get("left_out")


def _described(metadata: dict[str, Any]) -> set[str]:
    """The names of the files that an RO-Crate describes."""
    entities = metadata.get("@graph")
    return (
        {str(entity.get("@id")) for entity in entities if isinstance(entity, dict)}
        if isinstance(entities, list)
        else set()
    )


def _changes(files: PackageFiles, sums: dict[str, str]) -> Iterator[str]:
    there = set(files.names)
    for name in sorted({*there, *sums} - {SUMS}):
        if name not in sums:
            yield f"{shown(name)}: not in {SUMS}"
        elif name not in there:
            yield f"{shown(name)}: missing"
        else:
            total = sha256()
            try:
                for block in files.blocks(name):
                    total.update(block)
            except BadInput as error:
                yield str(error)
            else:
                if total.hexdigest() != sums[name]:
                    yield f"{shown(name)}: changed"


def _checked(files: PackageFiles) -> tuple[int, list[str]]:
    """How many statements the data hold, and the rules of the package that they break."""
    from ivig.build.validation import violations

    name = DATA
    try:
        data = _triples(content(files, DATA), RdfFormat.N_QUADS)
        shapes: list[Triple] = []
        for name in sorted(files.names):
            if name.startswith("shapes/") and name.endswith(".ttl"):
                shapes += _triples(content(files, name), RdfFormat.TURTLE)
        broken = [f"{DATA}: {violation}" for violation in violations(data, shapes)]
    except SyntaxError as error:
        return 0, [f"{name}: {error.msg}"]
    except RecursionError:
        return 0, ["shapes: nested too deep to be read"]
    if not any(t.predicate.value == RDF_TYPE and str(t.object) == _NODE_SHAPE for t in shapes):
        broken.append("shapes: none, so that no rule could be checked")
    found = {t.subject for t in data if t.predicate.value == RDF_TYPE and str(t.object) == f"<{TERMS}Statement>"}
    return len(found), broken


def _triples(text: bytes, rdf_format: RdfFormat) -> list[Triple]:
    # N-Quads have no line break within a triple; in Turtle, which no shape needs them in, the whole file counts.
    pieces = BytesIO(text) if rdf_format == RdfFormat.N_QUADS else (text,)
    if any(piece.count(b"<<(") > _DEEPEST for piece in pieces):
        raise SyntaxError("triples nested too deep to be read")
    return [quad.triple for quad in parse(text, format=rdf_format)]


def _sums(path: Path, files: PackageFiles) -> dict[str, str]:
    sums: dict[str, str] = {}
    for line in content(files, SUMS).decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2].startswith("/") or ".." in PurePosixPath(match[2]).parts:
            raise BadInput(f"{shown(str(path))} is no package: {SUMS} has a line that is no checksum")
        if match[2] in sums:
            raise BadInput(f"{shown(str(path))} is no package: {SUMS} names {shown(match[2])} twice")
        sums[match[2]] = match[1]
    return sums


def _json(files: PackageFiles, name: str) -> dict[str, Any]:
    try:
        value = json.loads(content(files, name))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"no package: {name} cannot be read") from error
    if not isinstance(value, dict):
        raise BadInput(f"no package: {name} cannot be read")
    return value
