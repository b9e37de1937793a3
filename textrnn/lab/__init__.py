"""A place where one sees why recurrent networks work: their cells written out in NumPy, and
experiments with them and with the shipped models.

>>> from textrnn import lab
>>> lab.cell("It was not good.", model="sentiment-en").plot("gates.png")  # doctest: +SKIP
>>> lab.gradients(length=50).plot("gradients.png")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textrnn.lab.attention_shares import attention
    from textrnn.lab.gate_values import cell
    from textrnn.lab.gradient_norms import gradients
    from textrnn.lab.memory_span import memory
    from textrnn.lab.next_tokens import sampling

__all__ = ["attention", "cell", "gradients", "memory", "sampling"]

_HOMES = {
    "attention": "textrnn.lab.attention_shares",
    "cell": "textrnn.lab.gate_values",
    "gradients": "textrnn.lab.gradient_norms",
    "memory": "textrnn.lab.memory_span",
    "sampling": "textrnn.lab.next_tokens",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'textrnn.lab' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
