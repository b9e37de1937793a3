"""The state of a stopped run: whole, or refused by name; one run's at a time."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from made_up import made_up_reviews, made_up_sentences
from textrnn.bundle.bundle import Bundle
from textrnn.corpora.files.partials import short_name
from textrnn.errors import ConfigurationError, InputError, TrainingError
from textrnn.heads.classifier.network import HeadSettings
from textrnn.heads.tagger.network import TaggerHeadSettings
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier.objective import ClassificationObjective
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.classifier.run import run_classifier
from textrnn.training.classifier.train import train_classifier
from textrnn.training.loop import fit
from textrnn.training.loop.checkpoint import Arrays, RunState, load_checkpoint, save_checkpoint
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.loop.run_folder import RunFolder
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.tagger.plan import FeatureSettings, TaggerPlan
from textrnn.training.tagger.run import run_tagger

pytestmark = pytest.mark.train

REVIEWS = made_up_reviews(40)
PLAN = ClassifierPlan(
    tokenizer=TokenizerSettings(min_frequency=2),
    embedding=Embedding(units=4),
    encoders=(Encoder("rnn", 3, bidirectional=False),),
    head=HeadSettings(pooling=("last",)),
    training=TrainingSettings(
        epochs=2, patience=0, batch_size=8, validation_split=0.2, checkpoint_minutes=1e-9
    ),
)
TAGGER = TaggerPlan(
    features=FeatureSettings(min_frequency=1, characters=None, shape_units=2),
    embedding=Embedding(units=4),
    encoders=(Encoder("rnn", 3, bidirectional=False),),
    head=TaggerHeadSettings(),
    training=replace(PLAN.training, batch_size=16),
)


class InterruptionError(Exception):
    """Stands for a power cut in the middle of training."""


def interrupt(event: TrainingEvent) -> None:
    if event.step == 2:
        raise InterruptionError


def train(
    kind: str, out: Path, *, random_state: int = 0, texts: int = 0, **options: object
) -> None:
    """Train a model of a kind; ``texts`` draws other ones to learn from."""
    if kind == "tagger":
        settings = replace(TAGGER.training, random_state=random_state)
        plan = replace(TAGGER, training=settings)
        sentences = made_up_sentences(40, random_state=texts)
        run_tagger(sentences, out=out, plan=plan, **options)  # type: ignore[arg-type]
        return
    settings = replace(PLAN.training, random_state=random_state)
    plan = replace(PLAN, training=settings)
    reviews = made_up_reviews(40, random_state=texts)
    run_classifier(reviews, out=out, plan=plan, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=["classifier", "tagger"])
def stopped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two stopped runs, ``m`` and ``other``, named after their kind."""
    folder = tmp_path_factory.mktemp("stopped") / request.param
    folder.mkdir()
    for name, state in (("m", 0), ("other", 1)):
        with pytest.raises(InterruptionError):
            train(folder.name, folder / name, random_state=state, on_event=interrupt)
    return folder


def cut(path: Path, other: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path, other: Path) -> None:
    os.truncate(path, 0)


