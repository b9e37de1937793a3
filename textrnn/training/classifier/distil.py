"""A classifier's network learns what a whole one answers: the probabilities of its labels (Hinton,
Vinyals & Dean 2015, section 2, at a temperature of 1).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.objective import ClassificationObjective
from textrnn.training.distilling import Distilled, distil, held_out
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.events import OnEvent
from textrnn.training.settings import TrainingSettings


def distil_classifier(
    network: ClassifierNetwork,
    weights: Mapping[str, NDArray[np.float32]],
    texts: EncodedTexts,
    settings: TrainingSettings,
    *,
    on_event: OnEvent | None = None,
) -> Distilled:
    """Train a classifier's network on a whole one's answers.

    Args:
        network: the description.
        weights: to begin with.
        texts: with the probabilities that the whole network gives each label.
        settings: how to train.
        on_event: called after each step and epoch.
    """
    seed_everything(settings.random_state)
    model = build_classifier(network)
    validates = held_out(len(texts), settings.random_state)
    return distil(
        model,
        network,
        weights,
        lambda: ClassificationObjective(
            model, texts.part(~validates), texts.part(validates), settings, labels=network.labels
        ),
        settings,
        measure="accuracy against the whole model's answers",
        on_event=on_event,
    )
