"""Whoever reads the page: by keyboard, on a telephone, in Chinese, in the dark; and what is told
when something goes wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import textrnn
from chromium import Visit, visit
from serving import Client, served
from textrnn.serving.page import KINDS, page_files

PAGE = Path(textrnn.__file__).parent / "serving/page"
NARROW = 360


def words(language: str) -> dict[str, str]:
    """A dictionary of the page."""
    content = page_files()[f"words/{language}.js"].decode()
    entries = re.findall(r'^  (?:"(.+?)"|(\w+)):\s+"(.*)",$', content, re.MULTILINE)
    return {quoted or bare: said for quoted, bare, said in entries}


def used_words() -> set[str]:
    """The keys of dictionaries that stand in the page's modules."""
    names = "word|label|placeholder|data-word|data-word-label|labelled|ticked|tell|refused"
    use = re.compile(rf"""\b(?:{names})[=:(] ?"([\w.-]+)\"""")
    files = page_files().items()
    return {
        key
        for path, content in files
        if path.endswith((".js", ".html")) and not path.startswith("words/")
        for key in use.findall(content.decode())
    }


def test_both_languages_say_everything() -> None:
    english, chinese = words("en"), words("zh")
    assert len(english) > 100
    simple = {key for key in chinese if key.startswith("column.")}  # the methods' own names
    plural = {key for key in english if key.endswith(".one")}  # which Chinese does not know
    assert english.keys() | simple == chinese.keys() | plural
    for key, said in english.items():
        if key in plural:
            assert key.removesuffix(".one") in english
            continue
        put, put_in_chinese = (set(re.findall(r"\{\w+\}", one)) for one in (said, chinese[key]))
        assert put == put_in_chinese or (key.startswith("told.") and put > put_in_chinese), key
    assert len(used_words()) > 40
    assert used_words() <= english.keys()


def test_the_reader_chooses_the_language(visiting: Callable[..., Visit]) -> None:
    reader = visiting(locale="zh-TW")
    page = reader.page
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert reader.texts("#tabs [role=tab]") == ["情感", "人名地名", "写作", "翻译", "预测"]
    reader.ask("classify", "房间很脏")
    assert reader.texts("#classify .verdict") == ["负面"]
    page.click("#languages button:text('English')")
    assert reader.texts("#classify .verdict") == ["negative"]
    assert reader.texts("#classify .status")[0].startswith("negative, ")
    assert page.input_value("#classify-text") == "房间很脏"
    page.reload()
    page.wait_for_selector("[role=tab]")
    assert reader.texts("#tabs [role=tab]")[0] == "Sentiment"


def test_all_is_done_by_keyboard(reader: Visit) -> None:
    page = reader.page
    page.keyboard.press("Tab")  # the languages come first
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "classify-tab"
    ways = [("ArrowRight", "tag"), ("End", "forecast"), ("ArrowRight", "classify"),
            ("ArrowLeft", "forecast"), ("Home", "classify"), ("ArrowRight", "tag")]  # fmt: skip
    for key, tab in ways:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"{tab}-tab"
        assert page.locator("#tabs [aria-selected=true]").get_attribute("id") == f"{tab}-tab"
        assert page.locator("main > div > [role=tabpanel]:visible").get_attribute("id") == tab
    page.keyboard.press("Tab")
    page.keyboard.type("Ada went to Oslo.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#tag .entity")
    page.focus("#tag .elsewhere summary")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.firstChild.textContent") == "Oslo"
    assert page.is_visible("#tag .entity:focus .tip")
    assert page.url.endswith("#tag")


def test_every_field_has_a_name_and_every_answer_is_told(reader: Visit) -> None:
    nameless = """() => [...document.querySelectorAll("input, select, textarea, button")].filter(
        (one) => !one.labels?.length && !one.ariaLabel && !one.textContent)
        .map((one) => one.outerHTML)"""
    reader.ask("tag", "Ada went to Oslo.")
    assert reader.page.evaluate(nameless) == []
    assert reader.page.locator("#tag [role=status]").inner_text().startswith("Names: 2, in ")
    reader.open("forecast")
    reader.press("forecast")
    assert "There is no table yet" in reader.page.inner_text("#forecast [role=alert]")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_is_wider_than_a_telephone(visiting: Callable[..., Visit], locale: str) -> None:
    reader = visiting(locale=locale, width=NARROW)
    page = reader.page
    word = "pneumonoultramicroscopicsilicovolcanoconiosis" * 3
    reader.ask("classify", f"{word} 房间很干净，早餐也好吃，下次还住这里。")
    reader.ask("tag", f"Ada Lovelace and Charles Babbage lived in London, {word}.")
    reader.ask("write", "床前明月光")
    reader.ask("translate", "a fine film " * 9)
    reader.open("forecast")
    page.click("#forecast .example")
    page.wait_for_selector("#forecast svg path")
    page.click("#foot > details > summary")
    page.click("#foot summary:has-text('poetry-zh')")
    page.wait_for_selector("#foot td")
    card = page.inner_text("#foot .models")
    assert "Where it is weak" in card
    assert not re.search(r"[`|]|\*\*|^#", card, re.MULTILINE)
    for tab in ("classify", "tag", "write", "translate", "forecast"):
        reader.open(tab)
        page.click(f"#{tab} .elsewhere summary")
        for entity in page.query_selector_all("#tag .entity") if tab == "tag" else []:
            entity.hover()
            assert width_of(page) == NARROW
        assert width_of(page) == NARROW, tab


