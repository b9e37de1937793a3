"""Every head keeps every promise of :mod:`check_head`: a new one adds its case to ``HEADS``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from check_head import PROMISES, HeadCase, check_that_a_stopped_run_goes_on_exactly
from head_cases import HEADS
from textrnn import catalog

pytestmark = pytest.mark.train

RUNS = [(task, run) for task, case in HEADS.items() for run in case.runs]


def test_every_task_is_held_to_the_contract() -> None:
    assert HEADS.keys() == catalog.TASKS.keys()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: p.__name__.removeprefix("check_that_"))
@pytest.mark.parametrize("task", HEADS)
def test_a_head_keeps_its_promises(
    task: str,
    promise: Callable[[HeadCase, Path, Path], None],
    tiny_models: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    promise(HEADS[task], tiny_models(task), tmp_path)


@pytest.mark.parametrize(("task", "run"), RUNS)
def test_a_stopped_run_goes_on_exactly(task: str, run: str, tmp_path: Path) -> None:
    """In an epoch's midst; the first run of each head also before there is a best epoch."""
    is_first = run == next(iter(HEADS[task].runs))
    stops = ((1, 2), (2, 3)) if is_first else ((2, 3),)
    check_that_a_stopped_run_goes_on_exactly(HEADS[task], run, tmp_path, stops=stops)
