"""A process that works on parts of a build: a job a line in, an answer a line out, until nothing more comes.

A program, not a module to import: what the parts take of memory and processor is no matter of the caller's.

Arguments: the folders of the graph and of the draft. On standard input, JSON: the name of a method of `Judge` and what
it is given. On standard output, JSON: what it returns, or the kind of an error and its words.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from ivig.build.judging import Judge
from ivig.errors import BadInput


def main() -> None:
    """Do what is asked."""
    # An interrupt from the keyboard goes to all processes of a build: this one ends without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    judge = Judge(Path(sys.argv[1]), Path(sys.argv[2]))
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"answer": getattr(judge, job["job"])(*job["given"])}
        except BadInput as error:
            answer = {"error": type(error).__name__, "told": str(error)}
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            answer = {"error": "NotThere", "told": f"{where}{error.strerror or error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
