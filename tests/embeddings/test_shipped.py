"""The word vectors that ship: what their cards promise, and how they are found by name."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from textrnn.embeddings import Vectors, convert, load
from textrnn.embeddings.catalog import published_vectors, shipped_vectors, vectors_path
from textrnn.errors import InputError

SHIPPED = shipped_vectors()


def facts(card: Path) -> dict[str, str]:
    """The table of a card."""
    rows = [line.strip("| ").split(" | ") for line in card.read_text("utf-8").splitlines()]
    return {row[0]: row[1] for row in rows if len(row) == 2}


@pytest.mark.parametrize("name", SHIPPED)
def test_cards_tell_what_ships(name: str) -> None:
    ship, vectors = SHIPPED[name], load(name)
    told = facts(ship.card)
    assert told["sha256"] == hashlib.sha256(ship.path.read_bytes()).hexdigest()
    assert told["licence"] == ship.licence
    assert (told["words"], told["units"]) == (f"{len(vectors):,}", str(vectors.units))
    assert (len(vectors), vectors.units) == (ship.words, ship.units)
    assert vectors.dtype == "int8"
    assert "sha256" in told["made of"]


def test_the_folder_holds_nothing_else() -> None:
    files = {path for ship in SHIPPED.values() for path in (ship.path, ship.card)}
    assert {path for ship in SHIPPED.values() for path in ship.path.parent.iterdir()} == files


def test_neighbours_are_alike() -> None:
    words = load("glove-en")
    assert {neighbor.word for neighbor in words.neighbors("Frog", 3)} == {"toad", "snake", "frogs"}
    assert words.analogy("man", "woman", "king", 1)[0].word == "queen"
    characters = load("char-zh")
    assert characters.similarity("狗", "猫") > characters.similarity("狗", "股") + 0.2


def test_a_name_is_loaded_as_a_file_is(tmp_path: Path) -> None:
    whole = load("glove-en")
    some = Vectors.load("glove-en", vocabulary=["frog", "toad", "no such word"])
    assert list(some.words) == [word for word in whole.words if word in ("frog", "toad")]
    assert some["frog"] == pytest.approx(whole["frog"], abs=1e-6)
    assert list(load("glove-en", limit=3).words) == list(whole.words[:3])
    convert("char-zh", tmp_path / "store", dtype="float16", limit=10)
    assert np.allclose(load(tmp_path / "store").rows([9]), load("char-zh").rows([9]), atol=1e-3)
    assert pickle.loads(pickle.dumps(whole)).similarity("frog", "toad") > 0.6


def test_a_name_means_what_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("glove-en").write_text("mine 1 2\n", "utf-8")
    assert vectors_path("glove-en") == SHIPPED["glove-en"].path
    assert list(load("./glove-en").words) == ["mine"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("glove-em", "did you mean 'glove-en'?"),
        ("char_zh", "did you mean 'char-zh'?"),
        ("nothing-like-it", "the vectors that ship are char-zh, glove-en"),
        ("glove-6b", "textrnn embeddings download glove-6b"),
        ("gone.zip:glove.txt", "gone.zip: No such file"),
    ],
)
def test_wrong_names_are_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(InputError, match="No such file or directory") as caught:
        load(name)
    assert hint in str(caught.value)


def test_no_published_vectors_have_a_shipped_name() -> None:
    assert not SHIPPED.keys() & published_vectors().keys()
