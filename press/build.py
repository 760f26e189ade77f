"""Build a book: read, check, run, convert, check again, publish."""

import concurrent.futures
import dataclasses
import json
import os
import re
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from . import book as books
from . import bounded, cells, checks, finish, links, number, page, pandoc, paper, shape, site, source, tree
from .problems import BookError, line_with, read_json, read_text
from .store import Store

VALUE = r"\{(?:[^{}\\]|\\.)*\}"
for _ in range(4):  # braces in braces
    VALUE = rf"\{{(?:[^{{}}\\]|\\.|{VALUE})*\}}"
FIELD = rf"(?P<field>[\w-]+)\s*=\s*(?P<value>{VALUE}|\"[^\"]*\")"
BIB = re.compile(rf"@\w+\s*[{{(]\s*(?P<key>[^,\s{{}}]+)\s*,|{FIELD}", re.S)
UNSEEN = {"abstract", "annote", "annotation", "file", "keyword", "keywords"}  # of a bibliography: shown nowhere
VERBATIM = {"doi", "eprint", "url", "urlraw", "pdf"}  # LaTeX has no signs in these
WORKERS = 4  # Pandoc's launches wait for each other's output more than they compute


class Builder:
    """One build of a book. What is wrong is collected in `problems`, and raised where nothing further makes sense."""

    def __init__(self, root, to=("html", "typst"), only=()):
        self.problems, self.chapters = [], {}
        self.store = Store(Path(root).resolve() / ".press" / "pages")
        self.book = books.read(root, only)
        self.to = tuple(base for base in to if base in self.book.formats)
        self.chapters = self.read_chapters(only)
        unnumbered = {file for file, chapter in self.chapters.items() if is_unnumbered(chapter)}
        self.book = dataclasses.replace(self.book, items=books.numbered(self.book.items, unnumbered.__contains__))
        self.settings = {base: {file: books.settings(self.book, chapter.front, base)
                                for file, chapter in self.chapters.items()}
                         for base in books.FORMATS}
        self.complete = not only
        self.only = [file for file in self.book.files if file in only] if only else self.book.files
        for file in set(only) - set(self.book.files):
            self.problems.append(("_quarto.yml", None, f"{file!r} is no chapter of the book"))
        for file in self.book.files if self.book.finished else ():
            if links.page_of(file) in (finish.LIST, finish.LOST):
                told = f"{file!r}: the book has a page of its own by the name {links.page_of(file)}"
                self.problems.append(("_quarto.yml", self.book.line(file), told))
        for file in self.only if only else self.chapters:
            self.problems += books.checked_front(self.book, self.chapters[file], self.settings["html"][file])
            self.problems += self.faults[file]
        self.stop()

    def sign(self, outputs):
        """Note hashes of what the cells of each chapter gave."""
        self.signs = {file: pandoc.digest(json.dumps(some, sort_keys=True)) for file, some in outputs.items()}

    def stop(self):
        """Raise what has been found wrong."""
        if self.problems:
            raise BookError(self.problems)

    def problem(self, file, needle, message):
        """Note a problem in a chapter: `needle` is a line's number, or what the line contains."""
        chapter = self.chapters.get(file)
        if chapter and needle and not isinstance(needle, int):
            # Pandoc writes addresses anew: what is left as it was tells the line
            needle = chapter.line(needle, unquote(needle), max(re.split(r"%\w\w", needle), key=len))
        line = needle if chapter else None
        self.problems.append((file, line, message))

    def parallel(self, work, things):
        """work(thing) for all things, in a few threads; their problems are collected."""

        def one(thing):
            try:
                return work(thing)
            except BookError as error:
                self.problems += error.problems
            except pandoc.TooMuch as error:
                self.problems.append((thing, self.crowded(thing, error.marks), str(error)))
            except pandoc.PandocError as error:
                self.problems.append(self.blamed(thing, str(error)))
            return None

        things = list(things)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            return dict(zip(things, pool.map(one, things), strict=True))

    def crowded(self, file, marks):
        """The line of a chapter with the most of some marks, such as brackets: Pandoc tries every combination."""
        path = self.book.root / str(file)
        rows = path.read_text("utf-8").split("\n") if path.is_file() else []
        counts = [sum(map(row.count, marks)) for row in rows]
        return 1 + counts.index(max(counts)) if any(counts) else None

    def blamed(self, file, message):
        """Pandoc's or a filter's message as a problem of a chapter, at the first thing that it names there."""
        lines = [re.sub(r"^\S*\.lua:\d+:\s*", "", line) for line in message.split("\n")
                 if line.strip() and not re.match(r"Error running filter|stack traceback|\s", line)]
        told = lines[0] if lines else message
        chapters = [self.chapters[file]] if file in self.chapters else list(self.chapters.values())
        if formula := re.match(r"Could not convert TeX math (.*?), rendering as TeX:.*?(unexpected .*?) expecting",
                               message):
            tex = formula[1].strip()
            told = f"a formula that cannot be set: {tex} ({formula[2]})"
            # what cells wrote into it stands in no source: the most of its beginning does
            places = ((chapter.file, chapter.passage(tex[:end]))
                      for end in range(len(tex), 1, -1) for chapter in chapters)
        else:
            names = re.findall(r"[.#]?[\w-]{4,}", told)
            needles = [name for name in names if name[0] in ".#"] + [name for name in names if "-" in name]
            needles = ["csl:"] if told.startswith("Citeproc") else needles
            places = [(chapter.file, chapter.line(*needles)) for chapter in chapters]
            places.append(("_quarto.yml", self.book.line("csl:") if "csl:" in needles else None))
        return *next((place for place in places if place[1]), self.in_edition(message) or (file, None)), told

    def in_edition(self, message):
        """(file, line) where a message names a template or filter of the edition."""
        found = re.search(r"([\w-]+\.(?:lua|html|typ))\W+(?:line )?(\d+)", message)  # Lua cuts a long path
        if found and (self.book.edition / found[1]).is_file():
            return f"{self.book.shelf}/{found[1]}", int(found[2])
        return None

    def read_chapters(self, only):
        """{file: Chapter}. With `only`, what is wrong with the other chapters does not matter."""
        read = self.parallel(self.read_chapter, self.book.files)
        self.problems = [problem for problem in self.problems if not only or problem[0] in only]
        self.stop()
        self.faults = {file: found[1] for file, found in read.items() if found}
        return {file: found[0] for file, found in read.items() if found}

    def read_chapter(self, file):
        """(chapter, what is wrong in its source), from its text alone."""
        text = read_text(self.book.root / file, file)

        def make():
            chapter, blocks = source.read(text, file, self.store)
            return chapter, cells.checked(chapter) + checks.checked(chapter, blocks)

        return self.store.get(pandoc.digest("chapter", pandoc.workshop(), file, text), make)

    def to_run(self):
        """The cells of each chapter, with what the document says of running them."""
        return {file: [source.with_execute(cell, self.settings["html"][file].get("execute") or {})
                       for cell in self.chapters[file].cells]
                for file in self.only}

    def convert(self, outputs):
        """The files of the site, {format: {path: bytes or file}}, from the cells' outputs."""
        self.bibliography()
        first, *others = self.to
        waiting = {base: bounded.beside(partial(self.made, base, outputs)) for base in others}
        made = {first: self.made(first, outputs)} | {base: result() for base, result in waiting.items()}
        self.problems = [problem for _, problems, _ in made.values() for problem in problems]
        self.store.used.update(*(used for _, _, used in made.values()))
        self.stop()
        return {base: files for base, (files, _, _) in made.items()}

    def made(self, base, outputs):
        """(files of one format, what is wrong with it, keys of what the store has for it)."""
        self.fresh = {}  # {key: what was made}, to be kept if all is well
        maker = {"html": self.website, "typst": self.pdf}[base]
        files = self.parallel(lambda base: maker(outputs), [base])[base]
        if not self.problems:
            for key, thing in self.fresh.items():
                self.store.keep(key, thing)
        return files, self.problems, self.store.used

    def packed(self, folder, paths):
        """{path: bytes} of the one download that the pages link to, from the files of the finished folder.

        It holds the PDF: after a build of that alone it is made again, where there is one.
        """
        name = self.book.output_name()
        linked = self.book.finished and "typst" in self.to and self.book.config["book"].get("output-file")
        if not linked or "html" not in self.to and f"{name}.zip" not in paths:
            return {}
        return finish.bundle({path: folder / path for path in paths}, name)

    def bibliography(self):
        """Read the bibliographies: `self.entries` is {chapter: {key: entry, as Pandoc has it}}."""
        everywhere = [self.book.root / str(file) for file in books.config_list(self.book.config, "bibliography")]
        self.read, self.entries, self.unread = {}, {}, {}
        for file, chapter in self.chapters.items():
            folder = (self.book.root / file).parent
            paths = list(dict.fromkeys(everywhere
                                       + [folder / str(own)
                                          for own in books.config_list(chapter.front, "bibliography")]))
            self.entries[file] = {}
            for path in paths:
                if path not in self.read:
                    self.read[path] = self.bibliography_entries(path)
                self.entries[file] |= self.read[path]
        self.all_entries = {key: entry for some in self.entries.values() for key, entry in some.items()}

    def bibliography_entries(self, path):
        kind = {".bib": "biblatex", ".bibtex": "bibtex", ".json": "csljson"}.get(path.suffix)
        shown = path.relative_to(self.book.root).as_posix()
        if kind is None:
            raise BookError([(shown, 1, "a bibliography is a .bib or a CSL .json file")])
        if kind == "csljson":
            read_json(path, shown)  # which tells the line
        try:
            document, _ = pandoc.read(read_text(path, shown), cache=self.store, format=kind)
        except pandoc.PandocError as error:
            line = re.search(r"line (\d+)", str(error))
            message = f"cannot read the bibliography: {' '.join(str(error).split())}"
            raise BookError([(shown, int(line[1]) if line else 1, message)]) from None
        entries, text = {}, read_text(path, shown)
        for entry in document["meta"].get("references", {"c": []})["c"]:
            key = tree.text_of(entry["c"]["id"])
            if entries.setdefault(key, entry) != entry:
                raise BookError([(shown, line_with(text, key), f"two entries have the key {key}")])
            fields = [value for name, value in entry["c"].items() if name not in UNSEEN]
            if raw := next((one["c"][1] for one in tree.elements(fields) if one["t"] == "RawInline"), None):
                self.unread[key] = shown, line_with(text, raw, key), f"LaTeX that is lost from the entry {key}: {raw}"
        if kind != "csljson":
            self.unread |= {key: (shown, *problem) for key, problem in self.once(cut_fields)(text).items()}
        return entries

    def pages(self, base, outputs, also):
        """What a format is made of: (keys, found, pages, targets), by chapter.

        A chapter's page is the same as before if what it has of its own is (its text and place, its settings, what its
        cells gave), and what it may have of the whole: what other chapters are called, where in them links lead, the
        configuration, the edition, the bibliographies, and `also`. `found` is what was kept for a page under its key,
        with the files of the book on which it rests; where that is None, `pages` has the page, its references told.
        """
        own = {file: pandoc.digest(*(base, pandoc.workshop(), self.chapters[file].text, self.signs[file],
                                     self.book.item(file)),
                                   json.dumps(self.settings[base][file], sort_keys=True, default=str))
               for file in self.only}
        facts = {file: self.store.recall(key) for file, key in own.items()}
        pages = self.shown(base, outputs, [file for file in self.only if facts[file] is None])
        facts |= {file: links.facts(this) for file, this in pages.items()}
        self.fresh |= {own[file]: facts[file] for file in pages}
        targets = links.Links(self.book, facts, self.index(facts), self.problem_once)
        styles = {books.style(self.book, file, self.settings[base][file]) for file in self.only} - {None}
        common = pandoc.digest(*(str(self.book.root), self.book.text, self.book.items, self.to, self.only,
                                 self.complete, facts, also),
                               *(path for path in sorted(self.book.edition.rglob("*")) if path.is_file()),
                               *(*self.read, *sorted(styles)))
        keys = {file: pandoc.digest(own[file], common) for file in self.only}
        found = {file: self.recalled(key) for file, key in keys.items()}
        lacking = [file for file in self.only if found[file] is None]
        pages |= self.shown(base, outputs, [file for file in lacking if file not in pages])
        pages = {file: pages[file] for file in lacking}
        for this in pages.values():
            for line, target in this.targets:
                targets.target(target, this.file, line)
            self.refer(base, this, targets)
        return keys, found, pages, targets

    def recalled(self, key):
        """What was kept of a page, if the files of the book on which it rests are as they were."""
        found, root = self.store.recall(key), self.book.root
        if found and all((root / path).is_file() is there for path, there in found["looked"].items()):
            if all(pandoc.digest(root / path) == digest for path, digest in found.get("read", {}).items()):
                return found
        return None

    def shown(self, base, outputs, files):
        """{file: number.Page} of chapters as a format shows them, before they know of each other."""
        pages = self.parallel(lambda file: self.page(base, file, outputs[file]), files)
        if not all(pages.values()):  # one could not be read; what else is wrong with one is told with the rest
            self.stop()
        return pages

    def page(self, base, file, outputs):
        """The number.Page of a chapter."""
        chapter, settings, item = self.chapters[file], self.settings[base][file], self.book.item(file)
        view = cells.View(chapter, outputs, settings, base)
        title, blocks = self.parse(file, source.weave(chapter, view.inline, view.markdown), base)
        view.parsed = self.paragraphs(view.strings())
        self.problems += self.lost_problems(file, [blocks, *view.parsed.values()], view)
        blocks = view.build(blocks)
        self.problems += view.problems
        self.read_tables(view.tables)
        blocks = tree.rewrite(blocks, lambda one: [{**table, "line": one["line"]} for table in one["c"]]
                              if one["t"] == "Later" else shape.unescape_engines(one))
        blocks = shape.visible(blocks, base)
        self.problems += [one["problem"] for one in tree.elements(blocks) if one["t"] == "Lost"]
        summary = str(settings.get("code-summary") or page.CODE_SUMMARY)
        strings = self.parse_strings([*shape.strings(blocks), summary])
        blocks = shape.floats(shape.titled(blocks, strings))
        this = number.Page(file, title, blocks, item, settings, view.targets, view.pictures, strings)
        for needle, message in number.number(this):
            self.problem(file, chapter.last(needle), message)
        if item.kind == "part" and not title:
            self.problem(file, 1, "the page of a part needs a heading: the part's title")
        return this

    def problem_once(self, file, needle, message):
        if self.complete or "no such file" in message:
            self.problem(file, needle, message)

    def parse(self, file, woven, base):
        """(title as a heading or None, blocks) of a chapter's woven text.

        The website's front page has the book's title, and keeps its own heading in the text.
        """
        front = base == "html" and file in ("index.qmd", "index.md")
        # a title in the head is read along, below the text; else it is the first heading of any level
        text, title = woven.text(), title_row(self.chapters[file])
        document, warnings = pandoc.read(text + (f"\n\n{title}\n" if title else ""), cache=self.store)
        for warning in warnings:
            line, message = source.warned(warning, text)
            self.problems.append((file, woven.line(line), message))
        told = "a row of more cells than its table has columns: a bar in a cell is written \\|"
        self.problems += [(file, woven.line(number), told) for number in source.overfull(text.split("\n"))]
        if document["meta"]:
            line = woven.line(source.metadata_line(text.split("\n")))
            self.problems.append((file, line, "something printed is YAML to Pandoc, which would swallow it"))
        blocks = document["blocks"]
        heading = None
        if title and (not blocks or blocks[-1]["t"] != "Header"):
            rows = self.chapters[file].text.count("\n")
            self.problems.append((file, rows, "something before the chapter's end is never closed"))
        elif title:
            heading = blocks.pop()
        elif not front and (heading := next((one for one in blocks if one["t"] == "Header"), None)):
            blocks.remove(heading)
            heading["c"][0] = 1
        if any(one["t"] in ("Note", "Image") for one in tree.elements([heading])):
            told = "a note or a picture in a chapter's title, which lists of contents would repeat"
            self.problem(file, "title:" if title else self.chapters[file].last(tree.text(heading)), told)
        return (None, [heading, *blocks]) if front and heading else (heading, blocks)

    def lost_problems(self, file, blocks, view):
        """What is not supported in what the cells show."""
        problems, chapter = [], self.chapters[file]

        def wrong(message, *needles):
            line = chapter.line(*needles) or view.line_of(*needles) or chapter.passage(needles[0])
            firsts = [needle.split(" ")[0] for needle in needles]
            line = line or view.line_of(*firsts) or chapter.line(*firsts)
            problems.append((file, line, message))

        checks.look(blocks, wrong, printed=True, own=view.own)
        return problems

    def read_tables(self, tables):
        """Fill in the trees of a chapter's HTML tables, by one call of Pandoc."""
        texts = [f'<div class="press-table">{html}</div>' for html in tables]
        for found, block in zip(tables.values(), self.apart(texts, "\n", "html"), strict=True):
            found[:] = map(right_aligned, block["c"][1])

    def apart(self, texts, between, form):
        """The div that each text is, by one call of Pandoc, or where one does not keep to itself by one call each."""
        if not texts:
            return []
        document, _ = pandoc.read(between.join(texts), cache=self.store, format=form)
        if len(document["blocks"]) == len(texts) and all(block["t"] == "Div" for block in document["blocks"]):
            return document["blocks"]
        read = [pandoc.read(text, cache=self.store, format=form)[0]["blocks"] for text in texts]
        return [blocks[0] if len(blocks) == 1 and blocks[0]["t"] == "Div" else tree.div(blocks) for blocks in read]

    def heads(self):
        """{chapter: its title, and its short name if it has one} as words, for the lists of chapters."""
        rows = {file: title for file, chapter in self.chapters.items() if (title := title_row(chapter))}
        read, _ = pandoc.read("\n\n".join(rows.values()), cache=self.store)
        found = {file: chapter.heading for file, chapter in self.chapters.items() if chapter.heading}
        found |= dict(zip(rows, read["blocks"], strict=True))
        named = {file: {"title": file} for file in self.chapters}  # what has no heading
        return named | {file: {"title": tree.text(tree.rewrite(one["c"][2], tree.unquoted)),
                               "short": tree.get(one, "short")} for file, one in found.items()}

    def parse_strings(self, texts):
        """{Markdown text: its inlines}; what is no paragraph is taken as it stands."""
        return {text: inlines or [tree.string(text)] for text, inlines in self.paragraphs(texts).items()}

    def paragraphs(self, texts):
        """{Markdown text: its inlines, None where it is no paragraph}, by one call of Pandoc."""
        texts = list(dict.fromkeys(texts))
        read = self.apart([f":::: {{.press-string}}\n{text}\n::::" for text in texts], "\n\n", "markdown")
        return {text: block["c"][1][0]["c"] if [one["t"] for one in block["c"][1]] in (["Para"], ["Plain"]) else None
                for text, block in zip(texts, read, strict=True)}

    def index(self, facts):
        """{label: number.Entry} of all chapters."""
        index = {}
        for file, some in facts.items():
            for label, entry in some.entries.items():
                if label in index:
                    told = f"the label {label} is used twice: also in {index[label].file}"
                    self.problem(file, self.chapters[file].last(label), told)
                index.setdefault(label, entry)
        return index

    def refer(self, base, this, targets):
        """Resolve the references of a page."""

        def wrong(label, told):
            self.problem(this.file, f"@{label}", told)

        def unknown(label):
            if label in self.entries[this.file]:
                return False
            if self.complete:
                told = f"a reference to nothing: @{label}" + hint(label, self.chapters)
                wrong(label, told)
            return True

        where = page.place(this, targets) if base == "html" else lambda label, entry: f"#{label}"
        number.resolve(this, targets.index, where, unknown, wrong)

    def cited(self, this):
        """The entries that a page cites, {key: entry}; keys that no bibliography has are problems."""
        entries, keys = self.entries[this.file], []
        for element in tree.elements([this.blocks, this.title]):
            if element["t"] == "Cite":
                keys += [citation["citationId"] for citation in element["c"][0]]
        nocite = str(this.settings.get("nocite", ""))
        keys += list(entries) if "@*" in nocite else re.findall(r"@([\w:.#$%&+?<>~/-]+)", nocite)
        for key in dict.fromkeys(keys):
            if key in self.unread:
                self.problems.append(self.unread[key])
            if key not in entries:
                self.problem(this.file, f"@{key}", f"the citation @{key} is in no bibliography")
        return {key: entries[key] for key in sorted(set(keys)) if key in entries}

    def metadata(self, fronts):
        """Pandoc's metadata for each of several maps of settings: text in them is Markdown. By one call."""
        fronts = [{"lang": "en"} | books.metadata(front) for front in fronts]
        text = json.dumps({f"x{n}": front for n, front in enumerate(fronts)}, ensure_ascii=False)
        document, _ = pandoc.read(f"---\n{text}\n---\n", cache=self.store)
        self.api = document["pandoc-api-version"]
        return [document["meta"].get(f"x{n}", {}).get("c", {}) for n in range(len(fronts))]

    def shared(self):
        """What every page is given: the book's title and people, versions."""
        own = self.book.config["book"]
        fields = {key: str(own[key]) for key in ("title", "subtitle", "description", "abstract") if own.get(key)}
        values = self.parse_strings(list(fields.values()))
        for text in (fields[key] for key in ("title", "subtitle") if key in fields):
            if any(one["t"] in ("Note", "Image", "Link", "RawInline") for one in tree.elements([values[text]])):
                told = "a note, a picture, a link or raw text in the book's title, which every page repeats"
                self.problems.append(("_quarto.yml", self.book.line(text, "title:"), told))
        self.stop()
        shared = {key: {"t": "MetaInlines", "c": values[text]} for key, text in fields.items()}
        shared.setdefault("title", page.meta_string(""))
        shared["author"] = page.meta_string(books.authors(self.book))
        if shown := books.shown_date(self.book):
            shared["date"] = page.meta_string(shown)
        texts = {key: str(value) for key, value in own.items() if isinstance(value, (str, int, float))}
        if "output-file" in texts:
            texts["output-file"] = self.book.output_name()
        if "typst" not in self.to:
            texts.pop("output-file", None)
        words = {key: shared[key] for key in ("title", "subtitle") if key in shared}
        known = {key: page.meta_string(text) for key, text in texts.items() if key not in ("subtitle", "description")}
        shared["book"] = {"t": "MetaMap", "c": known | words}
        shared["colophon"] = site.colophon()
        return shared

    def website(self, outputs):
        """The website's files."""
        shared = self.shared()
        book, contributed = self.book, self.book.contributed["html"]
        sheets = [str(name) for name in books.config_list(contributed, "css")]
        files = page.styles(book, sheets) | {f"{book.shelf}/{path.name}": path
                                             for path in sorted(book.edition.glob("*.js"))}
        shared |= {"css": [f"{book.shelf}/{name}" for name in sheets],
                   "js": [f"{book.shelf}/{name}" for name in site.edition_scripts(book.edition)],
                   "notebooks": [file for file in self.only
                                 if not all(cell.inline for cell in self.chapters[file].cells)]}
        asked = book.root / page.TABLES
        tables = read_json(asked, page.TABLES) if asked.is_file() else {}
        if not isinstance(tables, dict):
            raise BookError([(page.TABLES, 1, "must be an object, with `resources`")])
        shared["heads"] = self.heads()
        keys, found, pages, targets = self.pages("html", outputs, json.dumps([shared, tables]))
        metas = dict(zip(pages, self.metadata([this.settings for this in pages.values()]), strict=True))
        self.stop()
        notebooks = self.notebooks(shared["notebooks"], outputs, targets.index)
        for file, this in pages.items():
            entries = self.cited(this)
            this.blocks = page.html_blocks(this, targets, self.problem)
            targets.files[file] |= {links.in_book(str(path), file)
                                    for path in books.config_list(this.settings, "scripts")}
            if entries:
                metas[file]["references"] = {"t": "MetaList", "c": list(entries.values())}
        self.stop()

        def write(file):
            html, warnings = page.write(pages[file], book, metas[file], self.api, cache=self.store, shared=shared)
            self.problems.extend(self.blamed(file, warning) for warning in warnings)
            return html

        for file, html in self.parallel(write, pages).items():
            found[file] = self.fresh[keys[file]] = {"html": html, "pictures": pages[file].pictures,
                                                    "files": sorted(targets.files[file]),
                                                    "looked": targets.looked[file]}
        self.stop()
        written = {links.page_of(file): made["html"] for file, made in found.items()}
        files |= {path: html.encode() for path, html in written.items()}
        named = self.resources()
        for made in found.values():
            named |= made["pictures"] | {path: book.root / path for path in made["files"]}
        if book.finished:
            tables = {path: content for path, content in named.items() if re.fullmatch(r"rows/[^/]*\.html", path)}
            tables = {p: (c if isinstance(c, bytes) else c.read_bytes()).decode("utf-8") for p, c in tables.items()}
            files |= finish.extras(written, book.config["book"], self.markdown, tables, self.once(finish.sections))
        twice = (path for path in sorted(named.keys() & files.keys()) if named[path] != files[path])
        told = "the press makes a file of this name"
        self.problems += [("_quarto.yml", book.line(path), f"{path}: {told}") for path in twice]
        files |= named | notebooks
        self.problems += site.checked(files, self.chapters, complete=self.complete,
                                      later={f"{self.book.output_name()}.{kind}" for kind in ("pdf", "zip")
                                             if "typst" in self.to},
                                      reading=self.once(site.reading))
        return files

    def once(self, work):
        """A function of a text whose result is kept for the next build."""
        sign = pandoc.digest(work.__name__, pandoc.workshop())
        return lambda text: self.store.get(pandoc.digest(sign, text), lambda: work(text))

    def markdown(self, texts):
        """{path: Markdown} of {path: HTML}, by Pandoc, what has not changed from the store."""
        options = ["-f", "html", "-t", "gfm-raw_html", "--wrap=none"]
        return self.parallel(lambda path: pandoc.run(options, texts[path], cache=self.store)[0], texts)

    def resources(self):
        """The files that `resources:` of the project names."""
        root = self.book.root
        patterns = books.config_list(self.book.config.get("project") or {}, "resources")
        found = {}
        for pattern in patterns:
            try:
                files = [path for path in sorted(root.glob(pattern.lstrip("/"))) if path.is_file()]
                found |= {Path(os.path.normpath(path)).relative_to(root).as_posix(): path for path in files}
            except (ValueError, NotImplementedError):
                told = f"resources: {pattern!r} names no files inside the book"
                raise BookError([("_quarto.yml", self.book.line(pattern), told)]) from None
        return found

    def notebooks(self, files, outputs, index):
        """The executed notebooks of chapters, with the numbers that the pages have."""
        from . import notebook as notebooks

        def said(key):
            if key in index:
                return f"{number.prefix_of(index[key])} {number.shown_number(index[key], index)}"
            entry = self.all_entries.get(key)
            return notebooks.author_year(entry) if entry else key

        def made(file):
            chapter, texts = self.chapters[file], [""]
            for piece in chapter.pieces:
                if piece.cell is None:
                    texts[-1] += piece.text
                elif chapter.cells[piece.cell].inline:
                    texts[-1] += source.inline_text(outputs[file][piece.cell])
                else:
                    texts.append("")
            texts = notebooks.readable(texts, said)

            def make():
                content = notebooks.notebook(file, chapter.cells, outputs[file], texts)
                return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

            key = pandoc.digest("notebook", pandoc.workshop(), chapter.cells, texts, self.signs[file])
            return self.store.get(key, make)

        return {re.sub(r"\.\w+$", ".ipynb", file): made(file) for file in files}

    def pdf(self, outputs):
        """The PDF, as a file of the site."""
        shared, book = self.shared(), self.book
        parsed = self.parse_strings([item.text for item in book.items if item.kind == "part" and item.text])
        settings = books.settings(book, {}, "typst")
        keys, found, pages, targets = self.pages("typst", outputs, "")
        targets.renamed = paper.renames(targets.facts)
        for file, this in pages.items():
            cited = self.cited(this)
            blocks = paper.chapter(book, this, self.chapters[file], targets, self.problem)
            found[file] = self.fresh[keys[file]] = {"cited": list(cited), "blocks": blocks,
                                                    "citations": paper.citations(blocks), "pictures": this.printed,
                                                    "read": this.read, "looked": targets.looked[file]}
        self.stop()
        (meta,) = self.metadata([settings])
        meta |= {key: tree.rewrite(shared[key], paper.escaped) for key in ("title", "subtitle") if key in shared}
        people, day = ", ".join(books.authors(book)), books.shown_date(book) or ""
        for key, text in (("author", people), ("date", day)):  # the template has them within strings
            meta[key] = {"t": "MetaInlines", "c": [tree.raw_inline("typst", paper.quoted(text)[1:-1])]}
        meta["colophon"] = page.meta_string(shared["colophon"])
        entries = {key: self.entries[file][key] for file, made in found.items() for key in made["cited"]}
        if entries:
            meta["references"] = {"t": "MetaList", "c": [entries[key] for key in sorted(entries)]}
        style = books.style(book, "index.qmd", settings)
        citing = pandoc.digest(json.dumps([meta, [made["citations"] for made in found.values()]]), style or "")
        keys = {file: pandoc.digest(key, found[file]["read"], citing) for file, key in keys.items()}
        texts = {file: self.store.recall(key) for file, key in keys.items()}
        outline = list(paper.outline(book, found, parsed))
        # a chapter whose text is there goes in as its citations alone: numbers and years of others may rest on them
        pieces = [one if isinstance(one, list) else found[one]["blocks" if texts[one] is None else "citations"]
                  for one in outline]
        try:
            (head, *written), warnings = paper.write(book, pieces, meta, self.api, style=style, cache=self.store)
        except pandoc.PandocError as error:
            raise BookError([self.blamed("the PDF", str(error))]) from None
        self.problems += [self.blamed("the PDF", warning) for warning in warnings]
        self.stop()
        for place, one in enumerate(outline):
            if isinstance(one, str) and texts[one] is None:
                self.fresh[keys[one]] = written[place]
            elif isinstance(one, str):
                written[place] = texts[one]
        pictures = {name: content for made in found.values() for name, content in made["pictures"].items()}
        text, date = "".join([head, *written]), paper.timestamp(book)
        return {f"{book.output_name()}.pdf": paper.compile_pdf(book, text, pictures, date, self.store)}


