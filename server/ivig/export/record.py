"""One thing as a plain record: what it says by the names of its columns, for programs that know nothing of RDF."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions

from ivig.model.schema import schema
from ivig.namespaces import PREF_LABEL, RDF_TYPE, TERMS, local_name
from ivig.query import Graph
from ivig.query.results import plain


def about_thing(graph: Graph, iri: str) -> QuerySolutions:
    """What is said of a thing, a row a property and value.

    :param graph: the one that is asked
    :param iri: of the thing
    """
    solutions = graph.engine.ask(graph.internal["about-thing"].bind_things("thing", [iri]))
    assert isinstance(solutions, QuerySolutions)
    return solutions


def thing_record(graph: Graph, iri: str) -> dict[str, Any]:
    """A thing as a record: `iri`, `type` (its classes), and each property by the name that columns and records have.

    A property that takes several values is a list, one that is absent null or an empty list; what leads to another
    thing is an object with `iri` and `label`. What was inferred stands among the rest.

    :param graph: the one that is asked
    :param iri: of the thing
    :returns: nothing but `iri` and `type` where nothing is said of it
    """
    known = schema(graph.files)
    said: dict[str, dict[object, None]] = {}
    labels: dict[str, object] = {}
    for row in about_thing(graph, iri):
        predicate, value, label = row["predicate"], row["value"], row["value_label"]
        assert isinstance(predicate, NamedNode)
        said.setdefault(predicate.value, {})[value] = None
        if isinstance(value, NamedNode):
            labels[value.value] = plain(label)
    types = sorted(term.value for term in said.pop(RDF_TYPE, {}) if isinstance(term, NamedNode))
    kinds = [name.removeprefix(TERMS) for name in types if name.startswith(TERMS)]
    of_its_classes = {each.iri: each for kind in kinds for each in known.properties(kind)}
    record: dict[str, Any] = {"iri": iri, "type": kinds}
    for each in of_its_classes.values():
        values = [_value(term, labels) for term in said.pop(each.iri, ())]
        # A label in several languages is one label: that of the language that everything has.
        several = each.repeatable and each.iri != PREF_LABEL
        record[each.name] = values if several else next(iter(values), None)
    for predicate_iri, terms in said.items():
        name = known.names.get(predicate_iri) or local_name(predicate_iri)
        record.setdefault(name, [_value(term, labels) for term in terms])
    return record


def _value(term: object, labels: dict[str, object]) -> object:
    if isinstance(term, NamedNode):
        return {"iri": term.value, "label": labels.get(term.value)}
    value = plain(term) if isinstance(term, Literal) else str(term)
    return float(value) if isinstance(value, Decimal) else value
