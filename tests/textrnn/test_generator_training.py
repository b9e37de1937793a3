"""Training a generator: carried states, sampled softmax, held-out text."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_verses
from textrnn.corpora import Passage
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.network import GeneratorHead, GeneratorNetwork
from textrnn.heads.generator.scores import measure_tokens
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.generator.model import build_generator, zero_states
from textrnn.training.generator.plan import GeneratorPlan, LanguageSettings
from textrnn.training.generator.run import run_generator
from textrnn.training.generator.token_store import TokenStore, stream_length, write_tokens
from textrnn.training.layers.carried_rnn import CarriedRNN
from textrnn.training.layers.dropout import RowDropout
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.loop.sampled_softmax import Candidates, sampled_cross_entropy
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.tokenizer import make_tokenizer

pytestmark = pytest.mark.train

VERSES = [Passage(text, ends=True) for text in made_up_verses(80)]
PLAN = GeneratorPlan(
    tokenizer=TokenizerSettings("character", 60, 1, lowercase=False, normalization="none"),
    embedding=Embedding(units=6, dropout=0.1, word_dropout=0.1),
    encoders=(
        Encoder(units=8, bidirectional=False, dropout=0.1, weight_dropout=0.2),
        Encoder("gru", units=7, bidirectional=False, recurrent_dropout=0.1),
    ),
    head=GeneratorHead(dropout=0.1),
    language_model=LanguageSettings(candidates=12),
    training=TrainingSettings(
        epochs=2,
        patience=0,
        batch_size=4,
        max_tokens=16,
        window_overlap=0,
        learning_rate=0.01,
        validation_split=0.2,
        average=0.9,
    ),
)


def train(out: Path, plan: GeneratorPlan = PLAN, **options: object) -> dict[str, np.ndarray]:
    run_generator(lambda: VERSES, out=out, plan=plan, **options)  # type: ignore[arg-type]
    with np.load(out / "weights.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def store(documents: list[list[int]]) -> TokenStore:
    lengths = np.array([len(d) for d in documents])
    tokens = np.concatenate([np.array(d, np.int32) for d in documents])
    return TokenStore(tokens, np.cumsum(lengths) - lengths, lengths)


def test_the_bundle_serves_what_training_measured(tmp_path: Path) -> None:
    lines: list[str] = []
    validation = [Passage(text, ends=True) for text in made_up_verses(30, random_state=9)]
    train(tmp_path / "m", validation=lambda: validation, on_message=lines.append)
    assert sum(line.startswith("sample: ") for line in lines) == 2
    generator = Generator.load(tmp_path / "m")
    assert generator.bundle is not None
    scores = generator.bundle.manifest.scores
    found = generator.evaluate(validation).perplexity
    assert found.documents == 30
    assert found.tokens == sum(len(p.text) + 1 for p in validation)
    assert found.perplexity == pytest.approx(scores["validation_perplexity"], rel=0.02)
    bits = found.nats / math.log(2) / sum(len(p.text) for p in validation)
    assert found.bits_per_character == pytest.approx(bits)
    assert "next token, tied" in (tmp_path / "m" / "README.md").read_text("utf-8")


def test_perplexity_is_the_product_of_the_probabilities(tiny_generator: Path) -> None:
    generator = Generator.load(tiny_generator)
    text = made_up_verses(1)[0]
    ids = generator.tokenizer.encode(text).ids.tolist()
    nats, states = 0.0, generator.stepper.start(1)
    for token, following in zip([2, *ids], [*ids, 3], strict=True):
        logits, states = generator.stepper.step([token], states)
        shares = np.exp(logits[0].astype(float))
        nats -= math.log(shares[following] / shares.sum())
    found = generator.evaluate([Passage(text[:7], False), Passage(text[7:], True)] * 3).perplexity
    assert found.nats == pytest.approx(3 * nats, rel=1e-6)


def test_learning_beats_counting(tiny_generator: Path) -> None:
    generator = Generator.load(tiny_generator)
    held_out = [Passage(text, True) for text in made_up_verses(40, random_state=77)]
    text = "".join(p.text for p in held_out)
    counts = np.array([text.count(c) for c in set(text)]) / len(text)
    unigram = math.exp(-(counts * np.log(counts)).sum())
    assert generator.evaluate(held_out).perplexity.perplexity < 0.5 * unigram


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_state_is_carried_and_reset(cell: str) -> None:
    net = GeneratorNetwork(9, embedding=Embedding(4), encoders=(Encoder(cell, 5, False),))
    model = build_generator(net)
    tokens = np.array([[5, 6, 2, 7]], np.int32)
    states = {name: np.full((1, 5), 0.5, np.float32) for name in net.state_units}
    found = np.asarray(model(tokens, states)["logits"])
    fresh = np.asarray(model(tokens, zero_states(net, 1))["logits"])
    assert not np.allclose(found[:, :2], fresh[:, :2])
    assert np.allclose(found[:, 2:], fresh[:, 2:])


def test_windows_go_on_where_the_last_stopped() -> None:
    documents = store([[2, 10, 11, 3], [2, 12, 3], [2, 13, 14, 15, 3]])
    assert stream_length(documents.size, 2) == 5
    found = list(documents.windows(streams=2, length=2))
    assert [w[0].shape for w in found] == [(2, 2), (2, 2), (2, 1)]
    tokens = np.concatenate([w[0] for w in found], axis=1)
    targets = np.concatenate([w[1] for w in found], axis=1)
    assert tokens.tolist() == [[2, 10, 11, 3, 2], [12, 3, 2, 13, 14]]
    assert targets.tolist() == [[10, 11, 3, 2, 12], [3, 2, 13, 14, 15]]
    again = list(documents.windows(streams=2, length=2, skip=2))
    assert np.array_equal(again[0][0], found[2][0])


def test_an_epoch_reads_every_document_once_in_another_order() -> None:
    documents = store([[2, *([10 + i] * (1 + i % 4)), 3] for i in range(40)])
    orders = []
    for seed in (0, 1):
        windows = documents.windows(streams=1, length=7, rng=np.random.default_rng(seed))
        orders.append(np.concatenate([w[0][0] for w in windows]).tolist())
    assert orders[0] != orders[1]
    for order in orders:
        assert len(order) == documents.size - 1
        assert {t for t in order if t >= 10} == set(range(10, 50))
        begins = [place for place, token in enumerate(order) if token == 2]
        assert all(order[place - 1] == 3 for place in begins[1:])
        assert len(begins) == 40
    with pytest.raises(InputError, match="too few for 200 streams"):
        stream_length(documents.size, 200)


def test_documents_on_disk(tmp_path: Path) -> None:
    tokenizer = Tokenizer.train(["山月风"], level="character", min_frequency=1)
    passages = [Passage("山月", False), Passage("风", True), Passage("月", True)]
    made = write_tokens(passages, tokenizer, tmp_path / "a.bin")
    expected = [[2, *tokenizer.encode("山月风").ids, 3], [2, *tokenizer.encode("月").ids, 3]]
    again = TokenStore.open(tmp_path / "a.bin")
    for kept in (made, again):
        assert [kept.document(i).tolist() for i in range(len(kept))] == expected
    assert made.counts(tokenizer.vocabulary_size).sum() == made.size == 8
    with pytest.raises(InputError, match="there are no texts"):
        write_tokens([], tokenizer, tmp_path / "b.bin")


def test_a_split_keeps_copies_together() -> None:
    documents = store([[2, 10 + i // 2, 3] for i in range(100)])
    train, held_out = documents.split(0.3, random_state=0)
    sides = [{int(s.document(i)[1]) for i in range(len(s))} for s in (train, held_out)]
    assert not sides[0] & sides[1]
    assert len(train) + len(held_out) == 100
    assert 10 < len(held_out) < 50
    one = store([[2, *range(10, 110), 3]])
    head, tail = one.split(0.1, random_state=0)
    assert [*head.document(0), *tail.document(0)] == one.document(0).tolist()
    assert tail.size == 10


@pytest.mark.parametrize("documents", [11, 19, 20, 24])
def test_a_split_of_few_short_documents_has_some_on_both_sides(documents: int) -> None:
    made = store([[2, *range(number, number + 10), 3] for number in range(10, 10 + documents)])
    for random_state in range(20):
        for fraction in (0.1, 0.999):
            train, held_out = made.split(fraction, random_state=random_state)
            assert len(train) + len(held_out) == documents
            assert len(train) > 0 < len(held_out)


def test_nothing_can_be_cut_off_copies_of_one_document() -> None:
    with pytest.raises(InputError, match="all documents are copies of one"):
        store([[2, 10, 11, 3]] * 20).split(0.1, random_state=0)
    with pytest.raises(InputError, match="8 tokens are too few to cut off some to validate"):
        store([[2, 10, 11, 3]] * 2).split(0.1, random_state=0)


def test_a_vocabulary_without_a_token_is_refused(tmp_path: Path) -> None:
    settings = TokenizerSettings(level="word", min_frequency=3)
    with pytest.raises(InputError, match=r"no token is in the training texts 3 times; .*min_freq"):
        make_tokenizer(
            lambda: ["one two", "two four"], settings, folder=RunFolder(tmp_path), say=print
        )


def test_one_stretch_of_text_does_not_tell_how_sure_its_perplexity_is() -> None:
    one = measure_tokens(np.array([20.0]), np.array([10]), frequency_nats=5.0)
    assert str(one) == "perplexity 7.39 (of 10 tokens)"
    two = measure_tokens(np.array([20.0, 10.0]), np.array([10, 10]), frequency_nats=5.0)
    assert two.interval is not None
    assert two.interval[0] < two.score < two.interval[1]


def test_softmax_over_all_candidates_is_the_softmax() -> None:
    rng = np.random.default_rng(0)
    hidden, rows = rng.normal(size=(7, 4)), rng.normal(size=(9, 4))
    bias, targets = rng.normal(size=9), rng.integers(0, 9, 7)
    arrays = [a.astype(np.float32) for a in (hidden, rows, bias)]
    found = sampled_cross_entropy(
        arrays[0], targets, np.arange(9), arrays[1], arrays[2], np.zeros(9, np.float32)
    )
    logits = hidden @ rows.T + bias
    expected = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(7), targets]
    assert np.asarray(found) == pytest.approx(expected, abs=1e-5)


def test_candidates_are_different_and_as_probable_as_they_say() -> None:
    counts = np.array([1000, 300, 100, 30, 10, 3, 1, 0, 0, 0])
    candidates = Candidates(counts, 4)
    drawn = np.zeros(10)
    for seed in range(4000):
        tokens = candidates.draw(np.random.default_rng(seed))
        assert len(set(tokens.tolist())) == 4
        drawn[tokens] += 1 / 4000
    assert np.exp(candidates.log_expected).sum() == pytest.approx(4, abs=1e-3)
    assert np.exp(candidates.log_expected) == pytest.approx(drawn, abs=0.06)
    with pytest.raises(ConfigurationError, match="candidates must be"):
        Candidates(counts, 10)


def test_dropout_masks_are_those_that_the_papers_name() -> None:
    import keras

    keras.utils.set_random_seed(0)
    rows = RowDropout(0.5, rows=40)
    tokens = np.tile(np.arange(40, dtype=np.int32), (3, 2))
    found = np.asarray(rows(np.ones((3, 80, 2), np.float32), tokens, training=True))
    for token in range(40):  # a row is there everywhere or nowhere
        assert len(np.unique(found[tokens == token])) == 1
    assert 0 < (found == 0).mean() < 1
    assert np.asarray(rows(found, tokens, training=False)) == pytest.approx(found)
    layer = CarriedRNN("lstm", 6, weight_dropout=0.5)
    inputs, states = np.ones((2, 3, 4), np.float32), [np.ones((2, 6), np.float32)] * 2
    keep = np.ones((2, 3), np.float32)
    first, second, still = (
        np.asarray(layer(inputs, keep, states, training=training)[0])
        for training in (True, True, False)
    )
    assert not np.allclose(first, second)
    assert np.allclose(first[0], first[1])  # one mask for all streams of a window
    assert np.allclose(still, np.asarray(layer(inputs, keep, states, training=False)[0]))


def test_wrong_settings_and_too_little_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="validation_split above 0"):
        train(tmp_path / "m", replace(PLAN, training=replace(PLAN.training, validation_split=0.0)))
    with pytest.raises(InputError, match="there are no texts"):
        run_generator(lambda: [], out=tmp_path / "n", plan=PLAN)
    with pytest.raises(ConfigurationError, match="candidates must be 0 or more"):
        LanguageSettings(candidates=-1)


def test_a_stopped_run_goes_on_with_its_own_texts_alone(tmp_path: Path) -> None:
    plan = replace(PLAN, training=replace(PLAN.training, checkpoint_minutes=1e-9))

    def stop(event: TrainingEvent) -> None:
        if event.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "m", plan, on_event=stop)
    state = tmp_path / "m.training"
    before = {path.name: path.read_bytes() for path in state.iterdir()}
    with pytest.raises(ConfigurationError, match="the training texts are not those of the stopped"):
        run_generator(lambda: VERSES[1:], out=tmp_path / "m", plan=plan, resume=True)
    with pytest.raises(ConfigurationError, match="the validation texts are not those of the stop"):
        train(tmp_path / "m", plan, validation=lambda: VERSES[:4], resume=True)
    assert {path.name: path.read_bytes() for path in state.iterdir()} == before


def test_what_the_model_begun_with_had_learned_is_not_new(
    tiny_generator: Path, tmp_path: Path
) -> None:
    old = Generator.load(tiny_generator)
    texts = [Passage(text[::-1], ends=True) for text in made_up_verses(40, random_state=5)]
    changes = {("training", "epochs"): 1}
    run_generator(
        lambda: texts,
        validation=lambda: texts[:3],
        out=tmp_path / "m",
        init_from=[tiny_generator],
        changes=changes,
    )
    new, learned = Generator.load(tmp_path / "m"), made_up_verses(60)
    ids = [new.tokenizer.encode(text).ids for text in (*learned, texts[0].text)]
    assert old.fingerprint is not None
    assert new.fingerprint is not None
    for text in ids:
        before = old.fingerprint.known(text)
        assert (new.fingerprint.known(text) >= before).all()
    assert old.fingerprint.known(np.concatenate(ids[:-1])).any()
    assert not old.fingerprint.known(ids[-1]).all()
