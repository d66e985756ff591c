"""Packages: a subgraph as an RO-Crate, with all that it takes to check it, read it and cite it.

The same subgraph of the same release is the same package, byte by byte, whenever it is made.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pyoxigraph import RdfFormat, serialize

from ivig import __version__
from ivig.export.description import (
    ABSTRACT,
    CREATOR,
    DATASET,
    DESCRIPTION_PREFIXES,
    KEYWORDS,
    LICENCE,
    TITLE,
    citation_file,
    datacite,
    day_of_publication,
    description,
    how_to_cite,
)
from ivig.export.exporter import Exporter
from ivig.export.formats import FORMATS, format_named, needed
from ivig.export.selection import Selection, resolved
from ivig.io.atomic import finished_file, finished_folder
from ivig.namespaces import ANCESTORS_GRAPH, BASE, INFERRED_GRAPH
from ivig.query.wording import counted

SUMS = "SHA256SUMS"
METADATA = "ro-crate-metadata.json"
SELECTION = "selection.json"
DATA = "data/statements.nq"

_ABOUT = {
    "README.md": ("what is in the package", "text/markdown"),
    "LICENSE-DATA": ("the licence of the data", "text/plain"),
    "CITATION.cff": ("how to cite the release", "text/yaml"),
    "datacite.json": ("the release in the terms of DataCite, for registering a DOI", "application/json"),
    SELECTION: ("what was asked for, and of which release", "application/json"),
    "query.rq": ("the query that selected the subgraph", "application/sparql-query"),
    "dataset.ttl": ("the graph that the subgraph was taken from, in DCAT and VoID", "text/turtle"),
    DATA: ("the subgraph, graph by graph", "application/n-quads"),
    METADATA: ("the same for programs, as an RO-Crate", "application/ld+json"),
    SUMS: ("the SHA-256 of every other file", "text/plain"),
    "ontology/context.jsonld": ("the context of the JSON-LD", "application/ld+json"),
}
_LEFT_OUT = {ANCESTORS_GRAPH: "what was linked of other ontologies", INFERRED_GRAPH: "what was inferred"}
_FILES_OF_THE_GRAPH = {"shapes": ("*.ttl",), "ontology": ("*.ttl", "*.jsonld")}
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP can say: the time of an entry is that of the export, and means nothing."""


def write_package(
    exporter: Exporter, selection: Selection, format_name: str, path: Path, *, inferred: bool = True
) -> None:
    """Write the subgraph that a selection picks as a package: a folder, or a ZIP where the path ends so.

    :param format_name: a format that the subgraph stands in beside N-Quads
    :param inferred: whether to include what was derived
    :raises BadInput: what `Exporter.write` raises; where the folder is there already; without the rocrate library
    :raises NotThere: where the package cannot be made
    """
    format_named(format_name)
    if path.suffix.lower() != ".zip":
        with finished_folder(path) as draft:
            _Package(draft, exporter, selection, format_name, inferred).fill()
        return
    with finished_file(path) as draft, TemporaryDirectory() as place:
        folder = Path(place)
        _Package(folder, exporter, selection, format_name, inferred).fill()
        # What takes the package may be a pipe, which is opened as no more than a stream.
        with draft.open("wb") as out, zipfile.ZipFile(out, "w") as archive:
            for name in names_in(folder):
                entry = zipfile.ZipInfo(name, _NO_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o100644 << 16
                with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target)


def names_in(folder: Path) -> list[str]:
    """The files of a folder, sorted, by their places in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


class _Package:
    """A package under way: the files of its folder, in the order in which each can speak of those before it."""

    def __init__(
        self, folder: Path, exporter: Exporter, selection: Selection, format_name: str, inferred: bool
    ) -> None:
        self._folder, self._exporter, self._selection = folder, exporter, selection
        self._format, self._inferred = format_named(format_name), inferred
        self._graph = exporter.graph
        self._digest = self._graph.release.digest
        self._statements = len(exporter.subgraph(selection, inferred=inferred).statements)
        self._told = counted(self._statements, "statement")

    def fill(self) -> None:
        """Write every file."""
        crates = needed("rocrate.rocrate")
        self._data()
        self._files_of_the_graph()
        self._query()
        self._asked()
        self._readme()
        self._metadata(crates.ROCrate())
        self._write(SUMS, "".join(f"{digest_of(self._folder / name)}  {name}\n" for name in names_in(self._folder)))

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8")

    def _data(self) -> None:
        (self._folder / "data").mkdir()
        for made in dict.fromkeys((FORMATS["nquads"], self._format)):
            with (self._folder / f"data/statements{made.suffix}").open("wb") as out:
                self._exporter.write(self._selection, made.name, out, inferred=self._inferred)
        self._write("datacite.json", json.dumps(datacite(self._graph), indent=2, ensure_ascii=False) + "\n")
        dataset = self._folder / "dataset.ttl"
        serialize(description(self._graph), output=dataset, format=RdfFormat.TURTLE, prefixes=DESCRIPTION_PREFIXES)

    def _files_of_the_graph(self) -> None:
        """Shapes and ontology, and nothing else that may lie beside them; licence and citation where it has them."""
        source = self._graph.files.folder
        for place, patterns in _FILES_OF_THE_GRAPH.items():
            (self._folder / place).mkdir()
            for path in (path for pattern in patterns for path in (source / place).glob(pattern)):
                shutil.copyfile(path, self._folder / place / path.name)
        if (source / "LICENSE-DATA").is_file():
            shutil.copyfile(source / "LICENSE-DATA", self._folder / "LICENSE-DATA")
        if said := citation_file(source):
            self._write("CITATION.cff", citation_with(said, self._digest))

    def _query(self) -> None:
        if self._selection.query:
            parameters = dict(self._selection.parameters)
            self._write("query.rq", self._graph.bound(self._selection.query, parameters))
        elif self._selection.sparql:
            self._write("query.rq", self._selection.sparql)

    @property
    def _left_out(self) -> list[str]:
        """The graphs of the release of which nothing is in the package, whatever is picked."""
        absent = [ANCESTORS_GRAPH] if self._inferred else [ANCESTORS_GRAPH, INFERRED_GRAPH]
        return [graph for graph in absent if graph in self._graph.release.manifest["graphs"]]

    def _asked(self) -> None:
        asked = {
            "selection": self._selection.described(),
            "resolved": resolved(self._graph, self._selection).described(),
            "inferred": self._inferred,
            "left_out": self._left_out,
            "statements": self._statements,
            "release": self._digest,
            "software": f"ivig {__version__}",
        }
        self._write(SELECTION, json.dumps(asked, indent=2, ensure_ascii=False) + "\n")

    @property
    def _in_words(self) -> str:
        """What was asked for, and what was left out."""
        said = self._selection.described()
        if self._selection.sparql:
            said["sparql"] = "in query.rq"
        words = "; ".join(f"{name.replace('_', ' ')} {_words(value)}" for name, value in said.items())
        return (words or "the whole graph") + "".join(f"; without {_LEFT_OUT[graph]}" for graph in self._left_out)

    @property
    def _title(self) -> str:
        words = self._in_words
        return f"{TITLE}: {words if len(words) <= 200 else words[:199] + '…'}"

    def _readme(self) -> None:
        names = [*names_in(self._folder), METADATA, SUMS]
        files = "\n".join(f"- `{name}`: {self._meaning(name)[0]}" for name in names)
        text = f"""# {self._title}

