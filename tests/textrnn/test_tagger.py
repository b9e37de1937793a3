"""The tagger: offsets, windows, readings, results, and training it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import textrnn
from made_up import made_up_sentences
from textrnn.bundle.bundle import Bundle
from textrnn.corpora import Span, SpannedText, TaggedSentence
from textrnn.errors import BundleError, ConfigurationError, InputError
from textrnn.heads.tagger.entity import Entity
from textrnn.heads.tagger.result import Reading, TaggedText
from textrnn.heads.tagger.tagger import Tagger

pytestmark = pytest.mark.train

TEXT = "Berta Lund of Norbank lives in New Delhi."


@pytest.fixture(scope="module")
def tagger(tiny_tagger: Path) -> Tagger:
    found = textrnn.load(tiny_tagger)
    assert isinstance(found, Tagger)
    return found


def names(tagged: TaggedText) -> list[tuple[str, str]]:
    return [(entity.text, entity.label) for entity in tagged.entities]


def test_it_finds_names(tagger: Tagger) -> None:
    found = tagger.tag(TEXT)
    assert names(found) == [("Berta Lund", "PER"), ("Norbank", "ORG"), ("New Delhi", "LOC")]
    assert all(0.5 < entity.probability <= 1 for entity in found.entities)
    assert tagger.labels == ("LOC", "ORG", "PER")
    assert [names(one) for one in tagger.tag([TEXT, "", "Ada spoke ."])][1:] == [
        [],
        [("Ada", "PER")],
    ]


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_offsets_point_into_any_text(tagger: Tagger, text: str) -> None:
    check_offsets(tagger.tag(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "李明 Ada在Oslo。New Delhi",
        "👩‍👧 Ada\u0301 \t lives\tin  Oslo \r\n\r\n New\u00a0Delhi",
        "\ud800Ada\udfff Oslo",
        "Ada " * 3000,
        "Oslo" * 3000,
        "Ada lives in New Delhi . " * 200,
        " \n ",
    ],
)
def test_offsets_of_difficult_texts(tagger: Tagger, text: str) -> None:
    check_offsets(tagger.tag(text), text)


def check_offsets(found: TaggedText, text: str) -> None:
    assert found.text == text
    end = 0
    for entity in found.entities:
        assert entity.text == text[entity.start : entity.end]
        assert entity.text.strip() == entity.text != ""
        assert end <= entity.start < entity.end
        end = entity.end
    for token in found.tokens:
        assert token.text == text[token.start : token.end] != ""


def test_long_texts_are_read_in_windows_without_loss(tagger: Tagger) -> None:
    sentence = "Berta Lund of Norbank spoke . It rained in New Delhi , said Ada . "
    found = tagger.tag(sentence * 30)
    assert found.windows > 30
    alone = names(tagger.tag(sentence))
    assert [name for name, _ in names(found)] == [name for name, _ in alone] * 30


def test_batches_streams_and_pools_give_the_same(tagger: Tagger) -> None:
    texts = [" ".join(s.words) for s in made_up_sentences(90, random_state=7)]
    together = [names(one) for one in tagger.tag(texts)]
    assert together == [names(one) for one in tagger.tag_stream(iter(texts), batch_size=7)]
    assert together == [names(tagger.tag(text)) for text in texts]


def test_readings_are_ranked_and_sum_to_less_than_one(tagger: Tagger) -> None:
    found = tagger.tag("Lund moved to Lima", readings=4)
    probabilities = [reading.probability for reading in found.readings]
    assert len(probabilities) == 4
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) <= 1 + 1e-6
    assert len({reading.entities for reading in found.readings}) == 4
    first = [(e.start, e.end, e.label) for e in found.readings[0].entities]
    assert first == [(e.start, e.end, e.label) for e in found.entities]


def test_every_tag_has_a_probability_at_every_token(tagger: Tagger) -> None:
    texts = [TEXT, "Berta", ["Berta", "Lund", "left"], f"{TEXT} " * 20, "", []]
    found = list(tagger.tag_probabilities(texts, batch_size=2))
    tagged = list(tagger.answer(texts))
    assert [rows.shape for rows in found] == [
        (len(one.tokens), len(tagger.decoder.tags)) for one in tagged
    ]
    assert tagged[3].windows > 1
    for rows in found:
        np.testing.assert_allclose(rows.sum(axis=1), 1.0, atol=1e-6)
        assert (rows >= 0.0).all()
    single = tagger.decoder.tags.index("S-ORG")
    norbank = next(entity for entity in tagged[0].entities if entity.text == "Norbank")
    words = [token.text for token in tagged[0].tokens]
    assert found[0][words.index("Norbank"), single] == pytest.approx(norbank.probability, abs=1e-6)
    # Neither does a text's company matter, nor that it has been asked for alone.
    np.testing.assert_allclose(found[0], next(tagger.tag_probabilities([TEXT])), atol=1e-6)


def test_words_are_taken_as_they_are(tagger: Tagger) -> None:
    sentences = [["Berta", "Lund", "of", "Norbank", "spoke", "."], [], ["Oslo"]]
    found = list(tagger.tag_words(sentences))
    assert [tagged.text for tagged in found] == ["Berta Lund of Norbank spoke .", "", "Oslo"]
    assert names(found[0]) == [("Berta Lund", "PER"), ("Norbank", "ORG")]
    assert [[token.text for token in tagged.tokens] for tagged in found] == sentences


def test_conll_and_html(tagger: Tagger) -> None:
    found = tagger.tag("Ada of <Norbank> spoke & Emil")
    assert found.to_conll().splitlines()[0] == "Ada\tB-PER"
    assert found.to_conll(scheme="bioes").splitlines()[0] == "Ada\tS-PER"
    page = found.to_html()
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "&lt;" in page
    assert "<Norbank" not in page
    assert ' &amp; <mark style="--hue:205"' in page


def test_a_row_a_word_whatever_is_in_it(tagger: Tagger) -> None:
    (tagged,) = tagger.tag_words([["New\tDelhi", "a\nb", "\u00a0", "\u200b"]])
    rows = [row.split("\t")[0] for row in tagged.to_conll().splitlines()]
    assert rows == ["New Delhi", "a b", "\u00a0", "\u200b"]


def test_html_escapes_everything_and_drops_what_it_cannot_hold() -> None:
    text = 'a<b>&"\ud800\x00'
    tagged = TaggedText(text, (Entity(0, 4, "a<b>", '<i>"', 0.5),), ((0, 4),))
    page = tagged.to_html()
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;i&gt;&quot;" in page
    page.encode("utf-8")
    assert "\x00" not in page


def test_only_some_entities() -> None:
    ada, oslo = Entity(0, 3, "Ada", "PER", 0.6), Entity(4, 8, "Oslo", "LOC", 0.9)
    tagged = TaggedText(
        "Ada Oslo", (ada, oslo), ((0, 3), (4, 8)), readings=(Reading((ada, oslo), 0.5),)
    )
    assert tagged.only({"PER"}).entities == (ada,)
    assert tagged.only({"PER"}).readings[0].entities == (ada,)
    assert tagged.only(min_probability=0.7).entities == (oslo,)
    assert tagged.only() == tagged
    assert tagged.tags() == ["B-PER", "B-LOC"]


def test_evaluation(tagger: Tagger) -> None:
    examples = made_up_sentences(60, random_state=5)
    report = tagger.evaluate(examples)
    assert report.micro.f1 > 0.95
    assert report.sentences == 60
    whole = [
        SpannedText("Ada lives in Oslo .", (Span(0, 3, "PER"), Span(13, 17, "LOC"))),
        TaggedSentence(("Emil", "spoke"), (Span(0, 1, "PER"),)),
    ]
    assert tagger.evaluate(whole).micro.support == 3
    with pytest.raises(InputError, match="label 'ANIMAL' is not one of the model's: LOC, ORG, PER"):
        tagger.evaluate([TaggedSentence(("Rex",), (Span(0, 1, "ANIMAL"),))])
    with pytest.raises(InputError, match="no texts to score"):
        tagger.evaluate([])


def test_whole_texts_are_scored_in_tokens_and_shown_in_words(tagger: Tagger) -> None:
    text = "Berta Lund lives in Oslo."
    spans = (Span(0, 10, "ORG"), Span(20, 23, "LOC"))
    example = SpannedText(text, spans, place="a.jsonl: line 1")
    report = tagger.evaluate([example])
    assert (report.tokens, report.micro.support) == (6, 2)
    assert (report.misaligned, report.first_misaligned) == (1, "'Osl' (LOC) in a.jsonl: line 1")
    assert report.micro.recall == 0.0
    shown = {(slip.text, slip.context) for slip in report.slips}
    assert shown == {
        ("Osl", "Berta Lund lives in {[Osl]o}."),
        ("Berta Lund", "{[Berta Lund]} lives in Oslo."),
    }


def test_training_scores_what_evaluate_scores(tmp_path: Path) -> None:
    from textrnn.network import Embedding, Encoder
    from textrnn.training.settings import TrainingSettings
    from textrnn.training.tagger.plan import TaggerPlan

    places, firms = ("Oslo", "Lima", "Quito"), ("Brandt", "Norvik", "Kestrel", "Moss")
    pairs = [(place, firm) for place in places for firm in firms] * 3
    examples = [
        SpannedText(
            f"The {place}-based firm {firm} left.",
            (
                Span(4, 4 + len(place), "LOC"),
                Span(16 + len(place), 16 + len(place) + len(firm), "ORG"),
            ),
            place=f"a.jsonl: line {number}",
        )
        for number, (place, firm) in enumerate(pairs, start=1)
    ]
    plan = TaggerPlan(
        embedding=Embedding(units=12),
        encoders=(Encoder(units=12),),
        training=TrainingSettings(epochs=6, learning_rate=0.03, batch_size=8),
    )
    said: list[str] = []
    textrnn.train_tagger(
        examples, out=tmp_path / "m", validation=examples[:12], plan=plan, on_message=said.append
    )
    f1 = Tagger.load(tmp_path / "m").evaluate(examples[:12]).micro.f1
    assert 0.5 < f1 <= 2 / 3  # every second span ends within a token, and is missed
    note = (
        "note: 48 of 96 spans do not begin and end where tokens do: no tagger finds them, and they "
        "count as missed; first 'Oslo' (LOC) in a.jsonl: line 1"
    )
    assert note in said
    assert f", validation F1 {f1:.4f} (95%: " in said[-1]


def test_long_texts_are_scored_in_the_windows_in_which_they_are_served() -> None:
    from textrnn.training.tagger.sentences import Sentence, ServedTexts

    long = Sentence(tuple("abcdefghij"), (Span(0, 2, "A"), Span(4, 6, "B")), missed=1)
    texts = ServedTexts([Sentence(("x",), ()), long], size=6, overlap=2)
    assert len(texts) == 2
    assert ["".join(window.words) for window in texts.windows] == ["x", "abcdef", "efghij"]
    assert texts.windows[1].spans == (Span(0, 2, "A"), Span(4, 6, "B"))
    assert texts.windows[2].spans == (Span(0, 2, "B"),)
    # The first window answers for what begins before f, the second for the rest.
    found = [[], [Span(0, 2, "A"), Span(5, 6, "B")], [Span(0, 2, "A"), Span(4, 5, "A")]]
    assert texts.counts(found).f1 == 2 * 1 / (3 + 2)


def test_wrong_calls_are_named(tagger: Tagger, tiny_bundle: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"word 2 of \['Ada', ''\] is empty"):
        list(tagger.tag_words([["Ada", ""]]))
    with pytest.raises(ConfigurationError, match=r"word 1 of .* is empty"):
        list(tagger.tag_words([[" ", "Ada"]]))
    with pytest.raises(ConfigurationError, match="expected several texts"):
        tagger.tag_stream("a text")
    with pytest.raises(ConfigurationError, match="batch_size must be at least 1"):
        tagger.tag("a", batch_size=0)
    with pytest.raises(ConfigurationError, match="readings must be 0 or more"):
        tagger.tag("a", readings=-1)
    with pytest.raises(BundleError, match="a classifier, not a tagger"):
        Tagger.load(tiny_bundle)


def small_plan():  # type: ignore[no-untyped-def]
    from textrnn.heads.tagger.network import CharacterEncoder, TaggerHeadSettings
    from textrnn.network import Embedding, Encoder
    from textrnn.training.settings import TrainingSettings
    from textrnn.training.tagger.plan import FeatureSettings, TaggerPlan

    return TaggerPlan(
        features=FeatureSettings(
            min_frequency=1,
            characters=CharacterEncoder(embedding_units=3, units=4, dropout=0.1),
            shape_units=2,
            dropout=0.2,
        ),
        embedding=Embedding(units=6, dropout=0.1, word_dropout=0.1),
        encoders=(Encoder(units=4, bidirectional=False),),
        head=TaggerHeadSettings(dropout=0.2),
        training=TrainingSettings(
            epochs=2, patience=0, batch_size=16, learning_rate=0.02, average=0.9
        ),
    )


def test_vectors_lexicon_gazetteer_and_file(tmp_path: Path) -> None:
    """A Chinese tagger with all that a character can bring."""
    from textrnn.training.settings import VectorSettings

    sentences = [
        TaggedSentence(tuple("我在北京"), (Span(2, 4, "LOC"),)),
        TaggedSentence(tuple("李明说好"), (Span(0, 2, "PER"),)),
    ] * 12
    file = tmp_path / "vectors.vec"
    file.write_text("2 6\n北 1 2 3 4 5 6\n京 6 5 4 3 2 1\n", "utf-8")
    plan = small_plan()
    plan = replace(
        plan,
        features=replace(
            plan.features, level="character", characters=None, shape_units=0,
            bigrams=50, bigram_units=4, lexicon=50, lexicon_units=3, context_dropout=0.1,
        ),
        vectors=VectorSettings(method="skipgram", epochs=1),
    )  # fmt: skip
    said: list[str] = []
    textrnn.train_tagger(
        sentences,
        out=tmp_path / "zh",
        validation=sentences[:2],
        plan=plan,
        unlabelled=["北京很大", "我说好"],
        lexicon=["北京", "说好", "上海"],
        gazetteer={"city": ["北京", "上海"]},
        embeddings=[file],
        on_message=said.append,
    )
    assert any("vectors for 2 of" in line for line in said)
    tagger = Tagger.load(tmp_path / "zh")
    assert tagger.tag("我在北京").offsets == ((0, 1), (1, 2), (2, 3), (3, 4))
    manifest = Bundle.open(tmp_path / "zh").manifest
    assert manifest.network["lexicon_count"] == 4
    assert manifest.network["gazetteer_kinds"] == 1
    assert set(manifest.files) >= {"gazetteer.npz", "tables.npz", "features.json"}
    assert "lexicon" in Bundle.open(tmp_path / "zh").card()


def test_long_sentences_are_cut_between_spans() -> None:
    from textrnn.training.tagger.sentences import Sentence, cut_long

    words = tuple("abcdefghij")
    spans = (Span(1, 2, "A"), Span(3, 6, "B"), Span(8, 9, "C"))
    pieces = list(cut_long(Sentence(words, spans), max_tokens=4))
    assert [len(piece.words) for piece in pieces] == [3, 4, 3]
    assert [piece.spans for piece in pieces] == [
        (Span(1, 2, "A"),),
        (Span(0, 3, "B"),),
        (Span(1, 2, "C"),),
    ]
    long = Sentence(words, (Span(0, 9, "A"),))
    assert [len(piece.words) for piece in cut_long(long, max_tokens=4)] == [9, 1]
    assert list(cut_long(long, max_tokens=10)) == [long]


def test_copies_without_and_with_capitals() -> None:
    from textrnn.training.tagger.sentences import Sentence, cased_copies

    sentences = [Sentence((f"Ada{i}", "Ran"), (Span(0, 1, "PER"),)) for i in range(20)]
    copies = cased_copies(sentences, lower=0.2, upper=0.1, random_state=1)
    assert [len(copies), sum(copy.words[1] == "ran" for copy in copies)] == [6, 4]
    assert {copy.words[1] for copy in copies} == {"ran", "RAN"}
    assert all(copy.spans == (Span(0, 1, "PER"),) for copy in copies)
    assert cased_copies(sentences, lower=0.2, upper=0.1, random_state=1) == copies
    assert cased_copies(sentences, lower=0.0, upper=0.0, random_state=1) == []


def test_text_is_cut_where_spans_begin_and_end() -> None:
    from textrnn.training.tagger.sentences import as_sentence

    found = as_sentence(SpannedText("Non-German firms", (Span(4, 10, "MISC"),)), level="word")
    assert found.words == ("Non-", "German", "firms")
    assert found.spans == (Span(1, 2, "MISC"),)


def test_training_needs_something_to_learn(tmp_path: Path) -> None:
    plain = [TaggedSentence((f"a{i}", "b"), (), document=i) for i in range(8)]
    with pytest.raises(InputError, match="there are no examples"):
        textrnn.train_tagger([], out=tmp_path / "a")
    with pytest.raises(InputError, match="no spans to learn"):
        textrnn.train_tagger(plain, out=tmp_path / "b")
    strange = [TaggedSentence(("Rex",), (Span(0, 1, "ANIMAL"),))]
    with pytest.raises(InputError, match="labels unseen in training: ANIMAL"):
        textrnn.train_tagger(made_up_sentences(20), out=tmp_path / "c", validation=strange)


def test_the_card_and_the_manifest_say_what_it_is(tiny_tagger: Path) -> None:
    bundle = Bundle.open(tiny_tagger)
    assert bundle.manifest.task == "tagger"
    assert 0.5 <= bundle.manifest.serving["temperature"] <= 3.0
    assert "CRF over BIOES tags" in bundle.card()
    assert 'tag("…").entities' in bundle.card()
    records = json.loads((tiny_tagger / "bundle.json").read_text("utf-8"))
    assert records["labels"] == ["LOC", "ORG", "PER"]
