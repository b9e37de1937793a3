"""What a user writes, for type checkers: ``tests/test_types.py`` has mypy read it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

import textrnn
from textrnn.corpora import LabelledText, Series, Span, SpannedText
from textrnn.sklearn import TextClassifier
from textrnn.training.loop.events import TrainingEvent

classifier = textrnn.load("sentiment-en")
assert_type(classifier, textrnn.Classifier)
assert_type([result.label for result in classifier.classify(["A joy."])], list[str])

tagger = textrnn.load("ner-zh", threads=1)
assert_type(tagger, textrnn.Tagger)
assert_type(tagger.tag("昨天在北京").entities[0].label, str)

generator = textrnn.load("poetry-zh")
assert_type(generator, textrnn.Generator)
assert_type([poem.text for poem in generator.generate("床前明月光")], list[str])

forecaster = textrnn.load("town-load")
assert_type(forecaster, textrnn.Forecaster)
assert_type(forecaster.forecast({"load": [3.5, 4.5], "temperature": [20, 21]}), textrnn.Forecast)
assert_type(next(forecaster.answer([np.zeros((200, 2))])).values, NDArray[np.float64])
assert_type(forecaster.forecast_groups([]), dict[str, textrnn.Forecast])
assert_type(
    forecaster.evaluate([Series(("load",), 1, np.zeros((9, 1)))]).scores(), dict[str, float]
)

assert_type(textrnn.load("sentiment-zh"), textrnn.Classifier)
assert_type(textrnn.load("ner-en"), textrnn.Tagger)
assert_type(textrnn.load("prose-en"), textrnn.Generator)
assert_type(classifier.labels, tuple[str, ...])
assert_type(classifier.tokenizer, textrnn.Tokenizer)
assert_type(tagger.tag(["Ada left."]), list[textrnn.TaggedText])
assert_type(list(classifier.answer(["A joy."])), list[textrnn.Classification])
assert_type(classifier.evaluate([LabelledText("A joy.", "positive")]).scores(), dict[str, float])
assert_type(tagger.evaluate([SpannedText("Ada", (Span(0, 3, "PER"),))]).scores(), dict[str, float])
assert_type(textrnn.Classifier.load("models/mine"), textrnn.Classifier)
assert_type(textrnn.load("models/mine"), Any)
assert_type(textrnn.load(Path("mine")), Any)


def shown(event: TrainingEvent) -> None:
    """Shows how far a training is."""
    assert_type(event.loss_nats, float)


pairs = [("A joy.", "good"), ("A bore.", "bad")]
mine = textrnn.train_classifier(pairs, out="mine", epochs=5, units=50, on_event=shown)
assert_type(mine, textrnn.Classifier)
textrnn.train_classifier(Path("reviews.csv"), out="mine", text="body", label="stars")
textrnn.train_classifier([LabelledText("A joy.", "good")], out="mine")
textrnn.train_classifier({"text": ["A joy."], "label": [1]}, out="mine", init_from="sentiment-en")
assert_type(textrnn.train_tagger("names.conll", out="names", characters=None), textrnn.Tagger)
assert_type(textrnn.train_generator(["a text"], out="novel", layers=2), textrnn.Generator)

estimator = TextClassifier(epochs=5, folds=0).fit(["A joy.", "A bore."], [1, 0])
assert_type(estimator, TextClassifier)
assert_type(estimator.predict(np.array(["A joy."])), NDArray[Any])
assert_type(estimator.predict_proba(["A joy."]), NDArray[np.float64])
assert_type(estimator.model_, textrnn.Classifier)

textrnn.train_classifier(pairs)  # type: ignore[call-arg]
textrnn.train_classifier(pairs, out="mine", plan=textrnn.TaggerPlan())  # type: ignore[arg-type]
