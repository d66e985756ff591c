"""The description of a file of quads that is served as it stands: its graphs, how large they are, where to ask."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.build.release import Release
from ivig.namespaces import RDF_TYPE

_VOID = "http://rdfs.org/ns/void#"
_SD_NAME = NamedNode("http://www.w3.org/ns/sparql-service-description#name")


def dataset_description(release: Release, public_url: str) -> Iterable[Triple]:
    """The dataset in VoID, as triples; each named graph is a subset of it."""
    dataset = NamedNode(f"{public_url}.well-known/void#dataset")
    sizes: dict[str, int] = release.manifest["graphs"]
    total = sum(sizes.values()) + release.manifest["default"]
    yield Triple(dataset, NamedNode(RDF_TYPE), _void("Dataset"))
    yield Triple(dataset, _void("sparqlEndpoint"), NamedNode(f"{public_url}sparql"))
    yield Triple(dataset, _void("triples"), Literal(total))
    for number, (name, size) in enumerate(sizes.items()):
        subset = BlankNode(f"graph{number}")
        yield Triple(dataset, _void("subset"), subset)
        yield Triple(subset, NamedNode(RDF_TYPE), _void("Dataset"))
        yield Triple(subset, _SD_NAME, NamedNode(name))
        yield Triple(subset, _void("triples"), Literal(size))


def _void(name: str) -> NamedNode:
    return NamedNode(_VOID + name)
