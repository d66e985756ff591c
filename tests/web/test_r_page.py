"""What the page for R asks is answered as it says: the same requests, by their addresses."""

from __future__ import annotations

import csv
import io
import re

import httpx

from conftest import ROOT

PAGE = (ROOT / "docs" / "r.md").read_text(encoding="utf-8")
ASKED = re.findall(r'ask\("([\w-]+)"(?:, condition = "([^"]+)")?\)', PAGE)


def _columns(body: str) -> set[str]:
    return set(next(csv.reader(io.StringIO(body))))


def test_every_question_is_answered_with_the_columns_that_are_used(server: httpx.Client) -> None:
    assert len(ASKED) == 5
    for question, condition in ASKED:
        parameters = {"condition": condition} if condition else {}
        answer = server.get(f"/queries/{question}", params={**parameters, "format": "csv"})
        if condition == "gilain barre":
            assert answer.status_code == 400
            assert "Guillain-Barré syndrome" in answer.text
            continue
        assert answer.status_code == 200, answer.text
        if question == "evidence-for-condition":
            assert {
                "direction",
                "study_type_label",
                "measure",
                "outcome_label",
                "ci_low",
                "ci_high",
                "value",
                "year",
            } <= (_columns(answer.text))


def test_sparql_and_export_are_answered(server: httpx.Client) -> None:
    (query,) = re.findall(r'query <- "(.+)"\n', PAGE)
    answer = server.post("/sparql", data={"query": query}, headers={"Accept": "text/csv"})
    assert _columns(answer.text) == {"label"}
    table = server.get("/export", params={"condition": "Kawasaki disease", "level": "1", "format": "csv"})
    assert "statement" in _columns(table.text)
