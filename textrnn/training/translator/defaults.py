"""A translator's settings, as they follow from the pairs that it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textrnn.corpora.pairs import Pair
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.network import Encoder
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.translator.filtering import script_of_texts
from textrnn.training.translator.plan import AUTO, JOINT, TranslatorPlan

_MOST_VOCABULARY, _LEAST_VOCABULARY = 8000, 500
_BYTES_A_TOKEN = 200  # of text, for each token of the vocabulary
_BATCH_SIZES = (256, 512, 1024, 2048, 4096)  # tokens
_BATCHES_AN_EPOCH = 50
_STEPS, _EPOCHS = 4000, (5, 60)


def shares_vocabulary(plan: TranslatorPlan, pairs: Sequence[Pair]) -> bool:
    """Whether one vocabulary serves both sides: by ``auto`` where they are in one script."""
    if plan.pairs.vocabularies != AUTO:
        return plan.pairs.vocabularies == JOINT
    one, other = (script_of_texts(side) for side in (
        (pair.source for pair in pairs), (pair.target for pair in pairs)
    ))  # fmt: skip
    return one == other


def fit_vocabulary(settings: TokenizerSettings, texts: Sequence[str]) -> TokenizerSettings:
    """The settings with a size that so much text can fill."""
    if settings.vocabulary_size:
        return settings
    size = sum(len(text.encode()) for text in texts) // _BYTES_A_TOKEN
    fitting = min(_MOST_VOCABULARY, max(_LEAST_VOCABULARY, size))
    return replace(settings, vocabulary_size=fitting)


def fit_training(settings: TrainingSettings, tokens: int) -> TrainingSettings:
    """Small batches for few tokens, and more epochs, up to a bound.

    Args:
        settings: what is left as it is.
        tokens: of both sides of all pairs.
    """
    fitting = [size for size in _BATCH_SIZES if size * _BATCHES_AN_EPOCH <= tokens]
    size = settings.batch_size or max(fitting, default=_BATCH_SIZES[0])
    least, most = _EPOCHS
    epochs = min(most, max(least, -(-_STEPS * size // max(tokens, 1))))
    return replace(settings, batch_size=size, epochs=settings.epochs or epochs)


def describe(plan: TranslatorPlan, source: int, target: int) -> TranslatorNetwork:
    """The network that a plan makes of vocabularies of these sizes.

    Args:
        plan: the plan.
        source: tokens that may be read; 0 where one vocabulary serves both sides.
        target: tokens that may be written.
    """
    first = plan.encoders[0]
    decoder = Encoder(
        first.cell,
        plan.decoder.units or plan.encoders[-1].output_units,
        bidirectional=False,
        dropout=first.dropout,
        recurrent_dropout=first.recurrent_dropout,
    )
    return TranslatorNetwork(
        target,
        source,
        plan.embedding,
        plan.encoders,
        (decoder,) * plan.decoder.layers,
        replace(plan.head, copying=plan.head.copying and not source),
    )
