"""``textrnn export web``: the site that it writes, and what it refuses to write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from small_bundles import put_manifest, small_classifier

from calling import textrnn_in
from chromium import chromium
from in_node import RUNTIME
from textrnn.catalog import load


class Quiet(SimpleHTTPRequestHandler):
    """A plain file server that writes no lines."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, while it is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def exported(folder: Path, *models: object, out: str = "site", runtime: object = RUNTIME) -> str:
    """What a call says, on standard error."""
    call = ("export", "web", *map(str, models), "--out", out, "--runtime", str(runtime))
    return textrnn_in(folder, *call).stderr


def test_a_visitor_gets_python_s_answer_also_without_the_server(tmp_path: Path) -> None:
    model = small_classifier(tmp_path / "small")
    assert "wrote site" in exported(tmp_path, model)
    texts = ["what a dull song !", "a fine film"]
    ask = f"import('./client.js').then((c) => c.answer('classifier', '', {json.dumps(texts)}))"
    with chromium() as browser:
        page = browser.new_page()
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        with served(tmp_path / "site") as address:
            page.goto(address)
            page.locator("textarea").wait_for()
            card = page.evaluate("import('./client.js').then((c) => c.card('small'))")
            assert card["card"] == load(model).bundle.card()
            assert not [url for url in asked if "model.onnx" in url]
            page.locator("textarea").fill(texts[0])
            page.get_by_role("button", name="Classify").click()
            page.get_by_text("good", exact=False).first.wait_for()
            answers = page.evaluate(ask)
        assert all(url.startswith(address) for url in asked)
        page.reload()
        page.locator("textarea").wait_for()
        assert page.evaluate(ask) == answers
    for found, right in zip(answers, load(model).classify(texts), strict=True):
        assert found["label"] == right.label
        assert found["probabilities"] == pytest.approx(dict(right.probabilities), abs=1e-5)
        assert found["language"] == "en"


def test_it_tells_what_a_visitor_fetches(tmp_path: Path) -> None:
    """The runtime and the page together have no more than 4 MB."""
    told = exported(tmp_path, small_classifier(tmp_path / "small"))
    assert re.fullmatch(
        r"wrote site; a visitor fetches the page 0\.\d MB, ONNX Runtime 3\.\d MB, small 0\.0 MB\n",
        told,
    )
    files = json.loads((tmp_path / "site" / "site.json").read_text("utf-8"))["files"]
    paths = {
        path.relative_to(tmp_path / "site").as_posix(): path
        for path in (tmp_path / "site").rglob("*")
        if path.is_file()
    }
    assert sorted(paths) == files
    without = [path.stat().st_size for name, path in paths.items() if "models/" not in name]
    assert sum(without) < 4_000_000


def test_a_site_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    model = small_classifier(tmp_path / "small")
    exported(tmp_path, model)
    first = (tmp_path / "site" / "kept.js").read_text("utf-8")
    assert exported(tmp_path, model).startswith("wrote")
    assert (tmp_path / "site" / "kept.js").read_text("utf-8") == first
    (tmp_path / "site" / "notes.txt").write_text("mine")
    assert "holds notes.txt, which is no part of the site" in exported(tmp_path, model)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("mine")
    assert "is there already and is no site" in exported(tmp_path, model, out="other")
    assert "the folder that you are in" in exported(tmp_path, model, out=".")


def test_what_is_missing_is_told_with_the_remedy(tmp_path: Path) -> None:
    model = small_classifier(tmp_path / "small")
    told = exported(tmp_path, model, runtime="node_modules")
    assert told == (
        "textrnn: error: node_modules: no onnxruntime-web is there; npm install "
        "onnxruntime-web@1.30.0\n"
    )
    package = tmp_path / "node_modules" / "onnxruntime-web"
    (package / "dist").mkdir(parents=True)
    for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"):
        (package / "dist" / name).write_bytes(b"")
    (package / "package.json").write_text('{"version": "1.20.0"}')
    assert "onnxruntime-web 1.20.0 is there" in exported(tmp_path, model, runtime="node_modules")
    assert not (tmp_path / "site").exists()


def test_models_that_no_site_can_have_are_refused(tmp_path: Path) -> None:
    model, other = small_classifier(tmp_path / "a"), small_classifier(tmp_path / "b")
    assert "two models are called small" in exported(tmp_path, model, other)
    put_manifest(other, {"task": "diviner"})
    assert "a diviner cannot answer in a browser; classifier, " in exported(tmp_path, other)
    put_manifest(model, {"name": "../../up"})
    assert "'../../up' cannot be a model's name" in exported(tmp_path, model)
    assert not (tmp_path / "site").exists()
