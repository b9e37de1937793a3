"""The bag of n-grams: counted by hand, learned, served beside a network, explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textrnn
from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.corpora import LabelledText
from textrnn.errors import BundleError, ConfigurationError, InputError
from textrnn.explaining.explainer import Explainer
from textrnn.heads.classifier.bag import BagOfNgrams, text_ngrams, token_hashes
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.network import HeadSettings
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.windows import merge_logits
from textrnn.training.classifier.bag import Ngrams, rarities, train_bag
from textrnn.training.classifier.beside import kept_bag
from textrnn.training.classifier.plan import BagSettings, ClassifierPlan
from textrnn.training.classifier.run import run_classifier
from textrnn.training.settings import TrainingSettings

pytestmark = pytest.mark.train


def ids(*texts: list[int]) -> list[np.ndarray]:
    return [np.array(text, np.int32) for text in texts]


@given(st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=6), st.integers(1, 4))
def test_ngrams_are_those_of_counting(texts: list[list[int]], longest: int) -> None:
    expected = {
        (number, tuple(text[begin : begin + size]))
        for number, text in enumerate(texts)
        for size in range(1, longest + 1)
        for begin in range(len(text) - size + 1)
    }
    numbers, hashes = text_ngrams(ids(*texts), longest=longest)
    assert sorted(numbers.tolist()) == sorted(number for number, _ in expected)
    different = {gram for _, gram in expected}
    assert len(set(hashes.tolist())) == len(different)
    again, same = text_ngrams(ids(*texts, []), longest=longest)
    assert np.array_equal(again, numbers)
    assert np.array_equal(same, hashes)


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=6),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_ngrams_of_endings_are_others(texts: list[list[int]], longest: int, ending: int) -> None:
    """Those of the whole texts, and those of what they end with, under other hashes."""
    numbers, hashes = text_ngrams(ids(*texts), longest=longest, ending=ending)
    both = set(zip(numbers.tolist(), hashes.tolist(), strict=True))
    whole = set(zip(*(a.tolist() for a in text_ngrams(ids(*texts), longest=longest)), strict=True))
    ends = ids(*(text[-ending:] for text in texts))
    others = both - whole
    assert whole <= both
    assert len(others) == len(text_ngrams(ends, longest=longest)[0])
    moved = text_ngrams(ids(*([9, *text] for text in texts)), longest=longest, ending=ending)
    if all(len(text) >= ending for text in texts):
        assert others <= set(zip(*(a.tolist() for a in moved), strict=True))


def toy(ending: int = 0) -> BagOfNgrams:
    """Weights of its own for every n-gram of two texts."""
    _, hashes = text_ngrams(ids([2, 3, 2, 3], [4, 4]), longest=2, ending=ending)
    kept = np.unique(hashes)
    weights = np.random.default_rng(0).normal(size=(len(kept), 3)).astype("f4")
    return BagOfNgrams(2, kept, weights, np.array([0.5, 0.0, -1.0], np.float32), ending=ending)


def test_scores_by_hand() -> None:
    bag = toy()
    (one, three, both, back) = (
        bag.weights[np.searchsorted(bag.hashes, text_ngrams(ids(gram), longest=2)[1])]
        for gram in ([2], [3], [2, 3], [3, 2])
    )
    pair = both.sum(axis=0) - one[0] - three[0]
    turned = back.sum(axis=0) - one[0] - three[0]
    expected = (one[0] + three[0] + pair + turned) / 2 + bag.bias  # four different n-grams
    found = bag.scores(ids([2, 3, 2, 3], [], [9, 9]))
    assert found[0] == pytest.approx(expected, abs=1e-5)
    assert found[1] == pytest.approx(bag.bias)
    assert found[2] == pytest.approx(bag.bias)
    assert bag.scores([]).shape == (0, 3)


@given(st.lists(st.integers(2, 5), max_size=12), st.integers(0, 4))
def test_parts_sum_to_the_scores(text: list[int], ending: int) -> None:
    bag, (read,) = toy(ending), ids(text)
    parts = bag.parts(read)
    assert parts.shape == (len(text), 3)
    assert parts.sum(axis=0) + bag.bias == pytest.approx(bag.scores([read])[0], abs=1e-4)


@pytest.mark.parametrize("ending", [0, 2])
def test_a_file_keeps_it_to_eight_bits(ending: int) -> None:
    bag = toy(ending)
    read = BagOfNgrams.from_bytes(bag.to_bytes())
    texts = ids([2, 3, 2, 3], [4, 4], [5])
    step = np.abs(bag.weights).max(axis=0) / 127
    assert np.all(np.abs(read.scores(texts) - bag.scores(texts)) <= 2 * step)
    with pytest.raises(BundleError, match=r"bag\.npz is damaged"):
        BagOfNgrams.from_bytes(bag.to_bytes()[:-30])


def test_a_bag_of_texts_that_tell_nothing_is_written_again() -> None:
    """All its weights are zero and left out, by which a text has its bias alone."""
    settings = BagSettings(longest=2, weights="rarity", min_frequency=1)
    learned = train_bag(ids(*[[2]] * 8), np.arange(8) % 2, 2, settings)
    read = BagOfNgrams.from_bytes(BagOfNgrams.from_bytes(learned.to_bytes()).to_bytes())
    assert not len(read.hashes)
    assert read.scores(ids([2], [3]))[0] == pytest.approx(learned.bias)
    assert not read.parts(np.array([2, 3], np.int32)).any()


def test_it_learns_what_no_word_alone_can_tell() -> None:
    """A pair of words means the opposite of what both mean apart."""
    rng = np.random.default_rng(0)
    texts, numbers = [], []
    for _ in range(400):
        good = rng.integers(2)
        first, second = (2, 3) if rng.integers(2) else (3, 2)
        noise = rng.integers(10, 30, 3).tolist()
        order = [first, second] if good else [first, 9, second]
        texts.append(np.array([*noise, *order, *noise[::-1]], np.int32))
        numbers.append(good)
    bag = train_bag(texts[:300], np.array(numbers[:300]), 2, BagSettings(longest=2))
    right = bag.scores(texts[300:]).argmax(axis=1) == numbers[300:]
    assert right.mean() > 0.97


def test_it_learns_what_a_text_ends_with() -> None:
    """The same words in another order: the last ones count."""
    rng = np.random.default_rng(0)
    texts, numbers = [], []
    for _ in range(400):
        good = int(rng.integers(2))
        praise, blame = [2, 3], [4, 5]
        halves = (blame, praise) if good else (praise, blame)
        between = rng.integers(10, 30, 6).tolist()
        texts.append(np.array([*halves[0], *between, *halves[1]], np.int32))
        numbers.append(good)
    for ending, least, most in ((0, 0.0, 0.8), (4, 0.97, 1.0)):
        settings = BagSettings(longest=1, ending=ending)
        bag = train_bag(texts[:300], np.array(numbers[:300]), 2, settings)
        right = bag.scores(texts[300:]).argmax(axis=1) == numbers[300:]
        assert least <= right.mean() <= most


def test_an_ending_without_a_bag_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ending: there is no bag"):
        BagSettings(ending=60)


def test_each_of_three_labels_is_told() -> None:
    texts = ids(*([[5 + label, 9, 9 + i % 3] for i in range(20) for label in range(3)]))
    numbers = np.tile(np.arange(3), 20)
    bag = train_bag(texts, numbers, 3, BagSettings(longest=1, min_frequency=2))
    assert np.array_equal(bag.scores(texts).argmax(axis=1), numbers)


RARITY = BagSettings(longest=2, min_frequency=1, weights="rarity", strength=2.0)


def test_by_rarity_a_word_has_the_weight_of_words_like_it() -> None:
    """Token 8 is in no text to learn from; its vector is that of the first label's words."""
    texts = ids([4, 6], [5, 6], [6, 7], [4], [9, 6], [10, 6], [6, 11], [9])
    numbers = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    vectors = np.zeros((12, 2), np.float32)
    vectors[[4, 5, 7, 8]], vectors[[9, 10, 11]], vectors[6] = (1, 0), (0, 1), (0.5, 0.5)
    found = train_bag(texts, numbers, 2, RARITY, vectors).scores(ids([8], [3]))
    alone = train_bag(texts, numbers, 2, RARITY).scores(ids([8], [3]))
    assert found[0, 0] - found[0, 1] > 0.5
    assert found[1] == pytest.approx(alone[0], abs=0.05)  # without a vector: the bias alone
    assert alone[0] == pytest.approx(alone[1])


