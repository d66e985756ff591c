"""What a publication and a study are called, and what becomes of the IRI that a publication had before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ivig.build.sources import read
from ivig.build.validation import validate
from ivig.curate.importing import import_records
from ivig.curate.store import remove_statements
from ivig.graph_files import GraphFiles
from ivig.model.problems import BadRecords
from ivig.namespaces import BASE, PREF_LABEL, REPLACED_BY, SKOS
from record_samples import EVIDENCE, USE, said_of, write

PAPER = {
    "title": "Immunoglobulin in gouty toes",
    "title_status": "full",
    "year": 2001,
    "authors_short": "Møller-O'Neil K et al.",
}
KEY = "citation/moller-oneil-2001-gouty"


def _use(number: int, **citation: Any) -> dict[str, Any]:
    return {**USE, "id": f"c-{number}", "citation": citation, "read_at": f"https://example.org/{number}"}


def _redirects(files: GraphFiles) -> dict[str, str]:
    return {
        str(t.subject.value).removeprefix(BASE): str(t.object.value).removeprefix(BASE)
        for t in read(files).data
        if t.predicate.value == REPLACED_BY
    }


def test_an_identifier_that_comes_later_moves_the_publication(small: GraphFiles, tmp_path: Path) -> None:
    first = {**EVIDENCE, "citation": PAPER}
    path = write(tmp_path / "a.jsonl", [first, _use(1, **PAPER)])
    import_records(small, [path])
    assert said_of(small, "statement/mine-1")["citation"] == {KEY}
    assert said_of(small, KEY)[PREF_LABEL] == {"Møller-O'Neil 2001, Immunoglobulin in gouty toes"}
    study = said_of(small, "statement/mine-1")["study"]
    assert study == {"study/moller-oneil-2001"}
    assert said_of(small, "study/moller-oneil-2001")[PREF_LABEL] == {"Møller-O'Neil 2001, gout"}

    summary = import_records(small, [write(tmp_path / "b.jsonl", [_use(2, **PAPER, doi="10.1000/Toe")])], accept=True)
    assert summary.notes == [f"{KEY} is now citation/doi-10.1000-toe"]
    assert (summary.citations, summary.changes) == ({"changed": 1}, [])
    import_records(small, [write(tmp_path / "c.jsonl", [_use(3, doi="10.1000/toe", pmid="9")])], accept=True)
    assert _redirects(small) == {KEY: "citation/pmid-9", "citation/doi-10.1000-toe": "citation/pmid-9"}
    for statement in ("mine-1", "c-1", "c-2", "c-3"):
        assert said_of(small, f"statement/{statement}")["citation"] == {"citation/pmid-9"}
    assert said_of(small, "statement/mine-1")["study"] == study
    assert said_of(small, "study/moller-oneil-2001")["publication"] == {"citation/pmid-9"}
    assert validate(read(small)) == []
    assert import_records(small, [path]).files == [], "what was read without an identifier is still known"


def test_two_publications_that_turn_out_to_be_one_become_one(small: GraphFiles, tmp_path: Path) -> None:
    records = [
        {**EVIDENCE, "citation": {**PAPER, "doi": "10.1000/toe"}},
        {**EVIDENCE, "id": "mine-7", "citation": {"pmid": "9"}},
    ]
    import_records(small, [write(tmp_path / "a.jsonl", records)], accept=True)
    assert len({*said_of(small, "statement/mine-1")["study"], *said_of(small, "statement/mine-7")["study"]}) == 2
    import_records(small, [write(tmp_path / "b.jsonl", [_use(1, pmid="9", doi="10.1000/toe")])], accept=True)
    assert said_of(small, "statement/mine-1")["citation"] == {"citation/pmid-9"}
    assert said_of(small, "citation/pmid-9")["title"] == {PAPER["title"]}
    assert said_of(small, "statement/mine-1")["study"] == said_of(small, "statement/mine-7")["study"]
    assert _redirects(small)["citation/doi-10.1000-toe"] == "citation/pmid-9"
    assert validate(read(small)) == []


def test_two_publications_of_other_titles_do_not_become_one(small: GraphFiles, tmp_path: Path) -> None:
    records = [_use(1, **PAPER, doi="10.1000/toe"), _use(2, pmid="9", title="Of cabbages", title_status="full")]
    import_records(small, [write(tmp_path / "a.jsonl", records)], accept=True)
    with pytest.raises(BadRecords, match=r"c-3: citation.title: another is known of this publication"):
        import_records(small, [write(tmp_path / "b.jsonl", [_use(3, pmid="9", doi="10.1000/toe")])], accept=True)


def test_a_publication_takes_its_own_iri_back(small: GraphFiles, tmp_path: Path) -> None:
    import_records(small, [write(tmp_path / "a.jsonl", [_use(1, doi="10.1000/toe")])])
    import_records(small, [write(tmp_path / "a.jsonl", [_use(1, doi="10.1000/toe", pmid="9")])])
    assert _redirects(small) == {"citation/doi-10.1000-toe": "citation/pmid-9"}
    import_records(small, [write(tmp_path / "a.jsonl", [_use(1, doi="10.1000/knee", pmid="9")])])
    import_records(small, [write(tmp_path / "b.jsonl", [_use(2, doi="10.1000/toe")])], accept=True)
    assert said_of(small, "statement/c-2")["citation"] == {"citation/doi-10.1000-toe"}
    assert _redirects(small) == {}
    assert validate(read(small)) == []


def test_a_redirect_goes_with_the_last_statement_on_its_publication(small: GraphFiles, tmp_path: Path) -> None:
    import_records(small, [write(tmp_path / "a.jsonl", [_use(1, doi="10.1000/toe")])])
    import_records(small, [write(tmp_path / "a.jsonl", [_use(1, doi="10.1000/toe", pmid="9")])])
    gone, _ = remove_statements(small, ["c-1"])
    assert "citation/doi-10.1000-toe" in gone
    assert _redirects(small) == {}


def test_equal_keys_get_numbers(small: GraphFiles, tmp_path: Path) -> None:
    records = [_use(1, **PAPER), _use(2, **{**PAPER, "title": "Gouty knees and all that is known of them"})]
    import_records(small, [write(tmp_path / "a.jsonl", records)], accept=True)
    cited = {number: said_of(small, f"statement/c-{number}")["citation"] for number in (1, 2)}
    assert cited == {1: {KEY}, 2: {f"{KEY}-2"}}


def test_publications_of_one_registered_trial_are_one_study(small: GraphFiles, tmp_path: Path) -> None:
    records = [
        {**EVIDENCE, "id": "s-1", "citation": {"pmid": "1"}, "note": "Registered as NCT01234567."},
        {**EVIDENCE, "id": "s-2", "citation": {"pmid": "2"}, "finding": "Pain was rarer still (NCT01234567)."},
    ]
    import_records(small, [write(tmp_path / "a.jsonl", records)], accept=True)
    assert said_of(small, "statement/s-2")["study"] == {"study/nct01234567"}
    study = said_of(small, "study/nct01234567")
    assert study["publication"] == {"citation/pmid-1", "citation/pmid-2"}
    assert study[SKOS + "note"] == {"All of its publications are told to be of NCT01234567."}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("<citation/a> dcterms:isReplacedBy <citation/b> . <citation/b> dcterms:isReplacedBy <citation/a> .",
         {"a": "replaced by itself", "b": "replaced by itself"}),
        ("<citation/a> dcterms:isReplacedBy <citation/a> .", {"a": "replaced by itself"}),
        ("<citation/a> dcterms:isReplacedBy <citation/b> .", {"a": "is not described"}),
        ("<citation/a> dcterms:isReplacedBy <condition/gout>, <outcome/pain> .", {"a": "One thing replaces it"}),
        ('<citation/a> dcterms:isReplacedBy <condition/gout> ; skos:note "x"@en .', {"a": "says nothing else"}),
        ("<citation/a> dcterms:isReplacedBy <citation/b> . <citation/b> dcterms:isReplacedBy <condition/gout> .", {}),
    ],
)  # fmt: skip
def test_a_redirect_that_leads_astray_is_named(small: GraphFiles, lines: str, told: dict[str, str]) -> None:
    path = small.folder / "data" / "redirects.ttl"
    path.write_text(
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        f"@base <{BASE}> .\n{lines}\n"
    )
    found = validate(read(small))
    assert {each.thing.removeprefix(BASE + "citation/") for each in found} == told.keys()
    assert all(told[each.thing[-1]] in str(each) and each.file == "data/redirects.ttl" for each in found), found
