"""The mean of several classifiers' weights: exact, served, and of networks that are alike alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.corpora import LabelledText
from textrnn.errors import BundleError, ConfigurationError, InputError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.average import average_models
from textrnn.training.weights.files import pack_beside_graph, read_weights

TEXTS = ["a fine and quiet film", "a dull song", "what a film !"] * 3
TOKENIZER = Tokenizer.train(TEXTS, min_frequency=1)
NETWORK = ClassifierNetwork(
    TOKENIZER.vocabulary_size,
    ClassifierHead(labels=("bad", "good"), attention_units=3, pooling=("attention", "max")),
    Embedding(units=6),
    (Encoder(units=5),),
)
TRAINING = {"texts": 9, "validation_texts": 2, "best_epoch": 3, "elapsed_s": 4}


def model(
    path: Path,
    seed: int,
    *,
    network: ClassifierNetwork = NETWORK,
    tokenizer: Tokenizer = TOKENIZER,
    precision: str = "float32",
    training: dict[str, Any] = TRAINING,
    temperature: float = 1.5,
) -> Path:
    """A classifier with random weights."""
    rng = np.random.default_rng(seed)
    weights = {
        name: rng.normal(0, 0.3, shape).astype("f4")
        for name, shape in network.weight_shapes().items()
    }
    manifest = Manifest(
        path.name,
        "classifier",
        "en",
        network.head.labels,
        network.as_dict(),
        {
            "window_tokens": 20, "window_overlap": 5, "precision": precision,
            "temperature": temperature,
        },
        training=training,
        corpora=({"name": "films", "texts": 9}, {"name": path.name, "texts": 1}),
        scores={"validation_accuracy": 0.5},
    )  # fmt: skip
    write_bundle(
        path,
        manifest,
        {
            "tokenizer.json": tokenizer.to_json().encode("utf-8"),
            "model.onnx": compile_classifier(network, weights, precision=precision),
            "weights.npz": pack_beside_graph(weights, precision),
            "history.csv": b"epoch\n1\n",
            "README.md": b"# small\n",
        },
    )
    return path


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("three")
    return [model(folder / f"m{seed}", seed) for seed in range(3)]


def weights_of(path: Path) -> dict[str, np.ndarray]:
    return read_weights(Bundle.open(path))


@pytest.mark.parametrize(
    ("count", "shares", "parts"),
    [(2, (), (1 / 2, 1 / 2)), (3, (), (1 / 3, 1 / 3, 1 / 3)), (2, (3, 1), (0.75, 0.25))],
)
def test_each_weight_is_the_mean(
    three: list[Path],
    tmp_path: Path,
    count: int,
    shares: tuple[float, ...],
    parts: tuple[float, ...],
) -> None:
    average_models(three[:count], tmp_path / "mean", shares=shares)
    found, given = weights_of(tmp_path / "mean"), [weights_of(path) for path in three[:count]]
    for name, value in found.items():
        exact = sum(part * one[name].astype("f8") for part, one in zip(parts, given, strict=True))
        np.testing.assert_allclose(value, exact, rtol=5e-4, atol=1e-7)  # kept in 16 bits
        assert np.abs(value - given[0][name]).max() > 0.01


def test_it_answers_by_the_mean_with_the_firsts_calibration(
    three: list[Path], tmp_path: Path
) -> None:
    said: list[str] = []
    average_models(three[:2], tmp_path / "mean", on_message=said.append)
    found = Classifier.load(tmp_path / "mean")
    first, second = (weights_of(path) for path in three[:2])
    mean = {name: (first[name] + second[name]) / 2 for name in first}
    graph = compile_classifier(NETWORK, mean, precision="float32")
    bundle = Bundle.open(three[0])
    files = {n: bundle.read(n) for n in bundle.manifest.files} | {"model.onnx": graph}
    write_bundle(tmp_path / "expected", bundle.manifest, files)
    expected = Classifier.load(tmp_path / "expected")
    own = Classifier.load(three[0])
    for text in TEXTS[:3]:
        probability = found.classify([text])[0].probabilities["good"]
        assert probability == pytest.approx(
            expected.classify([text])[0].probabilities["good"], abs=1e-6
        )
        assert abs(probability - own.classify([text])[0].probabilities["good"]) > 1e-3
    assert said == [
        f"wrote {tmp_path / 'mean'} (the calibration is that of m0, for want of validation texts)"
    ]


def test_in_eight_bits_the_embedding_is_the_graphs(tmp_path: Path) -> None:
    paths = [model(tmp_path / f"m{seed}", seed, precision="int8") for seed in (1, 2)]
    average_models(paths, tmp_path / "mean")
    assert Bundle.open(tmp_path / "mean").manifest.serving["precision"] == "int8"
    first, second = map(weights_of, paths)
    for name, value in weights_of(tmp_path / "mean").items():
        exact = (first[name] + second[name]) / 2
        # Rounded once more, to 127 steps up to a row's or column's largest number.
        np.testing.assert_allclose(value, exact, atol=np.abs(exact).max() / 127)


def test_it_says_what_it_is_the_mean_of(three: list[Path], tmp_path: Path) -> None:
    average_models(three[:2], tmp_path / "mean", shares=(3, 1), name="mine")
    bundle = Bundle.open(tmp_path / "mean")
    manifest = bundle.manifest
    assert manifest.name == "mine"
    assert [(m["name"], m["share"]) for m in manifest.training["mean_of"]] == [
        ("m0", 0.75),
        ("m1", 0.25),
    ]
    assert [record["name"] for record in manifest.corpora] == ["films", "m0", "m1"]
    assert manifest.scores == {}
    assert set(manifest.files) == {"tokenizer.json", "model.onnx", "weights.npz", "README.md"}
    card = bundle.card()
    assert "| mean of | m0 (75%) |\n| mean of | m1 (25%) |" in card
    assert "the calibration is that of m0" in card


def test_validation_texts_calibrate_it(three: list[Path], tmp_path: Path) -> None:
    """Where most answers are right, a temperature that made all of them doubtful must fall."""
    doubtful = model(tmp_path / "doubtful", 0, temperature=4.0)
    average_models([doubtful, three[1]], tmp_path / "plain")
    plain = Classifier.load(tmp_path / "plain")
    texts = [" ".join(words) for words in zip(TEXTS, reversed(TEXTS), strict=True)] * 4
    answers = [answer.label for answer in plain.classify(texts)]
    others = {"good": "bad", "bad": "good"}
    examples = [
        LabelledText(text, others[label] if i % 4 == 0 else label)
        for i, (text, label) in enumerate(zip(texts, answers, strict=True))
    ]
    average_models([doubtful, three[1]], tmp_path / "mean", validation=examples)
    manifest = Bundle.open(tmp_path / "mean").manifest
    assert manifest.serving["temperature"] < 2.0
    assert manifest.scores == {"validation_accuracy": 0.75}

    def loss(name: str) -> float:
        found = Classifier.load(tmp_path / name).classify([e.text for e in examples])
        pairs = zip(found, examples, strict=True)
        return -float(np.mean([np.log(answer.probabilities[e.label]) for answer, e in pairs]))

    assert loss("mean") < loss("plain")
    with pytest.raises(InputError, match="'ugly'"):
        average_models(three[:2], tmp_path / "m", validation=[LabelledText("a film", "ugly")])
    with pytest.raises(ConfigurationError, match="there are no validation texts"):
        average_models(three[:2], tmp_path / "m", validation=[])


def test_what_has_no_mean_is_refused(three: list[Path], tmp_path: Path) -> None:
    head = NETWORK.head
    for what, options in {
        "vocabulary": {"tokenizer": Tokenizer.train([*TEXTS[:-1], "what a hilm !"] * 2,
                                                    min_frequency=1, vocabulary_size=12)},
        "labels": {"network": replace(NETWORK, head=replace(head, labels=("good", "bad")))},
        # The same shapes, whose weights mean other things.
        "layers": {"network": replace(NETWORK, head=replace(head, pooling=("attention", "mean")))},
    }.items():  # fmt: skip
        if "tokenizer" in options:
            size = options["tokenizer"].vocabulary_size
            options["network"] = replace(NETWORK, vocabulary_size=size)
        other = model(tmp_path / what, 7, **options)
        with pytest.raises(ConfigurationError, match=f"{what}: not the same {what} as .*m0 has"):
            average_models([three[0], other], tmp_path / "mean")
    with pytest.raises(ConfigurationError, match="ner-zh: a tagger; classifiers alone"):
        average_models([three[0], "ner-zh"], tmp_path / "mean")
    with pytest.raises(ConfigurationError, match="two models or more; received 1"):
        average_models(three[:1], tmp_path / "mean")
    with pytest.raises(ConfigurationError, match="2 models need 2 shares; received 3"):
        average_models(three[:2], tmp_path / "mean", shares=(1, 2, 3))
    with pytest.raises(ConfigurationError, match="shares must be above 0: 1, 0"):
        average_models(three[:2], tmp_path / "mean", shares=(1, 0))
    untold = model(tmp_path / "untold", 1, training={})
    with pytest.raises(BundleError, match="untold: it does not say how it was made"):
        average_models([untold, three[0]], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_it_needs_no_keras() -> None:
    """Whose start would take most of the command's time."""
    program = "import sys, textrnn.training.classifier.average; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr
