"""The edition: one palette everywhere, colours for every eye, glyphs; its Markdown on the page and on paper."""

import ast
import io
import json
import re
import shutil
import time
from itertools import combinations
from pathlib import Path

import looks
import numpy as np
import pypandoc
import pytest
import typst
from bs4 import BeautifulSoup
from pypdf import PdfReader

from bargain import terms
from bargain.plots import theme

ROOT = Path(__file__).parents[2]
EDITION = ROOT / "_extensions" / "report"
CSS = (EDITION / "report.css").read_text("utf-8")

# --- colours

# Machado, Oliveira and Fernandes 2009, severity 1: matrices on linear RGB
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
CHOICES = theme.POLICIES + theme.OTHERS
GROUPS = [theme.READINGS, theme.MINDS, CHOICES, theme.SIDES, theme.PARTNERS]
FILLS = CHOICES  # fields and bars; all other tokens may colour words
WORDS = ["ink", "ink2", "ink3", "data", "accent", *theme.READINGS, "undecided", *theme.SIDES, *theme.PARTNERS]


def linear(hexa):
    x = np.array([int(hexa[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    high, low = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (a, b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    m = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    x = np.array(m) @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def ciede2000(p, q):
    """The colour difference of CIE 142-2001, as stated by Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = p, q
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = np.hypot(g * a1, b1), np.hypot(g * a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, g * a1)) % 360, np.degrees(np.arctan2(b2, g * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0
    h = h1 + turn / 2 if c1 * c2 else h1 + h2
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l, c = (l1 + l2) / 2, (c1 + c2) / 2  # noqa: E741
    waves = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    wave = sum(w * np.cos(np.radians(k * h + shift)) for w, k, shift in waves)
    sl = 1 + 0.015 * (l - 50) ** 2 / np.sqrt(20 + (l - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * (1 + wave)
    rt = -2 * np.sqrt(c**7 / (c**7 + 25**7)) * np.sin(np.radians(60 * np.exp(-(((h % 360 - 275) / 25) ** 2))))
    return np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh)


@pytest.mark.parametrize(
    "p, q, difference",
    [  # from the test data of Sharma, Wu and Dalal (2005), table 1
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (56, -27, -3), 31.9030),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((90.8027, -2.0831, 1.441), (91.1528, -1.6435, 0.0447), 1.4441),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_colour_difference_gives_the_published_values(p, q, difference):
    assert ciede2000(p, q) == pytest.approx(difference, abs=1e-4)


def test_known_colours():
    assert lab(linear("#FFFFFF")) == pytest.approx((100, 0, 0), abs=0.02)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_the_style_sheet_has_the_tokens_of_the_charts():
    css = dict()
    for name, light, dark in re.findall(r"--([\w]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)", CSS):
        css[name] = (light.lower(), dark.lower())
    for token, value in theme.TOKENS["light"].items():
        assert css[token] == (value.lower(), theme.TOKENS["dark"][token].lower()), token


def test_print_has_the_tokens_of_the_charts():
    text = (EDITION / "report.typ").read_text("utf-8")
    named = dict(re.findall(r'#let (\w+) = rgb\("(#\w{6})"\)', text))
    named |= dict(re.findall(r'(\w+): rgb\("(#\w{6})"\)', text))
    assert len(named) == 10
    for token, value in named.items():  # the cover is paper; pages are white, and cards a shade of it
        assert value == theme.TOKENS["light" if token == "paper" else "print"][token], token


def test_a_colour_can_be_told_back_to_its_token():
    values = [value.lower() for value in theme.TOKENS["light"].values()]
    assert len(values) == len(set(values)) and set(theme.TOKENS["light"]) == set(theme.TOKENS["dark"])


@pytest.mark.parametrize("mode", theme.TOKENS)
def test_words_and_fields_stand_out(mode):
    t = theme.TOKENS[mode]
    for token in WORDS:
        assert contrast(t[token], t["paper"]) >= 4.5, token
        assert contrast(t[token], t["card"]) >= (4.0 if token in theme.PARTNERS else 4.5), token
    for token in FILLS:
        assert contrast(t[token], t["paper"]) >= 3 and contrast(t[token], t["card"]) >= 3, token


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("eye", VISION)
@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g[0])
def test_colours_of_a_group_stay_apart(mode, eye, group):
    seen = {g: lab(np.array(VISION[eye]) @ linear(theme.TOKENS[mode][g])) for g in group}
    for a, b in combinations(group, 2):
        assert ciede2000(seen[a], seen[b]) >= 12, (a, b)


@pytest.mark.parametrize("group", [theme.READINGS, theme.MINDS, CHOICES, theme.SIDES], ids=lambda g: g[0])
def test_marks_and_dashes_do_without_colour(group):
    assert len({theme.SHAPE[g] for g in group}) == len(group)
    assert len({tuple(theme.DASH[g]) for g in group}) == len(group)
    assert set(group) <= set(terms.LABELS)


# --- glyphs


def glyphs(name):
    from fontTools.ttLib import TTFont

    return set(TTFont(EDITION / "fonts" / f"{name}.ttf").getBestCmap())


@pytest.fixture(scope="module")
def text_glyphs():
    """Characters that the report's own faces have; either stands in for the other, in a browser and in print."""
    return glyphs("ReportSerif-Regular") | glyphs("ReportSans-Regular")


def test_every_character_of_the_pages_is_in_the_fonts(text_glyphs):
    mono = glyphs("ReportMono-Regular")
    for page in [ROOT / "index.qmd", ROOT / "report.qmd", *sorted((ROOT / "chapters").glob("*.qmd"))]:
        # formulas have a face of their own
        text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", "", page.read_text("utf-8"), flags=re.S)
        code = "".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.S))
        missing = {c for c in text if ord(c) > 126 and ord(c) not in text_glyphs}
        assert not missing, f"{page.name}: {missing}"
        assert not {c for c in code if ord(c) > 126 and ord(c) not in mono | text_glyphs}, page.name


def test_every_character_that_the_package_writes_is_in_the_fonts(text_glyphs):
    for module in sorted((ROOT / "bargain").glob("*.py")):
        nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
        docs = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}  # no reader of a page sees a docstring
        strings = [n.value for n in nodes if isinstance(n, ast.Constant) and id(n) not in docs]
        text = "".join(s for s in strings if isinstance(s, str))
        missing = {c for c in text if ord(c) > 126 and ord(c) not in text_glyphs}
        assert not missing, f"{module.name}: {missing}"


def test_the_second_title_has_its_letters():
    title = re.search(r"second-title:.*?text:\s*\"([^\"]+)\"", (ROOT / "_quarto.yml").read_text("utf-8"), re.S)[1]
    assert {ord(c) for c in title} <= glyphs("ReportHangul-Regular")


def test_the_web_has_the_faces_of_print():
    faces = {path.stem for path in (EDITION / "fonts").glob("*.ttf")}
    assert faces == {path.stem for path in (EDITION / "fonts").glob("*.woff2")}
    assert set(re.findall(r"url\(fonts/([\w-]+)\.woff2\)", CSS)) == faces


# --- the page


def test_no_page_may_load_from_another_host():
    page = (EDITION / "page.html").read_text("utf-8")
    assert "default-src 'none'" in page and "header-includes" not in re.sub(r"\$--.*", "", page)
    assert not re.search(r"(?:src|href)=\"https?://", page)
    assert not re.search(r"url\((?!fonts/)", CSS)


def converted(text, to, *filters, meta=None, template=None):
    args = ["--wrap=none"] + [f"--lua-filter={EDITION / name}" for name in filters]
    args += ["--standalone", f"--template={EDITION / template}"] if template else []
    if meta:
        text = "---\n" + json.dumps(meta, ensure_ascii=False) + "\n---\n\n" + text
    return pypandoc.convert_text(text, to, format="markdown", extra_args=args)


def page(text, *filters):
    return BeautifulSoup(converted(text, "html", *(filters or ("blocks.lua", "finish.lua"))), "lxml")


FINDING = """
::: {.finding confidence="medium"}
It was *quiet* in 2018.

one episode carries it. [What would change our mind](#change)
:::
"""
FINDINGS = """
:::: {.findings}
::: {.item confidence="low"}
[98%]{.num} of trade

China takes nearly all.

[Chapter 3](x.html)
:::
::: {.item confidence="high"}
[7 of 11]{.num} claims

Most held.
:::
::::
"""
READINGS = """
:::: {.readings}
::: {.irrational}
Creature of habit

He does not answer.

If so: **force**.
:::
::: {.dealer}
Deal-seeker

He would.

If so: **talks**.
:::
::::
"""


def test_a_finding_says_how_sure_it_is_in_marks_and_words():
    soup = page(FINDING)
    block = soup.select_one(".finding")
    assert block.find("p").get_text() == "It was quiet in 2018."
    line = block.select_one(".conf")
    assert line.get_text(" ", strip=True).startswith("●●○ Medium confidence : one episode carries it.")
    assert line.select_one(".dots")["aria-hidden"] == "true" and line.a["href"] == "#change"


@pytest.mark.parametrize("marks", ["●●●", "●●○", "●○○"])
def test_confidence_has_three_levels(marks):
    level = {"●●●": "high", "●●○": "medium", "●○○": "low"}[marks]
    line = page(FINDING.replace("medium", level)).select_one(".conf").get_text()
    assert marks in line and f"{level.title()} confidence" in line


@pytest.mark.parametrize("wrong", ['confidence="certain"', ""])
def test_another_confidence_is_refused(wrong):
    with pytest.raises(RuntimeError, match="confidence"):
        page(FINDING.replace('confidence="medium"', wrong))


@pytest.mark.parametrize(
    "wrong, words",
    [
        (":::: {.findings}\nA stray line.\n::::", "holds .item"),
        (FINDINGS.replace("China takes nearly all.\n\n[Chapter 3](x.html)\n", ""), "sentence"),
        (READINGS.replace(".dealer", ".optimist"), "holds .irrational"),
        ("::: {.callout-wisdom}\nx\n:::", "callout-wisdom"),
    ],
)
def test_a_block_of_another_shape_is_refused(wrong, words):
    with pytest.raises(RuntimeError, match=re.escape(words)):
        page(wrong)


def test_a_list_of_findings():
    items = page(FINDINGS).select(".findings > .item")
    assert [item.select_one(".lead .num").get_text() for item in items] == ["98%", "7 of 11"]
    assert [item.select_one(".says > p").get_text() for item in items] == ["China takes nearly all.", "Most held."]
    assert items[0].select_one(".conf a")["href"] == "x.html"
    assert items[1].select_one(".conf").get_text(" ", strip=True) == "●●● High confidence"


def test_readings_carry_their_marks():
    parts = page(READINGS).select(".readings > div")
    assert [part["class"] for part in parts] == [["irrational"], ["dealer"]]
    assert [part.select_one(".name").get_text(strip=True) for part in parts] == ["Creature of habit", "Deal-seeker"]
    assert parts[1].select_one(".then").get_text().strip() == "If so: talks."


def test_a_caption_becomes_label_and_finding():
    start = '<figcaption class="quarto-float-caption" id="fig-up-caption">'
    caption = f"\n\n```{{=html}}\n{start}\n```\nFigure\u00a02.1: It rises.\n"
    soup = BeautifulSoup(converted("::: {}" + caption + ":::", "html", "finish.lua"), "lxml")
    label = soup.select_one(".label")
    assert label.get_text() == "Figure\u00a02.1:" and label.select_one(".stop").get_text() == ":"
    assert "It rises." not in label.get_text() and "It rises." in soup.get_text()
    assert label.a["href"] == "#fig-up"  # a link to the figure


def test_a_chart_without_alternative_is_refused():
    with pytest.raises(RuntimeError, match="without a description"):
        converted('```{=html}\n<div class="chart desk" role="img" aria-label="">x</div>\n```', "html", "finish.lua")


BOOK = {
    "index.qmd": ("---\ndescription: x\n---\n\nWords.", None),
    "report.qmd": ('# The report in brief {#sec-brief .unnumbered short="In brief"}', None),
    "chapters/01-first.qmd": ('# Does it rise? {#sec-first short="Rise"}', 1),
    "chapters/02-second.qmd": ('# Does it fall? {#sec-second short="Fall"}', 2),
    "own.qmd": ('# Set your own {.unnumbered short="Your own"}', None),
    "chapters/a-data.qmd": ('# The data {#sec-data short="Data"}', 1),
    "chapters/b-more.qmd": ("# The methods {#sec-methods}", 2),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book of headings, and a function that gives one of its pages with what surrounds it."""
    root = tmp_path_factory.mktemp("book")
    (root / "chapters").mkdir()
    render = []
    for file, (text, number) in BOOK.items():
        (root / file).write_text(text + "\n", "utf-8")
        kind = "index" if file == "index.qmd" else "appendix" if file.startswith("chapters/b") else "chapter"
        if file == "chapters/01-first.qmd":
            render.append({"type": "part", "text": "The rise"})
        if file == "chapters/a-data.qmd":
            render.append({"type": "appendix", "text": "Appendices {.unnumbered}"})
        render.append({"type": kind, "file": file} | ({"number": str(number)} if number else {}))

    def surrounded(file, text="Words.", **more):
        meta = {"book": {"title": "A Book", "render": render, "output-file": "a-book"}, "title": "A title"}
        meta |= {"lang": "en", "page-file": file, "book-dir": str(root)} | more
        html = converted(text, "html", "blocks.lua", "finish.lua", "chrome.lua", meta=meta, template="page.html")
        return BeautifulSoup(html, "lxml")

    return surrounded


def links(soup, where):
    return [(a.get_text(" ", strip=True), a["href"]) for a in soup.select(f"{where} a")]


def test_the_bar_leads_to_pages_without_a_number_and_to_the_data(book):
    expected = [("In brief", "../report.html"), ("Your own", "../own.html"), ("Data", "../chapters/a-data.html")]
    assert links(book("chapters/01-first.qmd"), ".top .links") == expected
    current = book("report.qmd").select(".top .links [aria-current=page]")
    assert [a.get_text() for a in current] == ["In brief"]


def test_the_list_of_chapters_has_short_names_and_numbers(book):
    soup = book("chapters/02-second.qmd")
    names = [name for name, _ in links(soup, ".toc")]
    assert names == ["In brief", "1 Rise", "2 Fall", "Your own", "A Data", "B The methods"]
    assert [h.get_text() for h in soup.select(".toc h2")] == ["The rise", "Appendices"]
    assert soup.select_one(".toc [aria-current=page]").get_text(" ", strip=True) == "2 Fall"
    assert soup.select_one(".chapter-no").get_text() == "Chapter 2 · Fall"
    assert book("report.qmd").select_one(".chapter-no") is None


def test_neighbours_are_the_questions(book):
    soup = book("chapters/01-first.qmd")
    assert soup.select_one("[rel=prev] b").get_text() == "The report in brief"
    assert soup.select_one("[rel=next]").get_text(" ", strip=True) == "Next · Chapter 2 Does it fall?"
    assert book("report.qmd").select_one("[rel=prev] b").get_text() == "A Book"


def test_the_front_page_lists_chapters_by_question(book):
    soup = book("index.qmd", "::: {.chapters}\n:::", **{"second-title": {"text": "책", "lang": "ko"}})
    rows = [li.get_text(" ", strip=True) for li in soup.select(".chapters .contents li")]
    assert rows[1:3] == ["1 Rise Does it rise?", "2 Fall Does it fall?"] and rows[4] == "A Data"
    assert soup.select_one(".second-title")["lang"] == "ko" and soup.body["class"] == ["front"]


def test_scripts_of_a_page_are_loaded_and_the_runtime_of_live_charts_is_not(book):
    def loaded(soup):
        return [script["src"] for script in soup.select("script[src]")]

    assert loaded(book("chapters/01-first.qmd")) == []
    assert loaded(book("chapters/01-first.qmd", scripts=["own.js"])) == ["own.js"]
    live = '```{=html}\n<script type="application/json" class="vega-spec">{}</script>\n```'
    assert loaded(book("chapters/01-first.qmd", live)) == []


def test_one_script_alone_is_waited_for_before_the_first_text(book):
    """A policy in the page keeps browsers from looking ahead: a script that is not deferred holds up all behind it."""
    rows = BeautifulSoup((EDITION / "rows.html").read_text("utf-8"), "lxml")
    js = ["e/report.js", "e/values.js", "e/page.js"]
    page = book("chapters/01-first.qmd", js=js, scripts=["own.js"], css="e.css")
    for soup, count in ((page, 4), (rows, 3)):
        scripts = soup.select("head script[src]")
        assert len(scripts) == count
        assert [tag["src"].rpartition("/")[2] for tag in scripts if not tag.has_attr("defer")] == ["report.js"]
        assert scripts[-1] == soup.select("head script:not([defer])")[0]
        assert soup.select_one("link[rel=stylesheet] ~ script") == scripts[0]


def test_the_foot_leads_to_notebook_and_pdf(book):
    soup = book("chapters/01-first.qmd", notebook="01-first.ipynb", colophon="Every number has a source.")
    assert ("This chapter as a notebook", "01-first.ipynb") in links(soup, ".foot")
    assert ("Download the PDF", "../a-book.pdf") in links(soup, ".foot")
    assert "Every number has a source." in soup.select_one(".foot").get_text()
    assert "Every number has a source." not in book("index.qmd", colophon="Every number has a source.").get_text()
    assert "as a notebook" not in book("chapters/01-first.qmd").select_one(".foot").get_text()


# --- paper


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A function that sets Markdown as the PDF that PDF/UA-1 asks for."""
    folder = tmp_path_factory.mktemp("paper")
    (folder / "_extensions").mkdir()
    (folder / "_extensions" / "report").symlink_to(EDITION)

    def pdf(text, **meta):
        meta = {"title": "A Book", "lang": "en", "author": "Us", "date": "today"} | meta
        filters = ("blocks.lua", "print.lua", "formulas.lua", "finish.lua")
        source = converted(text, "typst", *filters, meta=meta, template="print.typ")
        (folder / "book.typ").write_text(source, "utf-8")
        made = typst.compile(
            folder / "book.typ",
            root=folder,
            font_paths=[EDITION / "fonts"],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
        return PdfReader(io.BytesIO(made))

    return pdf


def lines(page):
    """The pieces of text of a page: (x, y from above in mm, text)."""
    found = []
    height = float(page.mediabox.height)

    def visit(text, cm, tm, font, size):
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x * 25.4 / 72, (height - y) * 25.4 / 72, text))

    page.extract_text(visitor_text=visit)
    return found


def whole(pdf):
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))


