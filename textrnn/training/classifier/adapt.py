"""Fitting a finished classifier's bag of n-grams to answer by itself what it is sure of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from textrnn.bundle.bundle import Bundle, check_target, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.catalog import model_path
from textrnn.configuration import require
from textrnn.corpora import LabelledText
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.parts import read_calibration
from textrnn.heads.parts import read_network, read_tokenizer
from textrnn.training.card import card_with
from textrnn.training.classifier.bag_alone import FEWEST_TEXTS
from textrnn.training.classifier.served import served_answers
from textrnn.training.loop.target import refuse_finished


def adapt_model(
    model: str | Path,
    out: Path,
    *,
    validation: Iterable[LabelledText],
    force: bool = False,
    on_message: Callable[[str], None] = lambda line: None,
) -> Manifest:
    """Write a classifier again, whose bag answers by itself what it is sure of.

    Weights and calibration stay as they are, and so does every answer of the network.

    Args:
        model: name or path of a classifier with a bag of n-grams.
        out: the folder that becomes the bundle.
        validation: labelled texts that neither the network nor the bag learned from, 1,000 or more.
        force: whether a model at ``out`` may be replaced.
        on_message: called with a line on what was measured.

    Returns:
        What the bundle says of itself.

    Raises:
        ModelNotFoundError: there is no such model.
        BundleError: it is damaged.
        ConfigurationError: it is no classifier, has no bag, the texts are too few, or a model is at
            ``out`` already.
        InputError: a validation text has another label, or ``out`` is the model itself.

    Example:
        >>> adapt_model("mine", Path("adapted"), validation=texts)  # doctest: +SKIP
    """
    bundle = Bundle.open(model_path(model))
    before = bundle.manifest
    before.require_task("classifier", "a bag of n-grams that answers by itself")
    require("bag.npz" in before.files, f"{model}: it has no bag of n-grams beside its network")
    check_target(out, [model_path(model)])
    if not force:
        refuse_finished(out)
    network = read_network(bundle, ClassifierNetwork)
    tokenizer = read_tokenizer(bundle, network.vocabulary_size)
    texts = list(validation)
    found = served_answers(bundle, tokenizer, bundle.read("model.onnx"), texts)
    calibration = read_calibration(bundle)
    together = calibration.apply(found.logits, found.lengths, found.scores)
    alone = found.bag_alone(together, say=on_message)
    few = f"{len(texts):,} validation texts are too few to say when the bag is sure enough"
    require(bool(alone), f"{few}; give {FEWEST_TEXTS:,} or more")
    manifest = replace(before, serving={**before.serving, **alone})
    files = {name: bundle.read(name) for name in before.files}
    if "README.md" in files:
        files["README.md"] = card_with(manifest, bundle.card(), before).encode("utf-8")
    write_bundle(out, manifest, files)
    on_message(f"wrote {out}")
    return manifest
