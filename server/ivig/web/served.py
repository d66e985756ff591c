"""What the routes of one release share, and how a route gets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from ivig.query import Answer, Graph
from ivig.query.results import Value
from ivig.query.sandbox import Pool
from ivig.web.addresses import public_url
from ivig.web.cache import AnswerCache
from ivig.web.descriptions import Example, examples
from ivig.web.monitoring import Metrics
from ivig.web.news import News, news
from ivig.web.settings import Settings
from ivig.web.templating import Pages


@dataclass
class Served:
    """What the routes of one release share.

    :param graph: the one that is served
    :param settings: of the server
    :param metrics: what is counted
    :param cache: of the answers
    :param queries: where visitors' SPARQL runs
    :param exports: where exports are made; without workers where a file of quads is served
    """

    graph: Graph
    settings: Settings
    metrics: Metrics
    cache: AnswerCache
    queries: Pool
    exports: Pool

    @cached_property
    def pages(self) -> Pages:
        """The pages; a file of quads has none."""
        return Pages(self.graph)

    @cached_property
    def overview(self) -> Answer:
        """What stands on the first page, asked once: a release does not change."""
        return self.graph.query("evidence-summary")

    @cached_property
    def verdicts(self) -> dict[Value, list[dict[str, Value]]]:
        """The verdicts on all conditions, that on treatment first. For a page that lists them: it takes as long as the
        graph is large."""
        found: dict[Value, list[dict[str, Value]]] = {}
        for row in sorted(self.overview, key=lambda row: row["intent"] != "treat"):
            found.setdefault(row["condition"], []).append(row)
        return found

    def verdicts_on(self, conditions: Iterable[str]) -> dict[Value, list[dict[str, Value]]]:
        """The verdicts on these conditions in a word, by condition, that on treatment first.

        :param conditions: their IRIs
        """
        asked = list(conditions)
        found: dict[Value, list[dict[str, Value]]] = {}
        for row in self.graph.about("verdicts-on-things", *asked) if asked else ():
            found.setdefault(row["condition"], []).append(row)
        return found

    @cached_property
    def disagreements(self) -> Answer:
        """Where bodies disagree, asked once."""
        return self.graph.query("bodies-that-disagree")

    @cached_property
    def news(self) -> News | None:
        """What is new against the release before this one."""
        return news(self.graph)

    @cached_property
    def treatments(self) -> Answer:
        """The treatments that immunoglobulin was compared with, and the sorts of it."""
        return self.graph.about("treatments")

    @cached_property
    def examples(self) -> list[Example]:
        """The saved queries as examples."""
        return examples(self.graph)

    def address(self, request: Request) -> str:
        """The address of this server as its visitors know it, with a final slash."""
        return public_url(request, self.settings.public_url)

    @property
    def has_pages(self) -> bool:
        """Whether it is a graph of ours, and not a file of quads."""
        return self.settings.dataset is None


async def _served(request: Request) -> Served:
    found: Served = request.app.state.served
    return found


Here = Annotated[Served, Depends(_served)]
"""What is served, for a route that asks for it."""
