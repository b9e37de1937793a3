"""Training: the same twice, the same after an interruption, and each setting doing its work."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from made_up import made_up_reviews
from textrnn.bundle.bundle import Bundle
from textrnn.corpora import LabelledText
from textrnn.errors import ConfigurationError, InputError, TrainingError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork, HeadSettings
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.objective import ClassificationObjective, label_weights
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.classifier.run import run_classifier
from textrnn.training.loop.checkpoint import RunState
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.loop.fit import Fit
from textrnn.training.loop.history import training_figure
from textrnn.training.loop.optimizers import make_optimizer
from textrnn.training.settings import TokenizerSettings, TrainingSettings, VectorSettings
from textrnn.training.weights.files import read_weights

pytestmark = pytest.mark.train

REVIEWS = made_up_reviews(96)
PLAN = ClassifierPlan(
    tokenizer=TokenizerSettings(min_frequency=2),
    embedding=Embedding(units=6, dropout=0.2, word_dropout=0.1),
    encoders=(Encoder("rnn", units=5, bidirectional=False, dropout=0.1),),
    head=HeadSettings(pooling=("last",), dropout=0.2),
    training=TrainingSettings(
        epochs=3,
        patience=0,
        batch_size=16,
        learning_rate=0.01,
        validation_split=0.2,
    ),
)


TINY = ClassifierNetwork(
    vocabulary_size=9,
    head=ClassifierHead(labels=("a", "b"), pooling=("last",), dropout=0.0),
    embedding=Embedding(units=4),
    encoders=(Encoder("rnn", units=3, bidirectional=False),),
)
TINY_TEXTS = EncodedTexts([np.array([i % 7 + 2], np.int32) for i in range(20)], np.arange(20) % 2)


class InterruptionError(Exception):
    """Stands for a power cut in the middle of training."""


def weights(out: Path) -> dict[str, np.ndarray]:
    return read_weights(Bundle.open(out))


def train(out: Path, plan: ClassifierPlan = PLAN, **options: object) -> dict[str, np.ndarray]:
    run_classifier(REVIEWS, out=out, plan=plan, **options)  # type: ignore[arg-type]
    return weights(out)


def assert_same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> None:
    assert first.keys() == second.keys()
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name], err_msg=name)


def with_training(**changes: object) -> ClassifierPlan:
    return replace(PLAN, training=replace(PLAN.training, **changes))  # type: ignore[arg-type]


ENCODER = Encoder("rnn", units=7)
AVERAGED = with_training(average_epochs=2)


@pytest.fixture(scope="module")
def plain_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain") / "model"
    train(out, AVERAGED)
    return out


@pytest.fixture(scope="module")
def plain(plain_model: Path) -> dict[str, np.ndarray]:
    return weights(plain_model)


def test_the_same_random_state_gives_the_same_weights(
    plain: dict[str, np.ndarray], tmp_path: Path
) -> None:
    assert_same(plain, train(tmp_path / "again", AVERAGED))


def test_another_random_state_gives_others(plain: dict[str, np.ndarray], tmp_path: Path) -> None:
    other = train(tmp_path / "other", with_training(random_state=1))
    assert not np.array_equal(plain["output/kernel"], other["output/kernel"])


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    def interrupt(event: TrainingEvent) -> None:
        if event.epoch == 2:
            raise InterruptionError

    with pytest.raises(InterruptionError):
        train(tmp_path / "model", on_event=interrupt)
    other = replace(with_training(learning_rate=0.5), encoders=(*PLAN.encoders, ENCODER))
    told = (
        r"made with other settings: layers 1 \(now 2\), units 5 \(now 5 7\), bidirectional false "
        r"\(now false true\), .*learning_rate 0\.01 \(now 0\.5\); resume with the same"
    )
    with pytest.raises(ConfigurationError, match=told):
        train(tmp_path / "model", other, resume=True)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "model.training"
    folder.mkdir()
    (folder / "checkpoint.npz").write_bytes(b"PK half a file")
    with pytest.raises(TrainingError, match=r"checkpoint\.npz: the checkpoint is damaged"):
        train(tmp_path / "model", resume=True)


@pytest.mark.parametrize(
    ("optimizer", "schedule"),
    [("sgd", "constant"), ("rmsprop", "cosine"), ("adam", "plateau"), ("adamw", "one-cycle")],
)
def test_optimizers_and_schedules_learn(optimizer: str, schedule: str, tmp_path: Path) -> None:
    records: list[dict[str, float]] = []
    plan = with_training(
        optimizer=optimizer,
        schedule=schedule,
        weight_decay=0.01 if optimizer == "adamw" else 0.0,
        learning_rate=0.1 if optimizer == "sgd" else 0.03,
        epochs=4,
    )
    train(tmp_path / "m", plan, on_event=lambda e: records.append(e.record) if e.record else None)
    assert len(records) == 4
    assert records[-1]["loss_nats"] < math.log(2)


def test_embeddings_stay_while_they_are_frozen() -> None:
    """One epoch frozen, then free: the rows move in the second epoch only, the kernels in both."""
    model = build_classifier(TINY)
    rows, kernels = [], []

    def watch(event: TrainingEvent | None = None) -> None:
        if event is None or event.record:
            rows.append(model.get_layer("embedding").get_weights()[0])
            kernels.append(model.get_layer("output").get_weights()[0])

    watch()
    settings = TrainingSettings(epochs=2, batch_size=5)
    objective = ClassificationObjective(model, TINY_TEXTS, TINY_TEXTS, settings, labels=("a", "b"))
    Fit(model, objective, settings, frozen_epochs={"embedding": 1}, on_event=watch).run()
    np.testing.assert_array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[1], rows[2])
    assert not np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[1], kernels[2])


def first_step(settings: TrainingSettings) -> list[np.ndarray]:
    """What one step changes in the weights, the embedding first, where words are repeated."""
    model = build_classifier(TINY)
    before = model.get_weights()
    tokens = [np.array([4, 5, 4, 4, 6], np.int32), np.array([4, 4, 7], np.int32)]
    texts = EncodedTexts(tokens, np.array([0, 1]))
    objective = ClassificationObjective(model, texts, texts, settings, labels=("a", "b"))
    optimizer = make_optimizer(settings)
    optimizer.build(model.trainable_variables)
    objective.make_step(optimizer)(next(objective.batches(epoch=0, skip=0)))
    return [now - then for now, then in zip(model.get_weights(), before, strict=True)]


def test_a_clipped_step_is_as_long_as_the_clip_norm() -> None:
    """The norm is of the summed gradient: the rows of a word that is repeated are one."""
    settings = TrainingSettings(optimizer="sgd", learning_rate=1.0, clip_norm=0.001, batch_size=2)
    moved = np.concatenate([change.ravel() for change in first_step(settings)])
    assert np.linalg.norm(moved) == pytest.approx(0.001, rel=1e-4)


def test_the_first_step_of_adam_is_as_long_for_a_word_that_is_repeated() -> None:
    """It is the rate, whatever the gradient, if that is squared as a whole."""
    rows = first_step(TrainingSettings(optimizer="adam", learning_rate=0.01, batch_size=2))[0]
    assert np.abs(rows[4:8]) == pytest.approx(np.full((4, 4), 0.01), rel=1e-3)


def test_averages_begin_with_the_weights_that_training_begins_with() -> None:
    """A model is given vectors or another's weights after all else is made."""
    settings = TrainingSettings(epochs=1, batch_size=20, learning_rate=1e-7, average=0.9)
    model = build_classifier(TINY)
    objective = ClassificationObjective(model, TINY_TEXTS, TINY_TEXTS, settings, labels=("a", "b"))
    fit = Fit(model, objective, settings)
    given = [np.full(value.shape, 0.5, np.float32) for value in model.get_weights()]
    model.set_weights(given)
    fit.run()
    for kept, value in zip(model.get_weights(), given, strict=True):
        np.testing.assert_allclose(kept, value, atol=1e-6)


