"""python -m press [BOOK_DIR] [--to html|pdf] [--output DIR] [--fresh] [--only CHAPTER …]"""

import argparse
import gc
import sys
import time
from pathlib import Path

from .problems import BookError


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m press",
        description="Render a Quarto book of .qmd files without Quarto: "
        "a website, and a PDF. What is not supported is an error, with file and line.",
    )
    parser.add_argument("book", nargs="?", default=".", help="the folder with _quarto.yml (default: here)")
    parser.add_argument("--to", choices=("html", "pdf"), help="only the website, or only the PDF (default: both)")
    parser.add_argument("--output", help="the folder to write (default: output-dir of _quarto.yml, else _book)")
    parser.add_argument("--fresh", action="store_true",
                        help="run every cell, whatever has been kept from the last build")
    parser.add_argument("--only", nargs="+", default=(), metavar="CHAPTER",
                        help="render these chapters alone, for a quick look (needs --output)")
    asked = parser.parse_args(arguments)
    if asked.only and not asked.output:
        parser.error("--only needs --output: it would replace the whole book by a part of it")
    try:
        render(Path(asked.book), asked)
    except BookError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print(f"{name}{error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def render(root, asked, report=None):
    """Render a book as the command line asks; the last line tells where it is."""
    from . import execute, links, publish, stamp
    from .build import Builder

    report = report or (lambda line: print(line, flush=True))
    start = time.perf_counter()
    bases = {"html": ("html",), "pdf": ("typst",), None: ("html", "typst")}[asked.to]
    builder = Builder(root, bases, asked.only)
    book = builder.book
    output = publish_to(book, asked)
    publish.sweep(output)
    last = {file for file, chapter in builder.chapters.items() if chapter.front.get("run-last")}
    outputs = execute.run(book.root, builder.to_run(), last=last, fresh=asked.fresh, report=report)
    builder.sign(outputs)
    key = stamp.key(builder)
    if not asked.fresh and stamp.holds(book.root, output, key):
        report("Nothing has changed since the last build.")
    else:
        files = builder.convert(outputs)
        publish.publish(files, output, not asked.only, builder.packed)
        stamp.write(book.root, output, key, {path: file for some in files.values() for path, file in some.items()})
        if not asked.only and not asked.to:
            builder.store.prune()
    if "html" in builder.to:
        page = links.page_of(asked.only[0]) if asked.only else "index.html"
        report(f"Website: {shown(output / page)}")
    if "typst" in builder.to:
        report(f"PDF: {shown(output / (book.output_name() + '.pdf'))}")
    report(f"{time.perf_counter() - start:.1f} s")


def publish_to(book, asked):
    """The folder to write. Raises BookError for one that may not be replaced."""
    from . import publish

    given = asked.output or str((book.config.get("project") or {}).get("output-dir") or "_book")
    output = Path(given).absolute() if asked.output else book.root / given
    if not output.is_symlink():
        output = output.resolve()  # without `..`
    sources = [book.root, book.edition, *((book.root / file) for file in book.files)]
    why = publish.refused(output, [path.resolve() for path in sources], not asked.only)
    for own in (*(book.root / ".press" / name for name in ("cells", "files", "pages")), book.root / "_extensions"):
        if own.resolve() in (output, *output.parents):
            why = why or "is where the book keeps something else"
    if why:
        where = ("--output", None) if asked.output else ("_quarto.yml", book.line("output-dir:"))
        raise BookError([(*where, f"{given} {why}")])
    return output


def shown(path):
    """A path from the working folder, where it lies in it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


if __name__ == "__main__":
    gc.disable()  # documents are trees: to look for circles in them takes as long as to read them
    sys.exit(main())
