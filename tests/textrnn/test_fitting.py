"""What suits how much text there is: vocabulary, streams, epochs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from textrnn.configuration import from_dict, to_dict
from textrnn.errors import ConfigurationError, InputError
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.facts import Facts
from textrnn.training.fitting import shipped_beginning
from textrnn.training.generator.beginning import suits_shipped
from textrnn.training.generator.defaults import fit_training, fit_vocabulary, fitting_plan
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.recipes.recipe import read_recipe
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.tagger.plan import TaggerPlan

RECIPES = Path(__file__).parents[2] / "recipes"
OPEN = GeneratorPlan().training


@pytest.mark.parametrize(
    ("level", "size", "found"),
    [
        ("bpe", 95_000, 975),
        ("bpe", 400_000, 2500),
        ("bpe", 60_000_000, 6000),
        ("word", 400_000, 5500),
        ("character", 10, 6000),
    ],
)
def test_a_vocabulary_that_the_text_can_fill(level: str, size: int, found: int) -> None:
    settings = replace(GeneratorPlan().tokenizer, level=level)
    assert fit_vocabulary(settings, ["a" * (size - 4), "é", "é"]).vocabulary_size == found


def test_what_was_given_stays() -> None:
    unread = iter(["text"])
    given = TokenizerSettings("bpe", vocabulary_size=6000)
    assert fit_vocabulary(given, unread) == given
    assert next(unread) == "text"
    settings = replace(OPEN, epochs=1, batch_size=64)
    assert fit_training(settings, 1000) == settings
    assert fit_training(replace(OPEN, epochs=1), 10**6) == replace(OPEN, epochs=1, batch_size=32)


@pytest.mark.parametrize(
    ("tokens", "streams", "epochs"),
    [(2_000, 4, 40), (30_000, 4, 22), (110_000, 16, 24), (400_000, 32, 13), (10**8, 32, 10)],
)
def test_some_thousand_steps(tokens: int, streams: int, epochs: int) -> None:
    found = fit_training(OPEN, tokens)
    assert (found.batch_size, found.epochs) == (streams, epochs)
    with pytest.raises(InputError, match="3 tokens are too few for 4 streams"):
        fit_training(OPEN, 3)


@pytest.mark.parametrize(
    ("tokens", "streams", "epochs"),
    [(1_000, 4, 20), (24_000, 4, 3), (110_000, 16, 3), (10**8, 32, 3)],
)
def test_some_hundred_steps_after_another_models(tokens: int, streams: int, epochs: int) -> None:
    found = fit_training(OPEN, tokens, begun=True)
    assert (found.batch_size, found.epochs) == (streams, epochs)


def test_a_shipped_generator_is_begun_with_where_it_spells_the_text() -> None:
    prose, verse = Path("prose-en"), Path("poetry-zh")
    assert suits_shipped(["It was a dark night.", "ẞ ☃"], prose)
    assert suits_shipped(["孤塔立潮头，明灯照夜舟。"] * 3, verse)
    assert not suits_shipped(["“孤塔”:立潮头;(明灯)[照夜舟]"] * 3, verse)
    assert not suits_shipped(["It was dark. " * 100_000] * 2, prose)


def test_a_shipped_generator_keeps_its_sizes_and_its_vocabulary() -> None:
    def begun(language: str, *settings: tuple[str, str]) -> list[Path]:
        changes = dict.fromkeys(settings, 7)
        return shipped_beginning("generator", GeneratorPlan(), language, changes)

    assert begun("en", ("training", "epochs")) == [Path("prose-en")]
    assert begun("zh") == [Path("poetry-zh")]
    assert begun("en", ("encoders", "units")) == begun("en", ("tokenizer", "level")) == []
    assert begun("de") == []


def test_a_model_that_begins_with_another_takes_shorter_steps() -> None:
    facts = Facts(0, model=Path("prose-en"))
    assert fitting_plan(Facts(0)) == fitting_plan(facts, backward=True) == GeneratorPlan()
    training = fitting_plan(facts).training
    assert training == replace(OPEN, learning_rate=5e-4, schedule="cosine", patience=3)


def test_recipes_leave_nothing_open() -> None:
    for name in ("poetry-zh", "prose-en"):
        plan = read_recipe(RECIPES / f"{name}.toml").plan
        assert fit_vocabulary(plan.tokenizer, ["a" * 10**6]) == plan.tokenizer
        assert fit_training(plan.training, 10**7) == plan.training


@pytest.mark.parametrize("plan", [ClassifierPlan, TaggerPlan])
@pytest.mark.parametrize("name", ["epochs", "batch_size"])
def test_other_tasks_leave_nothing_open(plan: type, name: str) -> None:
    table = {"training": {**to_dict(TrainingSettings()), name: 0}}
    with pytest.raises(ConfigurationError, match=f"{name} must be at least 1: 0"):
        from_dict(plan, table)
