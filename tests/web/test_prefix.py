"""Below a path, as `https://example.org/ivig/`: every link, redirect, asset and form keeps to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import serving

PAGES = [
    "/",
    "/queries",
    "/queries/evidence-for-condition?condition=stiff+person+syndrome",
    "/condition/guillain-barre-syndrome",
    "/sparql",
    "/ontology",
    "/docs",
    "/find?name=stif",
    "/nothing",
]
ROOT = "/kg/ivig"


@pytest.fixture(scope="module", params=["public_url", "stripped", "forwarded"])
def below(request: pytest.FixtureRequest, releases: Path) -> Iterator[tuple[httpx.Client, str]]:
    """A client as the proxy is one, and the path that it asks below.

    The prefix is configured and left in the path, or cut off by the proxy, or told by the proxy in a header.
    """
    headers, words = {"accept": "text/html"}, ["--trusted-proxies", "127.0.0.1"]
    if request.param == "forwarded":
        headers["x-forwarded-prefix"] = ROOT
    else:
        words += ["--public-url", f"https://example.org{ROOT}/"]
    with (
        serving("--releases", releases, *words) as (_, address),
        httpx.Client(base_url=address, headers=headers, timeout=30) as client,
    ):
        yield client, ROOT if request.param == "public_url" else ""


@pytest.mark.parametrize("path", PAGES)
def test_every_address_in_a_page_has_the_prefix(below: tuple[httpx.Client, str], path: str) -> None:
    client, before = below
    page = client.get(before + path)
    assert page.status_code == (404 if path == "/nothing" else 200)
    found = re.findall(r'(?:href|src|action|data-openapi)="(/[^"]*)"', page.text)
    assert len(found) > 5
    assert [address for address in found if not address.startswith(f"{ROOT}/")] == []
    asset = next(address for address in found if "static" in address)
    assert client.get(before + asset.removeprefix(ROOT)).status_code == 200


def test_redirects_and_descriptions_have_it_too(below: tuple[httpx.Client, str]) -> None:
    client, before = below
    assert client.get(f"{before}/find?name=gout").headers.get("location", ROOT).startswith(ROOT)
    place = client.get(f"{before}/resolve/MONDO:0016218").headers["location"]
    assert place.startswith(f"{ROOT}/condition/")
    assert client.get(before + place.removeprefix(ROOT)).status_code == 200
    listing = client.get(f"{before}/queries?format=json").json()
    assert all(query["href"].startswith(f"{ROOT}/queries/") for query in listing)
    assert f"{ROOT}/sparql>" in client.get(f"{before}/.well-known/void", headers={"accept": "text/turtle"}).text
    assert client.get(f"{before}/openapi.json").json()["servers"] == [{"url": ROOT}]


def test_a_prefix_is_believed_of_trusted_proxies_alone(releases: Path) -> None:
    with serving("--releases", releases) as (_, address):
        page = httpx.get(f"{address}/queries", headers={"x-forwarded-prefix": "/evil", "accept": "text/html"})
        assert "/evil" not in page.text
    with serving("--releases", releases, "--trusted-proxies", "127.0.0.1") as (_, address):
        for value in ("//evil.example", "javascript:x", "/a/../b?c", '/"><script>'):
            page = httpx.get(f"{address}/queries", headers={"x-forwarded-prefix": value, "accept": "text/html"})
            assert 'href="/queries"' in page.text
