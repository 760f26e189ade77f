"""Kernels: forked and plain ones give the same, many start at once, and none outlives the press."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import books
import pytest

from press import execute, warm
from press.source import Cell

needs_fork = pytest.mark.skipif(not warm.FORKS, reason="kernels are forked on Linux only")
ROOT = Path(__file__).parents[2]


def cells(*codes):
    return [Cell(code, {}, 1, 2) for code in codes]


def run(book, kernels, *codes, **options):
    """The outputs of a book of one chapter with cells of these codes."""
    (book / "chapters").mkdir(parents=True, exist_ok=True)
    chapters = {"chapters/one.qmd": cells(*codes)}
    out = execute.run(book, chapters, kernels=kernels, fresh=True, report=lambda _: None, **options)
    return out["chapters/one.qmd"]


def text(outputs):
    """The plain text of a cell's last output."""
    return outputs[-1]["data"]["text/plain"] if "data" in outputs[-1] else outputs[-1]["text"]


def test_forked_and_plain_kernels_give_the_same(tmp_path):
    codes = (
        "import sys, warnings\nsys.modules.setdefault('rfc3987_syntax', None)\n"  # seconds of jsonschema's
        "import pandas as pd, altair as alt\nprint(sys.path, sys.argv[:2], __name__)",
        "frame = pd.DataFrame({'a': [1, 2]})\nframe",
        "alt.Chart(frame, description='two bars').mark_bar().encode(x='a:O').to_dict()",
        "warnings.warn('careful')\nhandle = display('one', display_id='d')",
        "from IPython.display import update_display, clear_output\nupdate_display('two', display_id='d')",
        "print('gone')\nclear_output()\nprint('kept')",
        "print(1)\nprint(2, file=sys.stderr)\nprint(3)",
        "{'set of words', 'in an order', 'that the hash seed decides', 'a', 'b'}.pop()",
        "import subprocess\nsubprocess.run(['echo', 'from a subprocess'])",
        "!echo from a shell",
        "import os; os.environ['OMP_NUM_THREADS'], os.environ.get('COLUMNS'), sys.stdin.read()",
    )
    given = {kind: run(tmp_path, kind, *codes) for kind in books.KINDS}
    plain = given["plain"]
    assert given.get("fork", plain) == plain
    assert "''" in text(plain[0][:1])  # the chapter's folder is on the path
    assert "text/html" in plain[1][-1]["data"] and plain[3][-1]["data"]["text/plain"] == "'two'"
    assert plain[5] == [{"output_type": "stream", "name": "stdout", "text": "kept\n"}]
    assert plain[3][0]["text"] == "cell:1: UserWarning: careful\n  warnings.warn('careful')\n"
    assert "from a subprocess" in text(plain[8][:1]) and "from a shell" in text(plain[9])


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
def test_a_kernel_finds_nothing_of_the_press_or_of_the_book(tmp_path, kernels):
    for name in ("model", "source", "cache", "inside"):
        (tmp_path / f"{name}.py").write_text("value = 'the book has it'\n")
    out = run(
        tmp_path,
        kernels,
        "import sys\nbefore = set(sys.modules)\nsys.path.insert(0, '..')",
        "import model, source, cache, inside\nmodel.value, source.value, cache.value, inside.value",
        "sorted({m for m in before if m.partition('.')[0] in ('press', 'model', 'source', 'cache', 'inside')})",
        "import os; os.getcwd()",
    )
    assert text(out[1]).count("the book has it") == 4
    assert text(out[2]) == "[]"
    assert text(out[3]) == repr(str(tmp_path / "chapters"))


@needs_fork
def test_forked_kernels_draw_different_random_numbers(tmp_path):
    code = "import random\nimport numpy as np\n(np.random.rand(), random.random())"
    chapters = {f"{n}.qmd": cells(code) for n in "ab"}
    out = execute.run(tmp_path, chapters, kernels="fork", report=lambda _: None)
    a, b = (eval(text(out[name][0]), {"np": __import__("numpy")}) for name in chapters)
    assert a[0] != b[0] and a[1] != b[1]


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
def test_sixteen_kernels_at_once(tmp_path, monkeypatch, kernels):
    monkeypatch.setattr(execute, "cores", lambda: 16)
    # each waits for all the others, so they do run at once
    code = (
        "import pathlib, time\npathlib.Path(f'ready-{number}').touch()\nend = time.time() + 100\n"
        "while len(list(pathlib.Path().glob('ready-*'))) < 16 and time.time() < end: time.sleep(.05)\n"
        "number, len(list(pathlib.Path().glob('ready-*')))"
    )
    chapters = {f"{n:02}.qmd": cells(f"number = {n}", code) for n in range(16)}
    out = execute.run(tmp_path, chapters, kernels=kernels, report=lambda _: None)
    assert [text(out[name][1]) for name in chapters] == [str((n, 16)) for n in range(16)]


