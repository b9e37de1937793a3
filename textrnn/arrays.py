"""Arrays that a bundle's ``.npz`` files hold."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from textrnn.errors import BundleError


@contextmanager
def open_arrays(content: bytes, name: str) -> Iterator[Any]:
    """The arrays of an ``.npz`` file, while they are read.

    Args:
        content: the file's.
        name: the file's, for the message.

    Raises:
        BundleError: it is damaged, or what is made of it in the block cannot be made.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            yield file
    except Exception as error:  # what damage does to NumPy's reader has no common class
        raise BundleError(f"{name} is damaged: {error}") from error
