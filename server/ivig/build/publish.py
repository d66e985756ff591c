"""Publishing: the graphs of a build become a release, with its store, its saved queries and a manifest."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
)

from ivig.build.ancestors import Ancestors
from ivig.build.release import ANCESTORS, MANIFEST, NAMES, NQUADS, Release, Releases, Stamp, digest_of
from ivig.build.search_index import write_search_index
from ivig.io.turtle import in_graph
from ivig.model.label_index import name_index
from ivig.namespaces import DATA_GRAPH, LINKS_GRAPH, ONTOLOGY_GRAPH, RDF_TYPE, TERMS


def publish(
    graphs: Mapping[str, Sequence[Triple]],
    stamp: Stamp,
    releases: Releases,
    higher: Ancestors | None,
    tools: Iterable[str],
) -> Release:
    """Make the graphs the current release.

    :param graphs: every named graph by its IRI
    :param stamp: the files that they were made from
    :param higher: what linked ontologies add, where there are any
    :param tools: the distributions whose versions the manifest names
    """
    quads = (in_graph(triple, NamedNode(name)) for name, triples in graphs.items() for triple in triples)
    asserted = [*graphs[ONTOLOGY_GRAPH], *graphs[DATA_GRAPH]]
    index = name_index(asserted, graphs[LINKS_GRAPH])
    names = json.dumps(index, ensure_ascii=False, sort_keys=True).encode()
    manifest: dict[str, Any] = {
        "sources": stamp.digest,
        "graphs": {name: len(set(triples)) for name, triples in sorted(graphs.items())},
        "names": hashlib.sha256(names).hexdigest(),
        "things": _things(graphs[DATA_GRAPH]),
        "tools": {tool: version(tool) for tool in tools},
    }
    if higher:
        manifest["linked"] = higher.described
    with releases.draft() as folder:
        draft = Release(folder)
        (folder / NAMES).write_bytes(names)
        write_search_index(draft.search, asserted)
        if higher:
            index_above = json.dumps(higher.names, ensure_ascii=False, sort_keys=True)
            (folder / ANCESTORS).write_text(index_above, encoding="utf-8")
        stamp.write(folder)
        for name, content in stamp.queries.items():
            path = draft.queries / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        store = Store(str(draft.store))
        store.bulk_extend(canonical(quads))
        store.optimize()
        store.flush()
        # The digest is over what the store gives back: it keeps numbers in their canonical form.
        nquads = sorted_nquads(store)
        del store
        (folder / NQUADS).write_bytes(nquads)
        digest = digest_of(nquads, stamp.queries)
        (folder / MANIFEST).write_text(json.dumps({"digest": digest, **manifest}, indent=2) + "\n", encoding="utf-8")
        return releases.publish(folder, digest)


def canonical(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The quads, their blank nodes, which only the ontology has, with labels by RDF Dataset Canonicalization."""
    with_blanks = Dataset()
    for quad in quads:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
            with_blanks.add(quad)
        else:
            yield quad
    with_blanks.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    yield from with_blanks


def sorted_nquads(store: Store) -> bytes:
    """What a store holds, as N-Quads, a line a quad, sorted: the form that the digest is taken over."""
    lines = (store.dump(format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    return b"".join(sorted(lines))


def _things(data: Iterable[Triple]) -> dict[str, int]:
    counts = Counter(
        triple.object.value.removeprefix(TERMS)
        for triple in data
        if triple.predicate.value == RDF_TYPE
        and isinstance(triple.object, NamedNode)
        and triple.object.value.startswith(TERMS)
    )
    return dict(sorted(counts.items()))
