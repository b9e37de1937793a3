"""The description of a translator's network: encoders that read a sentence both ways, a decoder
that writes another, and the attention between them.

Shapes: B sentences, S tokens of a source, T of a target, E embedding units, K units that the last
encoder gives each source token, U units of a decoder layer, A attention units, V tokens that may be
written, Vs tokens that may be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import (
    REGULARISATION,
    check_settings,
    require,
    setting,
)
from textrnn.network import (
    Embedding,
    Encoder,
    Network,
    encoder_shapes,
    refuse_weight_dropout,
    require_bounds,
)

ATTENTIONS = ("additive", "multiplicative")


@dataclass(frozen=True)
class TranslatorHead:
    """From the encoded source and what was written so far to the next token.

    The bottom decoder layer's output ``q`` (U) asks, each source token's encoding ``h`` (K)
    answers. ``additive`` attention (Bahdanau et al. 2015, section A.1.2) scores
    ``v . tanh(M h + b + Q q)``, ``multiplicative`` (Luong et al. 2015, "general") ``q . M h``. The
    softmax of the scores over the source's tokens weighs their encodings: the context ``c`` (K).
    Further decoder layers read the layer below them and the context (as those of Wu et al. 2016,
    section 3, do), and the attentional vector is ``a = tanh(W [top layer's output; c])`` (E; Luong
    et al. 2015, eq. 5).

    With ``input_feeding`` (Luong et al. 2015, section 3.3) the bottom layer reads the attentional
    vector of the step before beside the token; without, it does not depend on the attention, so
    that training reads all steps of a layer at once.

    The logits are ``a`` times the table of the embedding, where that is ``tied`` (Press & Wolf
    2017), or a matrix of their own. With ``copying`` (See et al. 2017, eq. 8 and 9) a token's
    probability is ``g`` times that of the logits and ``1 - g`` times the attention on the source's
    tokens that are the same, with the gate ``g = sigmoid(w . [a; c] + b)``; source and target have
    one vocabulary.
    """

    attention: str = setting(
        "multiplicative", "How the decoder asks the source's tokens.", choices=ATTENTIONS
    )
    attention_units: int = setting(
        256, "Hidden units of the additive attention.", least=1, advanced=True
    )
    input_feeding: bool = setting(
        False,
        "Let the decoder read what it attended to a token before, too: slower to train.",
        advanced=True,
    )
    copying: bool = setting(
        False, "Copy tokens of the source where one vocabulary serves both sides."
    )
    tied: bool = setting(
        True,
        "Let the output share the embedding's matrix, or have its own.",
        option="--untied",
        advanced=True,
    )
    dropout: float = setting(
        0.0, "On the vectors that tokens are chosen by.", is_rate=True, group=REGULARISATION
    )

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class TranslatorNetwork(Network):
    """A whole network, from source tokens (B, S) and target tokens (B, T) to next tokens (B, T, V).

    A target begins with ``<s>`` and ends with ``</s>``; a source has neither.

    Attributes:
        vocabulary_size: V.
        source_vocabulary_size: Vs, with an embedding of its own; 0 where one vocabulary, and one
            embedding, serves both sides.
        embedding: of tokens; ``word_dropout`` is the share of source tokens read as ``<unk>``.
        encoders: the layers that read the source.
        decoders: the layers that write the target, all of them forward only.
        head: what stands between and behind them.
    """

    vocabulary_size: int
    source_vocabulary_size: int = 0
    embedding: Embedding = field(default_factory=lambda: Embedding(units=256))
    encoders: tuple[Encoder, ...] = (Encoder("gru", 256),)
    decoders: tuple[Encoder, ...] = (Encoder("gru", 384, bidirectional=False),)
    head: TranslatorHead = field(default_factory=TranslatorHead)

    def __post_init__(self) -> None:
        sizes = {"vocabulary_size": self.vocabulary_size}
        if not self.is_joint:
            sizes["source_vocabulary_size"] = self.source_vocabulary_size
        for name, size in sizes.items():
            require(size >= 5, f"{name} must be at least 5: {size}")
        require_bounds(self)
        refuse_weight_dropout((*self.encoders, *self.decoders))
        require(len(self.decoders) >= 1, "at least one decoder is needed")
        require(
            not any(decoder.bidirectional for decoder in self.decoders),
            "a translator's decoders write forward: set bidirectional = false",
        )
        require(
            all(encoder.merge == "concat" for encoder in self.encoders),
            "the two directions of a translator's encoders stand end to end: set merge = 'concat'",
        )
        require(
            not self.head.copying or self.is_joint,
            "copying needs one vocabulary for both sides",
        )

    @property
    def is_joint(self) -> bool:
        """Whether one vocabulary serves both sides."""
        return self.source_vocabulary_size == 0

    @property
    def values(self) -> int:
        """K: the numbers that stand for each source token."""
        return self.encoders[-1].output_units

    @property
    def keys(self) -> int:
        """A: the numbers by which the attention knows a source token."""
        head = self.head
        return (
            self.decoders[0].units if head.attention == "multiplicative" else head.attention_units
        )

    @property
    def state_units(self) -> dict[str, int]:
        """What a step leaves to the next, with its units: ``state_0/h`` and with LSTM
        ``state_0/c`` …, and with input feeding the ``attentional`` vector, which begins as zeros.
        """
        return self.bridged_units | (
            {"attentional": self.embedding.units} if self.head.input_feeding else {}
        )

    @property
    def bridged_units(self) -> dict[str, int]:
        """The decoder's recurrent states, in the order in which the bridge makes them."""
        return {
            f"state_{number}/{part}": decoder.units
            for number, decoder in enumerate(self.decoders)
            for part in ("hc" if decoder.cell == "lstm" else "h")
        }

    @property
    def token_output(self) -> str:
        """The logits of the next token, from the embedding where that is the output's matrix."""
        return "embedding" if self.head.tied else "output/kernel"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Each weight of a translator with its shape.

        ``embedding`` (V, E), and where there are two vocabularies ``source_embedding`` (Vs, E); the
        encoders as a classifier's; ``bridge/kernel`` (K, all bridged units) with ``.../bias``, from
        the last states of the encoders' last layer through tanh to the decoders' first states;
        ``decoder_0/forward/…`` … as the encoders', of which the first reads E numbers (2 E with
        input feeding) and the others U + K; ``attention/memory`` (K, A), and of additive attention
        ``attention/bias`` (A,), ``attention/query`` (U, A) and ``attention/score`` (A, 1);
        ``attentional/kernel`` (U + K, E) with ``.../bias``; ``gate/kernel`` (E + K, 1) with
        ``.../bias`` where there is copying; ``output/kernel`` (E, V) where it is not tied;
        ``output/bias`` (V,).
        """
        units, values, head = self.embedding.units, self.values, self.head
        shapes: dict[str, tuple[int, ...]] = {"embedding": (self.vocabulary_size, units)}
        if not self.is_joint:
            shapes["source_embedding"] = (self.source_vocabulary_size, units)
        inputs = units
        for number, encoder in enumerate(self.encoders):
            shapes |= encoder_shapes(encoder, f"encoder_{number}", inputs)
            inputs = encoder.output_units
        shapes |= _dense("bridge", values, sum(self.bridged_units.values()))
        inputs = units * (2 if head.input_feeding else 1)
        for number, decoder in enumerate(self.decoders):
            shapes |= encoder_shapes(decoder, f"decoder_{number}", inputs)
            inputs = decoder.units + values
        shapes["attention/memory"] = (values, self.keys)
        if head.attention == "additive":
            shapes["attention/bias"] = (self.keys,)
            shapes["attention/query"] = (self.decoders[0].units, self.keys)
            shapes["attention/score"] = (self.keys, 1)
        shapes |= _dense("attentional", inputs, units)
        if head.copying:
            shapes |= _dense("gate", units + values, 1)
        if not head.tied:
            shapes["output/kernel"] = (units, self.vocabulary_size)
        return shapes | {"output/bias": (self.vocabulary_size,)}

    def weight_layers(self) -> list[str]:
        """See :meth:`textrnn.network.Network.weight_layers`."""
        return list(dict.fromkeys(name.split("/")[0] for name in self.weight_shapes()))


def _dense(name: str, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/kernel": (inputs, units), f"{name}/bias": (units,)}
