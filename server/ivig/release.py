"""A release: what a build sealed, and the folder that holds the releases of one graph.

A releases folder holds `release-DIGEST` folders and a link `current`. A build writes beside them and swaps the link, so
a reader sees one release or the other, never half of one.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ivig.errors import NotThere
from ivig.files import GraphFiles

MANIFEST = "manifest.json"
NAMES = "names.json"
ANCESTORS = "ancestors.json"
STORE = "store"
STAMP = "sources.stamp"
NQUADS = "graph.nq"

_KEPT = 3
_STALE_DRAFT_SECONDS = 24 * 3600


class Release:
    """A sealed release in its folder: the manifest, the index of names, the store and the sorted N-Quads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Digest, counts and the versions of the tools. Raises NotThere where the folder holds no release."""
        try:
            manifest: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError) as error:
            raise NotThere(f"{self.folder} holds no release; run `ivig build`") from error
        return manifest

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted N-Quads: the version of the release."""
        return str(self.manifest["digest"])

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
        return bool(self.manifest["sources"] != files.digest())

    @property
    def store(self) -> Path:
        return self.folder / STORE

    @property
    def nquads(self) -> Path:
        return self.folder / NQUADS

    @property
    def names(self) -> Path:
        return self.folder / NAMES

    @property
    def ancestors(self) -> Path:
        """The index of outside terms by linked ontologies; not there where none was linked."""
        return self.folder / ANCESTORS


class Releases(NamedTuple):
    """The releases of one graph in one folder."""

    folder: Path

    def current(self) -> Release | None:
        """The release that counts now, by its own folder: a later swap does not touch it. None where there is none."""
        folder = (self.folder / "current").resolve()
        return Release(folder) if (folder / MANIFEST).is_file() else None

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """An empty folder to build in, gone afterwards unless it was sealed."""
        import shutil
        import tempfile

        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep_drafts()
        folder = Path(tempfile.mkdtemp(prefix="draft-", dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def seal(self, draft: Path, digest: str) -> Release:
        """Make a finished draft the current release."""
        target = self.folder / f"release-{digest[:16]}"
        if not (target / MANIFEST).is_file() or Release(target).manifest != Release(draft).manifest:
            if target.exists():
                # The same quads, sealed by other tools or from files that differ where nothing shows.
                target.rename(draft.with_name(f"{draft.name}-replaced"))
            draft.rename(target)
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
    """Where the releases of a graph are: `folder`, or a place in the user's cache that belongs to its files."""
    if folder is not None:
        return Releases(folder.resolve())
    place = str(files.folder)
    return Releases(cache_folder() / f"{files.folder.name}-{zlib.crc32(place.encode()):08x}")


def cache_folder() -> Path:
    """Where the user's files that can be made again are kept."""
    if chosen := os.environ.get("IVIG_CACHE"):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("ivig")
