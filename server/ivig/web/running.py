"""The note that a running server leaves, so that `ivig reload` finds it and hears how it went."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from ivig.errors import IvigError, NotThere
from ivig.settings import cache_folder

_POLL_SECONDS = 0.05


class State(NamedTuple):
    """What the note says. changes: how often the release was changed or could not be; error: of the last time."""

    pid: int
    release: str
    changes: int = 0
    error: str | None = None


class RunningFile:
    """The note of the server at a port. While the server lives it holds a lock on the note, which dies with it."""

    def __init__(self, port: int) -> None:
        self.path = cache_folder() / "running" / f"{port}.json"
        self._lock: int | None = None
        self._state = State(os.getpid(), "")

    def __enter__(self) -> Self:
        # Without a place to write it the server runs all the same: SIGHUP needs no note.
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self._lock_path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._lock is not None:
            for path in (self.path, self._lock_path):
                path.unlink(missing_ok=True)
            os.close(self._lock)

    def write(self, release: str, error: str | None = None) -> None:
        """Note which release is served now, or why the last change failed."""
        changes = self._state.changes + (1 if self._state.release else 0)
        self._state = State(os.getpid(), release, changes, error)
        if self._lock is None:
            return
        draft = self.path.with_suffix(".draft")
        with suppress(OSError):
            draft.write_text(json.dumps(self._state._asdict()), encoding="utf-8")
            draft.replace(self.path)

    def read(self) -> State:
        """What a server has noted. Raises NotThere where none is running at this port."""
        try:
            with self._lock_path.open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return State(**json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            pass
        raise NotThere(f"no server of yours runs at port {self.path.stem}")

    @property
    def _lock_path(self) -> Path:
        return self.path.with_suffix(".lock")


def reload(port: int, seconds: float) -> State:
    """Tell the server at a port to take the newest release, and wait until it has.

    :raises NotThere: where there is none
    :raises IvigError: where it could not or did not in time
    """
    note = RunningFile(port)
    before = note.read()
    try:
        os.kill(before.pid, signal.SIGHUP)
    except PermissionError:
        raise NotThere(f"the server at port {port} belongs to another user: tell it as that user") from None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = note.read()
        if now.changes > before.changes:
            if now.error:
                raise IvigError(f"the server keeps release {now.release[:12]}: {now.error}")
            return now
        time.sleep(_POLL_SECONDS)
    raise IvigError(f"the server has not changed its release within {seconds:g} seconds")
