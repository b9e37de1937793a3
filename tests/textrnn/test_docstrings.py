"""The examples in the docstrings, executed; and a docstring for every public module."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import textrnn

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(textrnn.__path__, "textrnn.")
    if not module.ispkg
)
ROOMS = ("textrnn.corpora", "textrnn.embeddings", "textrnn.cli")


def modules() -> list[str]:
    rooms = [
        module.name
        for room in ROOMS
        for module in pkgutil.walk_packages(import_module(room).__path__, f"{room}.")
        if not module.ispkg
    ]
    return sorted({*MODULES, *rooms})


@pytest.mark.train
@pytest.mark.parametrize("name", modules())
def test_examples_are_true(name: str) -> None:
    module = import_module(name)
    assert module.__doc__
    assert doctest.testmod(module).failed == 0


def test_there_are_examples() -> None:
    for name in ("textrnn.corpora.copies", "textrnn.text.windows", "textrnn.text.language"):
        assert doctest.DocTestFinder().find(import_module(name))
