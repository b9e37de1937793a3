"""Texts that validate one another: networks of folds are trained as the one that is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.folds import answer_by_others
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.objective import ClassificationObjective
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.folds import KeptFolds
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.settings import TrainingSettings

pytestmark = pytest.mark.train

LABELS = ("a", "b")


@pytest.mark.parametrize(("frozen", "same"), [(1, True), (0, False)])
def test_rows_that_are_frozen_are_frozen_in_folds(tmp_path: Path, frozen: int, same: bool) -> None:
    texts = EncodedTexts([np.array([i % 7 + 2], np.int32) for i in range(12)], np.arange(12) % 2)
    encoder = Encoder("rnn", units=3, bidirectional=False)
    head = ClassifierHead(("last",), labels=LABELS)
    model = build_classifier(ClassifierNetwork(9, head, Embedding(4), (encoder,)))
    settings = TrainingSettings(epochs=1, batch_size=6, learning_rate=0.1)
    objective = ClassificationObjective(model, texts, texts, settings, labels=LABELS)
    fit = Fit(model, objective, settings, frozen_epochs={"embedding": frozen})
    (first,) = model.get_layer("embedding").get_weights()
    seen: list[bool] = []

    def say(line: str) -> None:
        assert line.startswith("fold ")
        (rows,) = model.get_layer("embedding").get_weights()
        seen.append(bool((rows == first).all()))

    folder = RunFolder(tmp_path / "run")
    with folder.held(resume=False):
        answer_by_others(
            fit, objective, np.arange(12) % 3, kept=KeptFolds(folder, fit.save), say=say
        )
    assert seen == [same] * 3
