"""The front door in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import ivig
from ivig.errors import BadQuery, NotThere
from ivig.query import Graph
from ivig.query.opening import existing_graph
from small import SOURCE, efficacy, folder_with


def test_a_release_is_built_on_first_use_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    first = ivig.open(folder, tmp_path / "releases")
    assert [row["verdict"] for row in first.query("conditions")] == ["benefit"]
    again = ivig.open(folder, tmp_path / "releases")
    assert again.release.folder == first.release.folder
    assert capsys.readouterr().err == ""


def test_changed_files_are_said_and_the_last_release_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    first = ivig.open(folder, tmp_path / "releases").release.digest
    data = folder / "data" / "ivig.ttl"
    data.write_text(data.read_text() + "<broken")
    graph = ivig.open(folder, tmp_path / "releases")
    assert graph.release.digest == first
    assert "have changed since this release" in capsys.readouterr().err
    assert len(graph.query("conditions")) == 1


def test_a_folder_that_is_no_graph_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="it has no folder ontology, data, shapes, queries"):
        ivig.open(tmp_path)


def test_an_answer_is_rows_by_number_and_in_turn(graph: Graph) -> None:
    answer = graph.query("conditions")
    assert answer[0] == next(iter(answer)) == answer.rows[0]
    assert len(answer) == len(answer.rows)


def test_sparql_is_for_rows(graph: Graph) -> None:
    with pytest.raises(BadQuery, match="not a SELECT query"):
        graph.sparql("ASK {}")


def test_nothing_is_built_only_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVIG_CACHE", str(tmp_path / "cache"))
    assert existing_graph(folder_with(tmp_path, SOURCE)) is None
