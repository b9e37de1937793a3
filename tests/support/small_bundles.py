"""Small models with random weights, made in a moment, whole and damaged."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import to_dict
from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.heads.forecaster.baselines import Baselines
from textrnn.heads.forecaster.graph import compile_forecaster
from textrnn.heads.forecaster.intervals import LEVELS, Intervals
from textrnn.heads.forecaster.network import ForecasterNetwork, ForecastHead
from textrnn.heads.forecaster.scaling import Scaling
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.tagger.features import Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.graph import compile_tagger
from textrnn.heads.tagger.network import CharacterEncoder, TaggerHead, TaggerNetwork, table_shapes
from textrnn.heads.translator.graph import compile_translator
from textrnn.heads.translator.network import TranslatorHead, TranslatorNetwork
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.weights.files import pack_weights

LABELS = ("bad", "good")
WINDOWS = {"window_tokens": 20, "window_overlap": 5, "precision": "float32"}
TEXTS = ["a fine and quiet film", "a dull song", "what a film !"] * 3


def random_weights(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """Small random numbers for each weight."""
    rng = np.random.default_rng(5)
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


def packed(**arrays: Any) -> bytes:
    """An ``.npz`` file."""
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def small_classifier(
    path: Path,
    *,
    precision: str = "float32",
    labels: tuple[str, ...] = LABELS,
    texts: Sequence[str] = TEXTS,
    level: str = "word",
) -> Path:
    """A classifier with a bag of n-grams; its tokens are those of some texts."""
    tokenizer = Tokenizer.train(texts, level=level, vocabulary_size=900, min_frequency=1)
    network = ClassifierNetwork(
        tokenizer.vocabulary_size,
        ClassifierHead(
            labels=labels, ngram_units=4, attention_units=3, pooling=("attention", "ngrams")
        ),
        Embedding(units=6),
        (Encoder(units=5),),
    )
    bag = BagOfNgrams(
        2,
        np.array([3, 9], np.uint32),
        np.resize(np.array([0.5, -0.5, 1.0, 0.0], np.float32), (2, len(labels))),
        np.zeros(len(labels), np.float32),
    )
    weights = random_weights(network.weight_shapes())
    files = {
        "tokenizer.json": tokenizer.to_json().encode("utf-8"),
        "model.onnx": compile_classifier(network, weights, precision=precision),
        "bag.npz": bag.to_bytes(),
        "README.md": b"# small\n",
    }
    serving = {**WINDOWS, "precision": precision, "temperature": 1.5, "bag_share": 1.0}
    manifest = Manifest("small", "classifier", "en", labels, network.as_dict(), serving)
    write_bundle(path, manifest, files)
    return path


SPOKEN = Features(
    "word",
    ["ada", "spoke"],
    characters=list("adspoke"),
    bigrams=["AdaSpoke", "Spoke\n"],
    lexicon={"Ada": 2, "A": 1},
)
PERSON = TaggerHead(labels=("PER",))


def small_tagger(path: Path, *, features: Features = SPOKEN, head: TaggerHead = PERSON) -> Path:
    """A tagger with all that a tagger may have."""
    network = TaggerNetwork(
        len(features.words) + 2,
        head,
        Embedding(units=6),
        characters=CharacterEncoder(embedding_units=3, units=4),
        character_count=len(features.characters) + 2,
        shape_units=2,
        bigram_count=len(features.bigrams) + 2,
        bigram_units=3,
        lexicon_count=len(features.lexicon) + 2,
        lexicon_units=2,
        gazetteer_kinds=2,
        encoders=(Encoder(units=5),),
    )
    weights = random_weights(network.weight_shapes())
    kept = [*table_shapes(network), *(name for name in weights if name.startswith("crf/"))]
    files = {
        "features.json": features.to_json().encode("utf-8"),
        "tables.npz": packed(**{name: weights[name] for name in kept}),
        "gazetteer.npz": Gazetteer.build({"city": ["Ulm"], "person": ["Ada"]}).to_bytes(),
        "README.md": b"# small\n",
        **compile_tagger(network, weights, precision="float32"),
    }
    serving = {**WINDOWS, "temperature": 1.5}
    write_bundle(
        path, Manifest("small", "tagger", "en", head.labels, network.as_dict(), serving), files
    )
    return path


def small_generator(
    path: Path,
    *,
    texts: Sequence[str] = TEXTS,
    level: str = "character",
    language: str = "en",
    units: int = 5,
) -> Path:
    """A generator of characters, or other tokens of some texts."""
    tokenizer = Tokenizer.train(texts, level=level, vocabulary_size=900, min_frequency=1)
    network = GeneratorNetwork(
        tokenizer.vocabulary_size,
        embedding=Embedding(units=6),
        encoders=(Encoder(units=units, bidirectional=False),),
    )
    weights = random_weights(network.weight_shapes())
    files = {
        "tokenizer.json": tokenizer.to_json().encode("utf-8"),
        "model.onnx": compile_generator(network, weights, precision="float32"),
        "README.md": b"# small\n",
    }
    manifest = Manifest("small", "generator", language, (), network.as_dict(), WINDOWS)
    write_bundle(path, manifest, files)
    return path


def put(path: Path, name: str, content: bytes) -> None:
    """Put a file into a bundle, with its size and checksum in the manifest."""
    (path / name).write_bytes(content)
    record = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest = json.loads((path / "bundle.json").read_text("utf-8"))
    put_manifest(path, {"files": {**manifest["files"], name: record}})


def put_manifest(path: Path, changes: Mapping[str, Any]) -> None:
    """Change a manifest; its own checksum is left out, as bundles without one are read."""
    manifest = json.loads((path / "bundle.json").read_text("utf-8"))
    manifest.pop("sha256", None)
    (path / "bundle.json").write_text(json.dumps({**manifest, **changes}), "utf-8")


def arrays(path: Path, name: str) -> dict[str, Any]:
    """The arrays of a bundle's file."""
    with np.load(io.BytesIO(Bundle.open(path).read(name))) as file:
        return {key: file[key] for key in file.files}


