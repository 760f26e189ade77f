"""Every step has a limit and says what is slow; nothing runs on after the press."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import books
import pytest

from press import bounded, execute, kernels, pandoc
from press.source import Cell

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are followed on Linux only")


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def gone(pids, seconds=20):
    deadline = time.time() + seconds
    while any(map(alive, pids)) and time.time() < deadline:
        time.sleep(0.05)
    return [pid for pid in pids if alive(pid)] == []


def test_brackets_that_pandoc_tries_in_every_combination(tmp_path, monkeypatch):
    monkeypatch.setattr(pandoc, "SECONDS", 2)
    folder = books.make(tmp_path / "book", {"one.qmd": "# One\n\nWords.\n\ntext " + "[" * 200 + " more\n"})
    code, said = books.press(folder)
    assert code == 1 and "one.qmd:5: Pandoc came to no end in 2 seconds" in said


@linux
def test_pandoc_ends_with_the_press(tmp_path):
    folder = books.make(tmp_path / "book", {"one.qmd": "# One\n\ntext " + "[" * 200 + " more\n"})
    press = subprocess.Popen([sys.executable, "-m", "press", str(folder)], cwd=ROOT)
    deadline, found = time.time() + 30, []
    while not found and time.time() < deadline:
        time.sleep(0.2)
        found = [
            int(path.name)
            for path in Path("/proc").glob("[0-9]*")
            if parent(path) == press.pid and "pandoc" in (path / "cmdline").read_text()
        ]
    press.send_signal(signal.SIGKILL)
    press.wait()
    assert found and gone(found)


def parent(path):
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


TOO_MUCH = ["print('x' * 10**8)", "while True: print('x' * 1000)", "print('x\\n' * 20000)", "display('x' * 10**8)"]


@pytest.mark.parametrize("kind", books.thorough(books.KINDS))
def test_a_cell_that_gives_too_much(tmp_path, kind):
    chapters = {f"{n}.qmd": [Cell("1", {}, 1, 2), Cell(code, {}, 7, 8)] for n, code in enumerate(TOO_MUCH)}
    start = time.time()
    with pytest.raises(execute.CellError) as raised:
        execute.run(tmp_path, chapters, kernels=kind, report=lambda _: None)
    told = [(file, line) for file, line, text in raised.value.problems if "more than 2,000,000 char" in text]
    assert told == [(file, 7) for file in chapters]
    assert time.time() - start < 60


def test_what_is_given_counts_cell_by_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "MOST", 1500)
    execute.run(
        tmp_path,
        {"one.qmd": [Cell("print('x' * 1000)", {}, n, n) for n in range(1, 5)]},
        kernels="plain",
        report=lambda _: None,
    )


@pytest.mark.parametrize("kind", books.thorough(books.KINDS))
def test_a_slow_cell_is_named_and_ended(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(execute, "NOTICE", 1)
    monkeypatch.setattr(execute, "CELL", 2)
    said = []
    with pytest.raises(execute.CellError, match=r"one.qmd:4: .*no end in 2 seconds"):
        execute.run(tmp_path, {"one.qmd": [Cell("while True: pass", {}, 4, 5)]}, kernels=kind, report=said.append)
    assert "one.qmd:4: this cell has been running for 1 s" in said


def test_a_frame_of_20_000_rows(tmp_path):
    code = "import pandas as pd\npd.set_option('display.max_rows', None)\npd.DataFrame({'a': range(20000)})"
    folder = books.make(tmp_path / "book", {"one.qmd": f"# One\n\n```{{python}}\n{code}\n```\n"})
    code, said = books.press(folder, "--to", "html")
    assert code == 1 and "one.qmd:3: a table of 20001 rows" in said


@pytest.mark.slow
def test_a_frame_of_2_000_rows(tmp_path):
    """What a page takes is done in reasonable time, all rows of it."""
    code = "import pandas as pd\npd.set_option('display.max_rows', None)\npd.DataFrame({'a': range(2000), 'b': 't'})"
    folder = books.make(tmp_path / "book", {"one.qmd": f"# One\n\n```{{python}}\n{code}\n```\n"})
    start = time.process_time()
    page = (books.built(folder, "--to", "html") / "one.html").read_text("utf-8")
    assert page.count("<tr") == 2001 and '<td style="text-align: right;">1999</td>' in page
    assert time.process_time() - start < 10


STRAY = """
import os, subprocess, sys
one = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
two = subprocess.run(["setsid", "-f", sys.executable, "-c",
                      "import os, time; open('two', 'w').write(str(os.getpid())); time.sleep(300)"])
open("one", "w").write(f"{one.pid} {os.getpid()}")
"""


def strays(folder):
    deadline = time.time() + 30
    while time.time() < deadline:
        try:
            pids = [int(word) for name in ("one", "two") for word in (folder / name).read_text().split()]
            if len(pids) == 3:
                return pids
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise AssertionError("the cell did not start its processes")


ENDS = {"well": "", "wrong": "raise ValueError", "killed": "os.kill(os.getpid(), 9)"}


@linux
@pytest.mark.parametrize("kind", books.thorough(books.KINDS))
def test_what_a_cell_started_in_a_session_of_its_own_ends_with_its_kernel(tmp_path, kind):
    code = STRAY + "import time\nwhile not os.path.exists('two'): time.sleep(.05)\ntime.sleep(.2)\n"
    for name in ENDS:
        (tmp_path / name).mkdir()
    with pytest.raises(execute.CellError) as raised:
        chapters = {f"{name}/one.qmd": [Cell(code + end, {}, 1, 2)] for name, end in ENDS.items()}
        execute.run(tmp_path, chapters, kernels=kind, report=lambda _: None)
    assert [file for file, *_ in raised.value.problems] == ["killed/one.qmd", "wrong/one.qmd"]
    assert gone([pid for name in ENDS for pid in strays(tmp_path / name)])


@linux
@pytest.mark.parametrize("kind", books.thorough(books.KINDS))
@pytest.mark.parametrize("number", books.thorough(books.SIGNALS))
def test_what_a_cell_started_in_a_session_of_its_own_ends_with_the_press(tmp_path, kind, number):
    folder = books.make(tmp_path / "book", {"one.qmd": f"# One\n\n```{{python}}\n{STRAY}\nwhile True: pass\n```\n"})
    press = subprocess.Popen(
        [sys.executable, "-m", "press", str(folder)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PRESS_KERNELS": kind},
    )
    pids = strays(folder)
    assert all(map(alive, pids))
    press.send_signal(number)
    press.wait(60)
    assert gone(pids)


def test_work_beside_gives_what_it_gives_or_says_how_it_ended():
    assert bounded.beside(lambda: {"page": b"words"})() == {"page": b"words"}
    with pytest.raises(OSError, match=r"exit code 3"):
        bounded.beside(lambda: os._exit(3))()
    with pytest.raises(FileNotFoundError, match="nowhere"):  # as where it were done here: the press tells it
        bounded.beside(lambda: open("nowhere"))()


@linux
def test_work_beside_ends_with_the_press(tmp_path):
    code = f"""
import os, time
from press import bounded
def work():
    open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
    time.sleep(600)
bounded.beside(work)()
"""
    press = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    deadline = time.time() + 30
    while not (pid := (tmp_path / "pid").read_text() if (tmp_path / "pid").exists() else "") and time.time() < deadline:
        time.sleep(0.05)
    assert alive(int(pid))
    press.kill()
    press.wait()
    assert gone([int(pid)])
