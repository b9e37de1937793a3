"""Models that are of no use as they are: they never take the place of one that is of use."""

from __future__ import annotations

from pathlib import Path

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST, Manifest
from textrnn.errors import TrainingError
from textrnn.training.loop.target import run_folder


def weakness_of(manifest: Manifest) -> str:
    """What makes a model useless as it is; empty where nothing was found that does."""
    return str(manifest.training.get("measured", {}).get("weakness", ""))


def refuse_worse(out: Path, manifest: Manifest) -> None:
    """See that a model of no use does not replace one that is of use.

    Args:
        out: where the new model is to be written.
        manifest: what it says of itself.

    Raises:
        TrainingError: it would; the training's state is kept.
    """
    weakness = weakness_of(manifest)
    if not weakness or not (out / MANIFEST).exists():
        return
    if not weakness_of(Bundle.open(out).manifest):
        raise TrainingError(
            f"{out}: the model there stays, since the new one is of no use as it is: {weakness} "
            f"(the new one's state is in {run_folder(out)}: to have it all the same, move the old "
            "model away, and train again with resume=True)"
        )
