"""A chapter as an executed notebook, for readers to download and to run again."""
import re

import yaml

from . import tree

# titles of boxes that have none of their own, as the edition has them
BOXES = {"change": "What would change our mind", "disagree": "The best case of those who disagree"}
CUT = "\0"  # stands for a cell while the text is read as a whole
DIV = re.compile(r"^[ >]*:{3,} *(\S.*)?$")
ATTRIBUTES = r"\{(?:[#.][^{}\n]*|[\w-]+=[^{}\n]*)\}"
ASIS = re.compile(r"(\$\$.*?\$\$|(?<![\w$\\])\$(?=\S)[^$\n]+?(?<=\S)\$(?!\d)|`[^`\n]+`)", re.S)  # formulas and code
LABEL = r"(?:[Ff]ig|[Tt]bl|[Ss]ec|[Ee]q|[Ll]st)-[\w-]*\w"


def readable(pieces, said):
    """Pieces of a chapter's text as a notebook shows them: without fences, attributes, labels and escapes.

    `said(key)` gives the words of a label, such as "Figure 3.2", and those of a citation, such as "Owen 1972".
    What a page does not show is left out; a figure's or table's last paragraph begins with its number.
    """
    lines, stack, out = f"\n{CUT}\n".join(pieces).split("\n"), [], []
    for line in lines:
        div = DIV.match(line)
        if div and div[1]:
            named = re.search(rf"#({LABEL})", div[1])
            stack.append((named and named[1], len(out), "when-format=\"typst\"" in div[1]))
            title, box = re.search(r'title="([^"]*)"', div[1]), re.search(r"callout-(\w+)", div[1])
            if box:
                out += [f"**{title[1] if title else BOXES.get(box[1], box[1].capitalize())}**", ""]
        elif div:
            label, start, unseen = stack.pop() if stack else (None, len(out), False)
            if unseen:
                out[start:] = [row for row in out[start:] if row == CUT]
            elif label:
                caption = next((n for n in range(len(out) - 1, start - 1, -1) if out[n].strip() not in ("", CUT)), None)
                if caption is not None:
                    out[caption] = f"*{said(label)}.* {out[caption]}"
        else:
            out.append(line)
    text = "\n".join(out)
    text = re.sub(r"^: +(.*?) *\{#(tbl-[\w-]+)[^}]*\}", lambda m: f"*{said(m[2])}.* {m[1]}", text, flags=re.M)
    text = re.sub(r"(\$\$) *\{#(eq-[\w-]+)\}", lambda m: f"{m[1]}\n\n({said(m[2])})", text)
    parts = ASIS.split(text)
    return "".join(part if n % 2 else plain(part, said) for n, part in enumerate(parts)).split(f"\n{CUT}\n")


def plain(text, said):
    """Text between formulas and code, without attributes and escapes, its references and citations in words."""

    def cited(group):
        keys = re.findall(r"(-?)@([\w:-]*\w)((?:, [^;@\]]*)?)", group[1])
        words = [said(key) + after for _, key, after in keys]
        lead = group[1].partition("@")[0].rstrip("-")
        numbers = all(re.fullmatch(LABEL, key) for _, key, _ in keys)
        return f"{lead}{', '.join(words)}" if numbers else f"({lead}{'; '.join(words)})"

    text = re.sub(r"\[([^\[\]]*@[^\[\]]*)\](?!\()", cited, text)
    text = re.sub(rf"(?<![\w@])@({LABEL}|[a-z][\w:-]*\w)", lambda m: said(m[1][0].lower() + m[1][1:]), text)
    text = re.sub(r"(\]\([^()\s]*)\.qmd\b", r"\1.html", text)
    text = re.sub(rf"(?<=\)){ATTRIBUTES}|[ \t]*{ATTRIBUTES}[ \t]*$", "", text, flags=re.M)
    text = re.sub(rf"\[([^\[\]]*)\]{ATTRIBUTES}", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def author_year(entry):
    """Shapley and Shubik 1954: who wrote an entry of the bibliography, as Pandoc has it, and when."""
    fields = entry["c"]
    people = [tree.text_of(person["c"][name]) for person in fields.get("author", fields.get("editor", {"c": []}))["c"]
              for name in ("family", "literal") if name in person["c"]]
    who = (f"{people[0]} et al." if len(people) > 2 else " and ".join(people)
           or tree.text_of(fields.get("title", {"t": "MetaString", "c": "no title"})))
    year = re.search(r"\d{4}", str(fields.get("issued", "")))
    return f"{who} {year[0]}" if year else who


def notebook(path, cells, outputs, markdown_pieces):
    """The notebook (nbformat 4.5, as JSON) of the chapter `path` (relative to the book), the same for the same chapter.

    `cells` and `outputs` are as `execute.run` takes and gives them; inline expressions are left out. Before the
    n-th of the other cells stands `markdown_pieces[n]`, after the last one the last piece: one more than cells.
    Raises ValueError if the pieces do not fit.
    """
    from .execute import runs
    shown = [(cell, some) for cell, some in zip(cells, outputs, strict=True) if not cell.inline]
    if len(markdown_pieces) != len(shown) + 1:
        raise ValueError(f"{path}: {len(shown)} cells need {len(shown) + 1} pieces of text, not {len(markdown_pieces)}")
    blocks, count = [], 0

    def add(kind, name, source, **more):
        blocks.append({"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(True), **more})

    for number, text in enumerate(markdown_pieces):
        if text.strip():
            add("markdown", f"text-{number}", text.strip("\n"))
        if number < len(shown):
            cell, some = shown[number]
            count += runs(cell)
            add("code", f"cell-{number + 1}", with_options(cell), outputs=some,
                execution_count=count if runs(cell) else None)
    return {"cells": blocks, "nbformat": 4, "nbformat_minor": 5, "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"}, "source": path}}


def with_options(cell):
    """The code of `cell` below its options, as they stand in the .qmd."""
    lines = []
    for key, value in cell.options.items():
        lines += yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10**6).splitlines()
    return "\n".join([*(f"#| {line}" for line in lines), cell.code])
