"""Chunks of the data, each worked on by itself: where one ends, and what is known of one already.

A chunk of things to validate ends where the name of a thing says so, not where a count does: a statement that comes or
goes changes its own chunk, and leaves the others as they were. What was worked out of a chunk, or of a part of a build,
is kept, so that nothing is done twice, and a build that was killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, serialize

from ivig.errors import NotThere
from ivig.graph_files import cache_folder
from ivig.io.atomic import finished_file

_ONE_IN = 128
_KEPT_SECONDS = 30 * 24 * 3600


def is_full(size: int, most: int, last: str) -> bool:
    """Whether a chunk ends with this thing: at most at so many, and from a quarter of them on by chance.

    :param size: of the chunk, this thing included
    :param most: of a chunk
    :param last: the IRI of the thing, which alone decides by chance

    >>> is_full(400, 400, "a"), is_full(99, 400, "a"), is_full(100, 400, "thing/85"), is_full(100, 400, "thing/86")
    (True, False, True, False)
    """
    return size >= most or (size >= most // 4 and zlib.crc32(last.encode()) % _ONE_IN == 0)


def sorted_ntriples(triples: Iterable[Triple]) -> str:
    """N-Triples, sorted, so that the same triples are the same text."""
    lines = (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines)).decode()


def remembered(work: Callable[[], bytes], *given: str) -> bytes:
    """What comes of some work: what came of it before, where it was given the same.

    :param work: asks an engine, or several
    :param given: all that it depends on: the chunk, the rules, the version of the engine
    """
    name = hashlib.sha256("\0".join(given).encode()).hexdigest()
    path = _folder() / name
    with suppress(OSError, zlib.error):
        known = zlib.decompress(path.read_bytes())
        os.utime(path)
        return known
    said = work()
    # What cannot be kept is asked for anew the next time.
    with suppress(OSError, NotThere):
        path.parent.mkdir(parents=True, exist_ok=True)
        with finished_file(path) as draft:
            draft.write_bytes(zlib.compress(said, 1))
    return said


def forget_old() -> None:
    """Delete what no build has asked for in a month."""
    with suppress(OSError):
        for path in _folder().iterdir():
            if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
                path.unlink()


def _folder() -> Path:
    return cache_folder() / "chunks"
