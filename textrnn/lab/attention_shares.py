"""Where a classifier or a translator looks: its attention, before training and after.

Before training the same network has random weights. Attention is then spread over all tokens alike:
where to look is learned.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network, model_path
from textrnn.configuration import require, require_whole
from textrnn.errors import InputError
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.lab.attention_equations import classifier_attention, translator_attention
from textrnn.lab.cells.cell import Array
from textrnn.lab.experiment import Experiment, HeatRow, HeatTable
from textrnn.lab.initial import untrained
from textrnn.lab.trained import TrainedModel
from textrnn.training.weights.files import check_weights, read_weights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class AttentionShares(Experiment):
    """The attention of a network on the tokens of a text. S tokens are looked at.

    Attributes:
        model: its name.
        source: the tokens that are looked at, S.
        target: the tokens of a translation, each of which looks; empty of a classifier, which looks
            once.
        before: the shares of the attention of random weights, a row for each look, S each.
        after: those of the trained weights.
        random_state: of the random weights.
    """

    model: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    before: Rows
    after: Rows
    random_state: int

    @property
    def title(self) -> str:
        """See :meth:`Experiment.title`."""
        return f"Where {self.model} looks, before training and after"

    def findings(self) -> list[str]:
        """See :meth:`Experiment.findings`."""
        before, after = (
            np.mean([_width(row) for row in rows]) for rows in (self.before, self.after)
        )
        told = [
            "Attention weighs each token by softmax(score): the shares of a look sum to 1.",
            f"Before training it looks at {before:.1f} of {len(self.source)} tokens, after it at "
            f"{after:.1f} (the exponential of the entropy of the shares).",
        ]
        if not self.target:
            heaviest = np.argsort(-np.array(self.after[0]), kind="stable")[:3]
            told.append("It looks most at " + ", ".join(
                f"{self.source[place]!r} ({self.after[0][place]:.0%})" for place in heaviest
            ) + ". What stands for a token knows the tokens around it, too: which words count is "
            "another question (textrnn explain).")  # fmt: skip
        return told

    def tables(self) -> list[HeatTable]:
        """See :meth:`Experiment.tables`."""
        both = {"before training": self.before, "after training": self.after}
        if not self.target:
            rows = [_row(name, shares[0]) for name, shares in both.items()]
            return [HeatTable("Share of the attention", self.source, rows)]
        return [
            HeatTable(
                f"Share of the attention, {name}",
                self.source,
                [_row(token, row) for token, row in zip(self.target, shares, strict=True)],
            )
            for name, shares in both.items()
        ]

    def as_dict(self) -> dict[str, Any]:
        """See :meth:`Experiment.as_dict`."""
        return asdict(self)

    def figure(self) -> Figure:
        """See :meth:`Experiment.figure`."""
        from textrnn.lab.pictures import attention_figure

        return attention_figure(self)


def attention(model: str | Path, text: str, *, random_state: int = 0) -> AttentionShares:
    """Look where a classifier or a translator looks in a text, in NumPy, with random and with
    trained weights.

    Args:
        model: its name or path.
        text: what it reads; a translator's first sentence.
        random_state: of the random weights.

    Raises:
        ConfigurationError: the network has no attention, or the random state is negative.
        InputError: the text has no tokens.
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
    """
    require_whole("random_state", random_state, least=0)
    bundle = Bundle.open(model_path(model))
    network = described_network(bundle)
    is_translator = isinstance(network, TranslatorNetwork)
    has_attention = isinstance(network, ClassifierNetwork) and network.has_attention
    require(
        is_translator or has_attention,
        f"{bundle.name} has no attention: name a translator, or a classifier with that pooling",
    )
    shares_of = _translator_shares if is_translator else _classifier_shares
    return shares_of(bundle, text, random_state)


def _classifier_shares(bundle: Bundle, text: str, random_state: int) -> AttentionShares:
    model = TrainedModel.open(bundle.path)
    tokens, ids = model.tokens(text)
    before, after = (
        classifier_attention(model.network, weights, ids)
        for weights in (untrained(model.network, random_state), model.weights)
    )
    return AttentionShares(bundle.name, tuple(tokens), (), _rows(before[None]), _rows(after[None]),
                   random_state)  # fmt: skip


def _translator_shares(bundle: Bundle, text: str, random_state: int) -> AttentionShares:
    from textrnn.heads.translator.translator import Translator

    translator = Translator(bundle)
    network, weights = translator.network, read_weights(bundle)
    check_weights(weights, bundle)
    (translation,) = translator.translate([text])
    if not translation.sentences:
        raise InputError("the text has no words to translate")
    sentence = translation.sentences[0]
    source = text[slice(*sentence.source)]
    target = translation.text[slice(*sentence.target)]
    read, written = translator.source_tokenizer.encode(source), translator.tokenizer.encode(target)
    before, after = (
        translator_attention(network, one, read.ids, written.ids)
        for one in (untrained(network, random_state), weights)
    )
    sources, targets = (
        tuple(part[begin:end] for begin, end in found.offsets.tolist())
        for part, found in ((source, read), (target, written))
    )
    return AttentionShares(bundle.name, sources, targets, _rows(before), _rows(after), random_state)


def _rows(shares: Array) -> Rows:
    return tuple(tuple(float(share) for share in row) for row in shares)


def _row(name: str, shares: tuple[float, ...]) -> HeatRow:
    return HeatRow(name, [f"{share:.0%}" for share in shares], [share**0.5 for share in shares])


def _width(shares: tuple[float, ...]) -> float:
    """At how many tokens a look looks: of so many equal shares the entropy would be the same."""
    positive = np.array([share for share in shares if share > 0])
    return float(np.exp(-np.sum(positive * np.log(positive))))
