"""Words as points: vectors brought to two dimensions and drawn."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.files.writing import write_file
from textrnn.embeddings.arguments import check_path, check_words
from textrnn.embeddings.nearest import to_length_one
from textrnn.embeddings.vectors import Vectors
from textrnn.errors import ConfigurationError, InputError, MissingExtraError
from textrnn.offline import prepare_import

METHODS = ("pca", "tsne")
_FONTS = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", "SimHei")


def project(points: NDArray[np.float32], *, method: str = "pca") -> NDArray[np.float64]:
    """Points (N, U) in two dimensions, (N, 2).

    Args:
        points: at least three.
        method: ``pca`` (principal components) or ``tsne`` (van der Maaten & Hinton 2008, by
            scikit-learn).

    Raises:
        ConfigurationError: the method is unknown.
        MissingExtraError: scikit-learn is not installed.
    """
    if method not in METHODS:
        raise ConfigurationError(f"method must be one of {', '.join(METHODS)}; received {method!r}")
    if method == "tsne":
        try:
            from sklearn.manifold import TSNE
        except ModuleNotFoundError as error:
            raise MissingExtraError("t-SNE", "vectors") from error
        perplexity = min(30.0, (len(points) - 1) / 3)
        found = TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(points)
        return np.asarray(found, np.float64)
    centred = points - points.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    flat: NDArray[np.float64] = np.zeros((len(points), 2))
    flat[:, : len(sizes[:2])] = left[:, :2] * sizes[:2]
    return flat


def plot_words(vectors: Vectors, words: Sequence[str], path: Path, *, method: str = "pca") -> None:
    """Draw some words where their vectors lie, as PNG, SVG or PDF by the file's name.

    Raises:
        InputError: there are fewer than three words, or no vector for one of them.
        ConfigurationError: the method or the kind of picture is unknown.
        MissingExtraError: Matplotlib, or for t-SNE scikit-learn, is not installed.
    """
    words, path = check_words(words, "words"), check_path(path)
    if len(words) < 3:
        raise InputError(f"a plot needs at least 3 words; received {len(words)}")
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise ConfigurationError(f"{path}: name a .png, .svg or .pdf")
    matches = [vectors.find(word) for word in words]
    for word, match in zip(words, matches, strict=True):
        if match is None:
            raise InputError(f"no vector for {word!r}")
    rows = np.stack([match.vector for match in matches if match is not None])
    points = project(to_length_one(rows), method=method)
    title = f"{len(words)} words, {'PCA' if method == 'pca' else 't-SNE'}"
    write_file(path, _drawn(points, words, title, path.suffix.lstrip(".").lower()))


def _drawn(points: NDArray[np.float64], words: Sequence[str], title: str, kind: str) -> bytes:
    """A picture of words at their points."""
    prepare_import("matplotlib")
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.font_manager import get_font_names
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing", "train") from error
    fonts = [name for name in _FONTS if name in get_font_names()]
    with rc_context({"font.family": fonts, "svg.hashsalt": "textrnn"}), warnings.catch_warnings():
        # Where no font has a character there is a box, which says enough.
        warnings.filterwarnings("ignore", message="Glyph")
        figure = Figure(figsize=(7, 5.5), dpi=130, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        axes.scatter(points[:, 0], points[:, 1], s=14, color="#2563eb")
        for word, (x, y) in zip(words, points, strict=True):
            axes.annotate(word, (x, y), xytext=(4, 3), textcoords="offset points", fontsize=9,
                          parse_math=False)  # fmt: skip
        axes.set(title=title)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.2)
        axes.margins(0.12)
        picture = io.BytesIO()
        figure.savefig(picture, format=kind)
    return picture.getvalue()
