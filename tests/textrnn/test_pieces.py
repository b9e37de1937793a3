"""Long texts in pieces: nothing is lost, and the tokens are those of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import textrnn
from textrnn.text import tokenizer as tokenization
from textrnn.text.pieces import text_pieces
from textrnn.text.tokenizer import Tokenizer


@given(st.text(alphabet=st.sampled_from("ab 。，\n天é\u0301"), max_size=200), st.integers(1, 20))
def test_pieces_make_the_text_and_are_bounded(text: str, size: int) -> None:
    pieces = list(text_pieces(text, size))
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 2 * size


@pytest.mark.parametrize("name", ["sentiment-en", "sentiment-zh", "poetry-zh"])
def test_the_tokens_are_those_of_the_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer: Tokenizer = textrnn.load(name).tokenizer
    text = (
        "It wasn't <br />  good:\n\nno 😊 film. 房间很干净，服务很好。下次还来！ ˈé e\u0301 don't\n"
        * 30
    )
    whole = tokenizer.encode(text)
    monkeypatch.setattr(tokenization, "PIECE", 100)
    monkeypatch.setattr(tokenization, "text_pieces", lambda text: text_pieces(text, 100))
    found = tokenizer.encode_batch(["short", text])[1]
    assert np.array_equal(found.ids, whole.ids)
    assert np.array_equal(found.offsets, whole.offsets)
