"""What each tab of the page is for, done in a browser and held against the library."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from small_bundles import small_classifier

import textrnn
from chromium import Visit, visit
from serving import served
from textrnn.corpora import read_series

REVIEW = "Well acted, but far too long."
PERCENT = re.compile(r"\d+\.\d%")


def percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def test_the_tabs_are_the_tasks_that_are_served(reader: Visit) -> None:
    assert reader.texts("#tabs [role=tab]") == [
        "Sentiment", "Names", "Write", "Translate", "Forecast",
    ]  # fmt: skip


def test_texts_to_try_are_offered_where_there_are_some(browser: Browser, tmp_path: Path) -> None:
    models = [str(small_classifier(tmp_path / "own")), "en-zh"]
    with served(models) as client, visit(browser, client.address) as reader:
        # Nothing is known of texts with one's own labels.
        assert "Try" not in reader.page.inner_text("#classify")
        reader.open("translate")
        reader.page.click("#translate .example >> nth=0")
        reader.press("translate")
        assert reader.texts("#translate .target")


def test_a_text_is_classified(reader: Visit) -> None:
    reader.ask("classify", REVIEW)
    (right,) = textrnn.load("sentiment-en").classify([REVIEW], token_weights=True)
    assert reader.texts("#classify .verdict") == [right.label] == ["negative"]
    shown = [row.split() for row in reader.texts("#classify .bars li")]
    assert [(label, float(share.rstrip("%"))) for label, share in shown] == [
        (label, pytest.approx(100 * share, abs=0.06))
        for label, share in right.probabilities.items()
    ]
    looked = reader.page.query_selector_all("#classify .looked")
    assert [token.inner_text() for token in looked] == [one.text for one in right.token_weights]
    assert [token.get_attribute("title") for token in looked] == [
        percent(one.weight) for one in right.token_weights
    ]


def test_a_text_goes_to_the_model_of_its_language_whatever_their_order(browser: Browser) -> None:
    foreign = "sentiment-en reads English; the text is in Russian."
    for models in (["sentiment-zh", "sentiment-en"], ["sentiment-en", "sentiment-zh"]):
        with served(models) as client, visit(browser, client.address) as reader:
            for text, model, notes in [
                ("房间很脏", "sentiment-zh", []),
                (REVIEW, "sentiment-en", []),
                ("Номер чистый, завтрак холодный.", "sentiment-en", [foreign]),
                ("42", "sentiment-en", []),
            ]:
                reader.ask("classify", text)
                reader.page.click("#classify .elsewhere summary")
                reader.page.click("#classify-shell-tab")
                assert f"--model {model} " in reader.page.inner_text("#classify-shell pre")
                assert reader.texts("#classify .foreign") == notes


def test_texts_that_a_model_does_not_read_are_told(reader: Visit) -> None:
    rows = [REVIEW, "방은 깨끗했지만 아침은 식었다.", "房间很脏", "Номер чистый", "寿司が好きです"]
    reader.drop("#classify .text-field", "rows.txt", "\n".join(rows))
    reader.page.wait_for_selector("#classify .file-name")
    reader.press("classify")
    note = "3 texts are in a language that their model does not read (Korean, Russian, Japanese)."
    assert reader.texts("#classify .foreign") == [note]
    reader.page.select_option("#classify-model", "sentiment-zh")
    reader.press("classify")
    assert reader.texts("#classify .foreign")[0].startswith("4 texts are in a language")
    reader.ask("write", "寿司が好き")
    note = "poetry-zh writes Chinese; the beginning is in Japanese."
    reader.page.wait_for_selector("#write .elsewhere")
    assert reader.texts("#write .foreign") == [note]
    reader.page.click("#languages button[lang=zh]")
    assert reader.texts("#write .foreign") == ["poetry-zh 写的是中文，这个开头是日语。"]


def test_unsure_answers_are_uncertain(reader: Visit) -> None:
    reader.page.fill("#classify-least", "0.99")
    reader.ask("classify", REVIEW)
    assert reader.texts("#classify .verdict") == ["uncertain"]
    assert reader.texts("#classify .status")[0].startswith("uncertain, ")


def test_each_word_is_left_out_to_see_what_it_decided(reader: Visit) -> None:
    reader.ask("classify", REVIEW)
    reader.page.click("#classify .explained button")
    reader.page.wait_for_selector("#classify .for")
    words = re.findall(r"\w+", REVIEW)
    left = [re.sub(rf"\b{word}\b", "", REVIEW) for word in words]
    shares = [
        one.probabilities["negative"]
        for one in textrnn.load("sentiment-en").classify([REVIEW, *left])
    ]
    before, *after = [math.log(share / (1 - share)) for share in shares]
    marked = reader.page.query_selector_all("#classify :is(.for, .against)")
    assert [mark.inner_text() for mark in marked] == words
    for mark, odds in zip(marked, after, strict=True):
        assert float(mark.get_attribute("title") or "") == pytest.approx(before - odds, abs=0.02)
        assert mark.get_attribute("class") == ("for" if before > odds else "against")
    spoke = [word for odds, word in sorted(zip(after, words, strict=True)) if odds < before]
    told = reader.page.inner_text("#classify .explained")
    assert f"For “negative”: {spoke[0]} · {spoke[1]}" in told


def test_names_are_marked_where_they_stand(reader: Visit) -> None:
    text = "😀 Marie Curie left Warsaw for Paris 𝄞 in 1891."  # two characters of two UTF-16 units
    reader.ask("tag", text)
    entities = textrnn.load("ner-en").tag(text).entities
    shown = [
        mark.inner_text().split("\n") for mark in reader.page.query_selector_all("#tag .entity")
    ]
    names = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other name"}
    assert len(entities) == 3
    for mark, entity in zip(reader.page.query_selector_all("#tag .entity"), entities, strict=True):
        told = mark.text_content() or ""
        assert told.startswith(entity.text + entity.label + names[entity.label])
        assert PERCENT.findall(told) == [percent(entity.probability)], shown
        assert not mark.query_selector(".tip:not(:hover)").is_visible()  # type: ignore[union-attr]
        mark.hover()
        assert mark.query_selector(".tip").is_visible()  # type: ignore[union-attr]


def test_improbable_names_are_hidden_at_once(reader: Visit) -> None:
    text = "The Beatles played in Hamburg."
    reader.ask("tag", text)
    shares = sorted(entity.probability for entity in textrnn.load("ner-en").tag(text).entities)
    assert len(shares) == 2
    assert reader.page.locator("#tag .entity.unsure").count() == 0
    reader.page.fill("#tag-least", str(round(sum(shares) / 2, 2)))
    assert reader.page.locator("#tag .entity.unsure").all_inner_texts() == ["Beatles"]
    assert reader.texts("#tag .legend li:visible") == ["place"]


def test_verse_appears_as_it_is_written(reader: Visit) -> None:
    page = reader.page
    reader.open("write")
    page.select_option("#write-form", "七绝")
    page.check("#write-rhyme")
    page.fill("#write-acrostic", "春夏秋冬")
    page.fill("#write-temperature", "0.5")
    page.fill("#write-state", "7")
    page.evaluate("""() => {
        window.lengths = new Set();
        const seen = () => lengths.add(document.querySelector(".written")?.textContent.length);
        const changes = {childList: true, subtree: true};
        new MutationObserver(seen).observe(document.querySelector("#write .answers"), changes);
    }""")
    reader.press("write")
    options = {"form": "七绝", "rhyme": True, "acrostic": "春夏秋冬", "temperature": 0.5}
    (right,) = textrnn.load("poetry-zh").generate(random_state=7, length=120, **options)
    assert page.inner_text("#write .written") == right.text
    assert [line[0] for line in re.split("[，。？！\n]+", right.text) if line] == list("春夏秋冬")
    assert page.evaluate("lengths.size") > 3
    page.click("#write .row .quiet >> nth=1")  # keeps what it was drawn by
    assert page.input_value("#write-state") == "7"


def test_writing_is_stopped(reader: Visit) -> None:
    page = reader.page
    reader.open("write")
    page.check("#write-model-1", force=True)
    page.fill("#write-length", "20000")
    page.fill("#write-seed", "The sea")
    page.click("#write .primary")
    expect(page.locator("#write .written")).to_have_text(re.compile(".{11,}", re.DOTALL))
    page.wait_for_selector("#write .primary:text('Stop')")
    page.click("#write .primary")
    page.wait_for_selector("#write .status:text('Stopped.')")
    written = page.inner_text("#write .written")
    assert written.startswith("The sea")
    assert 10 < len(written) < 50_000
    assert page.is_visible("#write .primary:text('Write')")


def test_a_word_of_a_translation_shows_what_it_looked_at(reader: Visit, translator: Path) -> None:
    text = "What 😀 film! A quiet song."
    reader.ask("translate", text)
    (right,) = textrnn.load(translator).translate([text])
    source, target = reader.texts("#translate .said")
    assert (source, target) == (text, right.text)
    tokens = reader.page.query_selector_all("#translate .target")
    assert len(tokens) == len(right.alignment) > 50
    for token, aligned in list(zip(tokens, right.alignment, strict=True))[::12]:
        token.focus()
        assert token.inner_text() == right.text[aligned.start : aligned.end]
        (seen,) = reader.page.query_selector_all("#translate .seen")
        before = seen.evaluate("e => { const r = new Range(); r.setStart(e.parentNode, 0);"
                               " r.setEndBefore(e); return r.toString() }")  # fmt: skip
        assert before == text[: aligned.source_start]
        assert seen.inner_text() == text[aligned.source_start : aligned.source_end]


def test_a_series_goes_on_as_the_library_has_it(reader: Visit, tmp_path: Path) -> None:
    page = reader.page
    rows = Path("docs/samples/load.csv").read_text("utf-8").splitlines()
    table = "\n".join([rows[0].title(), *rows[-300:]])  # capitals do not matter
    (tmp_path / "load.csv").write_text(table, "utf-8")
    reader.open("forecast")
    reader.drop("#forecast .text-field", "load.csv", table)
    expect(page.locator("#forecast-text")).to_have_value(re.compile(".{999}", re.DOTALL))
    page.fill("#forecast-horizon", "30")
    page.select_option("#forecast-interval", "0.8")
    reader.press("forecast")
    series = read_series(tmp_path / "load.csv")[0]
    right = list(textrnn.load("town-load").forecast(series, horizon=30, interval=0.8).rows())
    header, *steps = reader.download("#forecast button:text('Download')").splitlines()
    assert header == "time,forecast,lower,upper,last value,season before,mean of seasons,ridge"
    assert len(steps) == 30
    for step, row in zip(steps, right, strict=True):
        time, *numbers = step.split(",")
        assert time == row["time"]
        expected = [row[name] for name in header.split(",")[1:]]
        assert [float(number) for number in numbers] == pytest.approx(expected, rel=1e-5)
    lines = {name: page.get_attribute(f"#forecast path.{name}", "d") or ""
             for name in ("known", "forecast", "band")}  # fmt: skip
    assert {name: len(re.findall("[ML]", line)) for name, line in lines.items()} == {
        "known": 120, "forecast": 31, "band": 60,
    }  # fmt: skip


def test_the_example_of_a_series_is_one_click_away(reader: Visit) -> None:
    reader.open("forecast")
    reader.page.click("#forecast .example")
    reader.page.wait_for_selector("#forecast svg path.band")
    reader.page.hover("#forecast svg", position={"x": 700, "y": 100})
    assert re.fullmatch(
        r"2025-04-06 \d\d:00: \d+\.?\d* \(\d.* – \d.*\)", reader.page.inner_text(".told")
    )
