"""Real engines: every saved query on Virtuoso and on Oxigraph's server, the same rows in the same order as embedded."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pyoxigraph import RdfFormat, parse, serialize

from conftest import Run, serving
from ivig.build.sources import read
from ivig.graph_files import graph_files
from ivig.namespaces import BASE, DATA_GRAPH, ONTOLOGY_GRAPH
from ivig.query import Graph
from ivig.query.remote import Endpoint
from ivig.query.remote.releases import RELEASES_GRAPH, Held, called, internal_queries, write_quads
from queries.differing import differing
from small import SOURCE, efficacy, folder_with
from web.test_clients import VIRTUOSO_INI, _free_port, _oxigraph, _running

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def oxigraph(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an Oxigraph server, with nothing in it."""
    folder = tmp_path_factory.mktemp("oxigraph")
    command, endpoint = _oxigraph(folder)
    with _running(command, folder, endpoint):
        yield endpoint


@pytest.fixture(scope="module")
def virtuoso(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a Virtuoso whose own loader read the release."""
    folder = tmp_path_factory.mktemp("virtuoso")
    program = shutil.which("virtuoso-t")
    assert program, "Virtuoso is missing: run tests/tools/install"
    sql, http = _free_port(), _free_port()
    ini = VIRTUOSO_INI.format(sql=sql, http=http).replace(
        "NumberOfBuffers = 2000", "NumberOfBuffers = 40000\nDirsAllowed = ."
    )
    (folder / "v.ini").write_text(f"{ini}[SPARQL]\nResultSetMaxRows = 1000000\n")
    with (folder / "release.nq").open("wb") as file:
        write_quads(graph.release, file)
    with _running([program, "-f", "-c", "v.ini"], folder, endpoint := f"http://127.0.0.1:{http}/sparql"):
        load = "ld_dir('.', 'release.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
        isql = shutil.which("isql-vt") or "isql"
        subprocess.run(
            [isql, f"127.0.0.1:{sql}", "dba", "dba", f"exec={load}"], capture_output=True, check=True, timeout=60
        )
        yield endpoint


def test_virtuoso_has_the_same_rows_in_the_same_order(graph: Graph, virtuoso: str) -> None:
    elsewhere = Graph(graph.files, graph.release, Endpoint(virtuoso, seconds=120))
    assert differing(graph, elsewhere) == []
    assert [
        bool(elsewhere.engine.ask(text)) for text in ("ASK { ?s a ivig:Condition }", "ASK { ?s a ivig:Nothing }")
    ] == [True, False]
    two = [f"{BASE}condition/{name}" for name in ("guillain-barre-syndrome", "kawasaki-disease")]
    text = graph.queries["evidence-for-condition"].bind_things("condition", two)
    assert elsewhere.sparql(text).rows == graph.sparql(text).rows


def test_pages_and_exports_are_the_same_on_virtuoso(graph: Graph, address: str, virtuoso: str) -> None:
    def found(server: str, path: str) -> set[str]:
        answer = httpx.get(server + path, timeout=60)
        assert answer.status_code == 200, answer.text
        if "turtle" in path:
            return set(map(str, parse(answer.content, format=RdfFormat.TURTLE)))
        return set(answer.text.replace(server, "").splitlines())

    with serving("--releases", graph.release.folder.parent, "--engine", virtuoso, "--engine-seconds", "120") as (
        _,
        elsewhere,
    ):
        for path in (
            "/condition/kawasaki-disease?format=html",
            "/queries/evidence-summary?format=csv",
            "/export?condition=stiff+person+syndrome&format=csv",
            "/export?condition=stiff+person+syndrome&format=turtle",
            "/statement/neurom-001?format=turtle",
            "/sparql?query=SELECT+%3Fg+%7BGRAPH+%3Fg+%7B%3Fs+a+ivig%3ACondition%7D%7D+GROUP+BY+%3Fg&format=csv",
        ):
            assert found(elsewhere, path) == found(address, path), path


@pytest.mark.parametrize("name", ["virtuoso", "oxigraph"])
def test_what_an_engine_holds_is_validated_as_files_are(
    name: str, request: pytest.FixtureRequest, graph: Graph, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (
        "<outcome/o> a ivig:Outcome ; skos:prefLabel 5 .\n"
        "<condition/c> skos:altLabel 'no language' ; a ivig:Nothing .\n"
        "<effect/e> a ivig:Effect ; ivig:mean 'many' ; ivig:participants 7 .\n"
    )
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit") + efficacy("t", "upwards") + broken)
    url: str = request.getfixturevalue(name)
    monkeypatch.setenv("IVIG_ENGINE_USER", "dba")
    monkeypatch.setenv("IVIG_ENGINE_PASSWORD", "dba")
    endpoint = Endpoint(url)
    store, digest = endpoint.dialect.graph_store_of(url), "f" * 64
    here = read(graph_files(folder))
    before = Held.of(endpoint, internal_queries(graph.release))
    for graph, triples in ((ONTOLOGY_GRAPH, here.ontology), (DATA_GRAPH, here.data)):
        endpoint.write("POST", store, called(graph, digest), serialize(triples, format=RdfFormat.N_TRIPLES))
    endpoint.write(
        "PUT", store, RELEASES_GRAPH, Held(digest, {**before.issued, digest: "2026-01-01T00:00:00Z"}).turtle()
    )
    try:
        there = run("validate", "--engine", url, "--graph", folder, "--report", "there.ttl")
        same = run("validate", "--graph", folder, "--report", "here.ttl")
        assert (there.returncode, there.stderr) == (1, same.stderr)
        assert there.stdout.splitlines() == [line.partition(": ")[2] for line in same.stdout.splitlines()]
        assert all(word in there.stdout for word in ("[Datatype", "[Class", "[Orphan]"))
        reports = [(tmp_path / one).read_text().splitlines() for one in ("there.ttl", "here.ttl")]
        assert len({tuple(sorted(line for line in one if "_:" not in line)) for one in reports}) == 1
        both = run("validate", "--engine", url, folder / "data" / "ivig.ttl")
        assert (both.returncode, both.stderr) == (2, "ivig: give files to check, or --engine\n")
    finally:
        endpoint.write("PUT", store, RELEASES_GRAPH, before.turtle() if before.current else b"")


def test_a_release_is_published_switched_and_taken_back(graph: Graph, run: Run, oxigraph: str, tmp_path: Path) -> None:
    def current() -> str:
        return Held.of(Endpoint(oxigraph), internal_queries(graph.release)).current

    # An earlier release, of the same graphs.
    earlier = tmp_path / "releases"
    shutil.copytree(graph.release.folder, earlier / "release-0", symlinks=True)
    (earlier / "current").symlink_to("release-0")
    manifest = earlier / "release-0" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(graph.release.digest, "0" * 64))
    assert run("publish", "--to", oxigraph, IVIG_RELEASES=str(earlier)).returncode == 0
    assert current() == "0" * 64
    # Nobody who has the new release alone reads from it.
    wrong = run("query", "mechanisms", "--engine", oxigraph)
    assert (wrong.returncode, "release 000000000000 is current" in wrong.stderr) == (2, True)
    done = run("publish", "--to", oxigraph)
    assert (done.returncode, done.stdout) == (0, f"release {graph.release.digest[:12]} is current at {oxigraph}\n")
    assert current() == graph.release.digest
    assert differing(graph, Graph(graph.files, graph.release, Endpoint(oxigraph, seconds=120))) == []
    rows = run("query", "mechanisms", "--engine", oxigraph, "-f", "csv").stdout
    assert rows == run("query", "mechanisms", "-f", "csv").stdout
    # A reload that fails half way leaves what is there; undo moves no data.
    back = run("publish", "--to", oxigraph, "--undo")
    assert (back.returncode, current()) == (0, "0" * 64)
    assert "no release that was published before" in run("publish", "--to", oxigraph, "--undo").stderr
    assert run("publish", "--to", oxigraph, "--keep", "1").returncode == 0
    assert Held.of(Endpoint(oxigraph), internal_queries(graph.release)).issued.keys() == {graph.release.digest}
