"""What a finished classifier says of labelled texts, for what is fitted to them afterwards.

Shapes: B texts, L labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.configuration import require
from textrnn.corpora import LabelledText
from textrnn.heads.classifier.parts import read_bag
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.bag_alone import bag_alone_settings
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.labels import check_known
from textrnn.training.classifier.validation import predict_logits, served
from textrnn.training.settings import TrainingSettings


@dataclass(frozen=True)
class ServedAnswers:
    """What a classifier's network and its bag say of texts.

    Attributes:
        numbers: the right label's of each text, (B,).
        lengths: tokens of each text, (B,).
        logits: of the network, (B, L).
        scores: of the bag, (B, L); None where there is none.
    """

    numbers: NDArray[np.int64]
    lengths: NDArray[np.int64]
    logits: NDArray[np.float32]
    scores: NDArray[np.float32] | None

    def bag_alone(
        self, together: NDArray[np.float64], *, say: Callable[[str], None]
    ) -> dict[str, Any]:
        """What the manifest has for serving of when the bag answers by itself.

        Args:
            together: calibrated logits of network and bag, (B, L).
            say: told in a line how many of the texts it then answers.
        """
        if self.scores is None:
            return {}
        return bag_alone_settings(self.scores, together, self.lengths, self.numbers, say=say)


def served_answers(
    bundle: Bundle, tokenizer: Tokenizer, graph: bytes, validation: Sequence[LabelledText]
) -> ServedAnswers:
    """What a classifier's graph, and the bag in its bundle, say of texts.

    Args:
        bundle: has the labels, the windows and the bag.
        tokenizer: reads the texts.
        graph: the network's, which serves.
        validation: the texts.

    Raises:
        ConfigurationError: there are none.
        InputError: one has another label.
    """
    require(bool(validation), "there are no validation texts")
    manifest = bundle.manifest
    check_known(validation, manifest.labels)
    texts = EncodedTexts.of(validation, tokenizer, manifest.labels)
    settings = TrainingSettings(
        max_tokens=manifest.serving["window_tokens"],
        window_overlap=manifest.serving["window_overlap"],
    )
    logits = predict_logits(served(graph), texts.tokens, settings)
    scores = read_bag(bundle).scores(texts.tokens) if "bag.npz" in manifest.files else None
    return ServedAnswers(texts.labels, texts.lengths, logits, scores)
