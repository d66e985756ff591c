"""The pages in a real browser: nothing is refused, nothing fails, and a person gets from a question to a source."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.peers

ARGUMENTS = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
FADED = """async () => {
  for (let fades; (fades = document.getAnimations()).length; ) await Promise.allSettled(fades.map((fade) => fade.finished))
}"""
AXE = Path(__file__).parents[1] / "tools" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/",
    "/conditions",
    "/condition/guillain-barre-syndrome",
    "/condition/sepsis",
    "/condition/guillain-barre-syndrome?question=nothing",
    "/disagreement",
    "/bodies",
    "/compare?condition=CIDP&condition=MMN",
    "/compare?treatment=corticosteroids&treatment=plasma+exchange",
    "/find?name=guilain",
    "/queries",
    "/queries/evidence-for-condition?condition=GBS",
    "/sparql",
    "/network?thing=condition/guillain-barre-syndrome",
    "/statement/neurom-006",
    "/mechanism/anti-idiotypic-neutralization-of-autoantibodies",
    "/citation/pmid-14738791",
    "/body/european-medicines-agency",
    "/outcome/clinical-recovery",
    "/study-type/case-series",
    "/adverse-event/thrombosis",
    "/source/katz2018",
    "/passage/katz2018/06",
    "/docs",
    "/docs/browser",
    "/ontology",
    "/condition/no-such-thing",
)
"""One of each kind."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: run tests/tools/install"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *ARGUMENTS.split()])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on which every complaint of the browser fails the test."""
    complaints: list[str] = []
    opened = browser.new_page(base_url=address)
    opened.set_default_timeout(15_000)
    opened.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("requestfailed", lambda request: complaints.append(f"failed: {request.url} {request.failure}"))
    opened.on(
        "request",
        lambda request: complaints.append(request.url) if not request.url.startswith((address, "data:")) else None,
    )
    yield opened
    where = opened.url
    opened.close()
    # A suggestion that is no longer wanted is not waited for, and an answer of 400 is what was asked for.
    expected = r"/suggest.*ERR_ABORTED|status of 400"
    if "/sparql" in where:
        # The table of the editor would set widths by a style attribute, and does without.
        expected += "|Applying inline style"
    assert [one for one in complaints if not re.search(expected, one)] == []


def test_search_with_a_typo_and_by_keyboard(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("guilain bare", delay=10)
    option = page.get_by_role("option").first
    option.wait_for()
    assert "Guillain-Barré syndrome" in option.inner_text() and "condition" in option.inner_text()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/condition/guillain-barre-syndrome")


def test_from_a_condition_to_the_trial_and_its_paper(page: Page) -> None:
    page.goto("/condition/guillain-barre-syndrome")
    assert page.locator("#answer .word").first.is_visible()
    more = page.get_by_role("link", name=re.compile("Show all")).first
    shown = page.locator("#evidence-nothing tbody tr").count()
    more.click()
    page.locator("#evidence-nothing tbody tr").nth(shown).wait_for()
    cited = page.locator("a.ref[href*='doi.org'], a.ref[href*='pubmed']")
    row = page.locator("#evidence-treatment tbody tr", has_text="randomized controlled trial").filter(has=cited).first
    row.locator("a.finding").click()
    page.wait_for_url("**/statement/*")
    assert page.locator(".pico").is_visible()
    paper = cited.first.get_attribute("href") or ""
    assert re.match(r"https://(pubmed\.ncbi\.nlm\.nih\.gov|doi\.org|pmc\.ncbi)", paper)


def test_a_forest_plot_becomes_a_file(page: Page) -> None:
    page.goto("/condition/sepsis")
    figure = page.locator("#plot-1")
    assert figure.locator("svg a").count() >= 2
    for ending, begin in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        href = figure.get_by_role("link", name=ending).get_attribute("href") or ""
        answer = page.request.get(href)
        assert answer.ok and answer.body().startswith(begin)
        assert f"ivig-forest.{ending.lower()}" in answer.headers["content-disposition"]


def test_compare_two_conditions(page: Page) -> None:
    page.goto("/compare")
    page.get_by_label("Condition", exact=True).nth(0).fill("CIDP")
    page.get_by_label("Condition", exact=True).nth(1).fill("multifocal motor neuropathy")
    page.get_by_role("button", name="Compare").first.click()
    page.wait_for_url("**condition=CIDP*")
    heads = page.locator("table.compare thead th").all_inner_texts()
    assert heads == ["chronic inflammatory demyelinating polyneuropathy", "multifocal motor neuropathy"]


def test_compare_two_treatments(page: Page) -> None:
    page.goto("/compare#treatments")
    for place, name in enumerate(("corticosteroids", "plasma exchange")):
        field = page.get_by_label("Treatment").nth(place)
        field.select_option(value=field.locator("option", has_text=name).first.get_attribute("value"))
    page.get_by_role("button", name="Compare").nth(1).click()
    page.wait_for_url("**treatment=question*")
    heads = page.locator("table.compare thead th").all_inner_texts()
    assert heads == ["immunoglobulin against corticosteroids", "immunoglobulin against plasma exchange"]
    shared = page.locator("table.compare tbody tr").nth(1)
    assert shared.locator("td .word").count() >= 2 and shared.locator("a.finding").count() >= 2


def test_where_bodies_disagree(page: Page) -> None:
    page.goto("/disagreement")
    page.locator(".chips a").first.click()
    row = page.locator("main section tbody tr").first
    assert {"for", "against"} <= {
        re.sub(r"conditional |not routinely", "", word) or "against" for word in row.locator(".word").all_inner_texts()
    }
    row.locator("td").first.get_by_role("link").click()
    page.wait_for_url("**/statement/*")


def test_a_saved_query_is_filtered_sorted_shared_and_downloaded(page: Page) -> None:
    page.goto("/queries/evidence-for-condition")
    page.get_by_label("condition", exact=True).fill("MONDO:0016218")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**condition=MONDO*")
    everything = page.locator("tbody tr").count()
    page.get_by_label("direction", exact=True).select_option("no benefit")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**direction=no*benefit*")
    assert 0 < page.locator("tbody tr").count() < everything
    page.get_by_role("link", name="participants").click()
    page.get_by_role("link", name="participants").click()
    page.wait_for_url("**sort=-participants*")
    counts = [int(text.replace(",", "")) for text in page.locator("td.is-participants").all_inner_texts() if text]
    assert counts == sorted(counts, reverse=True)
    shared = page.url
    href = page.get_by_role("link", name="CSV").get_attribute("href") or ""
    lines = page.request.get(href).text().splitlines()
    assert len(lines) == page.locator("tbody tr").count() + 1
    page.goto(shared)
    assert page.get_by_label("direction", exact=True).input_value() == "no benefit"


def test_an_error_in_sparql_is_shown_at_its_place_and_mended(page: Page) -> None:
    page.goto("/sparql")
    page.wait_for_selector("#editor .CodeMirror")
    replace = "text => document.querySelector('#editor .CodeMirror').CodeMirror.setValue(text)"
    page.evaluate(replace, "SELECT ?c WHERE {\n  ?c a nowhere:Condition\n} LIMIT 3")
    run = page.locator("#editor .yasqe_queryButton")
    with page.expect_response(lambda response: "/sparql?" in response.url and response.status == 400):
        run.click()
    alert = page.locator("#editor [role=alert]")
    alert.wait_for()
    assert "Line 2" in alert.inner_text() and "nowhere" in alert.inner_text()
    page.evaluate(replace, "SELECT ?c WHERE {\n  ?c a ivig:Condition\n} LIMIT 3")
    run.click()
    page.wait_for_selector("#editor .yasr table tbody tr")
    assert page.locator("#editor .yasr table tbody tr").count() == 3
    assert alert.is_hidden()
    # Things have their names, and lead to their pages here.
    named = page.locator("#editor .yasr td a", has_text=re.compile(r"^[^/]+$")).first
    named.wait_for()
    assert re.search(r"^http://127[^/]+/condition/[\w-]+$", named.get_attribute("href") or "")
    page.evaluate(
        replace, "SELECT ?c (COUNT(?s) AS ?n) WHERE { ?s ivig:condition ?c } GROUP BY ?c ORDER BY DESC(?n) LIMIT 4"
    )
    run.click()
    page.locator("#editor .yasr .select_chart:not(.disabled)").click()
    assert page.locator("#editor figure svg rect").count() == 4


def test_the_network_and_the_same_as_a_table(page: Page) -> None:
    page.goto("/network?thing=condition/guillain-barre-syndrome&kind=mechanism")
    page.wait_for_selector(".network canvas")
    href = page.get_by_role("link", name="For Cytoscape").get_attribute("href") or ""
    elements = page.request.get(href).json()["elements"]
    assert 2 < len(elements["nodes"]) <= 61
    assert len(elements["edges"]) == page.locator("main tbody tr").count()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert download.value.suggested_filename == "network.png"
    drawn = page.request.get(page.get_by_role("link", name="Picture (SVG)").get_attribute("href") or "").text()
    assert drawn.startswith("<svg") and drawn.count("<a ") == len(elements["nodes"]) - 1
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    page.locator("main tbody tr").first.wait_for()
    assert page.locator(".network").is_hidden() and page.locator("figure.still").is_hidden()


def test_a_condition_prints_on_a_few_pages(page: Page) -> None:
    page.goto("/condition/guillain-barre-syndrome")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", page.pdf())) <= 12


def test_everything_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("churg-strauss syndrome")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/condition/eosinophilic-granulomatosis-with-polyangiitis")
    page.goto("/condition/guillain-barre-syndrome")
    page.get_by_role("link", name=re.compile("Show all")).first.click()
    page.wait_for_url("**question=*")
    assert page.locator("table.evidence tbody tr").count() > 8
    page.goto("/queries")
    page.locator("#recommendations-condition").fill("CIDP")
    page.locator("#recommendations-condition").press("Enter")
    page.wait_for_url("**/queries/recommendations?condition=CIDP")
    assert page.locator("figure svg a").count() > 1
    page.goto("/network?thing=condition/sepsis")
    assert page.locator("figure.still svg a").count() > 2
    page.goto("/sparql")
    page.get_by_label("Query").fill("SELECT ?c { ?c a ivig:Condition ")
    page.get_by_role("button", name="Ask").click()
    assert "^" in page.locator("#wrong pre").inner_text()
    page.get_by_label("Query").fill("SELECT ?c { ?c a ivig:Condition } LIMIT 3")
    page.get_by_role("button", name="Ask").click()
    assert page.locator("main tbody tr").count() == 3
    context.close()


def test_a_wrong_name_is_answered_on_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page(base_url=address)
    page.goto("/queries/evidence-for-condition?condition=guilain")
    assert "Guillain-Barré syndrome" in page.get_by_role("alert").inner_text()
    page.close()


def test_the_api_browser_shows_every_question(page: Page) -> None:
    page.goto("/docs/browser")
    page.wait_for_selector(".opblock-tag")
    for tag in page.locator(".opblock-tag").all():
        tag.click()
    text = page.locator("#api").inner_text().replace("\u200b", "")
    for path in ("/queries/evidence-for-condition", "/queries/evidence-for-condition.rq", "/sparql", "/health"):
        assert path in text


def test_axe_finds_nothing_on_any_kind_of_page_and_all_fit_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(base_url=address)
    source, found = AXE.read_text(encoding="utf-8"), []
    for path in PAGES:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(path)
        for slow, there in (
            ("/sparql", "#editor .CodeMirror"),
            ("/docs/browser", ".opblock-tag"),
            ("/network", "canvas"),
        ):
            if path.startswith(slow):
                page.wait_for_selector(there)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.evaluate(source)
        # The API browser is Swagger UI's: its headings are its own.
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] + ["best-practice"] * (path != "/docs/browser")
        light = page.evaluate(f"axe.run({{resultTypes: ['violations'], runOnly: {json.dumps(rules)}}})")
        page.emulate_media(color_scheme="dark")
        if path == "/docs/browser":
            page.wait_for_selector("html.dark-mode")
        # Swagger UI fades from one colour to the other.
        page.evaluate(FADED)
        # In the dark nothing but the colours is another.
        dark = page.evaluate(
            "axe.run({resultTypes: ['violations'], runOnly: {type: 'rule', values: ['color-contrast']}})"
        )
        for scheme, result in (("light", light), ("dark", dark)):
            found += [(path, scheme, each["id"], each["nodes"][0]["target"]) for each in result["violations"]]
        page.set_viewport_size({"width": 390, "height": 800})
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
            found.append((path, "phone", "wide", width))
    page.close()
    assert found == []


class _Elsewhere(BaseHTTPRequestHandler):
    """A page of another origin."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>elsewhere</title>")

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_script_of_another_page_can_read(browser: Browser, address: str) -> None:
    elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    thread = threading.Thread(target=elsewhere.serve_forever)
    thread.start()
    try:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere.server_port}/")
        count = page.evaluate(
            "async where => (await (await fetch(where)).json()).results.bindings.length",
            f"{address}/queries/conditions?format=json",
        )
        assert count > 50
        answer = page.evaluate(
            """async where => {
                 const body = new URLSearchParams({query: "ASK {}"});
                 const posted = await fetch(where, {method: "POST", body, headers: {"x-own": "1"}});
                 const got = await fetch(`${where}?${body}`);
                 return [got.headers.get("etag") !== null, (await posted.json()).boolean];
               }""",
            f"{address}/sparql",
        )
        assert answer == [True, True]
        page.close()
    finally:
        elsewhere.shutdown()
        thread.join()
        elsewhere.server_close()