def test_findings_and_readings_are_set(printed):
    text = whole(printed("# A question?\n" + FINDING + FINDINGS + READINGS))
    assert "●●○ Medium confidence: one episode carries it." in text
    assert "What would change our mind" not in text  # a link within the page leads nowhere on paper
    assert "●○○ Low confidence · Chapter 3" in text
    for words in ("98%", "of trade", "China takes nearly all.", "Deal-seeker", "If so: force."):
        assert words in text, words


def test_what_belongs_to_the_web_is_not_set(printed):
    web = "::: {.do}\n[Read](x.html)\n:::\n\n::: {.emblem}\n:::\n\n::: {.chapters}\n:::\n\n"
    source = '::: {.source}\nSource: us. <span class="data">[Data](x.csv)</span> [More](y.csv){.data}\n:::\n'
    text = whole(printed("# A question?\n\n" + web + source))
    assert "Source: us." in text and "Read" not in text and "Data" not in text and "More" not in text


def test_the_cover_has_both_titles_and_the_names_of_the_corners(printed):
    second = {"text": "김정은은", "lang": "ko"}
    pdf = printed("# A question?", colophon="All is computed.", **{"second-title": second})
    cover = pdf.pages[0].extract_text()
    for words in ("A Book", "김정은은", "creature of habit", "narrowly rational", "deal-seeker"):
        assert words in cover, words
    assert "All is computed." in pdf.pages[-1].extract_text()


