"""Descriptions and settings: there and back, and every mistake named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from textrnn.configuration import from_dict, require_choice, to_dict
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.training.settings import TrainingSettings

NETWORK = ClassifierNetwork(
    vocabulary_size=9,
    head=ClassifierHead(labels=("a", "b"), pooling=("last", "max"), hidden_units=3),
    embedding=Embedding(units=4, word_dropout=0.1),
    encoders=(Encoder(cell="gru", units=3, merge="sum"), Encoder(bidirectional=False)),
)


def test_a_network_survives_json() -> None:
    assert ClassifierNetwork.from_dict(json.loads(json.dumps(NETWORK.as_dict()))) == NETWORK


def test_settings_survive_json() -> None:
    settings = TrainingSettings(class_weights={"a": 2.0}, l2=1e-5, optimizer="sgd")
    assert from_dict(TrainingSettings, json.loads(json.dumps(to_dict(settings)))) == settings


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"epoch": 3}, "unknown setting 'epoch'; did you mean 'epochs'?"),
        ({"zzz": 3}, "unknown setting 'zzz'; known: optimizer, learning_rate"),
        ({"epochs": "3"}, "epochs: expected int, received '3'"),
        ({"epochs": True}, "epochs: expected int, received True"),
        ({"epochs": -1}, "epochs must be 0 or more: -1"),
        ({"optimizer": "adm"}, "optimizer must be one of sgd, rmsprop, adam, adamw"),
        ({"learning_rate": 0}, "learning_rate must be above 0"),
        ({"class_weights": "some"}, "class_weights must be one of none, balanced"),
        ({"weight_decay": 0.1}, "weight_decay belongs to the optimizer adamw"),
        ({"window_overlap": 400}, "window_overlap must be below the windows' 400 tokens: 400"),
        ({"validation_split": 1.0}, "validation_split must be at least 0 and below 1"),
    ],
)
def test_wrong_settings_are_named(data: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_dict(TrainingSettings, data, where="recipe.toml")
    assert str(caught.value).startswith("recipe.toml: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("window", "overlap"), [(1, 0), (2, 0), (20, 5), (52, 13), (53, 50), (400, 50)]
)
def test_windows_too_small_for_the_usual_overlap_share_a_quarter(window: int, overlap: int) -> None:
    assert TrainingSettings(max_tokens=window).reading_overlap == overlap
    assert TrainingSettings(window_tokens=window).reading_overlap == overlap


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vocabulary_size": 1}, "vocabulary_size must be at least 2"),
        ({"encoders": []}, "at least one encoder"),
        ({"encoders": [{"cell": "lstmm"}]}, "cell must be one of rnn, lstm, gru"),
        ({"encoders": [{"dropout": 1.0}]}, "dropout must be at least 0 and below 1"),
        ({"encoders": {"cell": "lstm"}}, "expected a list"),
        ({"head": {"labels": ["a"]}}, "at least 2 labels"),
        ({"head": {"labels": ["a", "a"]}}, "labels repeat"),
        ({"head": {"labels": ["a", "b"], "pooling": ["avg"]}}, "pooling must be one of"),
        ({"head": {"labels": ["a", "b"], "pooling": ["ngrams"]}}, "add another kind of pooling"),
        (
            {"head": {"labels": ["a", "b"], "ngram_widths": [2, 2]}},
            "ngram_widths must be different",
        ),
        ({"head": {"labels": ["a", "b"], "ngram_widths": []}}, "must be different numbers"),
        ({"head": {"pooling": ["max"]}}, "'labels' is missing"),
        ({"embedding": {"units": 0}}, "units must be at least 1"),
        ({"embedding": 3}, "expected a table"),
    ],
)
def test_wrong_networks_are_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ClassifierNetwork.from_dict({**NETWORK.as_dict(), **change})


@pytest.mark.train
def test_recipes_are_strict(tmp_path: Path) -> None:
    from textrnn.training.recipes.recipe import data_folder, read_recipe

    path = tmp_path / "r.toml"
    path.write_text('name = "x"\n[[data.train]]\nfile = "a.csv"\n[training]\nepoch = 3\n', "utf-8")
    with pytest.raises(ConfigurationError, match=r"r\.toml: training: unknown setting 'epoch'"):
        read_recipe(path)
    path.write_text(
        'name = "x"\n[[data.train]]\nfile = "a.csv"\n[auxiliary]\nlanguage_model = 1\n'
        "[consistency]\nentropy = 1\n",
        "utf-8",
    )
    with pytest.raises(ConfigurationError, match=r"r\.toml: a language model .*: one of the two"):
        read_recipe(path)
    path.write_text("name = ", "utf-8")
    with pytest.raises(InputError, match=r"r\.toml: not TOML"):
        read_recipe(path)
    with pytest.raises(InputError, match=r"absent\.toml: No such file"):
        read_recipe(tmp_path / "absent.toml")
    with pytest.raises(InputError, match=r"that of this model is recipes/ner-en\.toml"):
        read_recipe("ner-en")
    with pytest.raises(ConfigurationError, match="the data folder does not exist"):
        data_folder(tmp_path / "absent")


ODD_RECIPES = {
    "a = " + "[" * 5000: "nested too deep|not TOML",
    "a = " + "{b = " * 5000: "nested too deep|not TOML",
    "x = 1\n" * 200_000: "too long for a recipe",
    'task = ["classifier"]\nname = "x"': "task: expected str",
    "name = 1979-05-27": "name: expected str",
    'name = "x"\ndata = []': "data: expected a table",
    'name = "x"\ndata = {train = [{file = "a\\u0000b"}]}': "no file is called",
    f'name = "x"\ndata.train = [{{file = "a"}}]\ntraining.l2 = {"9" * 400}': "a number too large",
    # What a task's training never reads.
    'task = "tagger"\nname = "x"\ndata.train = [{file = "a"}]\ntraining.label_smoothing = 0.1': (
        "label_smoothing is no setting of this task"
    ),
    'task = "tagger"\nname = "x"\ndata.train = [{file = "a"}]\ntraining.compute = "bfloat16"': (
        "compute is no setting of this task"
    ),
    'task = "generator"\nname = "x"\ndata.train = [{file = "a"}]\ntraining.l2 = 0.1': (
        "l2 is no setting of this task"
    ),
}


@pytest.mark.train
@pytest.mark.parametrize("content", ODD_RECIPES, ids=range(len(ODD_RECIPES)))
def test_odd_recipes_are_refused(tmp_path: Path, content: str) -> None:
    from textrnn.training.recipes.recipe import read_recipe

    path = tmp_path / "r.toml"
    path.write_text(content, "utf-8")
    with pytest.raises((ConfigurationError, InputError), match=ODD_RECIPES[content]):
        read_recipe(path)
    with pytest.raises(InputError, match="Is a directory"):
        read_recipe(tmp_path)


@pytest.mark.train
def test_a_recipe_may_name_folders(tmp_path: Path) -> None:
    """Their checksum is that of all their files."""
    from textrnn.training.recipes.info import model_info
    from textrnn.training.recipes.recipe import read_recipe

    for place in ("pos", "neg"):
        (tmp_path / "reviews" / place).mkdir(parents=True)
        (tmp_path / "reviews" / place / "1.txt").write_text(f"{place} film", "utf-8")
    path = tmp_path / "r.toml"
    path.write_text('name = "x"\n[[data.train]]\nfile = "reviews"\nformat = "imdb"\n', "utf-8")
    (first,) = model_info(read_recipe(path), tmp_path).corpora
    assert first["texts"] == 2
    (tmp_path / "reviews" / "pos" / "1.txt").write_text("another film", "utf-8")
    (second,) = model_info(read_recipe(path), tmp_path).corpora
    assert first["sha256"] != second["sha256"]


@pytest.mark.train
def test_the_shipped_recipes_are_valid() -> None:
    from textrnn.training.recipes.recipe import read_recipe

    recipes = Path(__file__).parents[2] / "recipes"
    files = [path for path in recipes.glob("*.toml") if not path.stem.startswith("compare-")]
    names = {path.stem: read_recipe(path).name for path in files}
    expected = ("ner-en", "ner-zh", "ner-zh-resume", "poetry-zh", "prose-en", "sentiment-en",
                "sentiment-zh", "sine", "town-load", "classical-zh", "en-zh", "zh-en",
                "multi30k-de-en", "multi30k-en-de")  # fmt: skip
    begun_with = (
        "ner-en-base",
        "prose-en-base",
        "sentiment-en-answers",
        "sentiment-en-base",
        "sentiment-en-mixed",
        "sentiment-en-negations",
        "sentiment-en-opinions",
        "sentiment-en-poles",
        "sentiment-en-sentences",
        "sentiment-en-wider",
        "sentiment-en-written",
        "sentiment-zh-base",
        "sentiment-zh-books",
        "sentiment-zh-comparisons",
        "sentiment-zh-domains",
        "sentiment-zh-mixed",
        "sentiment-zh-negations",
        "sentiment-zh-poles",
        "sentiment-zh-taught",
        "sentiment-zh-three",
        "sentiment-zh-turns",
        "sentiment-zh-wider",
        "sentiment-zh-with-copies",
        "sentiment-zh-written",
    )
    assert names == {"ett": "ett-h1-96"} | {name: name for name in (*expected, *begun_with)}


@pytest.mark.train
def test_a_passage_of_a_test_text_is_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    from textrnn.training.classifier.recipe import read_recipe_texts
    from textrnn.training.recipes.recipe import read_recipe

    lines = [
        "A film that is longer than a winter night .",  # holds a test text's passage
        "a winter's night and nothing more",
        "THAT IS LONGER",  # a copy of one
        "that is longer, somehow",
        "we met a clunker, a real one",  # holds a short test text
    ]
    (tmp_path / "lines.txt").write_text("\n".join(lines), "utf-8")
    (tmp_path / "test.csv").write_text(
        "text,label\nIt is longer than a winter night,a\nthat is longer!,b\na clunker a,a\n",
        "utf-8",
    )
    found = {}
    for words in (0, 3, 5):
        source = f'file = "lines.txt"\ndistinct_words = {words}\n'
        (tmp_path / "r.toml").write_text(
            f'name = "x"\n[[data.train]]\n{source}format = "txt"\nconstant_label = "a"\n'
            f'[[data.unlabelled]]\n{source}[[data.test]]\nfile = "test.csv"\n',
            "utf-8",
        )
        recipe = read_recipe(tmp_path / "r.toml")
        texts = read_recipe_texts(recipe, tmp_path, on_message=lambda line: None)
        assert [e.text for e in texts.train] == list(texts.unlabelled)
        found[words] = list(texts.unlabelled)
    # At 5 the first shares "is longer than a winter", the fourth has four words alone.
    assert found == {0: [*lines[:2], *lines[3:]], 3: [lines[1]], 5: [lines[1]]}


@pytest.mark.train
def test_near_copies_of_a_test_are_left_out_where_a_file_says_so(tmp_path: Path) -> None:
    from textrnn.training.classifier.recipe import read_recipe_texts
    from textrnn.training.recipes.recipe import read_recipe

    test = "the food was cold and nobody came to ask whether we liked it"
    near = "The food was cold, and nobody came to ask whether we liked it. Never again."
    other = "Nobody came, and the soup was cold."
    (tmp_path / "train.csv").write_text(f'text,label\n"{near}",a\n"{other}",b\n', "utf-8")
    (tmp_path / "test.csv").write_text(f"text,label\n{test},a\n", "utf-8")
    found = {}
    for share in (0, 0.5, 1):
        (tmp_path / "r.toml").write_text(
            f'name = "x"\n[[data.train]]\nfile = "train.csv"\nnear_copies = {share}\n'
            '[[data.test]]\nfile = "test.csv"\n',
            "utf-8",
        )
        recipe = read_recipe(tmp_path / "r.toml")
        texts = read_recipe_texts(recipe, tmp_path, on_message=lambda line: None)
        found[share] = [e.text for e in texts.train]
    assert found == {0: [near, other], 0.5: [other], 1: [other]}


@pytest.mark.train
def test_of_a_long_file_a_recipe_draws_some_texts(tmp_path: Path) -> None:
    from textrnn.training.classifier.recipe import ClassifierReader, read_recipe_texts
    from textrnn.training.recipes.recipe import read_recipe

    lines = [f"Room {number} has a window." for number in range(40)]
    (tmp_path / "rooms.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    (tmp_path / "r.toml").write_text(
        'name = "x"\n[[data.train]]\nfile = "rooms.txt"\nconstant_label = "neutral"\nat_most = 9\n',
        "utf-8",
    )
    recipe = read_recipe(tmp_path / "r.toml")
    first, second = (
        read_recipe_texts(recipe, tmp_path, on_message=lambda line: None).train for _ in range(2)
    )
    assert first == second
    assert len({e.text for e in first}) == 9
    assert {e.text for e in first} < set(lines)
    assert {e.text for e in first} != set(lines[:9])
    assert ClassifierReader().count(recipe.data.train[0], tmp_path) == 9


@pytest.mark.train
def test_a_text_of_a_test_neither_trains_nor_validates(tmp_path: Path) -> None:
    from textrnn.training.classifier.recipe import read_recipe_texts
    from textrnn.training.recipes.recipe import read_recipe

    header = "text,kind,label\n"
    books = "A thin book,book,a\nA book that goes on and on, book,b\nGood!,book,b\n"
    (tmp_path / "train.csv").write_text(f"{header}{books}soup,food,a\n".replace(", b", ",b"))
    (tmp_path / "valid.csv").write_text("text,label\nit is GOOD,a\nA thin  book!,a\nsoup,a\n")
    (tmp_path / "test.csv").write_text("text,label\nIt 's good,a\nIt is good!,b\ngood,a\n")
    source = '[[data.train]]\nfile = "train.csv"\nkey = "kind"\n'
    (tmp_path / "r.toml").write_text(
        f'name = "x"\n{source}without = ["book"]\n{source}only = ["book"]\n'
        'length_counterparts = 3\n[[data.validation]]\nfile = "valid.csv"\n'
        '[[data.test]]\nfile = "test.csv"\n',
        "utf-8",
    )
    said: list[str] = []
    recipe = read_recipe(tmp_path / "r.toml")
    texts = read_recipe_texts(recipe, tmp_path, on_message=said.append)
    assert texts.validation is not None
    assert [e.text for e in texts.validation] == ["A thin  book!", "soup"]
    # One text is left of train.csv; what is made of it holds nothing of those left out.
    assert {e.text for e in texts.train} <= {"A book that goes on and on"}
    assert len(texts.train) == 1 + 3
    assert said == [
        "dropped 1 validation text that tests hold",
        "train.csv: made 3 texts as long as its texts, of all labels",
        "dropped 3 training texts that validation, tests or exclude hold",
    ]


@pytest.mark.train
def test_a_generators_recipe_leaves_out_what_it_excludes(tmp_path: Path) -> None:
    from textrnn.training.generator.recipe import read_recipe_documents, text_keys
    from textrnn.training.recipes.recipe import read_recipe

    long = "\n".join("a line of a long document" for _ in range(4000))  # in several pieces
    texts = ["It 's GOOD!", "it's good", "soup", long]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (tmp_path / "train.jsonl").write_text(lines, "utf-8")
    (tmp_path / "more.tsv").write_text("1\tsoup\n0\tsong\n", "utf-8")
    (tmp_path / "test.csv").write_text("text,label\nIt's good,1\nsoup,0\n", "utf-8")
    (tmp_path / "recipe.toml").write_text(
        """
        name = "m"
        task = "generator"
        [[data.train]]
        file = "train.jsonl"
        [[data.train]]
        file = "more.tsv"
        text = 1
        [[data.exclude]]
        file = "test.csv"
        """,
        "utf-8",
    )
    recipe = read_recipe(tmp_path / "recipe.toml")
    without = text_keys(recipe.data.exclude, tmp_path)
    passages = list(read_recipe_documents(recipe.data.train, tmp_path, without=without))
    assert "".join(p.text for p in passages) == long + "song"
    assert [p.ends for p in passages][-2:] == [True, True]


@pytest.mark.train
def test_a_taggers_recipe_gives_what_its_training_takes(tmp_path: Path) -> None:
    from textrnn.training.generator.recipe import GeneratorReader
    from textrnn.training.recipes.reader import Reader
    from textrnn.training.recipes.recipe import read_recipe
    from textrnn.training.recipes.sources import RecipeSource
    from textrnn.training.tagger.recipe import TaggerReader

    (tmp_path / "train.conll").write_text("Ada B-PER\nspoke O\n\nLeo B-PER\n", "utf-8")
    (tmp_path / "words.txt").write_text("北京 12 ns\n京 3 n\n\n上海 9 ns\n", "utf-8")
    (tmp_path / "names.txt").write_text("Ada Lovelace\nAda\n", "utf-8")
    (tmp_path / "kinds.txt").write_text("Peking city\nBLAH noise\nParis city\n", "utf-8")
    (tmp_path / "recipe.toml").write_text(
        """
        name = "m"
        task = "tagger"
        data.train = [{file = "train.conll"}]
        data.lexicon = [{file = "words.txt"}]
        [[data.gazetteer]]
        file = "names.txt"
        constant_label = "person"
        min_words = 2
        [[data.gazetteer]]
        file = "kinds.txt"
        kind_column = 1
        labels = {city = "place"}
        [data.embeddings]
        file = "vectors.txt"
        """,
        "utf-8",
    )
    recipe = read_recipe(tmp_path / "recipe.toml")
    assert [source.file for source in recipe.data.embeddings] == ["vectors.txt"]
    reader = TaggerReader()
    found = reader.arguments(recipe, tmp_path, lambda line: None)
    assert [e.words for e in found["train"]] == [("Ada", "spoke"), ("Leo",)]
    assert found["validation"] is None
    assert list(found["lexicon"]) == ["北京", "上海"]
    assert found["gazetteer"] == {"person": ["Ada Lovelace"], "place": ["Peking", "Paris"]}
    (source,) = recipe.data.train
    assert reader.count(source, tmp_path) == 2
    # What a task gets that says nothing of its own: the examples that its head reads.
    assert Reader.arguments(reader, recipe, tmp_path, lambda line: None) == {
        "train": found["train"],
        "validation": None,
    }
    # A generator's table without a header is read as its recipe says, where it is measured, too.
    (tmp_path / "rows.tsv").write_text("1\tsoup\n0\tsong\n", "utf-8")
    rows = RecipeSource("rows.tsv", text=1)
    passages = GeneratorReader().examples(rows, tmp_path)
    assert [passage.text for passage in passages] == ["soup", "song"]
    assert GeneratorReader().count(rows, tmp_path) == 2


@pytest.mark.train
@pytest.mark.parametrize(
    ("task", "files", "message"),
    [
        ("tagger", "train = [{file = 'a', validation_share = 0.1}]",
         "data.train: a tagger does not heed validation_share"),
        ("tagger", "train = [{file = 'a'}, {file = 'b', near_copies = 0.5}]",
         "data.train: a tagger does not heed near_copies"),
        ("tagger", "train = [{file = 'a'}]\ndata.exclude = [{file = 'b'}]",
         "data.exclude: no files of a tagger"),
        ("generator", "train = [{file = 'a', length_counterparts = 2}]",
         "data.train: a generator does not heed length_counterparts"),
        ("generator", "train = [{file = 'a'}]\ndata.lexicon = [{file = 'b'}]",
         "data.lexicon: no files of a generator"),
        ("classifier", "train = [{file = 'a'}]\ndata.test = [{file = 'b', near_copies = 0.5}]",
         "data.test: a classifier does not heed near_copies"),
        ("classifier", "train = [{file = 'a', labels = {b = 'c'}, scheme = 'bio'}]",
         "data.train: a classifier does not heed scheme"),
    ],
)  # fmt: skip
def test_what_a_task_does_not_heed_of_a_recipe_s_files_is_named(
    tmp_path: Path, task: str, files: str, message: str
) -> None:
    from textrnn.training.recipes.recipe import read_recipe

    path = tmp_path / "r.toml"
    path.write_text(f'name = "x"\ntask = "{task}"\ndata.{files}\n', "utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(f"{path}: {message}")):
        read_recipe(path)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("nme = 1", "'nme'; did you mean 'name'?"),
        ("[traning]", "'traning'; did you mean 'training'?"),
        ("[bag]", "'bag'; known: name, data, task, language"),  # a classifier's
    ],
)
def test_a_recipe_s_unknown_tables_are_named(tmp_path: Path, table: str, message: str) -> None:
    from textrnn.training.recipes.recipe import read_recipe

    path = tmp_path / "r.toml"
    path.write_text(f'name = "x"\ntask = "generator"\ndata.train = [{{file = "a"}}]\n{table}\n')
    with pytest.raises(ConfigurationError, match=re.escape(f"{path}: unknown setting {message}")):
        read_recipe(path)


@pytest.mark.parametrize("value", [None, 3, True, ["fast"]])
def test_what_is_no_text_is_no_choice(value: Any) -> None:
    require_choice("mode", "fast", ("exact", "fast"))
    with pytest.raises(
        ConfigurationError, match="mode must be one of exact, fast; received"
    ) as told:
        require_choice("mode", value, ("exact", "fast"))
    assert str(told.value).endswith(repr(value))
