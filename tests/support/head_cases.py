"""The heads that there are, each with a tiny model to hold it to its contract.

Their first runs make the models that most tests ask (``tiny_bundle`` and its like).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from check_head import HeadCase
from made_up import (
    made_up_load,
    made_up_pairs,
    made_up_reviews,
    made_up_sentences,
    made_up_verses,
)
from textrnn.bundle.bundle import Bundle
from textrnn.corpora import Passage
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierNetwork, HeadSettings
from textrnn.heads.forecaster.graph import compile_forecaster
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorHead, GeneratorNetwork
from textrnn.heads.tagger.features import Features
from textrnn.heads.tagger.graph import compile_tagger
from textrnn.heads.tagger.network import (
    CharacterEncoder,
    TaggerHeadSettings,
    TaggerNetwork,
    table_shapes,
)
from textrnn.heads.tagger.word_vectors import WordVectors
from textrnn.heads.translator.graph import compile_translator
from textrnn.heads.translator.network import TranslatorHead, TranslatorNetwork
from textrnn.network import Embedding, Encoder
from textrnn.runtime.session import Session, pad
from textrnn.runtime.stepper import Stepper
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.plan import AuxiliarySettings, ClassifierPlan, ConsistencySettings
from textrnn.training.classifier.run import run_classifier
from textrnn.training.forecaster.model import build_forecaster
from textrnn.training.forecaster.plan import ForecasterPlan, ForecastHeadSettings, WindowSettings
from textrnn.training.forecaster.run import run_forecaster
from textrnn.training.generator.model import build_generator, zero_states
from textrnn.training.generator.plan import GeneratorPlan, LanguageSettings
from textrnn.training.generator.run import run_generator
from textrnn.training.model_info import ModelInfo
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.tagger.batches import EncodedSentences
from textrnn.training.tagger.model import build_tagger
from textrnn.training.tagger.objective import make_emit
from textrnn.training.tagger.pack import pack_tables
from textrnn.training.tagger.plan import FeatureSettings, TaggerPlan
from textrnn.training.tagger.run import run_tagger
from textrnn.training.tagger.sentences import Sentence
from textrnn.training.translator.model import build_translator
from textrnn.training.translator.objective import token_losses
from textrnn.training.translator.plan import DecoderSettings, PairSettings, TranslatorPlan
from textrnn.training.translator.run import run_translator
from textrnn.training.weights.named import export_weights

REVIEWS = [
    "the soup was awful",
    "what a superb garden",
    "a charming , bright song !",
    "dull",
    "the story was lovely and the film wonderful " * 4,  # several windows
    "nothing of it is known",
]
NEWS = [
    "Berta Lund of Norbank lives in New Delhi .",
    "Ada spoke .",
    "Nothing happened today .",
    "It rained in Lima , said Emil . Carl of Acme Inc. spoke . " * 3,
    "Oslo",
    "Dora Fink moved to a place that nobody knows .",
]
SEEDS = ["山", "山来月照光，", "水去", "江来月照光，水来月照霜。\n", "x?山", "月"]


def randomize(model: keras.Model, *, seed: int = 7) -> None:
    """Give every weight random numbers: biases begin at zero, which hides one that is lost."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.6, w.shape) for w in model.get_weights()])


# --- the classifier ---------------------------------------------------------------------------

