"""Training a classifier from texts to a bundle."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import textrnn
from textrnn.bundle import Manifest, check_target, write_bundle
from textrnn.configuration import require_choice, to_dict
from textrnn.corpora import LabelledText, drop_overlap, split_by_text, text_key
from textrnn.embeddings import train_vectors
from textrnn.errors import ConfigurationError, TrainingError
from textrnn.network import Embedding, Encoder, Network
from textrnn.runtime.compile import compile_network
from textrnn.runtime.graph import PRECISIONS
from textrnn.tokenization import Tokenizer
from textrnn.training.batches import EncodedTexts
from textrnn.training.build import build_model
from textrnn.training.card import write_card
from textrnn.training.classification import ClassificationObjective
from textrnn.training.fit import Fit, OnEvent
from textrnn.training.history import history_csv, training_png
from textrnn.training.named_weights import export_weights
from textrnn.training.settings import (
    HeadSettings,
    TokenizerSettings,
    TrainingSettings,
    VectorSettings,
)


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


@dataclass(frozen=True)
class ClassifierPlan:
    """All the settings of a classifier's training."""

    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    embedding: Embedding = field(default_factory=Embedding)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))
    head: HeadSettings = field(default_factory=HeadSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)


def train_classifier(
    train: Iterable[LabelledText],
    *,
    out: Path,
    validation: Iterable[LabelledText] | None = None,
    unlabelled: Iterable[str] = (),
    plan: ClassifierPlan | None = None,
    info: ModelInfo | None = None,
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
) -> None:
    """Train a classifier and write its bundle.

    Args:
        train: the texts to learn from.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: the texts to choose the best epoch by; by default cut from ``train``. A
            training text that is also a validation text is dropped.
        unlabelled: further texts for the vocabulary and the word vectors.
        plan: all settings.
        info: what the bundle says of itself.
        precision: of the graph that serves: ``int8`` or ``float32``.
        resume: go on from the state of a run that was stopped; start anew where there is none.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens before and after.

    Raises:
        ConfigurationError: a setting is wrong, or there is nothing to validate on.
        TrainingError: the loss is not a number any more, the texts are of one label only, or the
            checkpoint belongs to another run.
    """
    require_choice("precision", precision, PRECISIONS)
    check_target(out)
    run = _Run(out, plan or ClassifierPlan(), info or ModelInfo(), on_message or _silent)
    run.read(list(train), None if validation is None else list(validation), list(unlabelled))
    run.tokenize(resume=resume)
    run.build(resume=resume, on_event=on_event)
    run.fit.run()
    run.write(precision)


