"""Training a tagger from tagged sentences to a bundle."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Manifest
from textrnn.configuration import require
from textrnn.corpora import (
    SpannedText,
    TaggedSentence,
    similar_labels,
    similar_labels_note,
    split_by_document,
)
from textrnn.corpora.splits import first_copies
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.tagger.features import FIRST, PAD, UNK, Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.graph import compile_tagger
from textrnn.heads.tagger.network import TaggerNetwork, table_shapes
from textrnn.runtime.quantize import quantize
from textrnn.text.alignment import count_misalignments
from textrnn.text.language import detect_language
from textrnn.text.simplify import simplify
from textrnn.training.fitting import chosen, fit_plan
from textrnn.training.initial import UNLABELLED_UNREAD
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.loop.folds import CrossValidated, KeptFolds
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values
from textrnn.training.run import Run
from textrnn.training.tagger.defaults import begins_with_shipped, fitting_plan
from textrnn.training.tagger.folds import Fold, SpansByOthers, deal_sentences, find_by_others
from textrnn.training.tagger.initial import InitialTagger, is_tagger
from textrnn.training.tagger.model import build_tagger
from textrnn.training.tagger.objective import TaggingObjective, find_temperature
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.sentences import (
    EncodedSentences,
    Sentence,
    ServedTexts,
    as_sentence,
    as_served,
    cased_copies,
    cut_long,
)
from textrnn.training.tagger.vocabularies import (
    Corpus,
    count_keys,
    make_features,
    make_vectors,
    vector_keys,
)
from textrnn.training.vocabulary import vector_settings
from textrnn.training.weights.files import pack_weights
from textrnn.training.weights.named import export_weights
from textrnn.training.weights.transfer import InitialWeights, aligned_rows

Example = TaggedSentence | SpannedText
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
        init_from: a tagger to begin with: all but the scores of its tags, and these too where the
            labels are the same; or generators: their encoders, and the rows of words that both
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
    if fits := plan is None:
        texts = [_text(example) for example in train]
        language = info.language if info and info.language else detect_language(texts)
        own = bool(embeddings) or bool(gazetteer) or bool(lexicon)
        if embeddings:
            changes = vector_settings(embeddings, "features", changes or {})
        plan, init_from = fit_plan(
            "tagger",
            fitting_plan,
            texts,
            language=language,
            has_validation=validation is not None,
            init_from=init_from,
            shipped=not own and begins_with_shipped(train, language, changes or {}),
            changes=changes,
        )
    run = _TaggerRun(out, plan, info=info, precision=precision, say=on_message, clock=clock)
    with run.folder.held(resume=resume):
        run.begin(init_from or (), embeddings)
        if fits:
            run.say(chosen(plan))
        run.read(train, None if validation is None else list(validation))
        read = simplify if run.plan.features.simplify else str
        if run.tagger is not None:
            require(not gazetteer and not lexicon, "lists of names are the model's begun with")
        if gazetteer:
            run.gazetteer = Gazetteer.build({k: map(read, names) for k, names in gazetteer.items()})
        run.make_vocabularies(map(read, unlabelled), map(read, lexicon))
        run.build(on_event=on_event)
        run.fit.run()
        return run.write()


def _text(example: Example) -> str:
    return example.text if isinstance(example, SpannedText) else " ".join(example.words)


class _TaggerRun(Run[TaggerPlan]):
    """A tagger's run, step by step; each step uses what the earlier ones left here."""

    task = "tagger"
    tagger: InitialTagger | None = None  # that the weights begin with
    folds: NDArray[np.int64] | None  # each sentence's, where sentences validate one another
    network: TaggerNetwork
    model: keras.Model
    features: Features
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
        require(
            self.plan.vectors.method == "none",
            "an embedding begins with trained word vectors or with another model's rows, not with "
            "both",
        )
        self.tagger = InitialTagger.open(paths[0])
        self.plan = replace(self.plan, features=self.tagger.settings(self.plan.features))
        self.gazetteer = self.tagger.gazetteer
        return [self.tagger]

    def read(self, train: list[Example], validation: list[Example] | None) -> None:
        """Settle which sentences train and which validate."""
        settings = self.plan.training
        if not train or validation == []:
            raise InputError(f"there are no {'validation' if train else 'training'} sentences")
        self.detect_language(_text(example) for example in train)
        given, self.folds = train, None
        documents = len(set(first_copies(train)))
        if validation is None and settings.folds and documents > 1:
            count = min(settings.folds, documents)
            folds = deal_sentences(train, count, random_state=settings.random_state)
            order = np.argsort(folds, kind="stable")
            self.folds = folds[order]
            train = [train[i] for i in order.tolist()]
            validation = train  # each sentence validates what was learned from others
        elif validation is None:
            if settings.validation_split == 0:
                raise ConfigurationError("give validation texts, or a validation_split above 0")
            train, validation = split_by_document(
                train, fraction=settings.validation_split, random_state=settings.random_state
            )
            if not train or not validation:
                raise InputError(
                    "there is one document alone, from which none can be cut off to validate; add "
                    "texts, or give validation texts (--validation FILE)"
                )
        self._look_over(given, validation)
        features = self.plan.features
        # Texts are cut where spans end, so that all can be learned; those that validate are read as
        # they are when the model serves.
        learned = [as_sentence(example, level=features.level) for example in train]
        self.served = [as_served(example, level=features.level) for example in validation]
        if features.simplify:
            for sentences in (learned, self.served):
                sentences[:] = [replace(s, words=tuple(map(simplify, s.words))) for s in sentences]
        pieces = [list(cut_long(s, max_tokens=settings.max_tokens)) for s in learned]
        self.origins = np.repeat(np.arange(len(pieces)), [len(cut) for cut in pieces])
        self.train = list(chain.from_iterable(pieces))
        self.texts = self._as_texts(self.served)
        self.validation = self.texts.windows
        self.train += cased_copies(
            self.train,
            lower=features.lower_copies,
            upper=features.upper_copies,
            random_state=settings.random_state,
        )
        self.say(
            f"{counted(len(self.train), 'training sentence')}, "
            f"{counted(len(self.texts), 'validation sentence')}"
            if self.folds is None
            else f"{counted(len(self.train), 'sentence')}, each validated by networks that learn "
            "from others"
        )

    def _as_texts(self, sentences: Sequence[Sentence]) -> ServedTexts:
        settings = self.plan.training
        return ServedTexts(sentences, size=settings.reading_window, overlap=settings.window_overlap)

    def _look_over(self, train: list[Example], validation: list[Example]) -> None:
        """Take the labels, see that there is something to learn and to score, note what is odd.

        Args:
            train: all sentences with labels to learn, those cut off to validate too.
            validation: those that validate.
        """
        counts = Counter(span.label for example in train for span in example.spans)
        self.labels = tuple(sorted(counts))
        if not self.labels:
            raise InputError("the training sentences have no spans to learn")
        given = {span.label for example in validation for span in example.spans}
        if strange := given - set(self.labels):
            raise InputError(
                "validation cannot be scored: labels unseen in training: "
                f"{', '.join(sorted(strange))}"
            )
        if not any(e.text if isinstance(e, SpannedText) else e.words for e in validation):
            raise InputError("validation cannot be scored: all its sentences are empty")
        for group in similar_labels(counts):
            self.say(f"note: {similar_labels_note(group, counts)}")
        examples = {id(example): example for example in chain(train, validation)}.values()
        misaligned = count_misalignments(examples, level=self.plan.features.level)
        if misaligned.count:
            self.say(f"note: {misaligned}")

    def make_vocabularies(
        self,
        unlabelled: Iterable[str],
        lexicon: Iterable[str],
    ) -> None:
        """Make (or, when resuming, load) the vocabularies and word vectors."""
        plan = self.plan
        features, vectors = self.folder.read(_FEATURES), self.folder.read(_VECTORS)
        if features is not None and vectors is not None:
            self.features = Features.from_json(features.decode("utf-8"))
            with np.load(io.BytesIO(vectors), allow_pickle=False) as file:
                self.vectors = {name: file[name] for name in file.files}
            return
        self.say("making the vocabularies")
        corpus = Corpus(self.train, unlabelled, level=plan.features.level)
        pretrained = self.open_vectors(vector_keys(plan.features)) if self.embeddings else None
        if self.tagger is None:
            self.features = make_features(
                self.train, corpus, plan.features, lexicon=lexicon, vectors=pretrained
            )
        else:
            if len(corpus.texts) > len(self.train) and plan.vectors.method == "none":
                self.say(UNLABELLED_UNREAD)
            self.features, rows = self.tagger.extended(sentence.words for sentence in self.train)
            self.vectors["embedding"] = rows
            theirs = len(self.tagger.features.words)
            added = len(self.features.words) - theirs
            self.note_beginning(self.tagger.path, f"its {theirs:,} words, and {added:,} more")
        if plan.vectors.method != "none":
            self.say("training word vectors")
            given = self.embeddings or self.initial
            units = {} if given else {"embedding": plan.embedding.units}
            if self.features.bigrams:
                units["bigrams"] = plan.features.bigram_units
            if self.features.lexicon:
                units["lexicon"] = plan.features.lexicon_units
            self.vectors = make_vectors(
                corpus,
                self.features,
                plan.vectors,
                units,
                random_state=plan.training.random_state,
            )
        if self.initial:
            source = self.initial[0]
            self.vectors["embedding"], found = aligned_rows(
                source,
                self.features.words,
                rows=len(self.features.words) + FIRST,
                units=plan.embedding.units,
                random_state=plan.training.random_state,
            )
            known = f"rows for {found:,} of {len(self.features.words):,} tokens"
            self.note_beginning(source.path, known)
        if pretrained is not None:
            self.vectors["embedding"] = self.read_rows(
                pretrained,
                self.features.words,
                len(self.features.words) + FIRST,
                texts={
                    "training": count_keys(self.train),
                    "validation": count_keys(self.validation),
                },
                trained=self.vectors.get("embedding"),
            )
        content = io.BytesIO()
        np.savez(content, **self.vectors)  # type: ignore[arg-type]
        self.folder.write(_VECTORS, content.getvalue())
        self.folder.write(_FEATURES, self.features.to_json().encode("utf-8"))

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network and what trains it."""
        plan = self.plan
        kinds = len(self.gazetteer.kinds) if self.gazetteer else 0
        self.network = describe(plan, self.features, self.labels, gazetteer_kinds=kinds)
        whole = Fold(self._encode(self.train), self._encode(self.validation), self.texts)
        folds = self._folds()
        self.used = keep_used_rows(
            *chain.from_iterable((fold.train, fold.validation) for fold in (whole, *folds))
        )
        trained = replace(self.network, vocabulary_size=len(self.used))
        seed_everything(plan.training.random_state)
        self.model = build_tagger(trained, l1=plan.training.l1, l2=plan.training.l2)
        self._set_vectors()
        self.begin_weights(self.model, trained, embedding=False)
        self.objective = TaggingObjective(
            self.model, trained, whole.train, whole.validation, whole.texts, plan.training
        )
        self.prepare(self.model, self.objective, content=self._content(), on_event=on_event)
        if folds:
            self.fit.objective = CrossValidated(self.objective, self._answers(folds))

    def _encode(self, sentences: Sequence[Sentence]) -> EncodedSentences:
        head = self.network.head
        return EncodedSentences(sentences, self.features, head.tags, head.scheme, self.gazetteer)

    def _folds(self) -> list[Fold]:
        """What each fold learns, and what validates it; none where other sentences validate."""
        if self.folds is None:
            return []
        found = []
        for fold in range(int(self.folds.max()) + 1):
            ours = self.folds == fold
            others = np.flatnonzero(~ours[self.origins])  # no copies: they tell of the fold's own
            texts = self._as_texts([self.served[i] for i in np.flatnonzero(ours).tolist()])
            train = self._encode([self.train[i] for i in others.tolist()])
            found.append(Fold(train, self._encode(texts.windows), texts))
        return found

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

    def _set_vectors(self) -> None:
        """Put the vectors that were made before into the network's tables."""
        for name, rows in self.vectors.items():
            if name == "embedding":
                self.model.get_layer("embedding").set_weights([rows[self.used]])
            else:
                self.model.get_layer(f"{name}_table").set_weights([rows])
        if not self.plan.features.context_trained:
            for name in {"bigrams", "lexicon"} & table_shapes(self.network).keys():
                self.model.get_layer(f"{name}_table").trainable = False

    def write(self) -> Manifest:
        """Compile the graphs and write the bundle."""
        weights = export_weights(self.model, self.objective.network)
        weights["embedding"] = self._whole_embedding(weights["embedding"])
        tables = set(table_shapes(self.network))
        files = {
            "features.json": self.features.to_json().encode("utf-8"),
            **compile_tagger(self.network, weights, precision=self.precision),
            "tables.npz": pack_tables(weights, tables, int8=self.precision == "int8"),
            "weights.npz": pack_weights({k: v for k, v in weights.items() if k not in tables}),
        }
        if self.gazetteer is not None:
            files["gazetteer.npz"] = self.gazetteer.to_bytes()
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
            texts=len(self.train),
            validation_texts=len(self.texts),
            measured=measured,
            files=files,
        )

    def _whole_embedding(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The trained rows in their places among all the vocabulary's, (V, E)."""
        shape = (self.network.vocabulary_size, rows.shape[1])
        whole = self.vectors.get("embedding", np.zeros(shape, np.float32)).copy()
        whole[self.used] = rows
        return whole

    def _content(self) -> Iterator[bytes]:
        """The vocabularies and texts that a checkpoint belongs to."""
        yield self.features.to_json().encode("utf-8", "surrogatepass")
        if self.gazetteer is not None:
            yield self.gazetteer.to_bytes()
        for sentence in (*self.train, *self.validation):
            yield repr(sentence).encode("utf-8", "backslashreplace")


def describe(
    plan: TaggerPlan, features: Features, labels: Sequence[str], *, gazetteer_kinds: int = 0
) -> TaggerNetwork:
    """The network that a plan, the vocabularies and the labels make."""
    settings = plan.features

    def count(table: dict[str, int]) -> int:
        return len(table) + FIRST if table else 0

    return TaggerNetwork(
        vocabulary_size=len(features.words) + FIRST,
        head=plan.head.with_labels(tuple(labels)),
        embedding=plan.embedding,
        characters=settings.characters,
        character_count=count(features.characters),
        shape_units=settings.shape_units,
        bigram_count=count(features.bigrams),
        bigram_units=settings.bigram_units,
        lexicon_count=count(features.lexicon),
        lexicon_units=settings.lexicon_units,
        gazetteer_kinds=gazetteer_kinds,
        context_dropout=settings.context_dropout,
        dropout=settings.dropout,
        encoders=plan.encoders,
    )


def keep_used_rows(*corpora: EncodedSentences) -> NDArray[np.int64]:
    """Let sentences use an embedding of only those rows that some of their words have.

    Other rows would never change, and a step of Adam goes over every row that there is: for 70,000
    rows it takes as long as the rest of a step.

    Returns:
        The rows kept, in order; padding's and the unknown word's are the first two.
    """
    used = np.unique(np.concatenate([[PAD, UNK], *(sentences.rows for sentences in corpora)]))
    for sentences in corpora:
        sentences.rows = np.searchsorted(used, sentences.rows).astype(np.int32)
    return used


def pack_tables(
    weights: dict[str, NDArray[np.float32]], tables: Iterable[str], *, int8: bool
) -> bytes:
    """``tables.npz``: what serving looks up in NumPy, the tables' rows and the CRF's moves.

    Rows take 8 bits a number, with a scale for each row, where ``int8`` asks for that; the file is
    not compressed, so that it opens fast.
    """
    arrays: dict[str, Any] = {k: v for k, v in weights.items() if k.startswith("crf/")}
    for name in sorted(tables):
        if int8:
            arrays[name], arrays[f"{name}/scale"] = quantize(weights[name], axis=1, name=name)
        else:
            arrays[name] = weights[name]
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()