def strokes(page):
    """How many lines a page draws."""
    return len(re.findall(rb"\bS\b", page.get_contents().get_data()))


def test_a_link_is_underlined_unless_its_address_is_written_out(printed):
    plain, written, named = (
        printed(f"# A question?\n\nSee {words}.")
        for words in ("it", "<https://example.org/a_b-c/d>", "[it](https://example.org/a_b-c/d)")
    )
    count = [sum(map(strokes, pdf.pages)) for pdf in (plain, written, named)]
    assert count[0] == count[1] < count[2]


FLOAT = """
```{=typst}
#figure([
```

%s

```{=typst}
], caption: figure.caption(position: top, [Long]), kind: "quarto-float-tbl", supplement: "Table")<tbl-long>
```
"""
FIGURE = """
```{=typst}
#figure([words], caption: figure.caption(position: top, [%s]), kind: "quarto-float-fig", supplement: "Figure")<fig-%s>
```
"""


def test_figures_of_a_chapter_without_a_number_have_plain_numbers(printed):
    text = "# In brief {.unnumbered}\n" + FIGURE % ("Brief", "a") + "# First\n" + FIGURE % ("One", "b")
    text += FIGURE % ("Two", "c") + "# Own {.unnumbered}\n" + FIGURE % ("Mine", "d") + "See `#ref(<fig-d>)`{=typst}."
    text = whole(printed(text))
    for caption in ("Figure 1 Brief", "Figure 1.1 One", "Figure 1.2 Two", "Figure 1 Mine"):
        assert caption in text, caption
    assert "0.1" not in text
    assert text.count("Figures") == 2  # in the contents and at their list
    assert "Figures" not in whole(printed("# First\n\nWords."))


