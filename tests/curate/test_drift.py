"""Our links compared with an ontology as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig.curate.drift import changes
from ivig.io.ontologies.read import read_ontology
from ivig.io.sssom import Mapping
from ivig.namespaces import BASE, SKOS

SMALL = Path(__file__).parents[1] / "io" / "ontologies" / "samples" / "small.obo"
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


CHAINS = """format-version: 1.2
ontology: ex

[Term]
id: EX:1
name: living
alt_id: EX:20

[Term]
id: EX:2
name: other living

""" + "".join(
    f"[Term]\nid: EX:{number}\nname: obsolete {number}\nis_obsolete: true\n{more}\n"
    for number, more in (
        (3, "replaced_by: EX:4\n"),
        (4, "replaced_by: EX:1\n"),
        (5, "replaced_by: EX:6\n"),
        (6, "consider: EX:2\nconsider: EX:4\n"),
        (7, "replaced_by: EX:8\n"),
        (8, "replaced_by: EX:7\n"),
        (9, "replaced_by: EX:99\n"),
        (10, "replaced_by: EX:11\n"),
        (11, ""),
        (12, "replaced_by: EX:20\n"),
        (13, "consider: EX:99\nconsider: EX:1\n"),
        (14, "alt_id: EX:21\nreplaced_by: EX:2\n"),
    )
)


@pytest.mark.parametrize(
    ("curie", "proposal", "because"),
    [
        ("EX:3", "EX:1 living", "replaced by"),
        ("EX:5", "EX:2 other living; EX:1 living", "to be considered"),
        ("EX:7", "EX:8 obsolete 8, which is obsolete as well", "replaced by"),
        ("EX:9", "EX:99, which is not in the file", "replaced by"),
        ("EX:10", "EX:11 obsolete 11, which is obsolete as well", "replaced by"),
        ("EX:12", "EX:1 living", "replaced by"),
        ("EX:13", "EX:1 living", "to be considered"),
        ("EX:20", "EX:1 living", "alternative identifier"),
        ("EX:21", "EX:2 other living", "alternative identifier"),
    ],
)
def test_a_proposal_is_a_living_term_or_says_what_is_the_matter(
    tmp_path: Path, curie: str, proposal: str, because: str
) -> None:
    (tmp_path / "chains.obo").write_text(CHAINS)
    (change,) = changes([_mapping(curie, "gout")], read_ontology(tmp_path / "chains.obo"))
    assert (change.proposal, change.because) == (proposal, because)


@pytest.mark.parametrize(
    ("curie", "label"), [("EX:4", "Gout"), ("EX:4", ""), ("MONDO:0005393", "gout"), ("EXA:4", "x")]
)
def test_what_is_as_it_was_is_not_reported(curie: str, label: str) -> None:
    assert changes([_mapping(curie, label)], read_ontology(SMALL)) == []