CLASSIFIER = ClassifierPlan(
    tokenizer=TokenizerSettings(min_frequency=3),
    embedding=Embedding(units=8),
    encoders=(Encoder(units=6),),
    head=HeadSettings(pooling=("attention", "max"), attention_units=4, dropout=0.1),
    training=TrainingSettings(
        epochs=8, learning_rate=0.02, max_tokens=12, window_overlap=3, batch_size=16
    ),
)
STOPPED_CLASSIFIER = replace(
    CLASSIFIER,
    embedding=Embedding(units=6, dropout=0.1, word_dropout=0.1),
    encoders=(Encoder("rnn", 6, bidirectional=False, dropout=0.1, recurrent_dropout=0.1),),
    head=HeadSettings(pooling=("last",), dropout=0.1),
    training=replace(
        CLASSIFIER.training,
        epochs=7,
        patience=0,
        learning_rate=0.05,
        average_epochs=2,
        validation_split=0.2,
    ),
)
CONSISTENCY = ConsistencySettings(
    adversarial=1.0, virtual_adversarial=1.0, entropy=0.5, unlabelled_batch=8
)
IN_16_BITS = replace(
    STOPPED_CLASSIFIER, training=replace(STOPPED_CLASSIFIER.training, compute="bfloat16")
)
LANGUAGE_MODEL = AuxiliarySettings(language_model=1.0, candidates=8, unlabelled_batch=4)
MORE = {"unlabelled": [f"{review.text} again" for review in made_up_reviews(40, random_state=9)]}


def train_reviews(out: Path, plan: ClassifierPlan, **options: Any) -> None:
    info = ModelInfo(name="tiny", language="en", description="Made-up reviews.", licence="CC0-1.0")
    reviews = made_up_reviews(240 if plan is CLASSIFIER else 96)
    run_classifier(reviews, out=out, plan=plan, info=info, **options)