def test_margin_notes_make_way_for_one_another_and_for_figures(printed):
    note = "::: {.column-margin}\nnote%d " + "words of a note " * 9 + "\n:::\n\nA line.\n\n"
    picture = (FIGURE % ("Wide", "w")).replace("[words]", "[#rect(width: 100%, height: 110mm)]")
    pdf = printed("# A question?\n\n" + note % 0 + note % 1 + picture + note % 2)
    sheet = next(p for p in pdf.pages if "note0" in p.extract_text())
    assert "note2" in sheet.extract_text()
    pieces = lines(sheet)
    margin = sorted(y for x, y, text in pieces if x > 152 or x < 60 and "words" in text)
    assert len(margin) >= 12 and min(np.diff(margin)) > 2.5  # no line lies upon another
    caption = min(y for _, y, text in pieces if "Wide" in text)
    assert max(margin) < caption


def test_a_long_table_breaks_and_repeats_its_head(printed):
    rows = "".join(f"| row {i} | {i} |\n" for i in range(120))
    table = "| Step | Value |\n|:--|--:|\n" + rows
    pdf = printed("# A question?\n\n" + FLOAT % table)
    text = whole(pdf)
    assert all(f"row {i} " in text for i in range(120))
    sheets = [p.extract_text() for p in pdf.pages if "row " in p.extract_text()]
    assert len(sheets) >= 3 and all("Step" in sheet for sheet in sheets)


