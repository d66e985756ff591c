"""The pages: what is on them, how large they get, and that what a label holds stays text."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import serving
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.namespaces import BASE
from ivig.query import Graph
from ivig.query.wording import reference
from ivig.web import templating
from ivig.web.templating import Pages
from small import SOURCE, efficacy, files_with

BROWSER = {"accept": "text/html"}
LARGEST = "/condition/autoimmune-disease"
HOSTILE = """
<condition/hostile> a ivig:Condition ; skos:prefLabel "<img src=x onerror=alert(1)> \\"quoted\\" & more"@en ;
    ivig:group <condition-group/dermatology> .
<condition/right-to-left> a ivig:Condition ; skos:prefLabel "\\u0645\\u0631\\u0636 \\u202eevil"@en ;
    ivig:group <condition-group/dermatology> .
<condition/long> a ivig:Condition ; skos:prefLabel "LONG"@en ; ivig:group <condition-group/dermatology> .
""".replace("LONG", "endless" * 700)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server of a small graph whose names mean harm; its gout has one statement, the others none."""
    folder = tmp_path_factory.mktemp("hostile")
    files = files_with(folder, SOURCE + HOSTILE + efficacy("one", "no-benefit", outcome="pain"))
    build(files, Releases(folder / "releases"))
    data = files.folder / "data" / "ivig.ttl"
    data.write_text(data.read_text(encoding="utf-8").replace("direction/no-benefit", "direction/benefit"))
    build(files, Releases(folder / "releases"))
    words = ("--graph", folder / "graph", "--releases", folder / "releases")
    with serving(*words) as (_, address), httpx.Client(base_url=address, headers=BROWSER, timeout=30) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    ["/", "/conditions", "/disagreement", "/bodies", "/queries/conditions", "/find?name=quoted", "/condition/hostile",
     "/condition/right-to-left", "/condition/long", "/condition/gout", "/compare?condition=gout&condition=evil",
     "/network?thing=condition/hostile", "/statement/one", "/outcome/pain", "/passage/example/01", "/source/example"],
)  # fmt: skip
def test_what_a_label_holds_is_text_and_nothing_looks_broken(hostile: httpx.Client, path: str) -> None:
    page = hostile.get(path)
    assert page.status_code == 200, page.text[:300]
    assert "<img src=x" not in page.text and "None" not in re.sub(r"<[^>]+>", "", page.text)
    assert not re.findall(r'(?:href|src)="(?!https?://|/|#|\?)[^"]+"', page.text)


def test_the_first_page_says_what_is_new_against_the_release_before(hostile: httpx.Client) -> None:
    page = hostile.get("/").text
    new = page[page.index("New in this release") :]
    assert "as many statements, these verdicts changed" in new
    assert re.search(r'condition/gout">gout</a> <span[^>]*>verdict \(treat\): no benefit shown → benefit', new), new[
        :900
    ]


def test_a_long_name_is_cut_where_it_heads_a_page_and_is_there_in_full(hostile: httpx.Client) -> None:
    page = hostile.get("/condition/long").text
    heading = page[page.index("<h1>") : page.index("</h1>")]
    assert len(heading) < 300 and "endless" * 700 in page[page.index("The whole name") :]


def test_a_small_graph_has_its_pictures_and_suggestions(hostile: httpx.Client) -> None:
    assert hostile.get("/pictures/evidence-map.svg").status_code == 200
    assert hostile.get("/pictures/forest.svg?condition=gout").status_code == 404
    assert [one["label"] for one in hostile.get("/suggest?q=gout").json()][:1] == ["gout"]


def test_the_largest_page_stays_small(server: httpx.Client) -> None:
    page = server.get(LARGEST, headers=BROWSER)
    assert len(gzip.compress(page.content)) < 100_000
    assert len(re.findall(r"<[a-z]", page.text)) < 3000


def test_the_page_of_a_condition_gives_the_answer_first(server: httpx.Client, graph: Graph) -> None:
    page = server.get("/condition/guillain-barre-syndrome", headers=BROWSER).text
    row = next(row for row in graph.query("evidence-summary") if row["condition_label"] == "Guillain-Barré syndrome")
    assert page.index(html.escape(str(row["reason"]), quote=False)) < page.index('id="evidence"')
    for section in ("answer", "bodies", "evidence", "nothing", "treatment", "harms", "doses", "mechanisms", "related"):
        assert f'id="{section}"' in page, section
    assert re.search(r"\d+ statements: \d+ read in the abstract", page[: page.index('id="evidence"')])
    assert "✓ counts" in page and "https://doi.org/10.1016/S0140-6736%2896%2909095-2" in page
    assert re.search(r"g/kg a day for 5 days", page)
    assert '<link rel="canonical"' in page and 'property="og:image"' in page
    whole = server.get("/condition/guillain-barre-syndrome?question=nothing", headers=BROWSER).text
    assert whole.count("<tr") > page[page.index('id="nothing"') : page.index('id="treatment"')].count("<tr")


