"""The project in a folder whose name has spaces and letters, with another locale, time zone and umask."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import books
import pytest

ROOT = Path(__file__).parents[2]
BUILT = (".git", ".venv", "_book", "_quick", ".press", "__pycache__", "notebooks", "figures", "parts", ".*_cache")
ODD = {"LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Kiritimati"}
# In that locale Python chooses UTF-8 by itself. Where this help is withdrawn, a file that is opened without a word on
# its encoding is found, and a message that the terminal cannot show.
STRICT = {**ODD, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(command, folder, umask=0o022, **environment):
    """A command in a folder, to its end: what came of it, as bytes."""
    kept = {k: v for k, v in os.environ.items() if k not in ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ")}
    kept = {k: v for k, v in kept.items() if not k.startswith("MAKE")} | environment
    return subprocess.run(command, cwd=folder, capture_output=True, env=kept, umask=umask)


def files(folder):
    """{path: bytes} of what a build published."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A copy of the project in such a folder, with this environment's Python and without its pip."""
    folder = tmp_path_factory.mktemp("elsewhere") / "Büro & Co, a  copy"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*BUILT))
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\ntest "$2" != pip || exit 9\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    ready = 'echo ".venv/ready-$(cat requirements.lock pyproject.toml | cksum | cut -d" " -f1)"'
    (folder / subprocess.check_output(["sh", "-c", ready], cwd=folder, text=True).strip()).touch()
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_make_check_there(elsewhere, umask):
    """It passes; a wrong cell is named with the file and line; nothing is left behind."""
    before = sorted(p for p in elsewhere.rglob("*") if "__pycache__" not in p.parts)
    done = run(["make", "check"], elsewhere, umask, **STRICT)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    table = elsewhere / "data" / "gdp.csv"
    rows = table.read_text("utf-8")
    try:
        table.write_text(rows + rows.splitlines()[-1] + "\n", "utf-8")
        bad = run(["make", "check"], elsewhere, umask, **STRICT)
    finally:
        table.write_text(rows, "utf-8")
    assert bad.returncode != 0 and f"gdp.csv, line {len(rows.splitlines()) + 1}".encode() in bad.stderr
    assert b"Traceback" not in bad.stderr
    assert sorted(p for p in elsewhere.rglob("*") if "__pycache__" not in p.parts) == before


@pytest.mark.slow
def test_make_says_what_it_would_compute_there(elsewhere):
    done = run(["make", "results", "no_such"], elsewhere, **STRICT)
    assert done.returncode != 0 and b"no such result: no_such" in done.stderr, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("umask, mode", [(0o077, 0o600), (0o000, 0o666)])
def test_the_press_gives_the_same_bytes_there(sample_book, tmp_path, umask, mode):
    """The sample book, pages and PDF; and the umask is the reader's, for all that is written."""
    folder = books.copy("sample", tmp_path / "Büro & Co, a  copy")
    command = [sys.executable, "-m", "press", str(folder), "--output", str(folder / "out put")]
    done = run(command, ROOT, umask, **ODD)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    there, here = files(folder / "out put"), files(sample_book / "_book")
    assert set(there) == set(here)
    assert [name for name in here if here[name] != there[name]] == []
    made = [p for p in (folder / "out put").rglob("*") if p.is_file()]
    assert {stat.S_IMODE(p.stat().st_mode) for p in made} == {mode}
