"""Disagreement, on a small graph that has some: same condition, intent and kind of outcome, eligible statements only."""

from __future__ import annotations

from pathlib import Path

import ivig
from ivig.namespaces import BASE
from small import SOURCE, efficacy, folder_with


def test_only_eligible_statements_on_the_same_kind_of_outcome_contest_each_other(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path,
        SOURCE
        + efficacy("yes", "benefit", outcome="pain")
        + efficacy("no", "no-benefit", "case-series", outcome="pain")
        + efficacy("harm", "harm", outcome="pain")
        + efficacy("unmeasured", "no-benefit")
        + efficacy("laboratory", "no-benefit", outcome="urate")
        + efficacy("active", "no-benefit", outcome="pain", comparison="active")
        + efficacy("prevention", "no-benefit", outcome="pain", intent="prevent")
        + efficacy("unproven", "unproven", outcome="pain"),
    )
    rows = ivig.open(folder, tmp_path / "releases").query("contested-conditions").rows
    short = [
        tuple(str(row[name]).removeprefix(BASE + "statement/") for name in ("for_statement", "against_statement"))
        for row in rows
    ]
    assert short == [("yes", "harm"), ("yes", "no")]
    assert {(row["condition_label"], row["intent"], row["outcome_kind"]) for row in rows} == {
        ("gout", "treat", "symptom")
    }
