"""The files of a tagger's bundle, held against its network, and what its graphs must be like."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.errors import BundleError
from textrnn.heads.parts import check_numbers, check_size, named, read_serving
from textrnn.heads.tagger.features import Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import TaggerNetwork, table_shapes
from textrnn.runtime.graph_check import ExpectedGraph, count_weights, layer_units, widest
from textrnn.runtime.onnx_file import FLOAT, INT32

_TEMPERATURES = (0.01, 100.0)  # training finds some from 0.5 to 4


def read_temperature(bundle: Bundle) -> float:
    """What a tagger's scores are divided by.

    Raises:
        BundleError: it is missing, out of range, or no number.
    """
    check_numbers(bundle, {"temperature": _TEMPERATURES})
    return read_serving(bundle, lambda serving: float(serving["temperature"]))


def expected_graphs(network: TaggerNetwork) -> dict[str, ExpectedGraph]:
    """What a tagger's graphs must be like, by their files."""
    shapes = network.weight_shapes()
    spelled = {name: shape for name, shape in shapes.items() if name.startswith("characters/")}
    units = max(network.feature_units, widest(shapes))
    graphs = {
        "model.onnx": ExpectedGraph(
            {
                "features": (FLOAT, ("T", "B", network.feature_units)),
                "lengths": (INT32, ("B",)),
            },
            {"emissions": (FLOAT, ("B", "T", len(network.head.tags)))},
            {},
            layer_units(network.encoders),
            units,
            count_weights({name: shape for name, shape in shapes.items() if name not in spelled}),
            pair_units=network.head.attention_heads,
        )
    }
    if network.characters is not None:
        encoder = network.characters
        graphs["words.onnx"] = ExpectedGraph(
            {"characters": (INT32, ("B", "T")), "lengths": (INT32, ("B",))},
            {"encoded": (FLOAT, ("B", encoder.output_units))},
            {"characters": network.character_count},
            [encoder.units] if encoder.kind == "lstm" else [],
            widest(spelled),
            count_weights(spelled),
        )
    return graphs


def read_features(bundle: Bundle, network: TaggerNetwork) -> Features:
    """A tagger's vocabularies, no larger than its tables.

    Raises:
        BundleError: they are damaged, or larger or smaller.
    """
    features = named(bundle, lambda: Features.from_json(bundle.text("features.json")))
    for name, found, rows in (
        ("words", features.words, network.vocabulary_size),
        ("characters", features.characters, network.character_count),
        ("bigrams", features.bigrams, network.bigram_count),
        ("lexicon", features.lexicon, network.lexicon_count),
    ):
        if rows and len(found) + 2 != rows:  # two more: padding, and what is unknown
            raise BundleError(
                f"{bundle.path}: features.json has {len(found):,} {name}; the network in "
                f"{MANIFEST} has rows for {rows - 2:,}"
            )
    return features


def read_tables(bundle: Bundle, network: TaggerNetwork) -> dict[str, NDArray[Any]]:
    """A tagger's tables and the scores of its chain, of the shapes that the network has.

    Raises:
        BundleError: they are damaged, or of other shapes.
    """
    name, shapes = "tables.npz", table_shapes(network)
    tags = len(network.head.tags)
    most = 8 * (sum(map(math.prod, shapes.values())) + tags * (tags + 2)) + (4 << 20)
    check_size(bundle, name, most)
    tables: dict[str, NDArray[Any]] = {}
    with open_arrays(bundle.read(name), f"{bundle.path}: {name}") as file:
        for key, (rows, units) in shapes.items():
            tables[key] = file.take(key, (rows, units), "if")
            if tables[key].dtype.kind == "i":
                tables[f"{key}/scale"] = file.take(f"{key}/scale", (rows, 1), "f")
        if network.head.decoder == "crf":
            for key, shape in (("transitions", (tags, tags)), ("start", (tags,)), ("end", (tags,))):
                tables[f"crf/{key}"] = file.take(f"crf/{key}", shape, "f")
    return tables


def read_gazetteer(bundle: Bundle, network: TaggerNetwork) -> Gazetteer | None:
    """The lists of names that a tagger's network knows of; None where it knows of none.

    Raises:
        BundleError: they are damaged, or of more or fewer kinds.
    """
    if not network.gazetteer_kinds:
        return None
    found = named(bundle, lambda: Gazetteer.from_bytes(bundle.read("gazetteer.npz")))
    if len(found.kinds) != network.gazetteer_kinds:
        raise BundleError(
            f"{bundle.path}: gazetteer.npz has {len(found.kinds)} kinds of names; the network in "
            f"{MANIFEST} has {network.gazetteer_kinds}"
        )
    return found
