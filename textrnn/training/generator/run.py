"""Training a generator from running text to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.catalog import model_path
from textrnn.configuration import require
from textrnn.corpora import Passage
from textrnn.corpora.files.writing import open_scratch
from textrnn.counted import counted
from textrnn.heads.generator.fingerprint import Fingerprint
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.generator.parts import read_fingerprint
from textrnn.heads.generator.result import Generation
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.generator.beginning import fit_generator
from textrnn.training.generator.defaults import fit_training, fit_vocabulary
from textrnn.training.generator.model import LanguageModel, build_generator
from textrnn.training.generator.objective import LanguageObjective
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.generator.restarts import restarts_of
from textrnn.training.generator.token_store import TokenStore, write_tokens
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values
from textrnn.training.run import Run
from textrnn.training.tokenizer import make_tokenizer
from textrnn.training.weights.files import pack_whole_weights
from textrnn.training.weights.initial_model import InitialWeights
from textrnn.training.weights.named import export_weights

_FINGERPRINT_TOKENS = 6
_FINGERPRINT_BYTES = 3_000_000
_SAMPLE_TOKENS = 60
_FEWEST_JUDGED = 20  # tokens of a sample
_MOST_SURPRISE = 3.0  # times the perplexity of the validation text

Passages = Callable[[], Iterable[Passage]]


def run_generator(
    train: Passages,
    *,
    out: str | Path,
    validation: Passages | None = None,
    embeddings: Sequence[Path] = (),
    init_from: Sequence[Path] | None = None,
    plan: GeneratorPlan | None = None,
    changes: Values | None = None,
    info: ModelInfo | None = None,
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> Manifest:
    """Train a generator and write its bundle.

    The texts are read twice, for the vocabulary and for their tokens, and are never in memory as a
    whole: their tokens lie in a file of ``<out>.training``.

    Args:
        train: gives the documents to learn from, in pieces, each time it is called.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: gives the documents to choose the best epoch by; by default some are cut from
            ``train``, or of fewer than 20 the end of the longest; the vocabulary has seen them.
        embeddings: vectors of its tokens to begin with: names of those that ship, or files of any
            format that :class:`textrnn.embeddings.Vectors` reads; the numbers of several stand end
            to end. The vocabulary is that of the texts: of other words nothing could be learned.
        init_from: bundles of generators or classifiers to begin with; the vocabulary is theirs. A
            model that reads the other way gives its embedding and output alone. None for the
            shipped generator of the texts' language, where there is no ``plan`` and
            :func:`textrnn.training.generator.beginning.suits_shipped` says so.
        plan: all settings.
        changes: where there is no ``plan``, what is otherwise in the plan's defaults, by the paths
            of its settings, as ``{("training", "epochs"): 5}``.
        info: what the bundle says of itself.
        precision: of the graph that serves: ``int8`` or ``float32``.
        resume: go on from the state of a run that was stopped; start anew where there is none.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens before, after, and with a sample of what the
            model writes after each epoch.
        clock: of the call; by default it begins with the run.

    Returns:
        What the bundle says of itself.

    Raises:
        ConfigurationError: a setting is wrong, or there is nothing to validate on.
        InputError: there is too little text.
        TrainingError: the loss is not a number any more, or the checkpoint is damaged.
    """
    if plan is None:
        plan, init_from = fit_generator(
            train,
            language=info.language if info else "",
            embeddings=embeddings,
            init_from=init_from,
            changes=changes or {},
        )
    run = _GeneratorRun(out, plan, info=info, precision=precision, say=on_message, clock=clock)
    with run.folder.held(resume=resume):
        run.begin(init_from or (), embeddings)
        run.data.require_same(
            training_texts=train(), validation_texts=validation() if validation else ()
        )
        run.read(train, validation)
        run.build(on_event=on_event)
        run.fit.run()
        return run.write()


class _GeneratorRun(Run[GeneratorPlan]):
    """A generator's run, step by step; each step uses what the earlier ones left here."""

    task = "generator"
    network: GeneratorNetwork
    model: LanguageModel
    tokenizer: Tokenizer
    objective: LanguageObjective
    train: TokenStore
    validation: TokenStore

    def open_sources(self, paths: Sequence[Path]) -> Sequence[InitialWeights]:
        """Read the models to begin with, and what they know of the texts they learned from."""
        sources = super().open_sources(paths)
        self.learned = [read_fingerprint(Bundle.open(model_path(path))) for path in paths]
        return sources

    def read(self, train: Passages, validation: Passages | None) -> None:
        """Make (or, when resuming, load) the tokenizer, and turn all documents into ids."""
        settings = self.plan.training
        require(
            validation is not None or settings.validation_split > 0,
            "give validation texts, or a validation_split above 0",
        )
        self.detect_language(passage.text for passage in train())
        if self.initial:
            given = self.initial[0].tokenizer_settings
            self.tokenizer = self.initial[0].tokenizer
        else:
            given = fit_vocabulary(self.plan.tokenizer, (passage.text for passage in train()))
            self.tokenizer = make_tokenizer(
                lambda: (passage.text for passage in train()),
                given,
                folder=self.folder,
                say=self.say,
            )
        self.plan = replace(self.plan, tokenizer=given)
        self.train = write_tokens(train(), self.tokenizer, self.folder.path / "train.bin")
        if validation is None:
            self.train, self.validation = self.train.split(
                settings.validation_split, random_state=settings.random_state
            )
        else:
            self.validation = write_tokens(
                validation(), self.tokenizer, self.folder.path / "validation.bin"
            )
        self.say(
            f"{counted(self.train.size, 'training token')} in "
            f"{counted(len(self.train), 'document')}, "
            f"{counted(self.validation.size, 'validation token')} in {len(self.validation):,}"
        )
        begun = bool(self.initial) and not self.plan.language_model.backward
        chosen = fit_training(settings, self.train.size, begun=begun)
        self.say(
            f"{self.tokenizer.vocabulary_size:,} different tokens, "
            f"{counted(chosen.batch_size, 'stream')}, at most {counted(chosen.epochs, 'epoch')}"
        )
        self.plan = replace(self.plan, training=chosen)

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network and what trains it."""
        plan = self.plan
        self.network = GeneratorNetwork(
            vocabulary_size=self.tokenizer.vocabulary_size,
            head=plan.head,
            embedding=plan.embedding,
            encoders=plan.encoders,
        )
        seed_everything(plan.training.random_state)
        self.model = build_generator(self.network, compute=plan.training.compute)
        self.objective = LanguageObjective(
            self.model,
            self.train,
            self.validation,
            plan.training,
            plan.language_model,
            restarts=restarts_of(self.train, self.tokenizer, plan.language_model),
            on_validated=self._show_sample,
        )
        resumed = self.prepare(self.model, self.objective, on_event=on_event)
        if resumed:
            return
        self.begin_weights(self.model, self.network, backward=plan.language_model.backward)
        if self.embeddings:
            vocabulary, size = self.tokenizer.vocabulary(), self.network.vocabulary_size
            counts = self.train.counts(size)
            rows = self.read_rows(
                self.open_vectors(self.tokenizer.keys, words=vocabulary),
                vocabulary,
                size,
                texts={"training": {w: int(counts[row]) for w, row in vocabulary.items()}},
            )
            self.model.get_layer("embedding").set_weights([rows])

    def write(self) -> Manifest:
        """Compile the graph and write the bundle."""
        weights = export_weights(self.model, self.network)
        files = {
            "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
            "model.onnx": compile_generator(self.network, weights, precision=self.precision),
            "weights.npz": pack_whole_weights(weights),
        }
        backward = self.plan.language_model.backward
        if self.plan.language_model.fingerprint and not backward:
            files["fingerprint.npz"] = self._fingerprint_of_texts().to_bytes()
        measured = self.objective.measured()
        if len(self.fit.state.history) > self.fit.state.best_epoch + 1:  # the last sample is not it
            self._show_sample(measured.score)
        return self.finish(
            self.network,
            serving={"backward": True} if backward else {},
            simplify=self.tokenizer.simplify,
            texts=len(self.train),
            validation_texts=len(self.validation),
            measured=measured,
            files=files,
        )

    def _fingerprint_of_texts(self) -> Fingerprint:
        """Of the training text, and of that which the models begun with had learned."""
        self.say("taking the fingerprint of the training text")
        made = Fingerprint.build(
            _documents(self.train), size=_FINGERPRINT_TOKENS, most_bytes=_FINGERPRINT_BYTES
        )
        for model, theirs in zip(self.initial, self.learned, strict=True):
            if theirs is not None and theirs.size == made.size:
                made = made.joined(theirs)
            else:
                self.say(f"note: {model.path} keeps no fingerprint: its text counts as new")
        return made

    def _show_sample(self, perplexity: float) -> None:
        """Say what the model writes by itself at this point, and where it surprises itself more
        than the validation text does, of this perplexity; one that reads backward does not write.
        """
        if self.plan.language_model.backward:
            return
        try:
            sample = self._sample()
        except Exception as error:  # what only shows must not end a training
            self.say(f"no sample could be written: {type(error).__name__}: {error}")
            return
        self.say("sample: " + " / ".join(sample.text.split("\n")))
        if sample.tokens >= _FEWEST_JUDGED and sample.perplexity > _MOST_SURPRISE * perplexity:
            self.say(
                f"note: this sample has a perplexity of {sample.perplexity:.0f} under the model "
                f"itself, the validation text {perplexity:.0f}: it babbles so far; more epochs may "
                "help, or more text"
            )

    def _sample(self) -> Generation:
        """A text of the model as it stands."""
        weights = export_weights(self.model, self.network)
        manifest = Manifest(
            name="sample",
            task=self.task,
            language=self.info.language,
            labels=(),
            network=self.network.as_dict(),
            serving={"precision": "int8"},
        )
        files = {
            "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
            "model.onnx": compile_generator(self.network, weights, precision="int8"),
        }
        with open_scratch(self.folder.path / "sample") as folder:
            path = folder / "sample"
            write_bundle(path, manifest, files)
            return Generator.load(path).generate(length=_SAMPLE_TOKENS)[0]


def _documents(store: TokenStore) -> Iterator[NDArray[np.int32]]:
    return (store.document(number) for number in range(len(store)))
