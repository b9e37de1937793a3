"""What training runs of every task have in common: their folder, their start and their end."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

import textrnn
from textrnn.bundle import Manifest, write_bundle
from textrnn.configuration import to_dict
from textrnn.network import Embedding
from textrnn.runtime.quantize import quantize
from textrnn.training.card import write_card
from textrnn.training.fit import Fit, Objective, OnEvent
from textrnn.training.history import history_csv, training_png
from textrnn.training.layer_groups import frozen_epochs, layer_groups, layer_rates
from textrnn.training.named_weights import AnyNetwork, network_layers
from textrnn.training.settings import TrainingSettings, TransferSettings

_BEGINNINGS = "beginnings.txt"  # in the run's folder: a line on each thing that weights begin with


@dataclass(frozen=True)
class ModelInfo:
    """What a bundle says of itself besides what training knows.

    Attributes:
        name: the model's name; by default the folder's.
        language: ISO 639-1 code.
        description: one line for lists.
        licence: the terms of the weights.
        corpora: for each file of texts: name, use, texts, sha256, licence.
        notes: Markdown for the card: uses, weaknesses, how it was measured.
    """

    name: str = ""
    language: str = "en"
    description: str = ""
    licence: str = ""
    corpora: tuple[dict[str, Any], ...] = ()
    notes: str = ""


class Plan(Protocol):
    """The settings of a run, as far as every task has them."""

    @property
    def embedding(self) -> Embedding:
        """The embedding."""

    @property
    def training(self) -> TrainingSettings:
        """How to train."""

    @property
    def transfer(self) -> TransferSettings:
        """How to train what begins with other weights."""


class Run:
    """One training run.

    Args:
        out: the folder that becomes the bundle; state lies in ``<out>.training``.
        plan: all settings, a dataclass.
        info: what the bundle says of itself.
        say: called with a line on what happens.
    """

    fit: Fit

    def __init__(
        self, out: Path, plan: Plan, info: ModelInfo, say: Callable[[str], None] | None
    ) -> None:
        self.out = out
        self.settings = plan.training
        self.info = info
        self.say = say or (lambda line: None)
        self.folder = out.with_name(out.name + ".training")
        self._plan = plan

    def note_beginning(self, source: Path, what: str) -> None:
        """Say what the weights begin with, and keep it for the bundle, also when resuming."""
        self.say(f"{source}: {what}")
        line = f"{source.name}: {what}"
        if line not in self._beginnings():
            with (self.folder / _BEGINNINGS).open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def _beginnings(self) -> list[str]:
        file = self.folder / _BEGINNINGS
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def prepare(
        self,
        model: keras.Model,
        network: AnyNetwork,
        objective: Objective,
        *,
        fingerprint: str,
        resume: bool,
        on_event: OnEvent | None,
    ) -> bool:
        """Make what trains ``model``, and where asked for take up the state of a stopped run.

        Returns:
            Whether there was such a state.
        """
        checkpoint = self.folder / "checkpoint.npz"
        groups = layer_groups(network_layers(network))
        transfer = self._plan.transfer
        frozen = frozen_epochs(groups, transfer.unfreeze_epochs)
        embedding = self._plan.embedding.frozen_epochs
        frozen["embedding"] = -1 if embedding == -1 else max(embedding, frozen["embedding"])
        self.fit = Fit(
            model,
            objective,
            self.settings,
            frozen_epochs=frozen,
            rates=layer_rates(groups, transfer.layer_decay),
            checkpoint=checkpoint,
            fingerprint=fingerprint,
            on_event=on_event,
        )
        if not resume or not checkpoint.exists():
            return False
        self.fit.resume()
        self.say(f"going on in epoch {self.fit.state.epoch + 1}, step {self.fit.state.step}")
        return True

    def finish(
        self,
        *,
        task: str,
        labels: Sequence[str],
        network: dict[str, Any],
        serving: Mapping[str, Any],
        texts: int,
        validation_texts: int,
        files: Mapping[str, bytes],
    ) -> None:
        """Write the bundle; the run's own folder goes.

        Args:
            task: what the model does.
            labels: its labels.
            network: the description.
            serving: what serving needs to know besides the windows.
            texts: training texts.
            validation_texts: those that chose the epoch.
            files: what serves, and the weights.
        """
        state, score_name = self.fit.state, self.fit.objective.score_name
        manifest = Manifest(
            name=self.info.name or self.out.name,
            task=task,
            language=self.info.language,
            labels=tuple(labels),
            network=network,
            serving={
                "window_tokens": self.settings.max_tokens,
                "window_overlap": self.settings.window_overlap,
                **serving,
            },
            training={
                **to_dict(self._plan),
                "begins_with": self._beginnings(),
                "texts": texts,
                "validation_texts": validation_texts,
                "best_epoch": state.best_epoch + 1,
                "elapsed_s": round(state.elapsed_s),
            },
            corpora=self.info.corpora,
            scores={f"validation_{score_name}": round(state.best_score, 4)},
            description=self.info.description,
            licence=self.info.licence,
            textrnn_version=textrnn.__version__,
        )
        more = {
            "history.csv": history_csv(state.history).encode("utf-8"),
            "training.png": training_png(state.history, best_epoch=state.best_epoch + 1),
            "README.md": write_card(manifest, notes=self.info.notes).encode("utf-8"),
        }
        write_bundle(self.out, manifest, {**files, **more})
        shutil.rmtree(self.folder)
        shown = score_name.replace("f1", "F1")
        self.say(f"wrote {self.out} (validation {shown} {state.best_score:.4f})")


def seed_everything(random_state: int) -> None:
    """Fix initial weights and dropout, and make TensorFlow's sums independent of threads."""
    keras.utils.set_random_seed(random_state)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def pack_weights(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz``: float16, since fine-tuning needs no more and the package stays small."""
    content = io.BytesIO()
    packed: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(content, **packed)
    return content.getvalue()


def pack_whole_weights(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz`` in 8 bits, with a scale for each row of the embedding and for each column of
    the other matrices: half of :func:`pack_weights`, for networks as large as their vocabulary.
    """
    content = io.BytesIO()
    packed: dict[str, Any] = {}
    for name, value in weights.items():
        if value.ndim == 1:
            packed[name] = value
        else:
            axis = 1 if name == "embedding" else 0
            packed[name], packed[f"{name}/scale"] = quantize(value, axis=axis)
    np.savez_compressed(content, **packed)
    return content.getvalue()


def unpack_weights(content: bytes) -> dict[str, NDArray[np.float32]]:
    """The weights that :func:`pack_weights` or :func:`pack_whole_weights` packed, float32."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        names = [name for name in file.files if not name.endswith("/scale")]
        return {
            name: file[name].astype(np.float32) * file.get(f"{name}/scale", np.float32(1.0))
            for name in names
        }
