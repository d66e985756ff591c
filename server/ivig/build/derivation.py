"""Derivation: what our own rules add to what is entailed, CONSTRUCT queries run in the order of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store, Triple

from ivig.build.queries import construct, texts
from ivig.build.sentences import by_verdict, sentence
from ivig.io.turtle import in_graph
from ivig.namespaces import INFERRED_GRAPH, TERMS

RULES = "internal/derive-*.rq"


def derive(
    graphs: Mapping[str, Sequence[Triple]],
    queries: Path,
    *,
    without: str | None = None,
    on_rule: Callable[[str], None] = lambda rule: None,
) -> list[Triple]:
    """The triples that the rules add, each rule seeing what the ones before it added.

    :param graphs: every named graph by its IRI
    :param queries: the folder of the graph's queries
    :param without: a rule that is left out, by the name behind its number, to see what hangs on it
    :param on_rule: called with the name of each rule as it begins, and with `sentences` for what is said in words
    :raises BadQuery: with the name of the file, where a rule cannot be read
    """
    store = Store()
    for name, triples in graphs.items():
        store.bulk_extend(in_graph(triple, NamedNode(name)) for triple in triples)
    added: dict[Triple, None] = {}
    for path in sorted(queries.glob(RULES)):
        if without is not None and path.stem.split("-", 2)[2] == without:
            continue
        on_rule(path.stem.removeprefix("derive-"))
        new = [triple for triple in construct(store, path) if triple not in added]
        added.update(dict.fromkeys(new))
        store.bulk_extend(in_graph(triple, NamedNode(INFERRED_GRAPH)) for triple in new)
    on_rule("sentences")
    added.update(dict.fromkeys(_sentences(store)))
    return list(added)


def _sentences(store: Store) -> Iterator[Triple]:
    """Each verdict in a sentence."""
    assessments = by_verdict(texts(store, "verdict-assessments.rq"))
    populations = by_verdict(texts(store, "verdict-populations.rq"))
    for facts in texts(store, "verdict-facts.rq"):
        verdict = facts["verdict"]
        shares = {row["population"]: float(row["benefit"]) for row in populations.get(verdict, ())}
        text = sentence(facts, assessments.get(verdict, ()), shares)
        yield Triple(NamedNode(verdict), NamedNode(TERMS + "sentence"), Literal(text, language="en"))
