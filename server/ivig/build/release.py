"""A release: what a build published, and the folder that holds the releases of one graph.

A releases folder holds `release-DIGEST` folders and a link `current`. A build writes beside them and swaps the link, so
a reader sees one release or the other, never half of one.
"""

from __future__ import annotations

import json
import os
import stat
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ivig.build.parts import PARTS, Parts
from ivig.errors import Damaged, NotThere, damaged_release
from ivig.graph_files import GraphFiles, cache_folder, digest_of_files
from ivig.io.name_index import NameIndex
from ivig.io.sqlite_files import is_whole

MANIFEST = "manifest.json"
NAMES = "names.sqlite"
ANCESTORS = "ancestors.json"
SEARCH = "search.sqlite"
STORE = "store"
STORE_SUM = "store.sha256"
STAMP = "sources.stamp"
ORIGIN = "sources.folder"
NQUADS = "graph.nq"
QUERIES = "queries"

_KEPT = 3
_STALE_DRAFT_SECONDS = 24 * 3600


class Stamp(NamedTuple):
    """The files that a release is made from, as they were when the build began.

    :param origin: where they are: the folder, or the package that they came with
    :param stats: names, sizes and times
    :param files: SHA-256 of each file, by its name
    :param queries: the query files by their names below `queries/`, which the release keeps a copy of
    """

    origin: str
    stats: str
    files: dict[str, str]
    queries: dict[str, bytes]

    @classmethod
    def of(cls, files: GraphFiles) -> Stamp:
        """The stamp of the files as they are now."""
        queries = {path.relative_to(files.queries).as_posix(): path.read_bytes() for path in files.query_files}
        return cls(_origin(files), files.stamp(), files.digests(), queries)

    @property
    def digest(self) -> str:
        """SHA-256 over all files."""
        return digest_of_files(self.files)

    def write(self, folder: Path) -> None:
        """Keep in a release what tells whether the files have changed since."""
        (folder / ORIGIN).write_text(self.origin, encoding="utf-8")
        (folder / STAMP).write_text(self.stats, encoding="utf-8")


def _origin(files: GraphFiles) -> str:
    # Where a package is installed changes with every environment.
    return "the package" if files.packaged else str(files.folder)


