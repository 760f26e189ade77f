"""python -m press.marked FOLDER NOTICE: a copy of the book in FOLDER, in which every page begins with the notice.

What the copy has built before stays (results, caches), so that it can be rendered again; the book itself is not
touched. For a rendering that must not be taken for the book, such as one with fewer draws.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

# of the book's own folder
BUILT = (".*", "_*", "*.egg-info", "figures", "rows", "build", "tests", "benchmarks", "notebooks")
NEEDED = {"_extensions", "_quarto.yml"}  # of what begins with an underscore
EVERYWHERE = ("__pycache__", ".*")


def mark(text, notice):
    """A page's text with a callout that holds the notice behind its front matter and its title."""
    head = re.match(r"(---\n.*?\n---\n)?\s*(# [^\n]*\n)?", text, re.S)[0]
    return f"{head}\n::: {{.callout-warning}}\n{notice}\n:::\n\n{text[len(head) :]}"


def left_out(folder, names):
    """Names in a folder of the book, the working folder, that are not copied."""
    outside = set(shutil.ignore_patterns(*BUILT)(folder, names)) - NEEDED if Path(folder) == Path.cwd() else set()
    return outside | set(shutil.ignore_patterns(*EVERYWHERE)(folder, names))


def main(arguments=None):
    """Copy and mark; 1 with a sentence where the folder is not one that this may write."""
    parser = argparse.ArgumentParser(prog="python -m press.marked", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder of the copy, a new one or an earlier copy")
    parser.add_argument("notice", help="the text, Markdown")
    asked = parser.parse_args(arguments)
    book = Path.cwd()
    if not (book / "_quarto.yml").exists():
        print(f"{book} holds no book: there is no _quarto.yml", file=sys.stderr)
        return 1
    sign = asked.folder / ".marked"
    if asked.folder.exists() and any(asked.folder.iterdir()) and not sign.exists():
        print(f"{asked.folder} is not a copy that was made here: it stays as it is", file=sys.stderr)
        return 1
    shutil.copytree(book, asked.folder, ignore=left_out, dirs_exist_ok=True)
    sign.touch()
    for page in asked.folder.rglob("*.qmd"):
        inside = page.relative_to(asked.folder)
        if (book / inside).exists() and not inside.parts[0].startswith((".", "_")):
            page.write_text(mark(page.read_text("utf-8"), asked.notice), "utf-8", newline="")
        elif not inside.parts[0].startswith((".", "_")):
            page.unlink()  # gone from the book
    return 0


if __name__ == "__main__":
    sys.exit(main())
