"""Linking ontologies of others: a release that rolls up by them, and by them in every build to come."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ivig.build.linked import LinkedOntologies
from ivig.build.pipeline import OnStage, build
from ivig.build.release import Release, Releases
from ivig.errors import BadInput, NotThere, UnknownName
from ivig.graph_files import GraphFiles
from ivig.io.ontologies.ontology import OutsideOntology, term_iri
from ivig.io.sssom import Mapping


def check_reach(mappings: Sequence[Mapping], ontology: OutsideOntology) -> None:
    """See that there is something to roll up.

    :param mappings: the links of the graph
    :param ontology: the one to roll up by
    :raises BadInput: where no link of ours leads to a term of the ontology
    """
    merged = ontology.merged()
    if not any(ontology.now(term_iri(mapping.object), merged) for mapping in mappings):
        raise BadInput(f"{ontology.file}: none of its {len(ontology.terms)} terms is linked to a thing of the graph")


def check_apart(ontologies: Sequence[OutsideOntology]) -> None:
    """See that each would be linked.

    :raises BadInput: where two would be called the same
    """
    by_name: dict[str, OutsideOntology] = {}
    for ontology in ontologies:
        other = by_name.setdefault(ontology.name, ontology)
        if other is not ontology:
            raise BadInput(
                f"{_described(other)} and {_described(ontology)} would both be called {ontology.name}, after their "
                "IRIs or else their files: link one of them, or give one another IRI"
            )


def _described(ontology: OutsideOntology) -> str:
    return f"{ontology.file} ({ontology.iri})" if ontology.iri else ontology.file


def link(files: GraphFiles, releases: Releases, ontologies: Sequence[OutsideOntology], on_stage: OnStage) -> Release:
    """A release with these ontologies, beside those linked before; one of the same name takes the place of the old one.

    Where it fails, what was linked and the current release stay as they were.

    :param files: of the graph to build
    :param releases: where the release goes, and the ontologies are kept
    :param ontologies: to link beside those that are there
    :param on_stage: called as a stage begins, and as it goes on
    :raises BadInput: where two of these have one name; and what `build` raises
    """
    check_apart(ontologies)
    kept = LinkedOntologies(releases.folder)
    by_name = {ontology.name: ontology for ontology in [*kept.read(), *ontologies]}
    return _relink(files, releases, [by_name[name] for name in sorted(by_name)], on_stage)


def unlink(files: GraphFiles, releases: Releases, names: Collection[str], on_stage: OnStage) -> Release:
    """A release without the ontologies of these names; without any, where no name is given.

    :param files: of the graph to build
    :param releases: where the release goes, and the ontologies are kept
    :param names: of the ontologies to take out; all of them where empty
    :param on_stage: called as a stage begins, and as it goes on
    :raises UnknownName: for a name that is not linked
    :raises NotThere: where nothing is
    """
    kept = LinkedOntologies(releases.folder)
    linked = kept.names()
    if not linked:
        raise NotThere("no ontology is linked")
    for name in names:
        if name not in linked:
            raise UnknownName("linked ontology", name, [], linked)
    left = [ontology for ontology in kept.read() if ontology.name not in names] if names else []
    return _relink(files, releases, left, on_stage)


def _relink(files: GraphFiles, releases: Releases, ontologies: list[OutsideOntology], on_stage: OnStage) -> Release:
    release = build(files, releases, on_stage, ontologies)
    LinkedOntologies(releases.folder).keep(ontologies)
    return release
