"""The documentation as a site: it builds without a warning, and asks nobody for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chromium import chromium, new_context

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; each link, anchor and page of the navigation is there, or the build fails."""
    folder = tmp_path_factory.mktemp("site")
    call = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "CI": "1"}
    done = subprocess.run(call, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A narrow page of somebody who likes the dark; what it asks of others ends in an error."""
    narrow = {"width": 360, "height": 800}
    context = new_context(browser, color_scheme="dark", viewport=narrow)
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    yield page
    context.close()
    assert [one for one in asked if not one.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.parametrize(
    "name",
    ["index", "zh/index", "networks/lstm", "reference/command/train", "reference/python/lab",
     "reference/recipe", "cards/sentiment-en", "benchmarks/results", "changelog"],
)  # fmt: skip
def test_a_page_fits_a_telephone_and_asks_nobody(site: Path, page: Page, name: str) -> None:
    page.goto((site / f"{name}.html").as_uri())
    assert page.inner_text("h1").strip("¶ ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    ("words", "found"), [("forget gate", "LSTM"), ("藏头", "命令行"), ("perplexity", "Glossary")]
)
def test_it_is_searched_without_a_server(site: Path, page: Page, words: str, found: str) -> None:
    page.goto((site / "index.html").as_uri())
    page.click(".md-header__button[for=__search]")
    page.wait_for_selector("text=Type to start searching")  # the index is read
    page.fill(".md-search__input", words)
    page.dispatch_event(".md-search__input", "keyup")
    titles = page.locator(".md-search-result__item h1").filter(has_text=re.compile(f"^{found}$"))
    expect(titles.first).to_be_attached()


def test_formulas_are_set_without_a_script(site: Path, page: Page) -> None:
    page.goto((site / "networks" / "lstm.html").as_uri())
    assert page.locator(".formulas math").count() == 8
    assert page.evaluate("document.querySelector('math mfrac').getBoundingClientRect().height") > 20
