"""Pictures: what is drawn, what is not, and that hostile names stay text."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import Run
from ivig.export.plots import Mark, asked, evidence_map, forest_plot, forests, png, svg_text, timeline
from ivig.query.results import Value
from ivig.query.wording import arms, effect, reference, regimen, sign_of

SVG = "{http://www.w3.org/2000/svg}"


def _row(
    statement: str, value: str, low: str | None = None, high: str | None = None, **more: Value
) -> dict[str, Value]:
    numbers = {
        "value": Decimal(value),
        "ci_low": Decimal(low) if low else None,
        "ci_high": Decimal(high) if high else None,
    }
    told = {"statement": statement, "outcome_label": "death", "measure": "risk ratio", "comparison": "inert"}
    return {**told, **numbers, "direction": "no benefit", "citation": "c", "comparator": "placebo", **more}


def _links(picture: str) -> list[str]:
    return [link.get("href", "") for link in ElementTree.fromstring(picture).iter(f"{SVG}a")]


def test_effects_of_one_measure_on_one_outcome_are_drawn_together() -> None:
    references = {"c": reference({"authors": "Werdan K et al.", "year": 2007})}
    rows = [_row("s1", "0.9", "0.7", "1.2"), _row("s2", "1.1"), _row("s3", "0.5", measure="odds ratio")]
    (forest,) = forests(rows, references, asked)
    assert (forest.title, len(forest.effects)) == ("death: risk ratio, against nothing", 2)
    picture = svg_text(forest_plot(forest, lambda iri: f"/{iri}"))
    assert "Werdan 2007" in picture and "0.9 (0.7 to 1.2)" in picture and "logarithmic" in picture
    assert _links(picture) == ["/s1", "/s2"]
    assert png(picture).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [_row("s1", "0.9")],
        [_row("s1", "0.9"), _row("s1", "0.9")],
        [_row("s1", "0"), _row("s2", "-1")],
        [_row("s1", "0.9"), _row("s2", "0.8", comparison="added to IVIG")],
        [_row("s1", "5", measure="mean difference", unit="kg"), _row("s2", "5", measure="mean difference", unit="d")],
        [_row("s1", "9", measure="proportion"), _row("s2", "8", measure="proportion")],
    ],
    ids=["none", "one", "the same twice", "no ratios", "two questions", "two units", "of one arm"],
)
def test_what_does_not_belong_together_is_not_drawn(rows: list[dict[str, Value]]) -> None:
    assert forests(rows, {}, asked) == []


def test_an_interval_without_end_is_cut_and_a_single_value_has_room() -> None:
    rows = [_row("s1", "1", "0.0001", "90000"), _row("s2", "1")]
    assert "polygon" in svg_text(forest_plot(forests(rows, {}, asked)[0], str))
    same = [_row(f"s{n}", "0", measure="mean difference") for n in range(2)]
    assert "0 = no difference" in svg_text(forest_plot(forests(same, {}, asked)[0], str))


def test_a_ratio_says_of_what_it_is_and_that_some_are_of_the_absence() -> None:
    rows = [
        _row("s1", "1.7", "1.2", "2.6", direction="benefit", measure_as_stated="adjusted risk ratio for survival"),
        _row("s2", "0.6", "0.4", "0.9", direction="benefit", measure_as_stated="risk ratio (below 1 favours IVIG)"),
    ]
    (forest,) = forests(rows, {}, asked)
    assert [effect.detail for effect in forest.effects] == [
        "for survival · against placebo",
        "below 1 favours IVIG · against placebo",
    ]
    assert forest.both_ways
    assert not forests([rows[0], _row("s3", "2", direction="benefit")], {}, asked)[0].both_ways


@pytest.mark.parametrize("narrow", [False, True])
def test_a_forest_plot_keeps_within_its_width(narrow: bool) -> None:
    rows = [
        _row(f"s{n}", "-11.25", "-20.5", "-1.75", measure="standardized mean difference", comparator="x" * 200)
        for n in range(2)
    ]
    references = {"c": reference({"authors": "International Immunoglobulin Trialists and Collaborators", "year": 2007})}
    (forest,) = forests(rows, references, asked)
    root = ElementTree.fromstring(svg_text(forest_plot(forest, str, narrow=narrow)))
    width = float(root.get("width", ""))
    # A letter of this size takes some six units.
    for words in root.iter(f"{SVG}text"):
        wide = 6.2 * len(words.text or "") * (0.92 if words.get("font-size") else 1)
        start = float(words.get("x", "")) - wide * {"end": 1, "middle": 0.5}.get(words.get("text-anchor", ""), 0)
        assert start >= -1 and start + wide <= width, words.text


def test_the_marks_of_the_map_can_be_ordered() -> None:
    marks = [Mark("weak", "a", "skin", "benefit", "weak", 900), Mark("strong", "b", "skin", "benefit", "strong", 90)]
    assert _links(svg_text(evidence_map(marks, str))) == ["strong", "weak"]
    assert _links(svg_text(evidence_map(marks, str, order="participants"))) == ["weak", "strong"]
    assert _links(svg_text(evidence_map(marks, str, order="name"))) == ["weak", "strong"]


def test_the_map_has_a_mark_a_condition_and_names_stay_text() -> None:
    name = '<script>alert(1)</script>"&'
    marks = [Mark("c1", name, "skin", "benefit", "strong", 400), Mark("c2", "b" * 5000, "eye", "contested", "weak", 0)]
    picture = svg_text(evidence_map(marks, lambda iri: f"/{iri}"))
    assert _links(picture) == ["/c2", "/c1"]
    assert "<script" not in picture and "&lt;script&gt;" in picture
    assert "benefit: 1" in picture


def test_a_picture_of_nothing_looks_deliberate() -> None:
    picture = svg_text(evidence_map([], str))
    assert _links(picture) == [] and "0 conditions" in picture
    one = svg_text(timeline([{"year": 2001, "study_type_label": "case report", "statements": 1}]))
    assert "2001: 0 of trials and reviews, 1 of other designs" in one


def test_words_for_effects_arms_and_doses() -> None:
    row = {"measure": "p value only", "p": Decimal("0.001"), "p_relation": "<", "events": 3, "total": 9}
    assert (effect(row), arms(row)) == ("p < 0.001", "3 of 9")
    assert regimen([{"dose": None, "courses": 2}, {"dose": "1 to 2 g/kg"}]) == "2 courses, then 1 to 2 g/kg"
    assert regimen([{"dose": None}]) == ""
    assert [sign_of(word).sign for word in ("no benefit shown", "as good as X", None, "not routinely")] == [
        "−",
        "=",
        "?",
        "−",
    ]


def test_the_command_draws_into_a_file(run: Run, tmp_path: Path) -> None:
    assert run("plot", "evidence-map", "-o", tmp_path / "map.svg").returncode == 0
    assert len(_links((tmp_path / "map.svg").read_text(encoding="utf-8"))) > 100
    assert run("plot", "forest", "--condition", "sepsis", "-o", tmp_path / "forest.png").returncode == 0
    assert (tmp_path / "forest.png").read_bytes().startswith(b"\x89PNG")
    for words, said in (
        (("evidence-map", "-o", "map.pdf"), "an .svg or a .png"),
        (("forest", "--condition", "sepsis", "--number", "99", "-o", "f.svg"), "forest plots: 1 "),
        (("forest", "--condition", "hepatitis B", "-o", "f.svg"), ""),
    ):
        wrong = run("plot", *words)
        assert wrong.returncode == 2 and said in wrong.stderr and "Traceback" not in wrong.stderr