@needs_fork
def test_plain_kernels_where_the_warm_process_cannot_start(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(warm.subprocess, "Popen", lambda *_, **__: (_ for _ in ()).throw(OSError("no more processes")))
    kind = "open('/proc/self/cmdline').read().split('\\0')[2]"
    out = execute.run(tmp_path, {"a.qmd": cells(kind)}, kernels="fork", report=said.append)
    assert text(out["a.qmd"][0]) == "'plain'"
    assert any("no more processes" in line and "plain" in line for line in said)


@needs_fork
def test_plain_kernels_when_the_warm_process_dies(tmp_path):
    said = []
    dies = (
        "import os, pathlib, signal\nif 'warm' in pathlib.Path('/proc/self/cmdline').read_text().split('\\0'):\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n    import time; time.sleep(60)"
    )
    chapters = {"a.qmd": cells("x = 1", dies, "x + 1"), "b.qmd": cells("'b'")}
    out = execute.run(tmp_path, chapters, kernels="fork", report=said.append)
    assert text(out["a.qmd"][2]) == "2" and text(out["b.qmd"][0]) == "'b'"
    assert any("plain" in line for line in said)


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
@pytest.mark.parametrize("end, how", [("os._exit(3)", "exit code 3"), ("os.kill(os.getpid(), 9)", "SIGKILL")])
def test_a_kernel_that_dies_is_a_failing_cell(tmp_path, kernels, end, how):
    with pytest.raises(execute.CellError, match=how) as raised:
        run(tmp_path, kernels, "import os", end)
    ((file, line, _),) = raised.value.problems
    assert (file, line) == ("chapters/one.qmd", 1)


def test_the_environment_chooses_the_kind(tmp_path, monkeypatch):
    monkeypatch.setenv("PRESS_KERNELS", "spoon")
    with pytest.raises(ValueError, match="spoon"):
        run(tmp_path, None, "1")
    monkeypatch.setenv("PRESS_KERNELS", "plain")
    assert (
        text(
            run(
                tmp_path,
                None,
                "open('/proc/self/cmdline').read().split('\\0')[2]" if sys.platform == "linux" else "'plain'",
            )[0]
        )
        == "'plain'"
    )


PRESS = """
import sys
sys.path.insert(0, {root!r})
from press import execute
from press.source import Cell
hang = '''
import os, pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
part = pathlib.Path(sys.argv[0] + "." + str(os.getpid())).name
pathlib.Path(part).write_text(f"{{os.getpid()}} {{os.getppid()}} {{child.pid}}")
os.rename(part, "pids-" + str(os.getpid()))
while True:
    pass
'''
execute.run({book!r}, {{f"{{n}}.qmd": [Cell(hang, {{}}, 1, 2)] for n in range(2)}}, kernels={kernels!r})
"""


def alive(pid):
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
@pytest.mark.parametrize("number", books.thorough(books.SIGNALS))
def test_nothing_outlives_a_killed_press(tmp_path, monkeypatch, kernels, number):
    monkeypatch.setattr(execute, "cores", lambda: 2)
    folder = tempfile.mkdtemp(dir="/tmp")  # short, since sockets lie in it
    script = PRESS.format(root=str(ROOT), book=str(tmp_path), kernels=kernels)
    press = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "TMPDIR": folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wanted = min(2, execute.cores())
        deadline = time.time() + 60
        while len(found := list(tmp_path.glob("pids-*"))) < wanted and time.time() < deadline:
            assert press.poll() is None, press.stderr.read()
            time.sleep(0.05)
        assert len(found) == wanted and os.listdir(folder)
        pids = {int(pid) for file in found for pid in file.read_text().split()}
        assert all(map(alive, pids))  # kernels, what started them, and what their cells started
        press.send_signal(number)
        press.wait(60)
        assert press.returncode != 0
        deadline = time.time() + 60
        while (any(map(alive, pids)) or os.listdir(folder)) and time.time() < deadline:
            time.sleep(0.05)
        assert [pid for pid in pids if alive(pid)] == []
        assert os.listdir(folder) == []
        said = press.stderr.read()
        assert "DeadKernel" not in said and "never retrieved" not in said, said
    finally:
        press.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
def test_nothing_is_left_of_a_run(tmp_path, monkeypatch, kernels):
    folder = tempfile.mkdtemp(dir="/tmp")
    monkeypatch.setattr(tempfile, "tempdir", folder)
    try:
        out = run(
            tmp_path,
            kernels,
            "import os, subprocess, sys\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
            "print(os.getpid(), child.pid)",
            "os.environ['IPYTHONDIR']",
        )
        assert eval(text(out[1])).startswith(folder)
        deadline = time.time() + 60
        while any(alive(int(pid)) for pid in text(out[0]).split()) and time.time() < deadline:
            time.sleep(0.05)
        assert not any(alive(int(pid)) for pid in text(out[0]).split())
        assert os.listdir(folder) == []
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_what_a_crashed_machine_left_is_removed_a_day_later(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (
        ("press-kernels-abandoned", 2 * warm.ABANDONED),
        ("press-kernels-at-work", 60),
        ("of-somebody-else", 2 * warm.ABANDONED),
    ):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    with warm.socket_folder():
        assert {path.name for path in tmp_path.iterdir()} >= {"press-kernels-at-work", "of-somebody-else"}
        assert not (tmp_path / "press-kernels-abandoned").exists()
