"""`ivig verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def verify(package: Annotated[Path, typer.Argument(help="A package that `ivig export --package` wrote.")]) -> None:
    """Check a package: is every file what it was, is none missing or added, do the data keep the rules?

    Example: ivig verify kawasaki.zip
    """
    from ivig.export.verify import verify_package
    from ivig.query.wording import counted

    found = verify_package(package)
    for problem in found.problems:
        print(problem)
    if found.problems:
        raise typer.Exit(1)
    files, statements = counted(found.files, "file"), counted(found.statements, "statement")
    print(f"{files} unchanged, the shapes hold for {statements}, release {found.release}")
