"""The plan of a run that was given none: as it fits the texts, but for what was said otherwise.

What a run begins with where nothing is said, each task decides in its ``beginning.py``, and then
has the plan made here; how much there is to learn from makes the settings of its ``defaults.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from textrnn.catalog import default_model
from textrnn.counted import counted
from textrnn.errors import ModelNotFoundError
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
    language: str,
    has_validation: bool = False,
    has_vectors: bool = False,
    init_from: Sequence[Path] = (),
    changes: Values,
) -> P:
    """The settings that fit some texts and what the weights begin with.

    Args:
        task: what is trained.
        fitting_plan: the task's settings for so many texts.
        texts: those to learn from.
        language: theirs.
        has_validation: whether others validate.
        has_vectors: whether the embedding begins with word vectors.
        init_from: models that the weights begin with, of which the first has the sizes.
        changes: what was said otherwise, by the paths of the settings.

    Raises:
        ConfigurationError: a value is out of range, or does not go with another.
    """
    if any(("training", name) in changes for name in _INSTEAD_OF_FOLDS):
        changes = {("training", "folds"): 0, **changes}
    model = init_from[0] if init_from else None
    tokens = about_tokens(texts, language)
    plan = fitting_plan(Facts(len(texts), tokens, has_validation, has_vectors, model, language))
    sizes = sizes_of_model(plan, task, model) if model else {}
    return changed(plan, {**sizes, **changes})


def shipped_beginning(task: str, plan: Plan, language: str, changes: Values) -> list[Path]:
    """The shipped model of a task and language to begin with; none where there is none, or where
    its vocabulary or its sizes are not those that were said.

    Args:
        task: what is trained.
        plan: any of the task.
        language: of the texts.
        changes: what was said of settings, by their paths.
    """
    try:
        model = Path(default_model(task, language))
    except ModelNotFoundError:
        return []
    sizes = sizes_of_model(plan, task, model)
    told = any(path[0] in OF_VOCABULARY or path in sizes for path in changes)
    return [] if told else [model]


def chosen(plan: Plan) -> str:
    """A line on the settings of a plan that follow from how much there is."""
    training = plan.training
    validated = f", {training.folds} folds" if training.folds else ""
    return (
        f"settings for so many texts: {counted(training.epochs, 'epoch')} of batches of "
        f"{training.batch_size}, {training.optimizer} at {training.learning_rate:g} "
        f"({training.schedule}){validated}, the best epoch by {training.best_by}"
    )
