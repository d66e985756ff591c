"""A subcommand for each saved query, made from the head of its file when it is called for."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ivig.cli.options import GraphOption, ReleasesOption, ResultFormat
from ivig.errors import BadInput, IvigError
from ivig.query.saved import SavedQueries, SavedQuery
from ivig.settings import graph_files

FormatOption = Annotated[ResultFormat, typer.Option("--format", "-f", help="How to write the answer.")]
ColumnsOption = Annotated[str | None, typer.Option(help="Columns of the table, with commas between.", metavar="A,B")]


class SavedQueryGroup(TyperGroup):
    """The saved queries as commands. A query that is not asked for is not read."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(_queries())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        queries = _queries()
        if ctx.resilient_parsing and cmd_name not in queries:
            return None
        return _command(queries[cmd_name])


def _queries() -> SavedQueries:
    return SavedQueries(graph_files(_folder("IVIG_GRAPH")).queries)


def _folder(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def _command(query: SavedQuery) -> Any:
    """A command with an option for each parameter of the query."""

    def run(**values: Any) -> None:
        from ivig.cli.opened import opened

        graph = opened(values.pop("graph"), values.pop("releases"))
        format_, columns = values.pop("format"), values.pop("columns")
        given = {name: value for name, value in values.items() if value is not None}
        for line in graph.took(query.name, given):
            print(f"ivig: {line}", file=sys.stderr)
        _write(graph, query, given, format_, columns)

    options = {p.name: Annotated[str | None, _option(p.name, p.kind, p.required, p.note)] for p in query.parameters}
    common = {"format": FormatOption, "columns": ColumnsOption, "graph": GraphOption, "releases": ReleasesOption}
    defaults = {"format": ResultFormat.table}
    hints = {**options, **common}
    # typer reads the options off the signature. Python lets us set one; the type of functions does not say so.
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=defaults.get(name), annotation=hint)
            for name, hint in hints.items()
        ]
    )
    run.__annotations__ = hints
    run.__doc__ = f"{query.title}.\n\n{query.description}\n\n{_example(query)}"
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(query.name, short_help=query.title)(run)
    return typer.main.get_command(app)


def _option(name: str, kind: str, required: bool, note: str) -> Any:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        """Labels that begin like what is typed, from a release that is there; nothing where there is none."""
        from ivig.model.labels import normal
        from ivig.query.opening import existing_graph

        try:
            graph = existing_graph(_folder("IVIG_GRAPH"), _folder("IVIG_RELEASES"))
        except IvigError:
            return []
        if graph is None:
            return []
        return [label for label in graph.names.labels(kind) if normal(label).startswith(normal(incomplete))]

    spellings = dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}"))
    return typer.Option(
        *spellings, help=note + (" Required." if required else ""), metavar=kind.upper(), autocompletion=complete
    )


def _example(query: SavedQuery) -> str:
    from ivig.query.examples import EXAMPLES

    words = "".join(f' --{p.name} "{EXAMPLES[p.kind]}"' for p in query.parameters if p.required)
    return f"Example: ivig query {query.name}{words} --format csv"


def _write(graph: Any, query: SavedQuery, values: dict[str, str], format_: ResultFormat, columns: str | None) -> None:
    from ivig.query.results import own_columns, result_bytes

    if format_ is not ResultFormat.table:
        if columns:
            raise BadInput("--columns is for tables; the other formats have all columns")
        sys.stdout.buffer.write(result_bytes(graph.solutions(query.name, values), format_.value))
        return
    from ivig.cli.table import print_table

    answer = graph.query(query.name, **values)
    chosen = [name.strip() for name in columns.split(",")] if columns else list(query.table)
    if unknown := [name for name in chosen if name not in answer.columns]:
        known = ", ".join(own_columns(answer.columns))
        raise BadInput(f"{query.name} has no column {', '.join(unknown)}; it has {known}")
    print_table(answer.columns, answer.rows, chosen, more_by="--format csv or --columns", asked_for=bool(columns))


query = typer.Typer(
    name="query",
    cls=SavedQueryGroup,
    help="Ask a saved question. Example: ivig query evidence-for-condition --condition GBS",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@query.callback()
def _query() -> None:
    """Ask a saved question."""
