"""Running chapters: order, inline values, errors with their lines; reuse only if all inputs are the same."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import books
import nbformat
import pytest

from press import cache, execute, store
from press.notebook import BOXES, author_year, notebook, readable, with_options
from press.source import Cell

ROOT = Path(__file__).parents[2]


def cells(*codes):
    """Cells and inline expressions (a code in backticks), each on a line of its own number."""
    return [Cell(code.strip("`"), {}, 10 * n, 10 * n + 1, code.startswith("`")) for n, code in enumerate(codes, 1)]


class Book:
    """A book in a folder, run with plain kernels unless a test says otherwise; remembers what was reported."""

    def __init__(self, folder):
        self.folder, self.chapters, self.kernels, self.said = folder, {}, "plain", []

    def write(self, files):
        """Write {name: text}."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def chapter(self, name, *codes):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        self.chapters[name] = cells(*codes)

    def run(self, **options):
        self.said = []
        return execute.run(self.folder, self.chapters, report=self.said.append, **{"kernels": self.kernels, **options})

    def ran(self, **options):
        """The chapters that were run, not taken from the cache."""
        self.run(**options)
        assert len(self.said) == len(self.chapters), self.said
        return sorted(line.split()[0] for line in self.said if not line.endswith("unchanged"))


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # most readers have compiled modules
    return Book(tmp_path / "book")


def text(outputs):
    return outputs[-1]["data"]["text/plain"] if "data" in outputs[-1] else outputs[-1]["text"]


# ------------------------------------------------------------------ cells


