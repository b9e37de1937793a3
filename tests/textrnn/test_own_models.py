"""Models of one's own: found by name, handed on as zips, put where any folder finds them."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest
from small_bundles import put, put_manifest, small_classifier, small_tagger

import textrnn
from textrnn.bundle.bundle import Bundle
from textrnn.bundle.exchange import copy_bundle, pack_bundle
from textrnn.bundle.places import is_name, user_folder
from textrnn.catalog import import_model, model_path, own_models, shipped_models
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which is empty; the user's is ``own`` beside it, which is not there."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TEXTRNN_MODELS", str(tmp_path / "own"))
    return folder


def test_a_name_finds_a_model_in_three_folders(here: Path) -> None:
    own = here.parent / "own"
    for folder in (own, here / "models", here):  # each before the one that was there
        with pytest.raises(ModelNotFoundError, match="no model 'second'"):
            textrnn.load("second")
        small_classifier(folder / "first")
        assert model_path("first").resolve() == folder / "first"
        assert textrnn.load("first").classify(["a dull song"])[0].label in ("bad", "good")


def test_a_shipped_name_always_means_the_shipped_model(here: Path) -> None:
    small_tagger(here / "sentiment-en")
    assert model_path("sentiment-en").parent.name == "models"
    assert textrnn.load("sentiment-en").bundle.is_shipped
    assert model_path("./sentiment-en") == Path("sentiment-en")
    assert not textrnn.load("./sentiment-en").bundle.is_shipped


def test_a_folder_of_that_name_that_is_no_model_hides_none(here: Path) -> None:
    (here / "tickets").mkdir()
    (here / "tickets" / "data.csv").write_text("text,label\n", "utf-8")
    assert model_path("tickets") == Path("tickets")  # whose lack of a manifest is told then
    with pytest.raises(ModelNotFoundError, match=r"tickets: not a model bundle \(it has no"):
        textrnn.load("tickets")
    small_classifier(here / "models" / "tickets")
    assert model_path("tickets") == Path("models/tickets")


def test_the_name_on_the_card_finds_it_where_no_folder_is_called_so(here: Path) -> None:
    small_classifier(here / "models" / "run-7")  # whose card calls it small
    assert model_path("small") == Path("models/run-7")
    small_classifier(here / "models" / "run-8")
    with pytest.raises(ConfigurationError, match="several models are called 'small': models/run-7"):
        model_path("small")
    small_classifier(here / "small")
    assert model_path("small") == Path("small")


def test_nothing_is_found_through_names_that_lead_elsewhere(here: Path) -> None:
    small_classifier(here / "models" / "a")
    (here / "models" / "b").mkdir()
    for name in ("b/../a", "a/", "\0", "", "../here/models/b", "a" * 300):
        with pytest.raises((ModelNotFoundError, BundleError)):
            textrnn.load(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("工单", True), ("v1.2", True), ("my tickets", True), (".hidden", False), ("a\nb", False),
     ("c:x", False), ("a\\b", False), (" a", False), ("a" * 101, False)],
)  # fmt: skip
def test_names(text: str, expected: bool) -> None:
    assert is_name(text) is expected


def test_the_users_folder_is_where_the_system_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTRNN_MODELS")
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for platform, folder in {
        "linux": "/home/ada/.local/share/textrnn/models",
        "darwin": "/home/ada/Library/Application Support/textrnn/models",
    }.items():
        monkeypatch.setattr(sys, "platform", platform)
        assert user_folder() == Path(folder)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert user_folder() == Path("/data/textrnn/models")


def test_own_models_are_called_by_what_loads_them(here: Path) -> None:
    own = here.parent / "own"
    assert own_models() == []
    for place in (here / "a", here / "models" / "b", here / "models" / "ner-en", own / "a"):
        small_classifier(place)
    found = own_models()
    assert [model.name for model in found] == ["a", "b", "models/ner-en", str(own / "a")]
    assert [model_path(model.name) for model in found] == [model.bundle.path for model in found]


def test_a_folder_is_listed_once_and_damage_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTRNN_MODELS", "models")
    small_classifier(here / "models" / "whole")
    small_classifier(here / "models" / "torn")
    (here / "models" / "torn" / "bundle.json").write_text("{", "utf-8")
    told: list[str] = []
    names = [model.name for model in own_models(on_damage=lambda error: told.append(str(error)))]
    assert names == ["whole"]
    assert len(told) == 1
    assert "models/torn: bundle.json is damaged" in told[0]
    monkeypatch.chdir(Path(textrnn.__file__).parent)  # whose models are the shipped ones
    assert own_models() == []


def test_a_missing_model_s_error_names_those_that_are_there(here: Path) -> None:
    small_classifier(here / "models" / "tickets")
    with pytest.raises(ModelNotFoundError, match=r"shipped: classical-zh, .*; your own: tickets\)"):
        model_path("ticket")


def test_a_zip_holds_the_bundle_byte_for_byte(here: Path) -> None:
    small_tagger(here / "names")
    bundle = Bundle.open(here / "names")
    pack_bundle(bundle, here / "names.zip")
    pack_bundle(bundle, here / "again.zip")
    assert (here / "names.zip").read_bytes() == (here / "again.zip").read_bytes()
    with zipfile.ZipFile(here / "names.zip") as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {path.name: path.read_bytes() for path in (here / "names").iterdir()}
    text = "Ada spoke"
    assert textrnn.load("names.zip").tag(text) == textrnn.load("names").tag(text)


def test_what_packs_too_well_is_stored(here: Path) -> None:
    """A file that unpacked to a thousand times its size would be refused as a bomb."""
    small_classifier(here / "model")
    put(here / "model", "notes.json", b" " * (3 << 20))
    pack_bundle(Bundle.open(here / "model"), here / "model.zip")
    assert Bundle.open(here / "model.zip").read("notes.json") == b" " * (3 << 20)


def test_an_imported_model_is_found_from_any_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_classifier(here / "small")
    pack_bundle(Bundle.open(here / "small"), here / "a.zip")
    assert import_model("a.zip") == here.parent / "own" / "small"
    assert import_model("a.zip", name="工单") == here.parent / "own" / "工单"
    monkeypatch.chdir(here.parent)
    for name in ("small", "工单"):
        copy = textrnn.load(name)
        assert copy.bundle.path == here.parent / "own" / name
        assert all(check.ok for check in copy.bundle.verify())
    assert (here / "small" / "bundle.json").read_bytes() == (
        here.parent / "own" / "small" / "bundle.json"
    ).read_bytes()


def test_an_import_replaces_nothing_unasked(here: Path) -> None:
    small_classifier(here / "small")
    target = import_model("small")
    small_tagger(here / "other")
    with pytest.raises(ConfigurationError, match="there is a model of that name already"):
        import_model("other", name="small")
    assert Bundle.open(target).manifest.task == "classifier"
    import_model("other", name="small", replace=True)
    assert Bundle.open(target).manifest.task == "tagger"
    (target / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(ConfigurationError, match=r"holds thesis\.txt"):
        import_model("small", name="small", replace=True)
    assert (target / "thesis.txt").read_text("utf-8") == "mine"


def test_a_name_that_would_lead_out_of_the_folder_is_refused(here: Path) -> None:
    small_classifier(here / "a")
    for name in ("../../a", "/tmp/a", "..", "\x1b[2J"):
        put_manifest(here / "a", {"name": name})
        with pytest.raises(ConfigurationError, match="cannot be a model's name"):
            import_model("a")
    put_manifest(here / "a", {"name": shipped_models()[0]})
    with pytest.raises(ConfigurationError, match="is a shipped model's name; give another"):
        import_model("a")
    assert not (here.parent / "own").exists()


def test_damaged_models_are_not_imported(here: Path) -> None:
    small_classifier(here / "a")
    pack_bundle(Bundle.open(here / "a"), here / "a.zip")
    whole = (here / "a.zip").read_bytes()
    (here / "cut.zip").write_bytes(whole[:-40])
    with pytest.raises(ModelNotFoundError, match="it is no zip, or one that was cut off"):
        import_model("cut.zip")
    place = whole.index(b"model.onnx") + 200
    (here / "bit.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.raises(BundleError, match=r"bit\.zip: model\.onnx"):
        import_model("bit.zip")
    put(here / "a", "model.onnx", b"no graph, with a checksum that fits")
    with pytest.raises(BundleError, match=r"model\.onnx"):
        import_model("a")
    assert not (here.parent / "own").exists()


def test_a_model_whose_card_is_damaged_is_not_copied(here: Path) -> None:
    """What serving does not read is checked as well, and nothing is left behind."""
    small_classifier(here / "a")
    (here / "a" / "README.md").write_bytes(b"# other\n")
    with pytest.raises(BundleError, match=r"README\.md is damaged"):
        copy_bundle(Bundle.open(here / "a"), here / "b")
    with pytest.raises(BundleError, match=r"README\.md is damaged"):
        pack_bundle(Bundle.open(here / "a"), here / "b.zip")
    assert sorted(path.name for path in here.iterdir()) == ["a"]


def test_a_newer_format_says_what_reads_it(here: Path) -> None:
    small_classifier(here / "a")
    path = here / "a" / "bundle.json"
    remedies = {"2.1": "textrnn 2.1 or a newer one", "$(reboot)": "A newer textrnn"}
    for version, remedy in remedies.items():
        manifest = json.loads(path.read_text("utf-8"))
        path.write_text(
            json.dumps({**manifest, "format_version": 2, "textrnn_version": version}), "utf-8"
        )
        with pytest.raises(BundleError, match=f"bundle format 2.*{remedy} may read it"):
            import_model("a")
