"""The verdict: which statements vote, one vote a evidence_line, the best level decides."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store, Triple

from ivig.build import read
from ivig.build.derivation import derive
from ivig.build.pipeline import asserted_graphs
from ivig.namespaces import BASE, TERMS
from small import SOURCE, efficacy, files_with, study

COHORT, SERIES, NONE = "cohort-study", "case-series", "not-stated"


def _derived(tmp_path: Path, *statements: str) -> list[Triple]:
    files = files_with(tmp_path, SOURCE + "".join(statements))
    return derive(asserted_graphs(read(files)), files.queries)


def _verdicts(triples: list[Triple]) -> dict[str, str]:
    return {
        triple.subject.value.rpartition("/")[2]: triple.object.value
        for triple in triples
        if triple.predicate.value == TERMS + "verdictWord"
    }


def _rests_on(triples: list[Triple]) -> set[str]:
    prefix = BASE + "statement/"
    return {t.object.value.removeprefix(prefix) for t in triples if t.predicate.value == TERMS + "restsOn"}


@pytest.mark.parametrize(
    ("directions", "verdict"),
    [
        (["benefit"], "benefit"),
        (["benefit", "benefit"], "benefit"),
        (["no-benefit", "no-benefit"], "no benefit"),
        (["harm", "harm"], "harm"),
        (["no-benefit", "harm"], "no benefit"),
        (["benefit", "no-benefit"], "contested"),
        (["benefit", "harm"], "contested"),
        (["benefit", "mixed", "no-benefit"], "contested"),
        (["benefit", "unproven"], "mixed"),
        (["benefit", "mixed"], "mixed"),
        (["no-benefit", "mixed"], "mixed"),
        (["unproven"], "unproven"),
        (["no-benefit", "unproven"], "unproven"),
    ],
)
def test_votes_come_to_a_verdict(tmp_path: Path, directions: list[str], verdict: str) -> None:
    statements = [efficacy(f"s{number}", direction) for number, direction in enumerate(directions)]
    assert _verdicts(_derived(tmp_path, *statements)) == {"treat": verdict}


@pytest.mark.parametrize(
    ("study_type", "suffix"),
    [
        ("systematic-review-of-randomized-trials", ""),
        ("randomized-controlled-trial", ""),
        (COHORT, ""),
        (SERIES, " (weak)"),
        ("case-report", " (weak)"),
        (NONE, " (design not stated)"),
        ("clinical-trial", " (design not stated)"),
        ("systematic-review", " (design not stated)"),
        ("narrative-review", " (design not stated)"),
    ],
)
def test_the_level_shows_in_the_verdict(tmp_path: Path, study_type: str, suffix: str) -> None:
    assert _verdicts(_derived(tmp_path, efficacy("s", "benefit", study_type))) == {"treat": "benefit" + suffix}


def test_the_best_level_decides_and_is_what_the_verdict_rests_on(tmp_path: Path) -> None:
    triples = _derived(
        tmp_path,
        efficacy("trial", "no-benefit"),
        efficacy("cohort", "benefit", COHORT),
        efficacy("series", "benefit", SERIES),
        efficacy("page", "benefit", NONE),
    )
    assert _verdicts(triples) == {"treat": "no benefit"}
    assert _rests_on(triples) == {"trial"}


def test_a_study_has_one_vote_however_many_statements(tmp_path: Path) -> None:
    """Three benefits of one trial and one failure of another are contested, not three to one; a trial that tells of
    both is mixed."""
    of_one = [
        efficacy("a", "benefit"),
        efficacy("b", "benefit", evidence_line="a"),
        efficacy("c", "no-benefit", evidence_line="a"),
    ]
    triples = _derived(tmp_path, *of_one)
    assert _verdicts(triples) == {"treat": "mixed"}
    assert _rests_on(triples) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "other",
    [
        efficacy("x", "no-benefit", comparison="active"),
        efficacy("x", "no-benefit", comparison="added-to-ivig"),
        efficacy("x", "no-benefit", comparison="dose-or-schedule"),
        efficacy("x", "no-benefit", comparison="route-or-product"),
        efficacy("x", "no-benefit", comparison="withdrawal"),
        efficacy("x", "no-benefit", comparison="pooled"),
        efficacy("x", "no-benefit", product="hyperimmune"),
        efficacy("x", "no-benefit", product="polyvalent-sc"),
        efficacy("x", "no-benefit", outcome="urate"),
        efficacy("x", "not-stated"),
    ],
)
def test_some_statements_have_no_vote(tmp_path: Path, other: str) -> None:
    triples = _derived(tmp_path, efficacy("s", "benefit"), other)
    assert _verdicts(triples) == {"treat": "benefit"}
    assert _rests_on(triples) == {"s"}


@pytest.mark.parametrize("comparison", ["inert", "usual-care", "ivig-added", "uncontrolled", "not-stated"])
def test_these_comparisons_vote(tmp_path: Path, comparison: str) -> None:
    triples = _derived(tmp_path, efficacy("s", "benefit", comparison=comparison, outcome="pain"))
    assert _verdicts(triples) == {"treat": "benefit"}


def test_intents_are_judged_apart(tmp_path: Path) -> None:
    triples = _derived(tmp_path, efficacy("t", "benefit"), efficacy("p", "no-benefit", SERIES, intent="prevent"))
    assert _verdicts(triples) == {"treat": "benefit", "prevent": "no benefit (weak)"}


def test_without_eligible_statements_there_is_no_verdict(tmp_path: Path) -> None:
    assert _verdicts(_derived(tmp_path, efficacy("x", "benefit", comparison="active"))) == {}


def test_a_statement_without_a_study_speaks_with_its_document(tmp_path: Path) -> None:
    without_study = efficacy("s", "benefit", NONE).replace("; ivig:study <study/s>", "")
    evidence_lines = [t for t in _derived(tmp_path, without_study) if t.predicate.value == TERMS + "evidenceLine"]
    assert [(t.object.value) for t in evidence_lines] == [BASE + "source/example"]


PAPER = '<citation/paper> a ivig:Citation ; skos:prefLabel "paper"@en ; ivig:pmid "1" .\n'


def _of_paper(name: str, direction: str, reporting: str, *, of_study: bool) -> str:
    """A statement out of the paper, of the study "s" or of none that it tells."""
    more = f"ivig:reporting <reporting/{reporting}> ; ivig:citation <citation/paper> ; "
    statement = efficacy(name, direction, evidence_line="s", more=more)
    return statement if of_study else statement.replace("; ivig:study <study/s>", "")


def _evidence_lines(triples: list[Triple]) -> dict[str, str]:
    return {
        t.subject.value.removeprefix(BASE + "statement/"): t.object.value.removeprefix(BASE)
        for t in triples
        if t.predicate.value == TERMS + "evidenceLine"
    }


@pytest.mark.parametrize(
    ("studies", "reporting", "evidence_line"),
    [
        (["s"], "primary", "study/s"),
        (["s"], "secondary", "study/s"),
        (["s"], "pooled", "citation/paper"),
        (["s", "other"], "secondary", "citation/paper"),
        ([], "secondary", "citation/paper"),
    ],
)
def test_a_publication_of_one_study_speaks_with_its_evidence_line(
    tmp_path: Path, studies: list[str], reporting: str, evidence_line: str
) -> None:
    reported = "".join(f"<study/{name}> ivig:publication <citation/paper> .\n" for name in studies)
    told = study("s") + study("other") + PAPER + reported + _of_paper("a", "benefit", "primary", of_study=True)
    triples = _derived(tmp_path, told, _of_paper("b", "benefit", reporting, of_study=False))
    assert _evidence_lines(triples) == {"a": "study/s", "b": evidence_line}


def test_a_trial_told_of_at_first_and_at_second_hand_votes_once(tmp_path: Path) -> None:
    """Two votes would be a benefit and a failure, and so contested; one study that tells of both is mixed."""
    told = study("s") + PAPER + "<study/s> ivig:publication <citation/paper> .\n"
    first = _of_paper("a", "benefit", "primary", of_study=True)
    second = _of_paper("b", "no-benefit", "secondary", of_study=False)
    assert _verdicts(_derived(tmp_path, told, first, second)) == {"treat": "mixed"}


def test_the_rules_are_queries_that_any_engine_reads(tmp_path: Path) -> None:
    for path in files_with(tmp_path, SOURCE).queries.glob("internal/derive-*.rq"):
        Store().query(path.read_text(encoding="utf-8"))
