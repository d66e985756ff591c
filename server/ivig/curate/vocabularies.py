"""The names that a record may use, by the field that they stand in."""

from __future__ import annotations

from ivig.build.sources import read
from ivig.model.label_index import name_index
from ivig.query.names import Names
from ivig.settings import GraphFiles

_KINDS = {
    "study_type": "StudyType",
    "comparison": "Comparison",
    "product": "Product",
    "blinding": "Blinding",
    "mechanism_group": "MechanismGroup",
    "outcome_kind": "OutcomeKind",
    "line": "TherapyLine",
    "status": "RegulatoryStatus",
    "topic": "UseTopic",
    "condition": "Condition",
    "outcome": "Outcome",
    "mechanism": "Mechanism",
    "adverse_event": "AdverseEvent",
    "body": "Body",
}


def vocabularies(files: GraphFiles) -> dict[str, list[str]]:
    """The preferred labels that each field may hold, sorted."""
    sources = read(files, with_links=False)
    names = Names(name_index([*sources.ontology, *sources.data], ()))
    return {field: names.labels(kind) for field, kind in _KINDS.items()}
