"""Whatever a stranger's bundle says, loading it ends in a model that serves or an error of ours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import error_of
from small_bundles import arrays, packed, put, small_classifier, small_generator, small_tagger

import textrnn

MAKERS = {"classifier": small_classifier, "tagger": small_tagger, "generator": small_generator}
ODD = st.sampled_from(
    [None, True, False, 0, 1, -1, 2, 17, 100, 10**6, 2**31, 2**32, 10**12, 10**400, 0.5, 1e308,
     "", "x", "x" * 1000, "a\nb", "\x1b[2J", "\ud800", [], {}, [[]], ["a"], {"a": 1}, "NFC", "gru",
     "sum", "softmax", "bio", "int8"]
)  # fmt: skip

KINDS = st.sampled_from(["i8", "f2", "f8", "?", "U3", "S2", "c8"])

fuzzed = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("small")
    return {task: make(folder / task) for task, make in MAKERS.items()}


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of JSON stand, each as keys and numbers."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*place, key)
        if isinstance(item, dict | list):
            yield from places(item, (*place, key))


def use(path: Path) -> None:
    """Load a model and let it answer."""
    model = textrnn.load(path, threads=1)
    ask: dict[str, Callable[[], Any]] = {
        "classifier": lambda: model.classify(["a fine film", ""]),
        "tagger": lambda: model.tag(["Ada spoke", ""], readings=2),
        "generator": lambda: model.generate("a", length=4, random_state=1),
    }
    ask[model.task]()


@pytest.mark.parametrize("task", MAKERS)
@fuzzed
@given(data=st.data())
def test_a_value_that_is_another(
    task: str, data: st.DataObject, bundles: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "model"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(bundles[task], path)
    named = [name for name in ("bundle.json", "tokenizer.json", "features.json")
             if (path / name).exists()]  # fmt: skip
    name = data.draw(st.sampled_from(named))
    found = json.loads((path / name).read_text("utf-8"))
    *inner, last = data.draw(st.sampled_from(sorted(places(found), key=str)))
    holder = found
    for key in inner:
        holder = holder[key]
    holder[last] = data.draw(ODD)
    content = json.dumps(found).encode("utf-8")
    if name == "bundle.json":
        (path / name).write_bytes(content)
    else:
        put(path, name, content)
    error = error_of(lambda: use(path))
    assert error is None or len(str(error)) < 1000


@pytest.mark.parametrize(("task", "name"), [("classifier", "bag.npz"), ("tagger", "tables.npz"),
                                            ("tagger", "gazetteer.npz")])  # fmt: skip
@fuzzed
@given(data=st.data())
def test_an_array_that_is_another(
    task: str, name: str, data: st.DataObject, bundles: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "model"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(bundles[task], path)
    found = arrays(path, name)
    key = data.draw(st.sampled_from(sorted(found)))
    changes: list[Callable[[Any], Any]] = [
        lambda v: v[:-1] if v.ndim else v + 5,
        lambda v: np.concatenate([np.atleast_1d(v)] * 2),
        lambda v: v.T,
        lambda v: np.zeros(
            v.shape, data.draw(st.sampled_from(["i8", "f2", "f8", "?", "U3", "S2", "c8"]))
        ),
        lambda v: np.full(v.shape, data.draw(st.sampled_from([np.nan, np.inf, -1, 1e38]))),
        lambda v: v[..., None],
    ]
    found[key] = data.draw(st.sampled_from(changes))(found[key])
    put(path, name, packed(**found))
    error = error_of(lambda: use(path))
    assert error is None or name in str(error) or "not finite" in str(error)
