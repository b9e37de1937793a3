"""A place where one sees why recurrent networks work: their cells written out in NumPy, and
experiments with them and with the shipped models.

>>> from textrnn import lab
>>> lab.gradients(length=50).plot("gradients.png")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textrnn.lab.gradient_norms import gradients

__all__ = ["gradients"]

_HOMES = {"gradients": "textrnn.lab.gradient_norms"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'textrnn.lab' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
