"""Public corpora: what they are, whose, and where they lie. Nothing is fetched by looking here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textrnn.configuration import unknown_key_message
from textrnn.corpora.files.downloading import OnBytes, download
from textrnn.corpora.files.unpacking import unpack
from textrnn.errors import ConfigurationError, InputError

_GITHUB = "https://raw.githubusercontent.com"
_WNUT = f"{_GITHUB}/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603"
_SST = (
    f"{_GITHUB}/openai/generating-reviews-discovering-sentiment/"
    "0032e4b87903713ad4242599f5dda2eb7b8c40fd/data"
)


@dataclass(frozen=True)
class RemoteFile:
    """A file of the network; ``sha256`` is empty where none is known."""

    url: str
    sha256: str = ""

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Corpus:
    """A public corpus.

    Attributes:
        name: short, as commands take it.
        title: what it is called, and the paper.
        task: what it is for.
        language: ISO 639-1 code.
        size: what is in it, in words.
        licence: its terms, as far as they are stated.
        terms: who may use it, and for what.
        home: where it is described.
        files: what a download fetches; none: it must be got by other ways.
    """

    name: str
    title: str
    task: str
    language: str
    size: str
    licence: str
    terms: str
    home: str
    files: tuple[RemoteFile, ...] = ()


_RESEARCH = "research; cite the paper and do not pass the texts on"

_CORPORA = (
    Corpus(
        "imdb", "Large Movie Review Dataset (Maas et al. 2011)", "sentiment", "en",
        "25,000 training and 25,000 test reviews, 50,000 unlabelled", "none stated", _RESEARCH,
        "https://ai.stanford.edu/~amaas/data/sentiment/",
        (RemoteFile("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"),),
    ),
    Corpus(
        "sst-2", "Stanford Sentiment Treebank, two classes (Socher et al. 2013)", "sentiment", "en",
        "6,920 training, 872 validation and 1,821 test sentences", "none stated", _RESEARCH,
        "https://nlp.stanford.edu/sentiment/",
        (
            RemoteFile(
                f"{_SST}/train_binary_sent.csv",
                "6003623bcb35aad3a446a265b8931b7ccab61fcc10f2e9c1fec916ff67c7be35",
            ),
            RemoteFile(
                f"{_SST}/dev_binary_sent.csv",
                "f34c4987fea208fefc2d62a1b42c83a766cbfc7ce58c2a878ef953cf91f01729",
            ),
            RemoteFile(
                f"{_SST}/test_binary_sent.csv",
                "519cea7ed4d22fe7ec4eccbb3d5ba6d88902a3b15ce129f476aa8364463a9fc7",
            ),
        ),
    ),
    Corpus(
        "conll-2003", "CoNLL-2003, English (Tjong Kim Sang & De Meulder 2003)", "names", "en",
        "14,041 training, 3,250 validation and 3,453 test sentences",
        "annotations free for research; the text is Reuters'",
        "research, after an agreement with NIST about the Reuters corpus",
        "https://www.clips.uantwerpen.be/conll2003/ner/",
    ),
    Corpus(
        "wnut-17", "WNUT-17, emerging entities (Derczynski et al. 2017)", "names", "en",
        "3,394 training, 1,009 validation and 1,287 test sentences", "CC BY 4.0",
        "anybody, with attribution", "https://noisy-text.github.io/2017/emerging-rare-entities.html",
        (
            RemoteFile(
                f"{_WNUT}/wnut17train.conll",
                "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5",
            ),
            RemoteFile(
                f"{_WNUT}/emerging.dev.conll",
                "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8",
            ),
            RemoteFile(
                f"{_WNUT}/emerging.test.annotated",
                "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
            ),
        ),
    ),
    Corpus(
        "wikitext-2", "WikiText-2 (Merity et al. 2016)", "language modelling", "en",
        "2,088,628 training, 217,646 validation and 245,569 test tokens", "CC BY-SA 3.0",
        "anybody, with attribution and under the same terms",
        "https://www.salesforce.com/products/einstein/ai-research/"
        "the-wikitext-dependency-language-modeling-dataset/",
        (
            RemoteFile(
                "https://s3.amazonaws.com/research.metamind.io/wikitext/wikitext-2-v1.zip"
            ),
        ),
    ),
    Corpus(
        "litbank-novels", "100 novels of Project Gutenberg, by way of LitBank (Bamman et al. 2019)",
        "language modelling", "en", "100 novels, 61 MB", "public domain in the US",
        "anybody in the US; elsewhere see when the authors died",
        "https://github.com/dbamman/litbank",
        (
            RemoteFile(
                "https://github.com/dbamman/litbank/archive/"
                "3e50db0ffc033d7ccbb94f4d88f6b99210328ed8.zip"
            ),
        ),
    ),
    Corpus(
        "chnsenticorp", "ChnSentiCorp (Tan & Zhang 2008)", "sentiment", "zh",
        "9,600 training, 1,200 validation and 1,200 test reviews; 335 of the test reviews are in "
        "the training file too", "none stated", _RESEARCH,
        "https://github.com/ymcui/Chinese-BERT-wwm",
        (
            RemoteFile(
                f"{_GITHUB}/ymcui/Chinese-BERT-wwm/f6410cbd89c49dee8a42a7f7d94d9cca87b431aa/"
                "data/chnsenticorp/chnsenticorp.zip",
                "79218af1c3efdfd3223569440736eac207ab6b19babd2cd73b7ffc04250700ba",
            ),
        ),
    ),
    Corpus(
        "msra-ner", "MSRA names (Levow 2006)", "names", "zh",
        "50,658 training and 4,631 test sentences", "none stated", _RESEARCH,
        "https://github.com/SophonPlus/ChineseNlpCorpus",
        (
            RemoteFile(
                f"{_GITHUB}/SophonPlus/ChineseNlpCorpus/a0b781d72158bde242c0626c9e354d2b328865ff/"
                "datasets/dh_msra/dh_msra.zip",
                "5a0b2e4c543d8a803b138b5488313425cdec26708e323388d37750c6bd35b4e9",
            ),
        ),
    ),
    Corpus(
        "chinese-poetry", "Chinese poetry: Tang, Song, ci, qu", "language modelling", "zh",
        "more than 300,000 poems, in traditional characters",
        "MIT; the poems are in the public domain",
        "anybody", "https://github.com/chinese-poetry/chinese-poetry",
        (
            RemoteFile(
                "https://github.com/chinese-poetry/chinese-poetry/archive/"
                "99ebbef7e1345c0985c44b9fd96a3f9e776f117b.zip"
            ),
        ),
    ),
)  # fmt: skip


def corpora() -> dict[str, Corpus]:
    """The known corpora by their names."""
    return {corpus.name: corpus for corpus in _CORPORA}


def find_corpus(name: str) -> Corpus:
    """A corpus by its name.

    Raises:
        ConfigurationError: none is called so.
    """
    known = corpora()
    if name not in known:
        raise ConfigurationError(unknown_key_message(name, sorted(known), what="corpus"))
    return known[name]


def corpora_folder(given: str | Path | None = None) -> Path:
    """Where corpora lie: the folder given, or TEXTRNN_DATA, or ``~/.cache/textrnn/corpora``."""
    chosen = given or os.environ.get("TEXTRNN_DATA")
    return Path(chosen) if chosen else Path.home() / ".cache" / "textrnn" / "corpora"


def download_corpus(
    corpus: Corpus,
    folder: Path,
    *,
    on_file: Callable[[str], None] = lambda name: None,
    on_bytes: OnBytes = lambda done, total: None,
    on_wait: Callable[[], object] = lambda: None,
) -> list[Path]:
    """Fetch a corpus into ``folder/<name>``, and unpack what is packed.

    Args:
        corpus: which one.
        folder: where corpora lie.
        on_file: called with each file's name before it is fetched.
        on_bytes: called with how much of it is there.
        on_wait: called where another process is fetching it.

    Returns:
        The files that are there then.

    Raises:
        InputError: it cannot be fetched by a program, the network fails, or a file is not the one
            that it should be.
    """
    if not corpus.files:
        raise InputError(f"{corpus.name} must be asked for: {corpus.terms}; see {corpus.home}")
    found: list[Path] = []
    for remote in corpus.files:
        on_file(remote.name)
        file = download(
            remote.url,
            folder / corpus.name / remote.name,
            sha256=remote.sha256,
            on_bytes=on_bytes,
            on_wait=on_wait,
        )
        if file.name.endswith((".zip", ".tar.gz", ".tgz")):
            found += unpack(file, folder / corpus.name)
        else:
            found.append(file)
    return found
