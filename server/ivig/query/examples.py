"""A name of each kind, for help texts and the description of the endpoint."""

from __future__ import annotations

EXAMPLES = {
    "Condition": "Kawasaki disease",
    "ConditionGroup": "neuromuscular",
    "Mechanism": "Fc receptor blockade",
    "MechanismGroup": "complement",
    "Outcome": "skin ulcer healing",
    "AdverseEvent": "thrombosis",
    "StudyType": "randomized controlled trial",
    "Direction": "no benefit",
    "UseTopic": "dose",
    "SourceDocument": "katz2018",
    "Citation": "PMID:15674654",
}


def example_of(kind: str) -> str:
    """A name of a kind; `NAME` for one that has none here.

    :param kind: a class of the ontology, such as `Condition`
    """
    return EXAMPLES.get(kind, "NAME")
