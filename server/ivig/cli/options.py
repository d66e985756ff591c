"""Options that several commands share."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

if TYPE_CHECKING:
    from ivig.query.remote import Endpoint

GraphOption = Annotated[
    Path | None,
    typer.Option("--graph", envvar="IVIG_GRAPH", help="Folder of another graph.", metavar="DIR", show_default=False),
]
ReleasesOption = Annotated[
    Path | None,
    typer.Option(
        "--releases",
        envvar="IVIG_RELEASES",
        help="Folder of the releases; a place in the user's cache by default.",
        metavar="DIR",
        show_default=False,
    ),
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        envvar="IVIG_ENGINE",
        help="SPARQL endpoint that holds the release, in place of its own store.",
        metavar="URL",
        show_default=False,
    ),
]


class ResultFormat(StrEnum):
    """Formats of a table of results."""

    table = "table"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    xml = "xml"
    ndjson = "ndjson"
    records = "records"
    xlsx = "xlsx"


OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write; standard output without it.", show_default=False)
]


def endpoint_of(engine: str | None, seconds: float | None = None) -> Endpoint | None:
    """The endpoint that an option names, in the dialect that IVIG_ENGINE_DIALECT names; None where it names none.

    :param engine: its address
    :param seconds: that an answer may take; None for the time of any query
    :raises BadInput: for an address that cannot be asked
    """
    from ivig.query.remote import Endpoint
    from ivig.query.remote.endpoint import SECONDS

    return Endpoint(engine, os.environ.get("IVIG_ENGINE_DIALECT", ""), seconds or SECONDS) if engine else None


def add_options(command: Callable[..., None], options: Mapping[str, Any]) -> None:
    """Give a command options that are worked out; they come before those that its signature has by keyword.

    :param command: takes them as keywords
    :param options: their types with what typer has to know of them, by name
    """
    own = inspect.signature(command, eval_str=True).parameters.values()
    made = [
        *(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in options.items()
        ),
        *(option for option in own if option.kind is inspect.Parameter.KEYWORD_ONLY),
    ]
    # typer reads the options off the signature. Python lets us set one; the type of functions does not say so.
    command.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
    command.__annotations__ = {option.name: option.annotation for option in made}


def write_output(output: Path | None, write: Callable[[BinaryIO], object]) -> None:
    """Write to a file, all of it or nothing, or to standard output.

    :param output: the file; None for standard output
    :param write: called with what takes the bytes
    :raises BadInput: where that is a folder
    :raises NotThere: where nothing can be written there
    """
    if output is None:
        write(sys.stdout.buffer)
        return
    from ivig.io.atomic import finished_file

    with finished_file(output) as draft, draft.open("wb") as file:
        write(file)


class Kind(StrEnum):
    """Kinds of record."""

    evidence = "evidence"
    mechanism = "mechanism"
    safety = "safety"
    recommendation = "recommendation"
    regulatory = "regulatory"
    use = "use"
