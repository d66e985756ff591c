"""The front door in Python: what is opened, one condition, exports."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib

import ivig
from conftest import ROOT, Run
from ivig.api import Graph
from ivig.errors import AmbiguousName, BadInput, UnknownName


@pytest.fixture(scope="module")
def opened(releases: Path) -> Graph:
    """The real graph as a user has it."""
    return ivig.open(ROOT, releases)


def test_open_heeds_the_environment(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVIG_GRAPH", str(ROOT))
    monkeypatch.setenv("IVIG_RELEASES", str(releases))
    assert ivig.open().release.folder.parent == releases
    monkeypatch.setenv("IVIG_GRAPH", str(releases))
    with pytest.raises(BadInput, match="is no graph"):
        ivig.open()
    assert ivig.open(ROOT).files.folder == ROOT


def test_all_that_is_public_is_listed_and_typed() -> None:
    assert all(getattr(ivig, name) for name in ivig.__all__)
    assert {"open", "Graph", "Answer", "Condition", "Hit", "IvigError"} <= set(ivig.__all__)
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        _ = ivig.opne  # type: ignore[attr-defined]
    assert (Path(ivig.__file__).with_name("py.typed")).exists()


def test_one_condition_with_all_that_is_said_of_it(opened: Graph) -> None:
    gbs = opened.condition("guillain barre")
    assert gbs.label == "Guillain-Barré syndrome"
    assert gbs.took == ['took Guillain-Barré syndrome for "guillain barre"']
    assert gbs.verdict
    assert gbs.strength in ("strong", "moderate", "weak", "very weak")
    assert gbs.sentence and gbs.strength in gbs.sentence
    assert "counts" in {row["why"] for row in gbs.basis}
    assert {row["condition"] for row in gbs.verdicts} == {gbs.iri}
    assert len(gbs.evidence) == len(opened.query("evidence-for-condition", condition="GBS"))
    for answer in (gbs.recommendations, gbs.licences, gbs.harms, gbs.regimens, gbs.mechanisms):
        assert "statement" in answer.columns
    assert "Guillain-Barré syndrome" in repr(gbs)
    assert gbs.label in gbs._repr_html_()
    assert opened.condition("GBS").took == []


def test_a_condition_without_a_verdict_has_none(opened: Graph) -> None:
    judged = {row["condition"] for row in opened.query("evidence-summary")}
    other = next(row for row in opened.sparql("SELECT ?c { ?c a ivig:Condition }") if row["c"] not in judged)
    assert opened.condition(str(other["c"])).verdict is None


def test_what_is_no_one_condition_is_said(opened: Graph) -> None:
    with pytest.raises(UnknownName, match='unknown condition "gilain barre"; nearest: Guillain-Barré syndrome'):
        opened.condition("gilain barre")
    with pytest.raises(UnknownName, match=r'unknown condition "asdfqwer"$'):
        opened.condition("asdfqwer")
    with pytest.raises((AmbiguousName, UnknownName)):
        opened.condition("anemia of autoimmune")


def test_export_to_bytes_and_to_files(opened: Graph, tmp_path: Path) -> None:
    written = opened.export(condition="stiff person syndrome")
    assert written
    assert rdflib.Graph().parse(data=written, format="turtle")
    assert opened.export(tmp_path / "sps.csv", condition=["SPS", "CIDP"], level=1) is None
    assert (tmp_path / "sps.csv").read_text(encoding="utf-8").startswith("statement,")
    assert b"TY  - " in (opened.export(citations="ris", condition="SPS") or b"")


def test_an_export_that_cannot_be_leaves_no_file(opened: Graph, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="unknown criterion"):
        opened.export(tmp_path / "x.ttl", conditions="GBS")
    with pytest.raises(UnknownName, match='unknown format "pdf"'):
        opened.export(tmp_path / "x.ttl", "pdf", condition="GBS")
    with pytest.raises(UnknownName, match="format of a bibliography"):
        opened.export(citations="word", condition="GBS")
    with pytest.raises(BadInput, match="nothing in the graph fits"):
        opened.export(tmp_path / "x.ttl", condition="GBS", year="1900")
    assert list(tmp_path.iterdir()) == []


def test_what_was_taken_is_said_on_the_command_line(run: Run) -> None:
    done = run("query", "mechanisms-for-condition", "--condition", "dilated cardiomyopathies", "--format", "csv")
    assert done.returncode == 0
    assert done.stderr == 'ivig: took dilated cardiomyopathy for "dilated cardiomyopathies"\n'
    assert run("query", "mechanisms-for-condition", "--condition", "DCM", "--format", "csv").stderr == ""
    assert run("export", "--condition", "Stiff Person", "-f", "csv").stderr == (
        'ivig: took stiff person syndrome for "Stiff Person"\n'
    )
