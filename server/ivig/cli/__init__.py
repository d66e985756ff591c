"""The command line: the rooms at a terminal."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from ivig.errors import IvigError

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line. What a user can mend ends in one message and an exit code, never in a traceback.

    A query is over in a tenth of a second, a good part of which would go into collecting garbage while modules load and
    into taking the interpreter down: so the collector is slowed, and the process ends as soon as its output is out.
    """
    gc.set_threshold(100_000)
    code = _run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    os._exit(code)


def _run() -> int:
    from ivig.cli.app import app

    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except IvigError as error:
        print(f"ivig: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone away, as `| head` does.
        return 0
    except KeyboardInterrupt:
        return 130
    return 0
