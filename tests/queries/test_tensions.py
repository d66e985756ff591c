"""Where sources pull apart, on small graphs: what counts as disagreement, and what does not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import ivig
from ivig.namespaces import BASE
from small import SOURCE, efficacy, folder_with

BODIES = "".join(
    f'<body/{name}> a ivig:Body ; skos:prefLabel "{name}"@en .\n' for name in ("one", "two", "three", "four", "five")
)
PAPERS = "".join(
    f'<citation/{year}> a ivig:Citation ; skos:prefLabel "{year}"@en ; ivig:pmid "{year}" ; ivig:year {year} .\n'
    for year in (1990, 2000)
)
OF_PAPER = "ivig:citation"


def _recommends(name: str, body: str, value: str, more: str = "") -> str:
    return (
        f'<statement/{name}> a ivig:Statement ; skos:prefLabel "{name}"@en ; ivig:kind <kind/recommendation> ; '
        f"ivig:condition <condition/gout> ; ivig:body <body/{body}> ; ivig:recommendation <recommendation/{value}> ; {more}"
        "ivig:passage <passage/example/01> .\n"
    )


def _pairs(tmp_path: Path, query: str, columns: tuple[str, ...], data: str) -> list[tuple[str, ...]]:
    rows = ivig.open(folder_with(tmp_path, SOURCE + BODIES + PAPERS + data), tmp_path / "releases").query(query)
    return [tuple(str(row[column]).removeprefix(BASE + "statement/") for column in columns) for row in rows]


def test_bodies_disagree_where_populations_overlap_by_their_latest_word(tmp_path: Path) -> None:
    adults = 'ivig:population "adults"@en ; ivig:populationGroup <population-group/adults> ; '
    children = 'ivig:population "children"@en ; ivig:populationGroup <population-group/children> ; '
    found = _pairs(
        tmp_path,
        "bodies-that-disagree",
        ("for_statement", "against_statement", "same_population"),
        _recommends("for", "one", "conditional-for", children)
        + _recommends("against", "two", "not-routinely", children)
        + _recommends("same-body", "one", "against")
        + _recommends("others", "two", "against", adults)
        + _recommends("neutral", "three", "insufficient-evidence")
        + _recommends("old", "three", "against", "ivig:superseded true ; ")
        + _recommends("renewed", "four", "against", "ivig:year 2001 ; ")
        + _recommends("renewal", "four", "for", "ivig:year 2010 ; "),
    )
    # Children and adults do not overlap; whoever names no patients means all.
    assert sorted(found) == [
        ("for", "against", "True"),
        ("renewal", "against", "False"),
        ("renewal", "others", "False"),
        ("renewal", "same-body", "True"),
    ]


def test_a_recommendation_is_held_against_the_best_randomized_evidence(tmp_path: Path) -> None:
    columns = ("statement", "verdict", "recommendation")
    trials = efficacy("trial", "no-benefit") + efficacy("series", "benefit", "case-series")
    data = trials + _recommends("pro", "one", "for") + _recommends("contra", "two", "against")
    assert _pairs(tmp_path, "recommendations-against-evidence", columns, data) == [("pro", "no benefit shown", "for")]


def test_weak_evidence_is_not_held_against_anyone(tmp_path: Path) -> None:
    data = efficacy("series", "no-benefit", "case-series") + _recommends("pro", "one", "for")
    assert _pairs(tmp_path, "recommendations-against-evidence", ("statement",), data) == []


def test_a_review_and_an_earlier_trial_of_the_same_kind_of_outcome(tmp_path: Path) -> None:
    def of(year: int) -> str:
        return f"ivig:citation <citation/{year}> ; "

    data = (
        efficacy("review", "no-benefit", "systematic-review", outcome="pain", more=of(2000))
        + efficacy("earlier", "benefit", outcome="pain", more=of(1990))
        + efficacy("same-year", "benefit", outcome="pain", more=of(2000))
        + efficacy("other-kind", "benefit", outcome="urate", more=of(1990))
        + efficacy("agrees", "no-benefit", outcome="pain", more=of(1990))
        + efficacy("cohort", "benefit", "cohort-study", outcome="pain", more=of(1990))
        + efficacy("active", "benefit", outcome="pain", comparison="active", more=of(1990))
        + efficacy("subcutaneous", "benefit", outcome="pain", product="polyvalent-sc", more=of(1990))
        + efficacy("together", "benefit", outcome="pain", more=of(1990) + "ivig:testsImmunoglobulin false ; ")
        + efficacy(
            "review-of-doses",
            "no-benefit",
            "systematic-review",
            outcome="pain",
            comparison="dose-or-schedule",
            more=of(2000),
        )
        + efficacy(
            "review-of-others", "no-benefit", "systematic-review", outcome="pain", product="hyperimmune", more=of(2000)
        )
        + efficacy(
            "review-of-add-ons",
            "no-benefit",
            "systematic-review",
            outcome="pain",
            more=of(2000) + "ivig:testsImmunoglobulin false ; ",
        )
    )
    assert _pairs(tmp_path, "reviews-against-trials", ("review_statement", "trial_statement"), data) == [
        ("review", "earlier")
    ]


def test_a_review_may_pool_and_laboratory_values_are_left_out(tmp_path: Path) -> None:
    data = (
        efficacy(
            "review",
            "harm",
            "systematic-review",
            outcome="pain",
            comparison="pooled",
            more=f"{OF_PAPER} <citation/2000> ; ",
        )
        + efficacy("trial", "benefit", outcome="pain", more=f"{OF_PAPER} <citation/1990> ; ")
        + efficacy(
            "urate-review", "no-benefit", "systematic-review", outcome="urate", more=f"{OF_PAPER} <citation/2000> ; "
        )
        + efficacy("urate-trial", "benefit", outcome="urate", more=f"{OF_PAPER} <citation/1990> ; ")
    )
    assert _pairs(tmp_path, "reviews-against-trials", ("review_statement", "trial_statement"), data) == [
        ("review", "trial")
    ]


@pytest.mark.parametrize(
    ("study_type", "listed"),
    [
        ("narrative-review", True),
        ("clinical-practice-guideline", True),
        ("consensus-statement", True),
        ("systematic-review", True),
        ("systematic-review-with-meta-analysis", False),
        ("systematic-review-of-randomized-trials", False),
        ("randomized-controlled-trial", False),
    ],
)
def test_what_pools_compares_only_by_its_design(tmp_path: Path, study_type: str, *, listed: bool) -> None:
    data = efficacy("a", "benefit", "case-series", comparison="uncontrolled")
    data += efficacy("pool", "benefit", study_type, comparison="pooled")
    found = _pairs(tmp_path, "uncontrolled-only", ("condition_label",), data)
    assert found == ([("gout",)] if listed else [])


def test_a_recommendation_has_no_year_but_its_own(tmp_path: Path) -> None:
    paper = f"{OF_PAPER} <citation/1990> ; "
    data = _recommends("dated", "one", "for", paper + "ivig:year 1991 ; ") + _recommends("undated", "two", "for", paper)
    rows = ivig.open(folder_with(tmp_path, SOURCE + BODIES + PAPERS + data), tmp_path / "releases").query(
        "recommendations"
    )
    assert {row["body_label"]: row["year"] for row in rows} == {"one": 1991, "two": None}


def test_one_controlled_statement_takes_a_condition_off_the_list(tmp_path: Path) -> None:
    alone = efficacy("a", "benefit", "case-series", comparison="uncontrolled") + efficacy(
        "b", "benefit", "not-stated", comparison="not-stated"
    )
    columns = ("condition_label", "statements", "benefit")
    assert _pairs(tmp_path / "alone", "uncontrolled-only", columns, alone) == [("gout", "2", "2")]
    assert (
        _pairs(tmp_path / "not", "uncontrolled-only", columns, alone + efficacy("c", "benefit", comparison="active"))
        == []
    )


def test_agreement_with_grades_is_weighted_kappa(tmp_path: Path) -> None:
    """Two conditions and ten grades, worked out by hand: 8 of 10 agree, 2 stand two apart; by chance 9.6: 1 - 4 / 9.6."""
    other = (
        '<condition/other> a ivig:Condition ; skos:prefLabel "other"@en ; ivig:group <condition-group/dermatology> .\n'
    )
    of_other = efficacy("b", "no-benefit").replace("condition/gout", "condition/other")
    graded = 'ivig:gradingSystem "EFNS levels A-C"@en ; ivig:strength "Level A"@en ; '
    values = ["for"] * 5 + ["against"]
    told = "".join(_recommends(f"r{n}", "one", value, graded) for n, value in enumerate(values))
    on_other = ["against"] * 3 + ["for"]
    told += "".join(
        _recommends(f"s{n}", "one", value, graded).replace("condition/gout", "condition/other")
        for n, value in enumerate(on_other)
    )
    graph = ivig.open(
        folder_with(tmp_path, SOURCE + BODIES + other + efficacy("a", "benefit") + of_other + told),
        tmp_path / "releases",
    )
    assert graph.about("report-13-agreement").rows == [
        {"body_name": "one", "graded": 10, "same": 8, "kappa": Decimal("0.58")}
    ]
    differing = graph.query("verdicts-against-grades")
    assert {(row["statement_label"], row["verdict_says"], row["grade_says"]) for row in differing} == {
        ("r5", "benefit", "no benefit"),
        ("s3", "no benefit", "benefit"),
    }
