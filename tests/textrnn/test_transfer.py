"""Beginning with other models: which weights go where, and what stays frozen."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from head_cases import CLASSIFIER
from made_up import made_up_reviews, made_up_sentences
from textrnn.bundle.bundle import Bundle
from textrnn.corpora import LabelledText, Passage
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork, HeadSettings
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.network import GeneratorHead
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.classifier.run import run_classifier
from textrnn.training.generator.plan import GeneratorPlan, LanguageSettings
from textrnn.training.generator.run import run_generator
from textrnn.training.generator.token_store import write_tokens
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.loop.optimizers import make_optimizer
from textrnn.training.model_info import ModelInfo
from textrnn.training.settings import TokenizerSettings, TrainingSettings, VectorSettings
from textrnn.training.tagger.plan import FeatureSettings, TaggerPlan
from textrnn.training.tagger.run import run_tagger
from textrnn.training.weights.files import pack_whole_weights, read_weights, unpack_weights
from textrnn.training.weights.initial_model import open_initial_models
from textrnn.training.weights.named import export_weights
from textrnn.training.weights.transfer import begin_with

pytestmark = pytest.mark.train

TEXTS = [Passage(example.text, ends=True) for example in made_up_reviews(60)]
LANGUAGE = GeneratorPlan(
    tokenizer=TokenizerSettings(min_frequency=1),
    embedding=Embedding(units=6),
    encoders=(Encoder(units=5, bidirectional=False),) * 2,
    head=GeneratorHead(),
    language_model=LanguageSettings(fingerprint=False),
    training=TrainingSettings(
        epochs=1, batch_size=4, max_tokens=8, window_overlap=0, learning_rate=0.01
    ),
)
PLAN = ClassifierPlan(
    embedding=Embedding(units=6, frozen_epochs=-1),
    encoders=(Encoder(units=5),) * 2,
    head=HeadSettings(pooling=("last",), dropout=0.0),
    training=TrainingSettings(epochs=1, batch_size=16, validation_split=0.2, learning_rate=1e-9),
)
ONE_WAY = replace(PLAN, encoders=(Encoder(units=5, bidirectional=False),) * 2)


@pytest.fixture(scope="module")
def forward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forward") / "forward"
    run_generator(lambda: TEXTS, out=out, plan=LANGUAGE)
    return out


@pytest.fixture(scope="module")
def backward(forward: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shares the forward model's vocabulary and embedding."""
    out = tmp_path_factory.mktemp("backward") / "backward"
    plan = replace(
        LANGUAGE,
        embedding=replace(LANGUAGE.embedding, frozen_epochs=-1),
        language_model=replace(LANGUAGE.language_model, backward=True),
    )
    run_generator(lambda: TEXTS, out=out, plan=plan, init_from=[forward])
    return out


def weights(model: Path) -> dict[str, np.ndarray]:
    return read_weights(Bundle.open(model))


def test_a_backward_model_reads_documents_from_their_ends(tmp_path: Path) -> None:
    tokenizer = Tokenizer.train(["a b c", "d e"], level="word", min_frequency=1)
    texts = [Passage("a b c", ends=True), Passage("d e", ends=True)]
    store = write_tokens(texts, tokenizer, tmp_path / "tokens.bin")
    ((tokens, targets),) = store.windows(streams=1, length=100, backward=True)
    numbers = tokenizer.vocabulary()
    names = {number: word for word, number in numbers.items()}
    assert [names[t] for t in tokens[0]] == ["<s>", "c", "b", "a", "</s>", "<s>", "e", "d"]
    assert [names[t] for t in targets[0]][-1] == "</s>"


def test_a_backward_model_does_not_write(backward: Path) -> None:
    with pytest.raises(BundleError, match="reads backward and does not write"):
        Generator.load(backward)


def test_a_backward_model_shares_the_embedding(forward: Path, backward: Path) -> None:
    ours, theirs = weights(backward), weights(forward)
    assert ours["embedding"] == pytest.approx(theirs["embedding"], abs=0.01)
    kernel = "encoder_0/forward/kernel"
    assert np.abs(ours[kernel] - theirs[kernel]).max() > 0.05
    assert (backward / "tokenizer.json").read_bytes() == (forward / "tokenizer.json").read_bytes()


