"""The description of a generator's network: encoders that read forward, and the next token."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from textrnn.configuration import REGULARISATION, check_settings, require, setting
from textrnn.network import Embedding, Encoder, Network, encoder_shapes, require_bounds


@dataclass(frozen=True)
class GeneratorHead:
    """From the encoded tokens to the logits of each next token.

    The matrix of a ``tied`` output layer is the embedding (Inan et al. 2017; Press & Wolf 2017).
    Where the last encoder's units are not the embedding's, a linear projection without bias brings
    them there. ``dropout`` is the same for all tokens of a window.
    """

    tied: bool = setting(
        True,
        "Let the output share the embedding's matrix, or have its own.",
        option="--untied",
        advanced=True,
    )
    dropout: float = setting(0.0, "On what the output reads.", is_rate=True, group=REGULARISATION)

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class GeneratorNetwork(Network):
    """A language model, from token ids and recurrent states to logits and new states.

    The token ``<s>`` begins a document: before it is read all states are set to zero.

    Attributes:
        vocabulary_size: V.
        head: the output.
        embedding: of tokens; its ``word_dropout`` is the share of the vocabulary whose rows read as
            zeros for a step (Gal & Ghahramani 2016, section 4.2).
        encoders: the recurrent layers, all of them forward only.
    """

    vocabulary_size: int
    head: GeneratorHead = field(default_factory=GeneratorHead)
    embedding: Embedding = field(default_factory=Embedding)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(bidirectional=False),))

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 5, "vocabulary_size must be at least 5")
        require_bounds(self)
        require_forward(self.encoders)

    @property
    def projects(self) -> bool:
        """Whether a projection stands between the last encoder and the tied output."""
        return self.head.tied and self.encoders[-1].units != self.embedding.units

    @property
    def state_units(self) -> dict[str, int]:
        """The recurrent states, ``state_0/h`` and with LSTM ``state_0/c`` …, with their units."""
        return {
            f"state_{number}/{part}": encoder.units
            for number, encoder in enumerate(self.encoders)
            for part in ("hc" if encoder.cell == "lstm" else "h")
        }

    @property
    def token_output(self) -> str:
        """The logits of the next token, from the embedding where that is the output's matrix."""
        return "embedding" if self.head.tied else "output/kernel"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Each weight of a generator with its shape.

        ``embedding`` (V, E); the encoders as a classifier's; ``projection/kernel`` (U, E) where
        there is one; ``output/kernel`` (U, V) where it is not tied; ``output/bias`` (V,).
        """
        size, inputs = self.vocabulary_size, self.embedding.units
        shapes: dict[str, tuple[int, ...]] = {"embedding": (size, inputs)}
        for number, encoder in enumerate(self.encoders):
            shapes |= encoder_shapes(encoder, f"encoder_{number}", inputs)
            inputs = encoder.units
        if self.projects:
            shapes["projection/kernel"] = (inputs, self.embedding.units)
        if not self.head.tied:
            shapes["output/kernel"] = (inputs, size)
        shapes["output/bias"] = (size,)
        return shapes

    def weight_layers(self) -> list[str]:
        """See :meth:`textrnn.network.Network.weight_layers`."""
        encoders = [f"encoder_{number}" for number in range(len(self.encoders))]
        return ["embedding", *encoders, *["projection"] * self.projects, "output"]


def require_forward(encoders: Iterable[Encoder]) -> None:
    """See that no encoder reads what is yet to be written.

    Raises:
        ConfigurationError: one reads in both directions.
    """
    require(
        not any(encoder.bidirectional for encoder in encoders),
        "a generator's encoders read forward: set bidirectional = false",
    )