def test_word_vectors_are_where_training_starts(tmp_path: Path) -> None:
    """Vectors of words that lie together begin, and after little training still are, alike."""
    plan = replace(
        with_training(epochs=1, learning_rate=1e-6),
        vectors=VectorSettings(method="skipgram", epochs=3),
    )
    rows = train(tmp_path / "m", plan)["embedding"]
    assert not rows[Tokenizer.PAD].any()
    assert rows[4:].any(axis=1).all()


def test_penalties_make_kernels_smaller(plain: dict[str, np.ndarray], tmp_path: Path) -> None:
    penalised = train(tmp_path / "l2", with_training(l2=0.1, l1=0.01))
    name = "encoder_0/forward/kernel"
    assert np.abs(penalised[name]).sum() < 0.8 * np.abs(plain[name]).sum()


def test_early_stopping_keeps_the_best_epoch(tmp_path: Path) -> None:
    """At this rate it is all downhill after a while; training stops and goes back."""
    records: list[dict[str, float]] = []
    plan = with_training(epochs=30, patience=2, learning_rate=0.1)
    train(tmp_path / "m", plan, on_event=lambda e: records.append(e.record) if e.record else None)
    scores = [(r["validation_accuracy"], -r["validation_loss_nats"]) for r in records]
    assert len(scores) < 30
    assert scores.index(max(scores)) == len(scores) - 1 - 2
    manifest = Classifier.load(tmp_path / "m").bundle.manifest
    assert manifest.scores["validation_accuracy"] == pytest.approx(max(scores)[0], abs=1e-4)
    assert manifest.training["best_epoch"] == len(scores) - 2


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_the_weights_of_the_best_epochs_are_averaged(keep: int) -> None:
    """Also where the run was interrupted between them."""
    settings = TrainingSettings(
        epochs=5, patience=0, batch_size=5, learning_rate=0.3, average_epochs=keep
    )
    model = build_classifier(TINY)
    seen: list[tuple[tuple[float, float], list[np.ndarray]]] = []

    def watch(event: TrainingEvent) -> None:
        if event.record:
            rank = event.record["validation_accuracy"], -event.record["validation_loss_nats"]
            seen.append((rank, model.get_weights()))

    objective = ClassificationObjective(model, TINY_TEXTS, TINY_TEXTS, settings, labels=("a", "b"))
    state = Fit(model, objective, settings, on_event=watch).run()
    best = sorted(seen, key=lambda epoch: epoch[0], reverse=True)[:keep]
    assert [(rank, second) for rank, second, _ in state.kept] == [rank for rank, _ in best]
    for found, *those in zip(model.get_weights(), *(w for _, w in best), strict=True):
        np.testing.assert_allclose(found, np.mean(those, axis=0), atol=1e-6)
    assert (state.best_loss_nats, state.best_score) == pytest.approx(objective.validate())


