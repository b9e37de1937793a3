"""Following a recipe: from its texts to a finished bundle, measured on its test files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textrnn.bundle import Bundle, write_bundle
from textrnn.corpora import read_labelled
from textrnn.evaluation import evaluate_classifier
from textrnn.heads.classifier import Classifier
from textrnn.training.card import write_card
from textrnn.training.classifier import train_classifier
from textrnn.training.fit import OnEvent
from textrnn.training.recipe import Recipe, model_info, read_recipe_texts


def reproduce(
    recipe: Recipe,
    *,
    data: Path,
    out: Path,
    resume: bool = False,
    measure: bool = True,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] = lambda line: None,
) -> None:
    """Train what a recipe describes, measure it, and write the scores into its bundle.

    Args:
        recipe: the recipe.
        data: the folder that its files lie below.
        out: the folder that becomes the bundle.
        resume: go on from the state of a run that was stopped.
        measure: whether to score the recipe's test files; do so once, at the very end.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.

    Raises:
        InputError: a file of the recipe is missing or malformed.
        ConfigurationError: a setting is wrong.
        TrainingError: the run failed, or the checkpoint belongs to another run.
    """
    texts = read_recipe_texts(recipe, data, on_message=on_message)
    train_classifier(
        texts.train,
        out=out,
        validation=texts.validation,
        unlabelled=texts.unlabelled,
        plan=recipe.plan,
        info=model_info(recipe, texts.corpora),
        precision=recipe.precision,
        resume=resume,
        on_event=on_event,
        on_message=on_message,
    )
    if measure and recipe.data.test:
        _record_scores(recipe, data, out, on_message)


def _record_scores(
    recipe: Recipe, data: Path, out: Path, on_message: Callable[[str], None]
) -> None:
    """Score each test file with the graph as it is served, and write manifest and card anew."""
    classifier = Classifier.load(out)
    bundle = Bundle.open(out)
    scores = dict(bundle.manifest.scores)
    for source in recipe.data.test:
        report = evaluate_classifier(classifier, read_labelled(source.below(data)))
        name = source.corpus or source.file
        scores[f"{name}: accuracy"] = round(report.accuracy, 4)
        scores[f"{name}: calibration error"] = round(report.calibration_error, 4)
        on_message(f"{name}: accuracy {report.accuracy:.4f} on {report.texts:,} texts")
    manifest = replace(bundle.manifest, scores=scores)
    files = {name: bundle.read(name) for name in manifest.files}
    files["README.md"] = write_card(manifest, notes=recipe.notes).encode("utf-8")
    write_bundle(out, manifest, files)
