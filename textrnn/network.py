"""The description of a network: embedding, recurrent encoders, pooling, head.

A network is described once, here. ``training/build.py`` turns the description into Keras layers
and ``runtime/compile.py`` into ONNX nodes; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from textrnn.configuration import from_dict, require, require_choice, require_rate, to_dict

CELLS = ("rnn", "lstm", "gru")
MERGES = ("concat", "sum", "mul", "ave")
POOLINGS = ("attention", "last", "mean", "max")


@dataclass(frozen=True)
class Embedding:
    """A row of ``units`` numbers for each token of the vocabulary.

    Attributes:
        units: numbers a row.
        dropout: share of the embedding's units that are dropped, the same for all the tokens of
            a text (spatial dropout, Tompson et al. 2015, section 3.2).
        word_dropout: share of tokens that are replaced by ``<unk>`` while training, so that the
            row of unknown words is trained too.
        frozen_epochs: how many epochs the rows stay as they were given; -1: always.
    """

    units: int = 100
    dropout: float = 0.0
    word_dropout: float = 0.0
    frozen_epochs: int = 0

    def __post_init__(self) -> None:
        require(self.units >= 1, f"units must be at least 1; received {self.units}")
        require_rate("dropout", self.dropout)
        require_rate("word_dropout", self.word_dropout)
        require(
            self.frozen_epochs >= -1,
            f"frozen_epochs must be -1 (always), 0 or more; received {self.frozen_epochs}",
        )


@dataclass(frozen=True)
class Encoder:
    """One recurrent layer.

    Attributes:
        cell: ``rnn`` (tanh; Elman 1990), ``lstm`` (Hochreiter & Schmidhuber 1997, with forget
            gates) or ``gru`` (Cho et al. 2014; the reset gate after the product).
        units: size of the state, in each direction.
        bidirectional: read in both directions (Schuster & Paliwal 1997).
        merge: how the two directions join: ``concat`` (2 x units), ``sum``, ``mul``, ``ave``.
        dropout: share of the layer's inputs dropped while training.
        recurrent_dropout: share of the recurrent state dropped while training, one mask a text
            (Gal & Ghahramani 2016).
    """

    cell: str = "lstm"
    units: int = 100
    bidirectional: bool = True
    merge: str = "concat"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0

    def __post_init__(self) -> None:
        require_choice("cell", self.cell, CELLS)
        require_choice("merge", self.merge, MERGES)
        require(self.units >= 1, f"units must be at least 1; received {self.units}")
        require_rate("dropout", self.dropout)
        require_rate("recurrent_dropout", self.recurrent_dropout)

    @property
    def output_units(self) -> int:
        """Size of the layer's output for each token."""
        return self.units * (2 if self.bidirectional and self.merge == "concat" else 1)


@dataclass(frozen=True)
class ClassifierHead:
    """From the encoded tokens to one label: pooling over time, then a dense layer.

    Attributes:
        labels: the labels, in the order of the network's outputs.
        pooling: one or more of ``attention`` (additive: Bahdanau et al. 2015, with a learned
            query as in Yang et al. 2016), ``last`` (the final states), ``mean``, ``max``; several
            are concatenated in the order given.
        attention_units: size of the attention's hidden layer.
        hidden_units: size of a ReLU layer before the output; 0 for none.
        dropout: share of the pooled vector dropped while training.
    """

    labels: tuple[str, ...]
    pooling: tuple[str, ...] = ("attention", "max")
    attention_units: int = 64
    hidden_units: int = 0
    dropout: float = 0.0

    def __post_init__(self) -> None:
        require(len(self.labels) >= 2, f"at least 2 labels are needed; received {self.labels!r}")
        require(len(set(self.labels)) == len(self.labels), f"labels repeat: {self.labels!r}")
        require(len(self.pooling) >= 1, "pooling must name at least one of " + ", ".join(POOLINGS))
        require(len(set(self.pooling)) == len(self.pooling), f"pooling repeats: {self.pooling!r}")
        for kind in self.pooling:
            require_choice("pooling", kind, POOLINGS)
        require(self.attention_units >= 1, "attention_units must be at least 1")
        require(self.hidden_units >= 0, "hidden_units must be 0 or more")
        require_rate("dropout", self.dropout)


@dataclass(frozen=True)
class Network:
    """A whole network, from token ids to logits."""

    vocabulary_size: int
    head: ClassifierHead
    embedding: Embedding = field(default_factory=Embedding)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 2, "vocabulary_size must be at least 2")
        require(len(self.encoders) >= 1, "at least one encoder is needed")

    @property
    def has_attention(self) -> bool:
        """Whether the network returns a weight for each token."""
        return "attention" in self.head.pooling

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON values."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Network:
        """The description that :meth:`as_dict` gave.

        Raises:
            ConfigurationError: a key is unknown or a value is out of range.
        """
        return from_dict(cls, data, where="network")
