"""Where the files of a graph are: the checkout, the wheel, or a folder that the user names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ivig.errors import NotThere

PARTS = ("ontology", "data", "shapes", "queries")


class GraphFiles(NamedTuple):
    """The four folders of a graph: ontology, data, shapes, queries.

    :param folder: the folder that holds them
    :param packaged: whether they came with an installed wheel, so that nobody edits them in place
    """

    folder: Path
    packaged: bool = False

    @property
    def ontology(self) -> list[Path]:
        """The Turtle files of the ontology and its vocabularies."""
        return self._files("ontology", "*.ttl")

    @property
    def data(self) -> list[Path]:
        """The Turtle files of the data, those of all folders below."""
        return self._files("data", "**/*.ttl")

    @property
    def links(self) -> list[Path]:
        """The SSSOM files of the mappings to terms of other collections."""
        return self._files("data", "*.sssom.tsv")

    @property
    def shapes(self) -> list[Path]:
        """The Turtle files of the shapes."""
        return self._files("shapes", "*.ttl")

    @property
    def queries(self) -> Path:
        """The folder of the saved queries, with those that only the code asks below it."""
        return self.folder / "queries"

    @property
    def query_files(self) -> list[Path]:
        """Every query in that folder and below."""
        return self._files("queries", "**/*.rq")

    def name(self, path: Path) -> str:
        """The path below the folder, as messages and manifests give it."""
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else str(path)

    @property
    def inputs(self) -> list[Path]:
        """Everything that a release is made from."""
        return [*self.ontology, *self.data, *self.links, *self.shapes, *self.query_files]

    def digests(self) -> dict[str, str]:
        """SHA-256 of each input, by its name."""
        import hashlib

        found = {}
        for path in self.inputs:
            with path.open("rb") as file:
                found[self.name(path)] = hashlib.file_digest(file, "sha256").hexdigest()
        return found

    def stamp(self) -> str:
        """Names, sizes and times of the inputs: where this is the same, their bytes need not be read again."""
        stats = [(self.name(path), path.stat()) for path in self.inputs]
        return "".join(f"{name} {stat.st_size} {stat.st_mtime_ns}\n" for name, stat in stats)

    def _files(self, part: str, pattern: str) -> list[Path]:
        return sorted((self.folder / part).glob(pattern))


def digest_of_files(digests: Mapping[str, str]) -> str:
    """SHA-256 over all files of a graph, in hexadecimal digits.

    :param digests: of each file, by its name
    """
    import hashlib

    return hashlib.sha256("".join(f"{name}\0{digest}\n" for name, digest in digests.items()).encode()).hexdigest()


def graph_files(folder: Path | None = None) -> GraphFiles:
    """The graph in `folder`, or the one that this package came with.

    :raises NotThere: where the folder lacks one of the four
    """
    if folder is not None:
        files = GraphFiles(folder.resolve())
    else:
        package = Path(__file__).parent
        in_wheel = package / "graph"
        files = GraphFiles(in_wheel, packaged=True) if in_wheel.is_dir() else GraphFiles(package.parents[1])
    missing = [part for part in PARTS if not (files.folder / part).is_dir()]
    if missing:
        raise NotThere(f"{files.folder} is no graph: it has no folder {', '.join(missing)}")
    return files


def cache_folder() -> Path:
    """Where the user's files that can be made again are kept."""
    if chosen := os.environ.get("IVIG_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("ivig")
