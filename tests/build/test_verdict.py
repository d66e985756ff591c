"""The verdict, on graphs that a reader can check by hand: each rule of `queries/internal/derive-*` has one that changes
its answer when the rule is taken away."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from pyoxigraph import Triple

from ivig.build.derivation import derive
from ivig.build.reasoning import infer
from ivig.build.sources import read
from ivig.graph_files import GraphFiles
from ivig.namespaces import BASE, DATA_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, TERMS
from small import SOURCE, efficacy, files_with, study

COHORT, SERIES, NONE, REVIEW = "cohort-study", "case-series", "not-stated", "systematic-review-with-meta-analysis"
PAPER = '<citation/{0}> a ivig:Citation ; skos:prefLabel "{0}"@en ; ivig:doi "10.1000/{0}" ; ivig:year {1} .\n'
THINGS = """
<outcome/death> a ivig:Outcome ; skos:prefLabel "death"@en ; ivig:outcomeKind <outcome-kind/mortality> .
<outcome/nausea> a ivig:Outcome ; skos:prefLabel "nausea"@en ; ivig:outcomeKind <outcome-kind/adverse-event> .
<outcome/crystals> a ivig:Outcome ; skos:prefLabel "crystals"@en ; ivig:outcomeKind <outcome-kind/laboratory> ;
    ivig:definesActivityOf <condition/gout> .
<source/machine> a ivig:SourceDocument ; skos:prefLabel "machine"@en ; ivig:key "machine" ; ivig:machineWritten true ;
    <http://purl.org/dc/terms/title> "An answer"@en ; ivig:fileName "machine.txt" ; ivig:sha256 "{zeros}" .
<passage/machine/01> a ivig:Passage ; skos:prefLabel "01"@en ; ivig:source <source/machine> ; ivig:number "01" ;
    ivig:start 0 ; ivig:end 9 ; ivig:sha256 "{zeros}" .
<body/one> a ivig:Body ; skos:prefLabel "One"@en ; ivig:country "Utopia"@en .
<body/two> a ivig:Body ; skos:prefLabel "Two"@en ; ivig:country "Utopia"@en .
""".replace("{zeros}", "0" * 64)


def people(number: int) -> str:
    return f"ivig:participants {number} ; "


def published(name: str, *, searched: int | None = None) -> str:
    return f"ivig:citation <citation/{name}> ; " + (f"ivig:searchTo {searched} ; " if searched else "")


def review(name: str, direction: str, number: int, year: int, searched: int | None = None) -> str:
    """A review of randomized trials."""
    more = (
        people(number)
        + published(name, searched=searched)
        + "ivig:reviewedDesigns <reviewed-designs/randomized-only> ; "
    )
    return PAPER.format(name, year) + efficacy(name, direction, REVIEW, more=more)


def trial(name: str, direction: str, number: int, year: int | None = None, **more: str) -> str:
    """A randomized trial."""
    said = people(number) + (published(name) if year else "") + more.pop("more", "")
    return (PAPER.format(name, year) if year else "") + efficacy(name, direction, more=said, **more)


def advice(name: str, value: str, body: str, more: str = "") -> str:
    """A recommendation."""
    return (
        f'<statement/{name}> a ivig:Statement ; skos:prefLabel "{name}"@en ; ivig:kind <kind/recommendation> ; '
        f"ivig:condition <condition/gout> ; ivig:body <body/{body}> ; ivig:recommendation <recommendation/{value}> ; "
        f"{more}ivig:passage <passage/example/01> .\n"
    )


GRADED = 'ivig:gradingSystem "EFNS levels A-C"@en ; ivig:strength "Level A"@en ; '


class Answer(NamedTuple):
    """What was derived of gout, to treat."""

    word: str
    strength: str
    sentence: str
    basis: set[str]
    excluded: dict[str, set[str]]
    about: dict[str, str]
    grades: set[tuple[str, str]]
    journals: set[tuple[str, str]]
    words: set[tuple[str, str]]


def answer(tmp_path: Path, *statements: str, without: str | None = None) -> Answer:
    """The answer of a small graph. without: a rule to take away."""
    files = files_with(tmp_path, SOURCE + THINGS + "".join(statements))
    if without is not None:
        (rule,) = (files.folder / "queries" / "internal").glob(f"derive-[0-9][0-9]-{without}.rq")
        rule.unlink()
    return _told(derived(files))


def derived(files: GraphFiles) -> list[Triple]:
    """What the rules add to a small graph and its entailments."""
    sources = read(files)
    graphs = {ONTOLOGY_GRAPH: sources.ontology, DATA_GRAPH: sources.data, INFERRED_GRAPH: infer(sources)}
    return derive(graphs, files.queries)


def _told(triples: list[Triple]) -> Answer:
    verdict = {
        t.predicate.value.removeprefix(TERMS): t.object.value
        for t in triples
        if "/verdict/gout/treat" in str(t.subject)
    }
    excluded: dict[str, set[str]] = {}
    for triple in triples:
        if triple.predicate.value == TERMS + "exclusion":
            name = str(triple.subject.value).removeprefix(BASE + "statement/")
            excluded.setdefault(name, set()).add(triple.object.value.rpartition("/")[2])
    return Answer(
        verdict.get("verdictWord", ""),
        verdict.get("verdictStrength", ""),
        verdict.get("sentence", ""),
        {t.object.value.removeprefix(BASE + "statement/") for t in triples if t.predicate.value == TERMS + "restsOn"},
        excluded,
        {
            t.predicate.value.removeprefix(TERMS): t.object.value
            for t in triples
            if str(t.subject) == f"<{BASE}condition/gout>"
        },
        {
            (t.subject.value.removeprefix(BASE + "statement/"), t.object.value)
            for t in triples
            if t.predicate.value == TERMS + "gradeDirection"
        },
        {
            (t.subject.value.removeprefix(BASE + "citation/"), t.object.value.removeprefix(BASE + "journal/"))
            for t in triples
            if t.predicate.value == TERMS + "publishedIn"
        },
        {
            (t.subject.value.removeprefix(BASE), t.object.value)
            for t in triples
            if t.predicate.value == TERMS + "inWords"
        },
    )


JOURNALS = """
<journal/examples> a ivig:Journal ; skos:prefLabel "Journal of Examples"@en ; skos:altLabel "J. Examples"@en .
<journal/more-examples> a ivig:Journal ; skos:prefLabel "Journal of More Examples"@en .
"""


def appeared(name: str, journal: str) -> str:
    """A publication in a journal."""
    return f'<citation/{name}> a ivig:Citation ; skos:prefLabel "{name}"@en ; ivig:doi "10.1000/{name}" ; ivig:journal "{journal}" .\n'


MEASURED = """
<effect/a> a ivig:Effect ; ivig:measureTerm <measure/odds-ratio> ; ivig:value 0.5 ; ivig:ciLow 0.2 ; ivig:ciHigh 0.9 ; ivig:p 0.02 ;
    ivig:pRelation "<" .