def test_a_classifier_begins_with_both(forward: Path, backward: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    run_classifier(
        made_up_reviews(80),
        out=tmp_path / "m",
        plan=PLAN,
        init_from=[forward, backward],
        on_message=lines.append,
    )
    assert f"{forward}: begins with its embedding, encoder_0 forward, encoder_1 forward" in lines
    assert f"{backward}: begins with its encoder_0 backward, encoder_1 backward" in lines
    assert Bundle.open(tmp_path / "m").manifest.training["begins_with"] == [
        "forward: begins with its embedding, encoder_0 forward, encoder_1 forward",
        "backward: begins with its encoder_0 backward, encoder_1 backward",
    ]
    found, ahead, behind = weights(tmp_path / "m"), weights(forward), weights(backward)
    close = {"abs": 2e-3}  # the bundle keeps 16 bits
    assert found["embedding"] == pytest.approx(ahead["embedding"], **close)
    for part in ("kernel", "recurrent", "bias"):
        name = f"encoder_0/forward/{part}"
        assert found[name] == pytest.approx(ahead[name], **close)
        assert found[f"encoder_0/backward/{part}"] == pytest.approx(behind[name], **close)
    # The second layer reads both directions; each model knew its own alone.
    kernels = {way: found[f"encoder_1/{way}/kernel"] for way in ("forward", "backward")}
    assert kernels["forward"][:5] == pytest.approx(ahead["encoder_1/forward/kernel"], **close)
    assert kernels["backward"][5:] == pytest.approx(behind["encoder_1/forward/kernel"], **close)
    assert np.abs(kernels["forward"][5:]).max() < 1e-3
    assert np.abs(kernels["backward"][:5]).max() < 1e-3


def test_at_first_the_two_directions_are_the_two_models(forward: Path, backward: Path) -> None:
    """What the classifier's encoders give is what the language models' own would."""
    models = open_initial_models([forward, backward])
    size = models[0].tokenizer.vocabulary_size
    network = ClassifierNetwork(
        size, ClassifierHead(labels=("a", "b")), PLAN.embedding, PLAN.encoders
    )
    built = build_classifier(network)
    begin_with(models, built, network)
    tokens = np.array([[4, 7, 5, 9]], np.int32)
    encoder = built.get_layer("encoder_1")
    import keras

    outputs = keras.Model(built.input, encoder.output[0])(tokens)
    for part, path, order in ((slice(0, 5), forward, 1), (slice(5, 10), backward, -1)):
        given = weights(path)
        state = given["embedding"][tokens[0][::order]]
        for number in (0, 1):
            state = _lstm(state, given, f"encoder_{number}/forward")
        assert np.array(outputs)[0][::order, part] == pytest.approx(state, abs=1e-4)


def _lstm(inputs: np.ndarray, given: dict[str, np.ndarray], name: str) -> np.ndarray:
    """An LSTM over (T, D), by its equations."""

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-x))

    units = given[f"{name}/recurrent"].shape[0]
    state, memory, outputs = np.zeros(units), np.zeros(units), []
    for row in inputs:
        gates = row @ given[f"{name}/kernel"] + state @ given[f"{name}/recurrent"]
        entry, forget, candidate, output = np.split(gates + given[f"{name}/bias"], 4)
        memory = sigmoid(forget) * memory + sigmoid(entry) * np.tanh(candidate)
        state = sigmoid(output) * np.tanh(memory)
        outputs.append(state)
    return np.array(outputs)


