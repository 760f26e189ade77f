"""A book's configuration: `_quarto.yml`, the edition's `_extension.yml`, and the head of each chapter."""

import calendar
import contextlib
import datetime
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from . import keys, pandoc, source
from .links import page_of
from .problems import BookError, line_with, read_text, read_yaml

FORMATS = {"html": "html", "typst": "pdf"}  # Pandoc's name, and what the command line calls it


@dataclass(frozen=True)
class Item:
    """An entry of the book's list: a chapter, a part (perhaps with a file), or the place where appendices begin."""

    kind: str  # chapter, part, appendix
    file: str | None = None
    text: str | None = None
    number: int | None = None
    appendix: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Book:
    """A book's configuration, read and checked."""

    root: Path
    text: str  # of _quarto.yml
    config: dict
    items: list
    edition: Path
    contributed: dict  # the edition's settings for html and typst
    formats: tuple  # the Pandoc formats that _quarto.yml asks for

    @property
    def files(self):
        return [item.file for item in self.items if item.file]

    def item(self, file):
        return next(item for item in self.items if item.file == file)

    def output_name(self):
        """The PDF's name without ending: `output-file`, else the title, made safe for a file."""
        name = str(self.config["book"].get("output-file") or self.config["book"].get("title") or self.root.name)
        return re.sub(r"[ <>()|:&;#?*'\"/\\]", "-", name)

    def line(self, *needles):
        return line_with(self.text, *needles)

    @property
    def finished(self):
        """Whether search, lists, Markdown and the one download go along, as where Quarto runs `press/finish.py`."""
        return bool((self.config.get("project") or {}).get("post-render"))

    @property
    def shelf(self):
        """Where the edition's files stand in the site: where Quarto puts its style sheet."""
        return self.edition.relative_to(self.root).as_posix()


def read(root, only=()):
    """Read a book. Raises BookError. With `only`, other chapters may be missing."""
    root = Path(root).resolve()
    text = read_text(root / "_quarto.yml", "_quarto.yml")
    config = read_yaml(text, "_quarto.yml") or {}
    problems = []

    def wrong(message, *needles):
        firsts = (needle.split()[0] for needle in needles if needle.split())  # of a name over several lines
        problems.append(("_quarto.yml", line_with(text, *needles, *firsts), message))

    if not isinstance(config, dict) or not isinstance(config.get("book"), dict):
        raise BookError([("_quarto.yml", 1, "no `book:` with its chapters")])
    project = config.get("project")
    if isinstance(project, dict) and project.get("type", "book") != "book":
        wrong(f"project type {project['type']!r}: only books are rendered", "type:")
    items = listed(config["book"], wrong)
    for item in items:
        if item.file and not (root / item.file).is_file():
            if only and item.file not in only:
                continue
            wrong(f"{item.kind} {item.file!r}: no such file", item.file)
        elif item.file and Path(item.file).suffix not in (".qmd", ".md"):
            wrong(f"{item.file!r}: chapters are .qmd or .md files", item.file)
        elif item.file and (item.file.startswith("/") or {"..", "."} & set(item.file.split("/"))):
            wrong(f"{item.file!r}: a chapter is named by its path from the book's folder, inside it", item.file)
    for file in {item.file for item in items if item.file}:
        if sum(item.file == file for item in items) > 1:
            wrong(f"{file!r} is listed twice", file)
        if any(item.file and item.file != file and page_of(item.file) == page_of(file) for item in items):
            wrong(f"{file!r}: another chapter has the same page, {page_of(file)}", file)
    if not config["book"].get("title"):
        wrong("the book has no title", "title:" if "title" in config["book"] else "book:")
    if not any(item.file and Path(item.file).stem == "index" and "/" not in item.file for item in items):
        wrong("a book needs an index.qmd among its chapters", "chapters:")
    formats = formats_of(config)
    edition, contributed, wanted = None, {}, []
    for name in formats:
        extension, _, base = str(name).rpartition("-")
        if base not in FORMATS or not extension:
            told = f"format {name!r}: the press renders an edition's <name>-html and <name>-typst"
            wrong(told, f"{name}:", str(name))
        elif not (root / "_extensions" / extension / "_extension.yml").is_file():
            wrong(f"format {name!r}: no _extensions/{extension}/_extension.yml", f"{name}:", str(name))
        else:
            edition = root / "_extensions" / extension
            wanted.append(base)
    if not formats:
        wrong("no `format:`", "format:")
    if edition:
        contributed = contributions(root, edition)
    problems += keys.of_book(config, text, own_keys(edition, contributed))
    if problems:
        raise BookError(problems)
    for file in config_list(config, "bibliography"):
        if not (root / file).is_file():
            raise BookError([("_quarto.yml", line_with(text, file), f"bibliography {file!r}: no such file")])
    return Book(root, text, config, items, edition, contributed, tuple(wanted))


