"""The tokens that may come next in a text, for who chooses by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from textrnn.configuration import require
from textrnn.decoding.rules import Rules
from textrnn.decoding.sampling import softmax
from textrnn.decoding.step import Reader
from textrnn.heads.generator.seeds import SeedReader
from textrnn.heads.generator.writing import in_script, states_before_last


@dataclass(frozen=True)
class Choice:
    """A token that may come next, as text, and how probable it is; the text of an end is empty."""

    text: str
    probability: float


def next_choices(
    stepper: Reader, seeds: SeedReader, text: str, num: int, *, temperature: float
) -> list[Choice]:
    """The most probable: see :meth:`textrnn.heads.generator.generator.Generator.choices`."""
    require(num >= 1, f"num must be at least 1; received {num}")
    require(temperature > 0, f"temperature must be above 0; received {temperature}")
    blank = seeds.blank(text, Rules(length=1))
    writer = seeds.script.writer("auto", text, "")
    logits, _ = stepper.step([blank.last], states_before_last(stepper, blank))
    blank.mask(logits[0])
    shares = softmax(logits, temperature=temperature)[0]
    found: list[Choice] = []
    for token in np.argsort(-shares, kind="stable").tolist():
        if len(found) == num or shares[token] == 0.0:
            break
        try:
            piece = blank.added_by(token).decode("utf-8")
        except UnicodeDecodeError:
            continue
        found.append(Choice(in_script(piece, writer), float(shares[token])))
    return found
