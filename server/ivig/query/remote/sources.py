"""The graph that an engine holds, as sources: what is validated there is validated as files are.

The triples are asked for one predicate at a time, so that no answer is as large as the graph, and counted: an engine
that cuts its answers off would else pass for a graph with gaps.
"""

from __future__ import annotations

from dataclasses import replace

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.build.sources import Sources, read
from ivig.errors import EngineWrong
from ivig.graph_files import GraphFiles
from ivig.namespaces import DATA_GRAPH, ONTOLOGY_GRAPH
from ivig.query.remote.endpoint import ROWS, TRIPLES, Endpoint
from ivig.query.remote.releases import Held, called
from ivig.query.remote.split import with_parameters
from ivig.query.saved import SavedQueries


def sources_in(endpoint: Endpoint, files: GraphFiles) -> Sources:
    """Ontology and data of the release that is current in an engine, with the shapes of the files here.

    :param endpoint: where the engine is asked
    :param files: of the graph
    :raises EngineWrong: where it holds no data, or gives out less than it has
    :raises EngineDown: and the others, where it does not answer
    """
    internal = SavedQueries(files.queries / "internal")
    current = Held.of(endpoint, internal).current
    found = {}
    for name in (ONTOLOGY_GRAPH, DATA_GRAPH):
        graph = called(name, current) if current else name
        found[name] = _triples(endpoint, internal, graph)
        if not found[name]:
            raise EngineWrong(f"{endpoint.url} has nothing in the graph {graph}")
    shapes = read(files, own_data=False)
    return replace(shapes, ontology=found[ONTOLOGY_GRAPH], alignment=[], data=found[DATA_GRAPH], stands_in={})


def _triples(endpoint: Endpoint, internal: SavedQueries, graph: str) -> list[Triple]:
    """Every triple of a graph."""
    sizes = _sizes(endpoint, internal, graph)
    found: list[Triple] = []
    for predicate, size in sizes.items():
        query = with_parameters(internal["triples-with-predicate"].bind_things("predicate", [predicate]))
        part = _asked(endpoint, query, graph)
        if any(isinstance(term, BlankNode) for triple in part for term in (triple.subject, triple.object)):
            # A blank node has a name within one answer only.
            found = _asked(endpoint, internal["graph"].text, graph)
            break
        _check(endpoint, graph, len(part), size, f" with <{predicate}>")
        found += part
    _check(endpoint, graph, len(found), sum(sizes.values()))
    return found


def _sizes(endpoint: Endpoint, internal: SavedQueries, graph: str) -> dict[str, int]:
    """How many triples each predicate has."""
    rows = endpoint.rows(endpoint.query(internal["predicates"].text, ROWS, [graph]))
    sizes = {}
    for row in rows:
        predicate, size = row["predicate"], row["triples"]
        if not isinstance(predicate, NamedNode) or not isinstance(size, Literal) or not size.value.isdecimal():
            raise EngineWrong(f"{endpoint.url} does not count the triples of {graph}")
        sizes[predicate.value] = int(size.value)
    return sizes


def _asked(endpoint: Endpoint, query: str, graph: str) -> list[Triple]:
    return list(dict.fromkeys(endpoint.triples(endpoint.query(endpoint.dialect.query(query), TRIPLES, [graph]))))


def _check(endpoint: Endpoint, graph: str, found: int, size: int, of: str = "") -> None:
    if found != size:
        raise EngineWrong(f"{endpoint.url} gives {found:,} of the {size:,} triples{of} in {graph}; does it cut off?")
