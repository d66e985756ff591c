"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivig.errors import BadInput, NotThere


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """A draft beside a file, which takes its name once it is finished. Raises NotThere where it cannot be written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def finished_folder(path: Path) -> Iterator[Path]:
    """A draft of a folder that is not there yet, or empty. Raises BadInput where there is something in it."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise BadInput(f"{path} is there already: name a new folder")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.mkdir()
        yield draft
        if path.exists():
            path.rmdir()
        draft.rename(path)
    except OSError as error:
        raise NotThere(f"{path}: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
