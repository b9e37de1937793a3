"""The files of recipes, prepared from a server of our own with small archives of their shapes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from calling import textrnn_in
from textrnn.corpora import recipe_files as table
from textrnn.corpora.layouts import LAYOUTS, content_of
from textrnn.corpora.preparing import prepare
from textrnn.corpora.recipe_files import RecipeFile, recipe_files, where_else
from textrnn.errors import InputError
from textrnn.training.recipes.recipe import recipe_files as files_of

ROOT = Path(__file__).parents[2]
CONTENT = "label\ttext_a\n1\t很好\n".encode()
REVIEWS = {
    "aclImdb/train/pos/0_9.txt": "Good.<br />Truly.",
    "aclImdb/train/pos/10_7.txt": "Fine.",
    "aclImdb/train/pos/2_10.txt": "Superb \u2013 really.",
    "aclImdb/train/neg/1_1.txt": 'Bad "film".',
    "aclImdb/train/unsup/1_0.txt": "Second.",
    "aclImdb/train/unsup/0_0.txt": "First.",
    "aclImdb/test/neg/0_2.txt": "Poor.",
    "aclImdb/train/urls_pos.txt": "http://…",
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address where it is served."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def tar_of(texts: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in texts.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def zip_of(contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def file_of(path: str, url: str, layout: str, name: str, content: bytes) -> dict[str, RecipeFile]:
    sha256 = hashlib.sha256(content).hexdigest()
    return {path: RecipeFile(path, url, layout, name, len(content), sha256)}


@pytest.mark.parametrize(
    ("layout", "archive", "name"),
    [
        ("plain", CONTENT, "train.tsv"),
        ("gzip", gzip.compress(CONTENT), "train.tsv"),
        ("zip", zip_of({"a/train.tsv": CONTENT, "a/dev.tsv": b"x"}), "train.tsv"),
        ("zip", zip_of({"train.tsv": CONTENT, "__MACOSX/train.tsv": b"x"}), "train.tsv"),
    ],
)
@pytest.mark.parametrize("path", ["zh/a/train.tsv.xz", "zh/a/train.tsv"])
def test_each_layout_is_laid_as_recipes_read_it(
    served: tuple[Path, str], tmp_path: Path, layout: str, archive: bytes, name: str, path: str
) -> None:
    folder, url = served
    (folder / "archive").write_bytes(archive)
    known = file_of(path, f"{url}/archive", layout, name, CONTENT)
    found = prepare([path, path], tmp_path / "data", known=known)
    assert (found.laid, found.there, found.missing) == ([path], [], {})
    laid = (tmp_path / "data" / path).read_bytes()
    assert (lzma.decompress(laid) if path.endswith(".xz") else laid) == CONTENT
    (folder / "archive").unlink()  # and nothing is asked for again
    assert prepare([path], tmp_path / "data", known=known).there == [path]


def test_reviews_of_imdb_are_the_lines_of_one_file(served: tuple[Path, str]) -> None:
    archive = served[0] / "aclImdb_v1.tar.gz"
    archive.write_bytes(tar_of(REVIEWS))
    lines = content_of(archive, "imdb", "train", 1000).decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [
        "train/neg/1_1", "train/pos/0_9", "train/pos/2_10", "train/pos/10_7",
    ]  # fmt: skip
    assert lines[0] == (
        '{"label": 0, "rating": 1, "id": "train/neg/1_1", "text": "Bad \\"film\\"."}'
    )
    assert "Superb \u2013 really." in lines[2]
    assert content_of(archive, "imdb", "unsup", 1000) == b"First.\nSecond.\n"
    (test,) = content_of(archive, "imdb", "test", 1000).decode().splitlines()
    assert json.loads(test)["label"] == 0
    with pytest.raises(InputError, match="its reviews have more than 20 bytes"):
        content_of(archive, "imdb", "train", 20)


def test_what_is_not_as_it_must_be_is_refused(served: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = served
    (folder / "a").write_bytes(b"something else")
    known = file_of("a.tsv.xz", f"{url}/a", "plain", "", CONTENT)
    with pytest.raises(InputError, match=r"a: not the file that recipes name a\.tsv\.xz: its"):
        prepare(["a.tsv.xz"], tmp_path / "data", known=known)
    assert not (tmp_path / "data" / "a.tsv.xz").exists()
    (tmp_path / "data" / "a.tsv.xz").write_bytes(lzma.compress(CONTENT + b"more"))
    with pytest.raises(InputError, match=r"data/a\.tsv\.xz: not the file that recipes name"):
        prepare(["a.tsv.xz"], tmp_path / "data", known=known)
    (tmp_path / "data" / "a.tsv.xz").write_bytes(b"no xz")
    with pytest.raises(InputError, match=r"a\.tsv\.xz: cannot be read"):
        prepare(["a.tsv.xz"], tmp_path / "data", known=known)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "plain"])
def test_damaged_archives_and_too_large_ones(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\x1f\x8b no archive")
    with pytest.raises(InputError, match="cannot be unpacked"):
        content_of(path, layout, "train", 100)
    whole = {
        "gzip": gzip.compress(bytes(5000)),
        "zip": zip_of({"train": bytes(5000)}),
        "imdb": tar_of(REVIEWS),
    }[layout]
    path.write_bytes(whole)
    with pytest.raises(InputError, match="than 10 bytes"):
        content_of(path, layout, "train", 10)


def test_a_zip_without_the_file_or_with_two(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for names in ([], ["a/train", "b/train"]):
        path.write_bytes(zip_of({"dev": b"x", **dict.fromkeys(names, b"x")}))
        with pytest.raises(InputError, match=f"{len(names)} files are called train; expected one"):
            content_of(path, "zip", "train", 10)


def test_the_command_says_what_cannot_be_fetched(
    served: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = served
    (folder / "train.tsv").write_bytes(CONTENT)
    known = file_of("zh/own/train.tsv.xz", f"{url}/train.tsv", "plain", "", CONTENT)
    monkeypatch.setattr("textrnn.corpora.preparing.recipe_files", lambda: known)
    files = ["zh/own/train.tsv.xz", "en/conll2003/eng.train.xz", "mine.csv"]
    lines = "".join(f'[[data.train]]\nfile = "{name}"\n' for name in files)
    (tmp_path / "recipe.toml").write_text(f'name = "a"\n{lines}', "utf-8")
    done = textrnn_in(tmp_path, "corpora", "prepare", "recipe.toml", "--data", "data")
    assert done.returncode == 1
    assert done.stdout == "data/zh/own/train.tsv.xz\n"
    assert "en/conll2003/eng.train.xz is not fetched: Reuters' text, after an" in done.stderr
    assert "mine.csv is not fetched: of your own, or not known here" in done.stderr
    (tmp_path / "data" / "mine.csv").write_text("x\n", "utf-8")
    again = textrnn_in(tmp_path, "corpora", "prepare", "recipe.toml", "--data", "data")
    assert (again.returncode, again.stdout) == (1, "")
    assert "2 files had been there" in again.stderr
    (tmp_path / "none.toml").write_text("name = 'a'\n", "utf-8")
    wrong = textrnn_in(tmp_path, "corpora", "prepare", "none.toml", "--data", "data")
    assert "no recipe: it names no files under data" in wrong.stderr


def test_every_file_of_every_recipe_has_a_home() -> None:
    known = recipe_files()
    assert all(file.url.startswith("https://") for file in known.values())
    assert all(file.layout in LAYOUTS and len(file.sha256) == 64 for file in known.values())
    recipes = sorted((ROOT / "recipes").glob("*.toml"))
    assert len(recipes) > 20
    for recipe in recipes:
        for path in files_of(recipe):
            own = (ROOT / "docs" / "samples" / path).exists()
            assert own or path in known or where_else(path) in table._ELSEWHERE.values(), path
