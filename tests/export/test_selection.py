"""Selections: what each criterion picks, what a mix picks, and what is said where one cannot be read."""

from __future__ import annotations

import pytest

from ivig.errors import BadInput, BadQuery, Refused, UnknownName
from ivig.export import Selection
from ivig.export.selection import picked
from ivig.namespaces import BASE, TERMS
from ivig.query import Graph
from ivig.query.engine import select

PREFIXES = f"PREFIX ivig: <{TERMS}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> BASE <{BASE}> "


def _statements(graph: Graph, where: str) -> set[str]:
    """What a query written for the test finds, in other words than those of the code."""
    return {str(row["s"]) for row in graph.sparql(PREFIXES + f"SELECT DISTINCT ?s {{ ?s a ivig:Statement . {where} }}")}


@pytest.mark.parametrize(
    ("selection", "where"),
    [
        (Selection(condition=("GBS",)), "?s ivig:onCondition/skos:broader* <condition/guillain-barre-syndrome>"),
        (Selection(condition=("MONDO:0016218",)), "?s ivig:onCondition/skos:broader* <condition/guillain-barre-syndrome>"),
        (Selection(condition=("none",)), "FILTER NOT EXISTS { ?s ivig:condition|ivig:modelsCondition|ivig:discussesCondition ?c }"),
        (Selection(condition=("GBS", "LEMS")), "?s ivig:onCondition/skos:broader* ?c FILTER(?c IN (<condition/guillain-barre-syndrome>, <condition/lambert-eaton-myasthenic-syndrome>))"),
        (Selection(group=("dermatology",)), "?s ivig:onCondition/ivig:group <condition-group/dermatology>"),
        (Selection(group=("complement",)), "?s (ivig:supportsMechanism|ivig:contradictsMechanism|ivig:discussesMechanism)/ivig:group <mechanism-group/complement>"),
        (Selection(mechanism=("Fc receptor blockade",)), "?s (ivig:supportsMechanism|ivig:contradictsMechanism|ivig:discussesMechanism)/skos:broader* <mechanism/fc-receptor-blockade>"),
        (Selection(outcome=("skin ulcer healing",)), "?s ivig:outcome/skos:broader* <outcome/skin-ulcer-healing>"),
        (Selection(study_type=("controlled trial",)), "?s ivig:studyType/skos:broader* <study-type/controlled-trial>"),
        (Selection(level=("1", "2")), "?s ivig:level ?l FILTER(?l <= 2)"),
        (Selection(direction=("harm",)), "?s ivig:direction <direction/harm>"),
        (Selection(citation=("PMID:15674654",)), "?s ivig:citation/ivig:pmid '15674654'"),
        (Selection(year=("2015",)), "{ ?s ivig:year 2015 } UNION { ?s ivig:citation/ivig:year 2015 }"),
        (Selection(year=("2019-", "-1985")), "{ ?s ivig:year ?y } UNION { ?s ivig:citation/ivig:year ?y } FILTER(?y >= 2019 || ?y <= 1985)"),
        (Selection(source=("katz2018",)), "?s ivig:passage/ivig:source <source/katz2018>"),
        (Selection(kind=("safety",)), "?s a ivig:SafetyStatement"),
        (Selection(query="regimens", parameters={"condition": "GBS"}), "?s ivig:regimen ?r ; ivig:withinCondition <condition/guillain-barre-syndrome>"),
        (Selection(sparql=PREFIXES + "SELECT ?x { ?x ivig:severity <severity/serious> }"), "?s ivig:severity <severity/serious>"),
        (Selection(sparql=PREFIXES + "CONSTRUCT { ?x a <x:y> } { ?x ivig:severity <severity/serious> }"), "?s ivig:severity <severity/serious>"),
        (Selection(condition=("GBS",), direction=("benefit",), year=("-2000",)), "?s ivig:withinCondition <condition/guillain-barre-syndrome> ; ivig:direction <direction/benefit> ; ivig:citation/ivig:year ?y FILTER(?y <= 2000)"),
        (Selection(query="regimens", kind=("recommendation",)), "?s ivig:regimen ?r ; a ivig:RecommendationStatement"),
        (Selection(), ""),
    ],
    ids=lambda value: ", ".join(value.described()) if isinstance(value, Selection) else "",
)  # fmt: skip
def test_each_criterion_picks_its_statements(graph: Graph, selection: Selection, where: str) -> None:
    expected = _statements(graph, where)
    assert expected
    assert picked(graph, selection).statements == expected


def test_what_is_named_alone_comes_along_and_in_a_mix_narrows(graph: Graph) -> None:
    alone = picked(graph, Selection(condition=("autoimmune cytopenia",))).things
    assert {BASE + "condition/autoimmune-cytopenia", BASE + "condition/immune-thrombocytopenia"} <= alone
    assert not picked(graph, Selection(condition=("autoimmune cytopenia",), direction=("benefit",))).things
    assert BASE + "condition/dermatomyositis" in picked(graph, Selection(group=("dermatology",))).things or alone


