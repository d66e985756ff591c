"""What a query text asks for: what Oxigraph takes for a keyword is found, however it is written."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest
from hypothesis import given, settings, strategies as st
from pyoxigraph import Store

from ivig.query.query_text import QueryText


class Listener:
    """A server that nobody should call: it counts who does."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.calls = 0
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.calls += 1
            connection.close()

    def is_called_by(self, query: str) -> bool:
        """Whether Oxigraph, left to itself, calls it."""
        before = self.calls
        try:
            result = Store().query(query)
            list(result) if not hasattr(result, "__bool__") else bool(result)
        except (SyntaxError, ValueError, OSError, RuntimeError):
            pass
        return self.calls > before


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    yield Listener()


CALL = "SERVICE <HERE> {}"
CALLS = [
    f"ASK {{ {CALL} }}",
    "ASK{SERVICE<HERE>{}}",
    "ask { service silent <HERE> {} }",
    "ASK { SERVICE # a comment\n <HERE> {} }",
    "PREFIX x: <HERE> ASK { SERVICE x:a {} }",
    "PREFIX x: <HERE> ASK{SERVICEx:a{}}",
    "PREFIX SERVICE: <HERE> ASK{SERVICE SERVICE:{}}",
    "ASK { BIND(1 AS ?x).SERVICE<HERE>{} }",
    "ASK { VALUES ?x { 1 } VALUES ?b { 1 } FILTER(?x=?b).SERVICE<HERE>{} }",
    "PREFIX x: <urn:> ASK { BIND(x:a\\#b AS ?x) SERVICE <HERE> {} }",
    "PREFIX x: <urn:> ASK { BIND(x:a\\'b AS ?x) SERVICE <HERE> {} #'\n }",
    "ASK { BIND('a\\u0027#' AS ?x) SERVICE <HERE> {} }",
    "ASK { BIND('''a\\u0027\\u0027\\u0027 #b''' AS ?x) SERVICE <HERE> {} }",
    "ASK { BIND('it\\'s' AS ?x) # '\n SERVICE <HERE> {} }",
    "ASK { FILTER(1<2) SERVICE <HERE> {} FILTER(2>1) }",
    "ASK { BIND(1 AS ?b) FILTER(0<?b)SERVICE<HERE>{} FILTER(3>?b) }",
    "PREFIX x: <HERE> ASK { BIND(1 AS ?b) FILTER(0<?b)SERVICEx:a#>\n{} }",
    "ASK { FILTER(1<2#>'\n) SERVICE <HERE> {} FILTER('1'='1') }",
    "PREFIX x: <urn:> ASK { FILTER(x:a<x:b#>'''\n||true) SERVICE <HERE> {} #'''\n }",
    "PREFIX x: <urn:> ASK { BIND(1 AS ?a) FILTER(true||?a<'x>y#') SERVICE <HERE> {} }",
    "ASK { FILTER EXISTS { SERVICE <HERE> {} } }",
    "SELECT * { { SELECT * { SERVICE <HERE> {} } } }",
    "ASK { BIND(<http://a/'> AS ?x) SERVICE <HERE> {} BIND(<http://a/'> AS ?y) }",
    "ASK { BIND(<http://a/#> AS ?x) SERVICE <HERE> {} }",
]
"""Queries that Oxigraph answers by calling HERE, some of them made to look as if they did not."""


@pytest.mark.parametrize("query", CALLS)
def test_a_call_is_seen(listener: Listener, query: str) -> None:
    query = query.replace("HERE", listener.address)
    assert listener.is_called_by(query), "this is no call: the test shows nothing"
    assert QueryText(query).may_call_servers


PIECES = [
    " ", "\n", "#", "'", '"', "'''", '"""', "\\'", "\\", "\\u0027", "<", ">", "<urn:a>", "<http://a/'#>", "(", ")", "&&", "||", "=",
    "1", "true", "'x'", "@en", "?a", "x:a", "x:", "_:b", ".", ";", "a ", "!", "FILTER(", "BIND(1 AS ?a)", "FILTER(1<2)", "{", "}", "EXISTS{",
    "SERVICE<HERE>{}", "SERVICE <HERE> {}", "SERVICE?a", "SERVICEx:a{}", "service ", "SILENT", "<HERE>", "?s ?p ?o", "a\\#b", "%23",
]  # fmt: skip


@settings(max_examples=1500)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_what_is_called_is_seen_in_any_jumble(listener: Listener, pieces: list[str]) -> None:
    query = "PREFIX x: <HERE> ASK { VALUES (?s ?p ?o) { (1 2 3) } " + "".join(pieces) + " }"
    query = query.replace("HERE", listener.address)
    if not QueryText(query).may_call_servers:
        assert not listener.is_called_by(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?s ?p ?service }",
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT * { ?s a sd:Service }",
        "SELECT * { ?s <http://x/SERVICE> ?o }",
        "SELECT * { ?s ex:SERVICE ?o }",
        "SELECT * { ?s ?p 'SERVICE <x>' , \"SERVICE\" , '''SERVICE\n''' , \"\"\"SERVICE\"\"\" }",
        "SELECT * { ?s ?p ?o } # SERVICE <x:y>",
        "SELECT * { ?s ?p ?o FILTER(?o<3 && CONTAINS(?p, 'service') && 2>1) }",
    ],
)
def test_no_call_is_seen_where_it_is_no_keyword(query: str) -> None:
    assert not QueryText(query).may_call_servers


def test_what_can_be_read_in_two_ways_may_be_a_call() -> None:
    assert QueryText("SELECT * { ?s ?p ?o FILTER(?o<'a>b') } # service").may_call_servers


@pytest.mark.parametrize(
    ("query", "is_so"),
    [
        ("SELECT * FROM <x:y> { ?s ?p ?o }", True),
        ("ASK from named <x:y> { ?s ?p ?o }", True),
        ("SELECT*FROM<x:y>{?s ?p ?o}", True),
        ("SELECT ('\\u0027#' AS ?x) FROM <x:y> { ?s ?p ?o }", True),
        ("SELECT ?from { ?from x:FROM <x:FROM> } #FROM", False),
    ],
)
def test_a_dataset_clause_is_told_from_names(query: str, is_so: bool) -> None:
    assert QueryText(query).names_its_dataset is is_so


@pytest.mark.parametrize(
    "update", ["INSERT DATA {}", "PREFIX a: <b> delete where { ?s ?p ?o }", "LOAD <x:y>", "DROP ALL"]
)
def test_updates_are_told_from_queries(update: str) -> None:
    assert QueryText(update).is_update


def test_a_query_about_updates_is_none() -> None:
    assert not QueryText("SELECT * { ?s ?p 'DROP ALL' ; x:INSERT ?delete }").is_update


@given(st.text())
def test_any_text_can_be_looked_over(text: str) -> None:
    looked_over = QueryText(text)
    assert len(looked_over.bare) == len(text)
    assert all(word == word.upper() for word in looked_over.words)


@pytest.mark.parametrize(
    "text", ["'" * 200_000, '"""' + "a" * 200_000, "a" * 200_000, "<" * 200_000, "\\u0041" * 30_000, "<a" * 100_000]
)
def test_long_hostile_text_takes_no_time_to_speak_of(text: str) -> None:
    began = time.perf_counter()
    assert len(QueryText(text).bare) == len(text)
    assert time.perf_counter() - began < 20