<effect/b> a ivig:Effect ; ivig:events 3 ; ivig:total 20 ; ivig:comparatorEvents 9 ; ivig:comparatorTotal 21 .
<effect/c> a ivig:Effect ; ivig:rangeLow 3 .
"""
DOSED = """
<regimen/a> a ivig:Regimen ; ivig:gPerKgTotalMin 2 ; ivig:gPerKgTotalMax 2 ; ivig:daysMin 2 ; ivig:daysMax 5 .
<regimen/b> a ivig:Regimen ; ivig:gPerKgTotalMin 1 ; ivig:gPerKgTotalMax 1 ; ivig:daysMin 1 ; ivig:daysMax 1 ;
    ivig:intervalWeeksMin 3 ; ivig:intervalWeeksMax 3 .
<regimen/c> a ivig:Regimen ; ivig:courses 2 .
"""


def test_effects_and_doses_are_put_in_words(tmp_path: Path) -> None:
    assert answer(tmp_path, MEASURED, DOSED).words == {
        ("effect/a", "odds ratio 0.5 (95% CI 0.2 to 0.9), p < 0.02"),
        ("effect/b", "3 of 20 against 9 of 21"),
        ("regimen/a", "2 g/kg over 2 to 5 days"),
        ("regimen/b", "1 g/kg over 1 day every 3 weeks"),
    }


RULES = {
    "level": [review("a", "no-benefit", 90, 2020), trial("b", "benefit", 90, 2010)],
    "question": [trial("a", "no-different-from-active-comparator", 90, comparison="active")],
    "exclusion": [trial("a", "benefit", 40), trial("b", "no-benefit", 300, comparison="package", more="ivig:testsImmunoglobulin false ; ")],
    "rank": [trial("a", "benefit", 40)],
    "outcome": [trial("a", "no-benefit", 90, outcome="death"), efficacy("c", "benefit", evidence_line="a", outcome="pain", more=people(90))],
    "review": [review("a", "benefit", 900, 2020), review("b", "no-benefit", 800, 2019)],
    "open-review": [review("a", "unproven", 900, 2020), trial("b", "benefit", 90, 2010)],
    "design": [trial("a", "no-benefit", 40), efficacy("b", "benefit", COHORT, more=people(400))],
    "weight": [trial("a", "benefit", 111), trial("b", "no-benefit", 13)],
    "assessment": [trial("a", "benefit", 111)],
    "assessment-word": [trial("a", "benefit", 111)],
    "active-comparator": [trial("a", "no-different-from-active-comparator", 90, comparison="active", more='ivig:comparator "plasma exchange"@en ; ')],
    "verdict": [trial("a", "benefit", 111)],
    "rests-on": [trial("a", "benefit", 111)],
    "bodies": [trial("a", "benefit", 111), advice("r", "for", "one")],
    "grade": [trial("a", "benefit", 111), advice("r", "for", "one", GRADED)],
    "evidence-line": [trial("a", "benefit", 111)],
    "effect-in-words": [MEASURED],
    "dose-in-words": [DOSED],
    "journal": [JOURNALS, appeared("a", "Journal of Examples")],
    "licences": [
        trial("a", "benefit", 111),
        '<statement/l> a ivig:Statement ; skos:prefLabel "l"@en ; ivig:kind <kind/regulatory> ; ivig:condition <condition/gout> ; '
        "ivig:body <body/one> ; ivig:regulatoryStatus <regulatory-status/approved> ; ivig:passage <passage/example/01> .\n",
    ],
}  # fmt: skip
"""For each rule a graph that answers otherwise without it."""


def test_every_rule_has_a_graph(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE)
    assert {
        path.stem.partition("-")[2].partition("-")[2] for path in files.queries.glob("internal/derive-*.rq")
    } == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_taken_away_changes_the_answer(tmp_path: Path, rule: str) -> None:
    assert answer(tmp_path / "with", *RULES[rule]) != answer(tmp_path / "without", *RULES[rule], without=rule)


@pytest.mark.parametrize(
    ("directions", "word"),
    [
        ("benefit:100", "benefit"),
        ("benefit:111 no-benefit:13", "benefit"),
        ("benefit:60 no-benefit:40", "contested"),
        ("no-benefit:80 harm:20", "no benefit shown"),
        ("harm:100", "harm"),
        ("harm:80 no-benefit:20", "harm"),
        ("benefit:60 harm:40", "contested"),
        ("mixed:100", "contested"),
        ("unproven:100", "no benefit shown"),
        ("unproven:40", "unproven"),
        ("benefit:30 unproven:70", "no benefit shown"),
        ("benefit:45 unproven:55", "unproven"),
        ("benefit:70 unproven:30", "benefit"),
    ],
)
def test_three_quarters_of_the_decided_weight_decide(tmp_path: Path, directions: str, word: str) -> None:
    trials = [trial(f"s{n}", d.split(":")[0], int(d.split(":")[1])) for n, d in enumerate(directions.split())]
    assert answer(tmp_path, *trials).word == word


@pytest.mark.parametrize(
    ("statements", "strength"),
    [
        ([trial("a", "benefit", 150), trial("b", "benefit", 60)], "strong"),
        ([review("a", "benefit", 536, 2014)], "strong"),
        ([trial("a", "benefit", 400)], "moderate"),
        ([trial("a", "benefit", 111)], "moderate"),
        ([trial("a", "benefit", 60)], "weak"),
        ([trial("a", "benefit", 20), trial("b", "benefit", 40)], "moderate"),
        ([trial("a", "benefit", 150), trial("b", "no-benefit", 140)], "moderate"),
        ([efficacy("a", "benefit", COHORT, more=people(900) + "ivig:controlled true ; ")], "weak"),
        ([efficacy("a", "benefit", SERIES, comparison="uncontrolled", more=people(30))], "weak"),
        ([efficacy("a", "benefit", SERIES, comparison="uncontrolled", more=people(3))], "very weak"),
        ([efficacy("a", "benefit", NONE)], "very weak"),
    ],
)
def test_strength_is_by_design_agreement_and_size(tmp_path: Path, statements: list[str], strength: str) -> None:
    assert answer(tmp_path, *statements).strength == strength


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"comparison": "package"}, "package"),
        ({"comparison": "combination"}, "combination"),
        ({"comparison": "added-to-ivig"}, "add-on"),
        ({"comparison": "dose-or-schedule"}, "dose-or-route"),
        ({"product": "hyperimmune"}, "product"),
        ({"outcome": "nausea"}, "adverse-event"),
        ({"outcome": "urate"}, "laboratory-value"),
        ({"more": "ivig:testsImmunoglobulin false ; "}, "not-immunoglobulin-alone"),
        ({"more": "ivig:passage <passage/machine/01> ; "}, "machine-written"),
    ],
)
def test_what_cannot_count_says_why(tmp_path: Path, more: dict[str, str], reason: str) -> None:
    found = answer(tmp_path, trial("a", "no-benefit", 500, **more), trial("b", "benefit", 60))
    assert found.word == "benefit"
    assert reason in found.excluded["a"]
    assert found.basis == {"b"}


def test_a_direction_that_is_not_stated_does_not_count(tmp_path: Path) -> None:
    found = answer(tmp_path, trial("a", "not-stated", 500))
    assert (found.word, found.excluded) == ("no controlled evidence", {"a": {"no-direction"}})
    assert found.sentence == "No study that counts was read, only results of no stated direction."


def test_a_laboratory_value_that_defines_the_disease_counts(tmp_path: Path) -> None:
    assert answer(tmp_path, trial("a", "benefit", 60, outcome="crystals")).word == "benefit"


def test_a_primary_outcome_speaks_before_what_matters_more(tmp_path: Path) -> None:
    primary = efficacy("a", "benefit", outcome="pain", more=people(60) + "ivig:outcomeRole <outcome-role/primary> ; ")
    found = answer(tmp_path, primary, efficacy("b", "no-benefit", evidence_line="a", outcome="death", more=people(60)))
    assert (found.word, found.basis, found.excluded["b"]) == ("benefit", {"a"}, {"other-outcome"})


def test_trials_after_the_search_of_a_review_count_beside_it_and_those_before_do_not(tmp_path: Path) -> None:
    later, held = trial("later", "no-benefit", 300, 2022), trial("held", "no-benefit", 300, 2012)
    found = answer(tmp_path, review("r", "benefit", 100, 2015, searched=2014), later, held)
    assert (found.word, found.basis) == ("no benefit shown", {"r", "later"})
    assert found.excluded["held"] == {"before-the-review"}


def test_an_old_review_gives_way_to_a_recent_one_however_large(tmp_path: Path) -> None:
    found = answer(tmp_path, review("old", "benefit", 900, 1999), review("new", "no-benefit", 300, 2024))
    assert (found.word, found.excluded["old"]) == ("no benefit shown", {"other-review"})


def test_uncontrolled_evidence_counts_only_where_there_is_no_other(tmp_path: Path) -> None:
    series = efficacy("s", "benefit", SERIES, comparison="uncontrolled", more=people(80))
    assert answer(tmp_path / "alone", series).word == "benefit"
    found = answer(tmp_path / "beside", series, trial("t", "no-benefit", 20))
    assert (found.word, found.excluded["s"]) == ("no benefit shown", {"weaker-design"})


@pytest.mark.parametrize(
    ("against_nothing", "word"),
    [
        (None, "as good as plasma exchange"),
        (efficacy("n", "no-benefit", SERIES, comparison="uncontrolled", more=people(80)), "as good as plasma exchange"),
        (trial("n", "no-benefit", 39), "as good as plasma exchange"),
        (trial("n", "no-benefit", 120), "no benefit shown"),
    ],
)
def test_other_treatment_leads_where_little_stands_against_nothing(
    tmp_path: Path, against_nothing: str | None, word: str
) -> None:
    more = 'ivig:comparator "plasma exchange"@en ; '
    active = trial("a", "no-different-from-active-comparator", 90, comparison="active", more=more)
    assert answer(tmp_path, active, *([against_nothing] if against_nothing else [])).word == word


def test_studies_without_numbers_weigh_little(tmp_path: Path) -> None:
    found = answer(tmp_path, efficacy("a", "benefit"), efficacy("b", "benefit"), trial("c", "no-benefit", 111))
    assert found.word == "no benefit shown"


def test_only_the_latest_recommendation_in_force_of_a_body_is_counted(tmp_path: Path) -> None:
    told = [
        advice("old", "for", "one", "ivig:year 2010 ; "),
        advice("new", "against", "one", "ivig:year 2020 ; "),
        advice("replaced", "for", "two", "ivig:superseded true ; ivig:inForce false ; "),
        advice("proposal", "for", "two", "ivig:proposed true ; ivig:inForce false ; "),
    ]
    about = answer(tmp_path, trial("a", "benefit", 111), *told).about
    assert (about["bodiesFor"], about["bodiesAgainst"]) == ("0", "1")


def test_a_body_for_some_patients_and_against_it_for_others_is_for_it(tmp_path: Path) -> None:
    told = [advice("a", "for", "one"), advice("b", "not-routinely", "one"), advice("c", "insufficient-evidence", "two")]
    about = answer(tmp_path, trial("a1", "benefit", 111), *told).about
    assert (about["bodiesFor"], about["bodiesAgainst"]) == ("1", "0")


def test_a_grade_is_read_by_its_system_and_never_changes_the_verdict(tmp_path: Path) -> None:
    australian = 'ivig:gradingSystem "Australian Criteria"@en ; ivig:certainty "Insufficient data (Category 4a)"@en ; '
    told = [
        advice("against", "against", "one", GRADED),
        advice("open", "conditional-for", "two", australian),
        advice("other-system", "for", "two", 'ivig:gradingSystem "Ours"@en ; ivig:strength "Level A"@en ; '),
        advice("replaced", "for", "two", GRADED + "ivig:superseded true ; ivig:inForce false ; "),
    ]
    plain, graded = (
        answer(tmp_path / "a", trial("a", "benefit", 111)),
        answer(tmp_path / "b", trial("a", "benefit", 111), *told),
    )
    assert graded.grades == {("against", "no benefit"), ("open", "uncertain")}
    assert (graded.word, graded.strength, graded.basis) == (plain.word, plain.strength, plain.basis)


def test_recommendations_alone_are_no_evidence(tmp_path: Path) -> None:
    found = answer(tmp_path, advice("r", "for", "one"))
    assert (found.word, found.strength) == ("no controlled evidence", "very weak")
    assert found.sentence == "No study was read; one body for, none against."


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (efficacy("a", "benefit", "animal-study"), "animals and cells"),
        (trial("a", "benefit", 60, more="ivig:passage <passage/machine/01> ; "), "a page that a language model wrote"),
        (trial("a", "benefit", 60, outcome="urate"), "laboratory values"),
        (efficacy("a", "benefit", NONE), "reviews without a method, guidance or sources of no stated design"),
        (efficacy("a", "unproven", REVIEW, more="ivig:studies 0 ; "), "reviews that found no study"),
    ],
)  # fmt: skip
def test_where_nothing_counts_the_sentence_says_what_was_read(tmp_path: Path, statement: str, said: str) -> None:
    found = answer(tmp_path, statement)
    assert (found.word, found.basis) == ("no controlled evidence", set())
    assert found.sentence == f"No study that counts was read, only {said}."


def against(name: str, direction: str, number: int, comparator: str) -> str:
    """A randomized trial against another treatment."""
    return trial(name, direction, number, comparison="active", more=f'ivig:comparator "{comparator}"@en ; ')


def test_other_treatments_are_judged_one_by_one(tmp_path: Path) -> None:
    same = "no-different-from-active-comparator"
    found = answer(
        tmp_path,
        against("a", same, 150, "plasma exchange"),
        against("b", same, 60, "Plasmapheresis"),
        against("c", "worse-than-active-comparator", 90, "colchicine"),
    )
    assert (found.word, found.strength) == ("as good as plasma exchange", "strong")
    assert found.sentence == (
        "As good as plasma exchange in two randomized trials with 210 patients (strong); not tested against nothing; "
        "worse than colchicine in one randomized trial with 90 patients."
    )


def test_what_is_left_open_keeps_a_verdict_from_being_strong(tmp_path: Path) -> None:
    found = answer(tmp_path, trial("a", "benefit", 150), trial("b", "unproven", 100))
    assert (found.word, found.strength) == ("benefit", "moderate")


def test_a_review_covers_trials_in_patients_of_its_age_alone(tmp_path: Path) -> None:
    def aged(statement: str, group: str) -> str:
        return statement.replace("ivig:product", f"ivig:populationGroup <population-group/{group}> ; ivig:product", 1)

    found = answer(
        tmp_path,
        aged(review("r", "benefit", 100, 2015), "children"),
        aged(trial("child", "no-benefit", 300, 2012), "children"),
        aged(trial("adult", "no-benefit", 300, 2012), "adults"),
    )
    assert (found.word, found.basis) == ("no benefit shown", {"r", "adult"})
    assert found.excluded["child"] == {"before-the-review"}


def test_a_review_that_leaves_it_open_does_not_silence_its_trials(tmp_path: Path) -> None:
    found = answer(tmp_path, review("r", "unproven", 60, 2015), trial("a", "benefit", 60, 2012))
    assert (found.word, found.basis, found.excluded["r"]) == ("benefit", {"a"}, {"left-open"})


def test_that_it_failed_does_not_make_it_as_good_as_another(tmp_path: Path) -> None:
    found = answer(
        tmp_path,
        against("a", "no-benefit", 400, "prednisone"),
        efficacy("b", "benefit", SERIES, comparison="uncontrolled", more=people(30)),
    )
    assert (found.word, found.strength) == ("benefit", "weak")
    assert "unproven against corticosteroids" in found.sentence


def test_few_participants_show_no_difference_rather_than_equality(tmp_path: Path) -> None:
    found = answer(tmp_path, against("a", "no-different-from-active-comparator", 40, "prednisone"))
    assert found.word == "as good as corticosteroids"
    assert found.sentence.startswith("No different from corticosteroids in one randomized trial with 40 patients")


def test_what_was_not_compared_is_reported(tmp_path: Path) -> None:
    series = efficacy("a", "benefit", SERIES, comparison="uncontrolled", more=people(30))
    assert (
        answer(tmp_path, series).sentence
        == "Improvement reported in one study without controls with 30 patients (weak, one small study alone)."
    )


def test_one_study_with_mixed_results_is_called_that(tmp_path: Path) -> None:
    found = answer(tmp_path, trial("a", "mixed", 30))
    assert found.sentence == "Mixed results in one randomized trial with 30 patients (weak, one small study alone)."


def test_a_sentence_names_the_populations_that_differ(tmp_path: Path) -> None:
    def of(name: str, direction: str, group: str) -> str:
        return trial(name, direction, 100, more=f"ivig:populationGroup <population-group/{group}> ; ")

    said = answer(tmp_path, of("a", "benefit", "children"), of("b", "no-benefit", "adults")).sentence
    assert said == (
        "Contested, 50% of the weight for benefit, in two randomized trials with 200 patients (moderate); "
        "benefit in children, none shown in adults."
    )


def test_a_verdict_names_the_kind_of_study_that_it_rests_on(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + efficacy("a", "benefit", SERIES, comparison="uncontrolled"))
    types = [t.object.value for t in derived(files) if t.predicate.value == TERMS + "bestStudyType"]
    assert types == [BASE + "study-type/case-series"]


def test_one_study_is_counted_once(tmp_path: Path) -> None:
    """Three results of one trial weigh what the trial weighs."""
    of_one = [
        trial("a", "benefit", 40),
        efficacy("b", "benefit", evidence_line="a", more=people(40)),
        trial("c", "no-benefit", 40),
    ]
    assert answer(tmp_path, *of_one).word == "contested"


@pytest.mark.parametrize(
    ("studies", "reporting", "line"),
    [
        (["s"], "primary", "study/s"),
        (["s"], "pooled", "citation/paper"),
        (["s", "other"], "primary", "citation/paper"),
        ([], "primary", "citation/paper"),
    ],
)
def test_a_publication_of_one_study_belongs_to_its_evidence_line(
    tmp_path: Path, studies: list[str], reporting: str, line: str
) -> None:
    reported = "".join(f"<study/{name}> ivig:publication <citation/paper> .\n" for name in studies)
    more = f"ivig:reporting <reporting/{reporting}> ; ivig:citation <citation/paper> ; "
    statement = efficacy("b", "benefit", evidence_line="s", more=more).replace("; ivig:study <study/s>", "")
    told = study("s") + study("other") + PAPER.format("paper", 2000) + reported + statement
    files = files_with(tmp_path, SOURCE + told)
    triples = derived(files)
    lines = {t.subject.value: t.object.value for t in triples if t.predicate.value == TERMS + "evidenceLine"}
    assert lines == {BASE + "statement/b": BASE + line}


def test_a_publication_is_in_the_journal_that_bears_the_name_it_gives(tmp_path: Path) -> None:
    names = {"a": "JOURNAL OF EXAMPLES", "b": "J. Examples.", "c": "J Examples", "d": "Journal of More Examples"}
    found = answer(tmp_path, JOURNALS, *(appeared(name, journal) for name, journal in names.items())).journals
    assert found == {("a", "examples"), ("b", "examples"), ("d", "more-examples")}
