"""Beginning with other models: which weights go where, what stays frozen, and at which rates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_reviews, made_up_sentences
from textrnn.corpora import Passage
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.classifier import Classifier
from textrnn.heads.generator import Generator
from textrnn.network import ClassifierHead, Embedding, Encoder, GeneratorHead, Network
from textrnn.tokenization import Tokenizer
from textrnn.training.build import build_model
from textrnn.training.classifier import ClassifierPlan, train_classifier
from textrnn.training.fit import TrainingEvent, make_optimizer
from textrnn.training.generator import GeneratorPlan, train_generator
from textrnn.training.layer_groups import frozen_epochs, layer_groups, layer_rates
from textrnn.training.named_weights import export_weights
from textrnn.training.run import unpack_weights
from textrnn.training.settings import (
    FeatureSettings,
    HeadSettings,
    LanguageSettings,
    TokenizerSettings,
    TrainingSettings,
    TransferSettings,
)
from textrnn.training.tagger import TaggerPlan, train_tagger
from textrnn.training.token_store import write_tokens
from textrnn.training.transfer import begin_with, open_initial_models

pytestmark = pytest.mark.train

TEXTS = [Passage(example.text, ends=True) for example in made_up_reviews(60)]
LANGUAGE = GeneratorPlan(
    tokenizer=TokenizerSettings(min_frequency=1),
    embedding=Embedding(units=6),
    encoders=(Encoder(units=5, bidirectional=False),) * 2,
    head=GeneratorHead(),
    language=LanguageSettings(fingerprint=False),
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


@pytest.fixture(scope="module")
def forward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forward") / "forward"
    train_generator(lambda: TEXTS, out=out, plan=LANGUAGE)
    return out


@pytest.fixture(scope="module")
def backward(forward: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shares the forward model's vocabulary and embedding."""
    out = tmp_path_factory.mktemp("backward") / "backward"
    plan = replace(
        LANGUAGE,
        embedding=replace(LANGUAGE.embedding, frozen_epochs=-1),
        language=replace(LANGUAGE.language, backward=True),
    )
    train_generator(lambda: TEXTS, out=out, plan=plan, init_from=[forward])
    return out


def weights(model: Path) -> dict[str, np.ndarray]:
    return unpack_weights((model / "weights.npz").read_bytes())


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
    train_classifier(
        made_up_reviews(80),
        out=tmp_path / "m",
        plan=PLAN,
        init_from=[forward, backward],
        on_message=lines.append,
    )
    assert f"{forward}: begins with its embedding, encoder_0 forward, encoder_1 forward" in lines
    assert f"{backward}: begins with its encoder_0 backward, encoder_1 backward" in lines
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
    network = Network(size, ClassifierHead(("a", "b")), PLAN.embedding, PLAN.encoders)
    built = build_model(network)
    begin_with(models, built, network, labels=("a", "b"))
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


def test_a_classifier_goes_on_as_another_with_the_same_labels(tmp_path: Path) -> None:
    plan = ClassifierPlan(
        tokenizer=TokenizerSettings(min_frequency=2),
        embedding=Embedding(units=8),
        encoders=(Encoder(units=6),),
        head=HeadSettings(pooling=("attention", "max"), attention_units=4, dropout=0.1),
        training=TrainingSettings(epochs=6, learning_rate=0.02, batch_size=16),
    )
    train_classifier(made_up_reviews(160), out=tmp_path / "first", plan=plan)
    still = replace(plan, training=TrainingSettings(epochs=1, learning_rate=1e-9))
    train_classifier(
        made_up_reviews(40, random_state=5),
        out=tmp_path / "second",
        plan=still,
        init_from=[tmp_path / "first"],
    )
    texts = ["a lovely song", "what a dull hotel"]
    first, second = (
        Classifier.load(tmp_path / name).classify(texts) for name in ("first", "second")
    )
    assert [a.label for a in first] == ["positive", "negative"]
    for one, other in zip(first, second, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.02)