def test_columns_share_the_width_by_what_they_hold():
    sentence = "A sentence that explains at some length what the row of the register means. " * 2
    table = f"| Name | Unit | Meaning |\n|:--|:--|:--|\n| a_long_name_of_a_row | % | {sentence} |\n"
    found = re.search(r"columns: \(([^)]+)\)", converted(table, "typst", "finish.lua"))
    shares = [float(share) for share in re.findall(r"([\d.]+)%", found[1])]
    assert len(shares) == 3 and sum(shares) == pytest.approx(100, abs=0.5)
    assert shares[2] > shares[0] > shares[1]
    assert "%" not in converted(table.replace(sentence, "short"), "typst", "finish.lua").split("table.header")[0]


def test_a_number_below_nought_has_a_real_minus_sign():
    cells = [
        cell.get_text()
        for cell in page("| a | b |\n|:--|--:|\n| x-1 | -0.04 |\n| 2018-19 | -1,046% |\n| - | -a |\n").select("td")
    ]
    assert cells == ["x-1", "−0.04", "2018-19", "−1,046%", "-", "-a"]


@pytest.mark.parametrize(("columns", "words", "told"), [(3, 30, True), (3, 3, False), (2, 30, False)])
def test_a_table_of_long_texts_is_marked_to_be_read_cell_by_cell(columns, words, told):
    rule, row = "|:--" * columns, "| a word" * (columns - 1) + "| " + "words " * words
    assert bool(page(f"{'| head ' * columns}|\n{rule}|\n{row}|\n").select(".table.cell-by-cell")) == told


