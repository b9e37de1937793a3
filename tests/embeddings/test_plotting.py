"""Words as points of a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from textrnn.embeddings import Vectors, plot_words
from textrnn.embeddings.plotting import project
from textrnn.errors import ConfigurationError, InputError


def test_principal_components_keep_the_distances_of_flat_points() -> None:
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(12, 2)) @ rng.normal(size=(2, 7))
    found = project(flat.astype(np.float32))

    def distances(points: np.ndarray) -> np.ndarray:
        return np.linalg.norm(points[:, None] - points[None], axis=2)

    assert distances(found) == pytest.approx(distances(flat), abs=1e-4)
    with pytest.raises(ConfigurationError, match="method must be one of"):
        project(flat.astype(np.float32), method="umap")


@pytest.mark.train
@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_pictures(tmp_path: Path, method: str) -> None:
    rng = np.random.default_rng(0)
    words = ["one", "two", "北京", "four", "five"]
    vectors = Vectors(words, rng.normal(size=(5, 6)).astype(np.float32))
    plot_words(vectors, words, tmp_path / "a.svg", method=method)
    assert "<svg" in (tmp_path / "a.svg").read_text("utf-8")
    plot_words(vectors, words, tmp_path / "a.png", method=method)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="at least 3 words"):
        plot_words(vectors, words[:2], tmp_path / "a.png")
    with pytest.raises(InputError, match="no vector for 'zwei'"):
        plot_words(vectors, ["one", "two", "zwei"], tmp_path / "a.png")
    with pytest.raises(ConfigurationError, match=r"name a \.png"):
        plot_words(vectors, words, tmp_path / "a.gif")
