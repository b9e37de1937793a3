"""What a user writes, for type checkers: ``tests/test_types.py`` has mypy read it."""

from pathlib import Path
from typing import Any

from typing_extensions import assert_type

import textrnn
from textrnn.corpora import LabelledText

classifier = textrnn.load("sentiment-en")
assert_type(classifier, textrnn.Classifier)
assert_type([result.label for result in classifier.classify(["A joy."])], list[str])

tagger = textrnn.load("ner-zh", threads=1)
assert_type(tagger, textrnn.Tagger)
assert_type(tagger.tag("昨天在北京").entities[0].label, str)

generator = textrnn.load("poetry-zh")
assert_type(generator, textrnn.Generator)
assert_type([poem.text for poem in generator.generate("床前明月光")], list[str])

assert_type(textrnn.load("models/mine"), Any)
assert_type(textrnn.load(Path("mine")), Any)


def shown(event: Any) -> None:
    """Shows how far a training is."""


pairs = [("A joy.", "good"), ("A bore.", "bad")]
mine = textrnn.train_classifier(pairs, out="mine", epochs=5, units=50, on_event=shown)
assert_type(mine, textrnn.Classifier)
textrnn.train_classifier(Path("reviews.csv"), out="mine", text="body", label="stars")
textrnn.train_classifier([LabelledText("A joy.", "good")], out="mine")
textrnn.train_classifier({"text": ["A joy."], "label": [1]}, out="mine", init_from="sentiment-en")
assert_type(textrnn.train_tagger("names.conll", out="names", characters=None), textrnn.Tagger)
assert_type(textrnn.train_generator(["a text"], out="novel", layers=2), textrnn.Generator)

textrnn.train_classifier(pairs)  # type: ignore[call-arg]
textrnn.train_classifier(pairs, out="mine", plan=textrnn.TaggerPlan())  # type: ignore[arg-type]
