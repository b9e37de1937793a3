"""What the descriptions of all networks are made of: an embedding, recurrent encoders.

A network is described once, in the ``network.py`` of its head. Training turns the description into
Keras layers and the head's ``graph.py`` into ONNX nodes; a test holds the two together.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeVar

from textrnn.configuration import (
    REGULARISATION,
    TRAINING,
    check_settings,
    from_dict,
    require,
    setting,
    to_dict,
)

N = TypeVar("N", bound="Network")

CELLS = ("rnn", "lstm", "gru")
MERGES = ("concat", "sum", "mul", "ave")
_MOST = 1 << 26  # of anything: such a table alone would be larger than a graph can be
_MOST_ENCODERS = 64
_MOST_CHARACTERS = 1000  # of a label
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
GATES = {"rnn": 1, "lstm": 4, "gru": 3}  # of the kernels of each cell


@dataclass(frozen=True)
class Network(ABC):
    """The description of a network, as a manifest holds it; each head has a class of its own."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Those that its answers have, in the order of its outputs; none where it has no such."""
        return ()

    @property
    def token_output(self) -> str:
        """The weight that makes an output of each token; empty where whole texts alone have one."""
        return ""

    @property
    def embedding_in_graph(self) -> bool:
        """Whether the rows of the embedding are looked up in the graph, so that a bundle may keep
        them there alone.
        """
        return False

    @abstractmethod
    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Each weight by its name, with its shape; those of a layer follow one another."""

    @abstractmethod
    def weight_layers(self) -> list[str]:
        """The names of the layers with weights, in the order of :meth:`weight_shapes`, from the
        embeddings to the output.
        """

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON values."""
        return to_dict(self)

    @classmethod
    def from_dict(cls: type[N], data: dict[str, Any]) -> N:
        """The description that :meth:`as_dict` gave.

        Raises:
            ConfigurationError: a key is unknown or a value is out of range.
        """
        return from_dict(cls, data, where="network")


@dataclass(frozen=True)
class Embedding:
    """A row of ``units`` numbers for each token of the vocabulary.

    ``dropout`` is spatial (Tompson et al. 2015, section 3.2). By ``word_dropout`` the row of
    ``<unk>`` is trained, too; in a generator it is Gal & Ghahramani's (2016, section 4.2).
    """

    units: int = setting(100, "Numbers a token.", least=1, option="--embedding-units")
    dropout: float = setting(
        0.0,
        "On the embeddings, the same for all tokens of a text.",
        is_rate=True,
        option="--embedding-dropout",
        group=REGULARISATION,
    )
    word_dropout: float = setting(
        0.0,
        "Share of words read as unknown.",
        is_rate=True,
        group=REGULARISATION,
        advanced=True,
    )
    frozen_epochs: int = setting(
        0,
        "Epochs in which the embeddings stay as they were given; -1: all.",
        least=-1,
        group=TRAINING,
        advanced=True,
    )

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class Encoder:
    """One recurrent layer.

    The cells are ``rnn`` (tanh; Elman 1990), ``lstm`` (Hochreiter & Schmidhuber 1997, with forget
    gates) and ``gru`` (Cho et al. 2014; the reset gate after the product). Two directions
    (Schuster & Paliwal 1997) put end to end, ``concat``, give twice the ``units``.
    ``recurrent_dropout`` has one mask a text (Gal & Ghahramani 2016), ``weight_dropout`` one a step
    (Merity et al. 2018, section 2).
    """

    cell: str = setting("lstm", "What reads each token.", choices=CELLS)
    units: int = setting(100, "Units of each encoder and direction.", least=1)
    bidirectional: bool = setting(
        True, "Read in both directions, or forward only.", option="--unidirectional"
    )
    merge: str = setting("concat", "How two directions join.", choices=MERGES, advanced=True)
    dropout: float = setting(
        0.0,
        "On what each encoder reads.",
        is_rate=True,
        option="--layer-dropout",
        group=REGULARISATION,
    )
    recurrent_dropout: float = setting(
        0.0, "On the recurrent states.", is_rate=True, group=REGULARISATION, advanced=True
    )
    weight_dropout: float = setting(
        0.0,
        "On recurrent matrices.",
        is_rate=True,
        group=REGULARISATION,
        advanced=True,
    )

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def output_units(self) -> int:
        """Size of the layer's output for each token."""
        return self.units * (2 if self.bidirectional and self.merge == "concat" else 1)


def require_labels(labels: tuple[str, ...]) -> None:
    """A label is a word or two, which goes into tables: it must not look like several lines."""
    for label in labels:
        require(bool(label.strip()), "a label is empty")
        require(
            len(label) <= _MOST_CHARACTERS,
            f"a label has more than {_MOST_CHARACTERS:,} characters: {label!r:.80}",
        )
        require(
            not _UNPRINTABLE.search(label),
            f"a label holds a control character or line end: {label!r:.80}",
        )
    require(len(set(labels)) == len(labels), f"labels repeat: {labels!r:.200}")


def require_bounds(network: Any) -> None:
    """No part of a network is larger than what could be kept in memory, or below nothing."""
    require(
        1 <= len(network.encoders) <= _MOST_ENCODERS,
        f"at least one encoder is needed, and at most {_MOST_ENCODERS}",
    )
    waiting = list(to_dict(network).items())
    for name, value in waiting:
        if isinstance(value, dict):
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend((name, item) for item in value)
        elif isinstance(value, int):
            least = -1 if name == "frozen_epochs" else 0
            require(
                least <= value <= _MOST, f"{name} must be from {least} to {_MOST:,}: {value!r:.40}"
            )


def refuse_weight_dropout(encoders: tuple[Encoder, ...]) -> None:
    """Dropped recurrent weights are for generators alone."""
    require(
        not any(encoder.weight_dropout for encoder in encoders),
        "weight_dropout belongs to generators; use recurrent_dropout",
    )


def encoder_shapes(encoder: Encoder, name: str, inputs: int) -> dict[str, tuple[int, ...]]:
    """The weights of one encoder with their shapes.

    Gates lie side by side in the last axis, in Keras' order: LSTM i, f, c, o; GRU z, r, h.

    Args:
        encoder: its description.
        name: what the names of its weights begin with.
        inputs: the numbers of a token that it reads.
    """
    width = GATES[encoder.cell] * encoder.units
    shapes: dict[str, tuple[int, ...]] = {}
    for direction in directions(encoder):
        prefix = f"{name}/{direction}"
        shapes[f"{prefix}/kernel"] = (inputs, width)
        shapes[f"{prefix}/recurrent"] = (encoder.units, width)
        shapes[f"{prefix}/bias"] = (2, width) if encoder.cell == "gru" else (width,)
    return shapes


def directions(encoder: Encoder) -> tuple[str, ...]:
    """``("forward", "backward")``, or the first alone."""
    return ("forward", "backward") if encoder.bidirectional else ("forward",)
