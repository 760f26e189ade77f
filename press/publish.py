"""Put a finished site in the place of the last one, all at once."""

import ctypes
import json
import os
import re
import shutil
import sys
from pathlib import Path

from .archive import NAME as MANIFEST

EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
HERE = -100  # AT_FDCWD
MARK = ".made-by-press.json"  # in every folder that the press made: {"whole": …, "files": {format: paths}}


def sweep(output):
    """Remove what killed builds left beside the output folder."""
    for folder in output.parent.glob(f".{output.name}.*.part"):
        owner = re.search(r"\.(\d+)\.part$", folder.name)
        if owner and int(owner[1]) != os.getpid() and not alive(int(owner[1])):
            shutil.rmtree(folder, ignore_errors=True)


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another user's
    return True


def fill(folder, files):
    """Write {path: bytes, or the file to copy} into a folder."""
    for name, content in sorted(files.items()):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content)


def mark(output):
    """What the press says of a folder that it made; None for any other."""
    try:
        found = json.loads((output / MARK).read_text("utf-8"))
        return found if isinstance(found["files"], dict) and isinstance(found["whole"], bool) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def refused(output, sources, whole):
    """Why a folder may not be written, in words; None where it may. `sources`: files and folders of the book."""
    if output.is_symlink():
        return "is a symbolic link: name the folder itself"
    if output.exists() and not output.is_dir():
        return "is a file, not a folder"
    real = output.resolve()
    if any(real == source or real in source.parents for source in sources):
        return "holds the book itself, or files that it is made from"
    if not output.exists() or not any(output.iterdir()):
        return None
    made = mark(output)
    if made is None:
        return f"holds files that the press did not make (it has no {MARK}): name another folder, or empty this one"
    if made["whole"] and not whole:
        return "holds a whole book, which --only would replace by a part of it"
    return None


def publish(files, output, whole=True, last=None):
    """Make `output` hold these files, {format: {path: bytes or file}}, for the formats given.

    Until the last step the old folder stands; if a step fails, it stays. What the press made there in another
    format stays, and so does what somebody else put there; FileExistsError where that has the name of a new file.
    last(folder, paths) gives {path: bytes} of what is made of all that the press has put there, for the website.
    """
    sweep(output)
    folder = output.parent / f".{output.name}.{os.getpid()}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    before = mark(output) or {"files": {}}
    made = {path: content for some in files.values() for path, content in some.items()}
    listed = {form: paths for form, paths in before["files"].items() if form not in files} if whole else {}
    gone = {path for form, paths in before["files"].items() if form not in listed for path in paths}
    own = {path for paths in listed.values() for path in paths}
    listed |= {form: sorted(some) for form, some in files.items()}
    try:
        fill(folder, made)
        if output.is_dir():
            keep(output, folder, gone | made.keys() & own | {MARK, MANIFEST})
        more = last(folder, {path for paths in listed.values() for path in paths}) if last else {}
        fill(folder, more)
        if more:
            listed["html"] = sorted({*listed["html"], *more})
        (folder / MARK).write_text(json.dumps({"whole": whole, "files": listed}, sort_keys=True), encoding="utf-8")
        swap(folder, output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(old, new, gone):
    """Take over from the folder `old` what is not `gone`: files, links, and folders that are empty."""
    for place, folders, names in os.walk(old):
        here = Path(place)
        inner = new / here.relative_to(old)
        links = [name for name in folders if (here / name).is_symlink()]
        if not folders and not names:
            inner.mkdir(parents=True, exist_ok=True)
        for name in names + links:
            path, target = here / name, inner / name
            if path.relative_to(old).as_posix() in gone:
                continue
            if target.exists():
                raise FileExistsError(0, "is there already, and the press did not make it", str(path))
            inner.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)


def swap(new, old):
    """Put the folder `new` where `old` is. Afterwards `new` holds what was there, if anything."""
    if not old.exists():
        new.rename(old)
        return
    if exchange(new, old):
        return
    # without an exchange there is a moment between two renames; a failure in it is undone
    aside = new.with_name(new.name.replace(".part", ".old.part"))
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def exchange(one, other):
    """Exchange two names in one step, where the system can (Linux); says whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return call is not None and call(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0
