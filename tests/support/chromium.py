"""A real Chromium, driven by Playwright; what it shows is seen as a reader sees it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from waiting import LONGEST_S

PROGRAM = os.environ.get("CHROMIUM", "chromium")
_LIMIT_MS = 1000 * LONGEST_S / 2  # so that it is told what was waited for
# The first of these lets it run for root, as it does in containers.
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window, until it is left."""
    path = shutil.which(PROGRAM)
    assert path, f"{PROGRAM} is needed: apt-get install chromium, or CHROMIUM=/its/path"
    expect.set_options(timeout=_LIMIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS, timeout=_LIMIT_MS)
        yield browser
        browser.close()


def new_context(browser: Browser, **settings: Any) -> BrowserContext:
    """What one visitor has open, who waits as long as it takes."""
    context = browser.new_context(**settings)
    context.set_default_timeout(_LIMIT_MS)
    return context


@dataclass
class Visit:
    """A visit to a page, with all that the browser says of it.

    Attributes:
        page: it.
        hosts: those that were asked for something.
        complaints: what went wrong in scripts, and was refused by the page's policy.
    """

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def ask(self, tab: str, text: str) -> None:
        """Write a text into a tab, and wait for its answer."""
        self.open(tab)
        self.page.fill(f"#{tab} textarea", text)
        self.press(tab)

    def open(self, tab: str) -> None:
        """Go to a tab."""
        self.page.click(f"#{tab}-tab")

    def press(self, tab: str) -> None:
        """Press a tab's button, and wait until all is answered, or a problem is told."""
        self.page.click(f"#{tab} .primary")
        self.page.wait_for_selector(f'#{tab} .answers[aria-busy="false"] > *')

    def texts(self, selector: str) -> list[str]:
        """What the elements say that can be seen."""
        return [found.inner_text() for found in self.page.query_selector_all(selector)]

    def drop(self, selector: str, name: str, content: str | bytes) -> None:
        """Drop a file onto an element."""
        data = content.encode() if isinstance(content, str) else content
        script = """([target, name, bytes]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
            target.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true}));
        }"""
        target = self.page.wait_for_selector(selector)
        self.page.evaluate(script, [target, name, list(data)])

    def download(self, selector: str) -> str:
        """What a button gives to keep."""
        with self.page.expect_download() as caught:
            self.page.click(selector)
        return caught.value.path().read_text("utf-8-sig")


@contextmanager
def visit(browser: Browser, address: str, *, width: int = 1000, **settings: Any) -> Iterator[Visit]:
    """A visit by somebody who has never been there; it ends in a check that nothing was asked of
    another host and nothing went wrong unseen.

    Args:
        browser: it.
        address: where to.
        width: of the window, in pixels.
        **settings: of the browser's context, as ``locale``.
    """
    settings = {"locale": "en-US", "viewport": {"width": width, "height": 800}, **settings}
    context = new_context(browser, **settings)
    visited = Visit(context.new_page())
    page = visited.page
    page.on("request", lambda asked: visited.hosts.add(urlsplit(asked.url).netloc))
    page.on("pageerror", lambda error: visited.complaints.append(str(error)))
    page.on("console", lambda said: _heed(visited, said.type, said.text))
    page.goto(address)
    page.wait_for_selector("[role=tab], .problem")
    yield visited
    context.close()
    assert not visited.complaints
    assert visited.hosts == {urlsplit(address).netloc, ""} - ({""} - visited.hosts)


def _heed(visited: Visit, kind: str, text: str) -> None:
    """Keep a complaint; that a request was refused is no fault of the page, which shows it."""
    if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
        visited.complaints.append(text)
