"""The warm process, from which kernels are forked: started first, so that it imports while the press does."""
import asyncio
import collections
import contextlib
import functools
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INSIDE = str(Path(__file__).with_name("inside.py"))
FORKS = hasattr(os, "fork") and sys.platform.startswith("linux")
START = 60  # seconds that a kernel may take to answer
END = 5  # seconds that a process may take to end
FOLDER = "press-kernels-"
ABANDONED = 86400  # seconds after which such a folder is nobody's any more
# Packages that are slow to import and safe to fork after: none starts a thread when it is imported. The first are
# worth it for one chapter; the others delay all, and are worth it where several chapters import them.
FIRST = {"numpy", "pandas", "altair", "vl_convert"}
WARM = FIRST | {"scipy.integrate", "scipy.interpolate", "scipy.linalg", "scipy.optimize", "scipy.sparse",
                "scipy.special", "scipy.stats", "SALib", "tabulate", "pandera", "frictionless", "bibtexparser"}
IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w ,\t]*)|import[ \t]+([\w., \t]+))", re.M)


def to_import(book, chapters):
    """The packages of WARM that the cells of `chapters` and the book's modules behind them import, in a fixed order."""
    @functools.cache
    def behind(folder, name):
        module, found = folder.joinpath(*name.split(".")), set()
        for path in (module.with_suffix(".py"), module / "__init__.py"):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                if path.is_file():  # a pipe would be waited for
                    package = ".".join(path.parent.relative_to(folder).parts)
                    found |= imported(path.read_text("utf-8"), package)
        return found

    counts = collections.Counter()
    for file, cells in chapters.items():
        ahead, reached = set().union(*(imported(cell.code) for cell in cells if not cell.inline)), set()
        while ahead:
            reached.add(name := ahead.pop())
            for folder in {book, (book / file).parent}:
                ahead |= behind(folder, name) - reached
        counts.update(reached & WARM)
    return sorted(package for package, count in counts.items() if package in FIRST or count > 1)


def imported(source, package=""):
    """The dotted names that `source`, a module of `package`, imports, and the packages that they lie in; what is taken
    from a package counts with it (`scipy.stats`).

    Found by lines, not by parsing: a name too many costs little, and parsing a large book half a second.
    """
    names = set()
    for origin, taken, plain in IMPORT.findall(source):
        found = [name.split()[0] for name in (taken or plain).split(",") if name.split()]
        if origin.startswith("."):
            with contextlib.suppress(ImportError):
                origin = importlib.util.resolve_name(origin, package)
        names |= {origin, *(f"{origin}.{name}" for name in found)} if origin else set(found)
    return {name[:end.start()] for name in names if name.strip(".") for end in re.finditer(r"\.|$", name)} - {""}


def environment():
    """The environment of every kernel: the press's own, with what would make two builds differ set or left out."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("JPY_") and k not in ("COLUMNS", "LINES")}
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **env,
            "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


@contextlib.contextmanager
def socket_folder():
    """A new folder with a short path: that of a socket may have 107 characters at most, 103 on macOS."""
    for old in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):  # of a machine that went down in a build
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > ABANDONED:
                shutil.rmtree(old, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=FOLDER)
    if len(folder) > 85 and os.path.isdir("/tmp"):
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix=FOLDER, dir="/tmp")
    try:
        yield Path(folder).resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Warm:
    """The press's end of the warm process, which starts with it. Raises OSError where it cannot."""

    def __init__(self, folder, modules):
        self.ours, theirs = socket.socketpair()
        with theirs, open(folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, INSIDE, "warm", str(theirs.fileno()), str(folder), *modules],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(),
                start_new_session=True)  # Ctrl-C is for the press
        self.waiting, self.codes, self.dead = {}, {}, False

    async def listen(self):
        """Take the answers, until the process ends."""
        self.reader, self.writer = await asyncio.open_unix_connection(sock=self.ours)
        self.listener = asyncio.create_task(self.hear())

    async def hear(self):
        with contextlib.suppress(ConnectionError):
            while line := await self.reader.readline():
                message = json.loads(line)
                if "started" in message:
                    self.waiting.pop(message["started"]).set_result(message["pid"])
                else:
                    self.codes[message["ended"]] = message["code"]
        self.dead = True
        for future in self.waiting.values():
            future.set_exception(ConnectionError("the warm process ended"))

    async def fork(self, **request):
        """The process id of a new kernel. Raises OSError if there is none."""
        if self.dead:
            raise ConnectionError("the warm process ended")
        future = self.waiting[request["folder"]] = asyncio.get_running_loop().create_future()
        self.writer.write(json.dumps(request).encode() + b"\n")
        return await asyncio.wait_for(future, START)

    async def end(self):
        self.listener.cancel()
        self.writer.close()
        try:
            await asyncio.to_thread(self.process.wait, END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
