"""Atomic writes: a reader finds a file as it was or as it is, never half of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from ivig.errors import BadInput, NotThere

_numbers = count()


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """A draft beside a file, which takes its name, and the rights of a file that was there, once it is finished.

    What is no file but takes what is written to it, such as a device or a pipe, is its own draft. A link stays one:
    what it leads to is written.

    :raises BadInput: for a folder
    :raises NotThere: where nothing can be written
    """
    try:
        if path.name in ("", "..") or path.is_dir():
            raise BadInput(f"{path} is a folder: name a file")
        if path.exists() and not path.is_file():
            yield path
            return
        final = path.resolve()
        draft = _draft_of(final)
        try:
            yield draft
            if final.exists():
                shutil.copymode(final, draft)
            draft.replace(final)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror or error}") from error


@contextmanager
def finished_folder(path: Path) -> Iterator[Path]:
    """A draft of a folder that is not there yet, or empty.

    :raises BadInput: where there is something in it, or a file of its name
    :raises NotThere: where nothing can be written
    """
    if path.name in ("", "..") or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise BadInput(f"{path} is there already: name a new folder")
    draft = _draft_of(path)
    try:
        draft.mkdir()
        yield draft
        if path.exists():
            path.rmdir()
        draft.rename(path)
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _draft_of(path: Path) -> Path:
    # Its name says nothing of the file's, which may be as long as names may be.
    return path.with_name(f".ivig-draft-{os.getpid()}-{next(_numbers)}")
