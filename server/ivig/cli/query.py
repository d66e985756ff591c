"""A subcommand for each saved query, made from the head of its file when it is called for."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ivig.cli.options import (
    EngineOption,
    GraphOption,
    OutputOption,
    ReleasesOption,
    ResultFormat,
    add_options,
    endpoint_of,
    write_output,
)
from ivig.errors import BadInput, IvigError
from ivig.graph_files import graph_files
from ivig.query.saved import SavedQueries, SavedQuery
from ivig.query.view import View, shown

if TYPE_CHECKING:
    from ivig.query.graph import Graph

FormatOption = Annotated[
    ResultFormat | None,
    typer.Option(
        "--format", "-f", help="How to write the answer; by the ending of the file, else a table.", show_default=False
    ),
]
ColumnsOption = Annotated[str | None, typer.Option(help="The columns wanted, with commas between.", metavar="A,B")]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Only rows with this value, or beyond this bound; several of one column are alternatives.",
        metavar="COLUMN=VALUE",
        show_default=False,
    ),
]
SortOption = Annotated[
    str | None, typer.Option(help="Columns to sort by; -year for the largest first.", metavar="A,-B")
]
LimitOption = Annotated[int | None, typer.Option(help="How many rows at most.", min=0, show_default=False)]

_ENDINGS = {"json": "records", "srj": "json", "srx": "xml", "jsonl": "ndjson", "txt": "table"}
"""What files end in whose format is called otherwise."""
_BOUND = re.compile(r"\w+(?=[<>])")


class SavedQueryGroup(TyperGroup):
    """The saved queries as commands. A query that is not asked for is not read."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the saved queries, sorted.

        :param ctx: of the call
        """
        return sorted(_queries())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The saved query of a name, as a command; None for an unknown one while a shell completes.

        :param ctx: of the call
        :param cmd_name: as it was typed
        :raises UnknownName: for a name that no query has, with the nearest
        """
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

        format_, output = values.pop("format"), values.pop("output")
        name = format_.value if format_ else _format_of(output)
        view = _view(query, values.pop("where"), values.pop("sort"), values.pop("limit"), values.pop("columns"))
        endpoint = endpoint_of(values.pop("engine"))
        graph = opened(values.pop("graph"), values.pop("releases"), endpoint)
        given = {name: value for name, value in values.items() if value is not None}
        for line in graph.took(query.name, given):
            print(f"ivig: {line}", file=sys.stderr)
        _write(graph, query, given, view, name, output)

    options = {p.name: Annotated[str | None, _option(p.name, p.kind, p.required, p.note)] for p in query.parameters}
    common = {
        "columns": ColumnsOption,
        "where": WhereOption,
        "sort": SortOption,
        "limit": LimitOption,
        "format": FormatOption,
        "output": OutputOption,
        "graph": GraphOption,
        "releases": ReleasesOption,
        "engine": EngineOption,
    }
    add_options(run, {**options, **common})
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
    from ivig.query.examples import example_of

    words = "".join(f' --{p.name} "{example_of(p.kind)}"' for p in query.parameters if p.required)
    return f"Example: ivig query {query.name}{words} --format csv"


def _format_of(output: Path | None) -> str:
    """The format that the name of a file asks for; a table where there is none.

    :raises BadInput: for an ending that no format has

    >>> _format_of(Path("gbs.CSV")), _format_of(None)
    ('csv', 'table')
    """
    ending = output.suffix[1:].lower() if output else "txt"
    name = _ENDINGS.get(ending, ending)
    if name not in list(ResultFormat):
        raise BadInput(
            f"{output}: no format has this ending; name one with --format, or use one of "
            ".csv, .tsv, .xlsx, .json, .ndjson, .srj, .srx, .txt"
        )
    return name


def _view(query: SavedQuery, where: list[str] | None, sort: str | None, limit: int | None, columns: str | None) -> View:
    """What of the answer is shown."""
    given = [("sort", sort or ""), ("limit", "" if limit is None else str(limit)), ("columns", columns or "")]
    for one in where or ():
        if bound := _BOUND.match(one):
            given.append((bound[0], one[bound.end() :]))
            continue
        name, is_there, value = one.partition("=")
        if not is_there or not value.strip():
            raise BadInput(f"a condition on rows reads COLUMN=VALUE, such as level=1 or year>=2010, not {one}")
        given.append((name.strip(), value))
    if wrong := {name for name, _ in given[3:]} & {"sort", "limit", "columns", "offset"}:
        raise BadInput(f"{query.name} has no column {', '.join(sorted(wrong))}")
    # On a parameter that is a column too: the rows of the answer are meant.
    return View.of(query._replace(parameters=()), given)[1]


def _write(
    graph: Graph, query: SavedQuery, values: dict[str, str], view: View, format_name: str, output: Path | None
) -> None:
    if format_name == "table" and output is None:
        from ivig.cli.table import print_table
        from ivig.query.graph import Answer

        # A table has labels in place of IRIs, which stand in columns of their own.
        answer = Answer.of(shown(graph, query.name, values, view._replace(columns=())))
        view.check(answer.columns)
        chosen = view.columns or [name for name in query.table if name in answer.columns]
        more_by = "--format csv or --columns"
        print_table(answer.columns, answer.rows, chosen, more_by=more_by, asked_for=bool(view.columns))
        return
    if format_name == "table":
        raise BadInput("a table is for the terminal: take csv, xlsx or records for a file")
    if format_name == "xlsx":
        from ivig.export.answers import answer_bytes

        if output is None and sys.stdout.isatty():
            raise BadInput("xlsx is no text: name a file with --output")
        body = answer_bytes(graph, query, shown(graph, query.name, values, view), format_name)
        write_output(output, lambda out: out.write(body))
        return
    from ivig.query.results import write_result

    solutions = shown(graph, query.name, values, view)
    write_output(output, lambda out: write_result(solutions, format_name, out))


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
