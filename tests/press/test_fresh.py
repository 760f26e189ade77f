"""No chapter is called unchanged when what it read has changed, however it read; and the build says which and why."""

import importlib.util
import shutil

import books
import pytest

from press import execute
from press.source import Cell


class Book:
    """A folder, and a chapter of one cell for each of some codes, run as often as a test asks."""

    def __init__(self, folder, *codes, kernels=books.KINDS[0]):
        self.folder, self.kernels = folder, kernels
        self.chapters = {f"{number}.qmd": [Cell(code, {}, 1, 2)] for number, code in enumerate(codes)}
        books.write(folder, {"notes/n.txt": "old", "other.txt": "1", "data/d.csv": "a"})

    def run(self):
        """(what the cells gave, whether each was run, what the build said of it)."""
        said = []
        out = execute.run(self.folder, self.chapters, report=said.append, kernels=self.kernels)
        given = [outputs[0][-1] for outputs in out.values()]
        said = sorted(said)  # one line a chapter, which begins with its name
        assert [line.split()[0] for line in said] == list(self.chapters), said
        return (
            [one.get("text") or one["data"]["text/plain"] for one in given],
            ["unchanged" not in line for line in said],
            said,
        )

    def ran(self):
        """Whether each chapter was run."""
        return self.run()[1]


UNSEEN = {
    "shell": (
        "import subprocess\nprint(subprocess.run('cat notes/n.txt', shell=True, capture_output=True).stdout)",
        "another process",
    ),
    "exclamation mark": ("!cat notes/n.txt", "another process"),
    "os.system": (
        "import os\nos.system('cat notes/n.txt > copy.txt')\nprint(open('copy.txt').read())",
        "another process",
    ),
    "os.popen": ("import os\nwith os.popen('cat notes/n.txt') as pipe: print(pipe.read())", "another process"),
    "multiprocessing": (
        "import multiprocessing as m, pathlib\nwith m.get_context('spawn').Pool(1) as pool:\n"
        "    print(pool.map(pathlib.Path.read_text, [pathlib.Path('notes/n.txt')]))",
        "another process",
    ),
    "fork": (
        "import os\nr, w = os.pipe()\nif not os.fork():\n    os.write(w, open('notes/n.txt').read().encode())\n"
        "    os._exit(0)\nprint(os.read(r, 99), os.wait() and 'ended')",
        "another process",
    ),
    "C": (
        "import ctypes\nc = ctypes.CDLL(None)\nb = ctypes.create_string_buffer(9)\nf = c.open(b'notes/n.txt', 0)\n"
        "c.read(f, b, 9)\nprint(b.value)",
        "compiled code",
    ),
    "a database": (
        "import sqlite3\nsqlite3.connect('t.db').execute(\"attach 'u.db' as u\")\nprint(open('notes/n.txt').read())",
        "database",
    ),
    "lxml": ("from lxml import etree\nprint(open('notes/n.txt').read())", "lxml may read"),
}


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
def test_a_chapter_whose_reading_nobody_sees_is_never_kept(tmp_path, kernels):
    ways = {how: way for how, way in UNSEEN.items() if how != "lxml" or importlib.util.find_spec("lxml")}
    book = Book(tmp_path, *(code for code, _ in ways.values()), kernels=kernels)
    given, _, said = book.run()
    for how, text, line in zip(ways, given, said, strict=True):
        assert "old" in text and ways[how][1] in line, (how, text, line)
        assert f"runs every time: {'it' if how != 'lxml' else 'lxml'}" in line, (how, line)
    books.write(tmp_path, {"notes/n.txt": "new"})
    again, ran, _ = book.run()
    assert all(ran) and all("new" in text for text in again), dict(zip(ways, again, strict=True))


def test_compiled_packages_that_nobody_knows(tmp_path):
    """They need not be installed: what counts is that a compiled module of that name was there."""
    code = (
        "import sys, types\nm = sys.modules[{0!r}] = types.ModuleType({0!r})\n"
        "m.__file__ = '/x/site-packages/{0}/core.so'\nprint(1)"
    )
    modules = ["odd", "polars", "duckdb"]
    book = Book(tmp_path, *map(code.format, modules))
    said = book.run()[2]
    assert all(f"runs every time: {module} may" in line for module, line in zip(modules, said, strict=True)), said
    assert book.ran() == [True] * 3


def test_the_network_is_never_kept(tmp_path):
    code = (
        "import socket\nwith socket.socket() as s:\n    try: s.connect(('127.0.0.1', 9))\n"
        "    except OSError: pass\nprint(1)"
    )
    book = Book(tmp_path, code)
    assert "the network" in book.run()[2][0] and book.ran() == [True]