def test_the_bundle_tells_which_epochs_were_averaged(plain_model: Path) -> None:
    bundle = Bundle.open(plain_model)
    first, second = bundle.manifest.training["averaged_epochs"]
    assert 1 <= first < second <= 3
    assert f"the mean of epochs {first} and {second} kept" in bundle.card()
    with pytest.raises(ConfigurationError, match="average_epochs: there are 2 epochs, not 3"):
        TrainingSettings(epochs=2, average_epochs=3)


def test_long_texts_are_read_in_windows_of_their_own(tmp_path: Path) -> None:
    """What is served is what was validated: windows longer than those of training."""
    plan = with_training(epochs=1, max_tokens=4, window_overlap=1)
    train(tmp_path / "same", plan)
    train(tmp_path / "longer", replace(plan, training=replace(plan.training, window_tokens=50)))
    manifests = [Bundle.open(tmp_path / name).manifest for name in ("same", "longer")]
    assert [m.serving["window_tokens"] for m in manifests] == [4, 50]
    text = " ".join(review.text for review in REVIEWS[:6])
    shares = [Classifier.load(tmp_path / name).classify([text])[0] for name in ("same", "longer")]
    assert [answer.windows for answer in shares][1] == 1 < shares[0].windows
    with pytest.raises(ConfigurationError, match="must be below the windows' 30 tokens: 30"):
        TrainingSettings(window_tokens=30, window_overlap=30)


def test_a_loss_that_is_no_number_stops_with_advice(tmp_path: Path) -> None:
    plan = with_training(learning_rate=1e30, clip_norm=0.0, optimizer="sgd")
    plan = replace(plan, head=HeadSettings(pooling=("attention", "last"), attention_units=3))
    with pytest.raises(TrainingError, match=r"diverged at a learning rate of .*; try a lower rate"):
        train(tmp_path / "m", plan)


def test_one_label_cannot_be_learned(tmp_path: Path) -> None:
    texts = [LabelledText(f"text {i}", "only") for i in range(20)]
    with pytest.raises(InputError, match="one label only: only"):
        run_classifier(texts, out=tmp_path / "m", plan=PLAN)


def test_a_validation_label_must_be_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="label 'mixed' is not one of the training texts'"):
        run_classifier(
            REVIEWS, out=tmp_path / "m", validation=[LabelledText("well", "mixed")], plan=PLAN
        )


