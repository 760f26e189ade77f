"""What a build keeps for the next one: results in files, each whole or as good as none."""
import contextlib
import hashlib
import os
import pickle
import tempfile
import time
from pathlib import Path

STALE = 3600  # seconds after which what nobody used can go; another press may be about to use it


def digest(*things):
    """A hash of texts, bytes, and files' contents."""
    total = hashlib.sha256()
    for thing in things:
        data = thing.read_bytes() if isinstance(thing, Path) else thing
        data = data if isinstance(data, bytes) else str(data).encode("utf-8", "surrogateescape")
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()


def write(path, content):
    """Write `path` at once: whoever reads it finds all of it, or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with open(number, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def forget(files):
    """Remove files, but those that another build may just have stored."""
    for file in files:
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > STALE:
                file.unlink()


class Store:
    """A folder of results, each named by the hash of what it was made from, or of itself."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.used = set()

    def recall(self, key):
        """What was kept under a key, or None: also where its file is not as it was written.

        A key is `digest` of all that the thing was made from, `pandoc.workshop()` included.
        """
        self.used.add(key)
        try:
            sign, data = (self.folder / key).read_bytes().split(b"\n", 1)
            return pickle.loads(data) if sign == digest(data).encode() else None
        except (OSError, ValueError):
            return None

    def keep(self, key, thing):
        """Keep a thing; a store that cannot be written is no error."""
        data = pickle.dumps(thing)
        with contextlib.suppress(OSError):
            write(self.folder / key, digest(data).encode() + b"\n" + data)

    def get(self, key, make):
        """What was kept under a key, else what `make()` gives, kept."""
        found = self.recall(key)
        if found is None:
            self.keep(key, found := make())
        return found

    def prune(self):
        """Forget what was not used, unless another build may just have stored it."""
        forget(file for file in self.folder.glob("*") if file.name not in self.used)