def small_forecaster(
    path: Path,
    *,
    targets: tuple[str, ...] = ("x",),
    features: tuple[str, ...] = (),
    calendar: tuple[str, ...] = (),
    quantiles: tuple[float, ...] = (),
    weight: float = 0.0,
    season: int = 2,
    serving: Mapping[str, Any] | None = None,
    scores: Mapping[str, float] | None = None,
) -> Path:
    """A forecaster that reads four steps and forecasts two of them. Without weights, the default,
    it forecasts the last value, and the ridge does too; each scaled value is half of its own, less
    5, and bounds lie 0.5 scaled values to either side.
    """
    network = ForecasterNetwork(
        4, 2, targets, features, calendar, encoders=(Encoder("gru", 4, bidirectional=False),),
        head=ForecastHead(segment=2, quantiles=quantiles),
    )  # fmt: skip
    weights = random_weights(network.weight_shapes())
    weights = {name: (weight * value).astype(np.float32) for name, value in weights.items()}
    columns = len(network.columns)
    widths = np.full((len(LEVELS), 2, len(targets)), 0.5, np.float32)
    files = {
        "README.md": b"# tiny\n",
        "model.onnx": compile_forecaster(network, weights),
        "baselines.npz": Baselines(season, np.zeros((1, 5, 2), np.float32), 1.0).to_bytes(),
        "intervals.npz": Intervals(widths, quantiles).to_bytes(),
    }
    told: dict[str, Any] = {
        "precision": "float32",
        "season": season,
        "scaling": to_dict(Scaling("standard", (10.0,) * columns, (2.0,) * columns)),
    }
    manifest = Manifest(
        path.name,
        "forecaster",
        "",
        network.labels,
        network.as_dict(),
        told | dict(serving or {}),
        {},
    )
    write_bundle(path, replace(manifest, scores=dict(scores or {})), files)
    return path


def small_translator(
    path: Path,
    *,
    texts: Sequence[str] = TEXTS,
    level: str = "character",
    lowercase: bool = False,
    full_stop: str = "",
) -> Path:
    """A translator, by default of characters, from English into English, that copies; it writes
    letters alone, and few of them.
    """
    tokenizer = Tokenizer.train(
        texts, level=level, vocabulary_size=900, min_frequency=1, lowercase=lowercase
    )
    network = TranslatorNetwork(
        tokenizer.vocabulary_size,
        embedding=Embedding(units=6),
        encoders=(Encoder("gru", 5),),
        decoders=(Encoder("gru", 7, bidirectional=False),),
        head=TranslatorHead(copying=True),
    )
    weights = random_weights(network.weight_shapes())
    rare = [Tokenizer.UNK, tokenizer.vocabulary().get(" ", Tokenizer.UNK)]
    weights["output/bias"][rare] = -9.0
    weights["output/bias"][Tokenizer.END] = 1.0
    files = {
        "tokenizer.json": tokenizer.to_json().encode("utf-8"),
        "weights.npz": pack_weights(weights),
        "README.md": b"# small\n",
        **compile_translator(network, weights, precision="float32"),
    }
    serving = {
        "precision": "float32",
        "target_language": "en",
        "max_tokens": 30,
        "full_stop": full_stop,
    }
    write_bundle(path, Manifest("small", "translator", "en", (), network.as_dict(), serving), files)
    return path
