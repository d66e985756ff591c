"""The build: from the files of a graph to a published release, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from pyoxigraph import Triple

from ivig.build.ancestors import ancestors
from ivig.build.chunks import forget_old
from ivig.build.derivation import derive
from ivig.build.linked import LinkedOntologies
from ivig.build.publish import publish
from ivig.build.reasoning import infer
from ivig.build.release import Release, Releases, Stamp
from ivig.build.sources import Sources, read
from ivig.build.validation import validate
from ivig.errors import InvalidGraph
from ivig.graph_files import GraphFiles
from ivig.io.ontologies.ontology import OutsideOntology
from ivig.namespaces import ANCESTORS_GRAPH, DATA_GRAPH, INFERRED_GRAPH, LINKS_GRAPH, ONTOLOGY_GRAPH

STAGES = ("read", "validate", "reason", "derive", "publish")
"""The stages of a build, in the order in which they are told. What validation finds comes before what reasoning finds:
it says how to mend what reasoning would only stumble over."""

_TOOLS = ("ivig", "pyoxigraph", "pyrudof", "reasonable")
_REFERENCE_TOOLS = ("ivig", "owlrl", "pyoxigraph", "pyshacl", "rdflib")


def build(
    files: GraphFiles,
    releases: Releases,
    on_stage: Callable[[str], None] = lambda stage: None,
    linked: Sequence[OutsideOntology] | None = None,
    *,
    reference: bool = False,
) -> Release:
    """Build a release and make it the current one; where that fails, the release that was current stays so.

    :param on_stage: called with the name of each stage as it begins
    :param linked: ontologies of others to roll up by; where None, those that are kept beside the releases
    :param reference: validate by pyshacl and reason by owlrl, which takes minutes; the digest is the same
    :raises NotThere: where the releases cannot be kept
    :raises BadInput: where a file cannot be read, or an engine does not take a shape or an axiom
    :raises InvalidGraph: where the graph breaks a shape or contradicts itself
    """
    # What takes seconds is not begun where its outcome could not be kept.
    releases.check_writable()
    on_stage("read")
    stamp = Stamp.of(files)
    sources = read(files)
    ontologies = LinkedOntologies(releases.folder).read() if linked is None else linked
    on_stage("validate")
    with ThreadPoolExecutor(1) as beside:
        # The default validator works in processes of its own, and this one reasons meanwhile. The reference takes
        # minutes, for which nobody should wait to hear of a violation.
        entailed = None if reference else beside.submit(infer, sources)
        if broken := validate(sources, reference=reference):
            listed = "\n".join(f"  {violation}" for violation in broken)
            raise InvalidGraph(f"{len(broken)} rule{'s' * (len(broken) > 1)} of the shapes broken:\n{listed}")
        on_stage("reason")
        graphs = asserted_graphs(sources)
        graphs[INFERRED_GRAPH] = entailed.result() if entailed else infer(sources, reference=True)
    on_stage("derive")
    graphs[INFERRED_GRAPH] += derive(graphs, files.queries)
    on_stage("publish")
    higher = ancestors(ontologies, sources.links) if ontologies else None
    if higher:
        graphs[ANCESTORS_GRAPH] = higher.triples
    forget_old()
    return publish(graphs, stamp, releases, higher, _REFERENCE_TOOLS if reference else _TOOLS)


def asserted_graphs(sources: Sources) -> dict[str, list[Triple]]:
    """What the files assert, by named graph."""
    return {
        ONTOLOGY_GRAPH: [*sources.ontology, *sources.alignment],
        DATA_GRAPH: sources.data,
        LINKS_GRAPH: sources.links,
    }
