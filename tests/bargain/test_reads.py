"""What a notebook's statements read: no more than they and the names that they mention, and no less."""

import json
import os
import random
import re
import subprocess
import sys

import pandas as pd
import pytest

from bargain import evidence, reads, results, rowpages

IDS = list(evidence.assumptions().index)


# One process imports what all need and splits for each notebook, so that none knows what another has read.
NOTEBOOK = """
import json, os, sys
import bargain.economies, bargain.plots.economies, bargain.results
from IPython.core.interactiveshell import InteractiveShell
for line in sys.stdin:
    cells, then, environment = json.loads(line)
    if os.fork():
        print("ENDED", os.wait()[1], flush=True)
        continue
    os.environ |= environment
    shell = InteractiveShell.instance()
    for cell in cells:
        shell.run_cell(cell, store_history=True).raise_error()
    print("ANSWER" + json.dumps(eval(then)), flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def run():
    """run(cells, then, **environment): run cells in a notebook's shell of its own; the value of an expression."""
    process = subprocess.Popen(
        [sys.executable, "-c", NOTEBOOK],
        cwd=evidence.ROOT / "chapters",
        env=os.environ | {"BARGAIN_STALE": "use"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def one(cells, then, **environment):
        process.stdin.write(json.dumps([cells, then, environment]) + "\n")
        process.stdin.flush()
        said = []
        for line in process.stdout:
            if line.startswith("ENDED"):
                break
            said.append(line)
        answers = [line.removeprefix("ANSWER") for line in said if line.startswith("ANSWER")]
        assert len(answers) == 1, "".join(said)[-4000:]
        return json.loads(answers[0])

    yield one
    process.stdin.close()
    assert process.wait() == 0


A, B, C = IDS[:3]
KEPT = (
    f"@reads.lru_cache(maxsize=4)\ndef outer(x):\n    return inner() + central({B!r})\n"
    f"@reads.lru_cache\ndef inner():\n    return central({A!r})"
)
STORED = next(n for n, entry in results.manifest().items() if any(k.startswith("assum") for k in entry["reads"]))
NOTEBOOKS = [  # cells whose last statement binds `got = reads.here()`, and the assumptions behind it
    ([f"a = central({A!r})\nb = central({B!r})", "got = a and reads.here()"], {A}),
    ([f"a = central({A!r})\nb = central({B!r})\ngot = b and reads.here()"], {B}),
    ([f"a = central({A!r})", f"b = a + central({B!r})", "c = b * 2", "got = c and reads.here()"], {A, B}),
    ([f"a = central({A!r})", f"a = central({B!r})", "got = a and reads.here()"], {B}),
    ([f"a = [central({A!r})]", f"a[0] += central({B!r})", "got = a and reads.here()"], {A, B}),
    ([f"a = {{}}\na[1] = central({A!r})\na[2] = central({B!r})", "got = a and reads.here()"], {A, B}),
    ([f"def f():\n    return central({A!r})", "got = f() and reads.here()"], {A}),
    ([f"f = lambda x: x + central({A!r})\nb = central({B!r})",
      f"c = f(b) - central({C!r})\ngot = c and reads.here()"], {A, B, C}),
    ([f"for i in ({A!r}, {B!r}):\n    a = central(i)", "got = a and reads.here()"], {A, B}),
    ([f"a, b = central({A!r}), 1\nc = 2", "got = c and reads.here()"], set()),
    (["rows = evidence.assumptions()\n" f"a = rows.loc[{A!r}, 'low']", "got = a and reads.here()"], {A}),
    # a kept result hides no read
    ([KEPT, "first = inner()", "a = outer(1)", "b = outer(1)", "got = b and reads.here()"], {A, B}),
    # a stored table brings what was read to make it
    ([f"a = len(results.load({STORED!r}))", "got = a and reads.here()"], None),
]  # fmt: skip


@pytest.fixture(scope="module")
def behind(run):
    """The assumptions behind the last statement of each notebook, a list."""
    first = "from bargain import evidence, reads, results\ncentral = evidence.central"
    found = "sorted(k for k in shell.user_ns['got'] if k.startswith('assumptions/'))"
    keys = [run([first, *cells], found) for cells, _ in NOTEBOOKS]
    return [[key.removeprefix("assumptions/") for key in own] for own in keys]


@pytest.mark.parametrize("k", range(len(NOTEBOOKS)))
def test_a_statement_rests_on_what_it_and_its_names_have_read(behind, k):
    expected = NOTEBOOKS[k][1]
    if expected is None:
        entry = results.manifest()[STORED]
        nested = [k.partition("/")[2] for k in entry["reads"] if k.startswith("results/")]
        keys = {k for n in (STORED, *nested) for k in results.manifest()[n]["reads"] if k.startswith("assumptions/")}
        expected = {key.removeprefix("assumptions/") for key in keys}
    assert set(behind[k]) == expected


def test_outside_a_notebook_nothing_is_noted():
    assert reads.here() is None and not reads.noting()
    evidence.central(A)
    assert isinstance(evidence.assumptions(), pd.DataFrame) and reads.here() is None


def test_what_a_check_reads_is_no_read():
    reads.start()
    try:
        with reads.paused():
            evidence.central(A)
        assert reads.noted() == []
        evidence.central(B)
        assert reads.noted() == [f"assumptions/{B}"]
    finally:
        reads.stop()


# --- on a chapter: rows that are not on a figure's page do not move it, and those that are do

CHANGE = """
from bargain import evidence
rows = evidence._table("assumptions", evidence.DATA)
some = rows["id"].isin({ids!r}) & ~rows["id"].isin({fixed!r})
rows.loc[some, "low"] = (rows.loc[some, "low"] + rows.loc[some, "central"]) / 2
rows.loc[some, "central"] = (rows.loc[some, "central"] + rows.loc[some, "high"]) / 2
evidence._centrals.cache_clear()
"""


CHANGE_ROWS = """
from bargain import evidence
for table, lines in {lines!r}.items():
    rows = evidence._table(table, evidence.DATA)
    free = [c for c in rows.select_dtypes("float") if c not in evidence.describe(table)["schema"]["primaryKey"]]
    rows.loc[lines, free] = rows.loc[lines, free] * 1.5 + 1
"""
FIGURE = """
import altair as alt
told = []
def show(rows, *tables):
    drawing = lambda t, narrow, x: alt.Chart(x).mark_point()
    try:
        theme.figure("fig-planted", drawing, rows, finding="F", unit="u", alt="a", tables=tables)
    except ValueError as error:
        told.append(str(error))
    else:
        told.append("")
"""
ECONOMIES = re.findall(
    r"^```\{python\}\n(.*?)^```", (evidence.ROOT / "chapters/04-economies.qmd").read_text("utf-8"), re.S | re.M
)


# The specification of a drawing is made, with what it reads; its pictures, which cost most, are not.
PLAIN = """
from types import SimpleNamespace
from bargain.plots import theme
theme.pictures.svg_of = lambda spec, name: '<svg width="1" height="1"></svg>'
theme.downloads.vl_convert = SimpleNamespace(svg_to_png=lambda svg, scale: b"", javascript_bundle=str, __version__="0")
"""


def test_a_figure_may_not_name_a_table_that_it_did_not_read(run, tmp_path):
    """A check of names, or the page of rows, is no read; one in an earlier cell is, or for a stored table."""
    cells = [
        f"from bargain import evidence, reads, results\n{PLAIN}\n{FIGURE}",
        'frame = evidence.table("gdp")\nyears = frame[["year"]]',
        'show(years, "gdp")',
        'show(years, "gdp", "prices", "markets")',
        'show(years, "prices")',
        'stored = results.load("roadmaps_verdicts")',
        'show(stored, "roadmaps", "deal_steps")\nshow(stored, "gdp")',
    ]
    told = run(cells, "shell.user_ns['told']", BARGAIN_FIGURES=str(tmp_path))
    refused = "fig-planted: names {} among its tables, and read nothing of them (tables=)"
    assert told == ["", refused.format("prices, markets"), refused.format("prices"), "", refused.format("gdp")]


SOME = """
def one(name, *frames, whole=theme.figure, **parts):
    return whole(name, *frames, **parts) if name in {some!r} else None
theme.figure = one
"""


def drawn(run, folder, change="", some=None):
    """{figure: its data} of the chapter on economies after a change, and {figure: the page of its rows};
    some: of these figures alone."""
    run([change, PLAIN, SOME.format(some=some) if some else "", *ECONOMIES], "1", BARGAIN_FIGURES=str(folder))
    return tuple(
        {path.stem: path.read_text("utf-8") for path in folder.glob(pattern)}
        for pattern in ("fig-*.csv", "rows/fig-*.html")
    )


@pytest.fixture(scope="module")
def as_is(run, tmp_path_factory):
    return drawn(run, tmp_path_factory.mktemp("as-is"))


def changed(ids):
    """Code that changes assumptions; what counts stays whole."""
    rows = evidence.assumptions()
    whole = [i for i in IDS if float(rows.at[i, "central"]).is_integer() and rows.at[i, "low"] == rows.at[i, "high"]]
    return CHANGE.format(ids=sorted(ids), fixed=whole)


def test_the_assumptions_on_a_figures_page_are_those_that_move_it(run, tmp_path, as_is):
    data, pages = as_is
    assert set(pages) == set(data) and len(pages) > 5
    on = {name: set(re.findall('<tr id="assumptions-([^"]+)"', page)) for name, page in pages.items()}
    name = random.Random(4).choice(sorted(name for name in on if on[name]))
    # beside it, the two figures with the most rows that are not on its page, to see that a change moves something
    apart = sorted(on, key=lambda n: len(on[n] - on[name]))[-2:]
    others, _ = drawn(run, tmp_path / "others", changed(set(IDS) - on[name]), {name, *apart})
    assert others[name] == data[name] and all(on[n] - on[name] for n in apart)
    assert any(others[n] != data[n] for n in apart)
    own, _ = drawn(run, tmp_path / "own", changed(on[name]), {name})
    assert own[name] != data[name]


@pytest.mark.slow
def test_the_rows_that_a_figure_names_are_all_that_it_uses(run, tmp_path, as_is):
    """Rows of a table that a figure leaves out do not move it; each of the others has its place on the page."""
    data, pages = as_is
    out, inside, named = {}, {}, []
    for name, page in pages.items():
        for table in set(re.findall('<h2 id="([a-z_]+)"', page)) - {"assumptions", "sources"}:
            anchors = rowpages.anchors(table, evidence.table(table))
            on = {i for i, anchor in enumerate(anchors) if f'<tr id="{table}-{anchor}"' in page}
            if len(on) < len(anchors):
                named.append(name)
                inside.setdefault(table, set()).update(on)
                out[table] = set(range(len(anchors))) - inside[table]
    assert len(set(named)) >= 3
    without, _ = drawn(run, tmp_path / "without", CHANGE_ROWS.format(lines={k: sorted(v) for k, v in out.items()}))
    assert all(without[name] == data[name] for name in named)
    within, _ = drawn(run, tmp_path / "within", CHANGE_ROWS.format(lines={k: sorted(v) for k, v in inside.items()}))
    assert all(within[name] != data[name] for name in named)
