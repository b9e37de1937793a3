"""The sentences with names that recipes/names makes: marked right, the same each time."""

from __future__ import annotations

import json
import lzma
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "recipes" / "names"
LISTS = {
    "first_names_nltk_gendered.txt": "Ada\tf\nKen\tm",
    "fb_family_names.txt": "Lovelace\nOlsen\nvan",
    "fb_politicians.txt": "Rosa Parks\nCicero",
    "fb_pro_athletes.txt": "Abebe Bikila",
    "geonames_cities15000.tsv": "Lima\tLima\tPE\t7737002",
    "cities_world.txt": "Bergen\nUlm",
    "countries.txt": "Peru\nKorea, Republic of",
    "nltk_nationalities.txt": "Peruvian",
    "fb_sports_teams.txt": "Ulm Rovers",
    "universities.txt": "University of Bergen",
    "companies_us_listed.txt": "Acme Tools, Inc.\nZ",
    "fb_venture_funded_companies.txt": "booking angel",
}


@pytest.fixture(scope="module")
def make() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        sys.modules.pop("make", None)  # recipes/sentences has one, too
        import make  # type: ignore[import-not-found]
    sys.modules.pop("make")
    return make


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "en" / "gazetteers").mkdir(parents=True)
    for name, lines in LISTS.items():
        packed = name in {"countries.txt", "nltk_nationalities.txt"}
        path = folder / "en" / "gazetteers" / (name if packed else f"{name}.xz")
        if packed:
            path.write_text(lines + "\n", "utf-8")
        else:
            path.write_bytes(lzma.compress((lines + "\n").encode()))
    return folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_program_writes_each_kind_and_the_same_file_twice(
    language: str, data: Path, tmp_path: Path
) -> None:
    def made(name: str, *options: str) -> list[dict[str, object]]:
        out = tmp_path / name
        command = [sys.executable, str(FOLDER / "make.py"), language, str(out)]
        command += ["--data", str(data)] if language == "en" else []
        subprocess.run([*command, "--each", "2", *options], check=True, capture_output=True)
        return [json.loads(line) for line in out.read_text("utf-8").splitlines()]

    records = made("one.jsonl")
    assert records == made("two.jsonl")
    assert records != made("three.jsonl", "--random-state", "2")
    texts = [record["text"] for record in records]
    assert len(texts) == len(set(texts))
    assert {record["kind"] for record in records} == {
        path.stem for path in (FOLDER / language).glob("*.txt")
    } - {"words"}
    for record in records:
        assert not set("[]{}") & set(str(record["text"])), record


def test_lists_keep_whole_names_alone(make: ModuleType, data: Path) -> None:
    lists = make.read_lists(data)
    assert lists["first"] == ["Ada", "Ken"]
    assert lists["last"] == ["Lovelace", "Olsen"]
    assert lists["politician"] == ["Rosa Parks"]
    assert lists["country"] == ["Peru"]
    assert lists["listed"] == ["Acme Tools"]
    assert lists["funded"] == ["Booking Angel"]


@pytest.mark.parametrize(
    ("case", "text", "entity"),
    [
        ("", "Hi Ada of Lima!", "Lima"),
        ("upper", "HI ADA OF LIMA!", "LIMA"),
        ("lower", "hi ada of lima!", "lima"),
        ("title", "Hi Ada of Lima!", "Lima"),
    ],
)
def test_marks_follow_the_text(make: ModuleType, case: str, text: str, entity: str) -> None:
    record = make.as_record("Hi [Ada](PER) of [Lima](LOC)!", case)
    assert record["text"] == text
    first, second = record["entities"]
    assert (first["start"], first["end"], first["label"]) == (3, 6, "PER")
    assert text[second["start"] : second["end"]] == entity


def test_a_slot_is_filled_alike_in_its_frame(make: ModuleType) -> None:
    lists = {"first": ["Ada", "Ken"], "both": ["{first} Olsen"]}
    for seed in range(8):
        one, two = make.fill("{first} and {first}", lists, make.random.Random(seed)).split(" and ")
        assert one == two
        assert make.fill("{both}", lists, make.random.Random(seed)) in {"Ada Olsen", "Ken Olsen"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_mark_of_a_frame_has_a_label_and_every_slot_a_list(
    language: str, make: ModuleType, data: Path
) -> None:
    lists = make.read_words(FOLDER / language / "words.txt")
    if language == "en":
        lists |= make.read_lists(data) | make.MIXED
    for path in (FOLDER / language).glob("*.txt"):
        for frame in make.read_frames(path).frames if path.stem != "words" else ():
            assert set(make.SLOT.findall(frame)) <= set(lists), frame
            labels = {label for _, label in make.ENTITY.findall(frame)}
            assert labels <= {"PER", "ORG", "LOC", "MISC"}, frame


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_frame_is_a_sentence_of_quality(language: str, make: ModuleType) -> None:
    """Those measure: what is learned must not be among them."""
    lines = (FOLDER.parents[1] / "quality" / f"ner-{language}.txt").read_text("utf-8").splitlines()
    measured = {line.split("\t")[0].lower() for line in lines}
    for path in (FOLDER / language).glob("*.txt"):
        assert not measured & {frame.lower() for frame in make.read_frames(path).frames}
