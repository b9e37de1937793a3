"""Embeddings to begin with: aligned, counted, frozen or trained, and not needed to serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_bundles import arrays

from check_head import loaded_after
from made_up import made_up_reviews, made_up_sentences, made_up_verses
from textrnn.bundle.bundle import Bundle
from textrnn.corpora import LabelledText, Passage
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.classifier.network import HeadSettings
from textrnn.heads.generator.generator import Generator
from textrnn.heads.parts import read_network
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.parts import read_features, read_tables
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.text.words import word_key
from textrnn.training.classifier.plan import BagSettings, ClassifierPlan
from textrnn.training.classifier.run import _ClassifierRun, run_classifier
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.generator.run import run_generator
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.settings import TokenizerSettings, TrainingSettings, VectorSettings
from textrnn.training.tagger.run import run_tagger
from textrnn.training.vocabulary import vector_settings, widened
from textrnn.training.weights.files import read_weights
from textrnn.training.weights.pretrained import (
    Coverage,
    PretrainedVectors,
    _units,
    check_units,
    largest_vocabulary,
    vector_units,
)

pytestmark = pytest.mark.train

VECTORS = "the 0.5 -1 2 0.25\nlovely 1 1 1 1\ndull -1 -1 -1 -1\nnobody 9 9 9 9\n"
PLAN = ClassifierPlan(
    tokenizer=TokenizerSettings(min_frequency=2),
    embedding=Embedding(units=4),
    encoders=(Encoder("rnn", 3, bidirectional=False),),
    head=HeadSettings(pooling=("last",), dropout=0.0),
    training=TrainingSettings(epochs=1, batch_size=16, validation_split=0.2),
)


GOODS = ("good", "bad")


def vector_file(folder: Path, content: str = VECTORS) -> Path:
    path = folder / "vectors.txt"
    path.write_text(content, "utf-8")
    return path


def embedding(model: Path) -> tuple[np.ndarray, dict[str, int]]:
    weights = read_weights(Bundle.open(model))
    return weights["embedding"], Tokenizer.load(model / "tokenizer.json").vocabulary()


@pytest.mark.parametrize(("frozen", "same"), [(-1, True), (1, True), (0, False)])
def test_a_classifier_begins_with_them(tmp_path: Path, frozen: int, same: bool) -> None:
    lines: list[str] = []
    plan = replace(PLAN, embedding=replace(PLAN.embedding, frozen_epochs=frozen))
    file = vector_file(tmp_path)
    run_classifier(
        made_up_reviews(80),
        out=tmp_path / "m",
        plan=plan,
        embeddings=[file],
        on_message=lines.append,
    )
    (said,) = (line for line in lines if "vectors for" in line)
    assert said.startswith(f"{file}: vectors for 4 of ")
    assert "; training texts: 3.5% of 86 words, " in said
    assert " tokens; validation texts: " in said
    bundle = Bundle.open(tmp_path / "m")
    kept = said.replace(str(file), file.name)
    assert bundle.manifest.training["begins_with"] == [kept]
    assert f"| begins with | {kept} |" in bundle.card()
    rows, vocabulary = embedding(tmp_path / "m")
    unchanged = np.allclose(rows[vocabulary["lovely"]], 1.0, atol=1e-3)
    assert unchanged is same
    file.unlink()
    assert Classifier.load(tmp_path / "m").classify(["a lovely song"])[0].label


def test_a_generator_begins_with_them(tmp_path: Path) -> None:
    verses = [Passage(text, ends=True) for text in made_up_verses(60)]
    plan = GeneratorPlan(
        tokenizer=TokenizerSettings("character", 60, 1, lowercase=False, normalization="none"),
        embedding=Embedding(units=4, frozen_epochs=-1),
        encoders=(Encoder(units=5, bidirectional=False),),
        training=TrainingSettings(epochs=1, batch_size=4, max_tokens=16, window_overlap=0),
    )
    file = vector_file(tmp_path, "山 1 2 3 4\n水 0.5 0.5 0.5 0.5\n")
    run_generator(lambda: verses, out=tmp_path / "g", plan=plan, embeddings=[file])
    rows, vocabulary = embedding(tmp_path / "g")
    assert rows[vocabulary["山"]] == pytest.approx([1, 2, 3, 4], abs=0.02)
    file.unlink()
    assert Generator.load(tmp_path / "g").generate("山", length=3)[0].tokens <= 3


def lower(words: Sequence[str]) -> list[str]:
    return [word.lower() for word in words]


def test_rows_and_what_is_missing(tmp_path: Path) -> None:
    vectors = PretrainedVectors([vector_file(tmp_path)], lower)
    rows, found = vectors.rows({"the": 2, "dull": 3, "new": 4}, 5, random_state=0)
    assert (rows.shape, found) == ((5, 4), 2)
    assert rows[2] == pytest.approx([0.5, -1, 2, 0.25])
    assert np.isfinite(rows).all()
    assert rows[4].any()
    trained = np.full((5, 4), 2.0, np.float32) * np.arange(5)[:, None]
    kept, _ = vectors.rows({"the": 2, "new": 4}, 5, trained=trained, random_state=0)
    ratio = kept[4] / trained[4]
    assert ratio == pytest.approx(ratio[0])
    assert kept[2] == pytest.approx([0.5, -1, 2, 0.25])
    with pytest.raises(InputError, match="no vector of a word of the vocabulary"):
        vectors.rows({"x": 2}, 5, random_state=0)


def test_of_a_vocabulary_that_is_not_widened_the_same_rows_are_kept(tmp_path: Path) -> None:
    text = "Paris 1 1\nthe 2 2\nparis 9 9\n2008 3 3\nzebra 4 4\n## 5 5\n"
    files = [vector_file(tmp_path, text), tmp_path / "other.txt"]
    files[1].write_text("zebra 7 7\n", "utf-8")
    vocabulary = {"paris": 0, "ＴＨＥ": 1, "77": 2, "nothing": 3}
    whole, few = (PretrainedVectors(files, lower, words=w) for w in (None, vocabulary))
    assert few.frequent(9, without=()) == ["paris", "the", "##"]
    rows, found = few.rows(vocabulary, 4, random_state=0)
    assert found == 3
    assert rows[:3].tolist() == [[1, 1, 0, 0], [2, 2, 0, 0], [5, 5, 0, 0]]
    assert np.array_equal(rows, whole.rows(vocabulary, 4, random_state=0)[0])


def test_a_training_writes_nothing_beside_the_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTRNN_CACHE", str(tmp_path / "cache"))
    file = vector_file(tmp_path)
    run_classifier(made_up_reviews(16), out=tmp_path / "m", plan=PLAN, embeddings=[file])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m", "vectors.txt"]


def test_the_size_of_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    file = vector_file(tmp_path, "the 1 1\n")
    before = _units.cache_info().misses
    assert [vector_units([file]) for _ in range(4)] == [2, 2, 2, 2]
    assert _units.cache_info().misses == before + 1
    file.write_text("the 1 1 1\n", "utf-8")
    assert vector_units([file]) == 3


def test_coverage_by_type_and_token(tmp_path: Path) -> None:
    vectors = PretrainedVectors([vector_file(tmp_path)], lower)
    covered = vectors.coverage({"the": 6, "dull": 3, "new": 1, "DULL": 2})
    assert covered == Coverage(types=4, found_types=3, tokens=12, found_tokens=11)
    assert str(covered) == "75.0% of 4 words, 91.7% of 12 tokens"
    assert str(vectors.coverage({})) == "0.0% of 0 words, 0.0% of 0 tokens"


def test_the_most_frequent_form_stands_for_a_word(tmp_path: Path) -> None:
    cased = vector_file(tmp_path, "Paris 1 1\nthe 2 2\nparis 9 9\n2008 3 3\n1999 4 4\n## 5 5\n")

    def keys(words: Sequence[str]) -> list[str]:
        return ["" if word == "##" else word_key(word) for word in words]

    vectors = PretrainedVectors([cased], keys)
    assert vectors.frequent(9, without={"the"}) == ["paris", "0000"]
    assert vectors.frequent(1, without=()) == ["paris"]
    rows, found = vectors.rows({"paris": 0, "0000": 1, "00": 2, "nothing": 3}, 4, random_state=0)
    assert found == 3
    assert rows[:3].tolist() == [[1, 1], [3, 3], [5, 5]]


def test_a_cased_word_has_its_lower_cased_row(tmp_path: Path) -> None:
    vectors = PretrainedVectors([vector_file(tmp_path)], list)
    rows, found = vectors.rows({"Lovely": 0, "ＤＵＬＬ": 1, "x": 2}, 3, random_state=0)
    assert found == 2
    assert rows[:2].tolist() == [[1, 1, 1, 1], [-1, -1, -1, -1]]


def test_numbers_of_two_files_stand_end_to_end(tmp_path: Path) -> None:
    general = vector_file(tmp_path, "the 1 1\nfilm 2 2\nsoup 3 3\n")
    domain = tmp_path / "domain.txt"
    domain.write_text("soup 4 4 4\nladle 5 5 5\n", "utf-8")
    assert vector_units([general, domain]) == 5
    vectors = PretrainedVectors([general, domain], list)
    assert vectors.frequent(9, without=()) == ["the", "soup", "film", "ladle"]
    rows, found = vectors.rows({"the": 0, "soup": 1, "ladle": 2, "no": 3}, 4, random_state=0)
    assert found == 3
    assert rows[:3].tolist() == [[1, 1, 0, 0, 0], [3, 3, 4, 4, 4], [0, 0, 5, 5, 5]]
    assert rows[3].all()
    check_units([general, domain], 5)
    with pytest.raises(ConfigurationError, match="5 numbers a word; the embedding has 3: leave"):
        check_units([general, domain], 3)


def test_a_vocabulary_is_as_large_as_12_mb_allow(tmp_path: Path) -> None:
    assert largest_vocabulary(100) == 115_384
    file = vector_file(tmp_path)
    values = vector_settings([file], "tokenizer", {("training", "epochs"): 2})
    assert values == {
        ("embedding", "units"): 4,
        ("tokenizer", "vocabulary_size"): largest_vocabulary(4),
        ("training", "epochs"): 2,
    }
    told = {("tokenizer", "vocabulary_size"): 9, ("tokenizer", "level"): "bpe"}
    assert vector_settings([file], "tokenizer", told) == {("embedding", "units"): 4, **told}
    assert ("tokenizer", "vocabulary_size") not in vector_settings(
        [file], "tokenizer", {("tokenizer", "level"): "bpe"}
    )


def test_a_tokenizer_is_widened_up_to_its_size(tmp_path: Path) -> None:
    words = ["the", "vis-à-vis", "Lovely", "frog", "newt", "toad"]
    file = vector_file(tmp_path, "".join(f"{word} {row} 1\n" for row, word in enumerate(words)))
    tokenizer = Tokenizer.train(["the film", "the soup"], min_frequency=1, lowercase=True)
    vectors = PretrainedVectors([file], tokenizer.keys)
    wider = widened(tokenizer, vectors, 10, seen={"newt"})
    assert tokenizer.vocabulary().items() < wider.vocabulary().items()
    assert [wider.token(number) for number in range(7, 10)] == ["newt", "lovely", "frog"]
    assert wider.encode("The Frog, a toad").ids.tolist() == [4, 9, 1, 1, 1]
    assert Tokenizer.from_json(wider.to_json()).vocabulary() == wider.vocabulary()
    subwords = Tokenizer.train(["the film"], level="bpe", vocabulary_size=300)
    assert widened(subwords, vectors, 999, seen=()) is subwords


KNOWN = "good 1 0 2 1\nbad -1 0 -2 -1\nsuperlative 1 0 2 1\nabysmal -1 0 -2 -1\nmeh 0 1 0 0\n"


@pytest.mark.parametrize("precision", ["int8", "float32"])
@pytest.mark.parametrize("frozen", [-1, 0])
def test_a_word_that_vectors_alone_know_is_no_unknown_one(
    tmp_path: Path, precision: str, frozen: int
) -> None:
    """It is in no training text, and the model has learned what is near it in the vectors."""
    texts = [LabelledText(f"a {word} one {n % 5}", word) for n in range(60) for word in GOODS]
    plan = replace(
        PLAN,
        embedding=Embedding(units=4, frozen_epochs=frozen),
        training=replace(PLAN.training, epochs=4, learning_rate=0.05, batch_size=8),
    )
    file = vector_file(tmp_path, KNOWN)
    run_classifier(texts, out=tmp_path / "m", plan=plan, embeddings=[file], precision=precision)
    rows, vocabulary = embedding(tmp_path / "m")
    assert rows[vocabulary["abysmal"]] == pytest.approx([-1, 0, -2, -1], abs=0.02)
    assert len(rows) == len(vocabulary)
    model = Classifier.load(tmp_path / "m")
    answers = model.classify([f"a {w} one 1" for w in ("superlative", "abysmal", "qwertz", "zzz")])
    good = [answer.probabilities["good"] for answer in answers]
    assert good[0] > 0.9
    assert good[1] < 0.1
    assert good[2] == good[3]  # both are unknown
    assert good[2] not in good[:2]


def test_a_stopped_run_goes_on_with_the_same_rows(tmp_path: Path) -> None:
    file = vector_file(tmp_path, KNOWN)

    def run(out: str, **more: Any) -> None:
        run_classifier(
            made_up_reviews(40), out=tmp_path / out, plan=PLAN, embeddings=[file], **more
        )

    class StoppedError(Exception):
        pass

    def stop(event: TrainingEvent) -> None:
        if event.step == 1:
            raise StoppedError

    run("whole")
    with pytest.raises(StoppedError):
        run("m", on_event=stop)
    run("m", resume=True)
    for whole, again in zip(embedding(tmp_path / "whole"), embedding(tmp_path / "m"), strict=True):
        assert np.array_equal(whole, again) if isinstance(whole, np.ndarray) else whole == again


def test_a_stopped_run_goes_on_with_the_same_bag(tmp_path: Path) -> None:
    """It rests on the given vectors alone; rows of words without any are trained, once."""
    file = vector_file(tmp_path, KNOWN)
    plan = replace(
        PLAN,
        vectors=VectorSettings(method="skipgram", epochs=1),
        bag=BagSettings(longest=1, weights="rarity", min_frequency=1),
    )

    def run(out: str, **more: Any) -> None:
        run_classifier(
            made_up_reviews(40), out=tmp_path / out, plan=plan, embeddings=[file], **more
        )

    def stop(event: TrainingEvent) -> None:
        raise InterruptedError

    run("whole")
    with pytest.raises(InterruptedError):
        run("m", on_event=stop)
    run("m", resume=True)
    for name in ("weights.npz", "bag.npz"):
        whole, again = (arrays(tmp_path / out, name) for out in ("whole", "m"))
        for key in whole:
            np.testing.assert_array_equal(whole[key], again[key])


def test_a_bag_has_no_vector_of_a_word_that_the_file_lacks(tmp_path: Path) -> None:
    texts = [LabelledText(f"a {word} qwertz {n % 5}", word) for n in range(60) for word in GOODS]
    plan = replace(PLAN, bag=BagSettings(longest=1, weights="rarity", min_frequency=1))
    run = _ClassifierRun(tmp_path / "m", plan)
    run.embeddings = [vector_file(tmp_path, KNOWN)]
    with run.folder.held(resume=False):
        run.read(texts, None, [])
        run.tokenize()
    vectors, vocabulary = run._word_vectors(), run.tokenizer.vocabulary()
    assert vectors is not None
    assert vectors[vocabulary["good"]].tolist() == [1, 0, 2, 1]
    assert not vectors[vocabulary["qwertz"]].any()


def test_a_tagger_knows_words_that_vectors_alone_know(tmp_path: Path) -> None:
    rows = {"Oslo": 1, "Lima": 1, "Accra": 1, "Quito": 1, "rained": -1, "said": -1, "2008": -2}
    content = "".join(f"{word} {n} {n} {n} {-n}\n" for word, n in rows.items())
    lines: list[str] = []
    run_tagger(
        made_up_sentences(60),
        out=tmp_path / "t",
        embeddings=[vector_file(tmp_path, content)],
        changes={("training", "epochs"): 1, ("encoders", "units"): 3},
        on_message=lines.append,
    )
    (said,) = (line for line in lines if "vectors for" in line)
    assert "vectors for 7 of " in said
    assert "training texts: " in said
    assert "validation texts: " in said
    bundle = Bundle.open(tmp_path / "t")
    network = read_network(bundle, TaggerNetwork)
    assert network.embedding.units == 4
    words, tables = read_features(bundle, network).words, read_tables(bundle, network)
    quito = tables["embedding"][words["quito"]] * tables["embedding/scale"][words["quito"]]
    assert quito.tolist() == pytest.approx([1, 1, 1, -1], abs=0.01)
    assert {"0000"} <= words.keys()


def test_wrong_units_are_refused_before_keras_is_loaded(tmp_path: Path) -> None:
    file = vector_file(tmp_path)
    code = f"""
import textrnn
for task in ("classifier", "tagger", "generator"):
    for more in ({{"embedding_units": 3}}, {{"init_from": "none", "embeddings": "glove-em"}}):
        options = {{"embeddings": {str(file)!r}, **more}}
        try:
            getattr(textrnn, "train_" + task)("no such file", out="m", **options)
        except textrnn.TextRNNError as error:
            said = str(error)
            assert "3: leave its units" in said or "did you mean 'glove-en'" in said, said
        else:
            raise SystemExit("nothing was refused")
refused = True"""
    assert not loaded_after(code) & {"keras", "tensorflow"}
