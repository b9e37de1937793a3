"""The description of a network: embeddings, recurrent encoders, head.

A network is described once, here. ``training/build.py`` turns the description into Keras layers
and ``runtime/compile.py`` into ONNX nodes; a test holds the two together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from textrnn.configuration import from_dict, require, require_choice, require_rate, to_dict
from textrnn.corpora.labels import is_reserved

CELLS = ("rnn", "lstm", "gru")
MERGES = ("concat", "sum", "mul", "ave")
POOLINGS = ("attention", "last", "mean", "max", "ngrams")
CHARACTER_ENCODERS = ("cnn", "lstm")
TAG_SCHEMES = ("bio", "bioes")
DECODERS = ("crf", "softmax")
_MOST = 1 << 26  # of anything: such a table alone would be larger than a graph can be
_MOST_ENCODERS = 64
_MOST_CHARACTERS = 1000  # of a label
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


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
        weight_dropout: share of the recurrent matrix dropped while training, one mask a step
            (Merity et al. 2018, section 2); generators alone have it.
    """

    cell: str = "lstm"
    units: int = 100
    bidirectional: bool = True
    merge: str = "concat"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    weight_dropout: float = 0.0

    def __post_init__(self) -> None:
        require_choice("cell", self.cell, CELLS)
        require_choice("merge", self.merge, MERGES)
        require(self.units >= 1, f"units must be at least 1; received {self.units}")
        require_rate("dropout", self.dropout)
        require_rate("recurrent_dropout", self.recurrent_dropout)
        require_rate("weight_dropout", self.weight_dropout)

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
            query as in Yang et al. 2016), ``last`` (the final states), ``mean``, ``max``, and
            ``ngrams``, which passes the encoders by: convolutions over the embeddings, ReLU, and
            the maximum over the text (Kim 2014). Several are concatenated in the order given.
        attention_units: size of the attention's hidden layer.
        ngram_widths: tokens that the convolutions of ``ngrams`` see at once.
        ngram_units: filters of each width.
        hidden_units: size of a ReLU layer before the output; 0 for none.
        dropout: share of the pooled vector dropped while training.
    """

    labels: tuple[str, ...]
    pooling: tuple[str, ...] = ("attention", "max")
    attention_units: int = 64
    ngram_widths: tuple[int, ...] = (2, 3, 4)
    ngram_units: int = 64
    hidden_units: int = 0
    dropout: float = 0.0

    def __post_init__(self) -> None:
        require(len(self.labels) >= 2, f"at least 2 labels are needed; received {self.labels!r}")
        _require_labels(self.labels)
        for label in self.labels:
            require(
                not is_reserved(label), f"a label is the answer where none is probable: {label!r}"
            )
        require(len(self.pooling) >= 1, "pooling must name at least one of " + ", ".join(POOLINGS))
        require(len(set(self.pooling)) == len(self.pooling), f"pooling repeats: {self.pooling!r}")
        for kind in self.pooling:
            require_choice("pooling", kind, POOLINGS)
        require(
            self.pooling != ("ngrams",), "ngrams pass the encoders by: add another kind of pooling"
        )
        require(self.attention_units >= 1, "attention_units must be at least 1")
        require(self.ngram_units >= 1, "ngram_units must be at least 1")
        require(
            len(set(self.ngram_widths)) == len(self.ngram_widths) >= 1
            and all(width >= 1 for width in self.ngram_widths),
            f"ngram_widths must be different numbers of at least 1: {self.ngram_widths!r}",
        )
        require(self.hidden_units >= 0, "hidden_units must be 0 or more")
        require_rate("dropout", self.dropout)

    def pooled_units(self, encoded: int) -> int:
        """Size of the pooled vector, of encoders that give so many units."""
        ngrams = len(self.ngram_widths) * self.ngram_units
        return sum(ngrams if kind == "ngrams" else encoded for kind in self.pooling)


@dataclass(frozen=True)
class Network:
    """A whole network, from token ids to logits."""

    vocabulary_size: int
    head: ClassifierHead
    embedding: Embedding = field(default_factory=Embedding)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))

    def __post_init__(self) -> None:
        require(self.vocabulary_size >= 2, "vocabulary_size must be at least 2")
        _require_bounds(self)
        _require_no_weight_dropout(self.encoders)

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


def _require_labels(labels: tuple[str, ...]) -> None:
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


def _require_bounds(network: Any) -> None:
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


def _require_no_weight_dropout(encoders: tuple[Encoder, ...]) -> None:
    require(
        not any(encoder.weight_dropout for encoder in encoders),
        "weight_dropout belongs to generators; use recurrent_dropout",
    )


@dataclass(frozen=True)
class CharacterEncoder:
    """From the characters of a word to a vector, which depends on the word alone.

    Attributes:
        kind: ``cnn``: a convolution, ReLU and the maximum over the word (Ma & Hovy 2016, section
            2.1); ``lstm``: the last states of a bidirectional LSTM (Lample et al. 2016, section
            4.1).
        embedding_units: numbers a character.
        units: numbers a word; with ``lstm`` in each direction.
        width: characters that the convolution sees at once.
        dropout: share of the characters' numbers dropped while training.
    """

    kind: str = "cnn"
    embedding_units: int = 25
    units: int = 50
    width: int = 3
    dropout: float = 0.0

    def __post_init__(self) -> None:
        require_choice("kind", self.kind, CHARACTER_ENCODERS)
        for name in ("embedding_units", "units", "width"):
            require(getattr(self, name) >= 1, f"{name} must be at least 1: {getattr(self, name)}")
        require_rate("dropout", self.dropout)

    @property
    def output_units(self) -> int:
        """Numbers a word."""
        return self.units * (2 if self.kind == "lstm" else 1)


@dataclass(frozen=True)
class TaggerHead:
    """From the encoded tokens to one tag each.

    Attributes:
        labels: the labels of spans, as ``PER``.
        scheme: how spans become tags: ``bio`` or ``bioes``.
        decoder: ``crf``: a linear chain over the tags (Lafferty et al. 2001); ``softmax``: each
            tag by itself.
        attention_heads: of a self-attention layer over the encoder's outputs, added to them
            (Vaswani et al. 2017, section 3.2); 0 for none. It must divide the encoder's units.
        dropout: share of the encoder's outputs dropped while training.
    """

    labels: tuple[str, ...]
    scheme: str = "bioes"
    decoder: str = "crf"
    attention_heads: int = 0
    dropout: float = 0.0

    def __post_init__(self) -> None:
        require(len(self.labels) >= 1, "at least 1 label is needed")
        _require_labels(self.labels)
        require_choice("scheme", self.scheme, TAG_SCHEMES)
        require_choice("decoder", self.decoder, DECODERS)
        require(self.attention_heads >= 0, "attention_heads must be 0 or more")
        require_rate("dropout", self.dropout)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, in the order of the network's outputs: ``O``, then each label's."""
        letters = "BIES" if self.scheme == "bioes" else "BI"
        return ("O", *(f"{letter}-{label}" for label in self.labels for letter in letters))


