"""One name of each kind, for help texts and the description of the endpoint."""

EXAMPLES = {
    "Condition": "stiff person syndrome",
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
