"""The pages in a real browser: nothing is refused, nothing fails, and a person gets from a question to a source."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.peers

ARGUMENTS = "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


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
    opened.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    opened.on(
        "request",
        lambda request: complaints.append(request.url) if not request.url.startswith((address, "data:")) else None,
    )
    yield opened
    opened.close()
    assert complaints == []


def test_from_a_name_to_the_passage(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("churg-strauss syndrome")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/condition/eosinophilic-granulomatosis-with-polyangiitis")
    assert page.get_by_role("heading", level=1).inner_text() == "eosinophilic granulomatosis with polyangiitis"
    evidence = page.locator("section", has=page.get_by_role("heading", name="Evidence"))
    assert "sustained remission" in evidence.inner_text()
    evidence.get_by_role("link", name="12", exact=True).click()
    page.wait_for_url("**/passage/katz2018/12")
    assert "katz2018" in page.locator("dl.facts").inner_text()


def test_a_question_is_asked_with_a_form(page: Page) -> None:
    page.goto("/queries/evidence-for-condition")
    assert page.locator("datalist option").count() > 40
    page.get_by_label("condition").fill("MONDO:0016218")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**condition=MONDO*")
    assert page.locator("tbody tr").count() > 20


def test_a_wrong_name_is_answered_on_the_page(browser: Browser, address: str) -> None:
    page = browser.new_page(base_url=address)
    page.goto("/queries/evidence-for-condition?condition=gillain")
    assert "nearest: Guillain-Barré syndrome" in page.get_by_role("alert").inner_text()
    page.close()


def test_the_api_browser_shows_every_question(page: Page) -> None:
    page.goto("/docs")
    page.wait_for_selector(".opblock")
    text = page.locator("#api").inner_text()
    for path in ("/queries/evidence-for-condition", "/queries/evidence-for-condition.rq", "/sparql", "/health"):
        assert path in text.replace("\u200b", "")


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


@pytest.mark.parametrize("path", ["/", "/queries", "/sparql", "/ontology", "/condition/guillain-barre-syndrome"])
def test_pages_fit_a_phone(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page(base_url=address, viewport={"width": 390, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
