"""The command line."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import warnings
from typing import NoReturn

from ivig.errors import IvigError, Replaced

__all__ = ["main"]

_python_s_own = warnings.formatwarning


def main() -> NoReturn:
    """Run the command line. What a user can mend ends in one message and an exit code, never in a traceback.

    A query is over in a tenth of a second, a good part of which would go into collecting garbage while modules load and
    into taking the interpreter down: so the collector is slowed, and the process ends as soon as its output is out.
    """
    gc.set_threshold(100_000)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal cannot show is no reason to show nothing.
            stream.reconfigure(errors="replace")
    # Told to stop, a command still takes its drafts away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    warnings.formatwarning = _warning
    code = _run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        code = code or _complain(error)
    os._exit(code)


def _run() -> int:
    from ivig.cli.app import app

    try:
        app()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            # The reader of our output has gone away, as `| head` does; the library of commands calls it an error.
            return 0
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except IvigError as error:
        print(f"ivig: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        # Of a file somebody has said which it is. What is left is the machine's: a full disk, no place for drafts.
        return _complain(error)
    return 0


def _warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """A warning as a user is meant to see it: without the line of our code that it comes from."""
    if issubclass(category, Replaced):
        return f"ivig: {message}\n"
    return _python_s_own(message, category, filename, lineno, line)


def _complain(error: OSError) -> int:
    print(f"ivig: {error.strerror or error}", file=sys.stderr)
    return 1