def test_cells_and_inline_expressions_run_in_order_in_one_namespace(book):
    book.chapter("chapters/a.qmd", "x = 1", "`x`", "x += 1\nprint(x)", "`f'{x} and\n{x + 1}'`", "`x + 1`")
    out = book.run()["chapters/a.qmd"]
    assert out[0] == [] and out[2] == [{"output_type": "stream", "name": "stdout", "text": "2\n"}]
    assert [text(out[n]) for n in (1, 3, 4)] == ["1", "'2 and 3'", "3"]
    assert out[1] == [
        {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": {"text/plain": "1"}}
    ]


def test_an_inline_value_has_all_the_types_that_it_displays_in(book):
    book.chapter(
        "a.qmd",
        "from IPython.display import Markdown, Math\nimport pandas as pd",
        "`Markdown('*m*')`",
        "`Math('x')`",
        "`pd.DataFrame({'a': [1]})`",
        "`None`",
    )
    out = book.run()["a.qmd"]
    assert out[1][0]["data"]["text/markdown"] == "*m*" and out[2][0]["data"]["text/latex"] == "$\\displaystyle x$"
    assert set(out[3][0]["data"]) == {"text/plain", "text/html"} and text(out[4]) == "None"


def test_a_cell_that_is_not_evaluated_has_no_output_and_no_effect(book):
    book.chapter("a.qmd", "x = 1", "x = 2\nprint(x)", "x")
    book.chapters["a.qmd"][1] = Cell("x = 2\nprint(x)", {"eval": False}, 5, 6)
    out = book.run()["a.qmd"]
    assert out[1] == [] and text(out[2]) == "1"


def test_an_error_that_is_allowed_is_an_output(book):
    book.chapter("a.qmd", "x = 1", "y", "x")
    book.chapters["a.qmd"][1] = Cell("y", {"error": True}, 5, 6)
    out = book.run()["a.qmd"]
    assert out[1][0]["ename"] == "NameError" and "ipykernel_" not in json.dumps(out) and text(out[2]) == "1"


def test_what_is_printed_comes_in_one_piece_and_quickly(book):
    book.chapter(
        "a.qmd",
        "import sys, time\nfor n in range(4):\n    print(n)\n    print(-n, file=sys.stderr)\n"
        "    time.sleep(.25)\n_ = display(1)\nprint(4)",
        "print('y' * 10**6)",
    )
    start = time.perf_counter()
    out = book.run()["a.qmd"]
    assert [(o.get("name"), o.get("text")) for o in out[0]] == [
        ("stdout", "0\n1\n2\n3\n"),
        ("stderr", "0\n-1\n-2\n-3\n"),
        (None, None),
        ("stdout", "4\n"),
    ]
    assert len(out[1][0]["text"]) == 10**6 + 1 and time.perf_counter() - start < 60


def test_every_failing_chapter_is_named_with_file_line_label_and_exception(book):
    book.write({"model.py": "def f(x):\n    return 1 / x\n"})
    book.chapter(
        "a.qmd",
        "import sys\nsys.path.insert(0, '.')\nimport model\n\ndef g(x):\n    return model.f(x)",
        "a = 1\nb = [\n    g(0),\n]\nc = 1",
    )
    book.chapters["a.qmd"][1] = Cell(book.chapters["a.qmd"][1].code, {"label": "fig-bad"}, 20, 24)
    book.chapter("b.qmd", "x = 1", "`x + y`")
    book.chapter("c.qmd", "def f():\n    raise ValueError('two\\nlines')\nf()", "print('never')")
    book.chapter("d.qmd", "x = 1\ny = = 2")
    book.chapter("good.qmd", "1")
    book.kernels = books.KINDS[0]  # of several chapters: kernels that are forked start faster
    with pytest.raises(execute.CellError) as raised:
        book.run()
    assert raised.value.problems == [
        ("a.qmd", 26, "cell fig-bad: ZeroDivisionError: division by zero"),  # the third line, the first is 24
        ("b.qmd", 20, "NameError: name 'y' is not defined"),
        ("c.qmd", 12, "ValueError: two\nlines"),  # the innermost line of the cell itself
        ("d.qmd", 12, "SyntaxError: invalid syntax"),
    ]
    assert "a.qmd:26: cell fig-bad: ZeroDivisionError: division by zero" in str(raised.value)
    assert "good.qmd" in " ".join(book.said) and "a.qmd failed" in book.said
    # what was right is kept, what failed is not
    with pytest.raises(execute.CellError):
        book.run()
    assert "good.qmd unchanged" in book.said and "a.qmd failed" in book.said


def test_a_display_that_fails_is_an_error(book):
    bad = (
        "class Bad:\n    def _repr_html_(self):\n        raise ValueError('no picture')\n"
        "    value = property(_repr_html_)"
    )
    for name, code in (("a.qmd", "Bad()"), ("b.qmd", "display(Bad())\nx = 1"), ("c.qmd", "`Bad().value`")):
        book.chapter(name, bad, code)
    book.kernels = books.KINDS[0]
    with pytest.raises(execute.CellError) as raised:
        book.run()
    assert [(file, told) for file, _, told in raised.value.problems] == [
        (name, "ValueError: no picture") for name in book.chapters
    ]


def test_no_cells_no_kernels(book):
    book.chapters["index.qmd"] = []
    assert book.run() == {"index.qmd": []} and book.said == []


def test_progress_names_each_chapter_with_its_own_time(book, monkeypatch):
    monkeypatch.setattr(execute, "cores", lambda: 1)  # waiting for a place is not the chapter's time
    book.kernels = books.KINDS[0]
    for name in "ab":
        book.chapter(f"{name}.qmd", "import time; time.sleep(1.5)")
    start = time.perf_counter()
    book.run()
    total = time.perf_counter() - start
    seconds = [float(line.split()[1]) for line in book.said]
    assert all(line.split()[2] == "s" for line in book.said) and min(seconds) >= 1.5 and sum(seconds) < total + 0.1


def test_the_longest_chapter_of_the_last_run_starts_first(book, tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "cores", lambda: 1)
    book.kernels = books.KINDS[0]
    started = tmp_path / "started"  # lines are reported when a kernel has ended, which may take longer than a chapter
    for name, seconds in (("a", 0), ("b", 1)):
        book.chapter(f"{name}.qmd", f"import time; open({str(started)!r}, 'a').write({name!r}); time.sleep({seconds})")
    book.run()
    assert started.read_text() == "ab" and execute.Cache(book.folder).seconds("b.qmd") > 1
    monkeypatch.setattr(execute.Cache, "seconds", lambda _, name: {"a.qmd": 1.0, "b.qmd": 2.0}[name])
    book.run(fresh=True)
    assert started.read_text() == "abba"


# ------------------------------------------------------------------ the notebook


def test_the_notebook_has_text_cells_with_options_and_outputs_but_no_inline_expressions():
    listed = [
        Cell(
            "x = 1\nx",
            {"label": "fig-x", "fig-cap": "A: it's “one”, [two]", "fig-subcap": ["a", "b: c"], "echo": False},
            1,
            2,
        ),
        Cell("x", {}, 1, 1, inline=True),
        Cell("y", {"eval": False}, 1, 2),
        Cell("x", {}, 1, 2),
    ]
    result = [{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "1"}}]
    parts = ("chapters/a.qmd", listed, [result, result, [], result], ["# Title\n", "", "Between.", "End."])
    made = nbformat.from_dict(notebook(*parts))
    nbformat.validate(made)
    assert [cell.cell_type for cell in made.cells] == ["markdown", "code", "code", "markdown", "code", "markdown"]
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    sources = ["".join(cell.source) for cell in code]
    options = [line[3:] for line in sources[0].splitlines() if line.startswith("#| ")]
    assert __import__("yaml").safe_load("\n".join(options)) == listed[0].options
    assert sources[0].endswith("\nx = 1\nx") and code[0].outputs == result
    assert [cell.execution_count for cell in code] == [1, None, 2]
    assert made == notebook(*parts)
    with pytest.raises(ValueError, match="4 pieces"):
        notebook(*parts[:3], ["only one"])


