"""Every saved query on real rows: in Python, on the command line and over HTTP, with the same answer three times."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import ROOT, Run
from ivig.errors import IvigError
from ivig.query import Graph
from queries.count import FILE, counts

HERE = Path(__file__).parent
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}-{number}")
    for path in sorted(HERE.glob("*.toml"))
    for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], 1)
]
ANSWERED = [case for case in CASES if "error" not in case.values[1]]


def test_every_query_has_a_case() -> None:
    assert {path.stem for path in HERE.glob("*.toml")} == {path.stem for path in (ROOT / "queries").glob("*.rq")}


def test_the_counts_are_those_of_the_data(graph: Graph) -> None:
    assert counts(graph) == json.loads(FILE.read_text(encoding="utf-8")), "run `make counts` and look at what changed"


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(graph: Graph, name: str, case: dict[str, Any]) -> None:
    parameters = case.get("parameters", {})
    if "error" in case:
        with pytest.raises(IvigError, match=case["error"]):
            graph.query(name, **parameters)
        return
    answer = graph.query(name, **parameters).rows
    for wanted in case.get("has", []):
        assert any(_holds(row, wanted) for row in answer), wanted
    if "first" in case:
        assert _holds(answer[0], case["first"])


@pytest.mark.parametrize(("name", "case"), ANSWERED)
def test_python_command_line_and_http_give_the_same_rows(
    graph: Graph, run: Run, server: httpx.Client, name: str, case: dict[str, Any]
) -> None:
    parameters = case.get("parameters", {})
    in_python = [_comparable(row) for row in graph.query(name, **parameters)]
    words = [word for key, value in parameters.items() for word in (f"--{key}", value)]
    at_the_terminal = run("query", name, *words, "--format", "ndjson")
    assert at_the_terminal.returncode == 0, at_the_terminal.stderr
    over_http = server.get(f"/queries/{name}", params={**parameters, "format": "ndjson"})
    assert over_http.status_code == 200
    assert [json.loads(line) for line in at_the_terminal.stdout.splitlines()] == in_python
    assert [json.loads(line) for line in over_http.text.splitlines()] == in_python


def _holds(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(_number(row[column]) == value for column, value in wanted.items())


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    return {column: _number(value) for column, value in row.items() if value is not None}
