"""Takes the pictures of the page of `textrnn serve`, as a visitor sees it in Chromium.

python docs/page_pictures.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).parent
WIDTH = 900
FLAGS = ["--no-sandbox", "--disable-gpu"]
NEWS = "Marie Curie left Warsaw for Paris in 1891, and Albert Einstein met her in Brussels."


def take_names(browser: Browser, address: str) -> None:
    """Names in an English text, on a light page."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 100}, locale="en-US")
    page.goto(f"{address}/#tag")
    page.fill("#tag-text", NEWS)
    page.click("#tag .primary")
    page.hover("#tag .entity >> nth=1")
    page.screenshot(path=DOCS / "page-names.png", full_page=True)


def take_verse(browser: Browser, address: str) -> None:
    """A Chinese poem, on a dark page."""
    page = browser.new_page(
        viewport={"width": WIDTH, "height": 100}, locale="zh-CN", color_scheme="dark"
    )
    page.goto(f"{address}/#write")
    page.fill("#write-acrostic", "春夏秋冬")
    page.select_option("#write-form", "七绝")
    page.check("#write-rhyme")
    page.fill("#write-state", "2")
    page.click("#write .primary")
    page.wait_for_selector("#write .elsewhere")
    page.screenshot(path=DOCS / "page-verse.png", full_page=True)


def main() -> None:
    """Serve the models that ship, and visit them."""
    program = str(Path(sys.executable).with_name("textrnn"))
    call = [program, "serve", "--port", "0"]
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        address = server.stderr.readline().removeprefix("serving at ").partition(",")[0]
        with sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            take_names(browser, address)
            take_verse(browser, address)
            browser.close()
        server.terminate()


if __name__ == "__main__":
    main()
