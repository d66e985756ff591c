"""Consistency: what in a graph contradicts itself, found by queries, `inconsistency-*.rq`, over all that it entails."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode, Store

from ivig.build.queries import internal_queries, readable, rows


def inconsistencies(store: Store, stands_in: Mapping[str, str]) -> list[str]:
    """Everything in which a graph contradicts itself: the file where it is known, the thing, and the rule.

    :param store: the graph with its ontology and all that both entail, as the default graph
    :param stands_in: a subject's IRI to the file that it stands in
    """
    found = set()
    for name in internal_queries("inconsistency-*.rq"):
        for row in rows(store, name):
            thing = row["thing"]
            file = stands_in.get(thing.value, "") if isinstance(thing, NamedNode) else ""
            found.add((f"{file}: " if file else "") + readable(row["message"].value))
    return sorted(found)
