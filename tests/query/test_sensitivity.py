"""What would change a verdict, on graphs that can be checked by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import ivig
from conftest import Run
from ivig.namespaces import BASE
from ivig.query.sensitivity import Change, Sensitivity
from small import SOURCE, efficacy, folder_with

GOUT = BASE + "condition/gout"
PAPERS = "".join(
    f'<citation/of-{year}> a ivig:Citation ; skos:prefLabel "{year}"@en ; ivig:doi "10.1000/{year}" ; ivig:year {year} .\n'
    for year in (2000, 2020)
)


def answers(tmp_path: Path, data: str, *, as_of: int | None = None) -> tuple[str, dict[Change, str]]:
    """The verdict on gout, and what it would be otherwise."""
    graph = ivig.open(folder_with(tmp_path, SOURCE + PAPERS + data), tmp_path / "releases")
    sensitivity = Sensitivity(graph, GOUT, as_of=as_of)
    (iri,) = sensitivity.verdicts
    otherwise = {change: sensitivity.changed(change) for change in Change}
    return sensitivity.verdicts[iri].word, {
        change: found[iri].word for change, found in otherwise.items() if iri in found
    }


def of(year: int, number: int) -> str:
    return f"ivig:citation <citation/of-{year}> ; ivig:participants {number} ; "


def test_without_the_largest_study_the_others_speak(tmp_path: Path) -> None:
    now, otherwise = answers(
        tmp_path,
        efficacy("large", "benefit", more="ivig:participants 400 ; ")
        + efficacy("second-result", "benefit", evidence_line="large", more="ivig:participants 400 ; ")
        + efficacy("small", "no-benefit", more="ivig:participants 30 ; "),
    )
    assert (now, otherwise[Change.LARGEST]) == ("benefit", "no benefit shown")


def test_the_only_study_leaves_nothing(tmp_path: Path) -> None:
    assert Change.LARGEST not in answers(tmp_path, efficacy("a", "benefit"))[1]


def test_where_another_question_would_lead_both_answers_are_said(tmp_path: Path, run: Run) -> None:
    colchicine = 'ivig:participants 103 ; ivig:comparator "colchicine"@en ; '
    graph = folder_with(
        tmp_path,
        SOURCE
        + efficacy("large", "benefit", more="ivig:participants 400 ; ")
        + efficacy("small", "benefit", more="ivig:participants 30 ; ")
        + efficacy("active", "worse-than-active-comparator", comparison="active", more=colchicine),
    )
    done = run("verdict", "gout", "--graph", graph, "--releases", tmp_path / "releases")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert "gout, to treat: benefit (strong)" in told
    assert (
        "without the largest study: benefit (weak); "
        "another question leads then, against other treatment: worse than colchicine (moderate)" in told
    )
    assert "with laboratory outcomes: no change with uncontrolled evidence: no change" in told


def test_with_laboratory_outcomes(tmp_path: Path) -> None:
    now, otherwise = answers(
        tmp_path,
        efficacy("a", "no-benefit", outcome="pain", more="ivig:participants 30 ; ")
        + efficacy("b", "benefit", outcome="urate", more="ivig:participants 300 ; "),
    )
    assert (now, otherwise[Change.LABORATORY]) == ("no benefit shown", "benefit")


def test_with_uncontrolled_evidence(tmp_path: Path) -> None:
    now, otherwise = answers(
        tmp_path,
        efficacy("a", "no-benefit", more="ivig:participants 30 ; ")
        + efficacy("b", "benefit", "case-series", comparison="uncontrolled", more="ivig:participants 300 ; "),
    )
    assert (now, otherwise[Change.UNCONTROLLED]) == ("no benefit shown", "benefit")


@pytest.mark.parametrize(("as_of", "word"), [(None, "no benefit shown"), (2010, "benefit")])
def test_as_of_a_year_later_publications_do_not_count(tmp_path: Path, as_of: int | None, word: str) -> None:
    data = efficacy("old", "benefit", more=of(2000, 60)) + efficacy("new", "no-benefit", more=of(2020, 600))
    assert answers(tmp_path, data, as_of=as_of)[0] == word


def test_the_command_says_the_verdict_its_basis_and_what_would_change_it(run: Run) -> None:
    done = run("verdict", "Guillain-Barré syndrome")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first == "Guillain-Barré syndrome, to treat: as good as plasma exchange (strong)"
    for said in (
        "without the largest study:",
        "with laboratory outcomes:",
        "no advice",
        "plasma exchange",
        "do not count",
    ):
        assert said in done.stdout


def test_the_verdicts_that_hang_on_one_study(run: Run) -> None:
    done = run("verdict", "--all", "--changed-by", "largest", "--format", "csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert all(row["otherwise"].rpartition(" (")[0] != row["verdict"] for row in rows)
    assert "X-linked agammaglobulinemia" in {row["condition_label"] for row in rows}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name one condition"),
        (["GBS", "--all"], "name one condition"),
        (["--all"], "say by what"),
        (["GBS", "--as-of", "20"], "takes a year"),
        (["no such disease"], "unknown condition"),
    ],
)
def test_what_is_asked_wrongly_is_said(run: Run, words: list[str], said: str) -> None:
    done = run("verdict", *words)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (2, True, False)
