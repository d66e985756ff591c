"""Saved queries as files: heads that say what they are, parameters that never become query text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from pyoxigraph import Store
from rdflib.plugins.sparql import prepareQuery

from ivig.errors import BadInput, IvigError, UnknownName
from ivig.namespaces import BASE
from ivig.query import Graph, SavedQueries
from ivig.query.examples import EXAMPLES
from ivig.query.results import own_columns

THINGS = [
    "statement",
    "condition",
    "mechanism",
    "outcome",
    "event",
    "study_type",
    "body",
    "citation",
    "source",
    "passage",
    "group",
]

CONTRACT = {
    "conditions": "condition group statements studies verdict",
    "evidence-for-condition": "statement condition population intent intervention comparator comparison outcome outcome_kind "
    "outcome_role direction study_type level participants measure value ci_low ci_high p p_relation unit events "
    "total comparator_events comparator_total year citation pmid doi citation_status reporting source passage",
    "evidence-summary": "condition intent verdict best_study_type best_level benefit no_benefit mixed harm unproven "
    "no_different worse_than_active not_stated studies participants_max latest_year",
    "conditions-by-direction": "condition study_type statement",
    "contested-conditions": "condition intent outcome_kind for_statement against_statement",
    "mechanisms": "mechanism group supporting contradicting",
    "mechanisms-for-condition": "mechanism supports target study_type statement citation",
    "conditions-for-mechanism": "condition supports study_type statement citation",
    "evidence-by-study-type": "statement condition direction participants citation",
    "evidence-for-outcome": "statement condition direction study_type citation",
    "regimens": "statement condition population phase courses g_per_kg_total_min g_per_kg_total_max g_per_kg_per_day_min "
    "g_per_kg_per_day_max g_per_kg_unstated_min g_per_kg_unstated_max days_min days_max interval_weeks_min "
    "interval_weeks_max note",
    "adverse-events": "statement event condition severity frequency frequency_unit risk_factors study_type participants note "
    "citation",
    "recommendations": "statement condition population body edition year recommendation line strength certainty grading_system "
    "superseded citation page",
    "regulatory-status": "statement condition population authority product status year page",
    "uses": "statement topic condition note citation",
    "citations": "citation title year pmid doi statements",
    "statements-for-citation": "statement kind condition direction",
    "unresolved-references": "source reference status candidate statement",
    "source-statements": "passage statement kind condition direction study_type mechanism supports reference pmid",
    "external-links": "thing predicate external_id external_label",
    "evidence-gaps": "condition best_study_type best_level statements",
    "evidence-over-time": "year study_type statements",
}
PARAMETERS = {
    "conditions": {"group": False},
    "evidence-for-condition": {"condition": True},
    "evidence-summary": {"group": False, "condition": False},
    "conditions-by-direction": {"direction": True},
    "mechanisms": {"group": False},
    "mechanisms-for-condition": {"condition": True},
    "conditions-for-mechanism": {"mechanism": True},
    "evidence-by-study-type": {"study_type": True},
    "evidence-for-outcome": {"outcome": True},
    "regimens": {"condition": False},
    "adverse-events": {"event": False, "condition": False},
    "recommendations": {"condition": False},
    "regulatory-status": {"condition": False},
    "uses": {"topic": False},
    "statements-for-citation": {"citation": True},
    "source-statements": {"source": True},
    "external-links": {"condition": False},
    "evidence-over-time": {"condition": False},
}


@pytest.mark.parametrize("name", CONTRACT)
def test_the_contract_holds(graph: Graph, name: str) -> None:
    query = graph.queries[name]
    assert {p.name: p.required for p in query.parameters} == PARAMETERS.get(name, {})
    answer = graph.query(name, **{p.name: EXAMPLES[p.kind] for p in query.parameters if p.required})
    promised = CONTRACT[name].split()
    assert [column for column in answer.columns if column in promised] == promised
    for column in set(promised) & set(THINGS):
        assert f"{column}_label" in answer.columns
        for row in answer:
            assert row[column] is None or str(row[column]).startswith(BASE)
            assert row[column] is None or row[f"{column}_label"]


def test_every_query_of_the_contract_is_there(graph: Graph) -> None:
    assert set(CONTRACT) <= set(graph.queries)


def test_every_head_describes_its_columns_and_table(graph: Graph) -> None:
    for name in graph.queries:
        query = graph.queries[name]
        if query.service:
            # rdflib reads a query without running it, so that nobody is called.
            columns = [str(variable) for variable in prepareQuery(query.text).algebra.PV]
        else:
            columns = graph.query(name, **{p.name: EXAMPLES[p.kind] for p in query.parameters if p.required}).columns
        assert own_columns(columns) == list(query.columns), name
        assert set(query.table) <= set(query.columns), name
        assert query.title and query.description and query.keywords, name


def test_every_query_file_parses_as_it_stands(graph: Graph) -> None:
    for path in graph.files.queries.rglob("*.rq"):
        text = path.read_text(encoding="utf-8")
        if "SERVICE" in text:
            prepareQuery(text)
        else:
            Store().query(text)


@pytest.mark.parametrize("name", ["evidence-summary", "bodies-that-disagree"])
def test_one_condition_has_the_rows_that_it_has_among_all(graph: Graph, name: str) -> None:
    rows = graph.query(name).rows
    for condition in sorted({str(row["condition"]) for row in rows})[::5]:
        assert graph.query(name, condition=condition).rows == [row for row in rows if row["condition"] == condition]


def test_several_mechanisms_have_each_their_pairs_once(graph: Graph) -> None:
    mechanisms = sorted({str(row["mechanism"]) for row in graph.query("contested-mechanisms")})[:3]
    rows = graph.sparql(graph.queries["contested-mechanisms"].bind_things("mechanism", mechanisms)).rows
    each = [row for mechanism in mechanisms for row in graph.query("contested-mechanisms", mechanism=mechanism)]
    assert len(mechanisms) == 3
    assert sorted(map(str, rows)) == sorted(map(str, each))


def test_optional_parameters_narrow_the_answer(graph: Graph) -> None:
    for name, parameter, value in [
        ("conditions", "group", "neuromuscular"),
        ("evidence-summary", "group", "dermatology"),
        ("mechanisms", "group", "complement"),
        ("regimens", "condition", "CIS"),
        ("adverse-events", "event", "thrombosis"),
        ("recommendations", "condition", "myocarditis"),
        ("uses", "topic", "cost"),
        ("external-links", "condition", "GBS"),
        ("evidence-over-time", "condition", "EGPA"),
    ]:
        assert 0 < len(graph.query(name, **{parameter: value})) < len(graph.query(name)), name


def test_a_missing_parameter_says_what_belongs_there(graph: Graph) -> None:
    with pytest.raises(BadInput, match="evidence-for-condition needs condition: Label, synonym"):
        graph.query("evidence-for-condition")


def test_an_unknown_parameter_or_query_gets_the_nearest(graph: Graph) -> None:
    with pytest.raises(UnknownName, match='unknown parameter of regimens "conditon"; it is one of: condition'):
        graph.query("regimens", conditon="GBS")
    with pytest.raises(UnknownName, match='unknown query "evidence-for-conditions"; nearest: evidence-for-condition'):
        graph.query("evidence-for-conditions")


@settings(max_examples=200)
@given(
    st.one_of(
        st.text(), st.sampled_from(["GBS> } #", "'}", '"', "<x:y>", "UNDEF } VALUES ?x { 1", "../../etc", "\\u003e"])
    )
)
def test_what_is_typed_never_becomes_query_text(graph: Graph, typed: str) -> None:
    """Whatever is typed, the bound query is the file with one IRI of the graph in its places, or there is no query."""
    query = graph.queries["evidence-for-condition"]
    try:
        bound = query.bind({"condition": typed}, graph.names)
    except IvigError:
        return
    before, *after = query.text.split("{ UNDEF }")
    iri = bound.removeprefix(before).partition(" }")[0]
    assert iri.startswith("{ <" + BASE + "condition/") and iri.endswith(">")
    assert bound == f"{iri} }}".join([before, *after])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# titel: x\nSELECT * {}", "cannot read this line of the head"),
        ("# param a: Condition.\nSELECT * {}", "a parameter reads"),
        ("# param a: Condition, required. X.\nSELECT * {}", "needs one line VALUES \\?p_a"),
        ("# sentence: What of {b}?\nSELECT * {}", "one {blank} for each parameter"),
    ],
)
def test_a_broken_head_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "q.rq").write_text(text)
    with pytest.raises(BadInput, match=message):
        SavedQueries(tmp_path)["q"]


def test_each_question_is_a_sentence_with_its_blanks(graph: Graph) -> None:
    for query in graph.queries.values():
        assert query.sentence.endswith("?") or not query.parameters, query.name
        assert [piece for piece in query.pieces if not isinstance(piece, str)] or not query.parameters