SEEN = {
    "exists": ("import os; print(os.path.exists('notes/later.txt'))", {"notes/later.txt": "there"}),
    "Path.exists": ("import pathlib; print(pathlib.Path('notes/later.txt').exists())", {"notes/later.txt": "there"}),
    "getsize": ("import os; print(os.path.getsize('notes/n.txt'))", {"notes/n.txt": "longer than before"}),
    "stat": ("import os; print(os.stat('notes/n.txt').st_size)", {"notes/n.txt": "longer than before"}),
    "scandir": ("import os; print([e.stat().st_size for e in os.scandir('data')])", {"data/d.csv": "longer, too"}),
    "is_dir": ("import pathlib; print(pathlib.Path('notes/deep').is_dir())", {"notes/deep/x": ""}),
}


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
def test_what_stat_was_asked_is_an_input(tmp_path, kernels):
    book = Book(tmp_path, *(code for code, _ in SEEN.values()), kernels=kernels)
    first = book.run()[0]
    assert not any(book.ran())
    books.write(tmp_path, {"other.txt": "2"})
    assert not any(book.ran())
    for _, change in SEEN.values():
        books.write(tmp_path, change)
    again, ran, _ = book.run()
    assert all(ran) and not [how for how, old, new in zip(SEEN, first, again, strict=True) if old == new]
    assert not any(book.ran())


def test_a_changed_file_of_which_only_the_existence_was_asked_runs_nothing(tmp_path):
    book = Book(tmp_path, SEEN["exists"][0].replace("later", "n"))
    book.run()
    books.write(tmp_path, {"notes/n.txt": "changed"})
    assert book.ran() == [False]


def test_a_symlink_that_comes_to_lead_elsewhere(tmp_path):
    codes = [
        "print(open('now/x.txt').read())",
        "import os; print(os.path.realpath('now'))",
        "import os; print(os.listdir('now'))",
        "import pathlib; print(pathlib.Path('now').joinpath('x.txt').read_text())",
    ]
    books.write(tmp_path, {"one/x.txt": "old", "two/x.txt": "new", "two/y.txt": ""})
    (tmp_path / "now").symlink_to("one")
    book = Book(tmp_path, *codes)
    first = book.run()[0]
    assert not any(book.ran())
    (tmp_path / "now").unlink()
    (tmp_path / "now").symlink_to("two")
    again, ran, _ = book.run()
    assert all(ran) and not [code for code, old, new in zip(codes, first, again, strict=True) if old == new]


def test_a_cell_that_makes_its_own_folder_is_kept(tmp_path):
    code = (
        "import os, pathlib, shutil, tempfile\nos.makedirs('made', exist_ok=True)\np = pathlib.Path('made/f')\n"
        "if not p.exists(): p.write_text('x')\nwith tempfile.TemporaryDirectory() as d:\n"
        "    (pathlib.Path(d) / 't').write_text('t')\n    print(os.path.getsize(os.path.join(d, 't')))"
    )
    book = Book(tmp_path, code)
    book.run()
    assert book.ran() == [False]
    shutil.rmtree(tmp_path / "made")
    assert book.run()[0] == ["1\n"]


def chapters(folder, codes, said, **options):
    """What each chapter's cell gives, {file: text}, of chapters with one cell each that are run at once."""
    cells = {file: [Cell(code, {}, 1, 2)] for file, code in codes.items()}
    out = execute.run(folder, cells, report=said.append, kernels=books.KINDS[0], **options)
    return {file: outputs[0][-1]["data"]["text/plain"] for file, outputs in out.items()}


READS = "import pathlib\npath = pathlib.Path('made.txt')\npath.read_text() if path.exists() else 'nothing'"
WRITES = (
    "import time, pathlib\ntext = open('data/d.csv').read()\ntime.sleep(3 * (text == 'a'))\n"
    "pathlib.Path('made.txt').write_text(text)\ntext"
)


def test_a_chapter_that_read_what_another_then_wrote_is_run_once_more(tmp_path):
    books.write(tmp_path, {"data/d.csv": "a", "made.txt": "older"})
    codes, said = {"reads.qmd": READS, "writes.qmd": WRITES}, []
    assert chapters(tmp_path, codes, said) == {"reads.qmd": "'a'", "writes.qmd": "'a'"}
    assert "once more, after what they read: reads.qmd" in said
    assert chapters(tmp_path, codes, said := []) and said == ["reads.qmd unchanged", "writes.qmd unchanged"]
    (tmp_path / "data/d.csv").write_text("b")  # the reader is unchanged until the writer has run
    assert chapters(tmp_path, codes, said := []) == {"reads.qmd": "'b'", "writes.qmd": "'b'"}
    assert said[0] == "reads.qmd unchanged" and said[-1].startswith("reads.qmd ")


def test_a_chapter_that_is_to_run_last_starts_when_the_others_are_done(tmp_path):
    books.write(tmp_path, {"data/d.csv": "a"})
    codes, said = {"reads.qmd": READS, "writes.qmd": WRITES}, []
    assert chapters(tmp_path, codes, said, last={"reads.qmd"}) == {"reads.qmd": "'a'", "writes.qmd": "'a'"}
    assert [line.partition(" ")[0] for line in said] == ["writes.qmd", "reads.qmd"]


def test_chapters_that_wait_for_each_other_come_to_an_end(tmp_path):
    code = (
        "import pathlib\nn = int(pathlib.Path('{}.txt').read_text())\n"
        "_ = pathlib.Path('{}.txt').write_text(str(n + 1))\nn"
    )
    books.write(tmp_path, {"a.txt": "0", "b.txt": "0"})
    said = []
    chapters(tmp_path, {"a.qmd": code.format("a", "b"), "b.qmd": code.format("b", "a")}, said)
    assert sum(line.startswith("a.qmd") for line in said) <= execute.ROUNDS
