"""The Python code on models' cards does what it promises, as it is printed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import TASKS, model_path, shipped_models


def outcome(card: str) -> Any:
    """What the last expression of a card's code gives."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", card, re.DOTALL | re.MULTILINE)
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(ast.Module(before, []), "card", "exec"), names)
    return eval(compile(ast.Expression(last.value), "card", "eval"), names)


def check_card(bundle: Bundle) -> None:
    """See that a card's code answers, and with this model."""
    name, labels = bundle.name, set(bundle.manifest.labels)
    assert f'textrnn.load("{name}")' in bundle.card()
    assert model_path(name).resolve() == bundle.path.resolve()
    found = outcome(bundle.card())
    if bundle.manifest.task == "classifier":
        (result,) = found
        assert set(result.probabilities) == labels
    elif bundle.manifest.task == "tagger":
        assert {entity.label for entity in found} <= labels
    else:
        assert found.startswith("…")


@pytest.mark.parametrize("name", shipped_models())
def test_the_code_on_a_shipped_card(name: str) -> None:
    check_card(Bundle.open(model_path(name)))


@pytest.mark.parametrize("task", TASKS)
def test_the_code_on_a_new_card(
    task: str, tiny_models: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = Bundle.open(tiny_models(task))
    monkeypatch.chdir(bundle.path.parent)
    check_card(bundle)
