"""The names, shapes and order of a network's weights: what training and serving agree on.

Gates lie side by side in the last axis, in Keras' order: LSTM i, f, c, o; GRU z, r, h.
"""

from __future__ import annotations

from textrnn.network import CharacterEncoder, Encoder, GeneratorNetwork, Network, TaggerNetwork
from textrnn.text.words import SHAPES

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def weight_shapes(network: Network) -> dict[str, tuple[int, ...]]:
    """Each weight of ``network`` with its shape.

    ``embedding`` (V, E); for each encoder and direction ``encoder_0/forward/kernel`` (inputs,
    gates x units), ``.../recurrent`` (units, gates x units) and ``.../bias`` (gates x units), for
    GRU (2, gates x units): input bias, then recurrent bias; ``attention/kernel|bias|query``;
    ``ngrams_2/kernel`` (width, E, units) with ``.../bias`` for each width;
    ``hidden/kernel|bias``; ``output/kernel|bias``.
    """
    shapes: dict[str, tuple[int, ...]] = {
        "embedding": (network.vocabulary_size, network.embedding.units)
    }
    inputs = network.embedding.units
    for number, encoder in enumerate(network.encoders):
        shapes |= _encoder_shapes(encoder, f"encoder_{number}", inputs)
        inputs = encoder.output_units
    head = network.head
    if network.has_attention:
        shapes["attention/kernel"] = (inputs, head.attention_units)
        shapes["attention/bias"] = (head.attention_units,)
        shapes["attention/query"] = (head.attention_units, 1)
    if "ngrams" in head.pooling:
        for width in head.ngram_widths:
            shapes[f"ngrams_{width}/kernel"] = (width, network.embedding.units, head.ngram_units)
            shapes[f"ngrams_{width}/bias"] = (head.ngram_units,)
    pooled = head.pooled_units(inputs)
    if head.hidden_units:
        shapes["hidden/kernel"] = (pooled, head.hidden_units)
        shapes["hidden/bias"] = (head.hidden_units,)
        pooled = head.hidden_units
    shapes["output/kernel"] = (pooled, len(head.labels))
    shapes["output/bias"] = (len(head.labels),)
    return shapes


def tagger_weight_shapes(network: TaggerNetwork) -> dict[str, tuple[int, ...]]:
    """Each weight of a tagger with its shape.

    First the tables, in which a token's rows are looked up: ``embedding`` (V, E), ``shapes``,
    ``bigrams`` and ``lexicon``, as far as there are such; then ``characters/embedding`` (C, e) and
    ``characters/kernel`` (width, e, units) with ``.../bias``, or ``characters/forward/…`` as an
    encoder's; the encoders as above; ``attention/query|key|value|merge`` (units, units);
    ``output/kernel|bias``; ``crf/transitions`` (L, L), ``crf/start`` and ``crf/end`` (L,).
    """
    shapes = table_shapes(network)
    if network.characters is not None:
        shapes |= _character_shapes(network.characters, network.character_count)
    inputs = network.feature_units
    for number, encoder in enumerate(network.encoders):
        shapes |= _encoder_shapes(encoder, f"encoder_{number}", inputs)
        inputs = encoder.output_units
    if network.head.attention_heads:
        for name in ("query", "key", "value", "merge"):
            shapes[f"attention/{name}"] = (inputs, inputs)
    tags = len(network.head.tags)
    shapes["output/kernel"] = (inputs, tags)
    shapes["output/bias"] = (tags,)
    if network.head.decoder == "crf":
        shapes["crf/transitions"] = (tags, tags)
        shapes["crf/start"] = shapes["crf/end"] = (tags,)
    return shapes


def generator_weight_shapes(network: GeneratorNetwork) -> dict[str, tuple[int, ...]]:
    """Each weight of a generator with its shape.

    ``embedding`` (V, E); the encoders as above; ``projection/kernel`` (U, E) where there is one;
    ``output/kernel`` (U, V) where it is not tied; ``output/bias`` (V,).
    """
    size, inputs = network.vocabulary_size, network.embedding.units
    shapes: dict[str, tuple[int, ...]] = {"embedding": (size, inputs)}
    for number, encoder in enumerate(network.encoders):
        shapes |= _encoder_shapes(encoder, f"encoder_{number}", inputs)
        inputs = encoder.units
    if network.projects:
        shapes["projection/kernel"] = (inputs, network.embedding.units)
    if not network.head.tied:
        shapes["output/kernel"] = (inputs, size)
    shapes["output/bias"] = (size,)
    return shapes


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
        return shapes | _encoder_shapes(inner, "characters", encoder.embedding_units)
    shapes["characters/kernel"] = (encoder.width, encoder.embedding_units, encoder.units)
    shapes["characters/bias"] = (encoder.units,)
    return shapes


def _encoder_shapes(encoder: Encoder, name: str, inputs: int) -> dict[str, tuple[int, ...]]:
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
