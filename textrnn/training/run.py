"""What training runs of every task have in common: their folder, their start and their end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from textrnn.bundle.bundle import Manifest, write_bundle
from textrnn.configuration import require, to_dict
from textrnn.corpora.files.partials import short_name
from textrnn.text.language import detect_language
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.card import write_card
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.history import history_csv, training_png
from textrnn.training.loop.objective import Objective
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.settings import Plan, TokenizerSettings
from textrnn.training.weights.transfer import InitialModel, open_initial_models
from textrnn.version import __version__

_TOKENIZER = "tokenizer.json"
_BEGINNINGS = "beginnings.txt"  # in the run's folder: a line on each thing that weights begin with


@dataclass(frozen=True)
class ModelInfo:
    """What a bundle says of itself besides what training knows.

    Attributes:
        name: the model's name; by default the folder's.
        language: ISO 639-1 code; by default that of the training texts.
        description: one line for lists.
        licence: the terms of the weights.
        corpora: for each file of texts: name, use, texts, sha256, licence.
        notes: Markdown for the card: uses, weaknesses, how it was measured.
    """

    name: str = ""
    language: str = ""
    description: str = ""
    licence: str = ""
    corpora: tuple[dict[str, Any], ...] = ()
    notes: str = ""


class Run:
    """One training run.

    Args:
        out: the folder that becomes the bundle; state lies in ``<out>.training``.
        plan: all settings, a dataclass.
        info: what the bundle says of itself.
        say: called with a line on what happens.
    """

    fit: Fit
    initial: list[InitialModel]

    def __init__(
        self, out: Path, plan: Plan, info: ModelInfo, say: Callable[[str], None] | None
    ) -> None:
        out = out.resolve() if out.name == ".." else out
        self.out = out
        self.settings = plan.training
        self.info = info
        self.language = info.language
        self.say = say or (lambda line: None)
        self.folder = RunFolder(out.with_name(short_name(out.name, ".training")))
        self._plan = plan
        self.initial = []
        self._origins: list[str] = []

    def begin(self, init_from: Sequence[Path], embeddings: Path | None) -> None:
        """Read the models that the weights begin with.

        Raises:
            ModelNotFoundError: a model is not there.
            BundleError: it is damaged.
            ConfigurationError: the models do not fit one another, or there are vectors besides.
        """
        require(
            embeddings is None or not init_from,
            "an embedding begins with word vectors or with another model's rows, not with both",
        )
        self.initial = open_initial_models(init_from)
        self._origins = [model.sha256 for model in self.initial]
        if embeddings is not None and embeddings.exists():
            self._origins.append(f"{embeddings.name} {embeddings.stat().st_size}")

    def detect_language(self, texts: Iterable[str]) -> None:
        """Take the language of the first texts, unless the bundle was to be of another."""
        self.language = self.language or detect_language(texts)

    def make_tokenizer(
        self, texts: Callable[[], Iterable[str]], settings: TokenizerSettings
    ) -> Tokenizer:
        """The tokenizer of the model that the weights begin with, or one made of the texts (or by
        the run that is resumed).
        """
        if self.initial:
            return self.initial[0].tokenizer
        if (kept := self.folder.read(_TOKENIZER)) is not None:
            return Tokenizer.from_json(kept.decode("utf-8"), simplify=settings.simplify)
        self.say("making the vocabulary")
        tokenizer = Tokenizer.train(texts(), **to_dict(settings))
        self.folder.write(_TOKENIZER, tokenizer.to_json().encode("utf-8"))
        return tokenizer

    def note_beginning(self, source: Path, what: str) -> None:
        """Say what the weights begin with, and keep it for the bundle, also when resuming."""
        self.say(f"{source}: {what}")
        line = f"{source.name}: {what}"
        if line not in (lines := self._beginnings()):
            text = "".join(f"{known}\n" for known in [*lines, line])
            self.folder.write(_BEGINNINGS, text.encode("utf-8", "surrogateescape"))

    def _beginnings(self) -> list[str]:
        content = self.folder.read(_BEGINNINGS) or b""
        return content.decode("utf-8", "surrogateescape").split("\n")[:-1]

    def prepare(
        self,
        model: keras.Model,
        objective: Objective,
        *,
        fingerprint: str,
        on_event: OnEvent | None,
    ) -> bool:
        """Make what trains ``model``, and take up the state of a stopped run if that is resumed.

        Returns:
            Whether there was such a state.
        """
        self.fit = Fit(
            model,
            objective,
            self.settings,
            frozen_epochs={"embedding": self._plan.embedding.frozen_epochs},
            checkpoint=self.folder.checkpoint,
            fingerprint=" ".join([fingerprint, *self._origins]),
            files=self.folder.digests,
            on_event=on_event,
        )
        if self.folder.saved is None:
            return False
        self.fit.resume(*self.folder.saved)
        self.folder.saved = None  # it needs as much memory as the model
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
        averaged = sorted(epoch + 1 for *_, epoch in state.kept)
        manifest = Manifest(
            name=self.info.name or self.out.name,
            task=task,
            language=self.language,
            labels=tuple(labels),
            network=network,
            serving={
                "window_tokens": self.settings.reading_window,
                "window_overlap": self.settings.window_overlap,
                **serving,
            },
            training={
                **to_dict(self._plan),
                "begins_with": self._beginnings(),
                "texts": texts,
                "validation_texts": validation_texts,
                "best_epoch": state.best_epoch + 1,
                **({"averaged_epochs": averaged} if len(averaged) > 1 else {}),
                "elapsed_s": round(state.elapsed_s),
            },
            corpora=self.info.corpora,
            scores={f"validation_{score_name}": round(state.best_score, 4)},
            description=self.info.description,
            licence=self.info.licence,
            textrnn_version=__version__,
        )
        more = {
            "history.csv": history_csv(state.history).encode("utf-8"),
            **self._picture(state.history, state.best_epoch + 1),
            "README.md": write_card(manifest, notes=self.info.notes).encode("utf-8"),
        }
        write_bundle(self.out, manifest, {**files, **more})
        self.folder.remove()
        shown = score_name.replace("f1", "F1")
        self.say(f"wrote {self.out} (validation {shown} {state.best_score:.4f})")

    def _picture(self, history: Sequence[Mapping[str, float]], best_epoch: int) -> dict[str, bytes]:
        """The curves of the training; a model is not lost because they cannot be drawn."""
        try:
            return {"training.png": training_png(history, best_epoch=best_epoch)}
        except Exception as error:
            self.say(f"training.png could not be drawn: {type(error).__name__}: {error}")
            return {}


def seed_everything(random_state: int) -> None:
    """Fix initial weights and dropout, and make TensorFlow's sums independent of threads."""
    keras.utils.set_random_seed(random_state)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
