"""Takes a picture of every kind of page in light, dark, on a phone and in print: `make screenshots`.

The pictures go to `docs/screenshots`, which is not kept; those that the README shows to `docs/images`, which is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).parent
IVIG = Path(sys.executable).with_name("ivig")
PAGES = {
    "home": "/",
    "conditions": "/conditions?sort=strength",
    "conditions-as-a-map": "/conditions?field=neuromuscular&view=map",
    "condition": "/condition/guillain-barre-syndrome",
    "condition-of-many": "/condition/autoimmune-disease",
    "condition-of-nothing": "/condition/paraproteinemic-neuropathy",
    "evidence": "/condition/kawasaki-disease?question=nothing",
    "disagreement": "/disagreement",
    "bodies": "/bodies",
    "compare": "/compare?condition=CIDP&condition=MMN",
    "compare-treatments": "/compare?treatment=corticosteroids&treatment=plasma+exchange",
    "search": "/find?name=neuropathy",
    "questions": "/queries",
    "question": "/queries/evidence-for-condition?condition=GBS",
    "sparql": "/sparql",
    "network": "/network?thing=condition/guillain-barre-syndrome&kind=mechanism",
    "statement": "/statement/neurom-006",
    "mechanism": "/mechanism/anti-idiotypic-neutralization-of-autoantibodies",
    "citation": "/citation/pmid-14738791",
    "body": "/body/european-medicines-agency",
    "outcome": "/outcome/clinical-recovery",
    "source": "/source/katz2018",
    "passage": "/passage/katz2018/06",
    "api": "/docs",
    "api-browser": "/docs/browser",
    "ontology": "/ontology",
    "not-found": "/condition/no-such-thing",
}
"""One of each kind."""
README = ("home", "condition", "compare")
_QUIET = 400
"""Milliseconds that a picture or an editor takes to settle."""


@contextmanager
def _server() -> Iterator[str]:
    process = subprocess.Popen([IVIG, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert address is not None
        yield address[0]
    finally:
        process.terminate()
        process.wait()


def _opened(browser: Browser, address: str, mode: str) -> Page:
    width, height = (390, 844) if mode == "phone" else (1280, 900)
    dark = mode == "dark"
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    return context.new_page()


def main() -> None:
    """Take them all."""
    folder, kept = DOCS / "screenshots", DOCS / "images"
    for each in (folder, kept):
        each.mkdir(exist_ok=True)
    with _server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for mode in ("light", "dark", "phone"):
            page = _opened(browser, address, mode)
            for name, path in PAGES.items():
                page.goto(path)
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(_QUIET)
                page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)
                if mode == "light" and name in README:
                    page.screenshot(path=kept / f"{name}.png")
                if mode == "light":
                    page.pdf(path=folder / f"{name}-print.pdf")
        browser.close()
    print(f"{len(list(folder.iterdir()))} pictures in {folder}")


if __name__ == "__main__":
    main()
