"""Stored results are fresh, a part of each, computed again, is what is stored, and what makes one stale."""

import ast
import importlib
import json
import multiprocessing
import os
import random
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import edits
import numpy as np
import pandas as pd
import pytest
from books import thorough

from bargain import evidence, reach, reads, results

JOBS = {name: (f"chunks.{job.module}", job.function) for name, job in results.JOBS.items()}


@pytest.mark.parametrize("name", results.JOBS)
def test_stored_tables_are_fresh(name):
    assert results.changed(name) == [], f"results/{name}.csv is stale: run `make results`"


@pytest.mark.slow
@pytest.mark.parametrize("name", results.JOBS)
def test_a_random_chunk_is_what_is_stored(name):
    number = random.SystemRandom().randrange(results.JOBS[name].chunks)
    again = results.chunk(name, number)
    stored = results.load(name)
    stored = stored[stored["chunk"] == number].reset_index(drop=True)
    assert list(again.columns) == list(stored.columns), f"chunk {number}"
    for column in stored:
        if pd.api.types.is_numeric_dtype(stored[column]):
            assert np.allclose(again[column], stored[column], rtol=1e-6, atol=1e-9, equal_nan=True), (number, column)
        else:
            told = [list(frame[column].astype(object).fillna("")) for frame in (again, stored)]
            assert told[0] == told[1], (number, column)


