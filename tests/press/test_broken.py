"""Files that the press reads, broken in every way: each is an error with its name, and its line where there is one."""

import re
import shutil

import books
import pytest

EDITION = "_extensions/report/"
YML = EDITION + "_extension.yml"
HTML, TYPST = "    html: {template: page.html}\n", "    typst: {template: print.typ}\n"
HEAD = "title: R\ncontributes:\n  formats:\n"


def broken(folder):
    """A small book with an edition of its own."""
    book = books.make(
        folder,
        {"one.qmd": "# One\n\n![P.](p.svg){#fig-one fig-alt='a'}\n\n::: {.callout-note}\nAs [@b1] says.\n:::\n"},
        files={
            "p.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
            "refs.bib": "@book{b1, author={Bee, Ann}, title={T}, year={2000}}\n",
            "data/datapackage.json": "{}",
        },
        more="bibliography: refs.bib\n",
    )
    (book / "_extensions/report").unlink()
    shutil.copytree(books.EDITION, book / EDITION)
    return book


def put(path, content):
    """Write a file's text or bytes; None takes it away, a tuple puts a folder in its place."""
    path.unlink(missing_ok=True)
    if isinstance(content, tuple):
        path.mkdir()
    elif content is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


LATIN = "a\nb caf\xe9\n".encode("latin-1")
FOLDER = ()
NO_HTML, NO_TYPST = (f"no `contributes: formats: {base}:` with its template" for base in ("html", "typst"))
# name: (file, what stands in it, what must be said)
BROKEN = {
    "edition not UTF-8": (YML, LATIN, f"{YML}:2: not UTF-8"),
    "edition's YAML": (YML, "a: b\nc: [\n", f"{YML}:3: broken YAML"),
    "edition empty": (YML, "", f"{YML}: {NO_HTML}"),
    "edition a list": (YML, "- a\n", f"{YML}: {NO_HTML}"),
    "edition a word": (YML, "word\n", f"{YML}: {NO_HTML}"),
    "edition of another kind": (YML, "title: R\ncontributes: 3\n", f"{YML}: {NO_HTML}"),
    "formats in a list": (YML, "contributes:\n  formats: [html]\n", f"{YML}:2: {NO_HTML}"),
    "a format that is a word": (YML, HEAD + "    html: default\n" + TYPST, f"{YML}:4: {NO_HTML}"),
    "a format without template": (YML, HEAD + HTML + "    typst: {toc: true}\n", f"{YML}:5: {NO_TYPST}"),
    "a template of another kind": (
        YML,
        HEAD + "    html:\n      template: [a]\n" + TYPST,
        f"{YML}:5: template: must be text, not ['a']",
    ),
    "no such template": (YML, HEAD + HTML + TYPST.replace("print", "none"), f"{YML}:5: 'none.typ': no such file"),
    "filters of another kind": (
        YML,
        HEAD + HTML + "    typst:\n      template: print.typ\n      filters: [3]\n",
        f"{YML}:7: filters: must be a list of files",
    ),
    "a filter at no time": (
        YML,
        HEAD + HTML + "    typst:\n      template: print.typ\n      filters:\n        - {path: blocks.lua, at: dawn}\n",
        f"{YML}:7: filters: must be a list of files, or of a `path` and where it comes `at`: pre-ast",
    ),
    "no such filter": (
        YML,
        HEAD + HTML + "    typst:\n      template: print.typ\n      filters: [none.lua]\n",
        f"{YML}:7: 'none.lua': no such file",
    ),
    "no such style sheet": (
        YML,
        HEAD + TYPST + "    html:\n      template: page.html\n      css: none.css\n",
        f"{YML}:7: 'none.css': no such file",
    ),
    "a setting of another kind": (
        YML,
        HEAD + TYPST + "    html:\n      template: page.html\n      toc: 7\n",
        f"{YML}:7: toc: must be true or false, not 7",
    ),
    "execute of another kind": (
        YML,
        HEAD + TYPST + "    html:\n      template: page.html\n      execute: 7\n",
        f"{YML}:7: execute: must be keys and values",
    ),
    "a key of the edition": (
        YML,
        HEAD + TYPST + "    html:\n      template: page.html\n      flters: []\n",
        f"{YML}:7: unknown or unsupported key 'flters' in html (is 'filters' meant?)",
    ),
    "page template not UTF-8": (EDITION + "page.html", LATIN, f"{EDITION}page.html:2: not UTF-8"),
    "page template empty": (EDITION + "page.html", "", f"{EDITION}page.html: a template without $body$"),
    "page template broken": (EDITION + "page.html", "$body$\n\n$if(x\n", f"{EDITION}page.html:"),
    "page template a folder": (EDITION + "page.html", FOLDER, "'page.html': no such file"),
    "print template empty": (EDITION + "print.typ", "", f"{EDITION}print.typ: a template without $body$"),
    "print template broken": (EDITION + "print.typ", "$body$\n\n$for(x\n", f"{EDITION}print.typ:"),
    "filter not UTF-8": (EDITION + "blocks.lua", LATIN, f"{EDITION}blocks.lua:2: not UTF-8"),
    "filter broken": (EDITION + "blocks.lua", "local x = 1\nreturn {\n", f"{EDITION}blocks.lua:"),
    "filter of another kind": (EDITION + "blocks.lua", "local x = 1\nx.y.z = 2\n", f"{EDITION}blocks.lua:2: "),
    "style sheet not UTF-8": (EDITION + "report.css", LATIN, f"{EDITION}report.css:2: not UTF-8"),
    "the paper's look not UTF-8": (EDITION + "report.typ", LATIN, f"{EDITION}report.typ:2: not UTF-8"),
    "the paper's look broken": (EDITION + "report.typ", "#let a = 1\n#let report(\n", f"{EDITION}report.typ:2: Typst"),
    "the paper's look empty": (EDITION + "report.typ", "", "Typst: unknown variable: report"),
    "the paper's look gone": (EDITION + "report.typ", None, "Typst: file not found"),
    "bibliography not UTF-8": ("refs.bib", LATIN, "refs.bib:2: not UTF-8"),
    "bibliography empty": ("refs.bib", "", "one.qmd:6: the citation @b1 is in no bibliography"),
    "bibliography a folder": ("refs.bib", FOLDER, "bibliography 'refs.bib': no such file"),
    "tables not UTF-8": ("data/datapackage.json", LATIN, "data/datapackage.json:2: not UTF-8"),
    "tables broken": ("data/datapackage.json", '{"resources":\n[}', "data/datapackage.json:2: broken JSON"),
    "tables empty": ("data/datapackage.json", "", "data/datapackage.json:1: broken JSON"),
    "tables of another kind": ("data/datapackage.json", '["a"]', "data/datapackage.json:1: must be an object"),
    "picture not UTF-8": ("p.svg", LATIN, "one.qmd:1: Typst: failed to parse SVG"),
    "picture empty": ("p.svg", "", "one.qmd:1: Typst: failed to parse SVG"),
    "picture a folder": ("p.svg", FOLDER, "one.qmd:3: 'p.svg': no such file"),
    "configuration empty": ("_quarto.yml", "", "_quarto.yml:1: no `book:` with its chapters"),
    "configuration a list": ("_quarto.yml", "- a\n", "_quarto.yml:1: no `book:` with its chapters"),
    "configuration a folder": ("_quarto.yml", FOLDER, "_quarto.yml: Is a directory"),
    "chapter a folder": ("one.qmd", FOLDER, "chapter 'one.qmd': no such file"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken(tmp_path, name):
    file, content, told = BROKEN[name]
    book = broken(tmp_path)
    put(book / file, content)
    code, said = books.press(book)
    assert code == 1 and told in said, said
    assert re.search(r"^[\w./ -]+(:\d+)?: ", said, re.M)