{self._told} on intravenous immunoglobulin, with everything that they mention.

- asked for: {self._in_words}
- release: `{self._digest}`
- from: {BASE}

It is no systematic search and no medical advice.

## How to cite

{how_to_cite(self._graph)}

`CITATION.cff` has the same for reference managers, `datacite.json` for registries of DOIs.

## What is in it

{files}

## Is it unchanged?

`ivig verify PATH` says so, or names the file that was changed. Without `ivig`: `sha256sum --check {SUMS}`.
"""
        self._write("README.md", text)

    def _metadata(self, crate: Any) -> None:
        """The description of every file, by the RO-Crate library."""
        from rocrate.model.contextentity import ContextEntity

        crate.name = f"{self._title} ({self._told})"
        crate.description = (
            f"{self._told} of the {TITLE}, with everything that they mention. Asked for: {self._in_words}."
        )
        crate.keywords = list(KEYWORDS)
        if published := day_of_publication(self._folder):
            crate.root_dataset["datePublished"] = published
        else:
            # The library would take the present day, which differs at every export.
            del crate.root_dataset["datePublished"]
        if (self._folder / "LICENSE-DATA").is_file():
            crate.license = crate.add(ContextEntity(crate, LICENCE, {"@type": "CreativeWork", "name": "CC BY 4.0"}))
        who = {"@type": "Organization", "name": CREATOR}
        crate.creator = crate.publisher = crate.add(ContextEntity(crate, DATASET + "#contributors", who))
        # A Dataset would have to be one of the files of the package.
        crate.root_dataset["creditText"] = how_to_cite(self._graph)
        whole = {"@type": "CreativeWork", "name": TITLE, "description": ABSTRACT, "version": self._digest}
        crate.isBasedOn = crate.add(ContextEntity(crate, DATASET, whole))
        crate.root_dataset["version"] = self._digest
        for name in names_in(self._folder):
            path, (about, media_type) = self._folder / name, self._meaning(name)
            described = {"name": about, "encodingFormat": media_type, "contentSize": str(path.stat().st_size)}
            crate.add_file(path, name, properties={**described, "sha256": digest_of(path)})
        # Neither its size nor its checksum: it holds that of this description, and is made after it.
        about, media_type = _ABOUT[SUMS]
        crate.add_file(None, SUMS, properties={"name": about, "encodingFormat": media_type})
        crate.metadata.write(self._folder)

    def _meaning(self, name: str) -> tuple[str, str]:
        """What a file is, and its media type."""
        if name in _ABOUT:
            return _ABOUT[name]
        place = name.partition("/")[0]
        if place == "data":
            return f"the subgraph as {self._format.title}", self._format.media_type
        # The files of the graph say in their first line what they are.
        first = (self._folder / name).read_text(encoding="utf-8", errors="replace").partition("\n")[0]
        said = first.removeprefix("# ").partition(". ")[0].rstrip(". ") if first.startswith("# ") else ""
        if place == "shapes":
            said = f"rules that the data are checked by: {said}".rstrip(": ")
        return said or "what the words mean", "text/turtle"


def citation_with(said: dict[str, Any], digest: str) -> str:
    """A citation file (CFF) with the digest of the release among its identifiers.

    :param said: what the citation file of the graph says
    :param digest: SHA-256, hexadecimal
    :returns: the file with it, in YAML
    """
    own = {"type": "other", "value": f"sha256:{digest}", "description": "Digest of the release"}
    with_it = {**said, "identifiers": [*(said.get("identifiers") or ()), own]}
    text: str = yaml.safe_dump(with_it, sort_keys=False, allow_unicode=True)
    return text


def _words(value: object) -> str:
    if isinstance(value, list):
        return " or ".join(map(_words, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    return " ".join(str(value).split())
