"""What the press does not render, found in a chapter's source before anything is run."""

import re
from urllib.parse import urlsplit

from . import source, tree
from .shape import NAMES, ref_type

UNSUPPORTED = {
    "panel-tabset": "tabsets are",
    **dict.fromkeys(("panel-sidebar", "panel-input", "panel-fill", "panel-center"), "panels are"),
    "aside": "asides are (use .column-margin)",
    "landscape": "landscape pages are",
    **dict.fromkeys(("proof", "remark", "solution"), "theorems are"),
    "list-table": "list tables are",
    **dict.fromkeys(("cell-output-display", "cell"), "Quarto's own class is"),
}
THEOREMS = set("thm lem cor prp cnj def exm exr sol rem".split())
ATTRIBUTES = set(
    """
    layout layout-nrow lst-cap fig-cap tbl-cap fig-subcap tbl-subcap
    tbl-colwidths filename code-line-numbers code-overflow code-annotations fig-align fig-pos fig-env fig-scap
    fig-link lightbox layout-align layout-valign cap-location fig-cap-location tbl-cap-location lst-cap-location
    html-table-processing style
    """.split()
)
INSIDE = {"BlockQuote", "BulletList", "OrderedList", "DefinitionList", "Table"}  # print opens no page within them
SCHEMES = {"", "http", "https", "mailto", "tel"}
LENGTH = re.compile(r"(?=[0.]*[1-9])(\d+\.?\d*|\.\d+)(px|%|in|cm|mm|pt|em)?")
CONDITIONS = {"when-format", "unless-format"}
ANNOTATION = re.compile(r"(?:#|//|--|%|/\*|<!--)\s*<\d+>\s*(?:\*/|-->)?\s*$")
PLACES = re.compile(r"column-(?!margin$)\w")
MARKED = re.compile(r"[{[:]")  # most words are just words
SHORTCODE = re.compile(r"(?<!\{)\{\{[<%]")


def checked(chapter, blocks):
    """Problems in a chapter's source, and in the blocks that it is to Pandoc: (file, line, message)."""
    problems = []

    def wrong(message, *needles):
        problems.append((chapter.file, chapter.line(*needles), message))

    if chapter.heading and "title" not in chapter.front and "{python}" in tree.text(chapter.heading):
        wrong("a chapter's title does not compute: lists read it from the file", "`{python}", "{python}")
    for number, row in enumerate(chapter.text.split("\n"), 1):
        if "{{<" in row:  # Quarto reads them in code, titles and attributes too
            problems.append((chapter.file, number, "shortcodes are not supported: {{< … >}}"))
    if re.fullmatch(r"[^#\s].*\{[^{}]*[#.][\w-]+[^{}]*\}\s*", str(chapter.front.get("title", ""))):
        wrong("a title with attributes begins like a heading: `# Words {…}`", "title:")
    look(blocks, wrong)
    for element in tree.elements(blocks):
        code = element["c"][1] if element["t"] == "Code" else ""
        if found := re.search(r'\.press-cell line="(\d+)"', code):
            problems.append((chapter.file, int(found[1]), "a code fence that is never closed"))
        elif re.match(r"\{python\}[^ \t]|\{(?:r|julia|ojs)\}.", code):
            wrong(f"inline code that is not run: {code} (what is run is `{{python}} expression`)", f"`{code}", code)
        elif code.startswith("{python} ") and element["c"][0] != ["", [], []]:
            wrong(f"inline code that is run has no attributes: {code}", code + "`{")
        elif element["t"] == "Str" and re.match(r":::+$", element["c"]):
            told = "a div's fence (:::) that opens or closes nothing"
            problems.append((chapter.file, stray_fence(chapter.text), told))
    return problems


