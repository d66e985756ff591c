"""Keywords are found where SPARQL would read them, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from ivig.ask.query_text import calls_another_server, is_update, keywords, names_its_dataset


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "select * { service silent ?x { ?s ?p ?o } }",
        "SELECT * { S\\u0045RVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * {SERVICE<http://x/>{?s ?p ?o}}",
        "PREFIX a: <b#> SELECT * { ?s ?p '''x''' . SERVICE a:c {} }",
        'SELECT * { ?s ?p """a"b""" SERVICE <x:y> {} }',
        "SELECT * { ?a ?b 'it\\'s' # '\n SERVICE <x:y> {} }",
        "SELECT * { FILTER(?a<3) SERVICE <x:y> {} FILTER(?b>3) }",
    ],
)
def test_service_is_found(query: str) -> None:
    assert calls_another_server(keywords(query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?s ?p ?service }",
        "SELECT * { ?s <http://x/SERVICE> ?o }",
        "SELECT * { ?s ex:SERVICE ?o ; SERVICE: ?p }",
        "SELECT * { ?s ?p 'SERVICE <x>' , \"SERVICE\" , '''SERVICE\n''' , \"\"\"SERVICE\"\"\" }",
        "SELECT * { ?s ?p ?o } # SERVICE <x:y>",
        "SELECT * { _:SERVICE ?p 'a'@service }",
    ],
)
def test_service_is_not_seen_where_it_is_no_keyword(query: str) -> None:
    assert not calls_another_server(keywords(query))


def test_a_dataset_clause_is_told_from_names() -> None:
    assert names_its_dataset(keywords("SELECT * FROM <x:y> { ?s ?p ?o }"))
    assert names_its_dataset(keywords("ASK from named <x:y> { ?s ?p ?o }"))
    assert not names_its_dataset(keywords("SELECT ?from { ?from x:FROM <x:FROM> } #FROM"))


@pytest.mark.parametrize(
    "update", ["INSERT DATA {}", "PREFIX a: <b> delete where { ?s ?p ?o }", "LOAD <x:y>", "DROP ALL"]
)
def test_updates_are_told_from_queries(update: str) -> None:
    assert is_update(keywords(update))


def test_a_query_about_updates_is_none() -> None:
    assert not is_update(keywords("SELECT * { ?s ?p 'DROP ALL' ; x:INSERT ?delete }"))


@given(st.text())
def test_any_text_can_be_looked_over(text: str) -> None:
    assert all(word == word.upper() for word in keywords(text))


@pytest.mark.parametrize(
    "text", ["'" * 200_000, '"""' + "a" * 200_000, "a" * 200_000, "<" * 200_000, "\\u0041" * 30_000]
)
def test_long_hostile_text_takes_no_time_to_speak_of(text: str) -> None:
    began = time.perf_counter()
    keywords(text)
    assert time.perf_counter() - began < 5
