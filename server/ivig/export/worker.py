"""A worker process that writes subgraphs, so that no query waits for one.

usage: python -m ivig.export.worker SOCKET-FD RELEASE-FOLDER MEMORY-BYTES ENDPOINT GRAPH-FOLDER
"""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from ivig.build.release import Release
from ivig.errors import EngineFailed
from ivig.export.exporter import Exporter
from ivig.export.selection import Selection
from ivig.graph_files import GraphFiles
from ivig.query import Graph
from ivig.query.engine import Engine
from ivig.query.sandbox.job import Job
from ivig.query.sandbox.worker import AnswerFull, Frames, Task, main

PROGRAM = "ivig.export.worker"
"""This module, as a pool starts it."""

_IN_MEMORY = 4_000_000
_BLOCK = 1 << 18


def task(selection: Selection, format_name: str, *, inferred: bool, profile: str | None = None) -> str:
    """What to ask of a worker to get a subgraph in a format.

    :param selection: what the subgraph holds
    :param format_name: one of `FORMATS` or `BIBLIOGRAPHIES`
    :param inferred: whether to include what was derived
    :param profile: one of `PROFILES`; None for our own terms
    :returns: JSON, for `Job.task`
    """
    return json.dumps(
        {"selection": selection.described(), "format": format_name, "inferred": inferred, "profile": profile}
    )


def exports(engine: Engine, release: Release, words: Sequence[str]) -> Task:
    """What writes the subgraphs of one release, which is read once, before the first of them.

    :param engine: the one of the worker, which the graph is asked by
    :param release: the one to export from
    :param words: one: the folder of the files of the graph
    :returns: the task of the worker
    """
    # Arrow's own allocator reserves more addresses than a worker may have.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    graph = Graph(GraphFiles(Path(words[0])), release)
    graph.engine = engine
    exporter = Exporter(graph)
    # An engine elsewhere may be down just now: then what it has is read when it is asked for.
    with suppress(EngineFailed):
        exporter.read_ahead()
    # What was read stays as long as the process: there is no garbage in it to look for again and again.
    gc.freeze()

    def export(job: Job, out: Frames) -> None:
        asked = json.loads(job.task)
        selection = Selection.of(asked["selection"])
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            # Some formats go back and forth in their file; and what fails does so before its first byte goes out.
            limited = io.BufferedWriter(_Limited(body, job.answer, out), _BLOCK)
            exporter.write(selection, asked["format"], limited, inferred=asked["inferred"], profile=asked["profile"])
            limited.flush()
            body.seek(0)
            shutil.copyfileobj(body, cast(IO[bytes], out), _BLOCK)

    return export


class _Limited(io.RawIOBase):
    """A file that takes no more than an answer may have."""

    def __init__(self, file: IO[bytes], most: int, out: Frames) -> None:
        self._file, self._most, self._out = file, most, out

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        if self._file.tell() + len(content) > self._most:
            self._out.full = True
            raise AnswerFull
        return self._file.write(content)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


if __name__ == "__main__":
    main(exports)
