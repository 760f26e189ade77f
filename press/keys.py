"""The keys that the press knows, where each may stand, and what it may say. Any other is an error with its line."""

import difflib
import re

from .problems import key_lines


def text(value):
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def one_of(*allowed):
    shown = [str(value).lower() if isinstance(value, bool) else value for value in allowed]
    return (" or ".join([", ".join(shown[:-1]), shown[-1]]),
            lambda v: any(type(v) is type(a) and v == a for a in allowed))


def a_filter(value):
    """Whether a value names a Lua filter: a file, or `path:` and `at:`."""
    given = value if isinstance(value, dict) else {"path": value}
    path, phase = given.get("path"), given.get("at", PHASES[0])
    return isinstance(path, str) and phase in PHASES and given.keys() <= {"path", "at"}


def person(value):
    """Whether a value names an author: text, or `name:` with text, or with its parts."""
    name = value.get("name") if isinstance(value, dict) else value
    parts = [name[part] for part in ("literal", "given", "family") if part in name] if type(name) is dict else [name]
    return bool(parts) and all(map(text, parts))


# what a value must be: in words for the writer, and as a test
YES_NO = one_of(True, False)
WHOLE = ("a positive whole number", lambda v: type(v) is int and v > 0)
TEXT = ("text", text)
ADDRESS = ("an address, such as https://example.org/report",
           lambda v: isinstance(v, str) and re.fullmatch(r"https?://\S+", v))
TEXTS = ("text, or a list of it", lambda v: text(v) or isinstance(v, list) and v and all(map(text, v)))
FILES = ("a file, or a list of files", lambda v: all(isinstance(o, str) and o for o in (v if type(v) is list else [v])))
MAP = ("keys and values", lambda v: isinstance(v, dict))
LIST = ("a list", lambda v: isinstance(v, list))
ANY = ("anything", lambda v: True)
PYTHON = ("a Python kernel, such as python3: no other is run", lambda v: isinstance(v, str) and v.startswith("python"))
FINISH = ("press/finish.py: the press runs no script, and does that one's work itself",
          lambda v: v == "press/finish.py")

PROJECT = {"type": TEXT, "output-dir": TEXT, "resources": FILES, "post-render": FINISH, "preview": ANY}
BOOK = {
    **dict.fromkeys("title subtitle date date-format output-file description abstract doi".split(), TEXT),
    **dict.fromkeys(("repo-url", "site-url"), ADDRESS),
    "author": ("a name, or a list of names", lambda v: all(map(person, v if isinstance(v, list) else [v]))),
    "chapters": LIST,
    "appendices": LIST,
    # navigation and hosting: the edition's page has its own
    **dict.fromkeys(
        """
        search sidebar navbar downloads sharing tools reader-mode page-navigation back-to-top-navigation bread-crumbs
        open-graph twitter-card favicon repo-actions repo-branch repo-subdir issue-url
        """.split(),
        ANY,
    ),
}
EXECUTE = {  # may stand outside `execute:` too
    "echo": one_of(True, False, "fenced"),
    "output": one_of(True, False, "asis"),
    **dict.fromkeys(("eval", "include", "warning", "error"), YES_NO),
}
IN_EXECUTE = EXECUTE | dict.fromkeys(  # what is kept, and how: the press has its own way
    "cache freeze keep-md keep-ipynb keep-hidden debug daemon daemon-restart".split(), ANY
)
# of a book, of a chapter's head and of a format's options
SETTINGS = IN_EXECUTE | {
    **dict.fromkeys(("number-sections", "toc", "link-citations", "link-bibliography"), YES_NO),
    **dict.fromkeys(("number-depth", "toc-depth"), WHOLE),
    "code-fold": one_of(True, False, "show"),
    "code-summary": TEXT,
    "csl": TEXT,
    "nocite": TEXT,
    "execute": IN_EXECUTE,
}
WHOLE_BOOK = SETTINGS | {
    "project": PROJECT,
    "book": BOOK,
    "format": ("a format, or formats with their options", lambda v: isinstance(v, (str, dict))),
    "bibliography": FILES,
    "date-format": TEXT,
    "lang": (
        "English: the press knows the names of figures and chapters in no other language",
        lambda v: text(v) and str(v).lower().startswith("en"),
    ),
    "jupyter": PYTHON,
    "engine": one_of("jupyter", "markdown"),
    "editor": ANY,
}
HEAD = SETTINGS | {
    "title": TEXT,
    "description": TEXT,
    "scripts": FILES,
    "run-last": YES_NO,
    **{key: WHOLE_BOOK[key] for key in ("format", "bibliography", "jupyter", "engine", "editor")},
}
PHASES = "pre-ast post-ast pre-quarto post-quarto pre-render post-render pre-finalize post-finalize".split()
# of a format of an edition
EDITION = SETTINGS | {
    "template": TEXT,
    "css": FILES,
    "font-paths": FILES,
    **dict.fromkeys(("fig-cap-location", "tbl-cap-location"), ("top", lambda v: v == "top")),
    "pdf-standard": TEXTS,
    "filters": (
        f"a list of files, or of a `path` and where it comes `at`: {', '.join(PHASES)}",
        lambda v: isinstance(v, list) and all(map(a_filter, v)),
    ),
    **dict.fromkeys(("theme", "minimal", "html-math-method", "citeproc"), ANY),  # for Quarto
}
SUBCAPTION = ("true, text, or a list of it", lambda v: v is True or TEXTS[1](v))
CELL = EXECUTE | {
    "label": ("an identifier", lambda v: isinstance(v, str) and re.fullmatch(r"[A-Za-z][\w.:-]*", v)),
    "fig-cap": TEXT,
    **dict.fromkeys(("fig-alt", "tbl-cap"), TEXTS),
    **dict.fromkeys(("fig-subcap", "tbl-subcap"), SUBCAPTION),
    "layout-ncol": WHOLE,
    **{key: SETTINGS[key] for key in ("code-fold", "code-summary")},
}