# --- in a browser


def opened(browser, path, width=1360, mode="light", **options):
    """A page, and what went wrong while it loaded: errors, blocked or missing files, files of other hosts."""
    wrong = []
    sheet = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=mode, **options)
    sheet.on("pageerror", lambda error: wrong.append(str(error)))
    sheet.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
    sheet.on("requestfailed", lambda request: wrong.append(request.url))
    sheet.on("request", lambda request: request.url.startswith(("file:", "data:")) or wrong.append(request.url))
    sheet.goto(path.as_uri(), wait_until="load")
    return sheet, wrong


@pytest.fixture(scope="module")
def live_page(book, tmp_path_factory):
    """A page with one live chart under the edition's policy, from a folder."""
    import altair as alt
    import pandas as pd
    import vl_convert

    def draw_still(t, narrow):
        frame = pd.DataFrame({"year": [2018, 2019, 2020], "share": [10, 20, 30]})
        points = (
            alt.Chart(frame).mark_point(size=80).encode(x=alt.X("year:Q", scale=alt.Scale(zero=False)), y="share:Q")
        )
        return points.properties(width=theme.size(narrow), height=120)

    def draw(t, narrow):
        width = alt.param(name="least", value=0, bind=alt.binding_range(min=0, max=3, step=1, name="At least "))
        frame = pd.DataFrame({"x": [1, 2, 3], "y": [1, 2, 3]})
        return (
            alt.Chart(frame).mark_point(color=t["dealer"], size=80).encode(x="x:Q", y="y:Q", tooltip="y:Q")
            .transform_filter("datum.y > least").add_params(width).properties(width=theme.size(narrow), height=120)
        )  # fmt: skip

    folder = tmp_path_factory.mktemp("live")
    (folder / "figures").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BARGAIN_FIGURES", str(folder / "figures"))
        patch.chdir(folder)
        pieces = theme.render("fig-live", draw, finding="f", unit="u", alt="Points that rise.", interactive=True)
        still = theme.render("fig-still", draw_still, finding="f", unit="u", alt="Points that stand still.")
    shutil.copytree(EDITION, folder / "edition")
    (folder / "figures" / "vega.js").write_text(vl_convert.javascript_bundle(), "utf-8")
    soup = book(
        "report.qmd",
        "```{=html}\n<figure>" + pieces["html"] + "</figure><figure>" + still["html"] + "</figure>\n```",
        css="edition/report.css",
    )
    scripts = "".join(f'<script src="edition/{name}"></script>' for name in ("report.js", "values.js", "live.js"))
    (folder / "report.html").write_text(str(soup).replace("</head>", scripts + "</head>"), "utf-8")
    return folder / "report.html"


