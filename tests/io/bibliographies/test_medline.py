"""MEDLINE: four records with wrapped lines and groups among the authors, and what is wrong with a record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import Publication, read_publications

SAMPLE = Path(__file__).parent / "samples" / "four.nbib"
FOUR = [
    PERICARDITIS.model_copy(update={"authors": ("Peterlana D", "Jones AB Jr")}),
    Publication(
        title="Intravenous immunoglobulin for the prevention of infection in chronic lymphocytic leukemia. "
        "A randomized, controlled clinical trial",
        authors=("Cooperative Group for the Study of Immunoglobulin in Chronic Lymphocytic Leukemia",),
        journal="N Engl J Med",
        year=1988,
        pmid="2901668",
        pmcid="PMC1754837",
    ),
    Publication(
        title="Given back in the U.S.",
        authors=("First A", "A Study Group", "Last B"),
        year=1998,
        pmid="3",
        retraction="retracted",
    ),
    Publication(title="A chapter", journal="A book", year=2020, pmid="5"),
]


def test_four_records() -> None:
    assert read_publications(SAMPLE) == FOUR


def test_the_suffix_txt_makes_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "pubmed-set.txt"
    path.write_bytes(SAMPLE.read_bytes())
    assert read_publications(path) == FOUR


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("PT  - Retracted Publication", "retracted"),
        ("RIN - A. 2001", "retracted"),
        ("ROF - A. 2001", "not checked"),
        ("PT  - Preprint", "not checked"),
    ],
)
def test_a_retraction_is_kept(tmp_path: Path, tag: str, status: str) -> None:
    path = tmp_path / "refs.nbib"
    path.write_text(f"PMID- 1\n{tag}\n")
    assert read_publications(path)[0].retraction == status


def test_a_book_and_a_preprint(tmp_path: Path) -> None:
    path = tmp_path / "refs.nbib"
    path.write_text("PMID- 1\nBTI - A book\nCTI - A series\n\nPMID- 2\nPT  - Preprint\n")
    assert read_publications(path) == [
        Publication(title="A book", journal="A series", pmid="1"),
        Publication(pmid="2"),
    ]


def test_a_blank_line_that_is_missing(tmp_path: Path) -> None:
    assert problems_in(tmp_path / "refs.nbib", "PMID- 1\nTI  - One\nPMID- 2\nTI  - One\n") == [
        "refs.nbib, entry 1, line 1: PMID: once, as a blank line ends each record; here is 1 too (found: 2)"
    ]


def test_lines_that_are_neither_tagged_nor_continued(tmp_path: Path) -> None:
    allowed = "a tag of four places and a hyphen, or six spaces where a line goes on"
    assert problems_in(tmp_path / "refs.nbib", "PMID- 1\nTI  - One\nmore\n\n      lost\n") == [
        f"refs.nbib, line 3: {allowed} (found: more)",
        f"refs.nbib, line 5: {allowed} (found:       lost)",
    ]


def test_wrong_values(tmp_path: Path) -> None:
    problems = problems_in(tmp_path / "refs.nbib", "PMID- 0\nDP  - soon\n\nPMID- 1\n\nOWN - NLM\nDP  - 2004\n")
    assert [problem.partition(": ")[0] for problem in problems] == [
        "refs.nbib, entry 1, line 1",
        "refs.nbib, entry 1, line 1",
        "refs.nbib, entry 3, line 6",
    ]


def test_a_title_that_is_not_available_is_the_vernacular_one(tmp_path: Path) -> None:
    path = tmp_path / "refs.nbib"
    path.write_text(
        "PMID- 1\nTI  - [Not Available].\nTT  - Etude des immunoglobulines.\n\nPMID- 2\nTI  - [Not Available].\n"
    )
    assert [publication.title for publication in read_publications(path)] == ["Etude des immunoglobulines", ""]


def test_an_issue_of_next_year_is_read(tmp_path: Path) -> None:
    path = tmp_path / "refs.nbib"
    path.write_text(f"PMID- 39999991\nDP  - {date.today().year + 1} Jan\nTI  - Issue of next January.\n")
    assert read_publications(path)[0].year == date.today().year + 1
