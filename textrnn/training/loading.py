"""Loading what trains, which takes Keras and TensorFlow."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textrnn.errors import MissingExtraError


@contextmanager
def loading_training(say: Callable[[str], None] = lambda line: None) -> Iterator[None]:
    """While what trains is imported: TensorFlow says nothing, and its absence is told.

    Args:
        say: told in a line that it is loaded, where it is not yet.

    Raises:
        MissingExtraError: it is not installed.
    """
    if "keras" not in sys.modules:
        say("loading Keras")
    with quiet_tensorflow():
        try:
            yield
        except ModuleNotFoundError as error:
            raise MissingExtraError("training", "train") from error


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Keep TensorFlow's start-up remarks from standard error, where our progress goes.

    The process' own standard error goes nowhere meanwhile: some remarks come before TensorFlow
    reads the setting that turns them off. Where Keras is loaded already there is nothing to do.
    """
    if "keras" in sys.modules:
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if sys.stderr is not None:
        sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
        # It would warn of every network trained after the fourth.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
