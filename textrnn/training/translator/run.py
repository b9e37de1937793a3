"""Training a translator from pairs of sentences to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.catalog import model_path
from textrnn.corpora.pairs import Pair
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.heads.parts import read_network
from textrnn.heads.translator.cutting import usual_full_stop
from textrnn.heads.translator.graph import compile_translator
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.heads.translator.parts import SOURCE_TOKENIZER, read_tokenizers
from textrnn.heads.translator.scores import Scorer
from textrnn.reports.measured import Measured
from textrnn.text.language import detect_language
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.loop.backend import seed_everything
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values, changed
from textrnn.training.run import Run
from textrnn.training.tokenizer import make_tokenizer
from textrnn.training.translator.batches import EncodedPairs, PairBatches
from textrnn.training.translator.defaults import (
    describe,
    fit_training,
    fit_vocabulary,
    shares_vocabulary,
)
from textrnn.training.translator.filtering import filter_pairs, tell_left_out
from textrnn.training.translator.model import TranslationModel, build_translator
from textrnn.training.translator.objective import TranslationObjective
from textrnn.training.translator.plan import TranslatorPlan
from textrnn.training.translator.search_fit import SearchFit, fit_search
from textrnn.training.translator.split import split_pairs
from textrnn.training.translator.trial import try_translator
from textrnn.training.weights.files import pack_whole_weights
from textrnn.training.weights.named import export_weights

T = TypeVar("T")

_VALIDATION_BATCH = 4096  # tokens
_MEASURED = 300, 1000  # pairs, after each epoch and at the end
_SHOWN = 3
_LEAST_BLEU = 1.0
_UNFITTED = SearchFit()


def run_translator(
    train: Iterable[Pair],
    *,
    out: str | Path,
    validation: Iterable[Pair] | None = None,
    embeddings: Sequence[Path] = (),
    init_from: Sequence[Path] | None = None,
    plan: TranslatorPlan | None = None,
    changes: Values | None = None,
    info: ModelInfo | None = None,
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> Manifest:
    """Train a translator and write its bundle.

    Args:
        train: the pairs to learn from.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: pairs to choose the best epoch by; by default some are cut from ``train``.
        embeddings: vectors of the source's tokens to begin with: names of those that ship, or files
            of any format that :class:`textrnn.embeddings.Vectors` reads.
        init_from: bundles of translators to begin with; the vocabularies are those of the first.
        plan: all settings.
        changes: where there is no ``plan``, what is otherwise in the default one, by the paths of
            its settings, as ``{("decoder", "layers"): 2}``.
        info: what the bundle says of itself.
        precision: of the graphs that serve: ``int8`` or ``float32``.
        resume: go on from the state of a run that was stopped; start anew where there is none.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens before, after, and with some translations
            after each epoch.
        clock: of the call; by default it begins with the run.

    Returns:
        What the bundle says of itself.

    Raises:
        ConfigurationError: a setting is wrong, or there is nothing to validate on.
        InputError: no pair can be learned from.
        TrainingError: the loss is not a number any more, or the checkpoint is damaged.
    """
    pairs = list(train)
    held = None if validation is None else list(validation)
    plan = changed(TranslatorPlan(), changes or {}) if plan is None else plan
    run = _TranslatorRun(out, plan, info=info, precision=precision, say=on_message, clock=clock)
    with run.folder.held(resume=resume):
        run.begin(init_from or (), embeddings)
        run.data.require_same(training_pairs=pairs, validation_pairs=held or ())
        run.read(pairs, held)
        run.build(on_event=on_event)
        run.fit.run()
        return run.write()


class _TranslatorRun(Run[TranslatorPlan]):
    """A translator's run, step by step; each step uses what the earlier ones left here."""

    task = "translator"
    tokenizers: tuple[Tokenizer, Tokenizer]  # of sources and targets
    target_language: str
    full_stop: str
    network: TranslatorNetwork
    model: TranslationModel
    train: PairBatches
    validation: Sequence[Pair]
    longest: int

    def read(self, pairs: Sequence[Pair], validation: Sequence[Pair] | None) -> None:
        """Leave out what is not worth learning, make the vocabularies, and turn pairs into ids."""
        if not pairs or (validation is not None and not validation):
            raise InputError(f"there are no {'validation' if pairs else 'training'} pairs")
        pairs = filter_pairs(pairs, self.plan.pairs, self.say)
        train, self.validation = split_pairs(pairs, validation, self.plan.training, self.say)
        self.detect_language(pair.source for pair in train)
        self.target_language = detect_language(pair.target for pair in train)
        self.full_stop = usual_full_stop(pair.source for pair in train)
        self.tokenizers = self._tokenizers(train)
        settings = self.plan.training
        encoded, left = EncodedPairs.of(train, *self.tokenizers).fitting(
            max_tokens=settings.max_tokens, most_ratio=self.plan.pairs.most_ratio
        )
        tell_left_out(left, self.say)
        if not len(encoded):
            raise InputError("no pair is left to learn from")
        sources, targets = encoded.lengths
        self.longest = int(sources.max())
        settings = fit_training(settings, int(sources.sum() + targets.sum()))
        self.plan = replace(self.plan, training=settings)
        self.train = PairBatches(encoded, settings.batch_size)
        vocabulary = " and ".join(
            f"{size:,}" for size in dict.fromkeys(t.vocabulary_size for t in self.tokenizers)
        )
        self.say(
            f"{counted(len(encoded), 'training pair')} of {sources.sum():,} and "
            f"{counted(int(targets.sum()), 'token')}, {len(self.validation):,} to validate; "
            f"{vocabulary} different tokens; {counted(len(self.train), 'batch', 'batches')}, "
            f"{counted(settings.epochs, 'epoch')}"
        )

    def _tokenizers(self, pairs: Sequence[Pair]) -> tuple[Tokenizer, Tokenizer]:
        """Those of the model begun with, or of these pairs."""
        if self.initial:
            bundle = Bundle.open(model_path(self.initial[0].path))
            self.plan = replace(self.plan, tokenizer=self.initial[0].tokenizer_settings)
            return read_tokenizers(bundle, read_network(bundle, TranslatorNetwork))
        sources, targets = ([p.source for p in pairs], [p.target for p in pairs])
        if shares_vocabulary(self.plan, pairs):
            shared = self._tokenizer([*sources, *targets], "tokenizer.json")
            return shared, shared
        source = self._tokenizer(sources, SOURCE_TOKENIZER)
        return source, self._tokenizer(targets, "tokenizer.json")

    def _tokenizer(self, texts: Sequence[str], name: str) -> Tokenizer:
        settings = fit_vocabulary(self.plan.tokenizer, texts)
        return make_tokenizer(lambda: texts, settings, folder=self.folder, say=self.say, name=name)

    def build(self, *, on_event: OnEvent | None) -> None:
        """Build the network and what trains it."""
        settings = self.plan.training
        source, target = self.tokenizers
        is_joint = source is target
        self.network = describe(
            self.plan, 0 if is_joint else source.vocabulary_size, target.vocabulary_size
        )
        seed_everything(settings.random_state)
        self.model = build_translator(self.network, compute=settings.compute)
        held = EncodedPairs.of(self.validation, source, target)
        # What is too long to be learned would take all memory as a batch of its own.
        fitting, _ = held.fitting(max_tokens=settings.max_tokens, most_ratio=0)
        objective = TranslationObjective(
            self.model,
            self.train,
            PairBatches(fitting if len(fitting) else held, _VALIDATION_BATCH),
            settings,
            self._show,
            epoch_batches=self.plan.pairs.epoch_batches,
        )
        if self.prepare(self.model, objective, on_event=on_event):
            return
        self.begin_weights(self.model, self.network)
        if self.embeddings:
            vocabulary, size = source.vocabulary(), source.vocabulary_size
            vectors = self.open_vectors(source.keys, words=vocabulary)
            rows = self.read_rows(vectors, vocabulary, size, texts={})
            name = "embedding" if is_joint else "source_embedding"
            self.model.get_layer(name).set_weights([rows])

    def write(self) -> Manifest:
        """Choose how it is searched, compile the graphs and write the bundle."""
        fit = self._fit_search()
        graphs = self._graphs(self.precision, fit)
        return self.finish(
            self.network,
            serving=self._serving(fit),
            simplify=self.tokenizers[0].simplify,
            texts=len(self.train.pairs),
            validation_texts=len(self.validation),
            measured=self._measured(graphs, fit),
            files={
                **graphs,
                "weights.npz": pack_whole_weights(export_weights(self.model, self.network)),
            },
        )

    def _serving(self, fit: SearchFit) -> dict[str, object]:
        reading = {
            "target_language": self.target_language,
            "max_tokens": self.longest,
            "full_stop": self.full_stop,
        }
        return reading | fit.serving()

    def _scorer(self) -> Scorer:
        return Scorer.of(self.target_language, self.tokenizers[1])

    def _fit_search(self) -> SearchFit:
        """Choose by some validation pairs, as they are translated by default."""
        pairs, precision = _spread(self.validation, _MEASURED[0]), self.precision
        right, scorer = [pair.target for pair in pairs], self._scorer()

        def bleu(fit: SearchFit) -> float:
            found = self._translate(pairs, self._graphs(precision, fit), precision, fit)
            return scorer.bleu(found, right)

        return fit_search(bleu, copying=self.network.head.copying, say=self.say)

    def _graphs(self, precision: str, fit: SearchFit = _UNFITTED) -> dict[str, bytes]:
        """What serves: the graphs, and the tokenizers."""
        weights = export_weights(self.model, self.network)
        source, target = self.tokenizers
        files = {"tokenizer.json": target, SOURCE_TOKENIZER: source}
        graphs = compile_translator(
            self.network, weights, precision=precision, gate_shift=fit.gate_shift
        )
        return graphs | {
            name: tokenizer.to_json().encode("utf-8")
            for name, tokenizer in files.items()
            if name == "tokenizer.json" or source is not target
        }

    def _show(self) -> float:
        """Say how some validation pairs are translated at this point, and give the BLEU of many."""
        pairs = _spread(self.validation, _MEASURED[0])
        found = self._translate(pairs, self._graphs("float32"), "float32", beam=1)
        for number in _spread(range(len(pairs)), _SHOWN):
            pair = pairs[number]
            self.say(f"sample: {pair.source} → {found[number]} (right: {pair.target})")
        return self._scorer().bleu(found, [pair.target for pair in pairs])

    def _measured(self, graphs: Mapping[str, bytes], fit: SearchFit) -> Measured:
        """BLEU at the end, with the graphs that serve."""
        pairs = _spread(self.validation, _MEASURED[1])
        right = [pair.target for pair in pairs]
        found = self._translate(pairs, graphs, self.precision, fit)
        scorer = self._scorer()
        score = scorer.bleu(found, right)
        left = scorer.bleu([pair.source for pair in pairs], right)
        weakness = ""
        if score <= max(left, _LEAST_BLEU):
            weakness = (
                f"its BLEU is {score:.2f}, and {left:.2f} where the sources are left as they are; "
                "more pairs may help, or more epochs"
            )
        return Measured("BLEU", score, None, len(pairs), "pair", weakness)

    def _translate(
        self,
        pairs: Sequence[Pair],
        graphs: Mapping[str, bytes],
        precision: str,
        fit: SearchFit = _UNFITTED,
        **options: int,
    ) -> list[str]:
        """What the graphs make of sources."""
        reading = {"precision": precision, "simplify": self.tokenizers[0].simplify}
        serving = {**self._serving(fit), **reading}
        manifest = Manifest("sample", self.task, self.language, (), self.network.as_dict(), serving)
        sources = [pair.source for pair in pairs]
        return try_translator(self.folder.path / "sample", manifest, graphs, sources, **options)


def _spread(things: Sequence[T], most: int) -> list[T]:
    """So many things at most, evenly from first to last."""
    step = max(1, -(-len(things) // most))
    return list(things[::step])
