"""A server with a model of each task, and a browser to visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from small_bundles import small_translator

from chromium import Visit, chromium, visit
from serving import Client, served

SHIPPED = ("sentiment-en", "sentiment-zh", "ner-en", "ner-zh", "poetry-zh", "prose-en", "town-load")


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_translator(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def client(translator: Path) -> Iterator[Client]:
    with served([*SHIPPED, str(translator)]) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def visiting(browser: Browser, client: Client) -> Iterator[Callable[..., Visit]]:
    """Visits to the page, which end with the test."""
    with ExitStack() as visits:
        one: Callable[..., AbstractContextManager[Visit]] = partial(visit, browser, client.address)
        yield lambda **settings: visits.enter_context(one(**settings))


@pytest.fixture
def reader(visiting: Callable[..., Visit]) -> Visit:
    """A visit by an English reader with a wide window."""
    return visiting()
