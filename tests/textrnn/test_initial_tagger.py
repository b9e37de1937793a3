"""Taggers that begin with another tagger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_sentences
from textrnn.catalog import load
from textrnn.corpora import Span, TaggedSentence
from textrnn.errors import ConfigurationError
from textrnn.heads.tagger.features import UNK
from textrnn.training.tagger.initial import InitialTagger
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.run import run_tagger

pytestmark = pytest.mark.train

STILL = {("training", "epochs"): 1, ("training", "learning_rate"): 1e-9}


def renamed(sentences: Sequence[TaggedSentence]) -> list[TaggedSentence]:
    """The sentences with other labels."""
    return [
        replace(e, spans=tuple(Span(s.start, s.end, f"my-{s.label}") for s in e.spans))
        for e in sentences
    ]


def test_new_words_begin_as_unknown_ones(tiny_tagger: Path) -> None:
    tagger = InitialTagger.open(tiny_tagger)
    known = tagger.weights["embedding"]
    features, rows = tagger.extended([("Oslo", "Qwxyz", "qwxyz", "Lima")])
    assert list(features.words) == [*tagger.features.words, "qwxyz"]
    np.testing.assert_array_equal(rows[:-1], known)
    np.testing.assert_array_equal(rows[-1], known[UNK])
    assert features.characters == tagger.features.characters


def test_with_the_same_labels_a_tagger_goes_on_where_the_other_ended(
    tiny_tagger: Path, tmp_path: Path
) -> None:
    news, lines = made_up_sentences(30, random_state=1), list[str]()
    before = load(tiny_tagger).evaluate(news).scores()["F1"]
    assert before > 0.5
    run_tagger(
        [*news, TaggedSentence(("Qwxyz", "slept"), ())],
        out=tmp_path / "m",
        init_from=[tiny_tagger],
        changes=STILL,
        on_message=lines.append,
    )
    model = load(tmp_path / "m")
    assert model.evaluate(news).scores()["F1"] == pytest.approx(before, abs=0.02)
    known = len(InitialTagger.open(tiny_tagger).features.words)
    assert f"{tiny_tagger}: its {known:,} words, and 2 more" in lines
    assert any("encoder_0 forward" in line and "output, crf" in line for line in lines)


def test_with_other_labels_all_but_the_scores_of_tags_is_taken(
    tiny_tagger: Path, tmp_path: Path
) -> None:
    news = renamed(made_up_sentences(30, random_state=1))
    run_tagger(news, out=tmp_path / "m", init_from=[tiny_tagger], changes=STILL)
    ours, theirs = (InitialTagger.open(path).weights for path in (tmp_path / "m", tiny_tagger))
    for name in ("encoder_0/forward/kernel", "characters/kernel", "shapes"):
        np.testing.assert_allclose(ours[name], theirs[name], atol=0.02)
    assert not np.allclose(ours["output/kernel"], theirs["output/kernel"], atol=0.02)


def test_what_the_model_decides_has_no_say(tiny_tagger: Path, tmp_path: Path) -> None:
    settings = InitialTagger.open(tiny_tagger).fitted(TaggerPlan()).features
    assert (settings.shape_units, settings.level) == (4, "word")
    assert settings.dropout == TaggerPlan().features.dropout
    with pytest.raises(ConfigurationError, match="shape_units has no say beside init_from"):
        InitialTagger.open(tiny_tagger).fitted(
            TaggerPlan(features=replace(TaggerPlan().features, shape_units=5))
        )
    news = made_up_sentences(10)
    begun = {"out": tmp_path / "m", "init_from": [tiny_tagger]}
    with pytest.raises(ConfigurationError, match="lists of names are the model's begun with"):
        run_tagger(news, gazetteer={"city": ["Oslo"]}, **begun)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="trained word vectors or with another model's"):
        run_tagger(news, changes={("vectors", "method"): "cbow"}, **begun)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="stands alone"):
        run_tagger(news, out=tmp_path / "m", init_from=[tiny_tagger, tiny_tagger])
