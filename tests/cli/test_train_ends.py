"""How a training ends for who typed it: stopped, repeated, finished."""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calling import textrnn_in
from made_up import made_up_reviews, made_up_sentences, made_up_verses
from terminal import in_terminal_of_its_own, stopped_training
from textrnn.bundle.bundle import Bundle
from textrnn.cli.parts import signals
from textrnn.cli.parts.training_end import told_when_stopped
from textrnn.cli.parts.training_progress import TrainingDisplay
from textrnn.training.classifier.run import run_classifier
from textrnn.training.loop.events import TrainingEvent
from textrnn.training.named import Values
from textrnn.training.tagger.run import run_tagger

pytestmark = pytest.mark.train

SMALL = ("--units", "4", "--embedding-units", "4", "--cell", "rnn", "--pooling", "mean",
         "--init-from", "none", "--folds", "0", "--batch-size", "16")  # fmt: skip
CALL = ("train", "classifier", "--train", "train.csv", "--out", "mine", *SMALL)


def write_reviews(folder: Path, count: int = 60) -> None:
    rows = [f'"{example.text}",{example.label}' for example in made_up_reviews(count)]
    (folder / "train.csv").write_text("\n".join(["text,label", *rows]), "utf-8")


def write_unlearnable(folder: Path) -> None:
    rows = [f"text {number},{'common' if number % 4 else 'rare'}" for number in range(60)]
    (folder / "train.csv").write_text("\n".join(["text,label", *rows]), "utf-8")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_training_says_how_it_goes_on(tmp_path: Path, number: int, code: int) -> None:
    """And is neither begun anew nor lost by the same command; the one that was told goes on."""
    write_reviews(tmp_path)
    call = (*CALL, "--epochs", "120", "--patience", "0", "--name", "it's mine")
    stopped = stopped_training(tmp_path, call, number)
    assert stopped.returncode == code, stopped.stderr
    lines = stopped.stderr.splitlines()
    lines = lines[: -2 if number == signal.SIGINT else None]  # an empty one, and "interrupted"
    assert lines[-2] == "stopped; mine.training/checkpoint.npz holds its state"
    told = shlex.split(lines[-1].removeprefix("go on with: "))
    assert told == ["textrnn", *call, "--resume"]
    before = (tmp_path / "mine.training" / "checkpoint.npz").read_bytes()
    again = textrnn_in(tmp_path, *call)
    assert again.returncode == 2
    assert again.stderr == (
        "textrnn: error: mine.training/checkpoint.npz: a training of mine was stopped there, or is "
        "at work; go on with it (--resume), begin anew (--force), or name another folder\n"
    )
    assert (tmp_path / "mine.training" / "checkpoint.npz").read_bytes() == before
    if number != signal.SIGINT:
        return
    resumed = textrnn_in(tmp_path, *told[1:])
    assert resumed.returncode == 0, resumed.stderr
    assert "going on in epoch" in resumed.stderr
    assert Bundle.open(tmp_path / "mine").manifest.name == "it's mine"
    assert not (tmp_path / "mine.training").exists()