# ------------------------------------------------------------------------------------------ code, in a small package
FILES = {
    "model.py": """import bargain.parts.deep as deep
from bargain import evidence, parts, tools
from bargain.parts import passed_on, panel as renamed
SCALE = 2
RULES = {}

def helper(x):
    table = [other for other in range(x)]
    return tools.twice(x) * SCALE + len(table)

def rule(f):
    RULES[f.__name__] = f
    return f

@rule
def registered(x):
    return x + 7

def job(k):
    from bargain.late import inside
    from . import sibling
    thing = tools.Thing(k)
    return helper(k) + inside(k) + sibling.near(k) + passed_on(k) + renamed(k) + parts.rates.rate(k) + deep.far(
        thing.worth()) + evidence.table("one") + sum(f(k) for f in RULES.values())

def draw(t):
    return tools.other(t)
""",
    "tools.py": '''def twice(x):
    """Doubles."""
    return 2 * x

def other(x):
    return x

class Thing:
    size = 3
    def __init__(self, x):
        self.x = x
    def worth(self):
        return self.x + self.size
''',
    "late.py": "def inside(x):\n    return x - 1\n\ndef outside(x):\n    return x - 2\n",
    "sibling.py": "def near(x):\n    return x - 3\n",
    "evidence.py": "def table(name):\n    return 0\n",
    "__init__.py": "",
    "parts/__init__.py": """from bargain.parts.panel import panel
from .rates import *
from .deep import far as passed_on
""",
    "parts/panel.py": "def panel(x):\n    return x + 4\n",
    "parts/rates.py": "UNIT = 5\n\ndef rate(x):\n    return x * UNIT\n\ndef unused(x):\n    return x\n",
    "parts/deep.py": "def far(x):\n    return x + 6\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """write(file, text) in a package `bargain` of its own; the hash of its model.job is taken by `package.hash()`."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(reach, "PACKAGE", tmp_path)

    def code(file=None, text=None):
        if file:
            (tmp_path / file).write_text(text)
        reach.forget()
        return reach.code_hash("model", "job")

    yield code
    monkeypatch.undo()
    reach.forget()


def test_a_kept_hash_rests_on_the_modules_that_were_followed_and_on_no_other(package, tmp_path):
    """What a page opens is what it is run again for; a file cut short is worked out anew."""
    (tmp_path / "drawing.py").write_text("def draw(x):\n    return x\n")
    first, kept = package(), tmp_path / "__pycache__" / "reach.json"
    modules = json.loads(kept.read_text("utf-8"))["model.job"]["modules"]
    assert {"model", "late", "parts.deep"} <= set(modules) and "drawing" not in modules
    kept.write_text(kept.read_text("utf-8")[:40])
    assert package() == first
    assert package("late.py", FILES["late.py"].replace("- 1", "- 9")) != first
    assert package("late.py", FILES["late.py"]) == first


@pytest.mark.parametrize(
    "file, old, new, stale",
    [
        ("model.py", "return tools.other(t)", "return 2", False),  # a drawing
        ("tools.py", "return x\n\nclass", "return x + 1\n\nclass", False),  # a function that only a drawing reaches
        ("tools.py", "Doubles.", "Gives the double.", False),
        ("tools.py", "def twice(x):", "def twice(x: float) -> float:  # typed", False),
        ("model.py", "table = [", "table: list[int] = [", False),
        ("model.py", "    table = [", "    table: list[int]\n    table = [", False),
        ("model.py", "    table = [", "    checks.finite(x=x)\n    table = [", False),
        ("tools.py", "    size = 3", "    size = 3\n    def __post_init__(self):\n        checks.finite(x=3)", False),
        ("tools.py", "    size = 3", "    size = 3\n    def __post_init__(self):\n        self.size = 4", True),
        ("model.py", "SCALE = 2", "SCALE: int = 2", False),
        ("tools.py", "    size = 3", "    size: int = 3", True),  # a field, where the class makes fields of annotations
        ("evidence.py", "return 0", "return check(0)", True),  # called by a model; what lies behind is hashed itself
        ("late.py", "x - 2", "x - 20", False),
        ("parts/rates.py", "return x\n", "return -x\n", False),
        ("model.py", "SCALE = 2", "SCALE = 3", True),
        ("tools.py", "return 2 * x", "return 3 * x", True),
        ("model.py", "return helper(k)", "return 1 + helper(k)", True),
        ("late.py", "x - 1", "x - 10", True),  # imported inside the function
        ("sibling.py", "x - 3", "x - 30", True),  # by a relative import
        ("parts/panel.py", "x + 4", "x + 40", True),  # passed on by a package, under another name
        ("parts/rates.py", "UNIT = 5", "UNIT = 50", True),  # a module of a package, an attribute
        ("parts/deep.py", "x + 6", "x + 60", True),
        ("parts/__init__.py", "deep import far as passed_on", "panel import panel as passed_on", True),
        ("tools.py", "size = 3", "size = 30", True),  # a class, by way of a method
        ("model.py", "return x + 7", "return x + 70", True),  # found in a registry
        ("model.py", "@rule\n", "", True),
    ],
)
def test_a_result_is_stale_exactly_if_code_it_reaches_has_changed(package, file, old, new, stale):
    assert old in FILES[file]
    before = package()
    assert (package(file, FILES[file].replace(old, new)) != before) == stale


def test_a_module_handed_on_as_a_value_is_reached_whole(package):
    before = package("model.py", "from bargain import tools\n\ndef job(k):\n    return getattr(tools, k)\n")
    assert package("tools.py", FILES["tools.py"].replace("return x\n", "return x + 1\n")) != before


def test_a_job_without_a_function_is_named(package):
    package()
    with pytest.raises(LookupError, match="no function missing in bargain.model"):
        reach.reached("model", "missing")


# ------------------------------------------------------------------------------------------ code, in this package
def _ran(name):
    """(file, first line) of every function of the package that runs in a quick look at a chunk of a job."""
    ran, here = set(), str(reach.PACKAGE)

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(here):
            ran.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    importlib.import_module(f"bargain.{JOBS[name][0]}")  # what runs then is not the job's
    reads.start()
    sys.setprofile(note)
    try:
        results.chunk(name, 0)
    finally:
        sys.setprofile(None)
    return ran, reads.noted()


def _in_quick_look(name):
    os.environ |= {"BARGAIN_QUICK": "1", "BARGAIN_STALE": "use"}
    results.folder = lambda: evidence.ROOT / "results"  # the tables that a job loads: quick ones need not be there
    return _ran(name)


def _looked(name):
    """`_ran` in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_in_quick_look, name).result()


def _unit(file, line):
    """(module, name) of the top-level definition that holds a line of a file of the package."""
    module = os.path.relpath(file, reach.PACKAGE).removesuffix(".py").replace(os.sep, ".").removesuffix(".__init__")
    for name, nodes in reach.parsed(module).units.items():
        for node in nodes:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            if first <= line <= node.end_lineno:
                return module, name
    return module, None


# a job, and how many of its functions are edited one by one: each edit makes the whole package be read again
LOOKED_AT = [("own_kim_effects", 4), *(pytest.param(name, 12, marks=pytest.mark.slow) for name in results.JOBS)]


@pytest.mark.parametrize("name, edited", LOOKED_AT)
def test_every_function_that_a_job_runs_makes_it_stale(name, edited, tmp_path, monkeypatch):
    ran, _ = _looked(name)
    units = {_unit(file, line) for file, line in ran}
    units = {u for u in units if u[1] and u[0].split(".")[0] not in reach.LOADER}
    assert len(units) > 2, "a job runs more than itself"
    assert units - reach.reached(*JOBS[name]) == set()
    # and an edit of any, in a copy, is seen: of a few here, others for another job
    some = random.Random(name).sample(sorted(units), min(edited, len(units)))
    copy = shutil.copytree(reach.PACKAGE, tmp_path / "bargain", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reach, "PACKAGE", copy)
    reach.forget()
    before, missed = reach.code_hash(*JOBS[name]), []
    for module, unit in some:
        path = reach.path(module)
        text = path.read_text("utf-8")
        node = reach.parsed(module).units[unit][-1]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            lines = text.splitlines(keepends=True)
            body = node.body[0]
            first = min([body.lineno, *(d.lineno for d in getattr(body, "decorator_list", ()))])
            assert first > node.lineno, f"{unit} stands on one line: this test cannot edit it"
            lines.insert(first - 1, " " * body.col_offset + "edited = 1\n")
            path.write_text("".join(lines), "utf-8")
            reach.forget()
            if reach.code_hash(*JOBS[name]) == before:
                missed.append((module, unit))
            path.write_text(text, "utf-8")
            reach.forget()
    monkeypatch.undo()
    reach.forget()
    assert missed == []


def test_no_job_reaches_a_drawing_or_a_sentence():
    for name, job in JOBS.items():
        rooms = {module.split(".")[0] for module, _ in reach.reached(*job)}
        assert not rooms & {"plots", "words", "prose", "appendices"}, name


# --------------------------------------------------------------------------------------------------- what is read
def test_reads_are_noted_row_by_row():
    reads.start()
    try:
        register = evidence.assumptions()
        ids = list(register._frame.index)
        assert reads.noted() == []
        _ = register.loc[ids[0]], register.at[ids[1], "high"], ids[2] in register.index, evidence.central(ids[3])
        some = register.loc[ids[4:6]]
        assert reads.noted() == sorted(f"assumptions/{i}" for i in ids[:4])
        _ = some["low"]
        assert reads.noted() == sorted(f"assumptions/{i}" for i in ids[:6])
        picked = register[register["chapter"] == "1"]
        assert "column/chapter" in reads.noted()
        evidence.table("gdp"), evidence.coverage("aid")
        assert {"data/gdp", "coverage/aid"} <= set(reads.noted())
        _ = picked.to_dict()
        assert {f"assumptions/{i}" for i in picked._frame.index} <= set(reads.noted())
    finally:
        reads.stop()
    assert isinstance(evidence.assumptions(), pd.DataFrame)


def test_what_functions_keep_from_earlier_calls_hides_no_read():
    from bargain import deal

    seen = []
    for _ in range(2):
        reads.start()
        deal.table()
        seen.append(reads.noted())
    reads.stop()
    assert seen[0] == seen[1] != []


def test_importing_a_module_reads_no_data():
    """A value taken while a module is imported would be noted for one job only."""
    program = (
        "import importlib, pkgutil, bargain\nfrom bargain import reads\nreads.start()\n"
        "for m in pkgutil.walk_packages(bargain.__path__, 'bargain.'):\n"
        "    m.name.endswith('__main__') or importlib.import_module(m.name)\nprint(reads.noted())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_row_makes_stale_exactly_the_tables_that_read_it(monkeypatch):
    stored = results.manifest()
    value = results.value
    fresh = {n for n in stored if not results.changed(n)}
    for key in ("assumptions/doubt_kim", "assumptions/conc_dealer", "data/deal_steps", "assumptions/warn_median"):
        monkeypatch.setattr(results, "value", lambda k, key=key: "other" if k == key else value(k))
        assert {n for n in fresh if results.changed(n)} == {n for n in fresh if key in stored[n]["reads"]}


def test_every_assumption_is_read_by_a_table_or_named_in_the_package():
    """A row that nothing can read moves nothing; ids made of parts are found by their parts."""
    stored = {key.partition("/")[2] for entry in results.manifest().values() for key in entry.get("reads", ())}
    code = "\n".join(p.read_text("utf-8") for p in reach.PACKAGE.rglob("*.py"))
    code += "\n".join(
        p.read_text("utf-8") for p in [*(evidence.ROOT / "chapters").glob("*.qmd"), *evidence.ROOT.glob("*.qmd")]
    )
    made = [
        re.compile("[a-zA-Z0-9_]+".join(map(re.escape, re.split(r"\{[^{}]+\}", text))) + "$")
        for text in re.findall(r"""f["']((?:\w*\{[^{}]+\}\w*)+)["']""", code)
        if re.search(r"\w_|_\w", text)
    ]
    known = stored | set(re.findall(r"\w+", code))
    lost = [i for i in evidence.assumptions().index if i not in known and not any(m.match(i) for m in made)]
    assert lost == []


@pytest.mark.parametrize(
    "module, function, job, counts",
    [
        ("evidence", "central", "exchange_sizes", True),
        ("evidence", "quick", "exchange_lists", True),
        ("results", "load", "decisive_rows", True),
        ("evidence.integrity", "broken", "exchange_sizes", False),  # a new check changes no number
    ],
)
def test_of_the_loader_what_a_model_calls_makes_its_tables_stale(tmp_path, monkeypatch, module, function, job, counts):
    copy = shutil.copytree(reach.PACKAGE, tmp_path / "bargain", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reach, "PACKAGE", copy)
    reach.forget()
    before, path = reach.code_hash(*JOBS[job]), reach.path(module)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    node = reach.parsed(module).units[function][-1].body[-1]
    lines.insert(node.lineno - 1, " " * node.col_offset + "edited = 1\n")
    path.write_text("".join(lines), "utf-8")
    reach.forget()
    assert (reach.code_hash(*JOBS[job]) != before) == counts
    monkeypatch.undo()
    reach.forget()


# ----------------------------------------------------------------------------------------------- runs that go wrong
SLOW = """import os, time, pandas as pd
from bargain import evidence, results
results.JOBS = {"slow_one": results.Job("slow", "one_chunk", 4)}
results.reach.code_hash = lambda module, function: open(os.path.join(os.environ["WORK"], "code")).read()
results.chunk = lambda name, k: (time.sleep(float(os.environ.get("NAP", 0))),
                                 open(os.path.join(os.environ["WORK"], f"ran-{k}"), "a").write("x"),
                                 1 / (os.environ.get("FAIL") != str(k)),
                                 pd.DataFrame({"chunk": [k], "x": [evidence.central("doubt_kim")]}))[-1]
results.folder = lambda: __import__("pathlib").Path(os.environ["WORK"]) / "results"
results.WORKERS = int(os.environ.get("WORKERS", 1))
if __name__ == "__main__":
    raise SystemExit(results.main(os.environ.get("ASK", "--stale").split()))
"""


@pytest.fixture
def slow(tmp_path):
    """run(**environment): start a run of one job with four chunks, in a folder of its own."""
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "code").write_text("1")

    def run(wait=True, **env):
        made = subprocess.Popen(
            [sys.executable, "slow.py"],
            cwd=tmp_path,
            env=os.environ | {"WORK": str(tmp_path), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return (made, *made.communicate(timeout=60)) if wait else made

    run.folder = tmp_path
    marks = [tmp_path / f"ran-{k}" for k in range(4)]
    run.times = lambda: [mark.read_text() if mark.exists() else "" for mark in marks]
    return run


def _until(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_interrupted_run_goes_on_where_it_was(slow):
    first = slow(wait=False, NAP="0.7")
    _until(lambda: len(list((slow.folder / "results").glob("parts/*.json"))) == 2)
    os.killpg(first.pid, signal.SIGINT)
    out, err = first.communicate(timeout=30)
    assert first.returncode == 130 and "the chunks that were done are kept" in err and "Traceback" not in err
    assert not (slow.folder / "results" / "slow_one.csv").exists()
    done, out, err = slow()
    assert done.returncode == 0 and "2 chunks are kept" in out, out + err
    assert slow.times()[:2] == ["x", "x"] and all(slow.times())
    assert len(pd.read_csv(slow.folder / "results" / "slow_one.csv")) == 4
    assert not list((slow.folder / "results").glob("parts*"))
    assert "All 1 stored tables are fresh" in slow()[1]


@pytest.mark.parametrize("how", thorough([signal.SIGKILL, signal.SIGTERM]))
def test_of_a_run_that_is_killed_nothing_is_left_that_would_stop_the_next(slow, how):
    first = slow(wait=False, NAP="1", WORKERS="2")
    _until(lambda: (slow.folder / "ran-1").exists())
    os.kill(first.pid, how)  # the run alone, and none of those that compute for it
    first.communicate(timeout=30)  # nor does one of them hold its streams
    done, out, err = slow()
    assert done.returncode == 0 and "waiting" not in out, out + err
    assert len(pd.read_csv(slow.folder / "results" / "slow_one.csv")) == 4


PAIR = """import time, pandas as pd
from bargain import evidence, results
results.JOBS = {name: results.Job("slow", name, 2) for name in ("last", "first")}
results.AFTER = {"last": ("first",)}
results.reach.code_hash = lambda module, function: open(f"{function}.code").read()
def chunk(name, k):
    time.sleep(0.2)
    with open("ran", "a") as file:  # not printed: beside the plan's lines, on one pipe, a line may be torn
        file.write(f"{name}\\n")
    got = len(results.load("first")) if name == "last" else evidence.central("doubt_kim")
    return pd.DataFrame({"chunk": [k], "x": [got]})
results.chunk, results.folder = chunk, lambda: __import__("pathlib").Path("results")
results.WORKERS = 2
if __name__ == "__main__":
    raise SystemExit(results.main())
"""


def test_a_table_that_another_loads_is_computed_first_and_makes_it_stale(tmp_path):
    """Asked for alone, it brings the other along; the plan names both as soon as the first is stale."""
    (tmp_path / "pair.py").write_text(PAIR)

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "pair.py", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for name in ("first", "last"):
        (tmp_path / f"{name}.code").write_text("1")
    both = ["first"] * 2 + ["last"] * 2
    run("last")
    assert (tmp_path / "ran").read_text().split() == both
    assert "All 2 stored tables are fresh" in run("--stale")
    (tmp_path / "first.code").write_text("2")
    planned = run("--stale", "--plan")
    assert re.search(r"^ +first .* code$", planned, re.M) and re.search(r"^ +last .* result first", planned, re.M)
    run("last")
    assert (tmp_path / "ran").read_text().split() == both * 2


def test_what_a_job_loads_is_known_before_it_runs():
    for name, entry in results.manifest().items():
        loaded = {key.removeprefix("results/") for key in entry["reads"] if key.startswith("results/")}
        assert loaded == set(results.AFTER.get(name, ())), name


def test_kept_chunks_are_not_used_when_the_code_has_changed(slow):
    assert slow(FAIL="3")[0].returncode == 1
    (slow.folder / "code").write_text("2")
    assert slow()[0].returncode == 0 and slow.times() == ["xx", "xx", "xx", "xx"]


def test_a_chunk_that_fails_is_named_and_the_others_are_kept(slow):
    done, out, err = slow(FAIL="2")
    assert done.returncode == 1 and "chunk 2 of slow_one failed: ZeroDivisionError" in err and "Traceback" not in err
    assert slow()[0].returncode == 0 and slow.times()[:2] == ["x", "x"]


def test_of_two_runs_at_once_one_waits_and_nothing_is_computed_twice(slow):
    first = slow(wait=False, NAP="0.5")
    _until(lambda: (slow.folder / "ran-0").exists())
    os.killpg(first.pid, signal.SIGSTOP)  # however long the second takes to start
    second = slow(wait=False)
    said = second.stdout.readline()
    while said and "waiting" not in said:
        said = second.stdout.readline()
    os.killpg(first.pid, signal.SIGCONT)
    assert "another run computes results: waiting" in said and second.wait(timeout=60) == 0
    assert first.wait(timeout=30) == 0
    assert slow.times() == ["x"] * 4


def test_a_table_cut_short_is_computed_again_and_says_so(slow):
    slow()
    table = slow.folder / "results" / "slow_one.csv"
    whole = table.read_text()
    table.write_text(whole[:9])
    done, out, err = slow()
    assert done.returncode == 0 and "edited or cut short" in out and table.read_text() == whole


def test_a_broken_manifest_is_a_sentence(tmp_path, monkeypatch, capsys):
    name = next(iter(results.JOBS))
    entry = {"code": "", "chunks": 0, "reads": {}, "rows": 1, "seconds": 1, "sha256": ""}
    path, whole = tmp_path / "manifest.json", json.dumps({name: entry})
    monkeypatch.setattr(results, "folder", lambda: tmp_path)
    path.write_text(whole)
    assert results.manifest() == {name: entry}
    for broken in (
        "[]",
        "null",
        '{"slow_one": 3}',
        whole[:40],
        *(json.dumps({name: {k: v for k, v in entry.items() if k != key}}) for key in ("sha256", "reads")),
    ):
        path.write_text(broken)
        assert results.main(["--stale"]) == 1
        told = capsys.readouterr().err
        assert "manifest.json cannot be read" in told and "git checkout" in told and path.read_text() == broken


def test_the_plan_tells_what_and_how_long(slow):
    assert "not timed yet" in slow(ASK="--plan")[1] and not any(slow.times())
    slow()
    (slow.folder / "code").write_text("2")
    out = slow(ASK="--stale --plan")[1]
    assert "slow_one" in out and "code" in out and re.search(r"about \d+ s on 1 processors", out)


def test_an_edited_result_is_noticed(tmp_path, monkeypatch):
    text, name = "chunk,x\n0,1\n", next(iter(results.JOBS))
    entry = {"code": "", "chunks": 0, "reads": {}, "rows": 1, "seconds": 1, "sha256": results._sha(text)}
    (tmp_path / "manifest.json").write_text(json.dumps({name: entry}))
    (tmp_path / f"{name}.csv").write_text(text.replace("1", "2"))
    monkeypatch.setattr(results, "folder", lambda: tmp_path)
    assert "edited or cut short" in results.changed(name)[0]
    monkeypatch.setenv("BARGAIN_STALE", "error")
    with pytest.raises(results.StaleResult, match="make results"):
        results.load(name)


def test_a_quick_look_takes_fewer_draws_and_lies_apart(monkeypatch):
    def told(quick):
        monkeypatch.setenv("BARGAIN_QUICK", quick)
        edits.forget()
        evidence._table.cache_clear()
        return evidence.central("n_schedules"), evidence.central("n_log2"), evidence.quick(512), results.folder()

    try:
        (schedules, power, number, folder), quick = told(""), told("1")
    finally:
        told("")
    assert quick == (schedules // 10, power - 3, 51, folder / "quick") and number == 512


def test_the_command_answers():
    done = subprocess.run([sys.executable, "-m", "bargain.results", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout, done.stderr


@pytest.mark.parametrize("asked", ["--list", "--plan"])
def test_the_command_tells_what_is_stored(asked, capsys):
    assert results.main([asked]) == 0
    told = capsys.readouterr().out
    assert told if asked == "--plan" else all(f"{name}: " in told for name in results.JOBS)


def _commands():
    """Modules of the project that can be run."""
    files = [p for room in ("bargain", "press", "benchmarks") for p in (evidence.ROOT / room).rglob("*.py")]
    said = [p.relative_to(evidence.ROOT) for p in files if '__name__ == "__main__"' in p.read_text("utf-8")]
    return sorted(str(p).removesuffix(".py").replace(os.sep, ".").removesuffix(".__main__") for p in said)


def _helps(out, err):
    """Whether a command says how it is called, and no more."""
    assert not err, err
    assert re.search(r"usage|python -m", out), "it runs in place of saying how it is called"


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
@pytest.mark.parametrize("module", _commands())
def test_every_command_has_help(module, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    try:
        runpy.run_module(module, run_name="__main__")
    except SystemExit as stop:
        assert not stop.code
    _helps(*capsys.readouterr())


@pytest.mark.slow
@pytest.mark.parametrize("module", _commands())
def test_every_command_has_help_in_a_process_of_its_own(module):
    done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, cwd=evidence.ROOT)
    assert done.returncode == 0
    _helps(done.stdout, done.stderr)


def test_an_unknown_table_is_refused(capsys):
    assert results.main(["no_such"]) == 1 and "no such result: no_such" in capsys.readouterr().err
