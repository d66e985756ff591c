"""Packages: a part of the graph as an RO-Crate, with all that it takes to check it, read it and cite it."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, serialize

from ivig import __version__
from ivig.export.description import ABSTRACT, CREATOR, DESCRIPTION_PREFIXES, KEYWORDS, LICENCE, TITLE, description
from ivig.export.exporter import Exporter
from ivig.export.files import finished_file, finished_folder
from ivig.export.formats import format_named
from ivig.export.selection import Selection
from ivig.namespaces import BASE

SUMS = "SHA256SUMS"
METADATA = "ro-crate-metadata.json"
SELECTION = "selection.json"
DATA = "data/statements.nq"

_ABOUT = {
    "README.md": ("what is in the package", "text/markdown"),
    "LICENSE-DATA": ("the licence of the data", "text/plain"),
    "CITATION.cff": ("how to cite the release", "text/yaml"),
    SELECTION: ("what was asked for, and of which release", "application/json"),
    "query.rq": ("the query that picked the part", "application/sparql-query"),
    "dataset.ttl": ("the graph that the part was taken from, in DCAT and VoID", "text/turtle"),
    DATA: ("the part, graph by graph", "application/n-quads"),
}


def write_package(
    exporter: Exporter, selection: Selection, format_name: str, path: Path, *, inferred: bool = True
) -> None:
    """Write the part that a selection picks as a package: a folder, or a ZIP where the path ends so.

    format_name: a format that the part stands in beside N-Quads.
    Raises what `Exporter.write` raises, BadInput where the folder is there already, NotThere where it cannot be made.
    """
    format_named(format_name)
    if path.suffix.lower() != ".zip":
        with finished_folder(path) as draft:
            _fill(draft, exporter, selection, format_name, inferred)
        return
    with finished_file(path) as draft, TemporaryDirectory() as folder:
        _fill(Path(folder), exporter, selection, format_name, inferred)
        _zip(Path(folder), draft)


def _fill(folder: Path, exporter: Exporter, selection: Selection, format_name: str, inferred: bool) -> None:
    graph = exporter.graph
    (folder / "data").mkdir()
    for name in dict.fromkeys(("nquads", format_name)):
        place = DATA if name == "nquads" else f"data/statements{format_named(name).suffix}"
        with (folder / place).open("wb") as out:
            exporter.write(selection, name, out, inferred=inferred)
    number = len(exporter.part(selection).statements)
    for part in ("shapes", "ontology"):
        shutil.copytree(graph.files.folder / part, folder / part)
    serialize(description(graph), output=folder / "dataset.ttl", format=RdfFormat.TURTLE, prefixes=DESCRIPTION_PREFIXES)
    asked = {"selection": selection.described(), "inferred": inferred, "statements": number}
    asked |= {"release": graph.release.digest, "software": f"ivig {__version__}"}
    (folder / SELECTION).write_text(json.dumps(asked, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if selection.query:
        bound = graph.bound(selection.query, dict(selection.parameters))
        (folder / "query.rq").write_text(bound, encoding="utf-8")
    elif selection.sparql:
        (folder / "query.rq").write_text(selection.sparql, encoding="utf-8")
    _licence_and_citation(folder, exporter)
    _readme(folder, exporter, selection, number)
    _metadata(folder, exporter, number)
    _sums(folder)


def _licence_and_citation(folder: Path, exporter: Exporter) -> None:
    """What the graph came with; a graph of somebody else's has neither, and then nothing is claimed of it."""
    source = exporter.graph.files.folder
    if (source / "LICENSE-DATA").is_file():
        shutil.copyfile(source / "LICENSE-DATA", folder / "LICENSE-DATA")
    if (source / "CITATION.cff").is_file():
        text = (source / "CITATION.cff").read_text(encoding="utf-8").rstrip()
        digest = exporter.graph.release.digest
        text += (
            f'\nidentifiers:\n  - type: other\n    value: "sha256:{digest}"\n    description: "Digest of the release"\n'
        )
        (folder / "CITATION.cff").write_text(text, encoding="utf-8")


def _readme(folder: Path, exporter: Exporter, selection: Selection, number: int) -> None:
    asked = "; ".join(f"{name}: {_in_words(value)}" for name, value in selection.described().items())
    files = "\n".join(f"- `{name}`: {_meaning(name)}" for name in _names(folder))
    text = f"""# {TITLE}: a part of it

{number} statements on intravenous immunoglobulin, with everything that they mention.

- asked for: {asked or "the whole graph"}
- release: `{exporter.graph.release.digest}`
- from: {BASE}

It is no systematic search and no medical advice. To cite it, see `CITATION.cff`, and give the digest of the release.

## What is in it

{files}

## Is it unchanged?

`ivig verify PATH` says so, or names the file that was changed. Without `ivig`: `sha256sum --check {SUMS}`.
"""
    (folder / "README.md").write_text(text, encoding="utf-8")


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return " or ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return " ".join(str(value).split())


def _meaning(name: str) -> str:
    if name in _ABOUT:
        return _ABOUT[name][0]
    return {"data": "the part in another format", "shapes": "rules that the data keep"}.get(
        name.partition("/")[0], "what the words mean"
    )


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _metadata(folder: Path, exporter: Exporter, number: int) -> None:
    """The description of every file, by the RO-Crate library."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate()
    crate.name = f"{TITLE}: {number} statements"
    crate.description = ABSTRACT
    crate.keywords = list(KEYWORDS)
    if (folder / "LICENSE-DATA").is_file():
        crate.license = crate.add(ContextEntity(crate, LICENCE, {"@type": "CreativeWork", "name": "CC BY 4.0"}))
    who = crate.add(ContextEntity(crate, BASE + "dataset#contributors", {"@type": "Organization", "name": CREATOR}))
    crate.creator = crate.publisher = who
    crate.isBasedOn = BASE + "dataset"
    crate.root_dataset["version"] = exporter.graph.release.digest
    for name in _names(folder):
        crate.add_file(
            folder / name,
            name,
            properties={
                "name": _meaning(name),
                "contentSize": str((folder / name).stat().st_size),
                "sha256": _digest(folder / name),
                "encodingFormat": _media_type(name),
            },
        )
    crate.metadata.write(folder)


def _media_type(name: str) -> str:
    from ivig.export.formats import FORMATS

    if name in _ABOUT:
        return _ABOUT[name][1]
    by_suffix = {made.suffix: made.media_type for made in reversed(FORMATS.values())}
    return next((media for suffix, media in by_suffix.items() if name.endswith(suffix)), "application/octet-stream")


def _sums(folder: Path) -> None:
    lines = [f"{_digest(folder / name)}  {name}\n" for name in _names(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        total = sha256()
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def _zip(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _in_order(_names(folder)):
            archive.write(folder / name, name)


def _in_order(names: list[str]) -> Iterator[str]:
    """What describes the package first, so that a reader finds it without reading on."""
    yield METADATA
    yield from (name for name in names if name != METADATA)
