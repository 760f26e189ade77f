"""A site is replaced by a complete one or not at all: full disks, kills, systems that cannot exchange two folders."""

import errno
import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import books
import pytest

from press import publish

CHAPTER = "# One\n\nThe first edition.\n"


def book(folder):
    return books.make(folder, {"one.qmd": CHAPTER})


def edit(folder, text="# One\n\nThe second edition.\n"):
    (folder / "one.qmd").write_text(text)


def edition(folder):
    """Which edition stands in the output folder."""
    page = (folder / "_book" / "one.html").read_text(encoding="utf-8")
    return "second" if "The second edition." in page else "first" if "The first edition." in page else None


def content(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != publish.MARK
    }


def test_exchange_where_the_system_can(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    new.mkdir(), old.mkdir()
    (new / "a").write_text("new")
    (old / "b").write_text("old")
    done = publish.exchange(new, old)
    assert done == sys.platform.startswith("linux")
    if done:
        assert (old / "a").read_text() == "new" and (new / "b").read_text() == "old"


@pytest.mark.parametrize("can", [True, False])
def test_publish_replaces_everything(tmp_path, monkeypatch, can):
    if not can:
        monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    output = tmp_path / "_book"
    publish.publish({"html": {"a/b.html": b"1", "old.html": b"1"}}, output)
    publish.publish({"html": {"a/b.html": b"2", "new.html": b"2"}}, output)
    assert content(output) == {Path("a/b.html"): b"2", Path("new.html"): b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["_book"]


def test_a_failed_second_rename_is_undone(tmp_path, monkeypatch):
    """Without an exchange, the old site comes back when the new one cannot take its place."""
    monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    output = tmp_path / "_book"
    publish.publish({"html": {"index.html": b"good"}}, output)
    rename = Path.rename

    def failing(self, target):
        if Path(target) == output and ".old" not in self.name:
            raise OSError(errno.EIO, "broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError):
        publish.publish({"html": {"index.html": b"new"}}, output)
    assert content(output) == {Path("index.html"): b"good"}


def test_full_disk(tmp_path, monkeypatch):
    """A disk that fills while the site is written: told, and the last good site stands."""
    folder = book(tmp_path)
    before = content(books.built(folder))
    edit(folder)
    write, count = Path.write_bytes, 0

    def full(self, data):
        nonlocal count
        if ".part" in str(self) and "_book" in str(self):
            count += 1
            if count > 2:
                write(self, data[:10])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    code, said = books.press(folder)
    assert code == 1 and "No space left on device" in said
    monkeypatch.undo()
    assert content(folder / "_book") == before and not list(folder.glob("._book*"))
    assert edition(folder) == "first"
    books.built(folder)
    assert edition(folder) == "second"


def test_a_disk_that_really_is_full(tmp_path):
    """The same on a file system of 4 MB, where this user may make one."""
    can = (
        subprocess.run(["unshare", "--map-root-user", "--mount", "true"], capture_output=True)
        if shutil.which("unshare")
        else None
    )
    if can is None or can.returncode:
        pytest.skip("no private mounts here")
    folder = book(tmp_path / "book")
    (tmp_path / "disk").mkdir()
    script = f"""
        set -e
        mount -t tmpfs -o size=4m none {tmp_path}/disk
        {sys.executable} -m press {folder} --output {tmp_path}/disk/_book
        head -c 100M /dev/zero > {tmp_path}/disk/filler 2>/dev/null || true
        sed -i s/first/second/ {folder}/one.qmd
        {sys.executable} -m press {folder} --output {tmp_path}/disk/_book && exit 9 || echo "code $?"
        grep -c "<p>The first edition" {tmp_path}/disk/_book/one.html
        ls -A {tmp_path}/disk
    """
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "bash", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        cwd=books.HERE.parent,
    )
    if done.returncode and "mount" in done.stderr:
        pytest.skip("no private mounts here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No space left on device" in done.stderr
    assert done.stdout.split()[-5:] == ["code", "1", "1", "_book", "filler"]


def started(folder, code):
    """A press whose steps are changed by `code` before it runs, as a process of its own."""
    head = "import sys, time\nfrom pathlib import Path\nfrom press import publish, __main__\n"
    program = f"{head}{code}\nsys.exit(__main__.main([{str(folder)!r}]))"
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=books.HERE.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def wait_for(condition, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("stop", books.thorough(books.SIGNALS))
def test_killed_while_writing(tmp_path, stop):
    """A build that is killed with its new site half written leaves the old one; the next build clears up."""
    folder = book(tmp_path)
    before = content(books.built(folder))
    edit(folder)
    press = started(folder, "publish.swap = lambda new, old: (Path(new / 'ready').touch(), time.sleep(60))")
    assert wait_for(lambda: list(folder.glob("._book.*.part/ready")))
    press.send_signal(stop)
    press.wait(20)
    assert press.returncode != 0
    assert content(folder / "_book") == before
    books.built(folder)
    assert edition(folder) == "second" and not list(folder.glob("._book*"))


def test_a_running_build_is_left_alone(tmp_path):
    """Clearing up spares the folder of a build that still runs."""
    output = tmp_path / "_book"
    mine, dead = tmp_path / f"._book.{os.getppid()}.part", tmp_path / "._book.999999999.part"
    mine.mkdir(), dead.mkdir()
    publish.sweep(output)
    assert mine.exists() and not dead.exists()


def test_killed_while_a_cell_runs(tmp_path):
    folder = book(tmp_path)
    before = content(books.built(folder))
    edit(folder, "# One\n\n```{python}\nopen('running', 'w').close()\nimport time\ntime.sleep(60)\n```\n")
    press = started(folder, "")
    assert wait_for(lambda: (folder / "running").exists())
    press.kill()
    press.wait(20)
    assert content(folder / "_book") == before


def test_the_cache_may_be_read_only(tmp_path, monkeypatch):
    """A build works without a place to remember things."""
    folder = book(tmp_path)
    (folder / ".press").write_text("a file where the cache would be")
    code, said = books.press(folder)
    assert code == 0, said
    assert edition(folder) == "first"
