"""The honesty report: what the graph rests on, one internal query a section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ivig.query.graph import Answer, Graph

WHAT_IT_IS = (
    "This is no systematic search: the graph holds what curators came upon and could read. "
    "A count is a count of what stands here, never of what there is."
)


class Section(NamedTuple):
    """One section.

    :param title: its heading
    :param description: what it counts
    :param answer: the counts
    """

    title: str
    description: str
    answer: Answer


def sections(graph: Graph) -> Iterator[Section]:
    """The sections in the order of their files' names."""
    for name in graph.internal:
        if name.startswith("report-"):
            query = graph.internal[name]
            yield Section(query.title, query.description, graph.about(name))


def markdown_report(graph: Graph) -> str:
    """The report as a page of Markdown."""
    lines = ["# What the graph rests on", "", WHAT_IT_IS, ""]
    for title, description, answer in sections(graph):
        lines += [f"## {title}", "", description, ""]
        lines.append("| " + " | ".join(column.replace("_", " ") for column in answer.columns) + " |")
        lines.append("|" + "---|" * len(answer.columns))
        lines += ["| " + " | ".join("" if v is None else str(v) for v in row.values()) + " |" for row in answer]
        lines.append("")
    return "\n".join(lines)
