"""The Python code on models' cards does what it promises, as it is printed."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made_up import made_up_load
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import TASKS, model_path, shipped_models

ROOT = Path(__file__).parents[2]


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
    elif bundle.manifest.task == "forecaster":
        assert found.shape == (bundle.manifest.network["horizon"], len(labels))
    else:
        assert found.startswith("…")


@pytest.mark.parametrize("name", shipped_models())
def test_the_code_on_a_shipped_card(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "docs" / "samples" / "load.csv", tmp_path / "series.csv")
    monkeypatch.chdir(tmp_path)
    check_card(Bundle.open(model_path(name)))


@pytest.mark.parametrize("task", TASKS)
def test_the_code_on_a_new_card(
    task: str, tiny_models: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = Bundle.open(tiny_models(task))
    monkeypatch.chdir(bundle.path.parent)
    load = "\n".join(map(str, made_up_load(40).values[:, 0]))
    (bundle.path.parent / "series.csv").write_text(f"load\n{load}\n", "utf-8")
    check_card(bundle)