def contributions(root, edition):
    """The edition's settings for each format. Raises BookError: `_extension.yml`, or a file that it names."""
    shown = (edition / "_extension.yml").relative_to(root).as_posix()
    text = read_text(edition / "_extension.yml", shown)
    extension = read_yaml(text, shown)
    if problems := keys.of_edition(extension, text, shown):
        raise BookError(problems)
    contributed = {base: extension["contributes"]["formats"][base] for base in FORMATS}
    texts = {path.name: read_text(path, path.relative_to(root).as_posix()) for path in sorted(edition.iterdir())
             if path.suffix in (".html", ".css", ".js", ".lua", ".typ") and path.is_file()}
    for setting in contributed.values():
        named = [entry["path"] if isinstance(entry, dict) else entry for entry in setting.get("filters", [])]
        for name in {setting["template"], *config_list(setting, "css"), *named} - {"quarto"}:
            if not (edition / name).is_file():
                raise BookError([(shown, line_with(text, name), f"{name!r}: no such file")])
        if "$body$" not in texts.get(setting["template"], "$body$"):
            name = (edition / setting["template"]).relative_to(root).as_posix()
            raise BookError([(name, None, "a template without $body$")])
    return contributed


def formats_of(config):
    """{name: options} of the formats that a configuration asks for."""
    formats = config.get("format") or {}
    return {formats: "default"} if isinstance(formats, str) else formats if isinstance(formats, dict) else {}


def own_keys(edition, contributed):
    """The keys that an edition shows in its own way: those that its templates for pages and for print both name."""
    texts = [read_text(edition / settings["template"], settings["template"]) for settings in contributed.values()]
    named = [set(re.findall(r"\$(?:if\()?([a-z][a-z-]*)", text)) for text in texts]
    return set.intersection(*named) - set(keys.BOOK) - {"body", "colophon"} if named else set()


def config_list(config, key):
    """A setting that may be one value or a list, as a list."""
    value = config.get(key)
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def listed(book, wrong):
    """The items in reading order, the index first; chapters without numbers yet."""
    items = []

    def add(entries, appendix, depth):
        if not isinstance(entries, list):
            wrong(f"`chapters:` and `appendices:` are lists, not {entries!r}", str(entries), "chapters:")
            return
        for entry in entries:
            if isinstance(entry, str):
                items.append(Item("chapter", entry, appendix=appendix, depth=depth))
            elif type(entry) is dict and entry.keys() <= {"part", "chapters"} and type(entry.get("part")) is str:
                title = entry["part"]
                file = title if re.search(r"\.(qmd|md)$", title) else None
                if not file and not entry.get("chapters"):
                    wrong(f"the part {title!r} has no chapters", f"part: {title}", title)
                items.append(Item("part", file, None if file else title, appendix=appendix, depth=depth))
                add(entry.get("chapters") or [], appendix, depth + 1)
            else:
                wrong(f"cannot read the entry {entry!r}: a file, or a part with chapters", "chapters:")

    add(book.get("chapters"), False, 0)
    if book.get("appendices"):
        items.append(Item("appendix", text="Appendices {.unnumbered}", appendix=True))
        add(book["appendices"], True, 1)
    index = [item for item in items if item.file in ("index.qmd", "index.md")]
    return index + [item for item in items if item not in index]


def numbered(items, unnumbered):
    """The items with their numbers; `unnumbered(file)` says that a chapter has none."""
    out, count = [], 0
    for item in items:
        count = 0 if item.kind == "appendix" else count
        if item.kind == "chapter" and not unnumbered(item.file):
            count += 1
            item = replace(item, number=count)
        out.append(item)
    return out


def merged(*settings):
    """Settings laid over each other, later ones first to count; maps are joined, all else is replaced."""
    out = {}
    for setting in settings:
        for key, value in (setting or {}).items():
            both = isinstance(out.get(key), dict) and isinstance(value, dict)
            out[key] = merged(out[key], value) if both else value
    return out


def settings(book, front, base):
    """All that holds for a chapter in a format: the edition's settings, then the book's, then the chapter's own."""

    def of_format(config):
        options = (some for name, some in formats_of(config).items() if str(name).endswith(f"-{base}"))
        return next((some for some in options if isinstance(some, dict)), {})

    def executed(setting):
        """A setting whose `echo:` and the like stand where they belong, in `execute`."""
        moved = {key: value for key, value in setting.items() if key in keys.EXECUTE}
        rest = {key: value for key, value in setting.items() if key not in (*moved, "format", "project", "book")}
        return merged(rest, {"execute": moved} if moved else {})

    layers = book.contributed[base], book.config, of_format(book.config), front, of_format(front)
    return merged(*map(executed, layers))


