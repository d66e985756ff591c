"""The build: from the files of a graph to a sealed release, stage by stage."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
    parse,
    serialize,
)

from ivig.build.ancestors import Ancestors, ancestors
from ivig.build.derive import derive
from ivig.build.linked import LinkedOntologies
from ivig.build.reason import infer
from ivig.build.release import ANCESTORS, MANIFEST, NAMES, NQUADS, STAMP, STORE, Release, Releases
from ivig.build.sources import Sources, read
from ivig.build.validate import validate
from ivig.errors import InvalidGraph
from ivig.io.ontologies import OutsideOntology
from ivig.io.turtle import in_graph
from ivig.model.label_index import name_index
from ivig.namespaces import ANCESTORS_GRAPH, DATA_GRAPH, INFERRED_GRAPH, LINKS_GRAPH, ONTOLOGY_GRAPH, RDF_TYPE, TERMS
from ivig.settings import GraphFiles

STAGES = ("read", "validate", "reason", "derive", "seal")
"""The stages of a build, in order. Validation comes before reasoning: it says how to mend what reasoning would only
stumble over."""

_TOOLS = ("ivig", "pyoxigraph")


def build(
    files: GraphFiles,
    releases: Releases,
    on_stage: Callable[[str], None] = lambda stage: None,
    linked: Sequence[OutsideOntology] | None = None,
) -> Release:
    """Build a release and make it the current one.

    on_stage: called with the name of each stage as it begins. linked: ontologies of others to roll up by; where None,
    those that are kept beside the releases.
    Raises NotThere where the releases cannot be kept, BadInput where a file cannot be read and InvalidGraph where the
    graph breaks a shape or contradicts itself; the release that was current then stays so.
    """
    # What takes half a minute is not begun where its outcome could not be kept.
    releases.check_writable()
    on_stage("read")
    stamp, source_digest = files.stamp(), files.digest()
    sources = read(files)
    ontologies = LinkedOntologies(releases.folder).read() if linked is None else linked
    on_stage("validate")
    if broken := validate(sources):
        listed = "\n".join(f"  {violation}" for violation in broken)
        raise InvalidGraph(f"{len(broken)} rule{'s' * (len(broken) > 1)} of the shapes broken:\n{listed}")
    on_stage("reason")
    graphs = asserted_graphs(sources)
    graphs[INFERRED_GRAPH] = infer(sources)
    on_stage("derive")
    graphs[INFERRED_GRAPH] += derive(graphs, files.queries)
    on_stage("seal")
    higher = ancestors(ontologies, sources.links) if ontologies else None
    if higher:
        graphs[ANCESTORS_GRAPH] = higher.triples
    return _seal(graphs, source_digest, stamp, releases, higher)


def asserted_graphs(sources: Sources) -> dict[str, list[Triple]]:
    """What the files assert, by named graph."""
    return {
        ONTOLOGY_GRAPH: [*sources.ontology, *sources.alignment],
        DATA_GRAPH: sources.data,
        LINKS_GRAPH: sources.links,
    }


def _seal(
    graphs: dict[str, list[Triple]],
    source_digest: str,
    stamp: str,
    releases: Releases,
    higher: Ancestors | None,
) -> Release:
    quads = [in_graph(triple, NamedNode(name)) for name, triples in graphs.items() for triple in triples]
    index = name_index([*graphs[ONTOLOGY_GRAPH], *graphs[DATA_GRAPH]], graphs[LINKS_GRAPH])
    names = json.dumps(index, ensure_ascii=False, sort_keys=True).encode()
    manifest: dict[str, Any] = {
        "sources": source_digest,
        "graphs": {name: len(set(triples)) for name, triples in sorted(graphs.items())},
        "names": hashlib.sha256(names).hexdigest(),
        "things": _things(graphs[DATA_GRAPH]),
        "tools": {tool: version(tool) for tool in _TOOLS},
    }
    if higher:
        manifest["linked"] = higher.described
    with releases.draft() as draft:
        (draft / NAMES).write_bytes(names)
        if higher:
            index_above = json.dumps(higher.names, ensure_ascii=False, sort_keys=True)
            (draft / ANCESTORS).write_text(index_above, encoding="utf-8")
        (draft / STAMP).write_text(stamp, encoding="utf-8")
        store = Store(str(draft / STORE))
        store.bulk_extend(parse(sorted_nquads(quads), format=RdfFormat.N_QUADS))
        store.optimize()
        store.flush()
        # The digest is over what the store gives back: it keeps numbers in their canonical form.
        nquads = sorted_nquads(store)
        digest = hashlib.sha256(nquads).hexdigest()
        del store
        (draft / NQUADS).write_bytes(nquads)
        (draft / MANIFEST).write_text(json.dumps({"digest": digest, **manifest}, indent=2) + "\n", encoding="utf-8")
        return releases.seal(draft, digest)


def sorted_nquads(quads: Iterable[Quad]) -> bytes:
    """N-Quads, a line a quad, sorted: the form that the digest is taken over.

    Blank nodes, which only the ontology has, get the labels that RDF Dataset Canonicalization gives them.
    """
    lines, with_blanks = set(), Dataset()
    for quad in quads:
        if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
            with_blanks.add(quad)
        else:
            lines.add(f"{quad} .\n".encode())
    with_blanks.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    named = serialize(with_blanks, format=RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines | set(named.splitlines(keepends=True))))


def _things(data: Iterable[Triple]) -> dict[str, int]:
    counts = Counter(
        triple.object.value.removeprefix(TERMS)
        for triple in data
        if triple.predicate.value == RDF_TYPE
        and isinstance(triple.object, NamedNode)
        and triple.object.value.startswith(TERMS)
    )
    return dict(sorted(counts.items()))
