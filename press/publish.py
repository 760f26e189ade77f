"""Put a finished site in the place of the last one, all at once."""

import ctypes
import os
import re
import shutil
import sys
from pathlib import Path

EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
HERE = -100  # AT_FDCWD


def staging(output):
    """A new folder beside the output folder, named after this process."""
    folder = output.parent / f".{output.name}.{os.getpid()}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


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
        return True
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


def publish(files, output):
    """Make `output` hold exactly these files. Until the last step the old folder stands; if a step fails, it stays."""
    sweep(output)
    folder = staging(output)
    try:
        fill(folder, files)
        swap(folder, output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
