"""What chapters' cells gave, kept in the book's `.press/`, and given again only if everything they read is the same.

An entry is found by its key (the cells, the place of the chapter, Python, the packages, the press's own code) and
holds what the kernel was seen to read, or to ask of the file system: files, folders, environment variables, states,
each with a hash or value. A chapter that may have read what nobody sees (by another process, the network, compiled
code that the press does not know) is not kept.

    .press/cells/CHAPTER/KEY-INPUTS.json   an entry: its inputs, its outputs and files by hash
    .press/files/HASH                      outputs, and the files that cells wrote in the book
"""
import contextlib
import hashlib
import json
import os
import site
import sys
from pathlib import Path

from . import store
from .inside import digest, listing, state

LOCKS = ("requirements.lock", "uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml", "conda-lock.yml")
# What libraries take from the environment; variables that the book's own code reads are noted when it does.
VARIABLES = ("TZ", "LANG", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "PYTHONPATH", "PYTHONUTF8", "MPLBACKEND",
             "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
KEPT = 3  # entries of a chapter: a changed value that is changed back costs nothing


class Cache:
    """The cache of the book in the folder `book`."""

    def __init__(self, book):
        self.book, self.folder = Path(book), Path(book) / ".press"
        self.files = store.Store(self.folder / "files")
        self.known = {}  # hashes of this run: many chapters read the same files
        self.read, self.wrote = {}, {}  # {chapter: {file: its hash as it was read}}, {chapter that was run: files}
        self.common = None

    def key(self, name, cells):
        """The key of the chapter `name` with `cells`, as plain data, all of which run."""
        if self.common is None:
            here = Path(__file__).parent
            own = [digest(here / file) for file in ("inside.py", "warm.py", "kernels.py", "execute.py", "cache.py")]
            # vl-convert measures with the edition's fonts, unseen
            fonts = sorted(font for level in ("*", "*/*") for font in self.book.glob(f"_extensions/{level}/fonts/*"))
            self.common = [sys.version, sys.platform, own, packages(), [digest(self.book / lock) for lock in LOCKS],
                           [os.environ.get(variable) for variable in VARIABLES],
                           [(str(font.relative_to(self.book)), digest(font)) for font in fonts]]
        return fingerprint([self.common, name, cells])

    def load(self, name, key):
        """The outputs stored for `key` if all their inputs are as they were, else None.

        Files that the cells wrote in the book, and that are missing or different, are written again.
        """
        for path in self.entries(name):
            if not path.name.startswith(key):
                continue
            try:
                entry = json.loads(path.read_text("utf-8"))
                if not self.same(entry):
                    continue
                outputs = json.loads(self.files.recall(entry["outputs"]))
                for file, wanted in entry["written"].items():
                    if digest(self.book / file) != wanted:
                        store.write(self.book / file, self.files.recall(wanted))
                        self.known.pop(file, None)
            except (OSError, ValueError, KeyError, TypeError):
                continue  # incomplete: as good as none
            self.read[name] = entry["files"]
            with contextlib.suppress(OSError):
                os.utime(path)
            return outputs
        return None

    def same(self, entry):
        """Whether all that `entry` was made from is as it was."""
        return (all(self.digest(file) == wanted for file, wanted in entry["files"].items())
                and all(listing(self.book / folder) == wanted for folder, wanted in entry["folders"].items())
                and all(hashed(os.environ.get(name)) == wanted for name, wanted in entry["variables"].items())
                and all(state(self.book / key.partition(" ")[2], key.partition(" ")[0]) == value
                        for key, value in entry["states"].items()))

    def saw(self, name, files, written):
        """Note what a chapter that was run has read and written."""
        self.read[name], self.wrote[name] = files, written

    def overtaken(self, name):
        """Whether a chapter has read a file that another chapter, run in this build, wrote anew afterwards."""
        others = {file for other, files in self.wrote.items() if other != name for file in files}
        read = self.read.get(name, {})
        others = (others & read.keys()).difference(self.wrote.get(name, ()))
        return any(digest(self.book / file) != read[file] for file in others)

    def store(self, name, key, outputs, seen, seconds):
        """Keep `outputs` with what the kernel saw (`Recorder.report`), unless it may have read what it did not see."""
        if seen["unseen"]:
            return
        files = seen["files"]
        entry = {"files": files, "folders": seen["folders"], "states": seen["states"],
                 "variables": {variable: hashed(value) for variable, value in seen["variables"].items()}}
        entry_name = f"{key}-{fingerprint(entry)[:16]}.json"
        entry |= {"seconds": round(seconds, 2), "outputs": self.keep(json.dumps(outputs).encode("utf-8")),
                  "written": {file: self.keep((self.book / file).read_bytes()) for file in seen["written"]
                              if file not in files}}
        store.write(self.chapter(name) / entry_name, json.dumps(entry).encode("utf-8"))

    def seconds(self, name):
        """How long the chapter took when it was last run, or None."""
        for path in self.entries(name):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                return json.loads(path.read_text("utf-8"))["seconds"]
        return None

    def prune(self):
        """Remove all but the newest entries of each chapter, and the files that no entry names."""
        used = set()
        for folder in (self.folder / "cells").glob("*"):
            for number, path in enumerate(newest(folder)):
                with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                    if number >= KEPT:
                        path.unlink()
                    else:
                        entry = json.loads(path.read_text("utf-8"))
                        used |= {entry["outputs"], *entry["written"].values()}
        store.forget((self.folder / "cells").glob("*/.new-*"))  # of builds that were killed
        self.files.used = used
        self.files.prune()

    def chapter(self, name):
        return self.folder / "cells" / name.replace("/", "--")

    def entries(self, name):
        return newest(self.chapter(name))

    def digest(self, file):
        if file not in self.known:
            self.known[file] = digest(self.book / file)  # an absolute path stays one
        return self.known[file]

    def keep(self, content):
        """Store bytes under their hash, and return that."""
        name = hashlib.sha256(content).hexdigest()
        self.files.keep(name, content)
        return name


def packages():
    """The names and versions of the installed packages, as their folders give them."""
    folders = {*site.getsitepackages(), site.getusersitepackages()}
    return sorted(name for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)
                  if name.endswith((".dist-info", ".egg-info")))


def fingerprint(plain):
    return store.digest(json.dumps(plain))


def hashed(value):
    """An environment variable may be a secret: only its hash is kept."""
    return None if value is None else store.digest(value)


def newest(folder):
    """The entries in `folder`, the last used first."""
    found = []
    for path in folder.glob("*.json"):
        with contextlib.suppress(OSError):
            found.append((-path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]
