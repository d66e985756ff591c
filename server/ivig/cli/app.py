"""The commands of `ivig`, each in the module of its name and loaded when it is called for."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ivig import __version__
from ivig.errors import UnknownName

COMMANDS = (
    "template",
    "import",
    "remove",
    "build",
    "publish",
    "link",
    "validate",
    "query",
    "show",
    "verdict",
    "search",
    "resolve",
    "sparql",
    "export",
    "plot",
    "verify",
    "diff",
    "serve",
    "mcp",
    "reload",
    "report",
    "format",
    "verify-sources",
)


class Commands(TyperGroup):
    """The commands. Loading one costs milliseconds that the others need not wait for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands, in the order of the help.

        :param ctx: of the call
        """
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, whose module is loaded only then; None for an unknown one while a shell completes.

        :param ctx: of the call
        :param cmd_name: as it was typed
        :raises UnknownName: for a name that no command has, with the nearest
        """
        if cmd_name not in COMMANDS:
            if ctx.resilient_parsing:
                return None
            from ivig.query.names import nearest

            raise UnknownName("command", cmd_name, nearest(cmd_name, COMMANDS))
        name = cmd_name.replace("-", "_")
        if iskeyword(name):
            name += "_"
        command = getattr(import_module(f"ivig.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            return typer.main.get_command(command)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(cmd_name)(command)
        return typer.main.get_command(app)


app = typer.Typer(
    name="ivig",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"ivig {__version__}")
        raise typer.Exit


@app.callback()
def ivig(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """The open knowledge graph of the evidence on intravenous immunoglobulin."""
