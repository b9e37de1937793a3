"""The plan of a run that was given none: as it fits the texts, but for what was said otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from textrnn.catalog import default_model
from textrnn.counted import counted
from textrnn.errors import ModelNotFoundError
from textrnn.text.language import detect_language
from textrnn.training.facts import Facts, about_tokens
from textrnn.training.initial import sizes_of_model
from textrnn.training.named import Values, changed
from textrnn.training.settings import Plan

P = TypeVar("P", bound=Plan)

_INSTEAD_OF_FOLDS = ("validation_split", "average_epochs")
OF_VOCABULARY = ("tokenizer", "vectors")  # parts of plans that models and vectors decide


def fit_plan(
    task: str,
    fitting_plan: Callable[[Facts], P],
    texts: Sequence[str],
    *,
    language: str = "",
    has_validation: bool = False,
    has_vectors: bool = False,
    init_from: Sequence[Path] | None = None,
    shipped: bool = False,
    changes: Values | None = None,
) -> tuple[P, Sequence[Path]]:
    """The settings that fit some texts, and the models that the weights begin with.

    Args:
        task: what is trained.
        fitting_plan: the task's settings for so many texts.
        texts: those to learn from.
        language: theirs; by default it is told from them.
        has_validation: whether others validate.
        has_vectors: whether the embedding begins with word vectors.
        init_from: models to begin with.
        shipped: whether, where none are named, the weights begin with the shipped model of the task
            and language, if ``changes`` leave its sizes and its vocabulary as they are.
        changes: what was said otherwise, by the paths of the settings.

    Raises:
        ConfigurationError: a value is out of range, or does not go with another.
    """
    changes = dict(changes or {})
    if any(("training", name) in changes for name in _INSTEAD_OF_FOLDS):
        changes = {("training", "folds"): 0, **changes}
    language = language or detect_language(texts)
    facts = Facts(len(texts), about_tokens(texts, language), has_validation, has_vectors)
    sizes: Values = {}
    if init_from is None:
        init_from = []
        name = shipped_model(task, language) if shipped else ""
        if name:
            sizes = sizes_of_model(fitting_plan(facts), task, Path(name))
            told = any(path[0] in OF_VOCABULARY or path in sizes for path in changes)
            init_from, sizes = ([], {}) if told else ([Path(name)], sizes)
    elif init_from:
        sizes = sizes_of_model(fitting_plan(facts), task, init_from[0])
    if init_from:
        facts = replace(facts, model=init_from[0])
    return changed(fitting_plan(facts), {**sizes, **changes}), init_from


def chosen(plan: Plan) -> str:
    """A line on the settings of a plan that follow from how much there is."""
    training = plan.training
    validated = f", {training.folds} folds" if training.folds else ""
    return (
        f"settings for so many texts: {counted(training.epochs, 'epoch')} of batches of "
        f"{training.batch_size}, {training.optimizer} at {training.learning_rate:g} "
        f"({training.schedule}){validated}, the best epoch by {training.best_by}"
    )


def shipped_model(task: str, language: str) -> str:
    """The shipped model of a task and language; nothing where there is none."""
    try:
        return default_model(task, language)
    except ModelNotFoundError:
        return ""
