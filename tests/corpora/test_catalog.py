"""The catalogue of corpora, and a download through it from a server of our own."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from textrnn.corpora.catalog import (
    Corpus,
    RemoteFile,
    corpora,
    corpora_folder,
    download_corpus,
    find_corpus,
)
from textrnn.embeddings.catalog import find_published, published_vectors
from textrnn.errors import ConfigurationError, InputError


def test_every_entry_says_what_it_is_and_who_may_use_it() -> None:
    for corpus in corpora().values():
        assert all((corpus.title, corpus.size, corpus.licence, corpus.terms, corpus.home))
        assert corpus.language in ("en", "zh")
        for file in corpus.files:
            assert file.url.startswith("https://")
            assert len(file.sha256) in (0, 64)
    for vectors in published_vectors().values():
        assert vectors.url.startswith("https://")
        assert vectors.licence
    with pytest.raises(ConfigurationError, match="unknown corpus 'imbd'; did you mean 'imdb'"):
        find_corpus("imbd")
    with pytest.raises(ConfigurationError, match="unknown vectors 'glove'"):
        find_published("glove")


def test_where_corpora_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TEXTRNN_DATA", raising=False)
    assert corpora_folder().parts[-3:] == (".cache", "textrnn", "corpora")
    monkeypatch.setenv("TEXTRNN_DATA", str(tmp_path))
    assert corpora_folder() == tmp_path
    assert corpora_folder("x") == Path("x")


def test_what_must_be_asked_for_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="conll-2003 must be asked for: research, after an"):
        download_corpus(find_corpus("conll-2003"), tmp_path)


def test_download(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "a.txt").write_bytes(b"one\n")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr("inner/b.txt", "two\n")
    (tmp_path / "served" / "b.zip").write_bytes(packed.getvalue())

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = partial(Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        files = (
            RemoteFile(f"{base}/a.txt", hashlib.sha256(b"one\n").hexdigest()),
            RemoteFile(f"{base}/b.zip"),
        )
        corpus = Corpus("tiny", "Tiny", "nothing", "en", "2 files", "none", "all", base, files)
        named: list[str] = []
        found = download_corpus(corpus, tmp_path / "here", on_file=named.append)
        server.shutdown()
        thread.join()
    assert named == ["a.txt", "b.zip"]
    folder = tmp_path / "here" / "tiny"
    assert found == [folder / "a.txt", folder / "inner" / "b.txt"]
    assert found[1].read_text() == "two\n"