def test_a_live_chart_runs_without_eval_and_follows_the_page(live_page, browser):
    sheet, wrong = opened(browser, live_page)
    asked = []
    sheet.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    assert sheet.evaluate("!window.vegaEmbed") and not sheet.locator("script[src*=vega]").count()
    sheet.focus("button.run")
    sheet.keyboard.press("Enter")
    sheet.wait_for_selector(".chart.desk[data-live=yes]", timeout=20000)
    assert asked == ["vega.js"]  # when it is asked for, and not before
    looks.until(sheet, "document.activeElement.type === 'range'")
    points = "[...document.querySelectorAll('.chart.desk .role-mark path')]"

    def colour():
        return sheet.evaluate(f"getComputedStyle({points}[0]).fill")

    def rgb(mode):
        return "rgb(" + ", ".join(str(int(theme.TOKENS[mode]["dealer"][i : i + 2], 16)) for i in (1, 3, 5)) + ")"

    assert sheet.evaluate(points + ".length") == 3 and colour() == rgb("light")
    assert sheet.get_attribute("button.theme", "aria-pressed") == "false"
    sheet.click("button.theme")
    assert colour() == rgb("dark") and sheet.get_attribute("button.theme", "aria-pressed") == "true"
    sheet.fill(".chart.desk input[type=range]", "1")
    looks.until(sheet, points + ".length === 2")
    sheet.set_viewport_size({"width": 390, "height": 800})
    sheet.wait_for_selector(".chart.phone[data-live=yes]", timeout=20000)
    sheet.close()
    assert not wrong


def test_without_scripts_the_static_chart_stays(live_page, browser):
    sheet, wrong = opened(browser, live_page, java_script_enabled=False)
    assert sheet.locator(".chart.desk > svg").first.is_visible() and sheet.locator(".chart.phone").first.is_hidden()
    assert sheet.locator("button.theme").is_hidden()
    sheet.close()
    assert not wrong


