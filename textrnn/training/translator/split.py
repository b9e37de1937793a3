"""Which pairs a translator learns, and which validate it: no source is on both sides."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from textrnn.corpora import text_key
from textrnn.corpora.pairs import Pair
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError
from textrnn.training.settings import TrainingSettings

_MOST_CUT = 2000  # pairs; more tell hardly more


def split_pairs(
    pairs: Sequence[Pair],
    validation: Sequence[Pair] | None,
    settings: TrainingSettings,
    say: Callable[[str], None],
) -> tuple[list[Pair], list[Pair]]:
    """The pairs to learn, and those that validate.

    Args:
        pairs: to learn from and, where no others validate, to cut these off.
        validation: others that validate.
        settings: ``validation_split`` is the share that is cut off, of 2,000 pairs at most.
        say: told in a line how many are not learned since they stand among those that validate.

    Raises:
        ConfigurationError: nothing is to be cut off to validate.
        InputError: nothing can be, or nothing is left to learn.
    """
    if validation is None:
        if settings.validation_split == 0:
            raise ConfigurationError("give validation pairs, or a validation_split above 0")
        count = min(_MOST_CUT, max(1, round(settings.validation_split * len(pairs))))
        chosen = set(random.Random(settings.random_state).sample(range(len(pairs)), count))
        validation = [pairs[i] for i in sorted(chosen)]
        pairs = [pair for i, pair in enumerate(pairs) if i not in chosen]
    held = {text_key(pair.source) for pair in validation}
    train = [pair for pair in pairs if text_key(pair.source) not in held]
    if left := len(pairs) - len(train):
        say(
            f"note: left out: {counted(left, 'pair')} whose source stands among those that validate"
        )
    if not train:
        raise InputError("no pair is left to learn from beside those that validate")
    return train, list(validation)