def width_of(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth")
    return found


LUMINANCE = """([selector, property]) => {
    const colour = getComputedStyle(document.querySelector(selector))[property];
    const [r, g, b] = colour.match(/\\d+/g).slice(0, 3).map((n) => n / 255)
        .map((n) => n <= .03928 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_as_light_as_the_reader_likes_and_has_contrast(
    visiting: Callable[..., Visit], scheme: str
) -> None:
    page = visiting(color_scheme=scheme).page

    def luminance(selector: str, name: str) -> float:
        found: float = page.evaluate(LUMINANCE, [selector, name])
        return found

    paper = luminance("body", "backgroundColor")
    assert paper > 0.9 if scheme == "light" else paper < 0.02
    for selector, behind, least in [
        ("body", "body", 7),
        ("#about", "body", 4.5),
        (".primary", ".primary", 4.5),
    ]:
        pair = luminance(selector, "color"), luminance(behind, "backgroundColor")
        assert (max(pair) + 0.05) / (min(pair) + 0.05) >= least  # as WCAG 2 has it


def test_what_the_service_refuses_is_told_in_its_words(reader: Visit) -> None:
    reader.ask("forecast", "time,load\n2025-01-01 00:00,3\n2025-01-01 01:00,4\n")
    assert reader.texts("#forecast .problem span") == [
        "series: no column 'temperature'; there are: time, load"
    ]
    reader.open("write")
    reader.page.fill("#write-length", "0")
    reader.press("write")
    assert "length must be from 1 to" in reader.page.inner_text("#write .problem")
    reader.page.click("#languages button[lang=zh]")
    assert reader.texts("#write .problem > *") == [
        "无法处理，请检查内容和选项。", "最多词元数应在 1 到 100,000 之间；收到的是 0。",
    ]  # fmt: skip
    reader.open("forecast")
    told = "没有名为“temperature”的列；现有：time, load。"
    assert reader.texts("#forecast .problem span") == [told]
    reader.ask("forecast", "time,load,temperature\n2025-01-01 00:00,3,1\n")
    told = (
        "series: line 2: a series of one row has no step; it needs two at least"  # no word for it
    )
    assert reader.texts("#forecast .problem span") == [told]
    reader.ask("forecast", "time,load,temperature\n2025-01-01 00:00,3,1\n\n2025-01-01 00:00,4,1\n")
    told = "第 4 行和第 2 行的时间相同：2025-01-01。"
    assert reader.texts("#forecast .problem span") == [told]
    reader.page.click("#languages button[lang=en]")
    told = "series: line 4: 2025-01-01 is the time of line 2 too; "
    assert reader.page.inner_text("#forecast .problem span").startswith(told)
    reader.ask("classify", "  ")
    assert "There is no text yet." in reader.page.inner_text("#classify .problem")
    reader.ask("classify", "A joy.")
    assert reader.texts("#classify .problem") == []


def test_a_service_that_is_gone_is_told(browser: Browser, translator: Path) -> None:
    with ExitStack() as serving:
        client = serving.enter_context(served([str(translator)]))
        with visit(browser, client.address) as reader:
            assert reader.texts("#tabs [role=tab]") == ["Translate"]
            serving.close()
            reader.ask("translate", "a film")
            assert reader.texts("#translate .problem strong") == ["The service does not answer."]
            assert "textrnn serve" in reader.page.inner_text("#translate .problem")


def test_a_token_is_asked_for_and_kept(browser: Browser, translator: Path) -> None:
    with (
        served([str(translator)], token="s3cret") as client,
        visit(browser, client.address) as reader,
    ):
        page = reader.page
        assert "Authorization: Bearer TOKEN is needed" in page.inner_text(".problem")
        page.fill("#token", "wrong")
        page.press("#token", "Enter")
        expect(page.locator("#token")).to_have_value("")  # it is asked for again
        assert page.is_visible(".problem")
        page.fill("#token", "s3cret")
        page.press("#token", "Enter")
        page.wait_for_selector("#translate-tab")
        reader.ask("translate", "a film")
        page.click("#translate .elsewhere summary")
        assert '-H "Authorization: Bearer $TEXTRNN_TOKEN"' in page.inner_text("#translate-curl")
        page.reload()
        page.wait_for_selector("#translate-tab")


def test_the_policy_lets_nothing_in(client: Client) -> None:
    for path in ("/", "/main.js", "/tabs/tag.js", "/style.css", "/icon.svg", "/samples/town.csv"):
        reply = client.get(path)
        assert reply.status == 200
        assert "default-src 'none'; script-src 'self'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
    assert client.get("/tabs/../main.js").status == client.get("/__init__.py").status == 404
    html = client.get("/").body.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=)|//", html)


def test_all_of_the_page_is_in_the_wheel() -> None:
    """What setup takes along is what is served."""
    patterns = re.search(
        r'"textrnn.serving.page" = \[(.*)\]', Path("pyproject.toml").read_text("utf-8")
    )
    assert patterns
    taken = {path for pattern in re.findall('"(.+?)"', patterns[1]) for path in PAGE.glob(pattern)}
    files = {path for path in PAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path for path in files if path.suffix != ".py"} == taken
    assert {path.suffix for path in taken} == KINDS.keys()