def metadata(settings):
    """The settings that templates and filters see: the edition's own keys, and few others."""
    known = keys.WHOLE_BOOK.keys() | keys.HEAD.keys() | keys.EDITION.keys()
    known -= {"lang", "link-citations", "description"}
    return {key: value for key, value in settings.items() if key not in known}


def style(book, file, settings):
    """The citation style of a chapter: a path from its folder, else from the book's."""
    if not settings.get("csl"):
        return None
    paths = [folder / str(settings["csl"]) for folder in ((book.root / file).parent, book.root)]
    return next((path for path in paths if path.is_file()), None)


def checked_front(book, chapter, settings):
    """Problems in a chapter's head."""
    problems = [(chapter.file, *problem)
                for problem in keys.of_head(chapter.front, source.head(chapter.text) or [], formats_of(book.config))]
    folder = (book.root / chapter.file).parent
    for file in config_list(chapter.front, "bibliography") + config_list(chapter.front, "scripts"):
        if isinstance(file, str) and not (folder / file).is_file():
            problems.append((chapter.file, chapter.line(str(file)), f"{file!r}: no such file"))
    if settings.get("csl") and not style(book, chapter.file, settings):
        problems.append((chapter.file, chapter.line("csl:"), f"citation style {settings['csl']!r}: no such file"))
    return problems


NAMED = {
    "full": "dddd, MMMM D, YYYY",
    "long": "MMMM D, YYYY",
    "medium": "MMM D, YYYY",
    "short": "M/D/YY",
    "iso": "YYYY-MM-DD",
}


def the_date(book):
    """The book's date; `today` is the day of SOURCE_DATE_EPOCH, which fixes it, else of the clock. None without one."""
    value = book.config["book"].get("date")
    if value is None:
        return None
    if value in ("today", "now", "last-modified"):
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date() if epoch else datetime.date.today()
    for pattern in ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %B %Y"):
        with contextlib.suppress(ValueError):
            return datetime.datetime.strptime(str(value), pattern).date()
    raise BookError([("_quarto.yml", book.line("date:"), f"cannot read the date {value!r}")])


def shown_date(book):
    """The book's date in its `date-format`: one of Quarto's names, or its letters (YYYY, MMMM, D, …)."""
    day = the_date(book)
    if day is None:
        return None
    pattern = str(book.config["book"].get("date-format") or book.config.get("date-format") or "iso")
    month, weekday = calendar.month_name[day.month], calendar.day_name[day.weekday()]
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    values = {"YYYY": f"{day.year}", "YY": f"{day.year % 100:02}", "MMMM": month, "MMM": month[:3],
              "MM": f"{day.month:02}", "M": f"{day.month}", "DD": f"{day.day:02}", "D": f"{day.day}",
              "Do": f"{day.day}{ending}", "dddd": weekday, "ddd": weekday[:3]}
    letters = r"\[([^\]]*)\]|" + "|".join(sorted(values, key=len, reverse=True))
    return re.sub(letters, lambda m: values[m[0]] if m[1] is None else m[1], NAMED.get(pattern, pattern))


def authors(book):
    """The names of the book's authors."""
    names = []
    for person in config_list(book.config["book"], "author"):
        name = person.get("name") if isinstance(person, dict) else person
        if isinstance(name, dict):
            name = name.get("literal") or " ".join(str(name[part]) for part in ("given", "family") if part in name)
        names.append(str(name))
    return names


def filters(book, base):
    """The edition's Lua filters for a format, in the order in which Quarto would run them."""
    entries = []
    for entry in book.contributed[base].get("filters", []):
        entry = entry if isinstance(entry, dict) else {"path": entry}
        path, phase = entry["path"], entry.get("at", "pre-quarto")
        if path != "quarto":
            entries.append((keys.PHASES.index(phase), book.edition / path))
    return [path for _, path in sorted(entries, key=lambda entry: entry[0])]


def rendered(book, base, meta, blocks, options, *, style, api, cache, **more):
    """A document in a format by Pandoc, with the edition's template and filters; and Pandoc's warnings."""
    document = json.dumps({"pandoc-api-version": api, "meta": meta, "blocks": blocks}, ensure_ascii=False)
    template, used = book.edition / book.contributed[base]["template"], filters(book, base)
    arguments = ["-f", "json", *options, "--standalone", "--wrap=none", f"--template={template}"]
    arguments += [*(f"--lua-filter={path}" for path in used), *pandoc.citing(meta, style)]
    files = [*used, template, *([style] if style else []), *more.pop("files", ())]
    return pandoc.run(arguments, document, cache=cache, files=files, **more)
