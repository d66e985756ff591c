"""EndNote's XML and its tagged files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import read_publications

SAMPLES = Path(__file__).parent / "samples"


@pytest.mark.parametrize("name", ["five.xml", "four.enw"])
def test_what_a_file_tells(name: str) -> None:
    first, group, chapter, last = read_publications(SAMPLES / name)
    assert first == PERICARDITIS
    assert group.authors == ("Cooperative Group for the Study of Immunoglobulin in Chronic Lymphocytic Leukemia",)
    assert (group.pmid, group.journal) == ("2901668", "N Engl J Med")
    # An accession number of another database is no PMID.
    assert (chapter.pmid, chapter.pmcid, chapter.authors[0]) == ("", "PMC1754837", "Jones AB Jr")
    assert last.key() is None


def test_what_is_wrong_is_said_by_line_and_entry(tmp_path: Path) -> None:
    assert problems_in(tmp_path / "a.xml", "<xml><records><record></records></xml>")[0].startswith(
        "a.xml, line 1: well-formed XML"
    )
    assert problems_in(tmp_path / "a.enw", "%A Nobody\n%0 Journal Article\n%T Of mice\n%D in press\n") == [
        "a.enw, line 1: a record begins with %0 (found: %A Nobody)",
        "a.enw, entry 1, line 2: year: a year from 1900 to 2027 (found: in press)",
    ]
