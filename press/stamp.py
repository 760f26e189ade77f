"""Whether the site stands as the last build left it, and would be built the same."""

import json
import sys
from pathlib import Path

from .pandoc import digest

HERE = Path(__file__).parent


def key(builder):
    """A hash of all that a build starts from, but for the files that go along with the site."""
    book = builder.book
    sources = sorted(path for path in book.edition.rglob("*") if path.is_file())
    bibliographies = [
        book.root / str(path) for setting in ("bibliography", "csl") for path in [*listed(book.config, setting)]
    ]
    for file, chapter in builder.chapters.items():
        bibliographies += [(book.root / file).parent / str(path) for path in listed(chapter.front, "bibliography")]
    return digest(
        sys.version,
        book.text,
        str(builder.to),
        str(builder.only),
        str(date(book)),
        *[chapter.text for chapter in builder.chapters.values()],
        *builder.signs.values(),
        *sources,
        *[path for path in bibliographies if path.is_file()],
        *sorted(HERE.glob("*.py")),
        *versions(),
    )


def listed(config, name):
    value = config.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def date(book):
    from .book import shown_date
    from .paper import timestamp

    return timestamp(book), shown_date(book)


def versions():
    from .site import colophon

    return [colophon()]


def place(root, output):
    return root / ".press" / f"built-{digest(str(output))[:12]}.json"


def write(root, output, key, files):
    """Remember a finished build: its key, the files that were copied, and what the output folder holds."""
    copied = {name: digest(path) for name, path in files.items() if isinstance(path, Path)}
    sources = {name: str(path) for name, path in files.items() if isinstance(path, Path)}
    try:
        place(root, output).parent.mkdir(exist_ok=True)
        place(root, output).write_text(
            json.dumps(
                {"key": key, "copied": copied, "sources": sources, "standing": standing(output)}
            )
        )
    except OSError:
        pass  # without it the next build converts again


def standing(output):
    """{path: [size, time of change]} of the files in the output folder."""
    return {
        path.relative_to(output).as_posix(): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(output.rglob("*"))
        if path.is_file()
    }


def holds(root, output, key):
    """Whether the last build had this key, its copied files are as they were, and nobody touched its folder."""
    try:
        last = json.loads(place(root, output).read_text())
        return (
            last["key"] == key
            and standing(output) == last["standing"]
            and all(digest(Path(path)) == last["copied"][name] for name, path in last["sources"].items())
        )
    except (OSError, ValueError, KeyError):
        return False