def look(blocks, wrong, *, printed=False, own=lambda element: False):
    """Look at a tree for what is not supported: `wrong(message, *words of the line)` hears of it.

    printed: whether it is what cells show, in which the elements that are `own` are the press's.
    """
    for element in tree.elements(blocks):
        kind = element["t"]
        if own(element):
            continue
        if kind in ("RawBlock", "RawInline"):
            form, content = element["c"]
            if form == "html" and re.fullmatch(r"\s*<!--.*?-->\s*", content, re.S):
                continue
            first, name = content.strip().split("\n")[0], "HTML" if form == "html" else form
            told = "a cell prints raw {}, which one format would lose" if printed else "raw {} is not supported"
            wrong(f"{told.format(name)}: {first[:60]}", first, f"{{={form}}}")
        elif kind == "Str":
            word = element["c"]
            if not MARKED.search(word):
                continue
            if SHORTCODE.search(word):
                wrong("shortcodes are not supported: {{< … >}}", "{{<", "{{%")
            elif note := re.search(r"\[\^([^\]\s]+)\]", word):
                wrong(f"the footnote {note[0]} is not defined", note[0])
            elif re.search(r"(?:^|[])])\{[#.](?!eq-[^ }]+\})[A-Za-z]", word):
                wrong(f"attributes that cannot be read: {word}", word, word[:3])
            elif "`{python}" in word:
                wrong("inline code that is never closed: `{python}", "`{python}")
            elif printed and re.match(r":::+$", word):
                wrong("a div's fence (:::) that opens or closes nothing", word)
        elif printed and kind == "Code" and re.match(r"\{(?:python|r|julia|ojs)\}.", element["c"][1]):
            code = element["c"][1]
            wrong(f"inline code that is not run: {code} (to show it, write {{{{python}}}})", f"`{code}", code)
        if kind == "Math" and "\\tag" in element["c"][1]:
            wrong("a number of a formula's own, which print would lose: label it, {#eq-…}", "\\tag")
        if kind == "Note" and any(one["t"] == "Note" for one in tree.elements(element["c"])):
            wrong("a note within a note", tree.text(element["c"]).split(" ")[0])
        if kind in INSIDE:
            for head in tree.elements(element["c"]):
                if head["t"] == "Header" and head["c"][0] == 1:
                    words = tree.text(head)
                    wrong(f"a chapter's heading inside a quote, a list or a table: {words}", f"# {words}", words)
        if kind == "CodeBlock":
            for row in element["c"][1].split("\n"):
                if ANNOTATION.search(row):
                    wrong(f"annotations of code are not supported: {row.strip()}", row.strip())
        attributes = tree.attr(element)
        if not attributes:
            continue
        name, classes, pairs = attributes
        for one in classes:
            if "{" in one or "}" in one:
                wrong(f"attributes that cannot be read: {one}", one)
            elif one in UNSUPPORTED:
                wrong(f".{one}: {UNSUPPORTED[one]} not supported", f".{one}", one)
            elif PLACES.match(one):
                wrong(f".{one}: only .column-margin is supported", f".{one}")
        if name == "refs":
            wrong("#refs: a list of all references is not supported: each page has its own", "#refs")
        if ref_type(name) in THEOREMS:
            wrong(f"#{name}: theorems are not supported", f"#{name}")
        for key, value in pairs:
            if value.startswith("`{python} ") and key in ("layout-ncol", "width", "height"):
                continue  # what it computes is looked at where it stands
            if key == "layout-ncol" and not re.fullmatch(r"[1-9]\d{0,8}", value):
                wrong(f"{key}: must be a positive whole number, not {value!r}", f"{key}=")
            elif key == "layout-ncol" and ref_type(name) not in NAMES:
                wrong("layout-ncol stands at a figure or table: give it a label, #fig-… or #tbl-…", f"{key}=")
            if kind == "Image" and key in ("width", "height") and not LENGTH.fullmatch(value.strip()):
                wrong(f"{key}: a number with px, %, in, cm, mm, pt or em, not {value!r}", f"{key}=")
            if key in ATTRIBUTES or key.startswith("on"):
                wrong(f"the attribute {key} is not supported", f"{key}=")
        if any(one.startswith("content-") for one in classes):
            for key, value in pairs:
                if key.startswith(("when-", "unless-")) and key not in CONDITIONS:
                    wrong(f"{key}: only when-format and unless-format are supported", key)
                elif key in CONDITIONS and value not in ("html", "typst"):
                    needles = (f'{key}="{value}"', f"{key}={value}", f"{key}='{value}'", key)
                    wrong(f"{key}: the formats are html and typst, not {value!r}", *needles)
        if kind == "Link" and (scheme := urlsplit(element["c"][2][0]).scheme) not in SCHEMES:
            wrong(f"a link by {scheme}:, which leads nowhere on paper or on another machine", f"{scheme}:")


def stray_fence(text):
    """The line of a div's closing fence that closes none, or of an opening one that Pandoc does not take for one."""
    rows, depth = text.split("\n"), 0
    code = {n for start, _, end in source.fences(rows) for n in range(start, (end or len(rows)) + 1)}
    fences = [(n, found[1]) for n, row in enumerate(rows, 1) if (found := re.match(r"[ \t>]*:{3,}[ \t]*(.*)$", row))]
    for number, words in fences:
        depth += 0 if number in code else 1 if words.strip(": ") else -1
        if depth < 0:
            return number
    inside = (n for n, row in enumerate(rows, 1) if n not in code and re.search(r"[^ \t>:].* :{3,}( |$)", row))
    return next(inside, fences[0][0] if fences else None)
