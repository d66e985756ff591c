"""Search: names first, then what was found; nothing where there is nothing."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from ivig.build.release import Release
from ivig.errors import Damaged, UnknownName
from ivig.query import Graph


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("kawasaki", "condition", "Kawasaki disease"),
        ("myasthenia", "condition", "myasthenia gravis"),
        ("myasth", "condition", "myasthenia gravis"),
        ("does IVIG help in myasthenia gravis?", "condition", "myasthenia gravis"),
        ("guillain barre", "condition", "Guillain-Barré syndrome"),
        ("FcRn", "mechanism", "saturation of the neonatal Fc receptor (FcRn)"),
        ("ProDERM", "study", "ProDERM, dermatomyositis"),
        ("complement", "mechanism group", "complement"),
        (
            "15674654",
            "citation",
            "Peterlana 2005, Efficacy of intravenous immunoglobulin in chronic idiopathic pericarditis: report of four cases",
        ),
    ],
)
def test_what_is_meant_comes_first(graph: Graph, text: str, kind: str, label: str) -> None:
    first = graph.search(text)[0]
    assert (first.kind, first.label) == (kind, label)


@pytest.mark.parametrize("text", ["asdfqwer", "NICE", "99999998", "PMID:99999998", "MONDO:9999999", "", "  ", '"', "the of", "* OR (", 'a"b NEAR('])  # fmt: skip
def test_what_nothing_says_finds_nothing(graph: Graph, text: str) -> None:
    assert graph.search(text) == []


def test_findings_populations_titles_and_authors_are_searched(graph: Graph) -> None:
    row, *_ = [row for row in graph.query("evidence-for-condition", condition="SPS") if row["statement"].endswith("cns-001")]  # fmt: skip
    for text in ("stiffness rebounded placebo", "anti-GAD65 positive stiffness"):
        assert row["statement"] in {hit.iri for hit in graph.search(text, kinds=["statement"])}
    titles = [hit.label for hit in graph.search("report of four cases pericarditis", kinds=["citation"])]
    assert titles[0].startswith(
        "Peterlana 2005, Efficacy of intravenous immunoglobulin in chronic idiopathic pericarditis"
    )
    assert graph.search("Kuitwaard", kinds=["citation"])


def test_both_spellings_find_the_same(graph: Graph) -> None:
    for british, american in (("haemolysis", "hemolysis"), ("tumour", "tumor"), ("leukaemia", "leukemia")):
        assert [hit.iri for hit in graph.search(british)] == [hit.iri for hit in graph.search(american)] != []


def test_the_words_are_marked_as_they_stand(graph: Graph) -> None:
    (hit, *_) = graph.search("stiffness rebounded", kinds=["statement"])
    assert "**Stiffness** scores" in hit.excerpt
    assert ("rebounded", True) in hit.pieces
    # The values of a hit are of several types.
    assert "**rebounded**" in hit.as_dict()["excerpt"]  # type: ignore[operator]


def test_kinds_and_number_can_be_chosen(graph: Graph) -> None:
    hits = graph.search("immunoglobulin", kinds=["citation", "mechanism"], limit=7)
    assert len(hits) == 7
    assert {hit.kind for hit in hits} <= {"citation", "mechanism"}
    with pytest.raises(UnknownName, match='unknown kind of thing "disease"; it is one of: condition, mechanism'):
        graph.search("gout", kinds=["disease"])


def test_conditions_come_before_papers(graph: Graph) -> None:
    kinds = [hit.kind for hit in graph.search("lupus", limit=50)]
    assert kinds[0] == "condition"
    assert kinds.index("condition") < kinds.index("citation")


def test_one_word_too_many_or_misspelled_still_finds(graph: Graph) -> None:
    assert "juvenile dermatomyositis" in {hit.label for hit in graph.search("juvenile dermatomyositis xyzzy")}
    assert graph.search("guilain bare")[0].label == "Guillain-Barré syndrome"


def test_what_nobody_is_shown_is_found_and_not_shown(graph: Graph) -> None:
    hit = next(hit for hit in graph.search("tic severity YGTSS") if hit.kind == "outcome")
    assert "YGTSS" not in hit.excerpt


def test_a_long_text_takes_no_long_time(graph: Graph) -> None:
    began = time.perf_counter()
    graph.search("word " * 10_000)
    graph.search("x" * 100_000)
    assert time.perf_counter() - began < 5


def test_a_missing_or_broken_index_is_named(graph: Graph, tmp_path: Path) -> None:
    for content in (None, b"no database"):
        release = Release(tmp_path)
        if content:
            release.search.write_bytes(content)
        release.names.write_bytes(graph.release.names.read_bytes())
        with pytest.raises(Damaged, match=r"damaged: search.sqlite.*`ivig build`"):
            Graph(graph.files, release).search("gout")


def test_the_index_is_written_once_and_read_only(graph: Graph) -> None:
    before = graph.release.search.read_bytes()
    graph.search("gout")
    assert graph.release.search.read_bytes() == before
    with closing(sqlite3.connect(graph.release.search)) as index:
        assert index.execute("PRAGMA integrity_check").fetchone() == ("ok",)
