"""`ivig report`."""

from __future__ import annotations

from typing import Annotated

import typer

from ivig.cli.options import GraphOption, ReleasesOption


def report(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page of Markdown.")] = False,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Say what the graph rests on: how much is confirmed, how deep was read, what is missing.

    Example: ivig report
    """
    from ivig.cli.opened import opened
    from ivig.query.report import WHAT_IT_IS, markdown_report, sections

    source = opened(graph, releases)
    if markdown:
        print(markdown_report(source), end="")
        return
    from ivig.cli.table import print_table

    print(WHAT_IT_IS)
    for section in sections(source):
        print(f"\n{section.title}")
        print_table(section.answer.columns, section.answer.rows, more_by="--markdown")
