"""What is written is there as a whole or not at all, and nothing is left beside it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from textrnn.corpora.files import partials
from textrnn.corpora.files.outputs import check_folder_output, check_output, refuse_inputs
from textrnn.corpora.files.partials import drop_partials, is_partial, short_name
from textrnn.corpora.files.writing import (
    PartialFile,
    open_folder_output,
    open_text_output,
    write_file,
    write_files,
)
from textrnn.errors import InputError, TextRNNError

WRITER = """
import sys, time
from pathlib import Path
from textrnn.corpora.files.writing import open_folder_output, open_text_output, write_files
where = Path(sys.argv[1])
with (open_folder_output if sys.argv[2] == "folder" else open_text_output)(where) as place:
    print("begun", flush=True)
    time.sleep(60)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def killed_writer(path: Path, kind: str = "file") -> None:
    """Have a process die in the middle of writing to ``path``."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), kind], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.kill()
    process.communicate()


def test_a_file_appears_whole_and_not_before(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    with open_text_output(out) as file:
        file.write("one\r\ntwo\n")
        file.flush()
        (name,) = os.listdir(tmp_path)
        assert is_partial(name)
    assert os.listdir(tmp_path) == ["out.txt"]
    assert out.read_bytes() == b"one\r\ntwo\n"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    out = tmp_path / "out.txt"
    out.write_text("before")

    def stop() -> None:
        with open_text_output(out) as file:
            file.write("half")
            raise error

    with pytest.raises(error):
        stop()
    assert os.listdir(tmp_path) == ["out.txt"]
    assert out.read_text() == "before"


def test_rights_are_those_of_the_old_file_or_of_any_new_one(tmp_path: Path) -> None:
    secret, usual, new = tmp_path / "secret", tmp_path / "usual", tmp_path / "new"
    secret.write_text("before")
    secret.chmod(0o600)
    usual.write_text("any")
    with open_text_output(secret) as file:
        (partial,) = tmp_path.glob(".secret-*")
        assert mode(partial) == 0o600
        file.write("after")
    write_file(new, "new")
    assert (mode(secret), secret.read_text()) == (0o600, "after")
    assert mode(new) == mode(usual)
    secret.chmod(0o640)
    write_file(secret, b"again")
    assert mode(secret) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_group_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("before")
    os.chown(out, 12, 34)
    write_file(out, "after")
    assert (out.stat().st_uid, out.stat().st_gid) == (12, 34)


def test_a_link_is_followed_and_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "there" / "target", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to("there/target")
    write_file(link, "through a dangling link")
    assert (link.is_symlink(), target.read_text()) == (True, "through a dangling link")
    write_file(link, "again")
    assert (link.is_symlink(), target.read_text()) == (True, "again")
    assert sorted(os.listdir(tmp_path)) == ["link", "there"]


def test_what_may_not_be_written_is_refused_in_time(tmp_path: Path) -> None:
    read_only, missing = tmp_path / "read-only", tmp_path / "missing" / "out"
    read_only.write_text("kept")
    read_only.chmod(0o444)
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    wrong = {
        read_only: "read-only: is read-only; remove it",
        missing: "missing/out: cannot be written: No such file",
        tmp_path: "a folder; name a file",
        read_only / "below": "cannot be written: Not a directory",
        tmp_path / ("n" * 256): "cannot be written: File name too long",
        loop: "cannot be written: Too many levels",
    }
    for path, message in wrong.items():
        for function in (check_output, lambda path: write_file(path, "lost")):
            with pytest.raises(InputError, match=message):
                function(path)
    assert read_only.read_text() == "kept"
    assert sorted(os.listdir(tmp_path)) == ["loop", "read-only"]


@pytest.mark.parametrize("name", ["n" * 250, "n" * 255, "山" * 85, "\udcff" * 255])
def test_names_may_be_as_long_as_the_system_lets_them(tmp_path: Path, name: str) -> None:
    with open_text_output(tmp_path / name) as file:
        file.write("text")
    with open_folder_output(tmp_path / f"f{name[1:]}") as folder:
        (folder / "a").write_text("b")
    assert sorted(os.listdir(tmp_path)) == sorted([name, f"f{name[1:]}"])


def test_long_names_that_begin_alike_are_told_apart() -> None:
    one, other = short_name("n" * 254 + "1", ".lock"), short_name("n" * 254 + "2", ".lock")
    assert one != other
    assert {len(one), len(other)} == {255}


def test_devices_and_pipes_are_written_to_and_stay(tmp_path: Path) -> None:
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    write_file(pipe, "through the pipe")
    reader.join()
    assert found == [b"through the pipe"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    write_file(Path("/dev/null"), "nowhere")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(InputError, match="/dev/null: a device or a pipe; name a file"):
        PartialFile(Path("/dev/null"))
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_full_disk_is_named(size: int) -> None:
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        write_file(Path("/dev/full"), "x" * size)


def test_a_pipe_whose_reader_has_gone_is_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    def write() -> None:
        with open_text_output(pipe) as file:
            os.close(reader)
            file.write("x" * 100_000)

    with pytest.raises(TextRNNError, match="pipe: nobody reads it any more"):
        write()


def test_open_streams_go_on_where_they_are(tmp_path: Path) -> None:
    """``--output /dev/stdout >> log`` adds to the log."""
    log = tmp_path / "log"
    log.write_text("before\n")
    with log.open("a") as file:
        write_file(Path(f"/dev/fd/{file.fileno()}"), "after\n")
    assert log.read_text() == "before\nafter\n"


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_writer_left_goes_with_the_next(tmp_path: Path, kind: str) -> None:
    out, other = tmp_path / "out", tmp_path / "out-1"
    killed_writer(out, kind)
    killed_writer(other, kind)
    (tmp_path / ".out-mine.partial").write_text("not ours")
    assert len(os.listdir(tmp_path)) == 3
    if kind == "file":
        write_file(out, "whole")
    else:
        with open_folder_output(out) as folder:
            (folder / "a").write_text("whole")
    assert len(list(tmp_path.glob(".out-1-*.partial"))) == 1  # another file's, left alone
    assert len(os.listdir(tmp_path)) == 3
    drop_partials(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".out-mine.partial", "out"]


def test_what_a_living_writer_is_writing_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with open_text_output(out) as first:
        write_file(out, "second")
        drop_partials(tmp_path)
        first.write("first")
    assert out.read_text() == "first"
    assert os.listdir(tmp_path) == ["out"]


def test_many_writers_of_one_file_leave_one_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    texts = [str(number) * 50_000 for number in range(8)]
    writers = [threading.Thread(target=write_file, args=(out, text)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert out.read_text() in texts
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_folder_replaces_another(
    tmp_path: Path, can_exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:  # as on a file system that knows no such thing
        monkeypatch.setattr(partials, "_exchange", lambda one, other: False)
    out = tmp_path / "out"
    out.mkdir(mode=0o750)
    (out / "old").write_text("old")
    with open_folder_output(out) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "new").write_text("new")
        assert os.listdir(out) == ["old"]
    assert os.listdir(tmp_path) == ["out"]
    assert os.listdir(out) == ["sub"]
    assert mode(out) == 0o750

    def stop() -> None:
        with open_folder_output(out) as folder:
            (folder / "half").write_text("half")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        stop()
    assert os.listdir(tmp_path) == ["out"]
    assert os.listdir(out) == ["sub"]


def test_a_folder_behind_a_link_is_replaced_there(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to("far/model")
    for text in ("first", "second"):
        with open_folder_output(tmp_path / "link") as folder:
            (folder / "a").write_text(text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "far" / "model" / "a").read_text() == text
    assert sorted(os.listdir(tmp_path)) == ["far", "link"]
    assert os.listdir(tmp_path / "far") == ["model"]


def test_a_folder_is_there_at_every_moment(tmp_path: Path) -> None:
    out, missing, ended = tmp_path / "out", [], threading.Event()
    with open_folder_output(out) as folder:
        (folder / "model").write_text("0")

    def look() -> None:
        while not ended.is_set():
            try:
                (out / "model").read_text()
            except FileNotFoundError as error:
                missing.append(error)

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(50):
        with open_folder_output(out) as folder:
            (folder / "model").write_text(str(number))
    ended.set()
    watcher.join()
    assert not missing


def test_a_folder_that_stood_aside_comes_back(tmp_path: Path) -> None:
    """Its writer was killed between the two names, where folders cannot be exchanged."""
    out, aside = tmp_path / "out", tmp_path / ".out-0123abcd.replaced"
    aside.mkdir()
    (aside / "old").write_text("old")
    with pytest.raises(ValueError, match="no"), open_folder_output(out):
        raise ValueError("no")
    assert os.listdir(tmp_path) == ["out"]
    assert (out / "old").read_text() == "old"


def test_a_folder_that_would_be_made_is_looked_at_where_it_would_be(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "out"
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        check_output(deep)
    check_folder_output(deep, ["report.json"], [])
    (tmp_path / "a").write_text("no folder")
    for look in (
        lambda: check_output(deep),
        lambda: check_folder_output(deep, ["report.json"], []),
    ):
        with pytest.raises(InputError, match="out: cannot be written: Not a directory"):
            look()
    with pytest.raises(InputError, match="cannot be written: File name too long"):
        check_folder_output(tmp_path / ("n" * 256), [], [])


def link_to(tmp_path: Path) -> Path:
    (tmp_path / "link").symlink_to("a.txt")
    return tmp_path / "link"


def hard_link_to(tmp_path: Path) -> Path:
    os.link(tmp_path / "a.txt", tmp_path / "hard")
    return tmp_path / "hard"


@pytest.mark.parametrize(
    "find", [lambda p: p / "a.txt", lambda p: p / "." / "a.txt", link_to, hard_link_to]
)
def test_an_output_that_is_read_is_refused(tmp_path: Path, find: Callable[[Path], Path]) -> None:
    read = tmp_path / "a.txt"
    read.write_text("the user's")
    output = find(tmp_path)
    for inputs in ([read], [f"{read}:member.txt"], ["none", read]):
        with pytest.raises(InputError, match="would be lost there; name another file"):
            check_output(output, inputs)
    check_output(tmp_path / "new", [read, "-"])
    check_output(None, [read])


def test_folders_that_are_read_or_hold_what_is_read(tmp_path: Path) -> None:
    here = tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    for name in ("a.txt", "sub/b.txt", "sub/plot.png"):
        (here / name).write_text("text")
    with pytest.raises(InputError, match=r"b\.txt: what is read \(.*here\) would be lost"):
        refuse_inputs(here / "sub" / "b.txt", [here])
    refuse_inputs(here / "sub" / "plot.png", [here])  # drawn again
    refuse_inputs(here / "sub" / "new.txt", [here])
    for read in (here / "sub" / "b.txt", here):
        with pytest.raises(InputError, match="would be lost there; name another folder"):
            refuse_inputs(here, [read])
    refuse_inputs(here / "sub", [here / "a.txt"])


@pytest.mark.parametrize("stream", ["input", "output"])
def test_standard_streams_count_as_the_files_they_are(tmp_path: Path, stream: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text("text\n")
    code = (
        "import sys; from pathlib import Path; "
        "from textrnn.corpora.files.outputs import check_output; "
        "check_output(None if sys.argv[1] == 'output' else Path('a.txt'), "
        "['-' if sys.argv[1] == 'input' else 'a.txt'])"
    )
    with file.open("r+") as opened:
        done = subprocess.run(
            [sys.executable, "-c", code, stream],
            cwd=tmp_path,
            stdin=opened if stream == "input" else subprocess.DEVNULL,
            stdout=opened if stream == "output" else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert "would be lost there; name another file" in done.stderr
    assert file.read_text() == "text\n"


def test_several_files_are_written_or_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_files(out, {"a": b"1", "b": b"2"})
    (out / "b").chmod(0o444)
    with pytest.raises(InputError, match="out/b: is read-only"):
        write_files(out, {"a": b"3", "b": b"4"})
    assert {name: (out / name).read_bytes() for name in os.listdir(out)} == {"a": b"1", "b": b"2"}
    with pytest.raises(InputError, match="cannot be written"):
        write_files(tmp_path / "new", {"a": b"1", "n" * 256: b"2"})
    assert os.listdir(tmp_path) == ["out"]
    (tmp_path / "link").symlink_to("far/new")
    check_folder_output(tmp_path / "link", ["a"], [])
    write_files(tmp_path / "link", {"a": b"5"})
    assert (tmp_path / "far" / "new" / "a").read_bytes() == b"5"
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="loop: cannot be written: Not a directory"):
        check_folder_output(tmp_path / "loop", ["a"], [])


def test_what_cannot_be_written_on_is_named(tmp_path: Path) -> None:
    def write() -> None:
        with PartialFile(tmp_path / "store"):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"No space left on device: .*store"):
        write()


@pytest.mark.parametrize("name", ["nowhere/../a.txt", "to-nowhere/../a.txt", "to-up", "b/../a.txt"])
def test_a_way_through_a_folder_that_is_not_there_leads_nowhere(tmp_path: Path, name: str) -> None:
    """By its letters alone it would lead to what is read."""
    read, path = tmp_path / "a.txt", tmp_path / name
    read.write_text("kept", "utf-8")
    (tmp_path / "b").write_text("a file", "utf-8")
    (tmp_path / "to-nowhere").symlink_to("nowhere")
    (tmp_path / "to-up").symlink_to("nowhere/../a.txt")
    why = "Not a directory" if name.startswith("b") else "No such file or directory"
    for write in (lambda: check_output(path, [read]), lambda: write_file(path, "new")):
        with pytest.raises(InputError, match=rf"{name}: cannot be written: {why}"):
            write()
    assert read.read_text("utf-8") == "kept"
    folder = Path(tmp_path, "nowhere", "..", "out")
    for fill in (
        lambda: check_folder_output(folder, ["a"], [read]),
        lambda: write_files(folder, {"a": b"new"}),
        lambda: open_folder_output(folder).__enter__(),
    ):
        with pytest.raises(InputError, match="out: cannot be written: No such file or directory"):
            fill()
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b", "to-nowhere", "to-up"]


@pytest.mark.parametrize("kind", ["PartialFile", "open_folder_output"])
def test_a_signal_as_something_is_made_leaves_nothing(tmp_path: Path, kind: str) -> None:
    """It comes before there is anything that would remove the file or folder."""
    program = f"""if True:
        import sys
        from pathlib import Path
        from textrnn.corpora.files import partials, writing
        partials.take_lock = lambda *given: sys.exit(143)
        with writing.{kind}(Path("out")):
            pass
    """
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert done.returncode == 143
    assert os.listdir(tmp_path) == []
