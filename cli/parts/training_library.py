"""The training wing of the library, loaded when a command needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from textrnn.errors import MissingExtraError


class TrainingLibrary:
    """The training wing, loaded when a command needs it."""

    def __init__(self) -> None:
        with quiet_tensorflow():
            try:
                from textrnn.training import run, settings
                from textrnn.training.classifier import run as classifier
                from textrnn.training.generator import run as generator
                from textrnn.training.recipes import recipe, reproduce
                from textrnn.training.tagger import run as tagger
            except ModuleNotFoundError as error:
                raise MissingExtraError("training", "train") from error
        from textrnn import corpora

        self.corpora = corpora
        self.classifier = classifier
        self.generator = generator
        self.recipe = recipe
        self.reproduce = reproduce
        self.run = run
        self.settings = settings
        self.tagger = tagger


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Keep TensorFlow's start-up remarks from standard error, where our progress goes.

    The process' own standard error goes nowhere meanwhile: some remarks come before TensorFlow
    reads the setting that turns them off.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def is_quiet(context: click.Context) -> bool:
    """Whether ``--quiet`` was given."""
    return bool((context.find_root().obj or {}).get("quiet"))
