"""The folder of an experiment goes on with that experiment alone, and says what another has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from textrnn.errors import ConfigurationError
from textrnn.experiments.folder import ExperimentFolder

TEXTS = {"experiment": "cross-validation", "data": "1f", "folds": 5, "groups": None,
         "plan": {"encoders": [{"cell": "lstm", "units": 8}]},
         "settings": {"training.epochs": 2}}  # fmt: skip
NETWORKS = {
    "experiment": "comparison",
    "data": "1f",
    "seeds": 3,
    "networks": [{"name": "GRU", "plan": {"encoders": [{"units": 8}]}, "answer": {}}],
}
DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("kept", "changes", "told"),
    [
        (TEXTS, {"folds": 3}, "other settings: folds 5 (now 3);"),
        (TEXTS, {"data": DIGEST}, "other examples;"),
        (
            TEXTS,
            {"settings": {"training.epochs": 2, "training.l2": 0.1}, "data": DIGEST},
            "other examples, other settings: training.l2 none (now 0.1);",
        ),
        (
            TEXTS,
            {"plan": {"encoders": [{"cell": "gru", "units": 8}, {"units": 4}]}},
            "other settings: encoders.1.cell lstm (now gru), encoders.2 none (now given);",
        ),
        (TEXTS, {"groups": ["a"] * 60}, "other settings: groups;"),
        (
            NETWORKS,
            {
                "networks": [
                    {"name": "GRU", "plan": {"encoders": [{"units": 9}]}, "answer": {"samples": 5}}
                ]
            },
            "other settings: networks.GRU.plan.encoders.1.units 8 (now 9), "
            "networks.GRU.answer.samples none (now 5);",
        ),
    ],
)
def test_what_another_experiment_has_is_told(
    tmp_path: Path, kept: dict[str, Any], changes: dict[str, Any], told: str
) -> None:
    folder = ExperimentFolder(tmp_path / "found")
    folder.begin(kept, resume=False, force=False)
    folder.begin(kept, resume=True, force=False)
    with pytest.raises(ConfigurationError, match=re.escape(f"the experiment there has {told}")):
        folder.begin({**kept, **changes}, resume=True, force=False)


def test_what_may_grow_goes_on_with_more_and_not_with_less(tmp_path: Path) -> None:
    folder = ExperimentFolder(tmp_path / "found")
    folder.begin(NETWORKS, resume=False, force=False)
    folder.begin({**NETWORKS, "seeds": 5}, resume=True, force=False, may_grow="seeds")
    for about, told in (
        ({**NETWORKS, "seeds": 3}, "other settings: seeds 5 (now 3);"),
        ({**NETWORKS, "seeds": 6, "data": "2e"}, "the experiment there has other examples;"),
        ({**TEXTS, "seeds": 6}, "experiment comparison (now cross-validation)"),
    ):
        with pytest.raises(ConfigurationError, match=re.escape(told)):
            folder.begin(about, resume=True, force=False, may_grow="seeds")
    with pytest.raises(ConfigurationError, match=re.escape("seeds 5 (now 6)")):
        folder.begin({**NETWORKS, "seeds": 6}, resume=True, force=False)
