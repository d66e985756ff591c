"""Which releases an engine holds, and which of them counts.

Each release has graphs of its own there, and a small graph says which there are and which is the current one. A new one
is loaded beside the others, counted, and made current by replacing that graph: who reads sees one release or the
other, never half of one, and taking an old one back moves no data. An engine that somebody loaded from the N-Quads of
a release, in the graphs as they are called there, is asked as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO, NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from ivig.build.release import Release
from ivig.errors import BadInput, EngineWrong
from ivig.io.turtle import in_graph
from ivig.namespaces import ANCESTORS_GRAPH, BASE, GRAPHS, PREFIXES
from ivig.query.remote.endpoint import ROWS, TRIPLES, Endpoint
from ivig.query.saved import SavedQueries

RELEASES_GRAPH = BASE + "graph/releases"
_DATASET = NamedNode(BASE + "dataset")
_DCAT = "http://www.w3.org/ns/dcat#"
_CURRENT, _VERSION = NamedNode(_DCAT + "hasCurrentVersion"), NamedNode(_DCAT + "version")
_ISSUED = NamedNode(PREFIXES["dcterms"] + "issued")
_DATE_TIME = NamedNode(PREFIXES["xsd"] + "dateTime")
_SHORT = 16
"""Digits of a digest that tell one release from another."""
_BLANK = re.compile(rb"^_:|> _:")
"""In a line that has a blank node; and in one, maybe, whose text looks so."""
_PIECE = 50_000
"""Triples that are sent at once."""

Note = Callable[[str], None]


class Held(NamedTuple):
    """The releases that were published to an engine.

    :param current: the digest of the one that counts; empty where none was published
    :param issued: when each was published, by digest, the oldest first
    """

    current: str
    issued: dict[str, str]

    @classmethod
    def of(cls, endpoint: Endpoint, internal: SavedQueries) -> Held:
        """What an engine says of itself.

        :param endpoint: where it is asked
        :param internal: the queries that only the code asks
        :raises EngineDown: and the others, where it does not answer
        :raises EngineWrong: where it answers something else
        """
        reply = endpoint.query(internal["graph"].text, TRIPLES, [RELEASES_GRAPH])
        said = [(one.subject, one.predicate, one.object) for one in endpoint.triples(reply)]
        texts = [(thing, at, value.value) for thing, at, value in said if isinstance(value, Literal)]
        digests = {thing: text for thing, at, text in texts if at == _VERSION}
        issued = {digests[thing]: text for thing, at, text in texts if at == _ISSUED and thing in digests}
        pointed = [value for _, at, value in said if at == _CURRENT and isinstance(value, NamedNode)]
        current = next((digests[one] for one in pointed if one in digests), "")
        return cls(current, dict(sorted(issued.items(), key=lambda pair: pair[1])))

    def turtle(self) -> bytes:
        """What the engine is to say of itself."""
        said = [Triple(_DATASET, _CURRENT, _named(self.current))]
        for digest, when in self.issued.items():
            said.append(Triple(_named(digest), _VERSION, Literal(digest)))
            said.append(Triple(_named(digest), _ISSUED, Literal(when, datatype=_DATE_TIME)))
        return serialize(said, format=RdfFormat.TURTLE) or b""

    @property
    def before(self) -> str:
        """The digest of the release that was published before the current one; empty for none."""
        earlier = list(self.issued)[: list(self.issued).index(self.current)] if self.current else []
        return earlier[-1] if earlier else ""


def internal_queries(release: Release) -> SavedQueries:
    """The queries that only the code asks, as a release keeps them."""
    return SavedQueries(release.queries / "internal")


def called(graph: str, digest: str) -> str:
    """What the graph of a release is called in an engine that it was published to.

    :param graph: its IRI in every release
    :param digest: of the release
    """
    return f"{graph}/{digest[:_SHORT]}"


def graphs_of(release: Release, endpoint: Endpoint) -> dict[str, str]:
    """What each graph of a release is called in an engine.

    :param release: the one that is here
    :param endpoint: of the engine
    :raises EngineWrong: where it does not hold that release
    :raises EngineDown: and the others, where it does not answer
    """
    internal, sizes = internal_queries(release), release.manifest["graphs"]
    held = Held.of(endpoint, internal)
    if release.digest in held.issued:
        return {name: called(name, release.digest) for name in sizes}
    if held.issued:
        others = ", ".join(digest[:12] for digest in held.issued)
        raise EngineWrong(
            f"{endpoint.url} holds release {others}, not {release.digest[:12]}: `ivig publish --to` loads it"
        )
    _check_sizes(endpoint, internal, sizes)
    return {name: name for name in sizes}


def publish_to(release: Release, endpoint: Endpoint, graph_store: str, keep: int, note: Note) -> None:
    """Load a release into graphs of its own, count them, make it the current one, and drop the oldest of the others.

    One that is there already only becomes current. Whatever fails before the switch leaves the engine with the release
    that it had.

    :param release: the one to publish
    :param endpoint: where the engine is asked
    :param graph_store: where its graphs are written
    :param keep: how many releases stay
    :param note: told what is under way
    :raises EngineWrong: where it refuses, or has other numbers of triples than were sent
    :raises EngineDown: and the others, where it does not answer
    """
    internal = internal_queries(release)
    held = Held.of(endpoint, internal)
    if release.digest not in held.issued:
        sizes = {called(name, release.digest): size for name, size in release.manifest["graphs"].items()}
        for graph in sizes:
            # What a load that was broken off has left.
            endpoint.delete(graph_store, graph)
        for graph, turtle in _pieces(release):
            note(f"loading {graph}")
            endpoint.write("POST", graph_store, graph, turtle)
        note("counting")
        _check_sizes(endpoint, internal, sizes)
    issued = {**held.issued, release.digest: datetime.now(UTC).isoformat(timespec="microseconds")}
    oldest = [digest for digest in issued if digest != release.digest][: max(0, len(issued) - keep)]
    left = {digest: when for digest, when in issued.items() if digest not in oldest}
    endpoint.write("PUT", graph_store, RELEASES_GRAPH, Held(release.digest, left).turtle())
    for digest in oldest:
        note(f"dropping release {digest[:12]}")
        for graph in (*GRAPHS, ANCESTORS_GRAPH):
            endpoint.delete(graph_store, called(graph, digest))


def take_back(endpoint: Endpoint, graph_store: str, internal: SavedQueries) -> str:
    """Make the release current that was published before the current one.

    :param endpoint: where the engine is asked
    :param graph_store: where its graphs are written
    :param internal: the queries that only the code asks
    :returns: the digest of the release that is current now
    :raises BadInput: where there is none before it
    :raises EngineDown: and the others, where it does not answer
    """
    held = Held.of(endpoint, internal)
    if not held.before:
        raise BadInput(f"{endpoint.url} holds no release that was published before {held.current[:12] or 'any'}")
    endpoint.write("PUT", graph_store, RELEASES_GRAPH, held._replace(current=held.before).turtle())
    return held.before


def write_quads(release: Release, out: BinaryIO) -> None:
    """The graphs of a release as N-Quads for the loader of an engine, called as it is to have them, and what says so.

    The engine says of itself then that it holds this release and no other.
    """
    graphs = release.manifest["graphs"]
    renamed = {f" <{name}> .\n".encode(): f" <{called(name, release.digest)}> .\n".encode() for name in graphs}
    with release.nquads.open("rb") as lines:
        for line in lines:
            end = line.rindex(b" <", 0, -3)
            out.write(line[:end] + renamed[line[end:]])
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    said = parse(Held(release.digest, {release.digest: now}).turtle(), format=RdfFormat.TURTLE)
    for quad in said:
        out.write(f"{in_graph(quad.triple, NamedNode(RELEASES_GRAPH))} .\n".encode())


def _pieces(release: Release) -> Iterator[tuple[str, bytes]]:
    """The graphs of a release in pieces, as the engine calls them. What has blank nodes stays in one."""
    for graph in sorted(release.manifest["graphs"]):
        end = f" <{graph}> .\n".encode()
        with release.nquads.open("rb") as lines:
            # Sorted: blank nodes are all in one place, or named by triples on others.
            triples = (line[: -len(end)] + b" .\n" for line in lines if line.endswith(end))
            whole = any(_BLANK.search(line) for line in lines if line.endswith(end))
            lines.seek(0)
            while piece := list(triples if whole else islice(triples, _PIECE)):
                yield called(graph, release.digest), b"".join(piece)


def _check_sizes(endpoint: Endpoint, internal: SavedQueries, sizes: Mapping[str, int]) -> None:
    """See that an engine has so many triples in each graph.

    :raises EngineWrong: with those where it has not
    """
    text = internal["sizes-of-graphs"].bind_things("thing", sizes)
    rows = endpoint.rows(endpoint.query(text, ROWS, named=sizes))
    found = {graph.value: int(count.value) for graph, count in rows}
    differ = ((graph, found.get(graph, 0), size) for graph, size in sizes.items() if found.get(graph, 0) != size)
    if wrong := [f"{graph} has {there:,} triples of {size:,}" for graph, there, size in differ]:
        raise EngineWrong(f"{endpoint.url} does not hold this release: {'; '.join(wrong)}")


def _named(digest: str) -> NamedNode:
    return NamedNode(f"{BASE}release/{digest}")
