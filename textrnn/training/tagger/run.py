"""Training a tagger from tagged sentences to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require
from textrnn.errors import InputError
from textrnn.heads.tagger.features import FIRST, Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.text.simplify import simplify
from textrnn.training.fitting import chosen
from textrnn.training.initial import UNLABELLED_UNREAD
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.folds import CrossValidated, KeptFolds
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values
from textrnn.training.run import Run
from textrnn.training.tagger.beginning import fit_tagger
from textrnn.training.tagger.folds import Fold, SpansByOthers, find_by_others
from textrnn.training.tagger.initial import InitialTagger, is_tagger
from textrnn.training.tagger.labels import find_labels, require_scheme
from textrnn.training.tagger.model import build_tagger, describe
from textrnn.training.tagger.objective import TaggingObjective, find_temperature
from textrnn.training.tagger.pack import pack_tagger
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.sentences import Example, text_of
from textrnn.training.tagger.split import Split, split_examples
from textrnn.training.tagger.tables import begin_tables, keep_used_rows, whole_embedding
from textrnn.training.tagger.vectors import known_rows, make_vectors, pack_vectors, unpack_vectors
from textrnn.training.tagger.vocabularies import Corpus, count_keys, make_features, vector_keys
from textrnn.training.weights.initial_model import InitialWeights
from textrnn.training.weights.named import export_weights
from textrnn.training.weights.pretrained import PretrainedVectors

_FEATURES, _VECTORS = "features.json", "vectors.npz"  # in the run's folder
_ANSWERS = "answers.npz"  # there too: what networks of folds found


def run_tagger(
    train: Iterable[Example],
    *,
    out: str | Path,
    validation: Iterable[Example] | None = None,
    unlabelled: Iterable[str] = (),
    lexicon: Iterable[str] = (),
    gazetteer: Mapping[str, Iterable[str]] | None = None,
    embeddings: Sequence[Path] = (),
    init_from: Sequence[Path] | None = None,
    plan: TaggerPlan | None = None,
    changes: Values | None = None,
    info: ModelInfo | None = None,
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> Manifest:
    """Train a tagger and write its bundle.

    Args:
        train: the sentences to learn from.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: the sentences to choose the best epoch by; by default whole documents are cut
            from ``train``.
        unlabelled: further texts for the vocabulary and the word vectors.
        lexicon: words that the network is told of wherever they match, for a model of characters.
        gazetteer: lists of known names by their kind, as ``city``.
        embeddings: word vectors to begin with, whose words the vocabulary holds, too: names of
            those that ship, or files of any format that :class:`textrnn.embeddings.Vectors` reads;
            the numbers of several stand end to end.
        init_from: a tagger to begin with, the scores of its tags for labels that mean what one of
            its own does; or generators: their encoders, and the rows of words that both
            have. By default of few sentences the shipped tagger of their language.
        plan: all settings; by default those that fit the sentences
            (:mod:`textrnn.training.tagger.defaults`).
        changes: where there is no ``plan``, what is otherwise in the one that fits, by the paths of
            its settings, as ``{("training", "epochs"): 5}``.
        info: what the bundle says of itself.
        precision: of the graphs that serve: ``int8`` or ``float32``.
        resume: go on from the state of a run that was stopped; start anew where there is none.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens before and after.
        clock: of the call; by default it begins with the run.

    Returns:
        What the bundle says of itself.

    Raises:
        ConfigurationError: a setting is wrong, or there is nothing to validate on.
        InputError: the sentences cannot be learned from, as those without spans.
        TrainingError: the loss is not a number any more, or the checkpoint is damaged.
    """
    train, lexicon = list(train), list(lexicon)
    validation = None if validation is None else list(validation)
    gazetteer = {kind: list(names) for kind, names in (gazetteer or {}).items()}
    if fits := plan is None:
        plan, init_from = fit_tagger(
            train,
            language=info.language if info else "",
            has_validation=validation is not None,
            has_lists=bool(gazetteer or lexicon),
            embeddings=embeddings,
            init_from=init_from,
            changes=changes or {},
        )
    run = _TaggerRun(out, plan, info=info, precision=precision, say=on_message, clock=clock)
    with run.folder.held(resume=resume):
        run.begin(init_from or (), embeddings)
        if fits:
            run.say(chosen(plan))
        run.data.require_same(
            training_sentences=map(_unplaced, train),
            validation_sentences=map(_unplaced, validation or ()),
            words_of_the_lexicon=lexicon,
            names_of_the_gazetteer=gazetteer.items(),
        )
        run.read(train, validation)
        run.make_vocabularies(unlabelled, lexicon, gazetteer)
        run.build(on_event=on_event)
        run.fit.run()
        return run.write()


def _unplaced(example: Example) -> Example:
    """The same, wherever it was read."""
    return replace(example, place="")


class _TaggerRun(Run[TaggerPlan]):
    """A tagger's run, step by step; each step uses what the earlier ones left here."""

    task = "tagger"
    tagger: InitialTagger | None = None  # that the weights begin with
    labels: tuple[str, ...]
    split: Split
    features: Features
    network: TaggerNetwork
    model: keras.Model
    used: NDArray[np.int64]  # the embedding's rows that the model has
    objective: TaggingObjective

    def __init__(self, out: str | Path, plan: TaggerPlan, **more: Any) -> None:
        if plan.features.level == "character":  # which has neither letters nor a shape
            features = replace(plan.features, characters=None, shape_units=0)
            plan = replace(plan, features=features)
        super().__init__(out, plan, **more)
        self.vectors: dict[str, NDArray[np.float32]] = {}
        self.gazetteer: Gazetteer | None = None

    def open_sources(self, paths: Sequence[Path]) -> Sequence[InitialWeights]:
        """Read the models to begin with; a tagger gives its vocabularies and lists, too."""
        if not any(is_tagger(path) for path in paths):
            return super().open_sources(paths)
        require(len(paths) == 1, "a tagger that the weights begin with stands alone")
        self.tagger = InitialTagger.open(paths[0])
        self.plan = self.tagger.fitted(self.plan)
        self.gazetteer = self.tagger.gazetteer
        return [self.tagger]

    def read(self, examples: list[Example], validation: list[Example] | None) -> None:
        """Settle which sentences train and which validate, and which labels there are."""
        if not examples or validation == []:
            raise InputError(f"there are no {'validation' if examples else 'training'} sentences")
        self.detect_language(text_of(example) for example in examples)
        train, validation, folds = split_examples(examples, validation, self.plan.training)
        level = self.plan.features.level
        require_scheme(examples, self.plan.head.scheme)
        self.labels = find_labels(examples, validation, level=level, on_note=self.say)
        self.split = Split.of(train, validation, folds, self.plan)
        self.say(str(self.split))

    def make_vocabularies(
        self,
        unlabelled: Iterable[str],
        lexicon: Sequence[str],
        gazetteer: Mapping[str, Iterable[str]],
    ) -> None:
        """Make (or, when resuming, load) the vocabularies and word vectors."""
        settings = self.plan.features
        read = simplify if settings.simplify else str
        if self.tagger is not None:
            require(not gazetteer and not lexicon, "lists of names are the model's begun with")
        if gazetteer:
            self.gazetteer = Gazetteer.build(
                {k: map(read, names) for k, names in gazetteer.items()}
            )
        features, vectors = self.folder.read(_FEATURES), self.folder.read(_VECTORS)
        if features is not None and vectors is not None:
            self.features = Features.from_json(features.decode("utf-8"))
            self.vectors = unpack_vectors(vectors)
            return
        self.say("making the vocabularies")
        train = self.split.train
        corpus = Corpus(train, map(read, unlabelled), level=settings.level)
        pretrained = self.open_vectors(vector_keys(settings)) if self.embeddings else None
        if self.tagger is None:
            self.features = make_features(
                train, corpus, settings, lexicon=map(read, lexicon), vectors=pretrained
            )
        else:
            if len(corpus.texts) > len(train):
                self.say(UNLABELLED_UNREAD)
            self._extend(self.tagger)
        self._make_vectors(corpus, pretrained)
        self.folder.write(_VECTORS, pack_vectors(self.vectors))
        self.folder.write(_FEATURES, self.features.to_json().encode("utf-8"))

    def _extend(self, tagger: InitialTagger) -> None:
        """Take the vocabularies of the tagger begun with, and the words of the sentences."""
        words = (sentence.words for sentence in self.split.train)
        self.features, self.vectors["embedding"] = tagger.extended(words)
        theirs = len(tagger.features.words)
        added = len(self.features.words) - theirs
        self.begins_with.note(tagger.path, f"its {theirs:,} words, and {added:,} more")

    def _make_vectors(self, corpus: Corpus, pretrained: PretrainedVectors | None) -> None:
        """Make the vectors to begin with, as far as they are trained, a generator's, or given."""
        plan, words = self.plan, self.features.words
        if plan.vectors.method != "none":
            self.say("training word vectors")
            given = bool(self.embeddings or self.initial)
            self.vectors = make_vectors(corpus, self.features, plan, without_embedding=given)
        if self.initial:
            source = self.initial[0]
            self.vectors["embedding"], found = known_rows(source, self.features, plan)
            self.begins_with.note(source.path, f"rows for {found:,} of {len(words):,} tokens")
        if pretrained is not None:
            texts = {"training": self.split.train, "validation": self.split.texts.windows}
            self.vectors["embedding"] = self.read_rows(
                pretrained,
                words,
                len(words) + FIRST,
                texts={name: count_keys(sentences) for name, sentences in texts.items()},
                trained=self.vectors.get("embedding"),
            )

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network and what trains it."""
        features, settings = self.plan.features, self.plan.training
        self.network = describe(self.plan, self.features, self.labels, self.gazetteer)
        whole, *folds = (
            Fold.encoded(train, texts, self.features, self.network.head, self.gazetteer)
            for train, texts in ((self.split.train, self.split.texts), *self.split.parts())
        )
        self.used = keep_used_rows(
            *chain.from_iterable((fold.train, fold.validation) for fold in (whole, *folds))
        )
        trained = replace(self.network, vocabulary_size=len(self.used))
        seed_everything(settings.random_state)
        self.model = build_tagger(trained, l1=settings.l1, l2=settings.l2)
        begin_tables(self.model, self.vectors, self.used, context_trained=features.context_trained)
        self.begin_weights(self.model, trained, embedding=False)
        self.objective = TaggingObjective(
            self.model, trained, whole.train, whole.validation, whole.texts, settings
        )
        self.prepare(self.model, self.objective, on_event=on_event)
        if folds:
            self.fit.objective = CrossValidated(self.objective, self._answers(folds))

    def _answers(self, folds: Sequence[Fold]) -> SpansByOthers:
        """What was found in each sentence by a network that did not learn it (or was, in the run
        that is resumed).
        """
        if (kept := self.folder.read(_ANSWERS)) is not None:
            return SpansByOthers.from_bytes(kept)
        found = find_by_others(
            self.fit,
            self.objective,
            folds,
            kept=KeptFolds(self.folder, self.fit.save),
            say=self.say,
        )
        self.folder.write(_ANSWERS, found.to_bytes())
        return found

    def write(self) -> Manifest:
        """Compile the graphs and write the bundle."""
        weights = export_weights(self.model, self.objective.network)
        trained, begun = weights["embedding"], self.vectors.get("embedding")
        rows = self.network.vocabulary_size
        weights["embedding"] = whole_embedding(trained, self.used, begun, rows=rows)
        files = pack_tagger(
            self.network, weights, self.features, gazetteer=self.gazetteer, precision=self.precision
        )
        objective = self.fit.objective
        if isinstance(objective, CrossValidated):
            temperature = objective.answers.temperature
            spans = objective.answers.spans(self.fit.state.best_epoch)
            measured = replace(spans.measured(), by_others=True)
        else:
            temperature, measured = find_temperature(self.objective), self.objective.measured()
        return self.finish(
            self.network,
            serving={"temperature": round(temperature, 3)},
            simplify=self.plan.features.simplify,
            texts=len(self.split.train),
            validation_texts=len(self.split.texts),
            measured=measured,
            files=files,
        )
