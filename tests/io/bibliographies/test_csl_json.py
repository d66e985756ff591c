"""CSL-JSON: four items, and what is wrong with a file or an item."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import Publication, read_publications

SAMPLE = Path(__file__).parent / "samples" / "four.json"


def test_four_items() -> None:
    assert read_publications(SAMPLE) == [
        PERICARDITIS.model_copy(
            update={
                "authors": ("Peterlana D", "van der Meché FGA", "Jones AB Jr", "Cooperative Group, IVIG"),
                "journal": "Clinical Rheumatology",
            }
        ),
        Publication(title="A chapter in two lines", journal="A handbook", year=1999, pmcid="PMC1754837"),
        Publication(title="@SUM(1)"),
        Publication(title="Withdrawn", year=2001, retraction="retracted"),
    ]


def test_a_single_item_needs_no_list(tmp_path: Path) -> None:
    path = tmp_path / "refs.json"
    path.write_text('{"title": "Of mice", "container-title-short": "Mice"}')
    assert read_publications(path) == [Publication(title="Of mice", journal="Mice")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"title":\n "x",}]', "refs.json, line 2: well-formed JSON: "),
        ('[{"title": "x"}', "refs.json, line 1: well-formed JSON: "),
        ("[" * 200_000, "refs.json: well-formed JSON: "),
        ('[{"volume": ' + "1" * 5000 + "}]", "refs.json: well-formed JSON: "),
    ],
)
def test_broken_json(tmp_path: Path, text: str, problem: str) -> None:
    [found] = problems_in(tmp_path / "refs.json", text)
    assert found.startswith(problem)


def test_fields_of_the_wrong_type(tmp_path: Path) -> None:
    text = '[{"id": "a", "title": ["x"], "author": [{"family": []}], "issued": 3}, "text", null, {"title": "x", "PMID": "y"}]'
    problems = problems_in(tmp_path / "refs.json", text)
    assert [problem.rpartition(": ")[0].partition(": ")[0] for problem in problems] == [
        *["refs.json, entry 1, a"] * 2,
        "refs.json, entry 2",
        "refs.json, entry 3",
        "refs.json, entry 4",
    ]
    assert "title: text" in problems[0]
    assert "author.family: text" in problems[1]


def test_an_item_without_title_and_identifier(tmp_path: Path) -> None:
    assert problems_in(tmp_path / "refs.json", '[{"id": "a", "author": [{"family": "Dalakas"}]}]') == [
        "refs.json, entry 1, a: a title, or a PMID, DOI or PMCID"
    ]


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    [problem] = problems_in(tmp_path / "refs.json", r'[{"title": "\ud800"}]')
    assert problem.startswith("refs.json, entry 1: title: ")


def test_groups_and_particles_of_every_program_are_authors(tmp_path: Path) -> None:
    path = tmp_path / "refs.json"
    path.write_text(
        '[{"DOI": "10.5555/csl.1", "author": [{"name": "Some Study Group", "sequence": "first", "affiliation": []}, '
        '{"given": "Anna", "family": "Alpha"}, {"given": "Jan van der", "family": "Berg"}, {"literal": "others"}]}]'
    )
    assert read_publications(path)[0].authors == ("Some Study Group", "Alpha A", "van der Berg J", "et al.")
