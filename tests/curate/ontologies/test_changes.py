"""Our links compared with an ontology as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig.curate.ontologies import changes, read_ontology
from ivig.curate.sssom import Mapping
from ivig.namespaces import BASE, SKOS

SMALL = Path(__file__).parent / "samples" / "small.obo"
OBO = "http://purl.obolibrary.org/obo/"


def _mapping(curie: str, label: str) -> Mapping:
    return Mapping(BASE + "condition/gout", SKOS + "exactMatch", OBO + curie.replace(":", "_"), curie, label)


@pytest.mark.parametrize(
    ("curie", "label", "problem", "proposal", "because"),
    [
        ("EX:6", "pseudogout", "obsolete", "EX:7 calcium pyrophosphate deposition", "replaced by"),
        ("EX:9", "podagra", "obsolete", "EX:4 gout; EX:7 calcium pyrophosphate deposition", "to be considered"),
        ("EX:10", "lead gout", "obsolete", "EX:11 saturnine gout", "same name"),
        ("EX:10", "", "obsolete", "EX:11 saturnine gout", "same name"),
        ("EX:8", "pseudogout", "merged", "EX:7 calcium pyrophosphate deposition", "alternative identifier"),
        ("EX:3", "crystal arthritis", "label changed", "crystal arthropathy", "ours is a synonym there"),
        ("EX:3", "arthropathy", "label changed", "crystal arthropathy", ""),
        ("EX:99", "Gout", "not in the ontology", "EX:4 gout", "same name"),
        ("EX:99", "scurvy", "not in the ontology", "", ""),
    ],
)
def test_what_needs_a_look_comes_with_what_to_do(
    curie: str, label: str, problem: str, proposal: str, because: str
) -> None:
    (change,) = changes([_mapping(curie, label)], read_ontology(SMALL))
    assert (change.problem, change.proposal, change.because) == (problem, proposal, because)
    assert (change.term, change.label, change.predicate) == (curie, label, "exactMatch")


@pytest.mark.parametrize(
    ("curie", "label"), [("EX:4", "Gout"), ("EX:4", ""), ("MONDO:0005393", "gout"), ("EXA:4", "x")]
)
def test_what_is_as_it_was_is_not_reported(curie: str, label: str) -> None:
    assert changes([_mapping(curie, label)], read_ontology(SMALL)) == []
