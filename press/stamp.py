"""Whether the site stands as the last build left it, and would be built the same."""

import contextlib
import json
from pathlib import Path

from . import book, page, pandoc, paper, site
from .store import digest


def key(builder):
    """A hash of all that a build starts from, but for the files that go along with the site."""
    root, given = builder.book.root, [("", builder.book.config)]
    given += [(file, chapter.front) for file, chapter in builder.chapters.items()]
    named = {folder / str(path) for file, config in given for setting in ("bibliography", "csl")
             for path in book.config_list(config, setting) for folder in (root, (root / file).parent)}
    return digest(*(pandoc.workshop(), site.colophon(), builder.book.text, builder.to, builder.only),
                  *(paper.timestamp(builder.book), book.shown_date(builder.book)),
                  *(chapter.text for chapter in builder.chapters.values()), *builder.signs.values(),
                  *(path for path in sorted({*builder.book.edition.rglob("*"), *named, root / page.TABLES})
                    if path.is_file()))


def place(root, output):
    return root / ".press" / f"built-{digest(str(output))[:12]}.json"


def write(root, output, key, files):
    """Remember a finished build: its key, the files that were copied, and what the output folder holds."""
    copied = {str(path): digest(path) for path in files.values() if isinstance(path, Path)}
    with contextlib.suppress(OSError):  # without it the next build converts again
        place(root, output).parent.mkdir(exist_ok=True)
        place(root, output).write_text(json.dumps({"key": key, "copied": copied, "standing": standing(output)}))


def standing(output):
    """{path: [size, time of change]} of the files in the output folder."""
    return {path.relative_to(output).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns]
            for path in sorted(output.rglob("*")) if path.is_file()}


def holds(root, output, key):
    """Whether the last build had this key, its copied files are as they were, and nobody touched its folder."""
    try:
        last = json.loads(place(root, output).read_text())
        return (last["key"] == key and standing(output) == last["standing"]
                and all(digest(Path(path)) == wanted for path, wanted in last["copied"].items()))
    except (OSError, ValueError, KeyError):
        return False