def flip(path: Path, other: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def lengthen(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def take_another_runs(path: Path, other: Path) -> None:
    content = other.read_bytes()
    path.write_bytes(content if content != path.read_bytes() else content + b"\n")


def remove(path: Path, other: Path) -> None:
    path.unlink()


def replace_by_a_folder(path: Path, other: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (cut, empty, flip, lengthen, take_another_runs, remove, replace_by_a_folder)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_run_goes_on_from_a_whole_state_alone(
    stopped: Path, tmp_path: Path, damage: Callable[[Path, Path], None]
) -> None:
    """Each file of the state is looked at, and the one that is wrong is named."""
    names = sorted(os.listdir(stopped / "m.training"))
    expected = {"classifier": "tokenizer.json", "tagger": "features.json"}[stopped.name]
    assert {"checkpoint.npz", expected} <= set(names)
    for name in names:
        if (name, damage) in (("checkpoint.npz", remove), ("checkpoint.npz", take_another_runs)):
            continue  # nothing to go on from; whole, but with other files
        here = tmp_path / name
        shutil.copytree(stopped / "m.training", here / "m.training")
        damage(here / "m.training" / name, stopped / "other.training" / name)
        with pytest.raises(TrainingError, match=rf"m\.training/{name}: .*begin anew"):
            train(stopped.name, here / "m", resume=True)
        assert not (here / "m").exists()
        assert sorted(os.listdir(here / "m.training")) == sorted(
            {*names} - ({name} if damage is remove else set())
        )


def test_another_runs_state_is_refused(stopped: Path, tmp_path: Path) -> None:
    shutil.copytree(stopped / "other.training", tmp_path / "m.training")
    with pytest.raises(ConfigurationError, match=r"settings: random_state 1 \(now 0\); "):
        train(stopped.name, tmp_path / "m", resume=True)


def test_other_texts_are_the_reason_that_is_given(stopped: Path, tmp_path: Path) -> None:
    """Whatever else differs because of them; what was stopped stays as it is."""
    shutil.copytree(stopped / "m.training", tmp_path / "m.training")
    before = {path.name: path.read_bytes() for path in (tmp_path / "m.training").iterdir()}
    texts = {"classifier": "training texts", "tagger": "training sentences"}[stopped.name]
    with pytest.raises(ConfigurationError, match=f"the {texts} are not those of the stopped"):
        train(stopped.name, tmp_path / "m", texts=1, random_state=1, resume=True)
    after = {path.name: path.read_bytes() for path in (tmp_path / "m.training").iterdir()}
    assert after == before


def test_a_whole_state_is_gone_on_with(stopped: Path, tmp_path: Path) -> None:
    """Under a name as long as names may be."""
    name = "m" * 250
    shutil.copytree(stopped / "m.training", tmp_path / short_name(name, ".training"))
    lines: list[str] = []
    train(stopped.name, tmp_path / name, resume=True, on_message=lines.append)
    assert any(line.startswith("going on in epoch") for line in lines)
    assert os.listdir(tmp_path) == [name]
    assert all(check.ok for check in Bundle.open(tmp_path / name).verify())


def test_checkpoints_take_a_small_share_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large table and few texts: an epoch takes 10 seconds, and writing its state 3."""
    training = replace(PLAN.training, epochs=12, checkpoint_minutes=10.0)
    now_s, written = 0.0, list[int]()

    def save_slowly(path: Path, state: RunState, groups: Arrays) -> None:
        nonlocal now_s
        save_checkpoint(path, state, groups)
        now_s += 3
        written.append(state.epoch)

    def pass_time(event: TrainingEvent) -> None:
        nonlocal now_s
        if event.record is not None:  # at the end of an epoch
            now_s += 10

    monkeypatch.setattr(Clock, "elapsed_s", property(lambda clock: now_s))
    monkeypatch.setattr(fit, "save_checkpoint", save_slowly)
    plan = replace(PLAN, training=training)
    run_classifier(REVIEWS, out=tmp_path / "m", plan=plan, on_event=pass_time)
    assert written == [1, 4, 7, 10]


def test_one_run_at_a_time(tmp_path: Path) -> None:
    """And what is not resumed is forgotten only by the run that has the folder."""
    first, second = RunFolder(tmp_path / "m.training"), RunFolder(tmp_path / "m.training")
    with first.held(resume=False):
        first.checkpoint.write_text("of the first")
        for resume in (True, False):
            with (
                pytest.raises(ConfigurationError, match="another training is at work there"),
                second.held(resume=resume),
            ):
                pass
        assert first.checkpoint.read_text() == "of the first"
        first.remove()
    assert os.listdir(tmp_path) == []
    with second.held(resume=False):
        pass
    assert os.listdir(tmp_path) == []


def test_files_are_those_of_the_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "m.training")
    with folder.held(resume=False):
        folder.write("tokenizer.json", b"words")
        assert folder.read("tokenizer.json") == b"words"
    with RunFolder(folder.path).held(resume=True):
        assert RunFolder(folder.path).read("tokenizer.json") is None  # it came to no checkpoint


def test_a_users_files_are_never_removed(tmp_path: Path) -> None:
    """Be they there before, whatever they are called, or laid beside a run's state."""
    folder = RunFolder(tmp_path / "m.training")
    folder.path.mkdir()
    for name in ("train.csv", "train.bin", "notes"):
        mine = folder.path / name
        mine.write_text("mine")
        with pytest.raises(ConfigurationError, match=rf"holds {name}, which no training left"):
            run_classifier(REVIEWS, out=tmp_path / "m", plan=PLAN)
        assert mine.read_text() == "mine"
        mine.unlink()
    folder.path.rmdir()
    mine = folder.path / "train.csv"
    with folder.held(resume=False):
        folder.write("tokenizer.json", b"words")
        mine.write_text("mine")
    assert os.listdir(folder.path) == ["train.csv"]
    mine.unlink()
    with folder.held(resume=False):
        folder.checkpoint.write_bytes(b"")
    mine.write_text("mine")
    with pytest.raises(ConfigurationError, match=r"holds train\.csv"), folder.held(resume=True):
        pass
    assert sorted(os.listdir(folder.path)) == ["checkpoint.npz", "train.csv"]


def test_a_stopped_runs_state_goes_only_when_the_new_one_begins(tmp_path: Path) -> None:
    stopped = RunFolder(tmp_path / "m.training")
    with stopped.held(resume=False):
        stopped.checkpoint.write_bytes(b"of hours")
    one_label = [replace(example, label="a") for example in REVIEWS]
    with pytest.raises(InputError, match="one label only"):
        run_classifier(one_label, out=tmp_path / "m", plan=PLAN)
    assert stopped.checkpoint.read_bytes() == b"of hours"
    with stopped.held(resume=False):
        stopped.write("tokenizer.json", b"words")
        assert not stopped.checkpoint.exists()


def test_what_is_read_does_not_lie_among_the_state(tmp_path: Path) -> None:
    """Under the name of a file of the state, which no training would tell from its own."""
    given = tmp_path / "m.training" / "tokenizer.json"
    given.parent.mkdir()
    (given.parent / "checkpoint.npz").write_bytes(b"")
    given.write_text('{"text": "good", "label": "a"}\n')
    with pytest.raises(InputError, match=r"m\.training: what is read .* would be lost there"):
        train_classifier(given, out=tmp_path / "m", force=True)
    assert given.exists()


@pytest.mark.parametrize("names", [".", "..", "/", "../here", "sub/../"])
def test_the_folder_one_is_in_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str
) -> None:
    here = tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    monkeypatch.chdir(here)
    with pytest.raises(ConfigurationError, match="the folder that you are in; name a new one"):
        run_classifier(REVIEWS, out=Path(names), plan=PLAN)
    assert os.listdir(tmp_path) == ["here"]
    assert os.listdir(here) == ["sub"]


def test_what_does_not_belong_to_a_model_is_not_replaced_with_it(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_bundle, tmp_path / "m")
    (tmp_path / "m" / "reviews.csv").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"m: holds reviews\.csv, which is no part of the"):
        run_classifier(REVIEWS, out=tmp_path / "m", plan=PLAN)
    assert (tmp_path / "m" / "reviews.csv").read_text() == "mine"


def test_validation_that_is_never_a_number_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the texts that validate are too long for the numbers of the network."""
    monkeypatch.setattr(ClassificationObjective, "validate", lambda self: (math.nan, math.nan))
    with pytest.raises(TrainingError, match="in no epoch was there a finite loss and score"):
        run_classifier(REVIEWS, out=tmp_path / "m", plan=PLAN)
    assert not (tmp_path / "m").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigurationError, match=r"file/m: no folder for a model \(Not a dir"):
        run_classifier(REVIEWS, out=tmp_path / "file" / "m", plan=PLAN)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ConfigurationError, match="Too many levels of symbolic links"):
        run_classifier(REVIEWS, out=tmp_path / "loop", plan=PLAN)
    with pytest.raises(ConfigurationError, match="File name too long"):
        run_classifier(REVIEWS, out=tmp_path / ("n" * 256), plan=PLAN)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_no_checkpoint(tmp_path: Path) -> None:
    """And is not waited for."""
    os.mkfifo(tmp_path / "checkpoint.npz")
    with pytest.raises(TrainingError, match=r"the checkpoint is damaged.*it is no file"):
        load_checkpoint(tmp_path / "checkpoint.npz")
