"""The description of a tagger's network: words, encoders, a tag for each token."""

from __future__ import annotations

from dataclasses import dataclass, field

from textrnn.configuration import (
    REGULARISATION,
    check_settings,
    require,
    require_rate,
    setting,
)
from textrnn.network import (
    Embedding,
    Encoder,
    Network,
    encoder_shapes,
    refuse_weight_dropout,
    require_bounds,
    require_labels,
)
from textrnn.text.words import SHAPES

CHARACTER_ENCODERS = ("cnn", "lstm")
TAG_SCHEMES = ("bio", "bioes")
DECODERS = ("crf", "softmax")


@dataclass(frozen=True)
class CharacterEncoder:
    """From the characters of a word to a vector, which depends on the word alone.

    The kind ``cnn`` is a convolution, ReLU and the maximum over the word (Ma & Hovy 2016, section
    2.1), ``lstm`` the last states of a bidirectional LSTM (Lample et al. 2016, section 4.1), which
    has its units in each direction.
    """

    kind: str = setting(
        "cnn",
        "Encoder of a word's characters.",
        choices=CHARACTER_ENCODERS,
        option="--characters",
    )
    embedding_units: int = setting(25, "Numbers a character.", least=1, recipe_only=True)
    units: int = setting(
        50,
        "Numbers of the encoder of characters.",
        least=1,
        option="--character-units",
        advanced=True,
    )
    width: int = setting(
        3, "Characters that the convolution sees at once.", least=1, recipe_only=True
    )
    dropout: float = setting(0.0, "On the characters' numbers.", is_rate=True, recipe_only=True)

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def output_units(self) -> int:
        """Numbers a word."""
        return self.units * (2 if self.kind == "lstm" else 1)


@dataclass(frozen=True)
class TaggerHeadSettings:
    """A tagger's head but for its labels.

    The decoder ``crf`` is a linear chain over the tags (Lafferty et al. 2001); by ``softmax`` each
    tag is found by itself.
    """

    scheme: str = setting(
        "bioes", "Of the tags that are learned.", choices=TAG_SCHEMES, advanced=True
    )
    decoder: str = setting("crf", "How the tags of a text are found.", choices=DECODERS)
    dropout: float = setting(0.5, "On what the head reads.", is_rate=True, group=REGULARISATION)

    def __post_init__(self) -> None:
        check_settings(self)

    def with_labels(self, labels: tuple[str, ...]) -> TaggerHead:
        """The head that finds spans of these labels."""
        return TaggerHead(**vars(self), labels=labels)


