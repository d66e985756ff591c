"""SERVICE: off, or for the hosts on the list alone, and never into a private network by the back door."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from conftest import serving
from ivig.errors import Refused
from ivig.query import Graph
from ivig.query.query_text import QueryText
from ivig.query.service_calls import Allowed, with_services
from ivig.web.services import check_public

ONE_ROW = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "far"}}]}})


class _Far(BaseHTTPRequestHandler):
    """An endpoint somewhere else. What it was asked is noted."""

    asked: list[tuple[str, str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.asked.append((self.path, body, self.headers["host"]))
        if self.path == "/away":
            self.send_response(302)
            self.send_header("location", f"http://{self.headers['host']}/sparql")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        content = ONE_ROW.encode() if self.path != "/large" else b" " * 3_000_000 + ONE_ROW.encode()
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("content-type", "application/sparql-results+json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def far_away() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """A server on loopback: its host and port, and what it was asked."""
    asked: list[tuple[str, str, str]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Far", (_Far,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _asks(address: str, server: str) -> httpx.Response:
    query = f"SELECT ?x {{ SERVICE <{server}> {{ ?s ?p ?x }} }}"
    return httpx.post(f"{address}/sparql", data={"query": query}, timeout=20)


def test_an_allowed_host_is_asked_and_no_other(releases: Path) -> None:
    with (
        far_away() as (host, asked),
        far_away() as (other, asked_of_other),
        serving(
            "--releases", releases, "--service-hosts", f"a.example, {host}", "--service-private", "--answer-size", "1"
        ) as (_, address),
    ):
        answer = _asks(address, f"http://{host}/sparql")
        assert answer.status_code == 200, answer.text
        assert answer.json()["results"]["bindings"] == [{"x": {"type": "literal", "value": "far"}}]
        (path, body, told) = asked[0]
        assert (path, told) == ("/sparql", host)
        assert "SELECT" in body

        refused = _asks(address, f"http://{other}/sparql")
        assert (refused.status_code, refused.json()["detail"]) == (
            403,
            f"SERVICE may call a.example, {host}, not http://{other}/sparql",
        )
        for server in (
            "http://localhost/sparql",
            f"http://{host}@{other}/",
            f"http://{other}#{host}",
            f"ftp://{host}/",
            "",
        ):
            assert _asks(address, server).status_code == 403, server
        assert asked_of_other == []

        for path, reason in (("away", "status 302"), ("broken", "status 500"), ("large", "more than 1000000 bytes")):
            failed = _asks(address, f"http://{host}/{path}")
            assert (failed.status_code, reason in failed.json()["detail"]) == (400, True), failed.text
            # Where the relay is, no visitor learns.
            assert failed.json()["detail"].startswith(f"the query failed: http://{host}/{path}")
            assert "relay" not in failed.text
        assert [path for path, _, _ in asked] == ["/sparql", "/away", "/broken", "/large"]
        silent = f"SELECT * {{ SERVICE SILENT <http://{host}/broken> {{ ?s ?p ?x }} }}"
        assert httpx.post(f"{address}/sparql", data={"query": silent}).status_code == 200


def test_a_query_may_grow_on_its_way(releases: Path) -> None:
    bounds = ["--service-private", "--body-size", "1024"]
    with far_away() as (host, asked), serving("--releases", releases, "--service-hosts", host, *bounds) as (_, address):
        names = " ".join(f"p:{number}" for number in range(100))
        asks = f"SELECT ?x {{ SERVICE <http://{host}/sparql> {{ ?s ?p ?x VALUES ?s {{ {names} }} }} }}"
        query = f"PREFIX p: <http://a.example/{'long/' * 20}> {asks}"
        answer = httpx.post(f"{address}/sparql", data={"query": query}, timeout=20)
        assert answer.status_code == 200, answer.text
        assert len(asked[0][1]) > 10_000


def test_what_another_server_says_is_not_kept(releases: Path) -> None:
    with (
        far_away() as (host, asked),
        serving("--releases", releases, "--service-hosts", host, "--service-private") as (_, address),
    ):
        answers = [_asks(address, f"http://{host}/sparql") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
        assert len(asked) == 3
        own = [httpx.get(f"{address}/sparql", params={"query": "ASK { ?s ?p ?o }"}) for _ in range(2)]
        assert own[0].headers["cache-control"].startswith("public")


def test_a_saved_query_that_calls_another_server_is_refused_until_it_is_allowed(
    address: str, releases: Path, graph: Graph
) -> None:
    name = "federated-mesh-neighbours"
    path = f"/queries/{name}?condition=gout&format=json".replace("gout", "guillain-barre+syndrome")
    refused = httpx.get(address + path)
    assert (refused.status_code, refused.json()["title"]) == (403, "Refused")
    page = httpx.get((address + path).replace("json", "html"))
    assert (page.status_code, "may not call other servers" in page.text) == (403, True)
    # Allowed, it is asked for; that there is nobody here is told, not hidden.
    host = urlsplit(graph.queries[name].service).netloc
    with serving("--releases", releases, "--service-hosts", host, "--query-seconds", "5") as (_, allowing):
        answer = httpx.get(allowing + path, timeout=20)
        assert answer.status_code in (400, 503), answer.text
        assert host in answer.json()["detail"] or "stopped" in answer.json()["detail"]


def test_a_name_that_leads_to_loopback_is_refused_though_it_is_on_the_list(releases: Path) -> None:
    with far_away() as (host, asked):
        port = host.rpartition(":")[2]
        names = f"localhost:{port},127.0.0.1:{port},[::1]:{port},0.0.0.0:{port},[::ffff:127.0.0.1]:{port}"
        with serving("--releases", releases, "--service-hosts", names) as (_, address):
            for name in names.split(","):
                answer = _asks(address, f"http://{name}/sparql")
                assert answer.status_code == 400
                assert "not on the public Internet" in answer.json()["detail"], answer.text
        assert asked == []


def test_without_a_list_nothing_is_called(address: str) -> None:
    with far_away() as (host, asked):
        for query in (
            f"SELECT * {{ SERVICE <http://{host}/> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <http://{host}/> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ BIND(1 AS ?x).SERVICE<http://{host}/>{{ ?s ?p ?o }} }}",
            f"PREFIX h: <http://{host}/> SELECT * {{ SERVICE h:x {{ ?s ?p ?o }} }}",
            f"SELECT * {{ BIND(<http://{host}/> AS ?h) SERVICE ?h {{ ?s ?p ?o }} }}",
            f"LOAD <http://{host}/>",
        ):
            assert httpx.post(f"{address}/sparql", data={"query": query}).status_code == 403, query
        for query in (
            f"SELECT * FROM <http://{host}/> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <http://{host}/> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        ):
            answer = httpx.post(f"{address}/sparql", data={"query": query})
            assert answer.json()["results"]["bindings"] == []
        assert asked == []


def test_the_relay_is_for_workers_alone(releases: Path) -> None:
    with (
        far_away() as (host, asked),
        serving("--releases", releases, "--service-hosts", host, "--service-private") as (_, address),
    ):
        for token in ("", "x", "a" * 32):
            assert httpx.post(f"{address}/-/relay/{token}?to=http://{host}/").status_code in (404, 405)
        assert asked == []


NOT_PUBLIC = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
    "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "ff0e::1", "100::1",
    "2001:db8::1", "3fff::1", "4000::1", "5f00::1",
]  # fmt: skip
WRAPPED = {
    "mapped": "::ffff:{0}", "mapped in hexadecimal": "::ffff:{1:x}:{2:x}", "translated": "::ffff:0:{0}",
    "compatible": "::{0}", "NAT64": "64:ff9b::{0}", "6to4": "2002:{1:x}:{2:x}::1",
}  # fmt: skip


def _wrapped(form: str, address: str) -> str:
    number = int(IPv4Address(address))
    return WRAPPED[form].format(address, number >> 16, number & 0xFFFF)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_private_addresses(address: str) -> None:
    with pytest.raises(Refused, match="not on the public Internet"):
        check_public("a.example", ["198.41.0.4", address])


@pytest.mark.parametrize("form", WRAPPED)
def test_an_address_wrapped_into_another_is_what_it_was(form: str) -> None:
    for address in NOT_PUBLIC:
        if ":" not in address:
            with pytest.raises(Refused, match="not on the public Internet"):
                check_public("a.example", [_wrapped(form, address)])
    check_public("a.example", [_wrapped(form, "198.41.0.4"), _wrapped(form, "8.8.8.8")])


@pytest.mark.parametrize("address", ["64:ff9b:1::8.8.8.8", "64:ff9b:1:0:a:b:c:d", "2001:0:808:808:8000:63bf:f7f7:f7f7"])
def test_what_leads_nobody_knows_where_is_not_public(address: str) -> None:
    with pytest.raises(Refused, match="not on the public Internet"):
        check_public("a.example", [address])


def test_public_addresses() -> None:
    check_public("a.example", ["8.8.8.8", "91.198.174.192", "2a02:ec80:300:ed1a::1", "2606:4700::1111"])


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICE <https://a.example/> { } . SERVICE<http://evil.example/> {} }",
        "ASK { SERVICE ?x {} }",
        "ASK { SERVICE # a comment\n <http://evil.example/> {} }",
        "ASK { service<http://evil.example/>{} }",
        "PREFIX a: <http://evil.example/> ASK { SERVICE SILENT a:b {} }",
    ],
)
def test_no_way_of_writing_it_gets_around_the_list(query: str) -> None:
    with pytest.raises(Refused):
        with_services(QueryText(query), Allowed(("a.example",), "http://relay/"))
