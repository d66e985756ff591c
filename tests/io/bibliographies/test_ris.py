"""RIS: four records as programs write them, what is wrong with a record, and the same file in another library."""

from __future__ import annotations

from pathlib import Path

import pytest
import rispy

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import Publication, read_publications, write_publications

SAMPLE = Path(__file__).parent / "samples" / "four.ris"


def test_four_records() -> None:
    assert read_publications(SAMPLE) == [
        PERICARDITIS,
        Publication(
            title="Intravenous immunoglobulin for the prevention of infection in chronic lymphocytic leukemia. "
            "A randomized, controlled clinical trial",
            authors=("Cooperative Group for the Study of Immunoglobulin in Chronic Lymphocytic Leukemia",),
            journal="N Engl J Med",
            year=1988,
            pages="902-7",
            pmid="2901668",
        ),
        Publication(
            title="Immunoglobulin = a drug?",
            authors=("Jones AB Jr", "van der Meché FGA", "Smith, Brown and Co"),
            journal="A handbook",
            year=1999,
            pmcid="PMC1754837",
        ),
        Publication(title='=HYPERLINK("http://example.org")', retraction="retracted"),
    ]


def test_another_library_sees_the_same() -> None:
    read = read_publications(SAMPLE)
    for ours, theirs in zip(read, rispy.loads(SAMPLE.read_text(encoding="utf-8")), strict=True):
        assert ours.title == theirs.get("title", theirs.get("primary_title"))
        assert len(ours.authors) == len(theirs.get("authors", theirs.get("first_authors", [])))
        assert ours.volume == theirs.get("volume", "")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_ends_of_lines_make_no_difference(tmp_path: Path, end: str) -> None:
    path = tmp_path / "x.ris"
    path.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes().replace(b"\n", end.encode()))
    assert read_publications(path) == read_publications(SAMPLE)


def test_a_line_with_a_tag_outside_of_a_record(tmp_path: Path) -> None:
    assert problems_in(tmp_path / "refs.ris", "TI  - Lost\nTY  - JOUR\nTI  - x\nER  - \n\nPY  - 2004\n") == [
        "refs.ris, line 1: TI: a record begins with TY (found: Lost)",
        "refs.ris, line 6: PY: a record begins with TY (found: 2004)",
    ]


def test_records_without_an_end(tmp_path: Path) -> None:
    ends = "a record ends with ER before the next begins or the file ends"
    text = "TY  - JOUR\nTI  - One\nTY  - JOUR\nTI  - Two\nER  - \nTY  - JOUR\nTI  - Three\n"
    assert problems_in(tmp_path / "refs.ris", text) == [
        f"refs.ris, entry 1, line 1: {ends}",
        f"refs.ris, entry 3, line 6: {ends}",
    ]


def test_every_wrong_field_of_every_record_is_named(tmp_path: Path) -> None:
    text = (
        "TY  - JOUR\nID  - a\nDO  - nonsense\nPY  - 3000\nER  - \n"
        "TY  - JOUR\nTI  - Fine\nER  - \n"
        "TY  - JOUR\nTI  - x\nAN  - WOS:1\nDB  - PubMed\nER  - \n"
        "TY  - JOUR\nPY  - in press\nAU  - Dalakas, M. C.\nER  - \n"
    )
    problems = problems_in(tmp_path / "refs.ris", text)
    assert [problem.partition(": ")[0] for problem in problems] == [
        "refs.ris, entry 1, line 1, a",
        "refs.ris, entry 1, line 1, a",
        "refs.ris, entry 3, line 9",
        "refs.ris, entry 4, line 14",
    ]
    assert (
        problems[2]
        == "refs.ris, entry 3, line 9: pmid: a PMID: one to eight digits, not beginning with 0 (found: WOS:1)"
    )
    assert problems[3].endswith("(found: in press)")


def test_a_record_without_title_and_identifier(tmp_path: Path) -> None:
    assert problems_in(tmp_path / "refs.ris", "TY  - JOUR\nAU  - Dalakas, M. C.\nPY  - 2004\nER  - \n") == [
        "refs.ris, entry 1, line 1: a title, or a PMID, DOI or PMCID"
    ]


def _read(tmp_path: Path, lines: str) -> Publication:
    path = tmp_path / "refs.ris"
    path.write_text(f"TY  - JOUR\n{lines}\nER  - \n", encoding="utf-8")
    return read_publications(path)[0]


def test_a_record_of_two_databases_is_read(tmp_path: Path) -> None:
    record = _read(tmp_path, "T1  - Two\nC5  - 21314913 (a page)\nDB  - Embase\nDB  - Medline\nDO  - 10.5555/db.1")
    assert (record.title, record.doi, record.pmid) == ("Two", "10.5555/db.1", "21314913")


def test_titles_are_plain_text(tmp_path: Path) -> None:
    record = _read(tmp_path, "TI  - Effect of <i>in vivo</i> IgG<sub>4</sub> &amp; C1q\nJO  - Allergy &amp; Asthma")
    assert (record.title, record.journal) == ("Effect of in vivo IgG4 & C1q", "Allergy & Asthma")


def test_groups_with_commas_and_particles_keep_their_names(tmp_path: Path) -> None:
    group = "Test Centers for Disease Control, Division of Test Diseases"
    record = _read(tmp_path, f"TI  - x\nAU  - {group}\nAU  - Testa, Anna de\nAU  - de Testa, Anna\nAU  - et al.")
    assert record.authors == (group, "de Testa A", "de Testa A", "et al.")


def test_that_authors_are_left_out_is_a_note_and_no_author(tmp_path: Path) -> None:
    text = write_publications([Publication(title="x", authors=("Dalakas MC", "et al."))], "ris")
    assert rispy.loads(text)[0]["authors"] == ["Dalakas, M. C."]
    (tmp_path / "x.ris").write_text(text)
    assert read_publications(tmp_path / "x.ris")[0].authors == ("Dalakas MC", "et al.")