def test_validation_texts_never_train(tmp_path: Path) -> None:
    lines: list[str] = []
    run_classifier(
        REVIEWS,
        out=tmp_path / "m",
        validation=[replace(example, text=example.text.upper()) for example in REVIEWS[:10]],
        plan=with_training(epochs=1),
        on_message=lines.append,
    )
    assert "dropped 10 training texts that validate too" in lines
    assert "86 training texts, 10 validation texts" in lines


def test_label_weights() -> None:
    numbers = np.array([0, 0, 0, 1])
    balanced = label_weights(TrainingSettings(class_weights="balanced"), ["a", "b"], numbers)
    np.testing.assert_allclose(balanced, [4 / 6, 2.0])
    assert balanced[numbers].mean() == pytest.approx(1.0)
    given = label_weights(TrainingSettings(class_weights={"b": 3.0}), ["a", "b"], numbers)
    np.testing.assert_allclose(given, [1.0, 3.0])
    with pytest.raises(ConfigurationError, match="must be one of a, b; received 'c'"):
        label_weights(TrainingSettings(class_weights={"c": 3.0}), ["a", "b"], numbers)


def test_probabilities_are_learned_as_they_are() -> None:
    """One text for ever, of which a quarter says one label: that is what it answers at the end."""
    shares = np.tile(np.array([0.25, 0.75], np.float32), (20, 1))
    same = [np.array([5], np.int32)] * 20
    texts = EncodedTexts(same, np.ones(20, np.int64), shares)
    validation = EncodedTexts(same, np.repeat([0, 1], [5, 15]))
    settings = TrainingSettings(
        epochs=30, patience=0, batch_size=5, learning_rate=0.1, schedule="cosine"
    )
    model = build_classifier(replace(TINY, embedding=Embedding(4, dropout=0.0)))
    objective = ClassificationObjective(model, texts, validation, settings, labels=("a", "b"))
    Fit(model, objective, settings).run()
    logits = objective.answer()[2][0]
    assert logits[1] - logits[0] == pytest.approx(math.log(3), abs=0.05)


def test_certain_probabilities_train_as_labels_do(
    plain: dict[str, np.ndarray], tmp_path: Path
) -> None:
    certain = [
        replace(example, probabilities={"negative": 0.0, "positive": 0.0, example.label: 1.0})
        for example in REVIEWS
    ]
    run_classifier(certain, out=tmp_path / "m", plan=AVERAGED)
    assert_same(plain, weights(tmp_path / "m"))


def test_class_weights_move_the_answers(tmp_path: Path) -> None:
    """A label that counts fifty times as much wins where the words say nothing."""
    plan = with_training(class_weights={"negative": 50.0}, epochs=3)
    run_classifier(REVIEWS, out=tmp_path / "m", plan=plan)
    assert Classifier.load(tmp_path / "m").classify(["the garden"])[0].label == "negative"


def test_a_folder_that_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "diary").mkdir()
    (tmp_path / "diary" / "today.txt").write_text("dear diary", "utf-8")
    with pytest.raises(ConfigurationError, match="is there already and is no model"):
        train(tmp_path / "diary")
    assert (tmp_path / "diary" / "today.txt").exists()


def test_an_unknown_precision_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="precision must be one of int8, float32"):
        train(tmp_path / "m", precision="int4")


def test_float32_on_request(tmp_path: Path) -> None:
    whole = {}
    for precision in ("int8", "float32"):
        train(tmp_path / precision, with_training(epochs=1), precision=precision)
        graph = onnx.load(tmp_path / precision / "model.onnx").graph
        kinds = {table.data_type for table in graph.initializer}
        whole[precision] = onnx.TensorProto.INT8 in kinds
    assert whole == {"int8": True, "float32": False}


def test_a_checkpoint_that_keeps_no_settings_may_be_an_older_textrnns() -> None:
    with pytest.raises(ConfigurationError, match="other settings, or by an older textrnn; resume"):
        RunState("now").require_same(RunState("then"), Path("checkpoint.npz"))


@pytest.mark.parametrize(
    ("score", "titles"),
    [
        ("f1", ["Loss (nats)", "Validation F1 (kept: 0.5000)"]),
        ("mse", ["Loss", "Validation mse (kept: 0.5000)"]),
    ],
)
def test_the_picture_of_a_training_tells_units(score: str, titles: list[str]) -> None:
    record = {"epoch": 1, "loss_nats": 0.9, "validation_loss_nats": 0.8, f"validation_{score}": 0.5}
    figure = training_figure([record], best_epoch=1)
    assert [axes.get_title() for axes in figure.axes] == titles