def test_suggestions_name_conditions_first_with_their_verdict(server: httpx.Client) -> None:
    first = server.get("/suggest?q=kawasaki").json()[0]
    assert (first["label"], first["kind"], first["verdict"]) == ("Kawasaki disease", "condition", "benefit")
    assert server.get("/suggest?q=").json() == [] == server.get("/suggest?q=asdfqwer").json()
    assert {one["kind"] for one in server.get("/suggest?q=neuropathy&of=Condition").json()} == {"condition"}


def test_search_is_a_page_and_json(server: httpx.Client) -> None:
    hits = server.get("/search?text=exacerbation&kind=statement&limit=5&format=json").json()
    assert 0 < len(hits) <= 5 and {hit["kind"] for hit in hits} == {"statement"}
    assert "<mark>" in server.get("/search?text=exacerbation", headers=BROWSER).text
    wrong = server.get("/search?text=x&kind=nothing")
    assert (wrong.status_code, wrong.json()["title"]) == (400, "Unknown name")
    assert server.get("/search").status_code == 400 and "text" in server.get("/search").json()["detail"]


def test_a_statement_that_was_found_says_who_says_so(server: httpx.Client, graph: Graph) -> None:
    row = next(row for row in graph.query("evidence-for-condition", condition="dermatomyositis") if row["citation"])
    (cited,) = [reference(row) for row in graph.about("publications", str(row["citation"]))]
    page = server.get("/search", params={"text": f'"{row["finding"]}"'}, headers=BROWSER).text
    item = next(part for part in page.split("<li>") if str(row["statement"]).removeprefix(BASE) in part)
    assert cited.name in html.unescape(item)


@pytest.mark.parametrize("statement", ["droracle44269-01-1", "cns-049"])
def test_a_statement_without_publication_says_where_it_stands(
    server: httpx.Client, graph: Graph, statement: str
) -> None:
    (row,) = graph.about("statements-in-short", f"{BASE}statement/{statement}")
    assert row["citation"] is None
    page = server.get("/search", params={"text": f'"{row["finding"]}"'}, headers=BROWSER).text
    item = next(part for part in page.split("<li>") if f"statement/{statement}" in part)
    where = str(row["source_label"] or row["page"]).removeprefix("https://").partition("/")[0]
    assert where in html.unescape(item)


def test_publications_are_told_whatever_is_kept(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "_REFERENCES", 3)
    pages = Pages(graph)
    cited = sorted(str(row["citation"]) for row in graph.query("citations"))[:9]
    for some in (cited[:5], cited[3:], cited):
        assert pages.references(some).keys() == set(some)
    assert pages.references([None, BASE + "condition/nothing"]) == {}


def test_conditions_are_filtered_and_sorted_by_the_address(server: httpx.Client) -> None:
    page = server.get("/conditions?verdict=bad&strength=strong&sort=participants", headers=BROWSER).text
    words = set(re.findall(r'<span class="word (\w+)"', page))
    assert words == {"bad"}
    counts = [int(text.replace(",", "")) for text in re.findall(r'"Largest study" class="number">([\d,]+)<', page)]
    assert len(counts) > 2 and counts == sorted(counts, reverse=True)
    picture = server.get("/conditions?verdict=bad&strength=strong&view=map", headers=BROWSER).text
    assert picture.count("<circle") > 2 * len(counts) and "<tbody" not in picture
    assert "No condition fits" in server.get("/conditions?name=asdf", headers=BROWSER).text


def test_treatments_are_found_by_what_they_are_called(server: httpx.Client) -> None:
    for name in ("plasmapheresis", "plasma exchange", "question/against-plasma-exchange"):
        page = server.get("/compare", params={"treatment": name}, headers=BROWSER).text
        assert "immunoglobulin against plasma exchange</a></th>" in page, name
    assert "nearest: " in server.get("/compare?treatment=cortison", headers=BROWSER).text


