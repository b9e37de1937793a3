"""What suits how much text there is: the settings that a generator's plan leaves open, as 0.

A small text can fill few rows of an embedding, and has few windows: it is read in fewer streams,
so that an epoch has about a hundred steps, and more often, until there were some thousand. Which
epoch was the best, validation says. A model that begins with another's weights knows the language,
and needs some hundred steps to learn how this text is written.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from textrnn.training.facts import Facts
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.generator.token_store import stream_length
from textrnn.training.settings import TokenizerSettings, TrainingSettings

_MOST_VOCABULARY = 6000
_BYTES_A_TOKEN = {
    "word": 80,
    "bpe": 200,
    "wordpiece": 200,
}  # of text, for each token of the vocabulary
_LEAST_VOCABULARY = 500
_STEPS_AN_EPOCH = 100
_STREAMS = (4, 32)
_STEPS, _EPOCHS = 2500, (10, 40)
_STEPS_BEGUN, _EPOCHS_BEGUN = 250, (3, 20)  # of a model that begins with another's weights


def fitting_plan(facts: Facts, *, backward: bool = False) -> GeneratorPlan:
    """The plan's own settings; for a model that begins with another's weights, shorter steps.

    Args:
        facts: what the weights begin with.
        backward: whether it reads from the end, where those of others are of no use.
    """
    plan = GeneratorPlan()
    if facts.model is None or backward:
        return plan
    training = replace(plan.training, learning_rate=5e-4, schedule="cosine", patience=3)
    return replace(plan, training=training)


def fit_vocabulary(settings: TokenizerSettings, texts: Iterable[str]) -> TokenizerSettings:
    """The settings with a vocabulary that the texts can fill; they are read where it is open."""
    if settings.vocabulary_size:
        return settings
    most = _MOST_VOCABULARY
    if settings.level in _BYTES_A_TOKEN:
        size = sum(len(text.encode("utf-8", "replace")) for text in texts)
        most = min(most, _LEAST_VOCABULARY + size // _BYTES_A_TOKEN[settings.level])
    return replace(settings, vocabulary_size=most)


def fit_training(
    settings: TrainingSettings, tokens: int, *, begun: bool = False
) -> TrainingSettings:
    """The settings with as many streams and epochs as suit so many tokens.

    Args:
        settings: those of the plan.
        tokens: of the training text.
        begun: whether the weights begin with those of a model that has read much.

    Raises:
        TrainingError: there are fewer tokens than streams.
    """
    if not settings.batch_size:
        streams = tokens // (_STEPS_AN_EPOCH * settings.max_tokens)
        power = 2 ** max(streams.bit_length() - 1, 0)
        settings = replace(settings, batch_size=_within(power, *_STREAMS))
    if not settings.epochs:
        steps = math.ceil(stream_length(tokens, settings.batch_size) / settings.max_tokens)
        wanted, epochs = (_STEPS_BEGUN, _EPOCHS_BEGUN) if begun else (_STEPS, _EPOCHS)
        settings = replace(settings, epochs=_within(math.ceil(wanted / steps), *epochs))
    return settings


def _within(number: int, least: int, most: int) -> int:
    return min(max(number, least), most)