def test_options_over_several_lines_stay_options():
    assert all(
        line.startswith("#| ")
        for line in with_options(
            Cell("", {"fig-cap": "word " * 60, "fig-alt": "one\ntwo", "fig-subcap": ["a"]}, 1, 2)
        ).splitlines()
    )


def test_the_text_of_a_notebook_reads_as_text():
    pieces = [
        '# A question {#sec-a short="A"}\n\n::: {.finding confidence="low"}\nIt is 7\\.5, as @fig-x shows '
        "[@owen1972multilinear; @b, p. 3].\n:::\n\n::: {#fig-x}\n",
        "\n\nThe *line* rises\n:::\n\n## Deeper {#sec-b .unnumbered}\n\nSee [@sec-b; @fig-x], [the page](b.qmd#c){.x} "
        "and [a word]{#w}.\n\n$$\n\\text{a} \\, b_{i}\n$$ {#eq-x}\n\nWith $a_{\\max}$ of US$ 3 bn, and `{x}`.\n\n"
        '::: {.callout-note title="The fine print" collapse="true"}\nSmall.\n:::\n\n::: {#c .callout-change}\n- One\n'
        ':::\n\n::: {.content-visible when-format="typst"}\nOn paper.\n',
        ":::\n\n: A table {#tbl-y}\n",
    ]
    said = {"fig-x": "Figure 3.1", "sec-b": "Section 3.2", "eq-x": "Equation 3.1", "tbl-y": "Table 3.1", "b": "Bo 2020"}
    made = readable(pieces, lambda key: said.get(key, key))
    assert len(made) == 3
    assert made[0].startswith("# A question\n\nIt is 7.5, as Figure 3.1 shows (owen1972multilinear; Bo 2020, p. 3).\n")
    assert "\n*Figure 3.1.* The *line* rises\n" in made[1] and "\n## Deeper\n" in made[1]
    assert "See Section 3.2, Figure 3.1, [the page](b.html#c) and a word." in made[1]
    assert "\\text{a} \\, b_{i}\n$$\n\n(Equation 3.1)" in made[1]
    assert "With $a_{\\max}$ of US$ 3 bn, and `{x}`." in made[1]
    assert "**The fine print**\n\nSmall." in made[1] and "**What would change our mind**\n\n- One" in made[1]
    assert made[2].strip() == "*Table 3.1.* A table" and "On paper" not in "".join(made)
    lua = (Path(__file__).parents[2] / "_extensions" / "report" / "blocks.lua").read_text("utf-8")
    assert all(f'{kind} = "{title}"' in lua for kind, title in BOXES.items())


def test_a_citation_is_told_by_author_and_year():
    def entry(**fields):
        return {"t": "MetaMap", "c": {"issued": {"t": "MetaString", "c": "1954-09"}} | fields}

    def people(*names):
        some = [{"t": "MetaMap", "c": {kind: {"t": "MetaString", "c": name}}} for kind, name in names]
        return {"t": "MetaList", "c": some}

    assert author_year(entry(author=people(("family", "Shapley"), ("family", "Shubik")))) == "Shapley and Shubik 1954"
    assert author_year(entry(author=people(*[("family", c) for c in "ABC"]))) == "A et al. 1954"
    assert author_year(entry(author=people(("literal", "United Nations")))) == "United Nations 1954"
    assert author_year(entry(title={"t": "MetaInlines", "c": [{"t": "Str", "c": "Leaflet"}]})) == "Leaflet 1954"


# ------------------------------------------------------------------ reuse

PATH = "import sys\nsys.path.insert(0, '..')\n"