@dataclass(frozen=True)
class TaggerNetwork:
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
        _require_bounds(self)
        _require_no_weight_dropout(self.encoders)
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

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON values."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TaggerNetwork:
        """The description that :meth:`as_dict` gave.

        Raises:
            ConfigurationError: a key is unknown or a value is out of range.
        """
        return from_dict(cls, data, where="network")


@dataclass(frozen=True)
class GeneratorHead:
    """From the encoded tokens to the logits of each next token.

    Attributes:
        tied: whether the output layer's matrix is the embedding (Inan et al. 2017; Press & Wolf
            2017). Where the last encoder's units are not the embedding's, a linear projection
            without bias brings them there.
        dropout: share of the last encoder's units dropped while training, the same for all tokens
            of a window.
    """

    tied: bool = True
    dropout: float = 0.0

    def __post_init__(self) -> None:
        require_rate("dropout", self.dropout)


@dataclass(frozen=True)
class GeneratorNetwork:
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
        _require_bounds(self)
        require(
            not any(encoder.bidirectional for encoder in self.encoders),
            "a generator's encoders read forward: set bidirectional = false",
        )

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

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON values."""
        return to_dict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> GeneratorNetwork:
        """The description that :meth:`as_dict` gave.

        Raises:
            ConfigurationError: a key is unknown or a value is out of range.
        """
        return from_dict(cls, data, where="network")
