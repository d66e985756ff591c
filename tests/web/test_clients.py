"""Real clients: Comunica, Jena's rsparql, and Oxigraph and Virtuoso servers that federate into ours.

SPARQLWrapper, rdflib's store and a browser ask in `test_sparql_endpoint.py` and `test_browser.py`.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from conftest import ROOT
from ivig.namespaces import SKOS, TERMS
from jena import class_path

pytestmark = pytest.mark.peers

COMUNICA = ROOT / "tests" / "tools" / "node_modules" / ".bin" / "comunica-sparql"
LABELS = f"SELECT ?thing ?label {{ ?thing a <{TERMS}Mechanism> ; <{SKOS}prefLabel> ?label }}"
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def labels(server: httpx.Client) -> set[str]:
    """What every client has to find."""
    rows = server.get("/sparql", params={"query": LABELS}).json()["results"]["bindings"]
    assert len(rows) > 80
    return {row["label"]["value"] for row in rows}


@pytest.mark.parametrize("source", ["sparql@{}/sparql", "{}/sparql"], ids=["told", "found out"])
def test_comunica(address: str, labels: set[str], source: str) -> None:
    # What kind of source it is, Comunica finds out by the service description.
    assert COMUNICA.exists(), "Comunica is missing: run tests/tools/install"
    done = subprocess.run(
        [COMUNICA, source.format(address), "-q", LABELS, "-t", "application/sparql-results+json"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    rows = json.loads(done.stdout)["results"]["bindings"]
    assert {row["label"]["value"] for row in rows} == labels


def test_rsparql(address: str, labels: set[str], tmp_path: Path) -> None:
    done = subprocess.run(
        ["java", "-cp", class_path(tmp_path), "arq.rsparql", "--service", f"{address}/sparql", "--results", "json", LABELS],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    rows = json.loads(done.stdout)["results"]["bindings"]
    assert {row["label"]["value"] for row in rows} == labels


def _federated(endpoint: str, address: str) -> set[str]:
    query = f"SELECT * {{ SERVICE <{address}/sparql> {{ {LABELS} }} }}"
    answer = httpx.post(
        endpoint, data={"query": query}, headers={"accept": "application/sparql-results+json"}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    return {row["label"]["value"] for row in answer.json()["results"]["bindings"]}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def _running(command: list[str | Path], folder: Path, url: str) -> Iterator[None]:
    """Another server, from when it answers."""
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)
    try:
        end = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.monotonic() < end, log.read_text()
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _oxigraph(folder: Path) -> tuple[list[str | Path], str]:
    port = _free_port()
    program = Path(sys.executable).with_name("oxigraph")
    return [program, "serve", "--bind", f"127.0.0.1:{port}"], f"http://127.0.0.1:{port}/query"


VIRTUOSO_INI = """
[Database]
DatabaseFile = v.db
TransactionFile = v.trx
ErrorLogFile = v.log
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 2000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
"""


def test_an_oxigraph_server_federates_into_ours(address: str, labels: set[str], tmp_path: Path) -> None:
    command, endpoint = _oxigraph(tmp_path)
    with _running(command, tmp_path, endpoint):
        assert _federated(endpoint, address) == labels


def test_a_virtuoso_server_federates_into_ours(address: str, labels: set[str], tmp_path: Path) -> None:
    program = shutil.which("virtuoso-t")
    assert program, "Virtuoso is missing: run tests/tools/install"
    sql, http = _free_port(), _free_port()
    (tmp_path / "v.ini").write_text(VIRTUOSO_INI.format(sql=sql, http=http))
    endpoint = f"http://127.0.0.1:{http}/sparql"
    with _running([program, "-f", "-c", "v.ini"], tmp_path, endpoint):
        rights = (
            'GRANT SELECT ON DB.DBA.SPARQL_SINV_2 TO "SPARQL"',
            'GRANT EXECUTE ON DB.DBA.SPARQL_SINV_IMP TO "SPARQL"',
        )
        isql = shutil.which("isql-vt") or "isql"
        words = [isql, f"127.0.0.1:{sql}", "dba", "dba", f"exec={'; '.join(rights)};"]
        subprocess.run(words, capture_output=True, check=True, timeout=60)
        assert _federated(endpoint, address) == labels