def test_prose_and_cells_that_do_not_run_leave_a_chapter_as_it_is(book):
    book.chapter("chapters/a.qmd", "x = 1", "`x`")
    first = book.run()
    book.chapters["chapters/a.qmd"] = [  # moved down the page, another label, a listing in between
        Cell("x = 1", {"label": "new", "echo": False}, 90, 93),
        Cell("shown only", {"eval": False}, 95, 96),
        Cell("x", {}, 99, 99, inline=True),
    ]
    again = book.run()["chapters/a.qmd"]
    assert book.said == ["chapters/a.qmd unchanged"] and again == [[], [], first["chapters/a.qmd"][1]]


def test_a_changed_cell_is_run_again(book):
    book.kernels = books.KINDS[0]
    for name in ("code", "order", "inline", "error", "none"):
        book.chapter(f"{name}.qmd", "x = 1", "`x`", "y = 2")
    old = book.chapters["none.qmd"]
    assert book.ran() == sorted(book.chapters) and book.ran() == []
    book.chapters |= {
        "code.qmd": [Cell("x = 3", {}, 1, 2), *old[1:]],
        "order.qmd": [old[0], old[2], old[1]],
        "inline.qmd": [*old[:1], Cell("x + 1", {}, 1, 1, True), old[2]],
        "error.qmd": [Cell("x = 1", {"error": True}, 1, 2), *old[1:]],
    }
    assert book.ran() == sorted(book.chapters.keys() - {"none.qmd"})


@pytest.mark.parametrize("kernels", books.thorough(books.KINDS))
def test_an_edited_module_or_table_runs_the_chapters_that_used_it(book, kernels):
    book.kernels = kernels
    book.write(
        {
            "model/__init__.py": "",
            "model/one.py": "from model import low\n",
            "model/two.py": "import csv\n",
            "model/low.py": "value = 1\n",
            "data/t.csv": "a\n1\n",
            "data/u.csv": "a\n1\n",
        }
    )
    book.chapter("chapters/a.qmd", PATH + "from model import one", "`one.low.value`")
    book.chapter("chapters/b.qmd", PATH + "from model import two", "import pandas as pd\npd.read_csv('../data/t.csv')")
    book.chapter("chapters/c.qmd", "print(open('../data/u.csv').read())")
    assert book.ran() == ["chapters/a.qmd", "chapters/b.qmd", "chapters/c.qmd"]
    assert book.ran() == []
    book.write({"model/low.py": "value = 22\n"})  # used through another module
    assert book.ran() == ["chapters/a.qmd"]
    assert text(book.run()["chapters/a.qmd"][1]) == "22"
    book.write({"data/t.csv": "a\n2\n"})
    assert book.ran() == ["chapters/b.qmd"]
    book.write({"data/u.csv": "a\n3\n", "model/two.py": "import csv  # two\n"})
    assert book.ran() == ["chapters/b.qmd", "chapters/c.qmd"]
    # used from its compiled file; a new module, which nobody imports, is no input
    book.write({"model/low.py": "value = 333\n", "model/new.py": ""})
    assert book.ran() == ["chapters/a.qmd"]
    shutil.rmtree(book.folder / "model" / "__pycache__")
    assert book.ran() == []


def test_both_kinds_of_kernel_see_the_same_inputs(book):
    book.write({"model.py": "import json\nvalue = json.load(open('../data/t.json'))\n", "data/t.json": "1"})
    book.chapter("chapters/a.qmd", PATH + "import model, os, pandas, altair\nos.listdir('../data'), os.getenv('MODEL')")
    seen = []
    for kernels in ("fork", "plain"):
        book.run(kernels=kernels, fresh=True)
        (entry,) = (book.folder / ".press" / "cells").glob("*/*.json")
        kept = json.loads(entry.read_text())
        seen.append({key: kept[key] for key in ("files", "folders", "variables", "states")})
        entry.unlink()
    assert seen[0]["variables"] == seen[1]["variables"] == {"MODEL": None}
    inside = [
        {kind: {k: v for k, v in one[kind].items() if not os.path.isabs(k)} for kind in ("files", "folders")}
        for one in seen
    ]
    assert inside[0] == inside[1], inside
    assert set(inside[0]["files"]) == {"model.py", "data/t.json"} and set(inside[0]["folders"]) == {"data"}