@dataclass(frozen=True)
class TaggerHead(TaggerHeadSettings):
    """From the encoded tokens to one tag each.

    Attributes:
        labels: the labels of spans, as ``PER``.
        attention_heads: of a self-attention layer over the encoder's outputs, added to them
            (Vaswani et al. 2017, section 3.2), which models made by textrnn 0.1.0 could have. They
            are served as they are; none is made any more, so that it is 0.
    """

    labels: tuple[str, ...] = field(kw_only=True)
    attention_heads: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        require(len(self.labels) >= 1, "at least 1 label is needed")
        require_labels(self.labels)
        require(self.attention_heads >= 0, "attention_heads must be 0 or more")

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, in the order of the network's outputs: ``O``, then each label's."""
        letters = "BIES" if self.scheme == "bioes" else "BI"
        return ("O", *(f"{letter}-{label}" for label in self.labels for letter in letters))


@dataclass(frozen=True)
class TaggerNetwork(Network):
    """A tagger, from the features of tokens to the scores of tags.

    What a token brings is laid end to end: its row of the embedding, its character encoding, its
    shape, then, where they are used, its bigram with the next token and the lexicon's words that
    match around it (Ma et al. 2020).

    Attributes:
        vocabulary_size: rows of the embedding; 0 is padding and 1 unknown, here and below.
        head: the tags.
        embedding: of tokens.
        characters: the character encoder; None for none.
        character_count: rows of its embedding.
        shape_units: numbers for a word's shape (:data:`textrnn.text.words.SHAPES`); 0 for none.
        bigram_count: rows for bigrams; 0 for none.
        bigram_units: numbers a bigram.
        lexicon_count: rows for the lexicon's words; 0 for none.
        lexicon_units: numbers for each of the four sets of matching words.
        gazetteer_kinds: kinds of names that a gazetteer tells of; each gives four numbers a token.
        context_dropout: share of bigrams and of the lexicon's words read as unknown while training;
            without it the network learns the training texts' names by heart.
        dropout: share of a token's numbers dropped while training.
        encoders: the recurrent layers.
    """

    vocabulary_size: int
    head: TaggerHead
    embedding: Embedding = field(default_factory=Embedding)
    characters: CharacterEncoder | None = None
    character_count: int = 0
    shape_units: int = 0
    bigram_count: int = 0
    bigram_units: int = 0
    lexicon_count: int = 0
    lexicon_units: int = 0
    gazetteer_kinds: int = 0
    context_dropout: float = 0.0
    dropout: float = 0.0
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 2, "vocabulary_size must be at least 2")
        require_bounds(self)
        refuse_weight_dropout(self.encoders)
        require(
            self.characters is None or self.character_count >= 2,
            "a character encoder needs a character_count of at least 2",
        )
        for name in ("bigram", "lexicon"):
            count, units = getattr(self, f"{name}_count"), getattr(self, f"{name}_units")
            require(count == 0 or units >= 1, f"{name}_units must be at least 1")
        heads, units = self.head.attention_heads, self.encoders[-1].output_units
        require(
            heads == 0 or units % heads == 0,
            f"attention_heads must divide the encoder's {units} units; received {heads}",
        )
        require_rate("dropout", self.dropout)
        require_rate("context_dropout", self.context_dropout)

    @property
    def feature_units(self) -> int:
        """Numbers that the first encoder reads for each token."""
        return (
            self.embedding.units
            + (self.characters.output_units if self.characters else 0)
            + self.shape_units
            + (self.bigram_units if self.bigram_count else 0)
            + (4 * self.lexicon_units if self.lexicon_count else 0)
            + 4 * self.gazetteer_kinds
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The head's."""
        return self.head.labels

    @property
    def token_output(self) -> str:
        """The scores of a token's tags."""
        return "output/kernel"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Each weight of a tagger with its shape.

        First the tables, in which a token's rows are looked up: ``embedding`` (V, E), ``shapes``,
        ``bigrams`` and ``lexicon``, as far as there are such; then ``characters/embedding`` (C, e)
        and ``characters/kernel`` (width, e, units) with ``.../bias``, or ``characters/forward/…``
        as an encoder's; the encoders as a classifier's; ``attention/query|key|value|merge``
        (units, units); ``output/kernel|bias``; ``crf/transitions`` (L, L), ``crf/start`` and
        ``crf/end`` (L,).
        """
        shapes = table_shapes(self)
        if self.characters is not None:
            shapes |= _character_shapes(self.characters, self.character_count)
        inputs = self.feature_units
        for number, encoder in enumerate(self.encoders):
            shapes |= encoder_shapes(encoder, f"encoder_{number}", inputs)
            inputs = encoder.output_units
        if self.head.attention_heads:
            for name in ("query", "key", "value", "merge"):
                shapes[f"attention/{name}"] = (inputs, inputs)
        tags = len(self.head.tags)
        shapes["output/kernel"] = (inputs, tags)
        shapes["output/bias"] = (tags,)
        if self.head.decoder == "crf":
            shapes["crf/transitions"] = (tags, tags)
            shapes["crf/start"] = shapes["crf/end"] = (tags,)
        return shapes

    def weight_layers(self) -> list[str]:
        """See :meth:`textrnn.network.Network.weight_layers`."""
        names = ["embedding"]
        names += ["shapes_table"] * bool(self.shape_units)
        names += ["bigrams_table"] * bool(self.bigram_count)
        names += ["lexicon_table"] * bool(self.lexicon_count)
        if self.characters is not None:
            names += ["characters_table", "characters_encoder"]
        names += [f"encoder_{number}" for number in range(len(self.encoders))]
        names.append("output")
        names += ["crf"] * (self.head.decoder == "crf")
        return names


def table_shapes(network: TaggerNetwork) -> dict[str, tuple[int, ...]]:
    """The tables of a tagger, in the order in which their rows are laid end to end.

    The rows of characters are no part of it: they go through an encoder first.
    """
    tables = {"embedding": (network.vocabulary_size, network.embedding.units)}
    if network.shape_units:
        tables["shapes"] = (len(SHAPES), network.shape_units)
    if network.bigram_count:
        tables["bigrams"] = (network.bigram_count, network.bigram_units)
    if network.lexicon_count:
        tables["lexicon"] = (network.lexicon_count, network.lexicon_units)
    return dict(tables)


def _character_shapes(encoder: CharacterEncoder, count: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"characters/embedding": (count, encoder.embedding_units)}
    if encoder.kind == "lstm":
        inner = Encoder(units=encoder.units)
        return shapes | encoder_shapes(inner, "characters", encoder.embedding_units)
    shapes["characters/kernel"] = (encoder.width, encoder.embedding_units, encoder.units)
    shapes["characters/bias"] = (encoder.units,)
    return shapes