def test_by_rarity_a_pair_counts_half_of_a_word_as_rare() -> None:
    texts = ids([4, 5], [4, 6], [7, 5], [7, 6])  # each word in two texts, each pair in one
    ngrams = Ngrams.of(texts, RARITY)
    values = rarities(ngrams, texts, RARITY)
    single = np.isin(ngrams.kept, token_hashes(8))
    assert values[single] == pytest.approx(np.log(5 / 3) + 1)
    assert values[~single] == pytest.approx((np.log(5 / 2) + 1) / 2)
    whole = rarities(ngrams, texts, replace(RARITY, length_power=0.0))
    assert whole[~single] == pytest.approx(np.log(5 / 2) + 1)


@pytest.mark.parametrize("frequent", [9, 90])
def test_by_rarity_few_texts_say_little_of_how_frequent_labels_are(frequent: int) -> None:
    """A text of unknown words gets the labels' shares, drawn towards equal ones."""
    texts = ids(*([[4]] * frequent), *([[4]] * (frequent // 9)))
    numbers = np.array([0] * frequent + [1] * (frequent // 9))
    bias = train_bag(texts, numbers, 2, replace(RARITY, longest=1)).scores(ids([4]))[0]
    share = (frequent + 50) / (len(texts) + 100)
    assert bias[0] - bias[1] == pytest.approx(np.log(share / (1 - share)), abs=0.02)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier with a bag; ``good bad`` is positive and ``bad good`` negative."""
    out = tmp_path_factory.mktemp("bag") / "model"
    rng = np.random.default_rng(1)
    examples = []
    for i in range(200):
        words = rng.choice(["film", "song", "book", "day"], 3).tolist()
        pair = ["good bad", "bad good"][i % 2]
        words.insert(rng.integers(4), pair)
        examples.append(LabelledText(" ".join([*words, str(i)]), ["positive", "negative"][i % 2]))
    plan = ClassifierPlan(
        embedding=Embedding(units=8),
        encoders=(Encoder(units=6, bidirectional=False),),
        head=HeadSettings(pooling=("mean",)),
        training=TrainingSettings(
            epochs=1, patience=0, validation_split=0.2, max_tokens=5, window_overlap=1
        ),
        bag=BagSettings(longest=2, min_frequency=2),
    )
    run_classifier(examples, out=out, plan=plan)
    return out


def test_the_bag_is_part_of_the_answer(model: Path, tmp_path: Path) -> None:
    classifier = textrnn.load(model, threads=1)
    texts = ["a good bad day", "a bad good day", ""]
    found = classifier.classify(texts)
    assert [result.label for result in found[:2]] == ["positive", "negative"]
    bundle = Bundle.open(model)
    assert bundle.manifest.serving["bag_share"] > 0
    assert bundle.manifest.training["bag"]["longest"] == 2
    files = {n: bundle.read(n) for n in bundle.manifest.files if n != "bag.npz"}
    write_bundle(tmp_path / "alone", bundle.manifest, files)
    alone = textrnn.load(tmp_path / "alone", threads=1)
    read = [classifier.tokenizer.encode(text).ids for text in texts]
    zeros = np.zeros((len(read), 2), np.float32)
    difference = classifier.calibrate(zeros, read) - alone.calibrate(zeros, read)
    lengths = np.array([4, 4, 0])
    expected = classifier.calibration.share(lengths)[:, None] * classifier.bag.scores(read)
    expected /= classifier.calibration.divisor(lengths)[:, None]
    assert difference == pytest.approx(expected)


def test_a_text_of_several_windows_is_one_to_the_bag(model: Path) -> None:
    """Its n-grams go over the borders of windows, and their number is that of the whole."""
    classifier = textrnn.load(model, threads=1)
    text = "film song book day " * 3 + "good bad"
    (result,) = classifier.classify([text])
    assert result.windows > 1
    read = classifier.tokenizer.encode(text).ids
    bounds = classifier.windows_of(len(read))
    logits = merge_logits(classifier.run([read[a:b] for a, b in bounds])[0], bounds)
    odds = np.diff(classifier.calibrate(logits[None], [read])[0])
    assert result.probabilities["positive"] == pytest.approx(1 / (1 + np.exp(-odds[0])), abs=1e-3)


def odds_of(classifier: Classifier, read: np.ndarray, number: int) -> float:
    """A label's log-odds in a text of any length."""
    bounds = classifier.windows_of(len(read))
    logits = merge_logits(classifier.run([read[a:b] for a, b in bounds])[0], bounds)
    (mixed,) = classifier.calibrate(logits[None], [read])
    return float(mixed[number] - mixed[1 - number])


@pytest.mark.parametrize("text", ["good bad", "film good bad song book day film book 7 day"])
def test_explanations_count_it(model: Path, text: str) -> None:
    """Integrated gradients' weights sum to the log-odds less those of unknown words, and
    occlusion's are what those lose; in one window and in several.
    """
    classifier = textrnn.load(model, threads=1)
    explainer = Explainer(classifier)
    gradients, occlusion = explainer.explain(
        text, methods=["gradients", "occlusion"], label="positive"
    )
    read = classifier.tokenizer.encode(text).ids
    number = classifier.labels.index("positive")
    whole = odds_of(classifier, read, number)
    nothing = odds_of(classifier, np.full_like(read, Tokenizer.UNK), number)
    total = sum(weight.weight for weight in gradients.weights)
    assert total == pytest.approx(whole - nothing, abs=0.05)
    for position, weight in enumerate(occlusion.weights):
        without = read.copy()
        without[position] = Tokenizer.UNK
        lost = whole - odds_of(classifier, without, number)
        assert weight.weight == pytest.approx(lost, abs=0.02)


def test_the_bag_of_the_classifier_begun_with_is_kept(model: Path, tmp_path: Path) -> None:
    """For a label that it did not have its n-grams say nothing."""
    words = ["a film", "good day", "bad good", "odd"]
    labels = ["neutral", "positive", "negative", "neutral"]
    examples = [LabelledText(*pair) for pair in zip(words, labels, strict=True)]
    plan = ClassifierPlan(
        embedding=Embedding(units=8),
        encoders=(Encoder(units=6, bidirectional=False),),
        head=HeadSettings(pooling=("mean",)),
        training=TrainingSettings(epochs=1, patience=0),
        bag=BagSettings(longest=2, weights="kept"),
    )
    options = {"validation": examples, "init_from": [model], "plan": plan}
    others = [LabelledText(f"so {text}", label) for text, label in zip(words, labels, strict=True)]
    run_classifier(others, out=tmp_path / "m", **options)  # type: ignore[arg-type]
    first, second = textrnn.load(model), textrnn.load(tmp_path / "m")
    assert second.labels == ("negative", "neutral", "positive")
    read = [first.tokenizer.encode(text).ids for text in ("a good bad day", "bad good", "")]
    before, after = first.bag.scores(read), second.bag.scores(read)
    assert before[0].any()
    np.testing.assert_allclose(after[:, [0, 2]], before, atol=0.02 * np.abs(before).max())
    assert not after[:, 1].any()
    with pytest.raises(ConfigurationError, match="no model begun with has a bag to be kept"):
        kept_bag([], second.labels)


def test_a_bag_that_would_be_empty_is_refused() -> None:
    texts = [np.array([number], np.int32) for number in range(1, 9)]
    with pytest.raises(InputError, match="none is in 2 texts; give more texts, or lower"):
        train_bag(texts, np.arange(8) % 2, 2, BagSettings(longest=2, min_frequency=2))