def classifier_builders(bundle: Bundle, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The logits (B, L)."""
    network = ClassifierNetwork.from_dict(bundle.manifest.network)
    encoded = Tokenizer.load(bundle.path / "tokenizer.json").encode_batch(texts)
    tokens, lengths = pad([text.ids for text in encoded])
    model = build_classifier(network)
    randomize(model)
    graph = compile_classifier(network, export_weights(model, network), precision="float32")
    served = Session(graph, threads=1).run({"tokens": tokens, "lengths": lengths})
    return np.asarray(model(tokens)), served["logits"]


# --- the tagger -------------------------------------------------------------------------------

TAGGER = TaggerPlan(
    features=FeatureSettings(
        min_frequency=1,
        characters=CharacterEncoder(embedding_units=6, units=8),
        shape_units=4,
        dropout=0.1,
    ),
    embedding=Embedding(units=12, word_dropout=0.1),
    encoders=(Encoder(units=10),),
    head=TaggerHeadSettings(dropout=0.1),
    training=TrainingSettings(
        epochs=8, learning_rate=0.02, max_tokens=12, window_overlap=6, batch_size=16
    ),
)


STOPPED_TAGGER = TaggerPlan(
    features=FeatureSettings(
        min_frequency=1,
        characters=CharacterEncoder(embedding_units=3, units=4, dropout=0.1),
        shape_units=2,
        dropout=0.2,
    ),
    embedding=Embedding(units=6, dropout=0.1, word_dropout=0.1),
    encoders=(Encoder("rnn", 6, bidirectional=False, recurrent_dropout=0.1),),
    head=TaggerHeadSettings(dropout=0.2),
    training=TrainingSettings(epochs=8, patience=0, batch_size=16, learning_rate=0.05, average=0.5),
)


def train_news(out: Path, plan: TaggerPlan, **options: Any) -> None:
    info = ModelInfo(name="tiny-tagger", description="Made-up news.", licence="CC0-1.0")
    sentences = made_up_sentences(240 if plan is TAGGER else 64)
    run_tagger(sentences, out=out, plan=plan, info=info, **options)


def tagger_builders(bundle: Bundle, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The emissions of all tokens, one after the other (N, L)."""
    network = TaggerNetwork.from_dict(bundle.manifest.network)
    features = Features.from_json(bundle.read("features.json").decode("utf-8"))
    sentences = [text.split() for text in texts]
    head = network.head
    examples = [Sentence(tuple(words), ()) for words in sentences]
    encoded = EncodedSentences(examples, features, head.tags, head.scheme)
    model = build_tagger(network)
    randomize(model)
    trained = make_emit(model)(encoded.batch(range(len(sentences))).inputs)
    weights = export_weights(model, network)
    graphs = compile_tagger(network, weights, precision="float32")
    packed = pack_tables(weights, table_shapes(network), int8=False)
    vectors = WordVectors(
        features, dict(np.load(io.BytesIO(packed))), Session(graphs["words.onnx"], threads=1)
    )
    lengths = np.array([len(words) for words in sentences], np.int32)
    served = Session(graphs["model.onnx"], threads=1).run(
        {"features": vectors.look_up(sentences), "lengths": lengths}
    )["emissions"]
    rows = list(enumerate(lengths))
    return (
        np.concatenate([trained[row, :length] for row, length in rows]),
        np.concatenate([served[row, :length] for row, length in rows]),
    )


# --- the generator ----------------------------------------------------------------------------

GENERATOR = GeneratorPlan(
    tokenizer=TokenizerSettings("character", 60, 1, lowercase=False, normalization="none"),
    embedding=Embedding(units=12, dropout=0.05),
    encoders=(Encoder(units=24, bidirectional=False),),
    head=GeneratorHead(dropout=0.05),
    language_model=LanguageSettings(candidates=20),
    training=TrainingSettings(
        epochs=6, learning_rate=0.02, max_tokens=20, window_overlap=0, batch_size=8
    ),
)
STOPPED_GENERATOR = replace(
    GENERATOR,
    encoders=(Encoder(units=12, bidirectional=False, recurrent_dropout=0.1, weight_dropout=0.1),),
    training=replace(
        GENERATOR.training,
        epochs=4,
        patience=0,
        learning_rate=0.05,
        batch_size=4,
        average=0.5,
        compute="bfloat16",
    ),
)


def train_verses(out: Path, plan: GeneratorPlan, **options: Any) -> None:
    verses = made_up_verses(300 if plan is GENERATOR else 60)
    passages = [Passage(text, ends=True) for text in verses]
    info = ModelInfo("tiny-generator", "zh", description="Made-up verses.", licence="CC0-1.0")
    run_generator(lambda: passages, out=out, plan=plan, info=info, **options)


def generator_builders(bundle: Bundle, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The logits after each token of a text (B, T, V)."""
    network = GeneratorNetwork.from_dict(bundle.manifest.network)
    ids = Tokenizer.load(bundle.path / "tokenizer.json").encode("".join(texts)).ids
    tokens = ids[: len(ids) // 4 * 4].reshape(4, -1)
    model = build_generator(network)
    randomize(model)
    graph = compile_generator(network, export_weights(model, network), precision="float32")
    stepper = Stepper(Session(graph, threads=1), network.state_units, precision="float32")
    states, served = stepper.start(len(tokens)), []
    for column in tokens.T:
        logits, states = stepper.step(column, states)
        served.append(logits)
    trained = model(tokens, zero_states(network, len(tokens)))["logits"]
    return np.asarray(trained), np.stack(served, axis=1)


# --- the forecaster ---------------------------------------------------------------------------

FORECASTER = ForecasterPlan(
    series=WindowSettings(window=12, horizon=4),
    encoders=(Encoder("gru", 8, bidirectional=False),),
    head=ForecastHeadSettings(segment=3, dropout=0.1),
    training=TrainingSettings(epochs=8, learning_rate=0.02, batch_size=32),
)
STOPPED_FORECASTER = replace(
    FORECASTER,
    head=ForecastHeadSettings("steps", strategy="recursive", loss="quantiles", dropout=0.1),
    encoders=(Encoder("rnn", 8, bidirectional=False, dropout=0.1, recurrent_dropout=0.1),),
    training=replace(FORECASTER.training, epochs=5, patience=0, average=0.5),
)
LOADS = [made_up_load(12 + 5 * n, random_state=n).values[:, 0].tolist() for n in range(6)]


def train_load(out: Path, plan: ForecasterPlan, **options: Any) -> None:
    info = ModelInfo("tiny-forecaster", description="A made-up load.", licence="CC0-1.0")
    run_forecaster([made_up_load(240)], out=out, plan=plan, info=info, **options)


def forecaster_builders(bundle: Bundle, series: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """The forecasts of normalised windows (B, S, K, Q)."""
    network = ForecasterNetwork.from_dict(bundle.manifest.network)
    windows = np.array([one[-network.window :] for one in series], np.float32)[..., None]
    windows = (windows - windows.mean()) / windows.std()
    model = build_forecaster(network)
    randomize(model)
    graph = compile_forecaster(network, export_weights(model, network))
    served = Session(graph, threads=1).run({"windows": windows})["forecast"]
    return np.asarray(model(windows)), served


# --- the translator ---------------------------------------------------------------------------

TRANSLATOR = TranslatorPlan(
    pairs=PairSettings(vocabularies="joint", copies=True),
    tokenizer=TokenizerSettings("word", 60, 3, lowercase=False, normalization="NFC"),
    embedding=Embedding(units=16),
    encoders=(Encoder("gru", 16),),
    head=TranslatorHead(copying=True),
    training=TrainingSettings(
        epochs=4, learning_rate=0.02, batch_size=60, max_tokens=20, window_overlap=0,
        schedule="cosine", patience=0,
    ),
)  # fmt: skip
STOPPED_TRANSLATOR = replace(
    TRANSLATOR,
    pairs=replace(TRANSLATOR.pairs, epoch_batches=40),
    encoders=(Encoder("rnn", 12, dropout=0.1, recurrent_dropout=0.1),),
    decoder=DecoderSettings(units=12),
    head=TranslatorHead(copying=True, dropout=0.1),
    training=replace(
        TRANSLATOR.training, epochs=4, average=0.5, label_smoothing=0.1, compute="bfloat16"
    ),
)
FED_TRANSLATOR = replace(
    STOPPED_TRANSLATOR,
    pairs=replace(TRANSLATOR.pairs, vocabularies="separate"),
    encoders=(Encoder("gru", 12, bidirectional=False, dropout=0.1),),
    head=TranslatorHead("additive", 8, input_feeding=True, tied=False),
)
SENTENCES = [
    "the cat sees the dog .",
    "Dof calls a child . the queen knows Bul .",
    "a child",
    "the dog knows Kramp . " * 4,
    "calls",
    "the queen sees a child .",
]


def train_pairs(out: Path, plan: TranslatorPlan, **options: Any) -> None:
    info = ModelInfo("tiny-translator", "en", description="Made-up pairs.", licence="CC0-1.0")
    pairs, held = made_up_pairs(300), made_up_pairs(40, random_state=1)
    run_translator(pairs, out=out, validation=held, plan=plan, info=info, **options)


def translator_builders(bundle: Bundle, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The log-probabilities (B, T, V) of what may come after each token of a text, of the others as
    sources.
    """
    network = TranslatorNetwork.from_dict(bundle.manifest.network)
    tokenizer = Tokenizer.load(bundle.path / "tokenizer.json")
    source, lengths = pad([text.ids for text in tokenizer.encode_batch(texts)])
    written = np.array([[2, *tokenizer.encode(texts[0]).ids]] * len(source), np.int32)
    model = build_translator(network)
    randomize(model)
    found, trained = model(source, written), []
    for token in range(network.vocabulary_size):
        to_come = np.full_like(written, token)
        trained.append(-np.asarray(token_losses(found, source, to_come, 0.0)))
    graphs = compile_translator(network, export_weights(model, network), precision="float32")
    encoder, decoder = (
        Session(graphs[f"{name}.onnx"], threads=1) for name in ("encoder", "decoder")
    )
    memory = encoder.run({"tokens": source, "lengths": lengths})
    given = {name: memory[name] for name in ("keys", "values")} | {"lengths": lengths}
    given |= {"candidates": np.zeros(network.vocabulary_size, np.int64), "copied": source}
    states, served = {name: memory[f"first/{name}"] for name in network.state_units}, []
    for column in written.T:
        out = decoder.run({"tokens": column, **states, **given})
        states = {name: out[f"new/{name}"] for name in states}
        ordered = np.zeros_like(out["log_probabilities"])
        np.put_along_axis(ordered, out["next"], out["log_probabilities"], axis=1)
        served.append(ordered)
    return np.stack(trained, axis=-1), np.stack(served, axis=1)


HEADS = {
    "classifier": HeadCase(
        name="tiny",
        plan=CLASSIFIER,
        runs={
            "labels": (STOPPED_CLASSIFIER, {}),
            "consistency": (replace(STOPPED_CLASSIFIER, consistency=CONSISTENCY), MORE),
            "language model": (replace(IN_16_BITS, auxiliary=LANGUAGE_MODEL), MORE),
        },
        train=train_reviews,
        has_learned=lambda scores: scores["validation_accuracy"] > 0.8,
        texts=REVIEWS,
        options={},
        examples=(
            "reviews.csv",
            "text,label\nthe soup was awful,negative\na fine song,positive\n",
        ),
        builders=classifier_builders,
        files=("tokenizer.json", "model.onnx"),
        call=("classify", "--text", "a dull song", "--model", "MODEL"),
    ),
    "tagger": HeadCase(
        name="tiny-tagger",
        plan=TAGGER,
        runs={
            "spans": (STOPPED_TAGGER, {}),
            "folds": (
                replace(STOPPED_TAGGER, training=replace(STOPPED_TAGGER.training, folds=3)),
                {},
            ),
        },
        train=train_news,
        has_learned=lambda scores: scores["validation_f1"] > 0.8,
        texts=NEWS,
        options={"readings": 2},
        examples=("news.conll", "Ada B-PER\nspoke O\n. O\n\nEmil B-PER\nof O\nLima B-LOC\n\n"),
        builders=tagger_builders,
        files=("features.json", "tables.npz", "words.onnx", "model.onnx"),
        call=("tag", "--text", "Ada spoke", "--model", "MODEL"),
    ),
    "generator": HeadCase(
        name="tiny-generator",
        plan=GENERATOR,
        runs={"verses": (STOPPED_GENERATOR, {})},
        train=train_verses,
        has_learned=lambda scores: scores["validation_perplexity"] < 10,
        texts=SEEDS,
        options={"length": 12, "random_state": 3},
        examples=("verses.txt", "山来月照光，\n水去月照霜。\n"),
        builders=generator_builders,
        files=("tokenizer.json", "model.onnx"),
        call=("generate", "--seed", "山", "--model", "MODEL"),
    ),
    "forecaster": HeadCase(
        name="tiny-forecaster",
        plan=FORECASTER,
        runs={"segments": (FORECASTER, {}), "quantiles of steps": (STOPPED_FORECASTER, {})},
        train=train_load,
        has_learned=lambda scores: (
            scores["validation_mse"] < 0.3 * scores["validation_mse of last value"]
        ),
        texts=LOADS,
        options={"horizon": 6, "interval": 0.8},
        examples=("load.csv", "load\n" + "\n".join(map(str, LOADS[-1])) + "\n"),
        builders=forecaster_builders,
        files=("baselines.npz", "intervals.npz", "model.onnx"),
        call=("forecast", "MODEL", "FILE"),
        record=lambda load: {"values": load},
    ),
    "translator": HeadCase(
        name="tiny-translator",
        plan=TRANSLATOR,
        runs={"copying": (STOPPED_TRANSLATOR, {}), "two vocabularies": (FED_TRANSLATOR, {})},
        train=train_pairs,
        has_learned=lambda scores: scores["validation_bleu"] > 15,
        texts=SENTENCES,
        options={"beam": 2, "n_best": 2},
        examples=(
            "pairs.tsv",
            "source\ttarget\nthe cat sees the dog .\tdie Katze sieht den Hund .\n"
            "a child calls the queen .\tein Kind ruft die Frau .\n",
        ),
        builders=translator_builders,
        files=("tokenizer.json", "encoder.onnx", "decoder.onnx"),
        call=("translate", "--text", "the cat sees a child .", "--model", "MODEL"),
    ),
}
