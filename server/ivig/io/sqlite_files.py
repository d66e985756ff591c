"""Files of SQLite that a release carries: opened for reading, and looked over.

Source: https://www.sqlite.org/uri.html
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def opened(path: Path) -> sqlite3.Connection:
    """A file, for reading alone, by any thread. Nobody writes to a release: nothing is locked.

    :param path: of the file
    :returns: a connection, which the caller closes
    :raises sqlite3.Error: where the file is missing, here or when it is first asked
    """
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def is_whole(path: Path) -> bool:
    """Whether a file is there and no page of it is damaged.

    :param path: of the file
    """
    try:
        with closing(opened(path)) as tables:
            return bool(tables.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
