"""Following a recipe: from its texts to a finished bundle, measured on its test files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import load, model_path
from textrnn.corpora import read_tagged, read_texts
from textrnn.errors import ConfigurationError
from textrnn.training.card import write_card
from textrnn.training.classifier.run import train_classifier
from textrnn.training.generator.run import train_generator
from textrnn.training.loop.events import OnEvent
from textrnn.training.recipes.info import model_info
from textrnn.training.recipes.recipe import (
    AnyRecipe,
    ClassifierRecipe,
    GeneratorRecipe,
    TaggerRecipe,
)
from textrnn.training.recipes.sources import RecipeSource
from textrnn.training.recipes.texts import read_recipe_documents, read_recipe_texts, text_keys
from textrnn.training.tagger.run import train_tagger

OnMessage = Callable[[str], None]


def reproduce(
    recipe: AnyRecipe,
    *,
    data: Path,
    out: Path,
    resume: bool = False,
    measure: bool = True,
    init_from: Sequence[Path] = (),
    on_event: OnEvent | None = None,
    on_message: OnMessage = lambda line: None,
) -> None:
    """Train what a recipe describes, measure it, and write the scores into its bundle.

    Args:
        recipe: the recipe.
        data: the folder that its files lie below.
        out: the folder that becomes the bundle.
        resume: go on from the state of a run that was stopped.
        measure: whether to score the recipe's test files; do so once, at the very end.
        init_from: the models that the recipe begins with, in any order.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.

    Raises:
        InputError: a file of the recipe is missing or malformed.
        ConfigurationError: a setting is wrong.
        TrainingError: the run failed, or the checkpoint belongs to another run.
    """
    options: dict[str, Any] = {
        "out": out,
        "info": model_info(recipe, data),
        "precision": recipe.precision,
        "resume": resume,
        "on_event": on_event,
        "on_message": on_message,
        "init_from": _named_models(init_from, recipe.init_from),
        "embeddings": data / recipe.data.embeddings.file if recipe.data.embeddings else None,
    }
    if isinstance(recipe, TaggerRecipe):
        _train_tagger(recipe, data, options, on_message)
    elif isinstance(recipe, GeneratorRecipe):
        _train_generator(recipe, data, options)
    else:
        _train_classifier(recipe, data, options, on_message)
    if measure and recipe.data.test:
        _record_scores(recipe, data, out, on_message)


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
                "and give its folder with --init-from"
            )
    for name in names:
        if name not in wanted:
            raise ConfigurationError(f"{names[name]}: the recipe begins with no model named {name}")
    return [names[name] for name in wanted]


def _train_classifier(
    recipe: ClassifierRecipe, data: Path, options: dict[str, Any], on_message: OnMessage
) -> None:
    texts = read_recipe_texts(recipe, data, on_message=on_message)
    train_classifier(
        texts.train,
        validation=texts.validation,
        unlabelled=texts.unlabelled,
        plan=recipe.plan,
        **options,
    )


def _train_tagger(
    recipe: TaggerRecipe, data: Path, options: dict[str, Any], on_message: OnMessage
) -> None:
    def tagged(sources: tuple[RecipeSource, ...]) -> list[Any]:
        files = (source.tagged_below(data) for source in sources)
        return [e for file in files for e in read_tagged(file, on_note=note)]

    def note(line: str) -> None:
        on_message(f"note: {line}")

    def lines(sources: tuple[RecipeSource, ...]) -> Iterator[str]:
        return (text for source in sources for text in read_texts(source.below(data)))

    train_tagger(
        tagged(recipe.data.train),
        validation=tagged(recipe.data.validation) or None,
        unlabelled=lines(recipe.data.unlabelled),
        # Of a word list with more columns (frequency, part of speech) the first is the word;
        # a single character has a row of its own already.
        lexicon=(
            word
            for line in lines(recipe.data.lexicon)
            for word in line.split()[:1]
            if len(word) > 1
        ),
        gazetteer=_gazetteer(recipe, data),
        plan=recipe.plan,
        **options,
    )


def _train_generator(recipe: GeneratorRecipe, data: Path, options: dict[str, Any]) -> None:
    sources = recipe.data
    without = text_keys(sources.exclude, data)
    train_generator(
        lambda: read_recipe_documents(sources.train, data, without=without),
        validation=(
            (lambda: read_recipe_documents(sources.validation, data))
            if sources.validation
            else None
        ),
        plan=recipe.plan,
        **options,
    )


def _gazetteer(recipe: TaggerRecipe, data: Path) -> dict[str, list[str]]:
    """The names of the recipe's lists by their kind."""
    lists: dict[str, list[str]] = {}
    for source in recipe.data.gazetteer:
        for text in read_texts(source.below(data)):
            kind, name = _kind_and_name(source, text)
            if kind and len(name.split()) >= source.min_words and len(name) > 1:
                lists.setdefault(kind, []).append(name)
    return dict(sorted(lists.items()))


def _kind_and_name(source: RecipeSource, text: str) -> tuple[str, str]:
    """A line of a list of names: a name, or where the kind has a column a row of words."""
    if source.kind_column is None:
        return source.constant_label or source.file, text.split("\t")[0].strip()
    row = text.split()
    return source.labels.get(row[source.kind_column], ""), row[0]


def measure_recipe(
    recipe: AnyRecipe, data: Path, model: Path, *, on_message: OnMessage = lambda line: None
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
    head = load(model)
    for source in recipe.data.test:
        found = head.evaluate(head.read_examples(source.examples_below(data))).scores()
        name = source.corpus or source.file
        scores |= {f"{name}: {measure}": round(value, 4) for measure, value in found.items()}
        shown = ", ".join(f"{measure} {value:.4f}" for measure, value in found.items())
        on_message(f"{name}: {shown}")
    return scores


def _record_scores(recipe: AnyRecipe, data: Path, out: Path, on_message: OnMessage) -> None:
    """Score the test files, and write manifest and card anew."""
    bundle = Bundle.open(out)
    found = measure_recipe(recipe, data, out, on_message=on_message)
    manifest = replace(bundle.manifest, scores={**bundle.manifest.scores, **found})
    files = {name: bundle.read(name) for name in manifest.files}
    files["README.md"] = write_card(manifest, notes=recipe.notes).encode("utf-8")
    write_bundle(out, manifest, files)
