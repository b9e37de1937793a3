"""What training runs of every task have in common: their folder, their start and their end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import check_target, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.bundle.serving_settings import PRECISIONS
from textrnn.catalog import model_path, shipped_models
from textrnn.configuration import require_choice, to_dict
from textrnn.network import Network
from textrnn.reports.measured import Measured
from textrnn.text.language import detect_language
from textrnn.training.beginning_notes import BeginningNotes
from textrnn.training.card import kept_epochs, write_card
from textrnn.training.data_digests import DataDigests
from textrnn.training.initial import require_one_beginning
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.history import history_files
from textrnn.training.loop.objective import Objective
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.loop.target import folds_kept, run_folder
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import settings_by_name
from textrnn.training.settings import Plan, WordPlan
from textrnn.training.vocabulary import covered
from textrnn.training.weakness import refuse_worse
from textrnn.training.weights.initial_model import InitialModel, InitialWeights, open_initial_models
from textrnn.training.weights.pretrained import Keys, PretrainedVectors, check_units, origin, shown
from textrnn.training.weights.transfer import begin_with
from textrnn.version import __version__

P = TypeVar("P", bound=Plan)


class Run(Generic[P]):
    """One training run; each task has a class of its own.

    Args:
        out: the folder that becomes the bundle; state lies in ``<out>.training``.
        plan: all settings, a dataclass.
        info: what the bundle says of itself.
        precision: of what serves: ``int8`` or ``float32``.
        say: called with a line on what happens.
        clock: of the call; by default it begins now.

    Attributes:
        task: what the model does.
        data: what tells whether a run that goes on learns from the same.
        initial: the models that the weights begin with and whose tokenizer may be taken.
        sources: all models that the weights begin with.
        embeddings: the word vectors that they begin with.
        begins_with: a line on each thing that they were given.
        fit: what trains, once :meth:`prepare` was called.

    Raises:
        ConfigurationError: there is no such precision, or the folder cannot become a bundle.
    """

    task: ClassVar[str]
    fit: Fit

    def __init__(
        self,
        out: str | Path,
        plan: P,
        *,
        info: ModelInfo | None = None,
        precision: str = "int8",
        say: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        require_choice("precision", precision, PRECISIONS)
        check_target(out := Path(out))
        self.out = out.resolve() if out.name == ".." else out
        self.plan = plan
        self.info = info or ModelInfo()
        self.precision = precision
        self.language = self.info.language
        self.say = say or (lambda line: None)
        self.clock = clock or Clock()
        self.folder = RunFolder(run_folder(self.out))
        self.data = DataDigests(self.folder)
        self.begins_with = BeginningNotes(self.folder, self.say)
        self.initial: list[InitialModel] = []
        self.sources: Sequence[InitialWeights] = []
        self.embeddings: Sequence[Path] = ()
        self._origins: list[str] = []
        self._vectors: PretrainedVectors | None = None

    def begin(self, init_from: Sequence[Path], embeddings: Sequence[Path]) -> None:
        """Read the models that the weights begin with, and look at word vectors.

        Raises:
            ModelNotFoundError: a model is not there.
            BundleError: it is damaged.
            InputError: a file of vectors is missing, or holds none.
            ConfigurationError: the models do not fit one another, there are vectors besides, or
                these have other units than the embedding.
        """
        require_one_beginning(embeddings, init_from)
        if embeddings and isinstance(self.plan, WordPlan):
            check_units(embeddings, self.plan.embedding.units)
        self.sources, self.embeddings = self.open_sources(init_from), embeddings
        self._origins = [model.sha256 for model in self.sources]
        self._origins += [origin(file) for file in embeddings]

    def open_sources(self, paths: Sequence[Path]) -> Sequence[InitialWeights]:
        """Read the models at these paths, to begin with them."""
        self.initial = open_initial_models(paths)
        return self.initial

    def detect_language(self, texts: Iterable[str]) -> None:
        """Take the language of the first texts, unless the bundle was to be of another."""
        self.language = self.language or detect_language(texts)

    def begin_weights(self, model: keras.Model, network: Network, **more: Any) -> None:
        """Give the network what it begins with of other models:
        :func:`textrnn.training.weights.transfer.begin_with` says what that is.
        """
        given = begin_with(self.sources, model, network, **more)
        for path, what in given:
            self.begins_with.note(path, what)
        for source in self.sources:
            if note := source.note_on_language(self.language):
                self.say(f"note: {source.path} {note}")

    def open_vectors(self, keys: Keys, *, words: Iterable[str] | None = None) -> PretrainedVectors:
        """The word vectors that the embedding begins with, read once.

        Args:
            keys: what the vocabulary knows words by.
            words: all of the vocabulary's, if it is not widened.
        """
        if self._vectors is None:
            self.say(f"reading {shown(self.embeddings)}")
            self._vectors = PretrainedVectors(self.embeddings, keys, words=words)
        return self._vectors

    def read_rows(
        self,
        vectors: PretrainedVectors,
        vocabulary: Mapping[str, int],
        rows: int,
        *,
        texts: Mapping[str, Mapping[str, int]],
        trained: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """Rows of the embedding, (rows, E), from word vectors; what they cover is said, and kept.

        Args:
            vectors: these.
            vocabulary: the row of each word.
            rows: how many.
            texts: how often each word occurs, by the texts' name.
            trained: rows of words that have no vectors, (rows, E).
        """
        state = self.plan.training.random_state
        made, found = vectors.rows(vocabulary, rows, trained=trained, random_state=state)
        what = f"vectors for {found:,} of {len(vocabulary):,} words of the vocabulary"
        self.begins_with.note(shown(self.embeddings), f"{what}; {covered(vectors, texts)}")
        return made

    def prepare(
        self,
        model: keras.Model,
        objective: Objective,
        *,
        on_event: OnEvent | None,
        free: Sequence[str] = (),
    ) -> bool:
        """Make what trains ``model``, and take up the state of a stopped run if that is resumed.

        Args:
            model: the network.
            objective: what it learns.
            on_event: called after each step and epoch.
            free: parts of the plan that a run that goes on may have otherwise.

        Returns:
            Whether there was such a state.
        """
        frozen = {}
        if isinstance(self.plan, WordPlan):
            frozen["embedding"] = self.plan.embedding.frozen_epochs
        self.fit = Fit(
            model,
            objective,
            self.plan.training,
            frozen_epochs=frozen,
            checkpoint=self.folder.checkpoint,
            fingerprint=" ".join([self._fingerprint(free), *self._origins]),
            named_settings=settings_by_name(self.plan, without=free),
            files=self.folder.digests,
            on_event=on_event,
            clock=self.clock,
        )
        self.folder.begin()
        if self.folder.saved is None:
            self.data.keep()
            return False
        self.fit.resume(*self.folder.saved)
        self.folder.saved = None  # it needs as much memory as the model
        epoch, step = self.fit.state.epoch, self.fit.state.step
        done, folds = folds_kept(self.folder.digests)
        self.say(
            f"going on in epoch {epoch + 1}, step {step}"
            if epoch or step or not folds
            else f"going on after fold {done} of {folds}"
        )
        return True

    def _fingerprint(self, free: Sequence[str]) -> str:
        """Of the settings that a checkpoint belongs to."""
        plan = {name: value for name, value in to_dict(self.plan).items() if name not in free}
        return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()

    def finish(
        self,
        network: Network,
        *,
        serving: Mapping[str, Any],
        texts: int,
        validation_texts: int,
        measured: Measured,
        files: Mapping[str, bytes],
        simplify: bool = False,
        scores: Mapping[str, float] | None = None,
    ) -> Manifest:
        """Write the bundle; the run's own folder goes.

        Args:
            network: the description.
            serving: what serving needs to know besides the windows of texts and the precision.
            texts: training texts, or whatever else it learned from.
            validation_texts: those that chose the epoch.
            measured: what they say of the model.
            files: what serves, and the weights.
            simplify: whether traditional Chinese is read as simplified.
            scores: what they say besides, by name.

        Returns:
            What the bundle says of itself.

        Raises:
            TrainingError: the model is of no use, and one that is of use is there.
        """
        state = self.fit.state
        manifest = self._manifest(
            network,
            serving={**serving, **({"simplify": True} if simplify else {})},
            counts={"texts": texts, "validation_texts": validation_texts},
            measured=measured,
            scores=scores or {},
        )
        refuse_worse(self.out, manifest)
        more = {
            **history_files(state.history, best_epoch=state.best_epoch + 1, say=self.say),
            "README.md": write_card(manifest, notes=self.info.notes).encode("utf-8"),
        }
        write_bundle(self.out, manifest, {**files, **more})
        self.folder.remove()
        self.say(
            f"wrote {self.out}: kept {kept_epochs(manifest.training)} of {len(state.history)}, "
            f"validation {measured}, {self.clock}"
        )
        if manifest.name in shipped_models() and not self.out.samefile(model_path(manifest.name)):
            self.say(
                f"note: a shipped model is called {manifest.name}, too, and is what that name "
                "means: load this one by its path"
            )
        return manifest

    def _text_windows(self) -> dict[str, int]:
        """In which windows long texts are read, where words are read at all."""
        if not isinstance(self.plan, WordPlan):
            return {}
        settings = self.plan.training
        return {
            "window_tokens": settings.reading_window,
            "window_overlap": settings.reading_overlap,
        }

    def _manifest(
        self,
        network: Network,
        *,
        serving: Mapping[str, Any],
        counts: Mapping[str, int],
        measured: Measured,
        scores: Mapping[str, float],
    ) -> Manifest:
        """What the bundle says of itself; ``counts`` are of the texts."""
        state = self.fit.state
        averaged = sorted(epoch + 1 for *_, epoch in state.kept)
        return Manifest(
            name=self.info.name or self.out.name,
            task=self.task,
            language=self.language,
            labels=network.labels,
            network=network.as_dict(),
            serving={
                **self._text_windows(),
                "precision": self.precision,
                **serving,
            },
            training={
                **to_dict(self.plan),
                "begins_with": self.begins_with.lines(),
                **counts,
                "best_epoch": state.best_epoch + 1,
                **({"averaged_epochs": averaged} if len(averaged) > 1 else {}),
                "elapsed_s": round(self.clock.total_s),
                "measured": to_dict(measured),
            },
            corpora=self.info.corpora,
            scores={
                f"validation_{name}": round(score, 4)
                for name, score in {measured.name.lower(): measured.score, **scores}.items()
            },
            description=self.info.description,
            licence=self.info.licence,
            textrnn_version=__version__,
        )
