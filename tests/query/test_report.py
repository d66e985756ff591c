"""The honesty report: counts with their shares, what there is none of, and in words what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

import ivig
from ivig.query.report import markdown_report, sections
from ivig.query.results import Value
from small import SOURCE, efficacy, folder_with

OTHERS = "".join(
    f'<condition/{name}> a ivig:Condition ; skos:prefLabel "{name}"@en ; ivig:group <condition-group/dermatology> .\n'
    for name in ("hives", "warts")
)
PAGE = '<page/{name}> a ivig:WebPage ; skos:prefLabel "{name}"@en ; ivig:readAt <https://example.org/{name}>{day} .\n'


def _sections(tmp_path: Path, data: str) -> dict[str, list[dict[str, Value]]]:
    graph = ivig.open(folder_with(tmp_path, SOURCE + OTHERS + data), tmp_path / "releases")
    return {section.title: list(section.answer) for section in sections(graph)}


def test_conditions_that_nobody_speaks_on_are_counted(tmp_path: Path) -> None:
    found = _sections(tmp_path, efficacy("a", "benefit"))["Conditions by number of evidence lines"]
    assert [(row["evidence_lines"], row["conditions"], row["share"]) for row in found] == [
        ("none", 2, "66.7%"),
        ("1", 1, "33.3%"),
    ]


@pytest.mark.parametrize(
    ("days", "last_read"),
    [
        (["", ""], "not known: no day was written down"),
        ([' ; ivig:accessed "2026-08-01"^^<http://www.w3.org/2001/XMLSchema#date>', ""], "2026-08-01"),
    ],
)
def test_a_day_of_reading_that_is_not_known_is_said_in_words(tmp_path: Path, days: list[str], last_read: str) -> None:
    pages = "".join(PAGE.format(name=f"p{number}", day=day) for number, day in enumerate(days))
    (row,) = _sections(tmp_path, pages)["When the literature was looked at"]
    share = "50%" if any(days) else "0%"
    assert (row["pages"], row["share_with_day"], row["last_read"]) == (2, share, last_read)


def test_every_count_has_its_share(tmp_path: Path) -> None:
    data = efficacy("a", "benefit", more="ivig:reporting <reporting/primary> ; ") + efficacy("b", "harm")
    found = _sections(tmp_path, data)
    assert [(row["reporting"], row["share"]) for row in found["How near the sources stand"]] == [
        ("not recorded", "50%"),
        ("primary", "50%"),
    ]
    assert [row["share"] for row in found["Statements by kind"]] == ["100%"]


def test_the_report_is_a_page_with_a_table_a_section(tmp_path: Path) -> None:
    graph = ivig.open(folder_with(tmp_path, SOURCE + OTHERS), tmp_path / "releases")
    page = markdown_report(graph)
    assert "| none | 3 | 100% |" in page
    assert "not known: no day was written down" in page
