"""The keys that the press knows, where each may stand, and what it may say. Any other is an error with its line."""

import datetime
import difflib
import re

from .problems import key_lines


def kind(words, fits):
    """What a value must be: in words for the writer, and as a test."""
    return words, fits


def text(value):
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def one_of(*allowed):
    shown = [str(value).lower() if isinstance(value, bool) else value for value in allowed]
    return kind(" or ".join([", ".join(shown[:-1]), shown[-1]]),
                lambda v: any(type(v) is type(a) and v == a for a in allowed))


def a_filter(value):
    """Whether a value names a Lua filter: a file, or `path:` and `at:`."""
    given = value if isinstance(value, dict) else {"path": value}
    path, phase = given.get("path"), given.get("at", PHASES[0])
    return isinstance(path, str) and phase in PHASES and given.keys() <= {"path", "at"}


def person(value):
    """Whether a value names an author: text, or `name:` with text."""
    return text(value.get("name") if isinstance(value, dict) else value)


def a_date(value):
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


YES_NO = one_of(True, False)
WHOLE = kind("a positive whole number", lambda v: type(v) is int and v > 0)
TEXT = kind("text", text)
ADDRESS = kind("an address, such as https://example.org/report",
               lambda v: isinstance(v, str) and re.fullmatch(r"https?://\S+", v))
TEXTS = kind("text, or a list of it", lambda v: text(v) or isinstance(v, list) and v and all(map(text, v)))
FILES = kind("a file, or a list of files",
             lambda v: all(isinstance(o, str) and o for o in (v if type(v) is list else [v])))
MAP = kind("keys and values", lambda v: isinstance(v, dict))
LIST = kind("a list", lambda v: isinstance(v, list))
ANY = kind("anything", lambda v: True)
PYTHON = kind("a Python kernel, such as python3: no other is run",
              lambda v: isinstance(v, str) and v.startswith("python"))

FINISH = kind("press/finish.py: the press runs no script, and does that one's work itself",
              lambda v: v == "press/finish.py")

PROJECT = {"type": TEXT, "output-dir": TEXT, "resources": FILES, "post-render": FINISH}
BOOK = {
    **dict.fromkeys(("title", "subtitle", "output-file", "description"), TEXT),
    "date": kind("a date, such as 2026-01-31", a_date),
    "date-format": kind("long, iso, or of YYYY, MMMM, MMM, MM, M, DD and D",
                        lambda v: v in ("long", "iso") or re.fullmatch(r"(YYYY|M{1,4}|DD?|[ .,/-])+", str(v))),
    **dict.fromkeys(("repo-url", "site-url"), ADDRESS),
    "author": kind("a name, or a list of names", lambda v: all(map(person, v if isinstance(v, list) else [v]))),
    "chapters": LIST,
    "appendices": LIST,
}
EXECUTE = {  # may stand outside `execute:` too
    "echo": one_of(True, False, "fenced"),
    "output": one_of(True, False, "asis"),
    **dict.fromkeys(("eval", "include", "warning", "error"), YES_NO),
}
IN_EXECUTE = EXECUTE | {"freeze": ANY}  # what is kept: the press has its own way
# of a book, of a chapter's head and of a format's options
SETTINGS = EXECUTE | {
    **dict.fromkeys(("number-sections", "toc", "link-citations"), YES_NO),
    **dict.fromkeys(("number-depth", "toc-depth"), WHOLE),
    "code-fold": one_of(True, False, "show"),
    "code-summary": TEXT,
    "csl": TEXT,
    "nocite": TEXT,
    "execute": MAP,
}
WHOLE_BOOK = SETTINGS | {
    "project": MAP,
    "book": MAP,
    "format": kind("a format, or formats with their options", lambda v: isinstance(v, (str, dict))),
    "bibliography": FILES,
    "lang": kind(
        "English: the press knows the names of figures and chapters in no other language",
        lambda v: text(v) and str(v).lower().startswith("en"),
    ),
    "jupyter": PYTHON,
}
HEAD = SETTINGS | {
    "title": TEXT,
    "description": TEXT,
    "scripts": FILES,
    "run-last": YES_NO,
    **{key: WHOLE_BOOK[key] for key in ("format", "bibliography", "jupyter")},
}
PHASES = "pre-ast post-ast pre-quarto post-quarto pre-render post-render pre-finalize post-finalize".split()
# of a format of an edition
EDITION = SETTINGS | {
    "template": TEXT,
    "css": FILES,
    "font-paths": FILES,
    **dict.fromkeys(("fig-cap-location", "tbl-cap-location"), kind("top", lambda v: v == "top")),
    "pdf-standard": TEXTS,
    "filters": kind(
        f"a list of files, or of a `path` and where it comes `at`: {', '.join(PHASES)}",
        lambda v: isinstance(v, list) and all(map(a_filter, v)),
    ),
    **dict.fromkeys(("theme", "minimal", "html-math-method", "citeproc"), ANY),  # for Quarto
}
SUBCAPTION = kind("true, text, or a list of it", lambda v: v is True or TEXTS[1](v))
CELL = EXECUTE | {
    "label": kind("an identifier", lambda v: isinstance(v, str) and re.fullmatch(r"[A-Za-z][\w.:-]*", v)),
    "fig-cap": TEXT,
    **dict.fromkeys(("fig-alt", "tbl-cap"), TEXTS),
    **dict.fromkeys(("fig-subcap", "tbl-subcap"), SUBCAPTION),
    "layout-ncol": WHOLE,
    **{key: SETTINGS[key] for key in ("code-fold", "code-summary")},
}


