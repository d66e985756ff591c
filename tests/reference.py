"""What the tests that hold the default engines to the reference engines share: a subgraph of the real graph that these
get through in seconds."""

from __future__ import annotations

from dataclasses import replace

from pyoxigraph import NamedNode, Triple

from ivig.build.sources import Sources
from ivig.namespaces import RDF_TYPE, TERMS


def subgraph(sources: Sources, every: int) -> Sources:
    """The real graph with one statement out of so many, and all that these lead to."""
    said: dict[object, list[Triple]] = {}
    for triple in sources.data:
        said.setdefault(triple.subject, []).append(triple)
    statement = NamedNode(TERMS + "Statement")
    statements = sorted(str(t.subject) for t in sources.data if t.predicate.value == RDF_TYPE and t.object == statement)
    return replace(sources, data=mentioned(said, [NamedNode(name.strip("<>")) for name in statements[::every]]))


def mentioned(said: dict[object, list[Triple]], starts: list[object]) -> list[Triple]:
    """What is said of some things and of all that they lead to.

    :param said: what is said of each subject; what is taken goes
    """
    todo = list(starts)
    kept: dict[Triple, None] = {}
    while todo:
        triples = said.pop(todo.pop(), [])
        kept.update(dict.fromkeys(triples))
        todo += [triple.object for triple in triples]
    return list(kept)
