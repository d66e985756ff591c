"""`ivig plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import BadInput

OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="File to write, as SVG or PNG by its ending.", metavar="FILE")
]

plot = typer.Typer(
    help="Draw a picture, as SVG or PNG.\n\nExample: ivig plot evidence-map -o map.svg",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@plot.command("evidence-map")
def evidence_map(output: OutputOption, graph: GraphOption = None, releases: ReleasesOption = None) -> None:
    """Fields of medicine against verdicts, a mark a condition.

    Example: ivig plot evidence-map -o map.svg
    """
    from ivig.cli.opened import opened
    from ivig.export import plots

    _check(output)
    marks = plots.marks_of(opened(graph, releases))
    _write(plots.svg_text(plots.evidence_map(marks, str)), output)


@plot.command("forest")
def forest(
    output: OutputOption,
    condition: Annotated[str, typer.Option(help="Condition: label, synonym, CURIE or IRI.", metavar="NAME")],
    number: Annotated[int, typer.Option(help="Which of its plots; the fullest is 1.", metavar="NUMBER")] = 1,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """The effects of one measure on one outcome of a condition, as published.

    Example: ivig plot forest --condition sepsis -o forest.svg
    """
    from ivig.cli.opened import opened
    from ivig.export import plots

    _check(output)
    found = plots.forests_of(opened(graph, releases), condition)
    if not found:
        raise BadInput(f"no outcome of {condition} has two effects of the same measure to draw")
    if not 1 <= number <= len(found):
        titles = "; ".join(f"{place} {each.title}" for place, each in enumerate(found, 1))
        raise BadInput(f"{condition} has {len(found)} forest plots: {titles}")
    _write(plots.svg_text(plots.forest_plot(found[number - 1], str)), output)


def _check(output: Path) -> None:
    if output.suffix.lower() not in (".svg", ".png"):
        raise BadInput(f"a picture is an .svg or a .png, not {output.name}")


def _write(picture: str, output: Path) -> None:
    from ivig.export.plots import png
    from ivig.io.atomic import finished_file

    body = png(picture) if output.suffix.lower() == ".png" else picture.encode()
    with finished_file(output) as draft:
        draft.write_bytes(body)
