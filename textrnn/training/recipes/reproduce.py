"""Following a recipe: from its texts to a finished bundle, measured on its test files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.catalog import load, model_path
from textrnn.errors import ConfigurationError
from textrnn.training.card import write_card
from textrnn.training.loading import loading_training
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.target import settle_target
from textrnn.training.recipes.info import model_info
from textrnn.training.recipes.recipe import Recipe, require_files
from textrnn.training.tasks import files_class, reader_class, reads_words, run_function

OnMessage = Callable[[str], None]


def reproduce(
    recipe: Recipe,
    *,
    data: Path,
    out: Path,
    resume: bool = False,
    force: bool = False,
    measure: bool = True,
    init_from: Sequence[Path] = (),
    on_event: OnEvent | None = None,
    on_message: OnMessage = lambda line: None,
    clock: Clock | None = None,
) -> Manifest:
    """Train what a recipe describes, measure it, and write the scores into its bundle.

    Args:
        recipe: the recipe.
        data: the folder that its files lie below.
        out: the folder that becomes the bundle.
        resume: go on from the state of a run that was stopped.
        force: whether a model at ``out``, or the state of a stopped run, may be replaced.
        measure: whether to score the recipe's test files; do so once, at the very end.
        init_from: the models that the recipe begins with, in any order.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.
        clock: of the call; by default it begins now.

    Returns:
        What the bundle says of itself.

    Raises:
        InputError: a file of the recipe is missing or malformed.
        ConfigurationError: a setting is wrong.
        TrainingError: the run failed, or the checkpoint belongs to another run.
    """
    clock = clock or Clock()
    if finished := settle_target(out, resume=resume, force=force, say=on_message):
        return finished
    require_files(recipe, data, tests=measure)
    options: dict[str, Any] = {
        "out": out,
        "info": model_info(recipe, data),
        "resume": resume,
        "on_event": on_event,
        "on_message": on_message,
        "clock": clock,
    }
    models = _named_models(init_from, recipe.init_from)
    if reads_words(recipe.task):
        vectors = [source.vectors_below(data) for source in recipe.data.embeddings]
        options |= {"precision": recipe.precision, "init_from": models, "embeddings": vectors}
    texts = reader_class(recipe.task)().arguments(recipe, data, on_message)
    files_class(recipe.task)().require_fitting(recipe.plan, texts)
    with loading_training(on_message):
        train = run_function(recipe.task)
    manifest = train(**texts, plan=recipe.plan, **options)
    if measure and recipe.data.test:
        manifest = record_scores(recipe, data, out, on_message)
    return manifest


def _named_models(given: Sequence[Path], wanted: Sequence[str]) -> list[Path]:
    """The models that a recipe begins with, in its own order."""
    names: dict[str, Path] = {}
    for path in given:
        name = Bundle.open(model_path(path)).name
        if name in names:
            raise ConfigurationError(f"{names[name]} and {path} are both named {name}: give one")
        names[name] = path
    for name in wanted:
        if name not in names:
            raise ConfigurationError(
                f"the recipe begins with a model named {name}: make it by the recipe of that name, "
                "and give its folder with init_from=…"
            )
    for name in names:
        if name not in wanted:
            raise ConfigurationError(f"{names[name]}: the recipe begins with no model named {name}")
    return [names[name] for name in wanted]


def measure_recipe(
    recipe: Recipe, data: Path, model: Path, *, on_message: OnMessage = lambda line: None
) -> dict[str, float]:
    """Score a model on each of a recipe's test files, with the graph as it is served.

    Args:
        recipe: the recipe.
        data: the folder that its files lie below.
        model: the bundle.
        on_message: called with a line on each file.

    Returns:
        The scores, by the file's corpus and the measure.
    """
    scores: dict[str, float] = {}
    head, reader = load(model), reader_class(recipe.task)()
    for source in recipe.data.test:
        options = {"among": source.among} if source.among else {}
        found = head.evaluate(reader.examples(source, data), **options).scores()
        name = source.corpus or source.file
        scores |= {f"{name}: {measure}": round(value, 4) for measure, value in found.items()}
        shown = ", ".join(f"{measure} {value:.4f}" for measure, value in found.items())
        on_message(f"{name}: {shown}")
    return scores


def record_scores(recipe: Recipe, data: Path, out: Path, on_message: OnMessage) -> Manifest:
    """Score a recipe's test files, and write a model's manifest and its card, with the notes, anew.

    Args:
        recipe: the recipe.
        data: the folder that its files lie below.
        out: the bundle.
        on_message: called with a line on each file.
    """
    bundle = Bundle.open(out)
    found = measure_recipe(recipe, data, out, on_message=on_message)
    manifest = replace(bundle.manifest, scores={**bundle.manifest.scores, **found})
    files = {name: bundle.read(name) for name in manifest.files}
    files["README.md"] = write_card(manifest, notes=recipe.notes).encode("utf-8")
    write_bundle(out, manifest, files)
    return manifest