def wrong(given, known, what=""):
    """{key: what is wrong with it} of some keys and values; `what` says where they stand."""
    return {key: message for key, value in given.items() if (message := wrong_with(key, value, known, what))}


def wrong_with(key, value, known, what):
    if key not in known:
        near = difflib.get_close_matches(str(key), known, 1)
        meant = f" (is {near[0]!r} meant?)" if near else ""
        if key in BOOK and "book" in known:
            meant = " (it stands under `book:`)"
        return f"unknown or unsupported key {key!r}{what}{meant}"
    words, fits = known[key]
    return None if fits(value) else f"{key}: must be {words}, not {'nothing' if value is None else repr(value)}"


def of_book(config, text, more):
    """Problems in `_quarto.yml`; `more` are the keys that the edition itself shows."""
    lines, problems = key_lines(text), []
    look = looked(lines, problems)
    look(config, dict.fromkeys(more, ANY) | WHOLE_BOOK, "")
    look(config.get("project"), PROJECT, " in project", "project")
    look(config.get("book"), BOOK, " in book", "book")
    settings(config, look)
    return [("_quarto.yml", *problem) for problem in problems]


def of_edition(extension, text, file):
    """Problems in an edition's `_extension.yml`."""
    lines, problems, formats = key_lines(text), [], extension
    look, path = looked(lines, problems), ("contributes", "formats")
    for key in path:
        formats = formats.get(key) if isinstance(formats, dict) else None
    for base in ("html", "typst"):
        given = formats.get(base) if isinstance(formats, dict) else None
        if not isinstance(given, dict) or "template" not in given:
            told = f"no `contributes: formats: {base}:` with its template"
            problems.append((lines.get((*path, base)) or lines.get(path), told))
        look(given, EDITION, f" in {base}", *path, base)
        look((given or {}).get("execute") if isinstance(given, dict) else None, IN_EXECUTE, " in execute", *path, base)
    return [(file, *problem) for problem in problems]


def of_head(front, head, names):
    """Problems in a chapter's head, as (line, message): its values, its lines, the names of the book's formats."""
    lines, problems = key_lines("\n".join(head), 2), []
    look = looked(lines, problems)
    look(front, HEAD, " in the head of a chapter")
    for name in front.get("format") or {} if isinstance(front.get("format"), dict) else [front.get("format")]:
        if name is not None and name not in names:
            problems.append((lines.get(("format", name)) or lines.get(("format",)), f"unsupported format {name!r}"))
    settings(front, look)
    for line, row in enumerate(head, 2):
        if re.search(r"`\{\w+\}", row):
            problems.append((line, "the head of a chapter does not compute: its title is read from the file"))
    return problems


def looked(lines, problems):
    """look(given, known, what, *path): note what is wrong with some keys, as (line, message)."""

    def look(given, known, what, *path):
        if isinstance(given, dict):
            problems.extend((lines.get((*path, key)), message) for key, message in wrong(given, known, what).items())

    return look


def settings(config, look):
    """Look at `execute:`, and at the options of each format."""
    look(config.get("execute"), IN_EXECUTE, " in execute", "execute")
    given = config.get("format")
    for name, options in given.items() if isinstance(given, dict) else ():
        look(options, SETTINGS, f" in {name}", "format", name)
        if isinstance(options, dict):
            look(options.get("execute"), IN_EXECUTE, " in execute", "format", name, "execute")