def faults(given, known, what="", path=()):
    """What is wrong with some keys and values, as (path of a key, message); `what` says where they stand."""
    for key, value in given.items():
        place = (*path, key)
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            meant = f" (is {near[0]!r} meant?)" if near else ""
            if key in BOOK and "book" in known:
                meant = " (it stands under `book:`)"
            yield place, f"unknown or unsupported key {key!r}{what}{meant}"
        elif isinstance(known[key], dict) and isinstance(value, dict):
            yield from faults(value, known[key], f" in {key}", place)
        else:
            words, fits = known[key] if isinstance(known[key], tuple) else MAP
            if not fits(value):
                yield place, f"{key}: must be {words}, not {'nothing' if value is None else repr(value)}"


def of_formats(config):
    """What is wrong with the options of each format."""
    given = config.get("format")
    for name, options in given.items() if isinstance(given, dict) else ():
        if isinstance(options, dict):
            yield from faults(options, SETTINGS, f" in {name}", ("format", name))


def of_book(config, text, more):
    """Problems in `_quarto.yml`; `more` are the keys that the edition itself shows."""
    lines, known = key_lines(text), dict.fromkeys(more, ANY) | WHOLE_BOOK
    return [("_quarto.yml", lines.get(path), told) for path, told in [*faults(config, known), *of_formats(config)]]


def of_edition(extension, text, file):
    """Problems in an edition's `_extension.yml`."""
    lines, problems, formats, path = key_lines(text), [], extension, ("contributes", "formats")
    for key in path:
        formats = formats.get(key) if isinstance(formats, dict) else None
    for base in ("html", "typst"):
        given = formats.get(base) if isinstance(formats, dict) else None
        given = given if isinstance(given, dict) else {}
        if "template" not in given:
            told = f"no `contributes: formats: {base}:` with its template"
            problems.append((file, lines.get((*path, base)) or lines.get(path), told))
        found = faults(given, EDITION, f" in {base}", (*path, base))
        problems += [(file, lines.get(place), told) for place, told in found]
    return problems


def of_head(front, head, names):
    """Problems in a chapter's head, as (line, message): its values, its lines, the names of the book's formats."""
    lines = key_lines("\n".join(head), 2)
    found = [*faults(front, HEAD, " in the head of a chapter"), *of_formats(front)]
    problems = [(lines.get(path), told) for path, told in found]
    for name in front.get("format") or {} if isinstance(front.get("format"), dict) else [front.get("format")]:
        if isinstance(name, (str, int)) and name not in names:
            problems.append((lines.get(("format", name)) or lines.get(("format",)), f"unsupported format {name!r}"))
    return problems + [(line, "the head of a chapter does not compute: its title is read from the file")
                       for line, row in enumerate(head, 2) if re.search(r"`\{\w+\}", row)]