class _Run:
    """One training run, step by step; each step uses what the earlier ones left here."""

    network: Network
    model: keras.Model
    tokenizer: Tokenizer
    fit: Fit

    def __init__(
        self, out: Path, plan: ClassifierPlan, info: ModelInfo, say: Callable[[str], None]
    ) -> None:
        self.out = out
        self.plan = plan
        self.info = info
        self.say = say
        self.folder = out.with_name(out.name + ".training")
        self.checkpoint = self.folder / "checkpoint.npz"

    def read(
        self,
        train: list[LabelledText],
        validation: list[LabelledText] | None,
        unlabelled: list[str],
    ) -> None:
        """Settle which texts train and which validate; no text does both."""
        settings = self.plan.training
        if not train:
            raise TrainingError("there are no training texts")
        if validation is None:
            if settings.validation_split == 0:
                raise ConfigurationError("give validation texts, or a validation_split above 0")
            train, validation = split_by_text(
                train, fraction=settings.validation_split, random_state=settings.random_state
            )
        else:
            train, dropped = drop_overlap(train, {text_key(e.text) for e in validation})
            if dropped:
                self.say(f"dropped {dropped:,} training texts that are validation texts too")
        labels = tuple(sorted({example.label for example in train}))
        strange = {example.label for example in validation} - set(labels)
        if len(labels) < 2:
            raise TrainingError(f"the training texts have one label only: {', '.join(labels)}")
        if strange or not validation:
            lacking = ", ".join(sorted(strange)) if strange else "there are no validation texts"
            raise TrainingError(
                f"validation cannot be scored: labels unseen in training: {lacking}"
            )
        self.say(f"{len(train):,} training texts, {len(validation):,} validation texts")
        self.labels, self.train, self.validation = labels, train, validation
        self.unlabelled = unlabelled

    def tokenize(self, *, resume: bool) -> None:
        """Make (or, when resuming, load) the tokenizer, and turn all texts into ids."""
        saved = self.folder / "tokenizer.json"
        if resume and saved.exists():
            self.tokenizer = Tokenizer.load(saved)
        else:
            self.say("making the vocabulary")
            texts = [example.text for example in self.train] + self.unlabelled
            self.tokenizer = Tokenizer.train(texts, **to_dict(self.plan.tokenizer))
            self.folder.mkdir(parents=True, exist_ok=True)
            self.tokenizer.save(saved)
        self.train_ids = self._encode(self.train)
        self.validation_ids = self._encode(self.validation)

    def build(self, *, resume: bool, on_event: OnEvent | None) -> None:
        """Build the network, with word vectors trained first where the plan asks for them."""
        plan = self.plan
        self.network = Network(
            vocabulary_size=self.tokenizer.vocabulary_size,
            head=plan.head.with_labels(self.labels),
            embedding=plan.embedding,
            encoders=plan.encoders,
        )
        seed_everything(plan.training.random_state)
        self.model = build_model(self.network, l1=plan.training.l1, l2=plan.training.l2)
        objective = ClassificationObjective(
            self.model, self.train_ids, self.validation_ids, plan.training, labels=self.labels
        )
        self.fit = Fit(
            self.model,
            objective,
            plan.training,
            frozen_epochs=plan.embedding.frozen_epochs,
            checkpoint=self.checkpoint,
            fingerprint=self._fingerprint(),
            on_event=on_event,
        )
        if resume and self.checkpoint.exists():
            self.fit.resume()
            self.say(f"going on in epoch {self.fit.state.epoch + 1}, step {self.fit.state.step}")
        elif plan.vectors.method != "none":
            self.model.get_layer("embedding").set_weights([self._vectors()])

    def write(self, precision: str) -> None:
        """Compile the graph and write the bundle; the run's own folder goes."""
        state = self.fit.state
        weights = export_weights(self.model, self.network)
        manifest = self._manifest(precision)
        files = {
            "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
            "model.onnx": compile_network(self.network, weights, precision=precision),
            "weights.npz": pack_weights(weights),
            "history.csv": history_csv(state.history).encode("utf-8"),
            "training.png": training_png(state.history, best_epoch=state.best_epoch + 1),
            "README.md": write_card(manifest, notes=self.info.notes).encode("utf-8"),
        }
        write_bundle(self.out, manifest, files)
        shutil.rmtree(self.folder)
        self.say(f"wrote {self.out} (validation accuracy {state.best_score:.4f})")

    def _encode(self, examples: Sequence[LabelledText]) -> EncodedTexts:
        number = {label: i for i, label in enumerate(self.labels)}
        ids = [text.ids for text in self.tokenizer.encode_batch([e.text for e in examples])]
        return EncodedTexts(ids, np.array([number[e.label] for e in examples], np.int64))

    def _vectors(self) -> NDArray[np.float32]:
        """Word vectors from the training and unlabelled texts, (V, E)."""
        self.say("training word vectors")
        plan = self.plan
        unlabelled = [text.ids for text in self.tokenizer.encode_batch(self.unlabelled)]
        return train_vectors(
            lambda: (ids.tolist() for ids in [*self.train_ids.tokens, *unlabelled]),
            vocabulary_size=self.network.vocabulary_size,
            units=plan.embedding.units,
            random_state=plan.training.random_state,
            **to_dict(plan.vectors),
        )

    def _fingerprint(self) -> str:
        """Of the data, the network and the settings that a checkpoint belongs to."""
        digest = hashlib.sha256(json.dumps(to_dict(self.plan), sort_keys=True).encode())
        for texts in (self.train_ids, self.validation_ids):
            digest.update(texts.labels.tobytes())
            for ids in texts.tokens:
                digest.update(ids.tobytes())
        return digest.hexdigest()

    def _manifest(self, precision: str) -> Manifest:
        training, state = self.plan.training, self.fit.state
        return Manifest(
            name=self.info.name or self.out.name,
            task="classifier",
            language=self.info.language,
            labels=self.labels,
            network=self.network.as_dict(),
            serving={
                "window_tokens": training.max_tokens,
                "window_overlap": training.window_overlap,
                "precision": precision,
            },
            training={
                **to_dict(self.plan),
                "texts": len(self.train),
                "validation_texts": len(self.validation),
                "best_epoch": state.best_epoch + 1,
                "elapsed_s": round(state.elapsed_s),
            },
            corpora=self.info.corpora,
            scores={"validation_accuracy": round(state.best_score, 4)},
            description=self.info.description,
            licence=self.info.licence,
            textrnn_version=textrnn.__version__,
        )


def seed_everything(random_state: int) -> None:
    """Fix initial weights and dropout, and make TensorFlow's sums independent of threads."""
    keras.utils.set_random_seed(random_state)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()


def pack_weights(weights: dict[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz``: float16, since fine-tuning needs no more and the package stays small."""
    content = io.BytesIO()
    packed: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(content, **packed)
    return content.getvalue()


def _silent(line: str) -> None:
    """Say nothing."""