def test_a_publication_tells_how_it_was_read(server: httpx.Client, graph: Graph) -> None:
    citation = next(row["citation"] for row in graph.query("citations") if row["statements"])
    readings = graph.about("reading-of-thing", str(citation)).rows
    page = server.get(str(citation).removeprefix("https://w3id.org/ivig"), headers=BROWSER).text
    assert "How it was read" in page and f"<strong>{readings[0]['depth'] or 'depth not recorded'}</strong>" in page


def test_a_journal_has_its_publications_and_they_lead_to_it(server: httpx.Client, graph: Graph) -> None:
    rows = graph.about("mentions-of-thing", "https://w3id.org/ivig/journal/blood").rows
    assert len(rows) > 20
    citation = str(rows[0]["subject"]).removeprefix("https://w3id.org/ivig")
    page = server.get("/journal/blood", headers=BROWSER).text
    assert f'href="{citation}"' in page and "nlmcatalog/7603509" in page
    assert 'href="/journal/blood">Blood</a></em>' in server.get(citation, headers=BROWSER).text


def test_an_answer_is_pictured_by_its_words_which_filter_it(server: httpx.Client) -> None:
    page = server.get("/queries/evidence-for-condition?condition=GBS&sort=year", headers=BROWSER).text
    picture = page[page.index("<figure>") : page.index("</figure>")]
    (href,) = re.findall(r'href="([^"]+direction=no\+benefit)"', picture)
    filtered = server.get(html.unescape(href), headers=BROWSER).text
    assert "sort=year" in href and set(re.findall(r'data-sign="(.)"', filtered)) == {"−"}
    assert "<figure>" not in filtered


def test_a_saved_query_comes_in_pages(server: httpx.Client) -> None:
    first = server.get("/queries/external-links", headers=BROWSER).text
    assert first.count("<tr>") == 101
    (next_page,) = re.findall(r'rel="next" href="([^"]+)"', first)
    assert "101 to 200" in server.get(html.unescape(next_page), headers=BROWSER).text
    nothing = server.get("/queries/evidence-for-condition?condition=GBS&direction=harm&level=1", headers=BROWSER)
    assert "with these filters" in nothing.text


def test_assets_are_kept_for_a_year_and_change_their_address(server: httpx.Client) -> None:
    page = server.get("/", headers=BROWSER).text
    found = re.findall(r'"(/static/[^"]+\?v=\w+)"', page)
    assert len(found) >= 3
    for path in found:
        assert "immutable" in server.get(path).headers["cache-control"], path
    assert "immutable" not in server.get("/static/style.css").headers.get("cache-control", "")
    (script_path,) = (path for path in found if "site.js" in path)
    script = server.get(script_path, headers={"accept-encoding": "gzip", "range": "bytes=0-9"})
    assert (script.status_code, script.headers["content-encoding"]) == (200, "gzip")


def test_crawlers_are_told_what_is_there(server: httpx.Client) -> None:
    assert "Sitemap: http" in server.get("/robots.txt").text
    places = re.findall(r"<loc>([^<]+)</loc>", server.get("/sitemap.xml").text)
    assert len(places) > 1000 and any(place.endswith("/condition/kawasaki-disease") for place in places)


def test_what_is_not_there_is_in_the_search_box(server: httpx.Client) -> None:
    page = server.get("/condition/guillain-bare-syndrom", headers=BROWSER)
    assert page.status_code == 404 and 'value="guillain bare syndrom"' in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/compare?condition=asdfqwer", 400),
        ("/compare?treatment=asdfqwer", 400),
        ("/network?thing=condition/nowhere", 404),
        ("/network.svg?thing=condition/nowhere", 404),
        ("/pictures/forest.svg?condition=asdfqwer", 400),
        ("/pictures/forest.gif?condition=sepsis", 404),
        ("/pictures/forest.svg?condition=sepsis&number=x", 400),
        ("/conditions?page=-1", 200),
        ("/queries/evidence-for-condition?condition=GBS&sort=nothing", 400),
    ],
)
def test_wrong_addresses_get_a_clear_answer(server: httpx.Client, path: str, status: int) -> None:
    page = server.get(path, headers=BROWSER)
    assert page.status_code == status, page.text[:500]
    assert "Traceback" not in page.text


def test_without_the_built_scripts_pages_name_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ivig.web import assets

    monkeypatch.setattr(assets, "STATIC", tmp_path)
    assets.digest_of.cache_clear()
    assert assets.asset_path("ui/site.js") == ""
    assets.digest_of.cache_clear()