def test_a_listed_folder_and_a_missing_file_are_inputs(book):
    book.write({"data/one.csv": "1"})
    book.kernels = books.KINDS[0]
    book.chapter("a.qmd", "from pathlib import Path\nsorted(p.name for p in Path('data').glob('*.csv'))")
    book.chapter("b.qmd", "try:\n    print(open('data/perhaps.txt').read())\nexcept OSError:\n    print('none')")
    assert book.ran() == ["a.qmd", "b.qmd"] and book.ran() == []
    book.write({"data/two.csv": "2"})
    assert book.ran() == ["a.qmd"]
    book.write({"data/one.csv": "changed, and only its name was read"})
    assert book.ran() == []
    book.write({"data/perhaps.txt": "there"})
    assert book.ran() == ["a.qmd", "b.qmd"]


def test_a_folder_given_in_the_environment(book, tmp_path, monkeypatch):
    other = Book(tmp_path / "elsewhere")
    book.write(
        {
            "data/t.csv": "1",
            "model.py": "import os, pathlib\nfolder = pathlib.Path(os.environ.get('MODEL_DATA')"
            " or '../data')\ndef load(): return (folder / 't.csv').read_text()\n",
        }
    )
    other.write({"t.csv": "2"})
    book.chapter("chapters/a.qmd", PATH + "import model\nmodel.load()")
    book.chapter("chapters/b.qmd", "1")
    assert text(book.run()["chapters/a.qmd"][0]) == "'1'"
    monkeypatch.setenv("MODEL_DATA", str(other.folder))
    assert book.ran() == ["chapters/a.qmd"] and text(book.run()["chapters/a.qmd"][0]) == "'2'"
    assert book.said == ["chapters/a.qmd unchanged", "chapters/b.qmd unchanged"]
    other.write({"t.csv": "3"})
    assert book.ran() == ["chapters/a.qmd"] and text(book.run()["chapters/a.qmd"][0]) == "'3'"
    monkeypatch.delenv("MODEL_DATA")
    assert book.ran() == []  # as it was at first
    kept = " ".join(path.read_text() for path in (book.folder / ".press" / "cells").glob("*/*.json"))
    assert "MODEL_DATA" in kept and json.dumps(str(other.folder)) not in kept  # a variable may be a secret


def test_what_cells_write_comes_back(book):
    book.chapter(
        "chapters/a.qmd",
        "from pathlib import Path\nPath('../figures').mkdir(exist_ok=True)\n"
        "Path('../figures/f.csv').write_text('a,b')\nPath('part').write_bytes(b'\\x00\\xff')\n"
        "Path('part').replace('g.bin')",
        "Path('gone').write_text('x')\nPath('gone').unlink()",
    )
    book.run()
    written = book.folder / "figures" / "f.csv"
    assert book.ran() == [] and written.read_text() == "a,b"
    written.write_text("something else")
    (book.folder / "chapters" / "g.bin").unlink()
    assert book.ran() == []
    assert written.read_text() == "a,b" and (book.folder / "chapters" / "g.bin").read_bytes() == b"\x00\xff"
    shutil.rmtree(written.parent)
    assert book.ran() == [] and written.read_text() == "a,b"
    assert sorted(p.name for p in (book.folder / "chapters").iterdir()) == ["g.bin"]


def test_a_file_written_and_read_again_is_an_input_and_never_overwritten(book):
    book.chapter(
        "a.qmd",
        "from pathlib import Path\nstore = Path('store.txt')\n"
        "if not store.exists(): store.write_text('computed')\nstore.read_text()",
    )
    assert text(book.run()["a.qmd"][0]) == "'computed'" and book.ran() == []
    book.write({"store.txt": "by hand"})
    assert text(book.run()["a.qmd"][0]) == "'by hand'"
    assert (book.folder / "store.txt").read_text() == "by hand"


def test_a_module_edited_while_its_chapter_runs_counts_as_it_was_read(book):
    book.write({"model.py": "value = 1\n"})
    book.chapter(
        "a.qmd",
        "import sys\nsys.path.insert(0, '.')\nimport model\nmodel.value",
        "import subprocess\nsubprocess.run('echo value = 22 > model.py', shell=True)",
    )
    book.write({"data/t.csv": ""})
    assert text(book.run()["a.qmd"][0]) == "1"
    assert text(book.run()["a.qmd"][0]) == "22"  # of another size: Python tells compiled files by second and size


def test_a_moved_book_keeps_its_results(book, tmp_path):
    book.write({"model.py": "value = open('../data/t.csv').read()", "data/t.csv": "1"})
    book.chapter("chapters/a.qmd", PATH + "import model, os\nos.listdir('../data')")
    book.run()
    book.folder = book.folder.rename(tmp_path / "moved")
    assert book.ran() == []
    book.write({"data/t.csv": "2"})
    assert book.ran() == ["chapters/a.qmd"]