def test_a_tagger_begins_with_encoders_and_the_rows_of_its_words(
    forward: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    plan = TaggerPlan(
        features=FeatureSettings(min_frequency=1, shape_units=3),
        embedding=Embedding(units=6, frozen_epochs=-1),
        encoders=(Encoder(units=5),) * 2,
        training=TrainingSettings(epochs=1, learning_rate=1e-9, validation_split=0.2),
    )
    train_tagger(
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
        train_classifier(made_up_reviews(40), out=tmp_path / "m", plan=other, init_from=[forward])
    with pytest.raises(ConfigurationError, match="a tagger; begin with a generator"):
        train_classifier(
            made_up_reviews(40), out=tmp_path / "n", plan=PLAN, init_from=[tiny_tagger]
        )


def test_models_must_share_their_vocabulary(forward: Path, tiny_generator: Path) -> None:
    with pytest.raises(ConfigurationError, match="have different vocabularies"):
        open_initial_models([forward, tiny_generator])


def test_layers_thaw_from_the_top(tmp_path: Path) -> None:
    groups = layer_groups(["embedding", "shapes_table", "encoder_0", "encoder_1", "output", "crf"])
    assert frozen_epochs(groups, 2) == {
        "embedding": 6,
        "shapes_table": 6,
        "encoder_0": 4,
        "encoder_1": 2,
        "output": 0,
        "crf": 0,
    }
    assert layer_rates(groups, 0.5) == {
        "embedding": 0.125,
        "shapes_table": 0.125,
        "encoder_0": 0.25,
        "encoder_1": 0.5,
        "output": 1.0,
        "crf": 1.0,
    }


def test_a_frozen_layer_stays_until_its_turn(tmp_path: Path) -> None:
    seen: list[dict[str, np.ndarray]] = []
    network = Network(9, ClassifierHead(("a", "b")), Embedding(units=3), (Encoder(units=2),))
    from textrnn.training.batches import EncodedTexts
    from textrnn.training.classification import ClassificationObjective
    from textrnn.training.fit import Fit

    texts = EncodedTexts([np.array([4, 5, 6], np.int32)] * 8, np.arange(8) % 2)
    settings = TrainingSettings(epochs=3, patience=0, batch_size=4, learning_rate=0.05)
    model = build_model(network)
    objective = ClassificationObjective(model, texts, texts, settings, labels=("a", "b"))

    def watch(event: TrainingEvent) -> None:
        if event.record is not None:
            seen.append(export_weights(model, network))

    seen.append(export_weights(model, network))
    groups = layer_groups(["embedding", "encoder_0", "attention", "output"])
    frozen = frozen_epochs(groups, 1)
    Fit(model, objective, settings, frozen_epochs=frozen, on_event=watch).run()
    for name, thaws in (("embedding", 2), ("encoder_0/backward/kernel", 1), ("output/kernel", 0)):
        for epoch in range(3):
            same = np.array_equal(seen[epoch][name], seen[epoch + 1][name])
            assert same is (epoch < thaws), (name, epoch)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
def test_layers_learn_at_their_own_rates(optimizer: str) -> None:
    """A layer's change is its share of what it would be at the whole rate."""
    network = Network(9, ClassifierHead(("a", "b")), Embedding(units=3), (Encoder(units=2),))
    settings = TrainingSettings(optimizer=optimizer, clip_norm=0.0)
    rates = {"embedding": 0.25, "encoder_0": 0.5}
    changes = []
    for given in (None, rates):
        import keras

        keras.utils.set_random_seed(1)
        model = build_model(network)
        before = export_weights(model, network)
        made = make_optimizer(settings, given)
        made.build(model.trainable_variables)
        gradients = [np.full(v.shape, 0.3, np.float32) for v in model.trainable_variables]
        made.apply([keras.ops.convert_to_tensor(g) for g in gradients], model.trainable_variables)
        after = export_weights(model, network)
        changes.append({name: after[name] - before[name] for name in after})
    whole, shared = changes
    for name in whole:
        share = rates.get(name.split("/")[0], 1.0)
        assert shared[name] == pytest.approx(share * whole[name], rel=1e-3, abs=1e-7)


@pytest.mark.parametrize("decay", [0.0, -0.5, 1.5])
def test_settings_are_checked(decay: float) -> None:
    with pytest.raises(ConfigurationError, match="layer_decay must be above 0 and at most 1"):
        TransferSettings(layer_decay=decay)
    with pytest.raises(ConfigurationError, match="unfreeze_epochs must be 0 or more"):
        TransferSettings(unfreeze_epochs=-1)