def digest_of(nquads: Path, queries: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted N-Quads, then name, length and bytes of each query file, in the order of the names.

    :param nquads: the file of the sorted N-Quads of all graphs
    :param queries: the content of the query files, by name
    :returns: 64 hexadecimal digits
    """
    import hashlib

    with nquads.open("rb") as file:
        total = hashlib.file_digest(file, "sha256")
    for name, content in sorted(queries.items()):
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def digest_of_store(store: Path) -> str:
    """SHA-256 over the tables of a store, by their names: whether one is damaged is else seen when it is read.

    :param store: its folder
    :returns: 64 hexadecimal digits; no two builds of the same give the same
    """
    import hashlib

    total = hashlib.sha256()
    for path in sorted(store.glob("*.sst")):
        with path.open("rb") as file:
            total.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


class Release:
    """A published release in its folder: manifest, index of names, store, sorted N-Quads and saved queries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Digest, counts and the versions of the tools.

        :raises NotThere: where the folder holds no release; Damaged, where its manifest is none
        """
        try:
            manifest: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise NotThere(f"{self.folder} holds no release; run `ivig build`") from error
        if not _has(manifest, digest=str, graphs=dict):
            raise self.damaged(f"{MANIFEST} is no manifest")
        return manifest

    def index(self, path: Path, *parts: str) -> Any:
        """What an index of this release holds.

        :param parts: the tables that it has to have
        :raises Damaged: where it is missing or another thing
        """
        try:
            index = json.loads(path.read_bytes())
        except OSError as error:
            raise self.damaged(f"{path.name}: {error.strerror}") from error
        except ValueError as error:
            raise self.damaged(f"{path.name}: {error}") from error
        if not _has(index, **dict.fromkeys(parts, dict)):
            raise self.damaged(f"{path.name} is no index of this version")
        return index

    def name_index(self) -> NameIndex:
        """The index of names, opened.

        :raises Damaged: where it is missing or another thing
        """
        return NameIndex(self.names)

    def damaged(self, reason: object) -> Damaged:
        """The error that says so, and what helps."""
        return damaged_release(self.folder, reason)

    def drop(self) -> None:
        """Called when nothing reads it any more. A release of a folder of releases stays: that folder sees to it."""

    def is_sound(self) -> bool:
        """Whether everything is there and as it was published."""
        from pyoxigraph import Store

        try:
            Store.read_only(str(self.store))
            kept = {path.relative_to(self.queries).as_posix(): path.read_bytes() for path in self.queries.rglob("*.rq")}
            if "linked" in self.manifest:
                self.index(self.ancestors)
            return (
                is_whole(self.names)
                and is_whole(self.search)
                and Parts(self.folder / PARTS).are_whole()
                and (self.folder / STORE_SUM).read_text(encoding="ascii") == digest_of_store(self.store)
                and self.name_index().digest() == self.manifest["names"]
                and digest_of(self.nquads, kept) == self.digest
            )
        except (OSError, RuntimeError, ValueError, KeyError, Damaged, NotThere):
            return False

    @property
    def extent(self) -> dict[str, int | str]:
        """How much there is, and how recent: what `extent.rq` counts.

        :raises Damaged: where the release was made by another version
        """
        try:
            found: dict[str, int | str] = self.manifest["extent"]
        except KeyError as error:
            raise self.damaged(f"{MANIFEST} is of another version") from error
        return found

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted N-Quads and the query files: the version of the release."""
        return str(self.manifest["digest"])

    @cached_property
    def published(self) -> datetime:
        """When it was made, in UTC. It stands in no file, so that the same files give the same release."""
        return datetime.fromtimestamp((self.folder / MANIFEST).stat().st_mtime, UTC)

    @property
    def union(self) -> bool:
        """Whether the default graph is the union of all graphs; that of a file served as it stands is its own."""
        return bool(self.manifest.get("union", True))

    def stale(self, files: GraphFiles) -> bool:
        """Whether the files are no longer those that the release was built from."""
        try:
            if (self.folder / STAMP).read_text(encoding="utf-8") == files.stamp():
                return False
        except OSError:
            pass
        return bool(self.manifest.get("sources") != digest_of_files(files.digests()))

    def is_of(self, files: GraphFiles) -> bool:
        """Whether the release was built from these files, as they are or as they were; true where it does not say."""
        return self.origin in ("", _origin(files))

    @property
    def origin(self) -> str:
        """Where the files are that the release was built from; empty where it does not say."""
        try:
            return (self.folder / ORIGIN).read_text(encoding="utf-8")
        except OSError:
            return ""

    @property
    def queries(self) -> Path:
        """The copy of the query files; not there in a file that is served as it stands."""
        return self.folder / QUERIES

    @property
    def store(self) -> Path:
        """The folder of the store that SPARQL is asked of."""
        return self.folder / STORE

    @property
    def nquads(self) -> Path:
        """The file with all quads, sorted."""
        return self.folder / NQUADS

    @property
    def names(self) -> Path:
        """The file with the index of names."""
        return self.folder / NAMES

    @property
    def search(self) -> Path:
        """The full-text index; not there in a file that is served as it stands."""
        return self.folder / SEARCH

    @property
    def ancestors(self) -> Path:
        """The index of outside terms by linked ontologies; not there where none was linked."""
        return self.folder / ANCESTORS


def _let_all_read(path: Path) -> None:
    """Whatever the umask: what is in a release is no secret, and a service may run under another name."""
    mode = stat.S_IMODE(path.stat().st_mode)
    wanted = mode | (0o555 if path.is_dir() else 0o444)
    if mode != wanted:
        path.chmod(wanted)


def _has(index: Any, **kinds: type) -> bool:
    return isinstance(index, dict) and all(isinstance(index.get(name), kind) for name, kind in kinds.items())


class Releases(NamedTuple):
    """The releases of one graph in one folder."""

    folder: Path

    def current(self) -> Release | None:
        """The release that counts now, by its own folder: a later swap does not touch it. None where there is none.

        :raises NotThere: where the folder cannot be read
        """
        try:
            folder = (self.folder / "current").resolve()
            return Release(folder) if (folder / MANIFEST).is_file() else None
        except (OSError, RuntimeError) as error:
            raise self._unusable(error) from error

    def all(self) -> list[Release]:
        """Those that are kept, the newest first."""
        found = [Release(path.parent) for path in self.folder.glob(f"release-*/{MANIFEST}")]
        return sorted(found, key=lambda release: release.published, reverse=True)

    def check_writable(self) -> None:
        """Make the folder where there is none.

        :raises NotThere: where nothing can be written into it
        """
        import tempfile

        try:
            self._make_folder()
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise self._unusable(error) from error

    def _make_folder(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)
            _let_all_read(self.folder)

    def _unusable(self, error: OSError | RuntimeError) -> NotThere:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        return NotThere(
            f"the releases folder {self.folder} cannot be used: {reason}; --releases or IVIG_CACHE names another place"
        )

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """An empty folder to build in, gone afterwards unless it was published."""
        import secrets
        import shutil

        self._make_folder()
        self._sweep_drafts()
        folder = self.folder / f"draft-{secrets.token_hex(8)}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Path, digest: str) -> Release:
        """Make a finished draft the current release.

        :param draft: its folder, beside the releases, which becomes that of the release
        :param digest: SHA-256 of what is in it, hexadecimal; the folder is named after its first 16 digits
        :returns: the release that is current now; the last few others are kept, older ones deleted
        """
        target = self.folder / f"release-{digest[:16]}"
        present = Release(target)
        if not present.is_sound() or present.manifest != Release(draft).manifest:
            if target.exists():
                # The same, published by other tools or from files that differ where nothing shows; or damaged since.
                target.rename(draft.with_name(f"{draft.name}-replaced"))
            draft.rename(target)
        _let_all_read(target)
        for path in target.rglob("*"):
            _let_all_read(path)
        os.utime(target)
        link = self.folder / f"current-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(target.name)
        link.replace(self.folder / "current")
        self._drop_old(target)
        return Release(target)

    def _drop_old(self, current: Path) -> None:
        import shutil

        # The last few stay: a server may still be reading the one that it started with.
        others = sorted(
            (path for path in self.folder.glob("release-*") if path != current),
            key=lambda path: path.stat().st_mtime,
            reverse=True,
        )
        for path in others[_KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)

    def _sweep_drafts(self) -> None:
        import shutil

        # What a killed build left behind.
        for path in self.folder.glob("draft-*"):
            try:
                if time.time() - path.stat().st_mtime > _STALE_DRAFT_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)
            except OSError:
                continue


def releases_of(files: GraphFiles, folder: Path | None = None) -> Releases:
    """Where the releases of a graph are: `folder`, or a place in the user's cache that belongs to its files.

    :param files: of the graph
    :param folder: where its releases are to be; None for the place in the cache
    """
    if folder is not None:
        return Releases(folder.resolve())
    place = str(files.folder)
    return Releases(cache_folder() / f"{files.folder.name}-{zlib.crc32(place.encode()):08x}")