def test_a_file_outside_the_book_is_an_input_and_the_environment_is_not(book, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("1")
    book.chapter("a.qmd", f"import pandas, yaml\nopen({str(outside)!r}).read()")
    assert book.ran() == ["a.qmd"] and book.ran() == []
    (entry,) = (book.folder / ".press" / "cells").glob("*/*.json")
    assert str(outside) in entry.read_text() and "site-packages" not in entry.read_text()
    outside.write_text("2")
    assert book.ran() == ["a.qmd"]


def test_another_lock_and_fresh_run_everything(book):
    book.chapter("a.qmd", "1")
    book.write({"requirements.lock": "pandas==1"})
    assert book.ran() == ["a.qmd"] and book.ran() == []
    assert book.ran(fresh=True) == ["a.qmd"] and book.ran() == []
    book.write({"requirements.lock": "pandas==2"})
    assert book.ran() == ["a.qmd"]


DAMAGE = {
    "cut the entry": lambda entry, outputs: entry.write_text(entry.read_text()[:40]),
    "nonsense": lambda entry, outputs: entry.write_text("[1, 2]"),
    "cut the outputs": lambda entry, outputs: outputs.write_bytes(outputs.read_bytes()[:-4]),
    "other outputs": lambda entry, outputs: outputs.write_bytes(outputs.read_bytes().replace(b"right", b"wrong")),
    "no outputs": lambda entry, outputs: outputs.unlink(),
}


def test_a_damaged_cache_is_as_good_as_none(book):
    book.kernels = books.KINDS[0]
    for name in (*DAMAGE, "none"):
        book.chapter(f"{name}.qmd", f"print('right of {name}')")
    right = book.run()
    for name, damage in DAMAGE.items():
        (entry,) = (book.folder / ".press" / "cells").glob(f"{name}.qmd/*.json")
        damage(entry, book.folder / ".press" / "files" / json.loads(entry.read_text())["outputs"])
    found = book.run()
    assert [line for line in book.said if line.endswith("unchanged")] == ["none.qmd unchanged"]
    assert found == right and book.ran() == [] and book.run() == right


RUN = """
import sys
sys.path.insert(0, {root!r})
from press import execute
from press.source import Cell
code = "open('f.csv', 'w').write('x' * 10**6)\\nprint('y' * 10**5)"
chapters = {{f"{{n}}.qmd": [Cell(code.replace("f.csv", f"f{{n}}.csv"), {{}}, 1, 2)] for n in range(3)}}
out = execute.run({book!r}, chapters, kernels="plain", report=print)
assert all(o[0][0]["text"] == "y" * 10**5 + "\\n" for o in out.values())
"""


def test_runs_at_once_and_a_killed_one_leave_a_whole_cache(book):
    book.folder.mkdir()
    command = [sys.executable, "-c", RUN.format(root=str(ROOT), book=str(book.folder))]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    deadline = time.time() + 60  # kill one in the midst of its writing
    while not list(book.folder.glob(".press/files/*")) and time.time() < deadline:
        time.sleep(0.001)
    runs[0].kill()
    assert [run.wait(120) for run in runs[1:]] == [0, 0]
    for run in runs:
        run.stdout.close()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{n}.qmd unchanged" for n in range(3)]
    for path in (book.folder / ".press" / "files").glob("[!.]*"):
        assert store.Store(path.parent).recall(path.name) is not None


def test_old_entries_and_files_are_pruned(book, monkeypatch):
    monkeypatch.setattr(store, "STALE", -1)
    monkeypatch.setattr(cache, "KEPT", 2)
    left = book.folder / ".press" / "files" / ".new-left"
    left.parent.mkdir(parents=True)
    left.write_text("by a killed press")
    for n in range(cache.KEPT + 2):
        book.chapter("a.qmd", f"print({n})\nopen('f.csv', 'w').write('{n}')")
        book.run()
    assert len(list((book.folder / ".press" / "cells").glob("*/*.json"))) == cache.KEPT
    assert len(list((book.folder / ".press" / "files").iterdir())) == 2 * cache.KEPT  # outputs and f.csv
    assert book.ran() == []


def test_a_cache_that_cannot_be_written_is_no_failure(book):
    book.chapter("a.qmd", "1")
    book.write({".press": "a file where the folder should be"})
    assert text(book.run()["a.qmd"][0]) == "1"
    assert any("could not be kept" in line for line in book.said)
