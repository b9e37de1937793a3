"""A translator's network in Keras, what it learns, its batches, and which pairs are left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy_translator
import pytest
from numpy_translator import NETWORKS
from small_bundles import random_weights

import textrnn
from head_cases import SENTENCES, TRANSLATOR
from made_up import made_up_pairs
from textrnn.corpora.pairs import Pair
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.translator.network import TranslatorHead, TranslatorNetwork
from textrnn.network import Embedding, Encoder
from textrnn.runtime.session import pad
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.translator.batches import EncodedPairs, PairBatches
from textrnn.training.translator.defaults import describe, fit_training, fit_vocabulary
from textrnn.training.translator.filtering import filter_pairs
from textrnn.training.translator.model import build_translator
from textrnn.training.translator.objective import TranslationLoss, token_losses
from textrnn.training.translator.plan import PairSettings, TranslatorPlan
from textrnn.training.translator.run import run_translator
from textrnn.training.translator.split import split_pairs
from textrnn.training.weights.named import import_weights

pytestmark = pytest.mark.train

SOURCES = [[4, 5, 6, 5], [7], [4, 4, 8]]
WRITTEN = [2, 5, 4, 11]


def model_of(network: TranslatorNetwork) -> tuple[object, dict[str, np.ndarray]]:
    weights = random_weights(network.weight_shapes())
    model = build_translator(network)
    import_weights(model, network, weights)
    return model, weights


@pytest.mark.parametrize("name", NETWORKS)
def test_keras_follows_the_equations(name: str) -> None:
    """Sentences of several lengths side by side are read as each alone would be."""
    network = NETWORKS[name]
    model, weights = model_of(network)
    source, _ = pad([np.array(ids, np.int32) for ids in SOURCES])
    found = model(source, np.array([WRITTEN] * 3, np.int32))
    losses = [
        token_losses(found, source, np.full((3, len(WRITTEN)), token, np.int32), 0.0)
        for token in range(network.vocabulary_size)
    ]
    shares = np.exp(-np.stack([np.asarray(one) for one in losses], axis=-1))  # (B, T, V)
    attention = np.asarray(found["attention"])
    for row, ids in enumerate(SOURCES):
        right, looked = numpy_translator.decode(network, weights, ids, WRITTEN)
        np.testing.assert_allclose(shares[row], right, atol=1e-5)
        np.testing.assert_allclose(attention[row, :, : len(ids)], looked, atol=1e-5)
        assert not attention[row, :, len(ids) :].any()


def test_tokens_of_a_sentence_share_what_is_dropped_where_steps_are_fed() -> None:
    """Where all that a step reads is the same at each, and no state comes in, so is what it
    gives: half of it is dropped, but the same half."""
    encoder = Encoder("rnn", 40, dropout=0.5)
    network = TranslatorNetwork(
        9,
        embedding=Embedding(units=8),
        encoders=(encoder,),
        decoders=(Encoder("rnn", 40, bidirectional=False, dropout=0.5),),
        head=TranslatorHead(input_feeding=True),
    )
    model, weights = model_of(network)
    weights["decoder_0/forward/recurrent"][:] = 0.0
    weights["attentional/kernel"][:] = 0.0  # so that every step is fed the same vector
    weights["decoder_0/forward/kernel"] += 0.5
    import_weights(model, network, weights)
    source, target = np.array([[4, 5]] * 2, np.int32), np.full((2, 4), 6, np.int32)
    encoded = model.encode(source)
    encoded = {name: value * 0 if name.startswith("state") else value
               for name, value in encoded.items()}  # fmt: skip
    found = {}
    for training in (False, True):
        given = model.decode(target, encoded, training=training)
        found[training] = np.asarray(given["attention"])
    assert np.abs(found[True] - found[False]).max() > 1e-3
    np.testing.assert_allclose(found[True][:, 2:], found[True][:, 1:-1], atol=1e-6)
    assert np.abs(found[True][0] - found[True][1]).max() > 1e-3


def test_smoothing_spreads_a_share_over_all_tokens() -> None:
    network = NETWORKS["multiplicative, tied"]
    model, weights = model_of(network)
    source, to_come = np.array([[4, 5]], np.int32), np.array([[5, 3]], np.int32)
    found = model(source, np.array([[2, 5]], np.int32))
    shares, _ = numpy_translator.decode(network, weights, [4, 5], [2, 5])
    logs = np.log(shares)
    right = -0.7 * logs[[0, 1], [5, 3]] - 0.3 * logs.mean(axis=1)
    np.testing.assert_allclose(token_losses(found, source, to_come, 0.3)[0], right, rtol=1e-4)


def test_padding_is_not_learned() -> None:
    model, _ = model_of(NETWORKS["two decoder layers, copying"])
    loss = TranslationLoss(model, 0.0)
    one, other = ([4, 5, 6], [2, 5, 6, 3]), ([7], [2, 7, 3])
    alone = [loss.sums(np.array([s]), np.array([t]), training=False) for s, t in (one, other)]
    source, _ = pad([np.array(s, np.int32) for s, _ in (one, other)])
    target, _ = pad([np.array(t, np.int32) for _, t in (one, other)])
    total, count = loss.sums(source, target, training=False)
    assert float(count) == 5
    np.testing.assert_allclose(float(total), sum(float(part) for part, _ in alone), rtol=1e-5)


def test_unknown_names_are_copied(tiny_models) -> None:
    model = textrnn.load(tiny_models("translator"))
    texts = ["the cat calls Brunswip .", "Dobkin knows a child .", SENTENCES[0]]
    assert [one.text for one in model.translate(texts, beam=1)] == [
        "die Katze ruft Brunswip.",
        "Dobkin kennt ein Kind.",
        "die Katze sieht der Hund.",
    ]


def test_pairs_too_long_to_learn_do_not_validate_the_loss(tiny_models, tmp_path: Path) -> None:
    plan = replace(TRANSLATOR, training=replace(TRANSLATOR.training, epochs=1, max_tokens=40))
    held, told = made_up_pairs(5, random_state=1), list[TrainingEvent]()
    for name, more in (("a", []), ("b", [Pair("the cat " * 99, "die Katze " * 99)])):
        run_translator(
            made_up_pairs(30), validation=[*held, *more], out=tmp_path / name, plan=plan,
            init_from=[tiny_models("translator")], on_event=told.append,
        )  # fmt: skip
    first, other = (event.record["validation_loss_nats"] for event in told if event.record)
    assert first == other


def test_what_is_begun_with_is_gone_on_with(tiny_models, tmp_path: Path) -> None:
    path, said = tiny_models("translator"), list[str]()
    plan = replace(TRANSLATOR, training=replace(TRANSLATOR.training, epochs=1, learning_rate=1e-6))
    manifest = run_translator(
        made_up_pairs(30), validation=made_up_pairs(40, random_state=1), out=tmp_path / "m",
        plan=plan, init_from=[path], on_message=said.append,
    )  # fmt: skip
    assert manifest.scores["validation_bleu"] > 80
    assert (tmp_path / "m" / "tokenizer.json").read_bytes() == (
        path / "tokenizer.json"
    ).read_bytes()
    assert any("begins with its embedding" in line for line in said)


def test_a_translator_that_has_learned_nothing_says_so(tmp_path: Path) -> None:
    plan = replace(TRANSLATOR, training=replace(TRANSLATOR.training, epochs=1, learning_rate=1e-6))
    manifest = run_translator(
        made_up_pairs(30),
        validation=made_up_pairs(9, random_state=1),
        out=tmp_path / "m",
        plan=plan,
    )
    weakness = manifest.training["measured"]["weakness"]
    assert re.match(r"its BLEU is 0\.\d+, and \d\.\d+ where the sources are left", weakness)


def pairs_of(lengths: list[tuple[int, int]]) -> EncodedPairs:
    """Pairs of so many tokens; what they hold tells them apart."""
    return EncodedPairs(
        [np.full(source, 4 + i, np.int32) for i, (source, _) in enumerate(lengths)],
        [np.full(target + 1, 4 + i, np.int32) for i, (_, target) in enumerate(lengths)],
    )


def test_an_epoch_has_every_pair_once_in_batches_that_are_full() -> None:
    lengths = [(1 + i % 4, 1 + i % 7) for i in range(200)]
    batches = PairBatches(pairs_of(lengths), batch_size=40)
    epochs = [list(batches.of_epoch(seed=(0, epoch))) for epoch in (0, 1)]
    for epoch in epochs:
        assert sorted(int(row[0]) for b in epoch for row in b.source) == list(range(4, 204))
        for batch in epoch:
            assert batch.source.size + batch.target[:, 1:].size <= 40
            assert np.ptp(np.count_nonzero(batch.target, axis=1)) <= 1
    assert len(epochs[0]) == len(epochs[1]) == len(batches)
    first, second = ([b.source.tolist() for b in epoch] for epoch in epochs)
    assert sorted(first) != sorted(second)  # others go together
    rest = list(batches.of_epoch(seed=(0, 0), skip=5))
    assert [b.source.tolist() for b in rest] == first[5:]


def test_pairs_that_do_not_fit_are_counted() -> None:
    pairs = pairs_of([(10, 10)] * 8 + [(10, 60), (101, 90), (0, 5), (2, 1)])
    kept, left = pairs.fitting(max_tokens=100, most_ratio=3.0)
    assert kept.lengths[1].tolist() == [10] * 8
    assert left == {
        "a side without tokens": 2,
        "a side of more than 100 tokens": 1,
        "sides of unlike lengths": 1,
    }
    assert len(pairs.fitting(max_tokens=200, most_ratio=0.0)[0]) == 10


def test_pairs_that_teach_nothing_are_left_out_and_counted() -> None:
    good = [Pair("a dog", "一只狗"), Pair("two cats", "两只猫"), Pair("23", "23")]
    bad = [Pair("a dog", "一只狗"), Pair("three birds", "three birds"), Pair("三只鸟", "三只鸟")]
    said: list[str] = []
    assert filter_pairs([*good, *bad], PairSettings(), said.append) == good
    assert said == [
        "note: left out: 3 pairs: 1 with a copy of another, 2 with a side in another script"
    ]
    everything = PairSettings(foreign=True, copies=True)
    assert filter_pairs([*good, *bad], everything, said.append) == [*good, *bad]
    assert len(filter_pairs([*good, *bad], replace(everything, same=False), said.append)) == 3
    with pytest.raises(InputError, match="no pair is left"):
        filter_pairs([Pair("b", "b")], PairSettings(same=False), said.append)


def test_no_source_is_on_both_sides_of_a_split() -> None:
    pairs = [Pair(f"text {i % 20}", f"Text {i}") for i in range(100)]
    settings = replace(TranslatorPlan().training, validation_split=0.1)
    train, held = split_pairs(pairs, None, settings, lambda line: None)
    assert len(held) == 10
    assert not {pair.source for pair in train} & {pair.source for pair in held}
    with pytest.raises(ConfigurationError, match="validation_split above 0"):
        split_pairs(pairs, None, replace(settings, validation_split=0.0), lambda line: None)
    with pytest.raises(InputError, match="beside those that validate"):
        split_pairs(pairs[:1], pairs[:1], settings, lambda line: None)


def test_what_a_plan_leaves_open_follows_from_the_pairs() -> None:
    plan = TranslatorPlan()
    assert fit_vocabulary(plan.tokenizer, ["x" * 300_000]).vocabulary_size == 1500
    few, many = (fit_training(plan.training, tokens) for tokens in (10_000, 10_000_000))
    assert (few.batch_size, few.epochs) == (256, 60)
    assert (many.batch_size, many.epochs) == (4096, 5)
    network = describe(plan, 40, 50)
    assert not network.head.copying
    assert network.decoders[0].units == 2 * plan.encoders[0].units
    assert describe(plan, 0, 50).head.copying


def test_tokens_of_both_sides_are_those_of_their_tokenizers() -> None:
    source, target = (
        Tokenizer.train([text], level="character", min_frequency=1) for text in ("ab", "x")
    )
    (ids,), (others,) = (
        vars(EncodedPairs.of([Pair("ab?", "x")], source, target))[name]
        for name in ("sources", "targets")
    )
    assert ids.tolist() == [source.vocabulary()["a"], source.vocabulary()["b"], Tokenizer.UNK]
    assert others.tolist() == [Tokenizer.START, target.vocabulary()["x"], Tokenizer.END]
