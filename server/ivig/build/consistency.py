"""Consistency: what in a graph contradicts itself, found by queries, `inconsistency-*.rq`, over all that it entails."""

from __future__ import annotations

from pyoxigraph import Store

from ivig.build.queries import internal_queries, readable, rows


def inconsistencies(store: Store) -> list[tuple[str, str]]:
    """Everything in which a graph contradicts itself: the thing, and the rule in words.

    :param store: the graph with its ontology and all that both entail, as the default graph
    """
    found = {
        (row["thing"].value, readable(row["message"].value))
        for name in internal_queries("inconsistency-*.rq")
        for row in rows(store, name)
    }
    return sorted(found)
