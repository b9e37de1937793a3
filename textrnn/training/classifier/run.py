"""Training a classifier from texts to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require
from textrnn.corpora import LabelledText
from textrnn.errors import InputError
from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.classifier.scores import measure_answers
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.bag_alone import bag_alone_settings
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.beginning import fit_classifier
from textrnn.training.classifier.beside import BagBeside, kept_bag
from textrnn.training.classifier.calibration import calibrate
from textrnn.training.classifier.folds import Answers, answer_by_others
from textrnn.training.classifier.labels import check_labels
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.objective import ClassificationObjective
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.classifier.split import Split, split_examples
from textrnn.training.classifier.validation import served_logits
from textrnn.training.classifier.vectors import InitialRows, trained_rows
from textrnn.training.fitting import chosen
from textrnn.training.initial import UNLABELLED_UNREAD
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.folds import CrossValidated, KeptFolds
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values
from textrnn.training.run import Run
from textrnn.training.tokenizer import make_tokenizer
from textrnn.training.vocabulary import count_words, rows_in_use, widened
from textrnn.training.weights.files import pack_beside_graph
from textrnn.training.weights.named import export_weights

_ANSWERS = "answers.npz"  # in the run's folder: what networks of folds answered


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
    train, unlabelled = list(train), list(unlabelled)
    validation = None if validation is None else list(validation)
    if fits := plan is None:
        plan, init_from, embeddings = fit_classifier(
            train,
            language=info.language if info else "",
            has_validation=validation is not None,
            embeddings=embeddings,
            init_from=init_from,
            changes=changes or {},
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
        run.data.require_same(
            training_texts=train, validation_texts=validation or (), unlabelled_texts=unlabelled
        )
        run.read(train, validation, unlabelled)
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
    rows: InitialRows | None  # that the embedding begins with
    model: keras.Model
    split: Split
    tokenizer: Tokenizer
    beside: BagBeside  # where a bag is wanted
    bag: BagOfNgrams | None
    bag_learns_all: bool  # also the texts that were cut off to validate

    def read(
        self,
        train: list[LabelledText],
        validation: list[LabelledText] | None,
        unlabelled: list[str],
    ) -> None:
        """Settle which texts train and which validate; no text does both."""
        if not train or validation == []:
            raise InputError(f"there are no {'validation' if train else 'training'} texts")
        self.detect_language(example.text for example in train)
        check_labels([*train, *(validation or [])], on_note=self.say)
        self.split = split_examples(train, validation, self.plan.training, say=self.say)
        self.say(str(self.split))
        self.labels, self.unlabelled = self.split.labels, unlabelled

    def tokenize(self) -> None:
        """Make (or, when resuming, load) the tokenizer, and turn all texts into ids."""
        if self.initial:
            self.plan = replace(self.plan, tokenizer=self.initial[0].tokenizer_settings)
            self.tokenizer = self.initial[0].tokenizer
        else:
            self.tokenizer = make_tokenizer(
                lambda: chain((e.text for e in self.split.train), self.unlabelled),
                self.plan.tokenizer,
                folder=self.folder,
                say=self.say,
                widen=self._widened,
            )
        self.train_ids = EncodedTexts.of(self.split.train, self.tokenizer, self.labels)
        self.validation_ids = EncodedTexts.of(self.split.validation, self.tokenizer, self.labels)
        plan = self.plan
        needed = plan.vectors.method != "none" or plan.reads_unlabelled
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
        texts = chain((e.text for e in self.split.train), (e.text for e in self.split.validation))
        seen = count_words(tokenizer, chain(texts, self.unlabelled))
        vectors = self.open_vectors(tokenizer.keys)
        return widened(tokenizer, vectors, self.plan.tokenizer.vocabulary_size, seen=seen)

    def train_bag(self) -> None:
        """Train the bag of n-grams where one is wanted: before the network, since it may fail."""
        self.bag = None
        if not self.plan.bag.longest:
            return
        kept = None
        if self.plan.bag.weights == "kept":
            kept = kept_bag(self.initial, self.labels)
        else:
            self.say("training the bag of n-grams")
        labels, vectors = len(self.labels), self._word_vectors()
        self.beside = BagBeside(self.plan.bag, labels, vectors, kept)
        self.bag = self.beside.learn(self.train_ids)

    def _word_vectors(self) -> NDArray[np.float32] | None:
        """Those given to begin with, (V, E), nothing for tokens that have none."""
        if not self.embeddings or self.rows is None:
            return None
        given = self.open_vectors(self.tokenizer.keys)
        return self.rows.of_words(self.tokenizer.vocabulary(), given.knows)

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network, with word vectors trained or read where that is asked for."""
        plan = self.plan
        self.network = ClassifierNetwork(
            vocabulary_size=self.tokenizer.vocabulary_size,
            head=plan.head.with_labels(self.labels),
            embedding=plan.embedding,
            encoders=plan.encoders,
        )
        rows = self.network.vocabulary_size if self.rows is None else self.rows.trained
        self.trained = replace(self.network, vocabulary_size=rows)
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
            unlabelled=self.unlabelled_ids if plan.reads_unlabelled else (),
            auxiliary=plan.auxiliary,
        )
        # A run that goes on trains its bag anew.
        if not self.prepare(self.model, objective, on_event=on_event, free=["bag"]):
            self._begin_weights()
        if self.split.folds is not None:
            self.fit.objective = CrossValidated(objective, self._answers(objective))

    def _answers(self, objective: ClassificationObjective) -> Answers:
        """What the network answers for each text that it did not learn (or did, in the run that is
        resumed).
        """
        assert self.split.folds is not None
        if (kept := self.folder.read(_ANSWERS)) is not None:
            return Answers.from_bytes(kept, self.train_ids.labels)
        answers = answer_by_others(
            self.fit,
            objective,
            self.split.folds,
            kept=KeptFolds(self.folder, self.fit.save),
            say=self.say,
        )
        self.folder.write(_ANSWERS, answers.to_bytes())
        return answers

    def _begin_weights(self) -> None:
        """Put into the network what its weights begin with."""
        self.begin_weights(self.model, self.trained)
        if self.rows is not None:
            self.rows.give(self.model)

    def _rows(self) -> InitialRows | None:
        """The rows that the embedding begins with, of vectors trained or given; None where there
        are none, or a run that goes on has them.
        """
        size, trained = self.tokenizer.vocabulary_size, None
        needed = self.folder.saved is None or bool(self.embeddings)
        if needed and self.plan.vectors.method != "none":
            texts = [*self.train_ids.tokens, *self.unlabelled_ids]
            trained = trained_rows(texts, size, self.plan, folder=self.folder, say=self.say)
        if not self.embeddings:
            return None if trained is None else InitialRows(trained, size)
        tokenizer = self.tokenizer
        given = self.read_rows(
            self.open_vectors(tokenizer.keys),
            tokenizer.vocabulary(),
            size,
            texts={
                "training": count_words(tokenizer, (e.text for e in self.split.train)),
                "validation": count_words(tokenizer, (e.text for e in self.split.validation)),
            },
            trained=trained,
        )
        texts = [*self.train_ids.tokens, *self.validation_ids.tokens, *self.unlabelled_ids]
        return InitialRows(given, rows_in_use(texts))

    def write(self) -> Manifest:
        """Compile the graph and write the bundle."""
        weights = export_weights(self.model, self.trained)
        if self.rows is not None:
            weights["embedding"] = self.rows.whole(weights["embedding"])
        graph = compile_classifier(self.network, weights, precision=self.precision)
        files = {
            "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
            "model.onnx": graph,
            "weights.npz": pack_beside_graph(weights, self.precision),
        }
        logits, scores = self._validation_logits(graph), self._validation_scores()
        calibration, answers = calibrate(
            logits,
            self.validation_ids,
            scores,
            begins_with_model=bool(self.initial),
            say=self.say,
        )
        serving: dict[str, Any] = calibration.as_dict()
        measured = measure_answers(self.validation_ids.labels, answers, self.labels)
        by_others = self.split.folds is not None
        if self.bag is not None and calibration.bag_share:
            # What the share was found by is learned from, too: it takes seconds.
            if self.split.is_cut and self.bag_learns_all:
                by_others = True
                self.bag = self.beside.learn(self.train_ids, self.validation_ids)
            files["bag.npz"] = self.bag.to_bytes()
            assert scores is not None
            lengths = self.validation_ids.lengths
            together = calibration.apply(logits, lengths, scores)
            serving |= bag_alone_settings(
                scores, together, lengths, self.validation_ids.labels, say=self.say
            )
        return self.finish(
            self.network,
            serving=serving,
            simplify=self.tokenizer.simplify,
            texts=len(self.split.train),
            validation_texts=len(self.split.validation),
            measured=replace(measured, by_others=by_others),
            files=files,
        )

    def _validation_scores(self) -> NDArray[np.float32] | None:
        """What the bag says of validation texts, (texts, L), where one is wanted; of folds what
        bags say that had not learned them.
        """
        if self.bag is None:
            return None
        if self.split.folds is None:
            return self.bag.scores(self.validation_ids.tokens)
        return self.beside.scores_by_others(self.train_ids, self.split.folds)

    def _validation_logits(self, graph: bytes) -> NDArray[np.float32]:
        """The logits of validation texts, (texts, L): with the graph that serves, or of folds those
        of the networks that had not learned them.
        """
        objective = self.fit.objective
        if isinstance(objective, CrossValidated):
            found: NDArray[np.float32] = objective.answers.logits[self.fit.state.best_epoch]
            return found
        return served_logits(graph, self.validation_ids.tokens, self.plan.training)
