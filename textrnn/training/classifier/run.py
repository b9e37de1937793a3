"""Training a classifier from texts to a bundle."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Manifest
from textrnn.configuration import require, to_dict
from textrnn.corpora import LabelledText, drop_overlap, split_by_text, text_key
from textrnn.counted import counted
from textrnn.embeddings import train_vectors
from textrnn.errors import BundleError, ConfigurationError, InputError, TrainingError
from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.calibration import Calibration
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.scores import measure_answers
from textrnn.text.language import detect_language
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.beginning import fitting_beginning
from textrnn.training.classifier.beside import BagBeside
from textrnn.training.classifier.calibration import fit_calibration
from textrnn.training.classifier.defaults import fitting_plan
from textrnn.training.classifier.folds import (
    Answers,
    answer_by_others,
)
from textrnn.training.classifier.labels import check_known, check_labels
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.objective import ClassificationObjective
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.classifier.validation import accuracy, predict_logits, served
from textrnn.training.fitting import chosen, fit_plan
from textrnn.training.initial import UNLABELLED_UNREAD
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.folds import CrossValidated, KeptFolds, deal
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values
from textrnn.training.run import Run
from textrnn.training.tokenizer import make_tokenizer
from textrnn.training.vocabulary import count_words, rows_in_use, vector_settings, widened
from textrnn.training.weights.files import pack_beside_graph
from textrnn.training.weights.named import export_weights

_ANSWERS = "answers.npz"  # in the run's folder: what networks of folds answered
_VECTORS = "vectors.npz"  # in it, too: word vectors that were trained


def run_classifier(
    train: Iterable[LabelledText],
    *,
    out: str | Path,
    validation: Iterable[LabelledText] | None = None,
    unlabelled: Iterable[str] = (),
    embeddings: Sequence[Path] = (),
    init_from: Sequence[Path] | None = None,
    plan: ClassifierPlan | None = None,
    changes: Values | None = None,
    info: ModelInfo | None = None,
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> Manifest:
    """Train a classifier and write its bundle.

    Args:
        train: the texts to learn from.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: the texts to choose the best epoch by; by default cut from ``train``. A
            training text that is also a validation text is dropped.
        unlabelled: further texts for the vocabulary, the word vectors, and what is learned without
            labels (:class:`textrnn.training.classifier.plan.ConsistencySettings`,
            :class:`textrnn.training.classifier.plan.AuxiliarySettings`).
        embeddings: word vectors to begin with, whose words the vocabulary holds, too: names of
            those that ship, or files of any format that :class:`textrnn.embeddings.Vectors` reads;
            the numbers of several stand end to end.
        init_from: bundles of generators or classifiers to begin with; the vocabulary is theirs. By
            default nothing beside a ``plan``; without one a few thousand texts or fewer begin with
            what ships (:mod:`textrnn.training.classifier.beginning`).
        plan: all settings; by default those that fit the texts
            (:mod:`textrnn.training.classifier.defaults`).
        changes: where there is no ``plan``, what is otherwise in the one that fits, by the paths of
            its settings, as ``{("training", "epochs"): 5}``.
        info: what the bundle says of itself.
        precision: of the graph that serves: ``int8`` or ``float32``.
        resume: go on from the state of a run that was stopped; start anew where there is none.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens before and after.
        clock: of the call; by default it begins with the run.

    Returns:
        What the bundle says of itself.

    Raises:
        ConfigurationError: a setting is wrong, or there is nothing to validate on.
        InputError: the texts cannot be learned from, as those of one label only.
        TrainingError: the loss is not a number any more, or the checkpoint is damaged.
    """
    train = list(train)
    if fits := plan is None:
        texts = [example.text for example in train]
        language = info.language if info and info.language else detect_language(texts)
        shipped = False
        if init_from is None and not embeddings:
            shipped, embeddings = fitting_beginning(train, language, changes or {})
        if embeddings:
            changes = vector_settings(embeddings, "tokenizer", changes or {})
        plan, init_from = fit_plan(
            "classifier",
            fitting_plan,
            texts,
            language=language,
            has_validation=validation is not None,
            has_vectors=bool(embeddings),
            init_from=init_from,
            shipped=shipped,
            changes=changes,
        )
    run = _ClassifierRun(out, plan, info=info, precision=precision, say=on_message, clock=clock)
    run.bag_learns_all = fits  # a plan that is given is followed as it is
    require(
        plan.vectors.method == "none" or not init_from,
        "an embedding begins with trained word vectors or with another model's rows, not with both",
    )
    with run.folder.held(resume=resume):
        run.begin(init_from or (), embeddings)
        if fits:
            run.say(chosen(plan))
        run.read(train, None if validation is None else list(validation), list(unlabelled))
        run.tokenize()
        run.train_bag()
        run.build(on_event=on_event)
        run.fit.run()
        return run.write()


class _ClassifierRun(Run[ClassifierPlan]):
    """A classifier's run, step by step; each step uses what the earlier ones left here."""

    task = "classifier"
    network: ClassifierNetwork
    trained: ClassifierNetwork  # the same with those rows alone that are trained
    rows: NDArray[np.float32] | None  # that the embedding begins with
    model: keras.Model
    tokenizer: Tokenizer
    beside: BagBeside  # where a bag is wanted
    bag: BagOfNgrams | None
    bag_learns_all: bool  # also the texts that were cut off to validate
    is_cut: bool  # whether texts to validate were cut from those to learn from
    folds: NDArray[np.int64] | None  # each text's, where texts validate one another

    def read(
        self,
        train: list[LabelledText],
        validation: list[LabelledText] | None,
        unlabelled: list[str],
    ) -> None:
        """Settle which texts train and which validate; no text does both."""
        settings = self.plan.training
        if not train or validation == []:
            raise InputError(f"there are no {'validation' if train else 'training'} texts")
        self.detect_language(example.text for example in train)
        check_labels([*train, *(validation or [])], on_note=self.say)
        self.is_cut = validation is None and not settings.folds
        self.folds = None
        if validation is None and settings.folds:
            groups = [(text_key(example.text), example.label) for example in train]
            self.folds = deal(groups, settings.folds, random_state=settings.random_state)
            validation = train  # each text validates what was learned from others
        elif validation is None:
            if settings.validation_split == 0:
                raise ConfigurationError("give validation texts, or a validation_split above 0")
            train, validation = split_by_text(
                train, fraction=settings.validation_split, random_state=settings.random_state
            )
        else:
            train, dropped = drop_overlap(train, {text_key(e.text) for e in validation})
            if dropped:
                self.say(f"dropped {counted(dropped, 'training text')} that validate too")
        labels = tuple(sorted({label for example in train for label in example.labels}))
        if len(labels) < 2:
            raise InputError(f"the training texts have one label only: {', '.join(labels)}")
        if not validation:
            raise InputError(
                "no text can be cut off to validate: no label has two; add texts, or give "
                "validation texts (--validation FILE)"
            )
        check_known(validation, labels)
        self.say(
            f"{counted(len(train), 'training text')}, {counted(len(validation), 'validation text')}"
            if self.folds is None
            else f"{len(train):,} texts, each validated by what learns from others"
        )
        self.labels, self.train, self.validation = labels, train, validation
        self.unlabelled = unlabelled

    def tokenize(self) -> None:
        """Make (or, when resuming, load) the tokenizer, and turn all texts into ids."""
        if self.initial:
            self.plan = replace(self.plan, tokenizer=self.initial[0].tokenizer_settings)
            self.tokenizer = self.initial[0].tokenizer
        else:
            self.tokenizer = make_tokenizer(
                lambda: chain((e.text for e in self.train), self.unlabelled),
                self.plan.tokenizer,
                folder=self.folder,
                say=self.say,
                widen=self._widened,
            )
        self.train_ids = self._encode(self.train)
        self.validation_ids = self._encode(self.validation)
        plan = self.plan
        needed = plan.vectors.method != "none" or self._reads_unlabelled
        require(
            bool(self.unlabelled) or not plan.auxiliary.needs_unlabelled,
            "there are no unlabelled texts for the language model to read besides",
        )
        encoded = self.tokenizer.encode_batch(self.unlabelled if needed else [])
        self.unlabelled_ids = [text.ids for text in encoded if len(text.ids)]
        if self.initial and self.unlabelled and not needed:
            self.say(UNLABELLED_UNREAD)
        self.rows = self._rows()

    def _widened(self, tokenizer: Tokenizer) -> Tokenizer:
        """The tokenizer with the words of the vectors that the embedding begins with."""
        if not self.embeddings:
            return tokenizer
        texts = chain((e.text for e in self.train), (e.text for e in self.validation))
        seen = count_words(tokenizer, chain(texts, self.unlabelled))
        vectors = self.open_vectors(tokenizer.keys)
        return widened(tokenizer, vectors, self.plan.tokenizer.vocabulary_size, seen=seen)

    def train_bag(self) -> None:
        """Train the bag of n-grams where one is wanted: before the network, since it may fail."""
        self.bag = None
        if self.plan.bag.longest:
            self.say("training the bag of n-grams")
            labels, vectors = len(self.labels), self._word_vectors()
            self.beside = BagBeside(self.plan.bag, labels, vectors)
            self.bag = self.beside.learn(self.train_ids)

    def _word_vectors(self) -> NDArray[np.float32] | None:
        """Those given to begin with, (V, E), nothing for tokens that have none."""
        if not self.embeddings or self.rows is None:
            return None
        given, special = self.open_vectors(self.tokenizer.keys), len(Tokenizer.SPECIAL_TOKENS)
        words = self.tokenizer.vocabulary().items()
        known = [row for word, row in words if row >= special and given.knows(word)]
        vectors = np.zeros_like(self.rows)
        vectors[known] = self.rows[known]
        return vectors

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network, with word vectors trained or read where that is asked for."""
        plan = self.plan
        self.network = ClassifierNetwork(
            vocabulary_size=self.tokenizer.vocabulary_size,
            head=plan.head.with_labels(self.labels),
            embedding=plan.embedding,
            encoders=plan.encoders,
        )
        self.trained = self._trained_part()
        seed_everything(plan.training.random_state)
        settings = plan.training
        self.model = build_classifier(
            self.trained, l1=settings.l1, l2=settings.l2, compute=settings.compute
        )
        objective = ClassificationObjective(
            self.model,
            self.train_ids,
            self.validation_ids,
            plan.training,
            labels=self.labels,
            consistency=plan.consistency,
            unlabelled=self.unlabelled_ids if self._reads_unlabelled else (),
            auxiliary=plan.auxiliary,
        )
        resumed = self.prepare(
            self.model, objective, content=self._content(), on_event=on_event, free=["bag"]
        )  # the bag is trained anew
        if not resumed:
            self._begin_weights()
        if self.folds is not None:
            self.fit.objective = CrossValidated(objective, self._answers(objective))

    def _answers(self, objective: ClassificationObjective) -> Answers:
        """What the network answers for each text that it did not learn (or did, in the run that is
        resumed).
        """
        assert self.folds is not None
        if (kept := self.folder.read(_ANSWERS)) is not None:
            return Answers.from_bytes(kept, self.train_ids.labels)
        answers = answer_by_others(
            self.fit,
            objective,
            self.folds,
            kept=KeptFolds(self.folder, self.fit.save),
            say=self.say,
        )
        self.folder.write(_ANSWERS, answers.to_bytes())
        return answers

    def _begin_weights(self) -> None:
        """Put into the network what its weights begin with."""
        self.begin_weights(self.model, self.trained)
        if self.rows is not None:
            begin = self.rows[: self.trained.vocabulary_size]
            self.model.get_layer("embedding").set_weights([begin])

    def _rows(self) -> NDArray[np.float32] | None:
        """The rows that the embedding begins with, (V, E), of vectors trained or given; None where
        there are none, or a run that goes on has them.
        """
        needed = self.folder.saved is None or bool(self.embeddings)
        trained = self._trained() if needed and self.plan.vectors.method != "none" else None
        if not self.embeddings:
            return trained
        tokenizer = self.tokenizer
        return self.read_rows(
            self.open_vectors(tokenizer.keys),
            tokenizer.vocabulary(),
            self.tokenizer.vocabulary_size,
            texts={
                "training": count_words(tokenizer, (e.text for e in self.train)),
                "validation": count_words(tokenizer, (e.text for e in self.validation)),
            },
            trained=trained,
        )

    def _trained_part(self) -> ClassifierNetwork:
        """The network with those rows alone that some text needs, where others are given."""
        if not self.embeddings:
            return self.network
        texts = chain(self.train_ids.tokens, self.validation_ids.tokens, self.unlabelled_ids)
        return replace(self.network, vocabulary_size=rows_in_use(texts))

    def write(self) -> Manifest:
        """Compile the graph and write the bundle."""
        weights = export_weights(self.model, self.trained)
        if self.rows is not None:  # those that nothing here has need no training
            rest = self.rows[self.trained.vocabulary_size :]
            weights["embedding"] = np.concatenate([weights["embedding"], rest])
        graph = compile_classifier(self.network, weights, precision=self.precision)
        calibration, answers, files = self._calibrate(graph)
        measured = measure_answers(self.validation_ids.labels, answers, self.labels)
        learned_too = self.is_cut and self.bag_learns_all and bool(files)
        by_others = self.folds is not None or learned_too
        return self.finish(
            self.network,
            serving=calibration.as_dict(),
            simplify=self.tokenizer.simplify,
            texts=len(self.train),
            validation_texts=len(self.validation),
            measured=replace(measured, by_others=by_others),
            files={
                "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
                "model.onnx": graph,
                "weights.npz": pack_beside_graph(weights, self.precision),
                **files,
            },
        )

    def _calibrate(self, graph: bytes) -> tuple[Calibration, NDArray[np.int64], dict[str, bytes]]:
        """How the logits of the graph that serves become probabilities, what is answered to
        the validation texts, and where a bag of n-grams is wanted its file.
        """
        texts, numbers = self.validation_ids.tokens, self.validation_ids.labels
        logits = self._validation_logits(graph)
        lengths = np.array([len(ids) for ids in texts], np.int64)
        if self.bag is None:
            return fit_calibration(logits, lengths, numbers), logits.argmax(axis=1), {}
        if self.folds is None:
            scores = self.bag.scores(texts)
        else:
            scores = self.beside.scores_by_others(self.train_ids, self.folds)
        calibration = fit_calibration(
            logits, lengths, numbers, scores, begins_with_model=bool(self.initial)
        )
        together = calibration.apply(logits, lengths, scores)
        self.say(
            f"validation accuracy of the bag of n-grams {accuracy(scores, numbers):.4f}, together "
            f"with the network {accuracy(together, numbers):.4f}"
        )
        answers = together.argmax(axis=1)
        if not calibration.bag_share:
            return calibration, answers, {}
        # What the share was found by is learned from, too: it takes seconds.
        if self.is_cut and self.bag_learns_all:
            self.bag = self.beside.learn(self.train_ids, self.validation_ids)
        return calibration, answers, {"bag.npz": self.bag.to_bytes()}

    def _validation_logits(self, graph: bytes) -> NDArray[np.float32]:
        """The logits of validation texts, (texts, L): with the graph that serves, or of folds those
        of the networks that had not learned them.
        """
        objective = self.fit.objective
        if isinstance(objective, CrossValidated):
            found: NDArray[np.float32] = objective.answers.logits[self.fit.state.best_epoch]
            return found
        try:
            return predict_logits(served(graph), self.validation_ids.tokens, self.plan.training)
        except BundleError as error:  # logits beyond what a model may answer
            rate = self.plan.training.learning_rate
            raise TrainingError(
                f"training diverged at a learning rate of {rate:g}; try a lower one ({error})"
            ) from error

    @property
    def _reads_unlabelled(self) -> bool:
        """Whether the network learns from unlabelled texts as they are."""
        return self.plan.consistency.needs_unlabelled or self.plan.auxiliary.needs_unlabelled

    def _encode(self, examples: Sequence[LabelledText]) -> EncodedTexts:
        number = {label: i for i, label in enumerate(self.labels)}
        ids = [text.ids for text in self.tokenizer.encode_batch([e.text for e in examples])]
        numbers = np.array([number[e.label] for e in examples], np.int64)
        if not any(e.probabilities for e in examples):
            return EncodedTexts(ids, numbers)
        shares = np.eye(len(number), dtype=np.float32)[numbers]
        for row, example in enumerate(examples):
            for label, share in (example.probabilities or {}).items():
                shares[row, number[label]] = share
        return EncodedTexts(ids, numbers, shares)

    def _trained(self) -> NDArray[np.float32]:
        """Word vectors from the training and unlabelled texts, (V, E)."""
        if (kept := self.folder.read(_VECTORS)) is not None:
            with np.load(io.BytesIO(kept), allow_pickle=False) as file:
                found: NDArray[np.float32] = file["embedding"]
            return found
        self.say("training word vectors")
        plan = self.plan
        trained = train_vectors(
            lambda: (ids.tolist() for ids in [*self.train_ids.tokens, *self.unlabelled_ids]),
            vocabulary_size=self.tokenizer.vocabulary_size,
            units=plan.embedding.units,
            random_state=plan.training.random_state,
            **to_dict(plan.vectors),
        )
        content = io.BytesIO()
        np.savez(content, embedding=trained)
        self.folder.write(_VECTORS, content.getvalue())
        return trained

    def _content(self) -> Iterator[bytes]:
        """The texts that a checkpoint belongs to."""
        for texts in (self.train_ids, self.validation_ids):
            yield texts.labels.tobytes()
            yield b"" if texts.probabilities is None else texts.probabilities.tobytes()
            yield from (ids.tobytes() for ids in texts.tokens)
        if self._reads_unlabelled:
            yield from (ids.tobytes() for ids in self.unlabelled_ids)
