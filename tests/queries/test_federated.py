"""The queries that call another server: each names its one host, and asks it what it should, by a server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from conftest import ROOT, Run
from ivig.errors import BadInput, Refused
from ivig.namespaces import BASE
from ivig.query import Graph, SavedQueries
from ivig.query.results import rows
from small import SOURCE, folder_with

HERE = Path(__file__).parent
HEAD_OF_LINKS = (
    "#curie_map:\n#  IVIG: https://w3id.org/ivig/\n#  MESH: http://id.nlm.nih.gov/mesh/\n"
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
)
SERVERS = {
    "federated-mesh-neighbours": "https://id.nlm.nih.gov/mesh/sparql",
    "federated-ubergraph-ancestors": "https://ubergraph.apps.renci.org/sparql",
    "federated-uniprot-proteins": "https://sparql.uniprot.org/sparql",
    "federated-wikidata-treatments": "https://query.wikidata.org/sparql",
}


class _Outside(BaseHTTPRequestHandler):
    """A SPARQL endpoint over the extracts; it keeps what it was asked."""

    store: Store
    asked: list[str]

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["content-length"])).decode()
        self.asked.append(query)
        result = self.store.query(query)
        assert isinstance(result, QuerySolutions)
        body = result.serialize(format=QueryResultsFormat.JSON)
        assert body is not None
        self.send_response(200)
        self.send_header("content-type", "application/sparql-results+json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def outside() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that holds the extracts, and what it was asked."""
    _Outside.store, _Outside.asked = Store(), []
    _Outside.store.load(path=str(HERE / "federated.ttl"), format=RdfFormat.TURTLE)
    _Outside.store.load(path=str(HERE / "federated.trig"), format=RdfFormat.TRIG)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Outside) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql", _Outside.asked
        server.shutdown()


def _answer(graph: Graph, name: str, condition: str, address: str) -> list[dict[str, object]]:
    """The rows of a query that calls the server at this address in place of its own."""
    text = graph.bound(name, {"condition": condition}).replace(f"<{SERVERS[name]}>", f"<{address}>")
    result = Store.read_only(str(graph.release.store)).query(text, use_default_graph_as_union=True)
    assert isinstance(result, QuerySolutions)
    return list(rows(result))


def test_the_queries_that_call_another_server_are_these(graph: Graph) -> None:
    assert {name: graph.queries[name].service for name in graph.queries if graph.queries[name].service} == SERVERS
    documented = (ROOT / "docs" / "links.md").read_text(encoding="utf-8")
    for name, server in SERVERS.items():
        assert f"| `{name}` | <{server}> |" in documented


@pytest.mark.parametrize("name", SERVERS)
def test_a_query_calls_its_own_server_alone(graph: Graph, name: str) -> None:
    called: list[str] = []

    def visit(part: object) -> None:
        if isinstance(part, CompValue):
            if part.name == "ServiceGraphPattern":
                called.append(str(part.term))
            for each in part.values():
                visit(each)
        elif isinstance(part, list | tuple):
            for each in part:
                visit(each)

    visit(prepareQuery(graph.queries[name].text).algebra)
    assert called == [SERVERS[name]]


