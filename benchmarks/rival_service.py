"""A model behind FastAPI, a request at a time, as tutorials write it.

python benchmarks/rival_service.py textrnn MODEL PORT
python benchmarks/rival_service.py spacy FOLDER PORT
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
_LOADED: dict[str, Any] = {}


class Asked(BaseModel):
    """A request."""

    text: str


@app.post("/textrnn")
def ask_textrnn(asked: Asked) -> dict[str, Any]:
    """One text through one of our models."""
    found: dict[str, Any] = next(_LOADED["textrnn"].answer([asked.text])).as_dict()
    return found


@app.post("/spacy")
def ask_spacy(asked: Asked) -> dict[str, Any]:
    """One text through a pipeline of spaCy's."""
    found = _LOADED["spacy"](asked.text)
    entities = [
        {"start": e.start_char, "end": e.end_char, "text": e.text, "label": e.label_}
        for e in found.ents
    ]
    return {"text": asked.text, "entities": entities}


def main() -> None:
    """Load the model and serve it."""
    kind, model, port = sys.argv[1:]
    if kind == "spacy":
        import spacy

        _LOADED[kind] = spacy.load(model)
    else:
        import textrnn

        _LOADED[kind] = textrnn.load(model, threads=1)
    uvicorn.run(app, port=int(port), http="httptools", log_level="warning")


if __name__ == "__main__":
    main()
