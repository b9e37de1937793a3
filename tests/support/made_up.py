"""Little reviews of our own that a tiny network can learn."""

from __future__ import annotations

import random

from textrnn.corpora import LabelledText

GOOD = ["lovely", "wonderful", "superb", "charming", "bright"]
BAD = ["dreadful", "boring", "clumsy", "awful", "dull"]
THINGS = ["film", "soup", "hotel", "song", "garden", "story"]
FRAMES = ["the {thing} was {word}", "what a {word} {thing}", "a {word} , {other} {thing} !"]


def made_up_reviews(count: int, *, random_state: int = 0) -> list[LabelledText]:
    """Little reviews in which a few words decide."""
    rng = random.Random(random_state)
    examples = []
    for number in range(count):
        words, label = (GOOD, "positive") if number % 2 else (BAD, "negative")
        text = rng.choice(FRAMES).format(
            thing=rng.choice(THINGS), word=rng.choice(words), other=rng.choice(words)
        )
        examples.append(LabelledText(f"{text} {number}", label))
    return examples
