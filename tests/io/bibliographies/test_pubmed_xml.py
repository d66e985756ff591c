"""PubMed XML: four entries, files that are broken, and files that mean harm."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from bibliographies import PERICARDITIS, problems_in
from ivig.io.bibliographies import Publication, read_publications

SAMPLE = Path(__file__).parent / "samples" / "four.xml"


def _article(title: str, declared: str = "") -> str:
    return (
        f"{declared}<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>"
        f"<Article><ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )


def test_four_entries() -> None:
    assert read_publications(SAMPLE) == [
        PERICARDITIS.model_copy(
            update={"authors": ("Peterlana D", "Jones AB Jr", "Nuñez JL", "A Study Group"), "pmcid": "PMC1754837"}
        ),
        Publication(title="IgG4 & the β-cell", year=1998, pages="7-9", pmid="3", retraction="retracted"),
        Publication(title="Über IVIG", pmid="4"),
        Publication(title="A chapter", authors=("Writer W",), journal="A book", year=2020, pmid="5"),
    ]


def test_a_notice_in_another_article_retracts(tmp_path: Path) -> None:
    path = tmp_path / "refs.xml"
    path.write_text(
        "<PubmedArticle><MedlineCitation><PMID>1</PMID><CommentsCorrectionsList>"
        '<CommentsCorrections RefType="RetractionIn"><PMID>2</PMID></CommentsCorrections>'
        "</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
    )
    assert read_publications(path) == [Publication(pmid="1", retraction="retracted")]


def test_a_title_like_a_formula_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "refs.xml"
    path.write_text(_article("=cmd|&apos; /C calc&apos;!A0"))
    assert read_publications(path)[0].title == "=cmd|' /C calc'!A0"


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(10))


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/passwd"> %e;]>', "x"),
        ('<!DOCTYPE x [<!ENTITY e "harmless">]>', "&e;"),
        (f"<!DOCTYPE x [{LAUGHS}]>", "&l9;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "x" NDATA gif>]>', "x"),
    ],
    ids=["file", "network", "parameter", "internal", "laughs", "unparsed"],
)
def test_entities_are_refused_before_they_are_followed(tmp_path: Path, declared: str, title: str) -> None:
    tracemalloc.start()
    try:
        [problem] = problems_in(tmp_path / "refs.xml", _article(title, declared))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problem.startswith("refs.xml: XML that declares no entities and refers to no other file")
    assert peak < 5_000_000


def test_an_entity_that_nobody_declared_is_an_error(tmp_path: Path) -> None:
    [problem] = problems_in(
        tmp_path / "refs.xml",
        _article("&eacute;", '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM" "http://127.0.0.1:9/x.dtd">'),
    )
    assert problem.startswith("refs.xml, line 1: well-formed XML: undefined entity")


def test_attributes_declared_by_the_thousand_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "refs.xml"
    path.write_text(_article("x", f"<!DOCTYPE x [<!ATTLIST PMID {'a CDATA #IMPLIED ' * 1000}>]>"))
    assert read_publications(path) == [Publication(title="x", pmid="1")]


def test_the_encoding_is_utf_8_whatever_the_file_declares(tmp_path: Path) -> None:
    path = tmp_path / "refs.xml"
    path.write_text('<?xml version="1.0" encoding="ISO-8859-1"?>' + _article("Göttingen"), encoding="utf-8")
    assert read_publications(path)[0].title == "Göttingen"


def test_broken_xml(tmp_path: Path) -> None:
    [problem] = problems_in(tmp_path / "refs.xml", _article("x")[:-20])
    assert problem.startswith("refs.xml, line 1: well-formed XML: ")
    [problem] = problems_in(tmp_path / "refs.xml", "<PubmedArticleSet>\n<a></b></PubmedArticleSet>")
    assert problem.startswith("refs.xml, line 2: well-formed XML: mismatched tag")


def test_xml_of_others(tmp_path: Path) -> None:
    [problem] = problems_in(tmp_path / "refs.xml", "<html><records/></html>")
    assert problem.startswith("refs.xml: XML of PubMed, whose outermost element is PubmedArticle or ")
    assert problem.endswith("(found: <html>)")


def test_wrong_values_by_entry(tmp_path: Path) -> None:
    text = (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>x</PMID></MedlineCitation></PubmedArticle>"
        "<PubmedArticle/><PubmedArticle><MedlineCitation><PMID>1</PMID></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    assert problems_in(tmp_path / "refs.xml", text) == [
        "refs.xml, entry 1: pmid: a PMID: one to eight digits, not beginning with 0 (found: x)",
        "refs.xml, entry 2: a title, or a PMID, DOI or PMCID",
    ]