def cut_fields(text):
    """{key: (line, message)} of entries of a .bib with a sign of LaTeX's: Pandoc drops the field, or cuts it there."""
    out, key = {}, None
    for found in BIB.finditer(text):
        key = found["key"] or key
        words = re.sub(r"\\(?:url|href)\{[^}]*\}|\\.|\$[^$]*\$", "", found["value"] or "", flags=re.S)
        if found["field"] and found["field"].lower() not in UNSEEN | VERBATIM and (sign := re.search(r"[#$%]", words)):
            told = f"the {found['field']} of {key} is lost or cut: {sign[0]} is written \\{sign[0]}"
            out.setdefault(key, (text.count("\n", 0, found.start("field")) + 1, told))
    return out


def right_aligned(table):
    """A table whose columns of numbers stand to the right, where nothing else is said of them."""
    if table["t"] != "Table":
        return table
    rows = [row[1] for body in table["c"][4] for row in body[3]]
    for place, spec in enumerate(table["c"][2]):
        cells = [tree.text(row[place][4]) for row in rows if len(row) == len(table["c"][2])]
        if (spec[0]["t"] == "AlignDefault" and cells
            and all(re.fullmatch(r"[-+−]?[\d.,\s]*\d%?|NaN|", cell) for cell in cells)):
            spec[0] = {"t": "AlignRight"}
    return table


def hint(label, chapters):
    """What may be meant by a label that names nothing."""
    for file, chapter in chapters.items():
        line = line_with(chapter.text, f"#{label}")
        if line and "unnumbered" in chapter.text.split("\n")[line - 1]:
            return f" ({file}:{line} has no number: link to it instead)"
    if number.ref_type(label) in number.ELSEWHERE:
        return " (references to callouts and theorems are not supported)"
    return ""


def title_row(chapter):
    """The title in a chapter's head as the row of a heading; empty without one."""
    title = chapter.front.get("title")
    words = " ".join(title.split()) if isinstance(title, str) else ""
    return words and re.sub(r"^(#+\s)?", "# ", words, count=1)


def is_unnumbered(chapter):
    """Whether a chapter's title says that it has no number."""
    title = chapter.front.get("title")
    if isinstance(title, str):
        return bool(re.match(r"#+\s.*\{[^}]*\.unnumbered", title))
    return chapter.heading is not None and "unnumbered" in chapter.heading["c"][1][1]
