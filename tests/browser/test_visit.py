"""Exported sites in a real Chromium: what visitors are answered, also without the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sites import exported, served_folder
from small_bundles import small_classifier

from chromium import Visit, chromium, visit
from textrnn.catalog import load

CLIENT = "import('./client.js')"
# What comes of asking for the answers to a long text, and how often the page could do something
# else meanwhile; a short text comes first, for the model to be there.
TURNS = """async ({long, stops}) => {
    const { answer } = await import('./client.js');
    await answer('classifier', 'small', ['a fine film']);
    const giving = new AbortController();
    let turns = 0;
    const timer = setInterval(() => { if (++turns === 3 && stops) giving.abort(); }, 5);
    const came = await answer('classifier', 'small', [long], {}, giving.signal).then(
        () => 'answered', (error) => error.name);
    clearInterval(timer);
    const [{ label }] = await answer('classifier', 'small', ['a fine film']);
    return { came, turns, label };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites")
    model = small_classifier(folder / "small")
    assert "wrote site" in exported(folder, model, "ner-zh", "poetry-zh", "town-load")
    return folder / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def poem(reader: Visit) -> dict[str, str]:
    """What is asked for a poem on the page, and what it writes."""
    reader.open("write")
    reader.page.select_option("#write-form", "五绝")
    reader.page.fill("#write-state", "7")
    reader.ask("write", "床前明月光")
    reader.page.click("#write .elsewhere summary")
    reader.page.click("#write-python-tab")
    return {
        "call": reader.page.inner_text("#write-python pre"),
        "text": reader.page.inner_text("#write .written"),
    }


def test_a_visitor_gets_python_s_answers_also_without_the_server(
    site: Path, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    text, names = "what a dull song !", "李白在长安见到了贺知章。"
    with ExitStack() as stack:
        server = stack.enter_context(ExitStack())
        address = server.enter_context(served_folder(site))
        reader = stack.enter_context(visit(browser, address))
        reader.ask("classify", text)
        (right,) = load(str(site.parent / "small")).classify([text])
        assert reader.texts("#classify .verdict") == [right.label]
        ask = f"{CLIENT}.then((c) => c.answer('classifier', '', {json.dumps([text])}))"
        (answer,) = reader.page.evaluate(ask)
        assert answer["probabilities"] == pytest.approx(dict(right.probabilities), abs=1e-5)
        assert answer["language"] == "en"
        reader.ask("tag", names)
        (found,) = load("ner-zh").tag([names])
        shown = reader.page.locator("#tag .entity").evaluate_all(
            "all => all.map((one) => [one.firstChild.data, one.dataset.label])"
        )
        assert shown == [[entity.text, entity.label] for entity in found.entities]
        written = poem(reader)
        exec(written["call"], {})
        assert written["text"] == capsys.readouterr().out.strip()
        server.close()
        reader.page.reload()
        assert reader.page.evaluate(ask) == [answer]
        reader.ask("tag", names)
        assert reader.page.locator("#tag .entity").count() == len(found.entities)
        assert poem(reader) == written
        reader.open("forecast")
        reader.page.fill("#forecast textarea", "time,load\n2025-01-01 00:00,3.5\n")
        reader.press("forecast")
        told = reader.page.inner_text("#forecast .problem")
        assert told.startswith("This is not in your browser yet.")


def test_a_text_that_the_model_does_not_read_is_told_as_by_a_service(
    site: Path, browser: Browser
) -> None:
    texts = ["a fine film", "寿司が好きです", "방은 깨끗했지만", "Номер чистый"]
    with served_folder(site) as address, visit(browser, address) as reader:
        reader.ask("classify", texts[1])
        note = "small reads English; the text is in Japanese."
        assert reader.texts("#classify .foreign") == [note]
        reader.ask("classify", texts[0])
        assert reader.texts("#classify .foreign") == []
        reader.drop("#classify .text-field", "rows.txt", "\n".join(texts))
        reader.page.wait_for_selector("#classify .file-name")
        reader.press("classify")
        told = "3 texts are in a language that their model does not read"
        assert reader.texts("#classify .foreign") == [f"{told} (Japanese, Korean, Russian)."]
        reader.open("write")
        reader.page.fill("#write-length", "5")
        reader.ask("write", "Номер")
        reader.page.wait_for_selector("#write .elsewhere")
        note = "poetry-zh writes Chinese; the beginning is in Russian."
        assert reader.texts("#write .foreign") == [note]


def test_a_cell_that_is_no_number_is_told_by_its_line(site: Path, browser: Browser) -> None:
    with served_folder(site) as address, visit(browser, address) as reader:
        rows = ["time,load,temperature", "2025-01-01 00:00,3,1", "", "2025-01-01 01:00,x,1"]
        reader.ask("forecast", "\n".join(rows))
        told = ["series: line 4: load: 'x' is no number"]
        assert reader.texts("#forecast .problem span") == told
        reader.page.click("#languages button[lang=zh]")
        assert reader.texts("#forecast .problem span") == ["“load”列第 4 行的“x”不是数字。"]


def test_a_card_is_read_without_its_model(site: Path, browser: Browser) -> None:
    with served_folder(site) as address, visit(browser, address) as reader:
        asked = list[str]()
        reader.page.on("request", lambda request: asked.append(request.url))
        card = reader.page.evaluate(f"{CLIENT}.then((c) => c.card('small'))")
        assert card["card"] == load(str(site.parent / "small")).bundle.card()
        assert asked
        assert not [url for url in asked if "model.onnx" in url]


@pytest.mark.parametrize(("stops", "came"), [(False, "answered"), (True, "AbortError")])
def test_the_page_goes_on_while_a_long_text_is_read(
    site: Path, browser: Browser, stops: bool, came: str
) -> None:
    """And whoever gives it up does not wait for it with the next text."""
    long = "a fine film " * (150_000 if stops else 4_000)
    with served_folder(site) as address, visit(browser, address) as reader:
        found = reader.page.evaluate(TURNS, {"long": long, "stops": stops})
    (right,) = load(str(site.parent / "small")).classify(["a fine film"])
    assert found["came"] == came
    assert found["turns"] > 2
    assert found["label"] == right.label
