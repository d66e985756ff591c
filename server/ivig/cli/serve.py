"""`ivig serve`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ivig.cli.options import add_options
from ivig.errors import BadInput
from ivig.web.settings import Settings, settings_from

if TYPE_CHECKING:
    from ivig.query import Graph


def serve(config: Path | None, **flags: Any) -> None:
    """Serve the graph over HTTP: SPARQL endpoint, saved queries, a page for every thing.

    A flag wins over the environment, the environment over the file.
    Example: ivig serve --port 8080
    """
    from ivig.web import run

    settings = settings_from({name: value for name, value in flags.items() if value is not None}, config)
    place = nullcontext("") if settings.dataset is None else tempfile.TemporaryDirectory(prefix="ivig-dataset-")
    with place as folder:
        run(_opener(settings, folder), settings)


def _opener(settings: Settings, folder: str) -> Callable[[], Graph]:
    """What gives the newest release: the built one, or the file to be served as it stands now."""
    if settings.dataset and settings.engine:
        raise BadInput("a file is served by the embedded engine: give --dataset or --engine")
    if (dataset := settings.dataset) is None:
        from ivig.cli.opened import opened

        if not settings.engine:
            return lambda: opened(settings.graph, settings.releases)
        from ivig.query.remote import Endpoint

        endpoint = Endpoint(settings.engine, settings.engine_dialect, settings.engine_seconds)
        return lambda: opened(settings.graph, settings.releases, endpoint)

    def published() -> Graph:
        from ivig.build.dataset import publish_dataset
        from ivig.graph_files import graph_files
        from ivig.query import Graph

        return Graph(graph_files(settings.graph), publish_dataset(dataset, Path(folder)))

    return published


def _options() -> dict[str, Any]:
    """The flags: one for every setting, none of them repeated here."""
    config = Annotated[
        Path | None,
        typer.Option(
            "--config", envvar="IVIG_CONFIG", metavar="FILE", help="TOML file of settings.", show_default=False
        ),
    ]
    found: dict[str, Any] = {"config": config}
    for name, field in Settings.model_fields.items():
        kind: Any = field.annotation
        flag = f"--{name.replace('_', '-')}"
        if kind is bool:
            flag += f"/--no-{name.replace('_', '-')}"
        help_text = (
            field.description
            if field.default in (None, "", False)
            else f"{field.description} [default: {field.default}]"
        )
        option = typer.Option(flag, help=f"{help_text} (IVIG_{name.upper()})", show_default=False)
        found[name] = Annotated[kind | None, option]
    return found


add_options(serve, _options())
