"""A file of quads as a release of its own, to be served as it stands: not reasoned over, not checked, no union."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from codecs import BOM_UTF8
from collections import Counter
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from ivig.build.release import MANIFEST, Release
from ivig.errors import BadInput, NotThere

_FORMATS = {
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".ttl": RdfFormat.TURTLE,
}


class Copy(Release):
    """A release for those who serve it now: no folder of releases knows of it."""

    def drop(self) -> None:
        """Delete its folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def publish_dataset(path: Path, folder: Path) -> Release:
    """A release that holds what the file says, in a new folder in `folder`.

    :param path: a file of RDF, whose ending tells its format
    :param folder: one that is there
    :raises NotThere: where the file cannot be read
    :raises BadInput: with the place, where it does not parse; where its ending is none that is read
    """
    copy = Copy(Path(tempfile.mkdtemp(dir=folder)))
    try:
        _fill(copy, path)
    except BaseException:
        copy.drop()
        raise
    return copy


def _fill(copy: Copy, path: Path) -> None:
    rdf_format = _FORMATS.get(path.suffix)
    if rdf_format is None:
        raise BadInput(f"{path}: a dataset is a file that ends in {', '.join(_FORMATS)}")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        store = Store(str(copy.store))
        with path.open("rb") as file:
            # A byte order mark is no content.
            if file.read(len(BOM_UTF8)) != BOM_UTF8:
                file.seek(0)
            store.bulk_load(file, format=rdf_format)
    except (SyntaxError, MemoryError) as error:
        # What is short of memory here is the parser's buffer: it takes a term of 16 MB and no more.
        raise BadInput(f"{path}: {error}") from error
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror or error}") from error
    store.optimize()
    store.flush()
    sizes = Counter(quad.graph_name for quad in store)
    del store
    named = {graph.value: size for graph, size in sizes.items() if isinstance(graph, NamedNode)}
    manifest = {
        "digest": digest,
        "union": False,
        "graphs": dict(sorted(named.items())),
        "default": sizes[DefaultGraph()],
    }
    (copy.folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
