"""The description of a classifier's network: pooling over encoded tokens, then one label."""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import (
    REGULARISATION,
    check_settings,
    require,
    require_choice,
    setting,
)
from textrnn.corpora.labels import is_reserved
from textrnn.network import (
    Embedding,
    Encoder,
    Network,
    encoder_shapes,
    refuse_weight_dropout,
    require_bounds,
    require_labels,
)

POOLINGS = ("attention", "last", "mean", "max", "ngrams")


@dataclass(frozen=True)
class HeadSettings:
    """A classifier's head but for its labels: pooling over time, then a dense layer.

    Of the poolings ``attention`` is additive (Bahdanau et al. 2015, with a learned query as in Yang
    et al. 2016), ``last`` the final states; ``ngrams`` passes the encoders by: convolutions over
    the embeddings, ReLU, and the maximum over the text (Kim 2014). Several are concatenated in the
    order given.
    """

    pooling: tuple[str, ...] = setting(
        ("attention", "max"),
        "Of attention, last, mean, max, ngrams; commas between them.",
        choices=POOLINGS,
    )
    attention_units: int = setting(64, "Hidden layer of the attention.", least=1, advanced=True)
    ngram_widths: tuple[int, ...] = setting(
        (2, 3, 4), "Tokens that the convolutions of ngrams see; commas between them.", advanced=True
    )
    ngram_units: int = setting(64, "Filters of each width.", least=1, advanced=True)
    hidden_units: int = setting(
        0, "A dense layer before the output; 0 for none.", least=0, advanced=True
    )
    dropout: float = setting(0.5, "On what the head reads.", is_rate=True, group=REGULARISATION)

    def __post_init__(self) -> None:
        check_settings(self)
        require(len(self.pooling) >= 1, "pooling must name at least one of " + ", ".join(POOLINGS))
        require(len(set(self.pooling)) == len(self.pooling), f"pooling repeats: {self.pooling!r}")
        for kind in self.pooling:
            require_choice("pooling", kind, POOLINGS)
        require(
            self.pooling != ("ngrams",), "ngrams pass the encoders by: add another kind of pooling"
        )
        require(
            len(set(self.ngram_widths)) == len(self.ngram_widths) >= 1
            and all(width >= 1 for width in self.ngram_widths),
            f"ngram_widths must be different numbers of at least 1: {self.ngram_widths!r}",
        )

    def with_labels(self, labels: tuple[str, ...]) -> ClassifierHead:
        """The head that tells these labels apart."""
        return ClassifierHead(**vars(self), labels=labels)

    def pooled_units(self, encoded: int) -> int:
        """Size of the pooled vector, of encoders that give so many units."""
        ngrams = len(self.ngram_widths) * self.ngram_units
        return sum(ngrams if kind == "ngrams" else encoded for kind in self.pooling)


@dataclass(frozen=True)
class ClassifierHead(HeadSettings):
    """From the encoded tokens to one of the ``labels``, in the order of the network's outputs."""

    labels: tuple[str, ...] = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        require(len(self.labels) >= 2, f"at least 2 labels are needed; received {self.labels!r}")
        require_labels(self.labels)
        for label in self.labels:
            require(
                not is_reserved(label), f"a label is the answer where none is probable: {label!r}"
            )


@dataclass(frozen=True)
class ClassifierNetwork(Network):
    """A whole network, from token ids to logits."""

    vocabulary_size: int
    head: ClassifierHead
    embedding: Embedding = field(default_factory=Embedding)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 2, "vocabulary_size must be at least 2")
        require_bounds(self)
        refuse_weight_dropout(self.encoders)

    @property
    def has_attention(self) -> bool:
        """Whether the network returns a weight for each token."""
        return "attention" in self.head.pooling

    @property
    def labels(self) -> tuple[str, ...]:
        """The head's."""
        return self.head.labels

    @property
    def embedding_in_graph(self) -> bool:
        """An 8-bit graph has the embedding, half of all the numbers, in 8 bits already."""
        return True

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Each weight of the network with its shape.

        ``embedding`` (V, E); for each encoder and direction ``encoder_0/forward/kernel`` (inputs,
        gates x units), ``.../recurrent`` (units, gates x units) and ``.../bias`` (gates x units),
        for GRU (2, gates x units): input bias, then recurrent bias;
        ``attention/kernel|bias|query``; ``ngrams_2/kernel`` (width, E, units) with ``.../bias`` for
        each width; ``hidden/kernel|bias``; ``output/kernel|bias``.
        """
        shapes: dict[str, tuple[int, ...]] = {
            "embedding": (self.vocabulary_size, self.embedding.units)
        }
        inputs = self.embedding.units
        for number, encoder in enumerate(self.encoders):
            shapes |= encoder_shapes(encoder, f"encoder_{number}", inputs)
            inputs = encoder.output_units
        head = self.head
        if self.has_attention:
            shapes["attention/kernel"] = (inputs, head.attention_units)
            shapes["attention/bias"] = (head.attention_units,)
            shapes["attention/query"] = (head.attention_units, 1)
        if "ngrams" in head.pooling:
            for width in head.ngram_widths:
                shapes[f"ngrams_{width}/kernel"] = (width, self.embedding.units, head.ngram_units)
                shapes[f"ngrams_{width}/bias"] = (head.ngram_units,)
        pooled = head.pooled_units(inputs)
        if head.hidden_units:
            shapes["hidden/kernel"] = (pooled, head.hidden_units)
            shapes["hidden/bias"] = (head.hidden_units,)
            pooled = head.hidden_units
        shapes["output/kernel"] = (pooled, len(head.labels))
        shapes["output/bias"] = (len(head.labels),)
        return shapes

    def weight_layers(self) -> list[str]:
        """See :meth:`textrnn.network.Network.weight_layers`."""
        names = ["embedding", *(f"encoder_{number}" for number in range(len(self.encoders)))]
        names += ["attention"] * self.has_attention
        if "ngrams" in self.head.pooling:
            names += [f"ngrams_{width}" for width in self.head.ngram_widths]
        names += ["hidden"] * bool(self.head.hidden_units)
        return [*names, "output"]
