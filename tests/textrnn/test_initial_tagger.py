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
from textrnn.training.tagger.counterparts import counterparts
from textrnn.training.tagger.initial import InitialTagger
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.run import run_tagger

pytestmark = pytest.mark.train

STILL = {("training", "epochs"): 1, ("training", "learning_rate"): 1e-9}


def renamed(sentences: Sequence[TaggedSentence], **names: str) -> list[TaggedSentence]:
    """The sentences with other labels."""
    return [
        replace(
            e,
            spans=tuple(Span(s.start, s.end, names.get(s.label, f"my-{s.label}")) for s in e.spans),
        )
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


def test_labels_that_mean_the_same_go_on_under_their_new_names(
    tiny_tagger: Path, tmp_path: Path
) -> None:
    """Beside one that means nothing known, which is said, and begins at random."""
    news = renamed(made_up_sentences(40, random_state=1), PER="Person", LOC="地名")
    lines = list[str]()
    run_tagger(
        news, out=tmp_path / "m", init_from=[tiny_tagger], changes=STILL, on_message=lines.append
    )
    note = "Person as its PER, 地名 as its LOC; has no label my-ORG, which begins at random"
    assert f"{tiny_tagger}: {note}" in lines
    ours, theirs = (InitialTagger.open(path).weights for path in (tmp_path / "m", tiny_tagger))
    # Tags stand in the order of the labels: O, then Person, my-ORG, 地名; there LOC, ORG, PER.
    there, here = [0, *range(9, 13), *range(1, 5)], [0, *range(1, 5), *range(9, 13)]
    for part in ("output/kernel", "output/bias", "crf/start", "crf/end"):
        np.testing.assert_allclose(ours[part][..., here], theirs[part][..., there], atol=0.02)
    moves = (ours["crf/transitions"][np.ix_(here, here)], theirs["crf/transitions"])
    np.testing.assert_allclose(moves[0], moves[1][np.ix_(there, there)], atol=0.02)
    new = ours["output/kernel"][:, 5:9] - theirs["output/kernel"][:, 5:9]
    assert np.abs(new).max() > 0.1
    two = [e for e in news if all(span.label != "my-ORG" for span in e.spans)]
    assert load(tmp_path / "m").evaluate(two).scores()["F1"] > 0.5


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (("LOC", "PER"), {"LOC": "LOC", "PER": "PER"}),
        (
            ("location", "GPE", "Corporation"),
            {"location": "LOC", "GPE": "LOC", "Corporation": "ORG"},
        ),
        (("组织机构", "书名"), {"组织机构": "ORG"}),
        (("ingredient", "dish"), {}),
    ],
)
def test_labels_that_mean_the_same(labels: Sequence[str], found: dict[str, str]) -> None:
    assert counterparts(labels, ("LOC", "ORG", "PER")) == found


def test_a_label_of_the_very_name_comes_before_one_that_means_the_same() -> None:
    found = counterparts(("company", "team"), ("org", "Company"))
    assert found == {"company": "Company", "team": "org"}


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