def test_a_query_of_ones_own_calls_no_server(graph: Graph, run: Run, outside: tuple[str, list[str]]) -> None:
    bare = f"SELECT ?x {{ SERVICE <{outside[0]}> {{ ?s ?p ?x }} }} LIMIT 1"
    before = len(outside[1])
    with pytest.raises(Refused):
        graph.sparql(bare)
    done = run("sparql", bare)
    assert (done.returncode, done.stderr) == (
        2,
        "ivig: SERVICE is refused: a query may not call other servers\n",
    )
    assert len(outside[1]) == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("federated-wikidata-treatments", [{"item_label": "a stiffness", "treatment_label": "a benzodiazepine"}]),
        (
            "federated-uniprot-proteins",
            [{"disease_label": "A stiffness", "protein_label": "An example protein", "mnemonic": "EXAMPLE_HUMAN"}],
        ),
        (
            "federated-ubergraph-ancestors",
            [{"ancestor_label": "autoimmune disorder of the nervous system"}, {"ancestor_label": "disease"}],
        ),
        (
            "federated-mesh-neighbours",
            [
                {"neighbour_label": "A condition of nobody's", "near": None},
                {"neighbour_label": "Guillain-Barre Syndrome", "near": BASE + "condition/guillain-barre-syndrome"},
            ],
        ),
    ],
)
def test_what_the_server_says_is_joined_with_what_we_have(
    graph: Graph, outside: tuple[str, list[str]], name: str, told: list[dict[str, object]]
) -> None:
    address, asked = outside
    found = _answer(graph, name, "stiff person syndrome", address)
    assert [{key: row[key] for key in wanted} for row, wanted in zip(found, told, strict=True)] == told
    assert {row["condition_label"] for row in found} == {"stiff person syndrome"}
    # The server is asked for the one condition, not for all that it has.
    assert "VALUES" in asked[-1]
    assert "UNDEF" not in asked[-1]


def test_a_command_calls_the_server_in_the_head_of_the_query(
    run: Run, tmp_path: Path, outside: tuple[str, list[str]]
) -> None:
    name, links = (
        "federated-mesh-neighbours",
        HEAD_OF_LINKS + "IVIG:condition/gout\tskos:exactMatch\tMESH:D016750\tsemapv:ManualMappingCuration\n",
    )
    folder = folder_with(tmp_path, SOURCE, links)
    query = folder / "queries" / f"{name}.rq"
    own = query.read_text(encoding="utf-8")
    query.write_text(own.replace(SERVERS[name], outside[0]), encoding="utf-8")
    query.with_stem("gone").write_text(own.replace(SERVERS[name], "http://127.0.0.1:9/sparql"), encoding="utf-8")
    told = {"IVIG_GRAPH": str(folder), "IVIG_RELEASES": str(tmp_path / "releases")}
    done = run("query", name, "--condition", "gout", "--format", "csv", **told)
    assert done.returncode == 0, done.stderr
    assert "Guillain-Barre Syndrome" in done.stdout
    gone = run("query", "gone", "--condition", "gout", **told)
    assert gone.returncode == 2
    assert gone.stderr.startswith("ivig: http://127.0.0.1:9/sparql cannot be asked: ")


def test_a_condition_that_the_server_cannot_know_is_said_before_it_is_called(
    graph: Graph, outside: tuple[str, list[str]]
) -> None:
    before = len(outside[1])
    with pytest.raises(
        BadInput, match='"GBS" has no exact or close match in OMIM to ask https://sparql.uniprot.org/sparql by'
    ):
        _answer(graph, "federated-uniprot-proteins", "GBS", outside[0])
    assert len(outside[1]) == before


@pytest.mark.parametrize(
    ("head", "body", "message"),
    [
        ("", "SERVICE <https://x.org/> { ?s ?p ?o }", "the server that it calls is the one that `# service:` names"),
        ("# service: https://y.org/\n", "SERVICE <https://x.org/> { ?s ?p ?o }", "the server that it calls"),
        ("# service: https://x.org/\n", "service silent ?x { ?s ?p ?o }", "the server that it calls"),
        ("# service: https://x.org/\n", "?s ?p ?o", "the server that it calls"),
        ("# outside mesh: MESH of condition.\n", "?s ?p ?o", "what is known elsewhere reads `# outside mesh: PREFIX of"),
        (
            "# param condition: Condition, required. One.\n# outside mesh: MESH of condition.\n",
            "VALUES ?p_condition { UNDEF }",
            "mesh needs one line VALUES ?o_mesh { UNDEF }",
        ),
    ],
)  # fmt: skip
def test_a_head_that_does_not_fit_is_refused(tmp_path: Path, head: str, body: str, message: str) -> None:
    (tmp_path / "q.rq").write_text(f"# title: Q\n{head}SELECT * {{ {body} }}\n")
    with pytest.raises(BadInput) as raised:
        SavedQueries(tmp_path)["q"]
    assert message in str(raised.value)
