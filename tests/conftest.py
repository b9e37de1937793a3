"""Fixtures that several rooms' tests share: tiny models, really trained, really served."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Keras imports JAX where it is installed, which would have TensorFlow remark on its start in every
# process that the tests begin.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Nor may what lies on the developer's own machine be found.
os.environ["TEXTRNN_MODELS"] = os.devnull

# No test may fail because a machine is slow; and in CI not by a new draw of the dice either.
settings.register_profile(
    "textrnn",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("textrnn")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where no test is to train, files whose tests all do are not imported: they load Keras."""
    if config.option.markexpr != "not train" or not collection_path.match("test_*.py"):
        return None
    return "\npytestmark = pytest.mark.train\n" in collection_path.read_text("utf-8") or None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that may be an archive name no test: the time is in them, and the processes among which
    tests are shared out must all find the same names.
    """
    return argname if isinstance(val, bytes) and len(val) >= 20 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks a tiny model has it trained."""
    for item in items:
        if "tiny_models" in getattr(item, "fixturenames", ()):
            item.add_marker("train")


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """The path of a task's tiny model, trained when it is first asked for; nobody changes it."""
    from textrnn.bundle.bundle import Bundle

    made: list[Path] = []

    @cache
    def trained(task: str) -> Path:
        from head_cases import HEADS  # which imports Keras

        case = HEADS[task]
        out = tmp_path_factory.mktemp("models") / case.name
        case.train(out, case.plan)
        made.append(out)
        return out

    yield trained
    for path in made:
        assert all(check.ok for check in Bundle.open(path).verify()), f"a test changed {path}"


@pytest.fixture(scope="session")
def tiny_bundle(tiny_models: Callable[[str], Path]) -> Path:
    """The path of a bundle that tells the made-up reviews apart."""
    return tiny_models("classifier")


@pytest.fixture(scope="session")
def tiny_tagger(tiny_models: Callable[[str], Path]) -> Path:
    """The path of a bundle that finds the names in the made-up news; its windows are small."""
    return tiny_models("tagger")


@pytest.fixture(scope="session")
def tiny_generator(tiny_models: Callable[[str], Path]) -> Path:
    """The path of a bundle that writes made-up verses."""
    return tiny_models("generator")
