"""``textrnn export web``: the site that it writes, and what it refuses to write."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sites import exported
from small_bundles import put_manifest, small_classifier


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
    ours = [path.read_bytes() for name, path in paths.items() if re.search(r"(?<!ort)\.js$", name)]
    assert not any(re.search(rb"^\s*(//|/\*)", content, re.MULTILINE) for content in ours)


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
