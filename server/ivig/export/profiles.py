"""Profiles: a subgraph in the terms of another ontology, made by CONSTRUCT queries where it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import QueryTriples, RdfFormat, Triple, serialize

from ivig.errors import BadInput, BadQuery, UnknownName
from ivig.export.subgraph import Subgraph
from ivig.namespaces import PREFIXES
from ivig.query import Graph


class Profile(NamedTuple):
    """A profile of an export.

    :param name: what users type; `profile-NAME.rq` makes it
    :param of_verdicts: whether it is made of verdicts, not of statements
    :param prefixes: of its terms
    :param wanted: what a selection has to hold
    """

    name: str
    of_verdicts: bool
    prefixes: dict[str, str]
    wanted: str


PROFILES = {
    made.name: made
    for made in (
        Profile("pico", False, {"pico": "http://data.cochrane.org/ontologies/pico/"}, "an efficacy statement"),
        Profile("sepio", True, {"obo": "http://purl.obolibrary.org/obo/"}, "a condition with its verdict"),
    )
}
FORMATS = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES, "rdfxml": RdfFormat.RDF_XML}
_AT_ONCE = 500


def profile_named(name: str, format_name: str) -> Profile:
    """The profile of a name, for a format that can hold it.

    :raises UnknownName: with all of them
    :raises BadInput: for a format that is not RDF, or keeps graphs apart
    """
    if name not in PROFILES:
        raise UnknownName("profile", name, list(PROFILES))
    if format_name not in FORMATS:
        raise BadInput(f"a profile is RDF without named graphs: take {', '.join(FORMATS)}, not {format_name}")
    return PROFILES[name]


def profiled(graph: Graph, subgraph: Subgraph, profile: Profile, format_name: str) -> bytes:
    """A subgraph in the terms of a profile.

    :raises BadInput: where it holds nothing that the profile has a place for
    """
    things = subgraph.verdicts() if profile.of_verdicts else subgraph.statements
    triples: set[Triple] = set()
    for start in range(0, len(things), _AT_ONCE):
        triples.update(_constructed(graph, f"profile-{profile.name}", things[start : start + _AT_ONCE]))
    if not triples:
        raise BadInput(f"nothing that was selected has a place in {profile.name}: select {profile.wanted}")
    prefixes = {**PREFIXES, **profile.prefixes, "prov": "http://www.w3.org/ns/prov#"}
    return serialize(sorted(triples, key=str), format=FORMATS[format_name], prefixes=prefixes) or b""


def _constructed(graph: Graph, query: str, things: Iterable[str]) -> QueryTriples:
    result = graph.engine.ask(graph.internal[query].bind_things("thing", things))
    if not isinstance(result, QueryTriples):
        raise BadQuery(f"{query}.rq constructs nothing")
    return result
