"""Settings that follow from how much there is to learn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_reviews, made_up_sentences
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import load
from textrnn.corpora import LabelledText, Span, SpannedText, TaggedSentence, text_key
from textrnn.errors import ConfigurationError
from textrnn.training.classifier.bag import train_bag
from textrnn.training.classifier.batches import EncodedTexts
from textrnn.training.classifier.beginning import fit_classifier, fitting_beginning
from textrnn.training.classifier.beside import BagBeside
from textrnn.training.classifier.calibration import fit_calibration
from textrnn.training.classifier.defaults import fitting_plan
from textrnn.training.classifier.folds import Answers
from textrnn.training.classifier.plan import BagSettings, ClassifierPlan
from textrnn.training.classifier.run import run_classifier
from textrnn.training.classifier.validation import accuracy
from textrnn.training.facts import Facts, about_tokens
from textrnn.training.fitting import fit_plan, shipped_beginning
from textrnn.training.loop.deal import deal
from textrnn.training.named import COUNT, Values
from textrnn.training.tagger.beginning import fit_tagger
from textrnn.training.tagger.beginning import suits_shipped as suits_tagger
from textrnn.training.tagger.defaults import fitting_plan as fitting_tagger_plan
from textrnn.training.tagger.files import TaggerFiles
from textrnn.training.tagger.folds import SpansByOthers
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.run import run_tagger

pytestmark = pytest.mark.train

ENGLISH = ["The soup was cold and the waiter was late again, which nobody liked."]


@pytest.mark.parametrize("texts", [20, 60, 250, 1000, 4000])
@pytest.mark.parametrize("model", [None, Path("sentiment-en")])
def test_a_classifier_gets_steps_enough(texts: int, model: Path | None) -> None:
    plan = fitting_plan(Facts(texts, model=model))
    steps = plan.training.epochs * -(-texts // plan.training.batch_size)
    assert steps >= (300 if model is None else 100)
    assert plan.bag.weights == "rarity"
    assert bool(plan.training.folds) == (texts < 150 or (model is None and texts <= 1000))


def test_validation_texts_make_folds_needless() -> None:
    assert fitting_plan(Facts(60)).training.folds == 3
    assert fitting_plan(Facts(60, has_validation=True)).training.folds == 0


def test_long_texts_have_no_folds_unless_they_are_very_few() -> None:
    assert fitting_plan(Facts(60, tokens=1_000_000)).training.folds == 3
    assert fitting_plan(Facts(500, tokens=1_000_000)).training.folds == 0
    assert about_tokens(["Short text."] * 10, "en") == 22
    assert about_tokens(["汤是凉的"] * 10, "zh") == 40


def test_pairs_of_characters_count_as_words_where_texts_share_them() -> None:
    powers = [
        fitting_plan(Facts(texts, language=language)).bag.length_power
        for texts, language in ((60, "zh"), (1000, "zh"), (1000, "en"))
    ]
    assert powers == [1.0, 0.0, 1.0]


def test_few_texts_leave_the_rows_of_vectors_as_they_are() -> None:
    assert fitting_plan(Facts(60, has_vectors=True)).embedding.frozen_epochs == -1
    assert fitting_plan(Facts(4000, has_vectors=True)).embedding.frozen_epochs == 0
    assert fitting_plan(Facts(60)).embedding.frozen_epochs == 0


def test_many_texts_have_the_defaults_of_the_plan() -> None:
    assert fitting_plan(Facts(50_000)) == ClassifierPlan()
    assert fitting_tagger_plan(Facts(50_000)) == TaggerPlan()


def test_a_tagger_gets_steps_enough() -> None:
    plan = fitting_tagger_plan(Facts(60))
    assert (plan.training.batch_size, plan.training.epochs) == (4, 40)
    assert plan.training.best_by == "loss"
    begun = fitting_tagger_plan(Facts(60, model=Path("ner-en")))
    assert (begun.training.batch_size, begun.training.epochs) == (4, 14)
    assert [fitting_tagger_plan(Facts(n)).training.folds for n in (20, 150, 151)] == [3, 3, 0]
    assert fitting_tagger_plan(Facts(60, has_validation=True)).training.folds == 0


def test_few_sentences_begin_with_the_tagger_of_their_language() -> None:
    news = made_up_sentences(60)
    changes = {("features", "dropout"): 0.1}
    assert suits_tagger(news, "en", changes)
    plan, models = fit_tagger(
        news,
        language="en",
        has_validation=False,
        has_lists=False,
        embeddings=[],
        init_from=None,
        changes=changes,
    )
    assert models == [Path("ner-en")]
    assert (plan.embedding.units, plan.encoders[0].units) == (100, 200)
    for path in (("features", "level"), ("features", "characters", "units"), ("vectors", "method")):
        assert not suits_tagger(news, "en", {path: "x"})
    assert not suits_tagger(made_up_sentences(1) * 10_001, "en", {})


def test_chinese_in_words_begins_with_nothing() -> None:
    """What ships reads characters."""
    assert suits_tagger([TaggedSentence(tuple("北京的天气很好"), ())], "zh", {})
    assert not suits_tagger([TaggedSentence(("北京", "的", "天气"), ())], "zh", {})
    assert suits_tagger([SpannedText("北京的天气很好", ())], "zh", {})


def fit(language: str = "en", changes: Values | None = None) -> tuple[ClassifierPlan, list[str]]:
    """The plan of sixty texts that begin with the shipped classifier if its sizes suit."""
    models = shipped_beginning("classifier", ClassifierPlan(), language, changes or {})
    plan = fit_plan(
        "classifier",
        fitting_plan,
        ENGLISH * 60,
        language=language,
        init_from=models,
        changes=changes or {},
    )
    return plan, [str(model) for model in models]


def test_a_shipped_model_brings_its_sizes() -> None:
    plan, models = fit()
    assert models == ["sentiment-en"]
    assert (plan.embedding.units, plan.encoders[0].units) == (256, 512)
    assert fit(language="fr")[1] == []


GOOD = ["I love this film.", "What a lovely day, I am happy.", "Great food and kind people!"]
BAD = ["I hate this film.", "What an awful day, I am sad.", "Terrible food and rude people!"]


def labelled(good: str, bad: str, count: int = 10) -> list[LabelledText]:
    pairs = [*((text, good) for text in GOOD), *((text, bad) for text in BAD)]
    return [LabelledText(text, label) for text, label in pairs * count]


def test_shades_of_sentiment_begin_with_the_shipped_classifier() -> None:
    """By what it says of the texts, whatever their labels are called."""
    assert fitting_beginning(labelled("5 stars", "1 star"), "en", {}) == (
        [Path("sentiment-en")],
        [],
    )
    assert fitting_beginning(labelled("5 stars", "1 star", 2000), "en", {}) == ([], [])


def test_nothing_is_begun_with_where_that_is_said() -> None:
    _, models, vectors = fit_classifier(
        labelled("5 stars", "1 star"),
        language="en",
        has_validation=False,
        embeddings=[],
        init_from=[],
        changes={},
    )
    assert [*models, *vectors] == []


def test_a_file_that_is_sorted_by_label_begins_with_the_same() -> None:
    """Its first texts are all of one label, of which no answer tells anything."""
    ordered = sorted(labelled("5 stars", "1 star", 100), key=lambda example: example.label)
    assert len({example.label for example in ordered[:250]}) == 1
    assert fitting_beginning(ordered, "en", {}) == ([Path("sentiment-en")], [])


def test_other_labels_begin_with_word_vectors() -> None:
    others = [LabelledText(e.text, "ab"[i % 2]) for i, e in enumerate(labelled("", "")[:-1])]
    assert fitting_beginning(others, "en", {}) == ([], [Path("glove-en")])
    assert fitting_beginning(others, "zh", {}) == ([], [Path("char-zh")])
    assert fitting_beginning(others, "fr", {}) == ([], [])
    for path in (("embedding", "units"), ("tokenizer", "level"), ("vectors", "method")):
        assert fitting_beginning(others, "en", {path: 7}) == ([], [])


def test_what_is_said_stays_and_keeps_models_away_whose_sizes_differ() -> None:
    plan, models = fit(changes={("training", "epochs"): 2, ("bag", "longest"): 0})
    assert (plan.training.epochs, plan.bag.longest, models) == (2, 0, ["sentiment-en"])
    for path, value in ((("encoders", "units"), 7), (("tokenizer", "level"), "bpe")):
        assert fit(changes={path: value})[1] == []
    for path in (("training", "validation_split"), ("training", "average_epochs")):
        value = {"validation_split": 0.3, "average_epochs": 2}[path[1]]
        assert fit(changes={path: value})[0].training.folds == 0
    plan, _ = fit(changes={("encoders", COUNT): 2, ("encoders", "units"): 7})
    assert [encoder.units for encoder in plan.encoders] == [7, 7]
    with pytest.raises(ConfigurationError, match="epochs must be at least 1"):
        fit(changes={("training", "epochs"): 0})


def test_folds_hold_each_label_and_keep_copies_together() -> None:
    examples = [LabelledText(f"text {i}", "ab"[i % 2]) for i in range(12)]
    examples += [LabelledText("Text 3", "b")]  # but for the capital a copy
    groups = [(text_key(e.text), e.label) for e in examples]
    folds = deal(groups, 3, random_state=0)
    assert folds[12] == folds[3]
    for label in "ab":
        ours = folds[[i for i in range(12) if examples[i].label == label]]
        assert np.bincount(ours).tolist() == [2, 2, 2]


def test_answers_of_an_epoch_are_scored() -> None:
    logits = np.zeros((2, 3, 2), np.float32)
    logits[1, :, 1] = 9.0
    answers = Answers(logits, np.array([1, 1, 0]))
    assert answers.scores(0)[0] == pytest.approx(np.log(2))
    assert answers.scores(1)[1] == pytest.approx(2 / 3)
    again = Answers.from_bytes(answers.to_bytes(), answers.numbers)
    np.testing.assert_array_equal(again.logits, logits)


def test_few_texts_leave_the_temperature_near_one() -> None:
    """Texts that are all right: the more there are, the surer they make."""

    def temperature(texts: int) -> float:
        logits = np.tile(np.array([[2.0, 0.0]], np.float32), (texts, 1))
        lengths, numbers = np.full(texts, 100), np.zeros(texts, np.int64)
        return fit_calibration(logits, lengths, numbers).temperature

    few, more, many = temperature(24), temperature(60), temperature(2000)
    assert 0.85 < few < 1
    assert few > more > many == pytest.approx(0.5, abs=0.01)


def test_a_network_that_has_learned_nothing_leaves_the_bag_to_answer() -> None:
    rng = np.random.default_rng(0)
    numbers, lengths = rng.integers(0, 2, 200), np.full(200, 20)
    nothing = rng.normal(size=(200, 2)).astype(np.float32) * 4
    knows = (np.eye(2)[numbers] * 2 + rng.normal(size=(200, 2))).astype(np.float32)
    found = fit_calibration(nothing, lengths, numbers, knows)
    together = found.apply(nothing, lengths, knows)
    assert accuracy(together, numbers) >= accuracy(knows, numbers) - 0.01
    assert accuracy(knows, numbers) > 0.85
    few = [logits[:20] for logits in (nothing, knows)]
    alone, begun = (
        fit_calibration(few[0], lengths[:20], numbers[:20], few[1], begins_with_model=known)
        for known in (False, True)
    )
    assert 1 / begun.temperature > 2 / alone.temperature  # it counts more where it knew before


def test_a_fold_whose_others_are_of_one_label_has_no_bag() -> None:
    texts = EncodedTexts([np.array([4, 5], np.int32)] * 4, np.array([0, 0, 0, 1]))
    settings = BagSettings(longest=1, min_frequency=1)
    scores = BagBeside(settings, 2).scores_by_others(texts, np.array([0, 1, 0, 1]))
    assert not scores[1].any()  # the others are texts 0 and 2, of label 0 alone
    assert scores[0, 0] != scores[0, 1]


def test_a_bag_is_trained_on_a_fold_that_lacks_a_label() -> None:
    texts = [np.array([4, 5], np.int32), np.array([6], np.int32), np.array([4], np.int32)]
    bag = train_bag(texts, np.array([0, 1, 0]), 3, BagSettings(longest=1, min_frequency=1))
    assert bag.scores(texts).argmax(axis=1).tolist() == [0, 1, 0]
    assert bag.bias[2] == pytest.approx(-np.log(7))


TINY = {
    ("embedding", "units"): 8,
    ("encoders", "units"): 6,
    ("head", "pooling"): ("last",),
    ("training", "epochs"): 5,
    ("training", "batch_size"): 8,
    ("training", "learning_rate"): 0.02,
}


def test_texts_validate_one_another(tmp_path: Path) -> None:
    reviews, lines = made_up_reviews(24), list[str]()
    run_classifier(reviews, out=tmp_path / "m", init_from=(), changes=TINY, on_message=lines.append)
    manifest = Bundle.open(tmp_path / "m").manifest
    assert (manifest.training["texts"], manifest.training["validation_texts"]) == (24, 24)
    assert manifest.training["training"]["folds"] == 3
    assert any(line.startswith("settings for so many texts: 5 epochs") for line in lines)
    assert [line[:6] for line in lines if line.startswith("fold ")] == [
        "fold 1",
        "fold 2",
        "fold 3",
    ]
    answers = load(tmp_path / "m").classify([e.text for e in reviews])
    assert [a.label for a in answers] == [e.label for e in reviews]


def test_a_tagger_finds_names_after_sixty_sentences(tmp_path: Path) -> None:
    """They validate one another."""
    small = {("embedding", "units"): 16, ("encoders", "units"): 16}
    fast = {("training", "epochs"): 8, ("training", "learning_rate"): 0.02}
    lines: list[str] = []
    sentences, changes = made_up_sentences(60), {**small, **fast}
    run_tagger(sentences, out=tmp_path / "m", changes=changes, on_message=lines.append)
    model = load(tmp_path / "m")
    assert model.evaluate(made_up_sentences(30, random_state=1)).scores()["F1"] > 0.5
    assert model.bundle.manifest.training["validation_texts"] == 60
    assert model.bundle.manifest.scores["validation_f1"] > 0.5
    assert [line[:6] for line in lines if line.startswith("fold ")] == [
        "fold 1",
        "fold 2",
        "fold 3",
    ]


def test_each_label_of_sentences_is_spread_over_folds_and_documents_stay_whole() -> None:
    names = ["PER"] * 9 + ["LOC"] * 3
    sentences = [
        TaggedSentence(("It", f"rains{number}"), (Span(0, 1, name),), document=number)
        for number, name in enumerate(names)
    ]
    sentences.append(replace(sentences[0], words=("It", "snows")))
    folds = deal(TaggerFiles.kin(sentences), 3, random_state=0)
    assert folds[0] == folds[-1]
    assert np.bincount(folds[:9]).tolist() == [3, 3, 3]
    assert sorted(folds[9:12].tolist()) == [0, 1, 2]


def test_copies_of_a_sentence_are_in_one_fold() -> None:
    sentences = [
        TaggedSentence(("It", "rains", str(number % 6)), (Span(0, 1, "PER"),), document=number)
        for number in range(18)
    ]
    folds = deal(TaggerFiles.kin(sentences), 3, random_state=0)
    assert folds[:6].tolist() * 3 == folds.tolist()
    assert np.bincount(folds).tolist() == [6, 6, 6]


def test_sentences_without_spans_are_no_rare_label() -> None:
    """Though a label has more spans than there are sentences, these are dealt by it."""
    named = [
        TaggedSentence((f"a{n}", "b"), (Span(0, 1, "PER"), Span(1, 2, "PER")), document=n)
        for n in range(9)
    ]
    plain = [TaggedSentence((f"c{n}", "d"), (), document=9 + n) for n in range(3)]
    for state in range(5):
        folds = deal(TaggerFiles.kin([*named, *plain]), 3, random_state=state)
        assert np.bincount(folds[:9]).tolist() == [3, 3, 3]
        assert sorted(folds[9:].tolist()) == [0, 1, 2]


def test_spans_found_by_others_are_scored_by_epoch() -> None:
    counts = np.array([[0, 0, 4], [2, 2, 4]])
    found = SpansByOthers(np.array([3.0, 1.0]), counts, 1.2)
    again = SpansByOthers.from_bytes(found.to_bytes())
    assert again.scores(0) == (3.0, 0.0)
    assert again.scores(1) == (1.0, pytest.approx(2 / 3))
    assert again.temperature == 1.2


def test_a_plan_is_trained_as_it_is(tmp_path: Path) -> None:
    plan = fitting_plan(Facts(24))
    plan = replace(plan, training=replace(plan.training, epochs=1, folds=0))
    run_classifier(made_up_reviews(24), out=tmp_path / "m", plan=plan)
    kept = Bundle.open(tmp_path / "m").manifest.training
    assert kept["begins_with"] == []
    assert kept["training"]["epochs"] == 1
