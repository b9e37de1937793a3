"""What SECURITY.md promises of a model from a stranger: nothing in it is run, nothing is left."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from small_bundles import put, put_manifest, small_classifier

from calling import textrnn_in
from textrnn.bundle.bundle import Bundle
from textrnn.errors import BundleError
from textrnn.training.weights.files import read_weights

ESCAPES = "good \x1b]0;owned\x07 \x1b[2J"


class Touches:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's models, where nothing is yet."""
    folder = tmp_path / "own"
    monkeypatch.setenv("TEXTRNN_MODELS", str(folder))
    return folder


def trapped(run: Path) -> bytes:
    """Arrays, one of which makes a file when it is unpickled."""
    buffer = io.BytesIO()
    np.savez(buffer, embedding=np.array([Touches(run)], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def test_a_pickle_among_its_arrays_is_not_run(own: Path, tmp_path: Path) -> None:
    run, model = tmp_path / "run", small_classifier(tmp_path / "evil")
    put(model, "bag.npz", trapped(run))
    done = textrnn_in(tmp_path, "models", "import", "evil")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "bag.npz" in done.stderr
    assert not run.exists()
    assert not own.exists() or not list(own.iterdir())


def test_nor_is_one_among_the_weights_that_training_begins_with(tmp_path: Path) -> None:
    run, model = tmp_path / "run", small_classifier(tmp_path / "evil")
    put(model, "weights.npz", trapped(run))
    with pytest.raises(BundleError, match=r"weights\.npz"):
        read_weights(Bundle.open(model))
    assert not run.exists()


def test_what_it_says_of_itself_gives_a_terminal_no_orders(own: Path, tmp_path: Path) -> None:
    model = small_classifier(tmp_path / "evil")
    put_manifest(model, {"description": ESCAPES, "licence": ESCAPES, "language": "en"})
    assert textrnn_in(tmp_path, "models", "import", "evil").returncode == 0
    listed = textrnn_in(tmp_path, "models", "list")
    assert "good" in listed.stdout
    asked = textrnn_in(tmp_path, "classify", "-v", "--text", "a dull song", "--model", "evil")
    for told in (listed.stdout, asked.stdout, asked.stderr):
        assert not set("\x1b\x07") & set(told)


def test_one_that_was_changed_on_its_way_leaves_nothing(own: Path, tmp_path: Path) -> None:
    model = small_classifier(tmp_path / "evil")
    content = bytearray((model / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (model / "model.onnx").write_bytes(content)
    done = textrnn_in(tmp_path, "models", "import", "evil")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "model.onnx" in done.stderr
    assert not own.exists() or not list(own.iterdir())
