"""Bundles from strangers: what does not fit is refused in one line, within bounds."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_bundles import (
    arrays,
    packed,
    put,
    put_manifest,
    random_weights,
    small_classifier,
    small_generator,
    small_tagger,
)

import textrnn
from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.bundle.files import BundleFiles, is_plain_name
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.text.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def makers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("small")
    return {
        "classifier": small_classifier(folder / "classifier"),
        "tagger": small_tagger(folder / "tagger"),
        "generator": small_generator(folder / "generator"),
    }


@pytest.fixture
def classifier(makers: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(makers["classifier"], tmp_path / "model")


@pytest.fixture
def tagger(makers: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(makers["tagger"], tmp_path / "model")


@pytest.fixture
def generator(makers: dict[str, Path], tmp_path: Path) -> Path:
    return shutil.copytree(makers["generator"], tmp_path / "model")


def refused(path: Path) -> str:
    """The message with which a bundle is refused."""
    with pytest.raises(BundleError) as caught:
        textrnn.load(path, threads=1)
    assert str(path) in str(caught.value)
    return str(caught.value)


def zipped(path: Path, **options: Any) -> Path:
    packed_file = path.with_suffix(".zip")
    with zipfile.ZipFile(packed_file, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for file in sorted(path.iterdir()):
            archive.write(file, file.name)
    return packed_file


def test_small_bundles_serve(classifier: Path, makers: dict[str, Path]) -> None:
    assert textrnn.load(classifier).classify(["a dull film"])[0].label in ("bad", "good")
    assert textrnn.load(makers["tagger"]).tag("Ada spoke").text == "Ada spoke"
    written = textrnn.load(makers["generator"]).generate("a", length=5, random_state=1)
    assert written == textrnn.load(zipped(makers["generator"])).generate(
        "a", length=5, random_state=1
    )


# Members


@pytest.mark.parametrize("name", ["bundle.json", "model.onnx", "README.md"])
def test_links_are_no_members(classifier: Path, name: str) -> None:
    (classifier / name).rename(classifier.parent / "kept")
    (classifier / name).symlink_to(classifier.parent / "kept")
    with pytest.raises(BundleError, match=rf"{name} is a link; a bundle's files must be files"):
        Bundle.open(classifier).verify()


@pytest.mark.parametrize("name", ["bundle.json", "model.onnx", "README.md"])
def test_pipes_and_folders_are_no_members(classifier: Path, name: str) -> None:
    (classifier / name).unlink()
    os.mkfifo(classifier / name)
    with pytest.raises(BundleError, match=f"{name} is no regular file"):
        Bundle.open(classifier).verify()
    (classifier / name).unlink()
    (classifier / name).mkdir()
    with pytest.raises(BundleError, match=f"{name} is no regular file"):
        Bundle.open(classifier).verify()


def test_files_of_an_installed_package_may_be_links(classifier: Path) -> None:
    (classifier / "README.md").rename(classifier.parent / "kept")
    (classifier / "README.md").symlink_to(classifier.parent / "kept")
    files = BundleFiles(classifier, links=True)
    assert files.read("README.md", most=100) == b"# small\n"
    (classifier / "README.md").unlink()
    (classifier / "README.md").symlink_to("/dev/zero")
    with pytest.raises(BundleError, match=r"README\.md is no regular file"):
        files.read("README.md", most=100)


def test_what_is_no_bundle_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\n", "utf-8")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "a.csv", tmp_path / "pipe", "/dev/null"):
        with pytest.raises(
            ModelNotFoundError, match=r"not a model bundle \(it has no bundle\.json"
        ):
            textrnn.load(path)
    with pytest.raises(ModelNotFoundError, match="no model 'xxx"):
        textrnn.load("x" * 5000)
    with pytest.raises(BundleError, match=r"cannot be read: .*File name too long"):
        Bundle.open("x" * 5000)


def test_the_folder_itself_may_be_a_link(classifier: Path) -> None:
    link = classifier.parent / "link"
    link.symlink_to(classifier)
    assert textrnn.load(link).classify(["a film"])


def test_a_file_larger_than_the_manifest_says_is_not_read_to_its_end(classifier: Path) -> None:
    with (classifier / "model.onnx").open("r+b") as file:
        file.truncate(1 << 40)  # holes take no room
    assert "model.onnx has more than" in refused(classifier)
    with (classifier / "bundle.json").open("r+b") as file:
        file.truncate(1 << 40)
    assert "bundle.json has more than 4,194,304 bytes" in refused(classifier)


@pytest.mark.parametrize(
    "name",
    ["..", ".", "", "a/b", "a\\b", "a\0b", "/etc/passwd", "nul", "COM1.json", "a.", "a:b", "a\nb",
     "bundle.json", "BUNDLE.json", "x" * 300, "é" * 200],
)  # fmt: skip
def test_names_that_no_file_of_a_bundle_has(classifier: Path, name: str) -> None:
    assert not is_plain_name(name) or name.lower() == "bundle.json"
    manifest = json.loads((classifier / "bundle.json").read_text("utf-8"))
    record = {"sha256": "0" * 64, "bytes": 1}
    put_manifest(classifier, {"files": {**manifest["files"], name: record}})
    assert "names a file" in refused(classifier)


def test_sizes_that_cannot_be_are_refused(classifier: Path) -> None:
    manifest = json.loads((classifier / "bundle.json").read_text("utf-8"))
    for name, size in (("README.md", 5 << 30), ("model.onnx", 3 << 30), ("x.json", -1)):
        record = {"sha256": "0" * 64, "bytes": size}
        put_manifest(classifier, {"files": {**manifest["files"], name: record}})
        assert name in refused(classifier)


def test_zip_bombs_are_not_unpacked(classifier: Path) -> None:
    bomb = bytes(64 << 20)
    put(classifier, "history.csv", bomb[: 16 << 20])
    with pytest.raises(BundleError, match="would unpack to 16,777,216"):
        Bundle.open(zipped(classifier)).verify()
    put(classifier, "tokenizer.json", bomb[: 32 << 20])
    assert "would unpack to 33,554,432" in refused(zipped(classifier))
    (classifier / "bundle.json").write_bytes(b" " * (64 << 20))
    assert "bundle.json has" in refused(zipped(classifier))


def test_zips_with_members_twice_or_over_each_other(classifier: Path) -> None:
    path = zipped(classifier)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("README.md", "another")
    assert "holds 'README.md' twice" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", bytes(1000))
        archive.writestr("bundle.json", b"{}")
        archive.getinfo("bundle.json").header_offset = 0
    assert "overlaps another member" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1001):
            archive.writestr(str(number), b"")
    assert "a zip of 1,001 members" in refused(path)


def test_zips_that_are_encrypted_or_packed_in_rare_ways(classifier: Path) -> None:
    path = zipped(classifier)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.write(classifier / "bundle.json", "bundle.json")
    assert "packed by a method other than deflate" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(classifier / "bundle.json", "bundle.json")
        archive.infolist()[0].flag_bits |= 1
    assert "bundle.json is encrypted" in refused(path)


def test_a_zip_keeps_no_file_open(classifier: Path) -> None:
    path, before = zipped(classifier), len(os.listdir("/proc/self/fd"))
    models = [textrnn.load(path, threads=1) for _ in range(5)]
    assert len(os.listdir("/proc/self/fd")) <= before
    assert len({model.classify(["a film"])[0].probability for model in models}) == 1


# The manifest


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0}, "temperature must be from 0.01 to 100; received 0"),
        ({"temperature": -1.5}, "temperature must be from"),
        ({"temperature": True}, "temperature must be from"),
        ({"temperature": "1"}, "temperature must be from"),
        ({"temperature_growth": 1e9}, "temperature_growth must be from -4 to 4"),
        ({"bag_share": -1}, "bag_share must be from 0 to 100"),
        ({"window_tokens": 0}, "windows must have from 1 to 100,000 tokens; received 0"),
        ({"window_tokens": 10**12}, "windows must have from 1 to 100,000 tokens"),
        ({"window_tokens": 20.5}, "windows must have from 1 to 100,000 tokens"),
        ({"window_overlap": 20}, "window_overlap must be below the windows' 20 tokens: 20"),
        ({"window_overlap": -1}, "window_overlap must be below"),
        ({"window_tokens": 1000, "window_overlap": 999}, "more than 20 times"),
        ({"precision": "int3"}, "precision must be int8 or float32"),
        ({"simplify": "yes"}, "simplify must be true or false"),
    ],
)
def test_numbers_of_serving_that_cannot_be(
    classifier: Path, changes: dict[str, Any], message: str
) -> None:
    serving = json.loads((classifier / "bundle.json").read_text("utf-8"))["serving"]
    put_manifest(classifier, {"serving": {**serving, **changes}})
    assert message in refused(classifier)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_json_does_not_have(classifier: Path, number: str) -> None:
    path = classifier / "bundle.json"
    put_manifest(classifier, {})
    path.write_text(path.read_text("utf-8").replace("1.5", number), "utf-8")
    assert "bundle.json is damaged" in refused(classifier)


def test_a_manifest_that_is_nested_deeply(classifier: Path) -> None:
    (classifier / "bundle.json").write_text("[" * 100_000, "utf-8")
    assert "bundle.json is damaged: JSON with more than 100 levels" in refused(classifier)


def test_a_score_that_is_no_number_is_written_as_null(classifier: Path, tmp_path: Path) -> None:
    bundle = Bundle.open(classifier)
    manifest = replace(bundle.manifest, scores={"f1": float("nan"), "all": [float("inf"), 1.0]})
    files = {name: bundle.read(name) for name in manifest.files}
    write_bundle(tmp_path / "again", manifest, files)
    assert Bundle.open(tmp_path / "again").manifest.scores == {"f1": None, "all": [None, 1.0]}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["bad", "go\nod"], "control character or line end"),
        (["bad", "go\tod"], "control character or line end"),
        (["bad", "\x1b[2J"], "control character or line end"),
        (["bad", "\u2028"], "a label is empty"),
        (["bad", ""], "a label is empty"),
        (["bad", "bad"], "labels repeat"),
        (["bad", "x" * 1001], "a label has more than 1,000 characters"),
        (["bad", "Uncertain"], "a label is the answer where none is probable: 'Uncertain'"),
        (["bad"], "at least 2 labels"),
        (["bad", "good", "fair"], "the manifest's network asks for 3"),
    ],
)
def test_labels_that_cannot_be(classifier: Path, labels: list[str], message: str) -> None:
    network = json.loads((classifier / "bundle.json").read_text("utf-8"))["network"]
    network["head"]["labels"] = labels
    put_manifest(classifier, {"labels": labels, "network": network})
    assert message in refused(classifier)


def test_labels_that_are_not_those_of_the_network(classifier: Path) -> None:
    put_manifest(classifier, {"labels": ["good", "bad"]})
    assert "its labels are not those of its network" in refused(classifier)


def test_sizes_of_networks_that_cannot_be(generator: Path) -> None:
    network = json.loads((generator / "bundle.json").read_text("utf-8"))["network"]
    network["encoders"][0]["units"] = 10**12
    put_manifest(generator, {"network": network})
    assert "units must be from 0 to" in refused(generator)
    network["encoders"][0]["units"] = 7
    put_manifest(generator, {"network": network})
    assert "model.onnx does not fit bundle.json: its input 'state_0/h'" in refused(generator)


# Parts that do not fit each other


def test_parts_that_are_no_text(tagger: Path) -> None:
    put(tagger, "README.md", b"\xff\xfe")
    with pytest.raises(BundleError, match=r"README\.md is damaged: 'utf-8' codec"):
        Bundle.open(tagger).card()
    put(tagger, "features.json", b"\xff\xfe")
    assert "features.json is damaged" in refused(tagger)


def change_vocabulary(text: bytes, **tokens: int) -> bytes:
    data = json.loads(text)
    data["model"]["vocab"] |= tokens
    return json.dumps(data).encode("utf-8")


@pytest.mark.parametrize("task", ["classifier", "generator"])
def test_tokenizers_that_do_not_fit_the_table(
    task: str, makers: dict[str, Path], tmp_path: Path
) -> None:
    path = shutil.copytree(makers[task], tmp_path / "model")
    whole = (path / "tokenizer.json").read_bytes()
    size = len(json.loads(whole)["model"]["vocab"])
    put(path, "tokenizer.json", change_vocabulary(whole, zebra=size))
    message = f"tokenizer.json has {size + 1} tokens; the network in bundle.json has {size}"
    assert message in refused(path)
    for number in (size + 5, 2**32, -1, 4):
        put(path, "tokenizer.json", change_vocabulary(whole, zebra=number))
        assert "are not 0 to" in refused(path)


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("normalizer", {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 1000}),
        ("normalizer", {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": "b"}),
        ("normalizer", {"type": "Precompiled", "precompiled_charsmap": "AAAA"}),
        ("normalizer", {"type": "Prepend", "prepend": "a" * 1000}),
        ("normalizer", {"type": "Sequence", "normalizers": [{"type": "NFC"}] * 3}),
        ("normalizer", {"type": "Sequence", "normalizers": 3}),
        ("normalizer", ["NFC"]),
        ("pre_tokenizer", {"type": "Split", "pattern": {"Regex": "(x+x+)+y"}, "behavior":
                           "Isolated", "invert": False}),
        ("pre_tokenizer", {"type": "Metaspace", "replacement": "_"}),
        ("decoder", {"type": "WordPiece", "prefix": "#" * 9, "cleanup": True}),
        ("post_processor", {"type": "TemplateProcessing", "single": [], "pair": []}),
        ("truncation", {"max_length": 1}),
        ("padding", {"strategy": {"Fixed": 10**9}}),
        ("added_tokens", [{"id": 0, "content": "e"}]),
    ],
)  # fmt: skip
def test_tokenizers_made_of_foreign_parts(classifier: Path, place: str, part: Any) -> None:
    data = json.loads((classifier / "tokenizer.json").read_text("utf-8"))
    put(classifier, "tokenizer.json", json.dumps({**data, place: part}).encode("utf-8"))
    assert "tokenizer.json" in refused(classifier)


def test_tokens_that_cannot_be(classifier: Path) -> None:
    text = (classifier / "tokenizer.json").read_text("utf-8")
    put(classifier, "tokenizer.json", text.replace('"film"', '""').encode("utf-8"))
    assert "a token is empty" in refused(classifier)
    put(classifier, "tokenizer.json", text.replace('"film"', f'"{"f" * 1001}"').encode("utf-8"))
    assert "a token is longer than 1,000 characters" in refused(classifier)
    made = Tokenizer.train(["a film"], level="bpe", vocabulary_size=300).to_json()
    with pytest.raises(BundleError, match="'床' stands for no byte"):
        Tokenizer.from_json(made.replace('"f"', '"床"'))


def test_tokenizers_nested_deeply(classifier: Path) -> None:
    put(classifier, "tokenizer.json", b"[" * 50_000)
    assert "tokenizer.json is damaged" in refused(classifier)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("bag.npz", {"bias": np.zeros(3, "f4")}, "'bias' is 3 of float32; the manifest's network"),
        ("bag.npz", {"bias": np.full(2, np.nan, "f4")}, "'bias' holds numbers that are not finite"),
        ("bag.npz", {"weights": np.zeros((1, 2), "i1")}, "'weights' is 1 x 2"),
        ("bag.npz", {"hashes": np.array([9, 3], "u4")}, "its hashes are not in order"),
        ("bag.npz", {"longest": np.int64(-1)}, "'longest' is -1"),
        ("bag.npz", {"longest": np.array(["a"])}, "'longest' is 1 of <U1"),
    ],
)
def test_bags_that_do_not_fit(
    classifier: Path, name: str, changes: dict[str, Any], message: str
) -> None:
    put(classifier, name, packed(**{**arrays(classifier, name), **changes}))
    assert message in refused(classifier)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("tables.npz", {"embedding": np.zeros((3, 6), "f4")}, "'embedding' is 3 x 6"),
        ("tables.npz", {"embedding": np.zeros((4, 7), "f4")}, "asks for 4 x 6"),
        ("tables.npz", {"embedding": np.zeros(4, "f4")}, "'embedding' is 4 of float32"),
        ("tables.npz", {"embedding": np.full((4, 6), "a")}, "'embedding' is 4 x 6 of <U1"),
        ("tables.npz", {"embedding": np.zeros((4, 6), "i1")}, "lacks 'embedding/scale'"),
        ("tables.npz", {"crf/start": np.zeros(2, "f4")}, "'crf/start' is 2"),
        ("tables.npz", {"crf/end": np.full(5, np.inf, "f4")}, "'crf/end' holds numbers that are"),
        ("gazetteer.npz", {"kinds": np.array(["one"])}, "has 1 kinds of names; the network"),
        ("gazetteer.npz", {"masks": np.zeros(1, "u2")}, "'masks' is 1 of uint16"),
        ("gazetteer.npz", {"kinds": np.array(["k"] * 17)}, "at most 16 kinds of names; 17 given"),
    ],
)
def test_tables_that_do_not_fit(
    tagger: Path, name: str, changes: dict[str, Any], message: str
) -> None:
    put(tagger, name, packed(**{**arrays(tagger, name), **changes}))
    assert message in refused(tagger)


def test_tables_that_lack_one(tagger: Path) -> None:
    whole = arrays(tagger, "tables.npz")
    del whole["bigrams"]
    put(tagger, "tables.npz", packed(**whole))
    assert "tables.npz lacks 'bigrams'" in refused(tagger)


def test_arrays_are_not_unpacked_beyond_bounds(classifier: Path) -> None:
    bomb = {**arrays(classifier, "bag.npz"), "hashes": np.zeros(1 << 24, "u4")}
    put(classifier, "bag.npz", packed(**bomb))
    assert "would unpack to 67,108,864" in refused(classifier)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": ["ada"]}, "has 1 words; the network in bundle.json has rows for 2"),
        ({"words": ["ada"] * 2}, "words holds one twice"),
        ({"words": ["ada", 3]}, "words is no list of strings"),
        ({"words": {"ada": 1}}, "words is no list of strings"),
        ({"characters": ["a"] * 500}, "characters holds one twice"),
        ({"lexicon": {"a": -1, "b": 2}}, "a count is none"),
        ({"lexicon": {"a": 10**400, "b": 2}}, "a count is none"),
        ({"lexicon": {"a": "1"}}, "lexicon is no list of counts"),
        ({"level": "page"}, "level must be one of"),
        ({"more": 1}, "other things than vocabularies"),
    ],
)
def test_vocabularies_that_do_not_fit(tagger: Path, changes: dict[str, Any], message: str) -> None:
    data = json.loads((tagger / "features.json").read_text("utf-8"))
    put(tagger, "features.json", json.dumps({**data, **changes}).encode("utf-8"))
    assert message in refused(tagger)


def test_vocabularies_of_very_many_lists(tagger: Path) -> None:
    put(tagger, "features.json", b'{"words": [' + b"[]," * 4_100_000 + b"[]]}")
    assert "4,100,003 lists" in refused(tagger)


def test_vocabularies_nested_deeply(tagger: Path) -> None:
    put(tagger, "features.json", b'{"words": ' + b"[" * 50_000)
    assert "features.json is damaged" in refused(tagger)


# Runs


def test_a_run_can_be_bounded(classifier: Path) -> None:
    model = textrnn.load(classifier, threads=1)
    expected = model.classify(["a film"])
    model.limit_runs(60.0)
    assert model.classify(["a film"]) == expected
    with pytest.raises(ConfigurationError, match="seconds must be above 0; received 0"):
        model.limit_runs(0)
    model.limit_runs(1e-9)
    texts = ["a film " * 5000] * 50
    with pytest.raises(BundleError, match="a run of the graph took longer than 1e-09 s"):
        model.classify(texts)


def test_a_graph_that_counts_beyond_all_numbers(generator: Path) -> None:
    network = GeneratorNetwork.from_dict(Bundle.open(generator).manifest.network)
    weights = random_weights(network.weight_shapes())
    weights["embedding"][:] = 3e38
    put(generator, "model.onnx", compile_generator(network, weights, precision="float32"))
    model = textrnn.load(generator)
    with pytest.raises(BundleError, match="the graph's logits are not finite"):
        model.choices("a")


def test_a_run_that_fails_is_one_error_and_nothing_else(
    classifier: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    session = textrnn.load(classifier)._session
    with pytest.raises(BundleError) as caught:
        session.run({"tokens": np.full((1, 3), 10**6, np.int32), "lengths": np.array([3], "i4")})
    assert str(caught.value).startswith(f"{classifier}: the graph cannot be run: ")
    assert ".cc:" not in str(caught.value)
    assert ".h:" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_tagger_with_self_attention_is_served_as_it_was() -> None:
    """Random weights, compiled by textrnn 0.1.0, which could make such networks."""
    path = Path(__file__).parents[1] / "bundles" / "tagger-with-self-attention.zip"
    assert Bundle.open(path).manifest.network["head"]["attention_heads"] == 2
    tagger = textrnn.load(path)
    found = {text: tagger.tag(text).entities for text in ("Ada spoke in Ulm", "and Ulm")}
    assert [(e.text, e.label) for e in found["Ada spoke in Ulm"]] == [
        ("Ada spoke in", "PER"),
        ("Ulm", "PER"),
    ]
    for entity, probability in zip(found["and Ulm"], (0.7477, 0.6616), strict=True):
        assert entity.probability == pytest.approx(probability, abs=0.01)
