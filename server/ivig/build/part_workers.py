"""Processes that work on the parts of a build side by side, as many as there are processors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, NamedTuple, Self

from ivig import errors
from ivig.build.judging import Judge, Judged

_WORKER = Path(__file__).with_name("part_worker.py")
_FEW = 3
"""So many parts are worked on here: a process takes most of a second to begin."""


class Job(NamedTuple):
    """One thing to do.

    :param method: of `Judge`
    :param given: what it is given
    """

    method: str
    given: tuple[Any, ...]


class PartWorkers:
    """Those of one build. They end with the context."""

    def __init__(self, graph: Path, draft: Path) -> None:
        """
        :param graph: the folder of the graph
        :param draft: the folder of the release that is being made
        """
        self._folders = (graph, draft)
        self._idle: SimpleQueue[subprocess.Popen[str] | None] = SimpleQueue()
        self._begun: list[subprocess.Popen[str]] = []
        self._many = max(2, os.cpu_count() or 1)
        for _ in range(self._many):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._begun:
            worker.kill()
            worker.communicate()

    def run(self, jobs: Sequence[Job]) -> Iterator[Judged | None]:
        """Do these, and give what each returns, in their order.

        :raises BadInput: where one is given what it does not take
        """
        if len(jobs) <= _FEW:
            judge = Judge(*self._folders)
            yield from (getattr(judge, job.method)(*job.given) for job in jobs)
            return
        with ThreadPoolExecutor(self._many) as threads:
            under_way = [threads.submit(self._done, job) for job in jobs]
            try:
                for each in under_way:
                    yield each.result()
            finally:
                for each in under_way:
                    each.cancel()

    def _done(self, job: Job) -> Judged | None:
        try:
            worker = self._idle.get() or self._begin()
        except BaseException:
            # Others wait for one.
            self._idle.put(None)
            raise
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            worker.stdin.write(json.dumps({"job": job.method, "given": job.given}) + "\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
        except (OSError, ValueError) as error:
            # Another one takes its place.
            self._idle.put(None)
            worker.kill()
            raise errors.BadInput(f"a process of the build ended with {worker.wait()}") from error
        self._idle.put(worker)
        if "error" in answer:
            raise getattr(errors, answer["error"])(answer["told"])
        if answer["answer"] is None:
            return None
        return Judged(*([(thing, told) for thing, told in found] for found in answer["answer"]))

    def _begin(self) -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            # Not even the folder of the program is searched for modules: some have the names of others.
            [sys.executable, "-P", str(_WORKER), *map(str, self._folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._begun.append(worker)
        return worker
