"""What a bundle made by a recipe says of its texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from textrnn.embeddings import Vectors
from textrnn.embeddings.catalog import vectors_path
from textrnn.training.model_info import ModelInfo
from textrnn.training.recipes.reader import count_texts
from textrnn.training.recipes.recipe import Recipe
from textrnn.training.recipes.sources import RecipeSource
from textrnn.training.tasks import reader_class, reads_words


def model_info(recipe: Recipe, folder: Path) -> ModelInfo:
    """What the recipe's bundle says of itself, the records of its files included."""
    return ModelInfo(
        name=recipe.name,
        language=recipe.language if reads_words(recipe.task) else "",
        description=recipe.description,
        licence=recipe.licence,
        corpora=_corpora(recipe, folder),
        notes=recipe.notes,
    )


def _corpora(recipe: Recipe, folder: Path) -> tuple[dict[str, Any], ...]:
    """A record for each file: what it is, what for, and the sha256 of its bytes."""
    data, texts = recipe.data, reader_class(recipe.task)().count
    uses: Iterable[tuple[str, tuple[RecipeSource, ...], Callable[[RecipeSource, Path], int]]] = (
        ("training", data.train, texts),
        ("validation", data.validation, texts),
        ("unlabelled", data.unlabelled, count_texts),
        ("lexicon", data.lexicon, count_texts),
        ("gazetteer", data.gazetteer, count_texts),
        ("word vectors", data.embeddings, _count_vectors),
        ("test", data.test, texts),
    )
    return tuple(
        {
            "name": source.corpus or source.file,
            "use": use + (" and validation" if source.validation_share else ""),
            "file": source.file,
            "texts": count(source, folder),
            "licence": source.licence,
            "sha256": _sha256(_place(source, folder, is_vectors=use == "word vectors")),
        }
        for use, sources, count in uses
        for source in sources
    )


def _place(source: RecipeSource, folder: Path, *, is_vectors: bool) -> Path:
    return vectors_path(source.vectors_below(folder)) if is_vectors else folder / source.file


def _sha256(path: Path) -> str:
    """Of a file's bytes; of a folder's files and their names."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(path)} {_sha256(file)}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _count_vectors(source: RecipeSource, folder: Path) -> int:
    return len(Vectors.load(source.vectors_below(folder)))