def test_a_classifier_goes_on_as_another_with_the_same_labels(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    still = replace(CLASSIFIER, training=TrainingSettings(epochs=1, learning_rate=1e-9))
    run_classifier(
        made_up_reviews(40, random_state=5),
        out=tmp_path / "second",
        plan=still,
        init_from=[tiny_bundle],
    )
    texts = ["a lovely song", "what a dull hotel"]
    first, second = (
        Classifier.load(path).classify(texts) for path in (tiny_bundle, tmp_path / "second")
    )
    assert [a.label for a in first] == ["positive", "negative"]
    for one, other in zip(first, second, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.02)


def test_a_classifier_keeps_what_it_knows_of_labels_beside_a_new_one(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    still = replace(CLASSIFIER, training=TrainingSettings(epochs=1, learning_rate=1e-9))
    neutral = [LabelledText(f"room {number}", "neutral") for number in range(8)]
    lines: list[str] = []
    run_classifier(
        [*made_up_reviews(40, random_state=5), *neutral],
        out=tmp_path / "three",
        plan=still,
        init_from=[tiny_bundle],
        on_message=lines.append,
    )
    assert f"{tiny_bundle}: has no label neutral, which begins at random" in lines
    first, second = weights(tiny_bundle), weights(tmp_path / "three")
    for name in ("output/kernel", "output/bias"):
        poles = second[name][..., [0, 2]]  # negative, positive
        assert poles == pytest.approx(first[name], abs=2e-3)
    assert np.abs(second["output/kernel"][:, 1]).max() > 0.05


def test_a_tagger_begins_with_encoders_and_the_rows_of_its_words(
    forward: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    plan = TaggerPlan(
        features=FeatureSettings(min_frequency=1, shape_units=3),
        embedding=Embedding(units=6, frozen_epochs=-1),
        encoders=ONE_WAY.encoders,
        training=TrainingSettings(epochs=1, learning_rate=1e-9, validation_split=0.2),
    )
    run_tagger(
        made_up_sentences(60),
        out=tmp_path / "m",
        plan=plan,
        init_from=[forward],
        on_message=lines.append,
    )
    assert f"{forward}: begins with its encoder_0 forward, encoder_1 forward" in lines
    assert any(line.startswith(f"{forward}: rows for ") for line in lines)
    found, ahead = weights(tmp_path / "m"), weights(forward)
    kernel = found["encoder_0/forward/kernel"]
    assert len(kernel) == 9  # six of the embedding, three of the shape
    assert kernel[:6] == pytest.approx(ahead["encoder_0/forward/kernel"], abs=2e-3)


def test_what_does_not_fit_is_named(forward: Path, tiny_tagger: Path, tmp_path: Path) -> None:
    other = replace(PLAN, encoders=(Encoder(units=7),))
    with pytest.raises(ConfigurationError, match=r"encoder_0/forward/kernel has shape \(6, 20\)"):
        run_classifier(made_up_reviews(40), out=tmp_path / "m", plan=other, init_from=[forward])
    with pytest.raises(ConfigurationError, match="a tagger; a generator or a classifier is needed"):
        run_classifier(made_up_reviews(40), out=tmp_path / "n", plan=PLAN, init_from=[tiny_tagger])


def test_a_head_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    """Rows of an output layer mean what was pooled; of another pooling they mean nothing."""
    simple = replace(PLAN, encoders=(Encoder("rnn", 5, bidirectional=False),))
    first = replace(simple, head=replace(PLAN.head, pooling=("mean",)))
    run_classifier(made_up_reviews(40), out=tmp_path / "first", plan=first)
    for pooling, taken in (("mean",), True), (("max",), False), (("mean", "max"), False):
        lines: list[str] = []
        out = tmp_path / "-".join(pooling)
        plan = replace(simple, head=replace(PLAN.head, pooling=pooling))
        options = {"init_from": [tmp_path / "first"], "on_message": lines.append}
        run_classifier(made_up_reviews(40), out=out, plan=plan, **options)  # type: ignore[arg-type]
        (line,) = (line for line in lines if "begins with its" in line)
        assert line.endswith(", output") is taken


def test_what_contradicts_itself_is_refused(forward: Path, tmp_path: Path) -> None:
    def begin(plan: ClassifierPlan = PLAN, **options: object) -> None:
        run_classifier(made_up_reviews(40), out=tmp_path / "m", plan=plan, **options)  # type: ignore[arg-type]

    with pytest.raises(ConfigurationError, match="word vectors or with another model's rows"):
        begin(init_from=[forward], embeddings=[tmp_path / "vectors.txt"])
    with pytest.raises(ConfigurationError, match="word vectors or with another model's rows"):
        begin(replace(PLAN, vectors=VectorSettings("cbow")), init_from=[forward])
    with pytest.raises(ConfigurationError, match="an earlier model gives all the layers"):
        begin(init_from=[forward, forward])


class InterruptionError(Exception):
    """Stands for a power cut in the middle of training."""


def test_a_run_that_thaws_resumes_exactly_and_from_nothing_else(
    forward: Path, tmp_path: Path
) -> None:
    plan = replace(
        ONE_WAY,
        embedding=Embedding(units=6, frozen_epochs=2),
        training=replace(
            PLAN.training, epochs=5, patience=1, learning_rate=0.01, checkpoint_minutes=1e-9
        ),
    )

    def interrupt(event: TrainingEvent) -> None:
        if event.epoch == 3 and event.step == 2 and event.record is None:
            raise InterruptionError

    def train(out: Path, **options: object) -> list[str]:
        lines: list[str] = []
        given = {"init_from": [forward], "on_message": lines.append, **options}
        run_classifier(made_up_reviews(80), out=out, plan=plan, **given)  # type: ignore[arg-type]
        return lines

    train(tmp_path / "whole")
    with pytest.raises(InterruptionError):
        train(tmp_path / "cut", on_event=interrupt)
    with pytest.raises(
        ConfigurationError,
        match="made with other models or vectors to begin with, other settings: tokenizer",
    ):
        train(tmp_path / "cut", resume=True, init_from=[])
    train(tmp_path / "cut", resume=True)
    first, second = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert all(np.array_equal(first[name], second[name]) for name in first)
    begun = Bundle.open(tmp_path / "cut").manifest.training["begins_with"]
    assert begun == ["forward: begins with its embedding, encoder_0 forward, encoder_1 forward"]


def test_a_new_run_knows_nothing_of_a_stopped_one(forward: Path, tmp_path: Path) -> None:
    def interrupt(event: TrainingEvent) -> None:
        raise InterruptionError

    with pytest.raises(InterruptionError):
        run_classifier(
            made_up_reviews(40), out=tmp_path / "m", plan=ONE_WAY, init_from=[forward],
            on_event=interrupt,
        )  # fmt: skip
    run_classifier(made_up_reviews(40), out=tmp_path / "m", plan=ONE_WAY)
    assert Bundle.open(tmp_path / "m").manifest.training["begins_with"] == []


def test_the_vocabularys_settings_are_the_models(forward: Path, backward: Path) -> None:
    given, taken = (
        Bundle.open(path).manifest.training["tokenizer"] for path in (forward, backward)
    )
    assert taken == given
    assert taken["level"] == "word"


def test_a_shipped_model_is_named(tmp_path: Path) -> None:
    (model,) = open_initial_models([Path("sentiment-en")])
    assert model.tokenizer.vocabulary_size == 23_866
    assert model.note_on_language("en") == model.note_on_language("") == ""
    assert model.note_on_language("zh").startswith(
        "has learned English, and these texts are in Chi"
    )


def test_another_language_and_a_shipped_model_s_name_are_noted(
    forward: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    train = [LabelledText(f"第{number}部电影很好", "AB"[number % 2]) for number in range(20)]
    run_classifier(
        train,
        out=tmp_path / "m",
        plan=PLAN,
        info=ModelInfo(name="sentiment-en"),
        init_from=[forward],
        on_message=said.append,
    )
    assert said[-1].startswith("note: a shipped model is called sentiment-en, too")
    assert f"note: {forward} has learned English, and these texts are in Chinese: it may know " in (
        "\n".join(said)
    )


def test_models_must_share_their_vocabulary(forward: Path, tiny_generator: Path) -> None:
    with pytest.raises(ConfigurationError, match="have different vocabularies"):
        open_initial_models([forward, tiny_generator])


def optimized(thawed: int, *, steps: int) -> list[dict[str, np.ndarray]]:
    """What each of some steps of Adam with a constant gradient changes after the thaw."""
    import keras

    keras.utils.set_random_seed(1)
    network = ClassifierNetwork(
        9,
        ClassifierHead(labels=("a", "b"), pooling=("last",)),
        Embedding(units=3),
        (Encoder("rnn", 2, bidirectional=False),),
    )
    model = build_classifier(network)
    late = model.get_layer("embedding").weights
    settings = TrainingSettings(optimizer="adam", clip_norm=0.0, learning_rate=1e-3)
    made = make_optimizer(settings, [(variable, thawed) for variable in late])
    variables = model.trainable_variables
    made.build(variables)
    changes, after = [], {}
    for step in range(thawed + steps):
        before = after
        active = [v for v in variables if step >= thawed or all(v is not one for one in late)]
        made.apply([keras.ops.full(v.shape, 0.3) for v in active], active)
        after = export_weights(model, network) if step >= thawed - 1 else {}
        if step >= thawed:
            changes.append({name: after[name] - before[name] for name in after})
    return changes


def test_a_thawed_layers_steps_are_those_of_a_new_one() -> None:
    """Adam under a constant gradient steps by the rate, however late the layer thaws."""
    for change in optimized(200, steps=20):
        assert change["embedding"] == pytest.approx(np.full((9, 3), -1e-3), rel=0.01)
        assert change["output/kernel"] == pytest.approx(np.full((2, 2), -1e-3), rel=0.01)


def test_eight_bits_are_off_by_half_a_step_of_their_column() -> None:
    """An embedding has a scale for each row, any other kernel one for each output."""
    rng = np.random.default_rng(0)
    shapes = {
        "embedding": (5, 4),
        "output/kernel": (4, 3),
        "ngrams/kernel": (2, 4, 3),
        "bias": (3,),
    }
    weights = {name: rng.normal(size=shape).astype("f4") for name, shape in shapes.items()}
    packed = pack_whole_weights(weights)
    found = unpack_weights(packed)
    for name, value in weights.items():
        axes = 1 if name == "embedding" else tuple(range(value.ndim - 1))
        step = np.abs(value).max(axis=axes, keepdims=True) / 127 if value.ndim > 1 else 0.0
        assert np.all(np.abs(found[name] - value) <= step / 2 + 1e-6)
    with np.load(io.BytesIO(packed)) as file:
        assert file["ngrams/kernel/scale"].shape == (1, 1, 3)
