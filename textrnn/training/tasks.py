"""What each task is trained with, by the task's name: what a NAME needs is in the training room
``textrnn/training/NAME/``, and is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from textrnn.bundle.manifest import Manifest
from textrnn.catalog import TASKS
from textrnn.training.settings import Plan, WordPlan


def trained_tasks() -> tuple[str, ...]:
    """The tasks that have a training room."""
    return tuple(task for task in TASKS if find_spec(f"textrnn.training.{task}"))


def plan_class(task: str) -> type[Plan]:
    """The plan of a task, as ``ClassifierPlan``; all that it holds has a default."""
    found: type[Plan] = _part(task, "plan", f"{task.capitalize()}Plan")
    return found


def reads_words(task: str) -> bool:
    """Whether the networks of a task read words: what trains them then takes ``precision``, and the
    ``embeddings`` and models (``init_from``) that they begin with.
    """
    return isinstance(plan_class(task)(), WordPlan)


def files_class(task: str) -> type[Any]:
    """The files that a task learns from, as a command names them: as ``ClassifierFiles``."""
    found: type[Any] = _part(task, "files", f"{task.capitalize()}Files")
    return found


def reader_class(task: str) -> type[Any]:
    """What a task makes of a recipe's files, as ``ClassifierReader``."""
    found: type[Any] = _part(task, "recipe", f"{task.capitalize()}Reader")
    return found


def run_function(task: str) -> Callable[..., Manifest]:
    """What trains a task's models, as ``run_classifier``, and tells what their bundles say.

    Raises:
        ModuleNotFoundError: Keras is not installed.
    """
    found: Callable[..., Manifest] = _part(task, "run", f"run_{task}")
    return found


def _part(task: str, module: str, name: str) -> Any:
    return getattr(import_module(f"textrnn.training.{task}.{module}"), name)
