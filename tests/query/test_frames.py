"""Answers as data frames and as tables in a notebook."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pandas
import polars
import pytest

from ivig.errors import BadInput
from ivig.query import Answer, Graph


@pytest.fixture(scope="module")
def evidence(graph: Graph) -> Answer:
    """Forty rows with numbers, words and labels."""
    return graph.query("evidence-for-condition", condition="GBS")


def test_pandas_has_numbers_categories_and_missing_values(evidence: Answer) -> None:
    frame = evidence.to_pandas()
    assert list(frame.columns) == evidence.columns
    kinds = {
        name: str(frame[name].dtype) for name in ("participants", "level", "year", "events", "value", "ci_low", "p")
    }
    assert kinds == dict.fromkeys(("participants", "level", "year", "events"), "Int64") | dict.fromkeys(
        ("value", "ci_low", "p"), "Float64"
    )
    assert str(frame["controlled"].dtype) == "boolean"
    for word in ("direction", "comparison", "outcome_kind", "citation_status", "study_type_label"):
        assert isinstance(frame[word].dtype, pandas.CategoricalDtype)
    assert frame["participants"].sum() == sum(row["participants"] or 0 for row in evidence)
    assert frame["value"].isna().sum() == sum(row["value"] is None for row in evidence)
    assert frame.attrs["meanings"]["participants"] == "How many persons."


def test_labels_take_the_place_of_iris(evidence: Answer) -> None:
    frame = evidence.to_pandas(labels=True)
    assert "condition_label" not in frame
    assert set(frame["condition"]) == {row["condition_label"] for row in evidence}


def test_polars_has_the_same(evidence: Answer) -> None:
    frame = evidence.to_polars()
    assert frame.schema["participants"] == polars.Int64
    assert frame.schema["value"] == polars.Float64
    assert frame.schema["controlled"] == polars.Boolean
    assert frame.schema["direction"] == polars.Categorical
    assert frame["participants"].sum() == evidence.to_pandas()["participants"].sum()
    assert set(evidence.to_polars(labels=True)["condition"]) == {row["condition_label"] for row in evidence}


def test_a_column_without_values_has_the_type_of_its_property(graph: Graph) -> None:
    empty = Answer(["value", "level", "adjusted", "outcome"], [])
    assert [str(each) for each in empty.to_pandas().dtypes[:3]] == ["Float64", "Int64", "boolean"]
    assert list(empty.to_polars().schema.values())[:2] == [polars.Float64, polars.Int64]


def test_frames_of_two_questions_fit_together(graph: Graph, evidence: Answer) -> None:
    other = graph.query("evidence-for-condition", condition="stiff person syndrome")
    both = pandas.concat([evidence.to_pandas(), other.to_pandas()])
    assert str(both["value"].dtype) == "Float64"
    assert len(both) == len(evidence) + len(other)


def test_every_question_becomes_a_frame(graph: Graph) -> None:
    for name in ("regimens", "adverse-events", "citations", "evidence-gaps", "mechanisms"):
        answer = graph.query(name)
        assert len(answer.to_pandas()) == len(answer.to_polars()) == len(answer)


def test_decimals_whole_numbers_and_text_side_by_side() -> None:
    answer = Answer(["a", "b"], [{"a": 1, "b": Decimal("0.5")}, {"a": "x", "b": 2}, {"a": None, "b": None}])
    assert answer.to_pandas()["a"].tolist()[:2] == ["1", "x"]
    assert answer.to_polars()["b"].to_list() == [0.5, 2.0, None]


def test_a_notebook_shows_a_table_that_cannot_be_broken() -> None:
    rows = [{"thing": "https://x/?a=1&b", "thing_label": "<b>", "n": 3, "empty": None}] * 70
    shown = Answer(["thing", "thing_label", "n", "empty"], rows, took=['took <b> for "b"'])._repr_html_()
    assert '<a href="https://x/?a=1&amp;b">&lt;b&gt;</a>' in shown
    assert "took &lt;b&gt;" in shown
    assert "empty" not in shown
    assert "70 rows; the first 60 are shown" in shown
    assert "javascript" not in Answer(["x"], [{"x": "javascript:alert(1)"}])._repr_html_().partition("href")[2]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BadInput, match=f"needs {library}: pip install {library}"):
        getattr(Answer(["a"], []), f"to_{library}")()


def test_nothing_loads_pandas_before_it_is_asked_for() -> None:
    # `sqlite3` is not among them: the names that every command and page looks up are in a file of it.
    loaded = "{'pandas', 'polars', 'rdflib', 'mcp'} & set(sys.modules)"
    code = f"import sys, ivig.query.graph, ivig.api, ivig.cli.app; assert not {loaded}, {loaded}"
    subprocess.run([sys.executable, "-c", code], check=True)
