"""One description, two builders: a tagger in Keras and in ONNX with NumPy says the same."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from textrnn.heads.tagger.features import FIRST, Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import CharacterEncoder, TaggerHead, TaggerNetwork
from textrnn.network import Embedding, Encoder

pytestmark = pytest.mark.train

SENTENCES = [
    ["Ada", "lives", "in", "New", "Delhi", "."],
    ["Rain"],
    [],
    ["Ada", "and", "Ada", "unheard-of-and-very-long-indeed", "…"],
]
FEATURES = Features("word", ["ada", "lives", "in", "new", "delhi", "."], characters="adelivnwh.-")
GAZETTEER = Gazetteer.build({"city": ["New Delhi", "Oslo"], "given": ["Ada"]})
PLAIN = TaggerNetwork(
    vocabulary_size=len(FEATURES.words) + FIRST,
    head=TaggerHead(labels=("LOC", "PER")),
    embedding=Embedding(units=5),
    encoders=(Encoder(units=4),),
)
SPELLED = replace(
    PLAIN,
    characters=CharacterEncoder(embedding_units=3, units=4),
    character_count=len(FEATURES.characters) + FIRST,
    shape_units=3,
)
CHARACTERS = [list("北京大学在北京"), ["京"], [], list("大学x")]
CHINESE = Features(
    "character",
    ["北", "京", "大", "学", "在"],
    bigrams=["北京", "大学"],
    lexicon={"北京": 3, "大学": 2, "北京大学": 1, "京": 5},
)
LEXICAL = replace(
    PLAIN,
    vocabulary_size=len(CHINESE.words) + FIRST,
    bigram_count=len(CHINESE.bigrams) + FIRST,
    bigram_units=3,
    lexicon_count=len(CHINESE.lexicon) + FIRST,
    lexicon_units=2,
)
NETWORKS = {
    "embedding alone": PLAIN,
    "softmax, bio": replace(PLAIN, head=TaggerHead(labels=("A",), scheme="bio", decoder="softmax")),
    "character cnn": SPELLED,
    "even width": replace(
        SPELLED, characters=CharacterEncoder(embedding_units=3, units=4, width=4)
    ),
    "character lstm": replace(
        SPELLED, characters=CharacterEncoder(kind="lstm", embedding_units=3, units=2)
    ),
    "gazetteer": replace(SPELLED, gazetteer_kinds=2),
    "two encoders": replace(PLAIN, encoders=(Encoder(units=3), Encoder(cell="gru", units=4))),
    "bigrams and lexicon": LEXICAL,
}


@pytest.mark.parametrize("name", NETWORKS)
def test_keras_and_onnx_agree(name: str) -> None:
    import keras

    from textrnn.heads.tagger.graph import compile_tagger
    from textrnn.heads.tagger.network import table_shapes
    from textrnn.heads.tagger.word_vectors import WordVectors
    from textrnn.runtime.session import Session
    from textrnn.training.tagger.batches import EncodedSentences
    from textrnn.training.tagger.model import build_tagger
    from textrnn.training.tagger.objective import make_emit
    from textrnn.training.tagger.pack import pack_tables
    from textrnn.training.tagger.sentences import Sentence
    from textrnn.training.weights.named import export_weights

    network = NETWORKS[name]
    lexical = network.lexicon_count > 0
    features, sentences = (CHINESE, CHARACTERS) if lexical else (FEATURES, SENTENCES)
    gazetteer = GAZETTEER if network.gazetteer_kinds else None
    keras.utils.set_random_seed(1)
    model = build_tagger(network)
    examples = [Sentence(tuple(words), ()) for words in sentences]
    head = network.head
    encoded = EncodedSentences(examples, features, head.tags, head.scheme, gazetteer)
    trained = make_emit(model)(encoded.batch(range(len(sentences))).inputs)

    weights = export_weights(model, network)
    assert {k: v.shape for k, v in weights.items()} == network.weight_shapes()
    for precision, near in (("float32", 1e-4), ("int8", 0.05)):
        packed = pack_tables(weights, table_shapes(network), int8=precision == "int8")
        tables = dict(np.load(io.BytesIO(packed)))
        graphs = compile_tagger(network, weights, precision=precision)
        vectors = WordVectors(
            features,
            tables,
            Session(graphs["words.onnx"], threads=1) if "words.onnx" in graphs else None,
            gazetteer=gazetteer,
            bigram_units=network.bigram_units if network.bigram_count else 0,
            lexicon_units=network.lexicon_units if lexical else 0,
        )
        lengths = np.array([len(words) for words in sentences], np.int32)
        session = Session(graphs["model.onnx"], threads=1)
        for _ in range(2):  # the second time from the cache
            fed = {"features": vectors.look_up(sentences), "lengths": lengths}
            served = session.run(fed)["emissions"]
            assert served.shape == trained.shape
            for row, length in enumerate(lengths):
                np.testing.assert_allclose(
                    served[row, :length],
                    trained[row, :length],
                    atol=near,
                )


def test_a_batch_says_what_single_sentences_say() -> None:
    from textrnn.training.tagger.batches import EncodedSentences
    from textrnn.training.tagger.model import build_tagger
    from textrnn.training.tagger.objective import make_emit
    from textrnn.training.tagger.sentences import Sentence

    emit = make_emit(build_tagger(SPELLED))
    examples = [Sentence(tuple(words), ()) for words in SENTENCES]
    encoded = EncodedSentences(examples, FEATURES, SPELLED.head.tags, "bioes")
    together = emit(encoded.batch([0, 1, 3]).inputs)
    for row, number in enumerate([0, 1, 3]):
        alone = emit(encoded.batch([number]).inputs)[0]
        np.testing.assert_allclose(together[row, : len(alone)], alone, atol=1e-5)


def test_the_cache_of_words_is_emptied_when_full(monkeypatch: pytest.MonkeyPatch) -> None:
    from textrnn.heads.tagger import word_vectors
    from textrnn.runtime.row_cache import RowCache

    rng = np.random.default_rng(0)
    tables = {"embedding": rng.normal(size=(len(FEATURES.words) + FIRST, 3)).astype(np.float32)}
    monkeypatch.setattr(word_vectors, "RowCache", lambda units: RowCache(units, max_bytes=600))
    vectors = word_vectors.WordVectors(FEATURES, tables, None)
    for words in (
        ["Ada", "lives"],
        ["in", "new", "delhi"],
        ["Ada", "."],
        ["x", "y", "z", "in", "."],
    ):
        found = vectors.look_up([words])[:, 0]
        expected = tables["embedding"][[FEATURES.word(word) for word in words]]
        np.testing.assert_array_equal(found, expected)