@pytest.mark.parametrize("resume", [False, True])
def test_a_training_stopped_at_once_leaves_an_earlier_ones_state(
    tmp_path: Path, *, resume: bool
) -> None:
    """And says whose it is, since by --force it would have been given up."""
    checkpoint = tmp_path / "mine.training" / "checkpoint.npz"
    checkpoint.parent.mkdir()
    checkpoint.write_bytes(b"an earlier training's")
    said: list[str] = []
    stopping = told_when_stopped(tmp_path / "mine", said.append, said.append, resume=resume)
    with pytest.raises(KeyboardInterrupt), stopping:
        raise KeyboardInterrupt
    if resume:
        assert said[0] == f"stopped; {checkpoint} holds its state"
        assert said[1].startswith("go on with: ")
    else:
        assert said == [
            f"stopped before its first checkpoint; {checkpoint} is still the earlier training's"
        ]


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_a_signal_whose_exception_was_lost_ends_a_training(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    raised: type[BaseException],
) -> None:
    """Keras has bare ``except:`` clauses, which go on after any exception, as is done here."""
    monkeypatch.setattr(signals, "_came", [])  # nothing came for the tests after this one
    heard = {
        each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    signal.signal(number, signal.default_int_handler)
    display, steps = TrainingDisplay(quiet=True), 0

    def lose_one(event: TrainingEvent) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            with suppress(raised):
                signal.raise_signal(number)
        display.event(event)

    try:
        signals.hear_signals()
        with pytest.raises(raised):
            run_classifier(
                made_up_reviews(24),
                out=tmp_path / "mine",
                changes=TINY,
                init_from=(),
                on_event=lose_one,
            )
    finally:
        for each, handler in heard.items():
            signal.signal(each, handler)
    assert steps == 2


TINY: Values = {
    ("embedding", "units"): 4,
    ("encoders", "units"): 4,
    ("encoders", "cell"): "rnn",
    ("training", "epochs"): 2,
}


@pytest.mark.parametrize("task", ["classifier", "tagger"])
def test_folds_that_are_done_are_kept(tmp_path: Path, task: str) -> None:
    """And a training that was stopped among them ends as one that was not, to the bit."""

    events: list[TrainingEvent] = []

    def train(name: str, say: Callable[[str], None], *, resume: bool = False) -> None:
        events.clear()
        options: dict[str, Any] = {
            "init_from": (), "changes": TINY, "on_message": say, "on_event": events.append,
        }  # fmt: skip
        with told_when_stopped(tmp_path / name, say, say, resume=resume):
            if task == "tagger":
                run_tagger(made_up_sentences(24), out=tmp_path / name, resume=resume, **options)
            else:
                run_classifier(made_up_reviews(24), out=tmp_path / name, resume=resume, **options)

    def stop(line: str) -> None:
        said.append(line)
        if line.startswith("fold 3"):
            raise KeyboardInterrupt

    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        train("stopped", stop)
    state = tmp_path / "stopped.training"
    assert said[-2] == (
        f"stopped; {state / 'checkpoint.npz'} holds its state; 2 of 3 folds are kept"
    )
    assert {"fold-1-of-3.npz", "fold-2-of-3.npz"} == {p.name for p in state.glob("fold*")}
    resumed: list[str] = []
    train("stopped", resumed.append, resume=True)
    assert "going on after fold 2 of 3" in resumed
    assert [line[:6] for line in resumed if line.startswith("fold ")] == ["fold 3"]
    assert not state.exists()
    train("whole", [].append)
    assert list(dict.fromkeys((event.fold, event.folds) for event in events)) == [
        (1, 3), (2, 3), (3, 3), (0, 0),
    ]  # fmt: skip
    assert {event.fold for event in events if event.record} == {0}
    times = [event.elapsed_s for event in events]
    assert times == sorted(times)
    of_folds = [event for event in events if event.fold]
    assert of_folds[0].eta_s > 0
    assert of_folds[-1].eta_s > 0  # the training of all is to come
    assert events[-1].eta_s == 0
    one, other = (Bundle.open(tmp_path / name) for name in ("stopped", "whole"))
    files = {name for name in one.manifest.files if name.endswith((".onnx", ".npz"))}
    assert files
    assert {name: one.read(name) for name in files} == {name: other.read(name) for name in files}
    assert one.manifest.serving == other.manifest.serving
    assert one.manifest.training["measured"] == other.manifest.training["measured"]


def test_a_finished_model_is_replaced_by_force_alone(tmp_path: Path) -> None:
    write_reviews(tmp_path)
    first = textrnn_in(tmp_path, *CALL, "--epochs", "1", "--force")
    assert first.returncode == 0, first.stderr
    made = (tmp_path / "mine" / "bundle.json").read_bytes()
    refused = textrnn_in(tmp_path, *CALL, "--epochs", "2")
    assert refused.returncode == 2
    assert refused.stderr == (
        "textrnn: error: mine: a model is there already; replace it (--force), or name another "
        "folder\n"
    )
    finished = textrnn_in(tmp_path, *CALL, "--epochs", "2", "--resume")
    assert finished.returncode == 0
    assert finished.stderr.startswith("mine: finished already, there is nothing to resume")
    assert (tmp_path / "mine" / "bundle.json").read_bytes() == made
    assert textrnn_in(tmp_path, *CALL, "--epochs", "2", "--force").returncode == 0
    assert Bundle.open(tmp_path / "mine").manifest.training["training"]["epochs"] == 2
    made = (tmp_path / "mine" / "bundle.json").read_bytes()
    write_unlearnable(tmp_path)
    call = (*CALL, "--epochs", "2", "--bag-ngrams", "0")
    weak = textrnn_in(tmp_path, *call, "--force")
    assert weak.returncode == 1
    assert last_line(weak.stderr).startswith(
        "textrnn: error: mine: the model there stays, since the new one is of no use as it is: it "
        "answers 'common' to all of 12 validation texts; "
    )
    assert (tmp_path / "mine" / "bundle.json").read_bytes() == made
    (tmp_path / "mine").rename(tmp_path / "old")
    resumed = textrnn_in(tmp_path, *call, "--resume")
    assert "mine was written, but is of no use" in last_line(resumed.stderr)
    assert "epoch 1/2" not in resumed.stderr


def test_what_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    write_reviews(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("of years")
    for more in ((), ("--force",), ("--resume",)):
        refused = textrnn_in(tmp_path, *CALL, *more)
        assert refused.returncode == 2
        assert "mine: is there already and is no model" in refused.stderr
    assert (tmp_path / "mine" / "notes.txt").read_text() == "of years"


def last_line(said: str) -> str:
    return said.splitlines()[-1]


def test_a_classifier_that_answers_one_label_is_told_and_exits_with_1(tmp_path: Path) -> None:
    """It is written all the same, and says so on its card."""
    write_unlearnable(tmp_path)
    call = (*CALL, "--epochs", "2", "--bag-ngrams", "0")
    done = textrnn_in(tmp_path, *call)
    assert done.returncode == 1, done.stderr
    assert "of 2, validation accuracy 0.7500 (95%: 0.468 to 0.911, of 12 texts), " in done.stderr
    weakness = (
        "it answers 'common' to all of 12 validation texts; more texts of each label may help, "
        "more epochs, or fewer labels"
    )
    told = f"mine was written, but is of no use as it is: {weakness}"
    last = last_line(done.stderr)
    assert last == f"textrnn: error: {told} (--force: take it all the same)"
    bundle = Bundle.open(tmp_path / "mine")
    measured = bundle.manifest.training["measured"]
    assert measured["weakness"] == weakness
    assert (measured["score"], measured["count"], measured["counted"]) == (0.75, 12, "text")
    assert f"**It is of no use as it is:** {weakness}." in bundle.card()
    forced = textrnn_in(tmp_path, *call, "--force")
    assert forced.returncode == 0
    assert last_line(forced.stderr) == f"textrnn: note: {told}"


def test_a_tagger_that_finds_nothing_is_told(tmp_path: Path) -> None:
    plain = "and O\n" * 20
    text = "".join(f"{number} O\n{plain}Ada B-PER\n{plain}\n" for number in range(30))
    (tmp_path / "train.conll").write_text(text, "utf-8")
    call = ("train", "tagger", "--train", "train.conll", "--out", "mine", "--units", "4",
            "--cell", "rnn", "--characters", "none", "--init-from", "none", "--epochs", "1",
            "--learning-rate", "0.05", "--embedding-units", "4",
            "--validation-split", "0.2")  # fmt: skip
    done = textrnn_in(tmp_path, *call)
    assert done.returncode == 1, done.stderr
    assert "validation F1 0.0000 (95%: 0.000 to 0.561, of 6 spans)" in done.stderr
    assert last_line(done.stderr) == (
        "textrnn: error: mine was written, but is of no use as it is: it finds none of the 6 spans "
        "of its validation sentences; more sentences with spans may help, or more epochs (--force: "
        "take it all the same)"
    )


def test_a_generator_without_foresight_is_told(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("\n".join(made_up_verses(40)), "utf-8")
    call = ("train", "generator", "--train", "train.txt", "--out", "mine", "--units", "4",
            "--cell", "rnn", "--embedding-units", "4", "--level", "character", "--epochs", "1",
            "--learning-rate", "1e-9", "--max-tokens", "16")  # fmt: skip
    done = textrnn_in(tmp_path, *call)
    assert done.returncode == 1, done.stderr
    assert "is no better than what the frequencies of the tokens give" in last_line(done.stderr)
    assert "next: " not in done.stderr
    forced = textrnn_in(tmp_path, *call, "--force")
    assert "is of no use as it is" in last_line(forced.stderr)
    assert "next: " not in forced.stderr


OF_A_FORECASTER = ("--time", "day", "--target", "load", "--missing", "previous", "--window", "8",
                   "--horizon", "2", "--units", "2", "--cell", "rnn", "--epochs", "1")  # fmt: skip
OF_A_CLASSIFIER = (*SMALL, "--epochs", "2", "--text-field", "body", "--label-field", "its queue",
                   "--map-label", "negative=bad")  # fmt: skip


@pytest.mark.parametrize(
    ("task", "options", "reading"),
    [
        (
            "classifier",
            OF_A_CLASSIFIER,
            "--text-field body --label-field 'its queue' --map-label negative=bad",
        ),
        ("forecaster", OF_A_FORECASTER, "--time day --missing previous"),
    ],
)
def test_what_is_to_be_typed_next_reads_a_file_as_the_training_did(
    tmp_path: Path, task: str, options: tuple[str, ...], reading: str
) -> None:
    rows = ["body,its queue,day,load"]
    for number, review in enumerate(made_up_reviews(60)):
        load = "" if number == 5 else number % 7
        rows.append(f'"{review.text}",{review.label},{date.fromordinal(738_000 + number)},{load}')
    (tmp_path / "train.csv").write_text("\n".join(rows), "utf-8")
    call = ("train", task, "--train", "train.csv", "--out", "mine", "--force", *options)
    done = textrnn_in(tmp_path, *call)
    assert done.returncode == 0, done.stderr
    (told,) = re.findall("next: textrnn (.*)", done.stderr)
    assert told == f"evaluate mine FILE {reading}"
    again = textrnn_in(tmp_path, *shlex.split(told.replace("FILE", "train.csv")))
    assert again.returncode == 0, again.stderr


def test_a_terminal_shows_what_goes_on_before_keras_is_loaded(tmp_path: Path) -> None:
    write_reviews(tmp_path)
    code, shown = in_terminal_of_its_own([*CALL, "--epochs", "2"], tmp_path)
    assert code == 0, shown
    loading, read = shown.index("loading Keras"), shown.index("settings for so many texts")
    assert "working" in shown[loading:read]
    assert shown[loading:read].count("elapsed ") > 1  # it goes on
    assert re.search(r"epoch \d/2 .*loss [\d.]+ .*elapsed \d+:\d\d of at most \d+:\d\d", shown)
    figures = r"loss [\d.]+, validation loss [\d.]+, accuracy [\d.]+, elapsed \d+:\d\d"
    assert re.search(f"epoch 2/2: {figures}", shown)
    piped = textrnn_in(tmp_path, *CALL, "--epochs", "2", "--force")
    assert "working" not in piped.stderr
    assert "\x1b" not in piped.stderr


@pytest.mark.parametrize("out", [".", "..", "/"])
def test_the_folder_one_is_in_becomes_no_model(tmp_path: Path, out: str) -> None:
    write_reviews(tmp_path)
    refused = textrnn_in(tmp_path, "train", "classifier", "--train", "train.csv", "--out", out)
    assert refused.returncode == 2
    assert refused.stderr == (
        f"textrnn: error: {out}: the folder that you are in; name a new one\n"
    )