def test_values_are_said_at_pointer_and_keyboard_and_tap(live_page, browser):
    sheet, wrong = opened(browser, live_page, has_touch=True)
    box = sheet.locator("figure:last-of-type .chart.desk svg").bounding_box()
    told = json.loads(sheet.locator("script.values").text_content())
    x, y, *_, text = told["desk"][5:10]
    said = sheet.locator(".value-words")
    assert said.is_hidden()
    sheet.mouse.move(box["x"] + x + 3, box["y"] + y - 4)
    assert said.inner_text() == told["texts"][text] == "2019 · share 20"
    sheet.mouse.move(box["x"] + x, box["y"] - 90)
    assert said.is_hidden()
    keys = sheet.locator(".values-keys")
    keys.focus()
    heard = []
    for _ in range(3):
        heard.append((keys.get_attribute("aria-valuetext"), said.inner_text()))
        sheet.keyboard.press("ArrowRight")
    assert heard == [(f"{year} · share {share}",) * 2 for year, share in ((2018, 10), (2019, 20), (2020, 30))]
    sheet.keyboard.press("Escape")
    assert said.is_hidden()
    sheet.touchscreen.tap(box["x"] + x, box["y"] + y)
    assert said.inner_text() == "2019 · share 20"
    sheet.close()
    phone, more = opened(browser, live_page, 390)
    phone.locator(".values-keys").focus()
    at = phone.evaluate("(e => e.left + e.width / 2)(document.querySelector('.value-mark').getBoundingClientRect())")
    drawn = phone.locator("figure:last-of-type .chart.phone svg").bounding_box()
    assert at - drawn["x"] == pytest.approx(told["phone"][0] * drawn["width"] / 340, abs=6)
    phone.close()
    assert not wrong and not more


def test_the_line_under_a_figure_is_one_line_until_more_is_asked_for(book, browser, tmp_path):
    shutil.copytree(EDITION, tmp_path / "edition")
    text = "::: {.source}\nSource: " + "a long name and a year; " * 30 + "\n\n[[CSV](a.csv)]{.data}\n:::\n"
    page = str(book("report.qmd", text, css="edition/report.css"))
    page = page.replace("</head>", '<script src="edition/report.js"></script></head>')
    (tmp_path / "report.html").write_text(page, "utf-8")
    for width in (390, 1280):
        sheet, wrong = opened(browser, tmp_path / "report.html", width)
        high = lambda: sheet.locator(".source").bounding_box()["height"]  # noqa: B023, E731
        before = high()
        assert before < 36 and sheet.locator(".source a").is_visible()
        sheet.focus(".source button")
        sheet.keyboard.press("Enter")
        assert high() > 2 * before and sheet.locator(".source button").get_attribute("aria-expanded") == "true"
        sheet.emulate_media(media="print")
        assert sheet.locator(".source button").is_hidden() and high() > 2 * before
        sheet.close()
        assert not wrong
    still, wrong = opened(browser, tmp_path / "report.html", 390, java_script_enabled=False)
    assert still.locator(".source").bounding_box()["height"] > 70  # without scripts all of it
    still.close()


def test_what_scrolls_sideways_is_reached_by_tab(book, browser, tmp_path):
    shutil.copytree(EDITION, tmp_path / "edition")
    row = "|" + "a_long_word_in_a_cell|" * 5 + "\n"
    table = row + "|" + "---|" * 5 + "\n" + row
    page = str(book("report.qmd", table + "\n| a |\n|---|\n| b |\n", css="edition/report.css"))
    page = page.replace("</head>", '<script src="edition/report.js"></script></head>')
    (tmp_path / "report.html").write_text(page, "utf-8")
    sheet, wrong = opened(browser, tmp_path / "report.html", 390)
    assert sheet.evaluate("[...document.querySelectorAll('.table')].map(one => one.tabIndex)") == [0, -1]
    sheet.focus(".table")
    sheet.keyboard.press("ArrowRight")
    looks.until(sheet, "document.querySelector('.table').scrollLeft > 0")
    sheet.set_viewport_size({"width": 3000, "height": 900})
    sheet.close()
    assert not wrong


MOVED = """window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => {
  if (!e.hadRecentInput) window.moved += e.value; })).observe({ type: 'layout-shift', buffered: true })"""


@pytest.mark.parametrize(
    "name",
    [
        "index",
        "chapters/negotiate",
        "chapters/d-claims",
        *(pytest.param(f"chapters/{name}", marks=pytest.mark.slow) for name in ("01-readings", "own-kim", "g-ledger")),
    ],
)
def test_little_moves_while_a_page_loads(report_book, browser, name):
    """The faces come late, as they do on a slow phone: at most 0.1 by the measure of the Web Vitals."""
    sheet = browser.new_page(viewport={"width": 390, "height": 844})
    sheet.add_init_script(MOVED)
    sheet.route("**/*.woff2", lambda route: (time.sleep(0.2), route.continue_()))
    sheet.goto((report_book / f"{name}.html").as_uri(), wait_until="load")
    sheet.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 300)))")
    moved = sheet.evaluate("moved")
    sheet.close()
    assert moved <= 0.1
