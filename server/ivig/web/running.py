"""What a running server says of itself: lines, events in its log, and the note by which `ivig reload` finds it."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self, TextIO

from ivig.errors import IvigError, NotThere
from ivig.graph_files import cache_folder
from ivig.web.monitoring import note_event

_POLL_SECONDS = 0.05


class State(NamedTuple):
    """What the note says.

    :param pid: of the server
    :param release: the digest of the release that it serves
    :param changes: how often the release was changed or could not be
    :param error: why it could not the last time; None where it could
    """

    pid: int
    release: str
    changes: int = 0
    error: str | None = None


class RunningFile:
    """The note of the server at a port. While the server lives it holds a lock on the note, which dies with it."""

    def __init__(self, port: int) -> None:
        self._path = _place(port)
        self._file: int | None = None
        self._state = State(os.getpid(), "")

    def __enter__(self) -> Self:
        # Without a place to write it the server runs all the same: SIGHUP needs no note.
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._file)

    def leave(self) -> None:
        """Hold it no longer, in a process that came of the one that does."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def write(self, release: str, error: str | None = None) -> None:
        """Note which release is served now, or why the last change failed.

        :param release: its digest
        :param error: what went wrong; None where nothing did
        """
        changes = self._state.changes + (1 if self._state.release else 0)
        self._state = State(os.getpid(), release, changes, error)
        if self._file is not None:
            with suppress(OSError):
                os.truncate(self._file, 0)
                os.pwrite(self._file, json.dumps(self._state).encode(), 0)


class Announcer:
    """Says what happens to the server: a line on standard output, one in the log, the note."""

    def __init__(self, note: RunningFile, events: logging.Logger, address: str) -> None:
        """
        :param note: of the server
        :param events: the log that has events
        :param address: that it listens at
        """
        self._note, self._events, self._address = note, events, address

    def started(self, release: str) -> None:
        """It listens.

        :param release: the digest of the release that it serves
        """
        self._note.write(release)
        note_event(self._events, "start", release)
        print(f"Serving release {release[:12]} at {self._address}", flush=True)

    def changed(self, release: str) -> None:
        """It serves another release.

        :param release: the digest of the one that it serves now
        """
        self._note.write(release)
        note_event(self._events, "reload", release)
        print(f"Serving release {release[:12]}", flush=True)

    def kept(self, release: str, error: str) -> None:
        """It could not change its release.

        :param release: the digest of the one that it goes on with
        :param error: why
        """
        self._note.write(release, error)
        note_event(self._events, "reload failed", release, error=error)
        print(f"ivig: the release was not changed: {error}", file=sys.stderr, flush=True)

    def replaced(self, release: str, why: str) -> None:
        """One of its processes ended, and another takes its place.

        :param release: the digest of the release that it serves
        :param why: how the process ended
        """
        note_event(self._events, "worker replaced", release, error=why)
        print(f"ivig: a worker {why} and is replaced", file=sys.stderr, flush=True)

    def stopped(self, release: str) -> None:
        """It has stopped.

        :param release: the digest of the release that it served
        """
        note_event(self._events, "stop", release)
        print(f"Stopped serving release {release[:12]}", flush=True)

    def leave(self) -> None:
        """Nothing more is said by this process, which came of the one that does."""
        self._note.leave()


def reload(port: int, seconds: float) -> State:
    """Tell the server at a port to take the newest release, and wait until it has.

    :param port: the one that it listens at
    :param seconds: how long to wait for it at most
    :returns: what the server notes then
    :raises NotThere: where there is none
    :raises IvigError: where it could not or did not in time
    """
    before = _noted(port)
    os.kill(before.pid, signal.SIGHUP)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
        now = _noted(port)
        if now.changes > before.changes:
            if now.error:
                raise IvigError(f"the server keeps release {now.release[:12]}: {now.error}")
            return now
    raise IvigError(f"the server has not changed its release within {seconds:g} seconds")


def _noted(port: int) -> State:
    """What a server has noted.

    :raises NotThere: where none of this user is running at this port
    """
    with suppress(OSError), _place(port).open() as note:
        # Where it is not whole it is being written, or its writer died at that: then nobody holds the lock any more.
        while _is_locked(note):
            note.seek(0)
            if (text := note.read()).endswith("]"):
                return State(*json.loads(text))
            time.sleep(_POLL_SECONDS)
    raise NotThere(f"no server of yours runs at port {port}: tell it as the user that it runs as, or with SIGHUP")


def _is_locked(note: TextIO) -> bool:
    """Whether a server that lives holds the note."""
    try:
        fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _place(port: int) -> Path:
    return cache_folder() / "running" / f"{port}.json"
