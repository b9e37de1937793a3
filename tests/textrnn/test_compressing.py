"""Smaller models of models: whole bundles that answer, say what was done, and can be trained on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compressible import EXAMPLES, compressible
from small_bundles import TEXTS, WINDOWS, put_manifest, small_classifier, small_translator

import textrnn
from calling import textrnn_in
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network
from textrnn.configuration import to_dict
from textrnn.counted import counted
from textrnn.errors import BundleError, ConfigurationError, InputError, ModelNotFoundError
from textrnn.heads.classifier.bag import BagOfNgrams, text_ngrams
from textrnn.heads.classifier.bag_alone import BagAlone
from textrnn.heads.classifier.parts import BAG_ALONE
from textrnn.training.weights.files import check_weights
from textrnn.training.weights.initial_model import InitialModel

TASKS = list(EXAMPLES)
BACKWARD = {**WINDOWS, "backward": True}
QUESTIONS: dict[str, Any] = {
    "classifier": ["a fine film", "", "猫 🙂"],
    "tagger": ["Ada spoke", "", "猫 🙂"],
}


@pytest.mark.parametrize("task", TASKS)
def test_a_smaller_model_is_a_bundle_like_any_other(task: str, tmp_path: Path) -> None:
    whole = compressible(task, tmp_path / "whole")
    said: list[str] = []
    found = textrnn.compress(
        whole, out=tmp_path / "half", prune=0.4, evaluate=EXAMPLES[task], on_message=said.append
    )
    bundle = Bundle.open(tmp_path / "half")
    assert all(check.ok for check in bundle.verify())
    assert bundle.manifest.network["encoders"][0]["units"] == 3
    assert bundle.manifest.training["encoders"][0]["units"] == 3
    assert "measured" not in bundle.manifest.training
    assert found.after.parameters < found.before.parameters
    assert found.before.scores.keys() == found.after.scores.keys() != set()
    assert found.steps == ("units of its encoders: 5 before, 3 now",)
    assert "| compressed | from small |" in bundle.card()
    assert "units of its encoders: 5 before, 3 now" in bundle.card()
    name, score = next(iter(found.after.scores.items()))
    assert bundle.manifest.scores[f"examples given: {name}"] == pytest.approx(score, abs=1e-4)
    assert said[0] == f"measuring small by {counted(len(EXAMPLES[task]), 'example')}"
    assert any("too fast to tell the speed" in line for line in said) == (found.time_share is None)
    if task in QUESTIONS:
        assert len(list(found.model.answer(QUESTIONS[task]))) == 3
    else:
        assert found.model.generate(length=5, random_state=1)[0].tokens


@pytest.mark.parametrize("task", ["classifier", "generator"])
def test_further_training_begins_with_it(task: str, tmp_path: Path) -> None:
    whole = compressible(task, tmp_path / "whole")
    textrnn.compress(whole, out=tmp_path / "half", prune=0.4)
    model = InitialModel.open(tmp_path / "half")
    assert model.weights["encoder_0/forward/recurrent"].shape[0] == 3


def test_a_word_less_and_8_bits(tmp_path: Path) -> None:
    whole = compressible("tagger", tmp_path / "whole")
    found = textrnn.compress(whole, out=tmp_path / "small", vocabulary=3, bits=8)
    manifest = Bundle.open(tmp_path / "small").manifest
    assert manifest.serving["precision"] == "int8"
    assert manifest.training["features"]["vocabulary_size"] == 3
    assert found.steps == (
        "vocabulary: 4 before, now the 3 most frequent as the model numbers them",
        "numbers: float32 before, int8 now",
    )
    check_weights_of(tmp_path / "small")
    before, after = (textrnn.load(path).tag("Ada") for path in (whole, tmp_path / "small"))
    assert [e.label for e in after.entities] == [e.label for e in before.entities]


def check_weights_of(path: Path) -> None:
    """See that a tagger can be begun with."""
    from textrnn.training.tagger.initial import InitialTagger

    model = InitialTagger.open(path)
    check_weights(model.weights, Bundle.open(path))


def test_in_32_bits_it_answers_as_before_where_nothing_goes(tmp_path: Path) -> None:
    whole = compressible("classifier", tmp_path / "whole", precision="int8")
    textrnn.compress(whole, out=tmp_path / "wide", bits=32)
    before, after = (textrnn.load(p).classify(TEXTS) for p in (whole, tmp_path / "wide"))
    for one, other in zip(before, after, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.02)


@pytest.mark.parametrize("level", ["character", "bpe"])
def test_a_generator_with_fewer_tokens(level: str, tmp_path: Path) -> None:
    whole = compressible("generator", tmp_path / "whole", level=level)
    size = described_network(Bundle.open(whole)).as_dict()["vocabulary_size"]
    textrnn.compress(whole, out=tmp_path / "small", vocabulary=size - 3, prune=0.2)
    model = textrnn.load(tmp_path / "small")
    assert model.tokenizer.vocabulary_size == size - 3
    assert model.generate("a fine", length=4, random_state=3)[0].text.startswith("a fine")


def test_a_bag_of_ngrams_is_numbered_anew_by_texts() -> None:
    texts = [np.array(ids, np.int32) for ids in ([5, 6, 7, 5], [6, 7], [8, 5, 6])]
    hashes = np.unique(text_ngrams(texts, longest=2, ending=2)[1])
    weights = np.arange(2 * len(hashes), dtype=np.float32).reshape(-1, 2)
    bag = BagOfNgrams(2, hashes, weights, np.array([0.5, -0.5], np.float32), ending=2)
    numbers = np.array([0, 1, 2, 3, -1, 10, 4, 9, -1])  # 4 and 8 go
    renumbered = bag.renumbered(texts, numbers)
    kept = [text for text in texts if 8 not in text]
    new = [numbers[text].astype(np.int32) for text in kept]
    np.testing.assert_allclose(renumbered.scores(new), bag.scores(kept), rtol=1e-6)
    gone = np.unique(text_ngrams([texts[2]], longest=2)[1])
    assert len(renumbered.hashes) < len(bag.hashes)
    assert len(gone)


def test_a_classifier_with_a_bag_needs_texts_for_a_smaller_vocabulary(tmp_path: Path) -> None:
    whole = compressible("classifier", tmp_path / "whole")
    with pytest.raises(ConfigurationError, match="has a bag of n-grams, kept as hashes"):
        textrnn.compress(whole, out=tmp_path / "small", vocabulary=8)
    subwords = compressible("classifier", tmp_path / "subwords", level="bpe")
    with pytest.raises(ConfigurationError, match="a bag of n-grams of bpe tokens"):
        textrnn.compress(subwords, out=tmp_path / "small", vocabulary=262)


def test_texts_may_choose_words_alone(tmp_path: Path) -> None:
    whole = compressible("classifier", tmp_path / "whole")
    texts = ["a quiet song", "quiet"]
    found = textrnn.compress(whole, out=tmp_path / "o", vocabulary=7, train=texts, epochs=0)
    assert found.model.tokenizer.vocabulary().keys() >= {"a", "quiet", "song"}
    assert found.steps == (
        "vocabulary: 13 before, now the 7 most frequent in the texts given",
        "bag: of 13 n-grams the 3 that the texts have in words that stay",
    )
    manifest = found.model.bundle.manifest
    assert manifest.corpora[-1] == {"name": "texts given", "use": "vocabulary", "texts": 2}


def test_a_bag_that_lost_ngrams_answers_nothing_by_itself(tmp_path: Path) -> None:
    whole = compressible("classifier", tmp_path / "whole")
    alone = BagAlone((0,), (1.0,), ((0.0, 0.0),), (0.9,))
    serving = {**Bundle.open(whole).manifest.serving, BAG_ALONE: to_dict(alone)}
    put_manifest(whole, {"serving": serving})
    options: dict[str, Any] = {"train": ["a quiet song"], "epochs": 0}
    cut = textrnn.compress(whole, out=tmp_path / "cut", vocabulary=7, **options)
    assert BAG_ALONE not in cut.model.bundle.manifest.serving
    assert "models adapt" in cut.steps[-1]
    pruned = textrnn.compress(whole, out=tmp_path / "pruned", prune=0.2)
    assert pruned.model.bundle.manifest.serving == serving


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    whole, out = compressible("generator", tmp_path / "whole"), tmp_path / "out"
    calls: list[tuple[dict[str, Any], str]] = [
        ({}, "nothing is to be done: small has float32 already; give vocabulary=…, prune=…"),
        ({"bits": 32}, "nothing is to be done"),
        ({"bits": 4}, "bits must be 8 or 32; received 4"),
        ({"prune": 1.0}, r"prune must be from 0 to below 1; received 1\.0"),
        ({"prune": 0.95}, "0.95 leaves none of the 5 units of an encoder; 0.8 leaves some"),
        ({"vocabulary": 900}, "would cut none; ask for fewer, or leave it out"),
        ({"vocabulary": 0}, "vocabulary must be at least 1"),
        ({"prune": 0.2, "epochs": -1}, "epochs must be 0 or more"),
        ({"prune": 0.2, "name": "a b/../c"}, "'a b/../c' cannot be a model's name, which has no /"),
        ({"prune": 0.2, "out": None}, "out must be a path; received None"),
    ]
    for options, message in calls:
        with pytest.raises(ConfigurationError, match=message):
            textrnn.compress(whole, **{"out": out, **options})
    with pytest.raises(ModelNotFoundError, match="no model 'nowhere'"):
        textrnn.compress("nowhere", out=out, prune=0.2)
    with pytest.raises(ConfigurationError, match=r"has no weights\.npz, the weights that further"):
        textrnn.compress(small_classifier(tmp_path / "bare"), out=out, prune=0.2)
    with pytest.raises(ConfigurationError, match="is a translator; what is made smaller are"):
        textrnn.compress(small_translator(tmp_path / "translator"), out=out, prune=0.2)
    put_manifest(backward := compressible("generator", tmp_path / "b"), {"serving": BACKWARD})
    with pytest.raises(BundleError, match="this model reads backward and does not write"):
        textrnn.compress(backward, out=out, prune=0.2)
    with pytest.raises(ConfigurationError, match="a model is there already"):
        textrnn.compress(whole, out=small_classifier(tmp_path / "there"), prune=0.2)
    with pytest.raises(InputError):
        textrnn.compress(whole, out=whole, prune=0.2, force=True)
    with pytest.raises(InputError, match="there are no examples"):
        textrnn.compress(whole, out=out, prune=0.2, evaluate=[])
    assert not out.exists()


def test_a_label_that_the_model_has_not_is_told_before_anything_is_written(tmp_path: Path) -> None:
    whole = compressible("classifier", tmp_path / "whole")
    with pytest.raises(InputError, match="label 'odd'"):
        textrnn.compress(whole, out=tmp_path / "o", prune=0.2, evaluate=[("a film", "odd")])
    assert not (tmp_path / "o").exists()


def test_the_command_shows_a_table_or_json(tmp_path: Path) -> None:
    compressible("classifier", tmp_path / "whole")
    (tmp_path / "e.csv").write_text("text,label\na fine film,1\na dull song,0\n", "utf-8")
    call = ["compress", "whole", "--prune", "0.4", "--evaluate", "e.csv"]
    call += ["--map-label", "1=good", "--map-label", "0=bad", "--out"]
    done = textrnn_in(tmp_path, *call, "half")
    assert done.returncode == 0, done.stderr
    assert "units of its encoders: 5 before, 3 now" in done.stdout
    for word in ("parameters", "size (MB)", "accuracy", "before", "after", "change"):
        assert word in done.stdout
    assert "next: textrnn models show half" in done.stderr
    told = json.loads(textrnn_in(tmp_path, *call, "other", "--format", "json").stdout)
    assert told["after"]["parameters"] < told["before"]["parameters"]
    assert "half" in textrnn_in(tmp_path, "models", "list").stdout
    again = textrnn_in(tmp_path, *call, "half")
    assert (again.returncode, again.stdout) == (2, "")
    assert "a model is there already" in again.stderr
    assert "--force" in again.stderr
    unheeded = textrnn_in(tmp_path, *call, "third", "--scheme", "bio")
    assert "--scheme means nothing to a classifier" in unheeded.stderr
    nothing = textrnn_in(tmp_path, "compress", "whole", "--out", "third")
    assert "give --vocabulary …, --prune … or --bits …" in nothing.stderr
    taught = textrnn_in(tmp_path, *call, "third", "--epochs", "3")
    assert "--epochs are passes over texts" in taught.stderr
