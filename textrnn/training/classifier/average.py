"""The mean of the weights of several classifiers of one network.

Networks that were trained from one start, in other orders of their texts or on other texts, lie
near each other, and their mean is often better than any of them: the uniform soup of Wortsman et
al. 2022 ("Model soups", section 2), or with shares the mean of a network and what it began with
("Robust fine-tuning of zero-shot models", section 3). It costs nothing where the model serves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, check_target, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.catalog import model_path
from textrnn.configuration import require, to_dict
from textrnn.corpora import LabelledText
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.parts import BAG_ALONE
from textrnn.heads.classifier.scores import measure_answers
from textrnn.heads.parts import read_network, read_tokenizer
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.card import write_card
from textrnn.training.classifier.calibration import fit_calibration
from textrnn.training.classifier.served import served_answers
from textrnn.training.loop.target import refuse_finished
from textrnn.training.weights.files import check_weights, pack_beside_graph, read_weights
from textrnn.version import __version__

_FIRSTS_ALONE = ("history.csv", "training.png", "README.md")  # what tells of one training
_NOTES = (
    "The weights are the mean of other models'; {}. What is said above of the training is that of "
    "the first of them."
)


@dataclass(frozen=True)
class _Member:
    """One of the models."""

    path: Path
    bundle: Bundle
    network: ClassifierNetwork
    tokenizer: Tokenizer
    weights: dict[str, NDArray[np.float32]]

    @classmethod
    def open(cls, path: Path) -> _Member:
        bundle = Bundle.open(model_path(path))
        if bundle.manifest.task != "classifier":
            raise ConfigurationError(
                f"{path}: a {bundle.manifest.task}; classifiers alone are averaged"
            )
        network = read_network(bundle, ClassifierNetwork)
        weights = read_weights(bundle)
        check_weights(weights, bundle)
        return cls(path, bundle, network, read_tokenizer(bundle, network.vocabulary_size), weights)

    def meaning(self) -> dict[str, Any]:
        """What two models must have in common for their weights to mean the same."""
        return {
            "vocabulary": (self.tokenizer.to_json(), self.tokenizer.simplify),
            "labels": self.network.head.labels,
            "layers": (
                [(e.cell, e.bidirectional, e.merge) for e in self.network.encoders],
                self.network.head.pooling,
                {name: value.shape for name, value in self.weights.items()},
            ),
        }


def average_models(
    models: Sequence[str | Path],
    out: Path,
    *,
    shares: Sequence[float] = (),
    validation: Iterable[LabelledText] | None = None,
    name: str = "",
    force: bool = False,
    on_message: Callable[[str], None] = lambda line: None,
) -> Manifest:
    """Write a classifier whose weights are the mean of others'.

    It has the precision, the windows and the bag of n-grams of the first. Weights are read as the
    models keep them, in 8 or 16 bits.

    Args:
        models: names or paths of two classifiers or more.
        out: the folder that becomes the bundle.
        shares: what each counts, as ``(3, 1)``; by default all alike.
        validation: labelled texts that its probabilities are calibrated by; by default it has the
            first model's calibration.
        name: the model's name; by default the folder's.
        force: whether a model at ``out`` may be replaced.
        on_message: called with a line on what was measured or taken over.

    Returns:
        What the bundle says of itself.

    Raises:
        ModelNotFoundError: a model is not there.
        BundleError: one is damaged.
        ConfigurationError: there are fewer than two, their networks, vocabularies or labels differ,
            the shares are none, or a model is at ``out`` already.
        InputError: a validation text has another label.

    Example:
        >>> average_models(["first", "second"], Path("mean"))  # doctest: +SKIP
    """
    require(len(models) >= 2, f"a mean is of two models or more; received {len(models)}")
    parts = _parts(shares, len(models))
    check_target(out, map(model_path, models))
    if not force:
        refuse_finished(out)
    members = [_Member.open(Path(model)) for model in models]
    _require_alike(members)
    first = members[0]
    weights = _mean(members, parts)
    precision = first.bundle.manifest.serving["precision"]
    graph = compile_classifier(first.network, weights, precision=precision)
    manifest = replace(
        first.bundle.manifest,
        name=name or out.name,
        training={**_training(first), "mean_of": _mean_of(members, parts)},
        corpora=_corpora(members),
        scores={},
        textrnn_version=__version__,
    )
    if validation is None:
        note = f"the calibration is that of {first.bundle.name}, for want of validation texts"
    else:
        manifest = _calibrated(manifest, first, graph, list(validation), on_message)
        note = "calibrated by validation texts"
    files = {
        **{n: first.bundle.read(n) for n in manifest.files if n not in _FIRSTS_ALONE},
        "model.onnx": graph,
        "weights.npz": pack_beside_graph(weights, precision),
        "README.md": _card(manifest, first, note),
    }
    write_bundle(out, manifest, files)
    scores = "".join(f", validation accuracy {score:.4f}" for score in manifest.scores.values())
    on_message(f"wrote {out} ({note}{scores})")
    return manifest


def _training(first: _Member) -> dict[str, Any]:
    """How the first model was trained, without what was measured at the end of that."""
    told = first.bundle.manifest.training
    return {name: value for name, value in told.items() if name != "measured"}


def _parts(shares: Sequence[float], models: int) -> list[float]:
    """What each model counts; together 1."""
    given = list(shares) or [1.0] * models
    require(len(given) == models, f"{models} models need {models} shares; received {len(given)}")
    require(
        all(0 < share < math.inf for share in given),
        f"shares must be above 0: {', '.join(map(str, given))}",
    )
    return [share / sum(given) for share in given]


def _require_alike(members: Sequence[_Member]) -> None:
    """See that the weights of all mean what those of the first do."""
    first = members[0].meaning()
    for member in members[1:]:
        found = member.meaning()
        differs = next((what for what in first if first[what] != found[what]), None)
        if differs:
            raise ConfigurationError(
                f"{member.path}: not the same {differs} as {members[0].path} has, so that their "
                "weights have no mean: train both alike, from the same model"
            )


def _mean(members: Sequence[_Member], parts: Sequence[float]) -> dict[str, NDArray[np.float32]]:
    pairs = list(zip(parts, members, strict=True))
    return {
        key: np.sum([part * member.weights[key] for part, member in pairs], axis=0, dtype="f4")
        for key in members[0].weights
    }


def _calibrated(
    manifest: Manifest,
    first: _Member,
    graph: bytes,
    validation: Sequence[LabelledText],
    say: Callable[[str], None],
) -> Manifest:
    """The manifest with what validation texts say of the graph that serves."""
    found = served_answers(first.bundle, first.tokenizer, graph, validation)
    calibration = fit_calibration(found.logits, found.lengths, found.numbers, found.scores)
    together = calibration.apply(found.logits, found.lengths, found.scores)
    alone = found.bag_alone(together, say=say)
    measured = measure_answers(found.numbers, together.argmax(axis=1), manifest.labels)
    old = {*asdict(calibration), BAG_ALONE}
    others = {name: value for name, value in manifest.serving.items() if name not in old}
    return replace(
        manifest,
        serving={**others, **calibration.as_dict(), **alone},
        training={**manifest.training, "measured": to_dict(measured)},
        scores={"validation_accuracy": round(measured.score, 4)},
    )


def _card(manifest: Manifest, first: _Member, note: str) -> bytes:
    try:
        return write_card(manifest, notes=_NOTES.format(note)).encode("utf-8")
    except KeyError as error:
        raise BundleError(f"{first.path}: it does not say how it was made: {error}") from error


def _mean_of(members: Sequence[_Member], parts: Sequence[float]) -> list[dict[str, Any]]:
    """What the manifest says of the models."""
    return [
        {
            "name": member.bundle.name,
            "share": round(part, 4),
            "sha256": member.bundle.manifest.files["weights.npz"].sha256,
        }
        for member, part in zip(members, parts, strict=True)
    ]


def _corpora(members: Sequence[_Member]) -> tuple[dict[str, Any], ...]:
    """The texts that any of the models learned from, each once."""
    found: list[dict[str, Any]] = []
    for member in members:
        found += [record for record in member.bundle.manifest.corpora if record not in found]
    return tuple(found)