def test_a_mechanism_picks_what_its_saved_query_finds(graph: Graph) -> None:
    """Of every mechanism that has narrower ones."""
    broad = {
        str(row["m"])
        for row in graph.sparql(PREFIXES + "SELECT ?m { ?narrower skos:broader ?m . ?m a ivig:Mechanism }")
    }
    assert len(broad) > 3
    widened = 0
    for mechanism in broad:
        found = {str(row["statement"]) for row in graph.query("conditions-for-mechanism", mechanism=mechanism)}
        assert picked(graph, Selection(mechanism=(mechanism,))).statements == found
        widened += found > _statements(graph, f"?s ivig:supportsMechanism|ivig:contradictsMechanism <{mechanism}>")
    assert widened


def test_what_is_narrower_counts_for_mechanisms_events_conditions_outcomes_and_study_types(graph: Graph) -> None:
    """Of every kind of thing that has narrower ones and statements on it."""
    internal = graph.internal["statements-of-thing"]
    properties = {
        "Condition": "onCondition",
        "Outcome": "outcome",
        "StudyType": "studyType",
        "Mechanism": "supportsMechanism|ivig:contradictsMechanism|ivig:discussesMechanism",
        "AdverseEvent": "adverseEvent",
    }
    for kind, property in properties.items():
        where = f"{{ ?s (ivig:{property})/skos:broader+ ?broad . ?broad a ivig:{kind} }}"
        broad = str(next(iter(graph.sparql(PREFIXES + f"SELECT ?broad {where} ORDER BY ?broad")))["broad"])
        rows = select(graph.engine, internal.bind_things("thing", [broad]))
        assert {row[0].value for row in rows} == _statements(graph, f"?s (ivig:{property})/skos:broader* <{broad}>")


def test_depth_goes_on_to_what_else_is_said(graph: Graph) -> None:
    near, one, two = (
        picked(graph, Selection(mechanism=("anti-HLA class I polyreactivity",), depth=depth)).statements
        for depth in (0, 1, 2)
    )
    expected = _statements(
        graph,
        "?picked ivig:supportsMechanism|ivig:contradictsMechanism|ivig:discussesMechanism <mechanism/anti-hla-class-i-polyreactivity> ; ivig:onCondition|ivig:supportsMechanism|ivig:contradictsMechanism|ivig:discussesMechanism"
        "|ivig:adverseEvent|ivig:study|ivig:citation ?shared . ?s ivig:onCondition|ivig:supportsMechanism"
        "|ivig:contradictsMechanism|ivig:discussesMechanism|ivig:adverseEvent|ivig:study|ivig:citation ?shared",
    )
    assert near < one == expected
    assert one < two


@pytest.mark.parametrize(
    ("selection", "error", "message"),
    [
        (Selection(condition=("kawazaki",)), UnknownName, "nearest: Kawasaki disease"),
        (Selection(group=("complment",)), UnknownName, "nearest: .*complement"),
        (Selection(direction=("up",)), UnknownName, 'unknown direction "up"'),
        (Selection(level=("6",)), BadInput, "a level is 1"),
        (Selection(year=("last",)), BadInput, "a year reads"),
        (Selection(year=("-",)), BadInput, "a year reads"),
        (Selection(year=("20102020",)), BadInput, "a year reads"),
        (Selection(year=("2020-2010",)), BadInput, "end before they begin"),
        (Selection(condition=("GBS",), depth=-1), BadInput, "a depth is 0 to 9"),
        (Selection(depth=1), BadInput, "goes on from a selection"),
        (Selection(parameters={"condition": "GBS"}), BadInput, "belong to a saved query"),
        (Selection(query="regimen"), UnknownName, "nearest: regimens"),
        (Selection(query="regimens", parameters={"colour": "red"}), UnknownName, "parameter of regimens"),
        (Selection(sparql="ASK {}"), BadInput, "a yes or no picks nothing"),
        (Selection(sparql="SELECT"), BadQuery, "line 1"),
        (Selection(sparql="DELETE WHERE { ?s ?p ?o }"), Refused, "read-only"),
        (Selection(sparql="SELECT ?x { BIND(<https://w3id.org/ivig/statement/nowhere> AS ?x) }"), BadInput, "nothing in the graph fits"),
        (Selection(condition=("GBS",), direction=("harm",), source=("katz2018",)), BadInput, "nothing in the graph fits all of this"),
    ],
)  # fmt: skip
def test_what_cannot_be_picked_is_said(
    graph: Graph, selection: Selection, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        picked(graph, selection)
