"""Packages: a part of the graph as an RO-Crate, with all that it takes to check it, read it and cite it.

The same part of the same release is the same package, byte by byte, whenever it is made.
"""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, serialize

from ivig.export.crate import digest_of, names_in, write_citation, write_metadata, write_readme
from ivig.export.description import DESCRIPTION_PREFIXES, description
from ivig.export.exporter import Exporter
from ivig.export.formats import format_named
from ivig.export.package_contents import Contents, write_selection
from ivig.export.package_files import DATA, METADATA, SUMS
from ivig.export.selection import Selection
from ivig.export.zip_layout import NO_SEAL, seal
from ivig.io.atomic import finished_file, finished_folder

_FILES_OF_THE_GRAPH = {"shapes": ("*.ttl",), "ontology": ("*.ttl", "*.jsonld")}
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP can say: the time of an entry is that of the export, and means nothing."""


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
    with finished_file(path) as draft, TemporaryDirectory() as place:
        folder, packed = Path(place) / "package", Path(place) / "package.zip"
        folder.mkdir()
        _fill(folder, exporter, selection, format_name, inferred)
        _zip(folder, packed)
        # What takes the package may be a pipe, in which nothing can be sealed.
        with packed.open("rb") as source, draft.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


def _fill(folder: Path, exporter: Exporter, selection: Selection, format_name: str, inferred: bool) -> None:
    graph = exporter.graph
    (folder / "data").mkdir()
    for name in dict.fromkeys(("nquads", format_name)):
        place = DATA if name == "nquads" else f"data/statements{format_named(name).suffix}"
        with (folder / place).open("wb") as out:
            exporter.write(selection, name, out, inferred=inferred)
    statements = len(exporter.part(selection, inferred=inferred).statements)
    contents = Contents(exporter, selection, format_name, inferred, statements)
    _files_of_the_graph(folder, graph.files.folder)
    serialize(description(graph), output=folder / "dataset.ttl", format=RdfFormat.TURTLE, prefixes=DESCRIPTION_PREFIXES)
    if selection.query:
        bound = graph.bound(selection.query, dict(selection.parameters))
        (folder / "query.rq").write_text(bound, encoding="utf-8")
    elif selection.sparql:
        (folder / "query.rq").write_text(selection.sparql, encoding="utf-8")
    _licence_and_citation(folder, graph.files.folder, contents)
    write_selection(folder, contents)
    # Each of these speaks of the files that were there before it.
    write_readme(folder, contents)
    write_metadata(folder, contents)
    _sums(folder)


def _files_of_the_graph(folder: Path, source: Path) -> None:
    """Shapes and ontology, and nothing else that may lie beside them."""
    for part, patterns in _FILES_OF_THE_GRAPH.items():
        (folder / part).mkdir()
        for pattern in patterns:
            for path in (source / part).glob(pattern):
                shutil.copyfile(path, folder / part / path.name)


def _licence_and_citation(folder: Path, source: Path, contents: Contents) -> None:
    """What the graph came with; a graph of somebody else's has neither, and then nothing is claimed of it."""
    if (source / "LICENSE-DATA").is_file():
        shutil.copyfile(source / "LICENSE-DATA", folder / "LICENSE-DATA")
    if (source / "CITATION.cff").is_file():
        write_citation(folder, source / "CITATION.cff", contents.digest)


def _sums(folder: Path) -> None:
    lines = [f"{digest_of(folder / name)}  {name}\n" for name in names_in(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _zip(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = NO_SEAL
        for name in _in_order(names_in(folder)):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: the rights below are its.
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    seal(path)


def _in_order(names: list[str]) -> Iterator[str]:
    """What describes the package first, so that a reader finds it without reading on."""
    yield METADATA
    yield from (name for name in names if name != METADATA)
