"""What runs in a kernel's own process: the kernel, the record of what its cells read, and its end.

A script that is started by its path and imports nothing of the press, so that the cells of a forked kernel
and of a plain one find the same modules:

    python inside.py plain FOLDER BOOK               a kernel, behind a guard that ends it with the press
    python inside.py warm SOCKET FOLDER MODULE …     imports the modules, then forks a kernel for each request

A kernel lives in a folder of its own: `kernel.json` (its connection), its sockets, `log` (what it says before
or beside its cells) and `ipython` (an empty profile: a user's start-up files would change the book).
"""
import hashlib
import io
import json
import os
import shutil
import signal
import sys
import threading
import time

# Events after which a chapter may have read files that no hook in this process sees.
UNSEEN_EVENTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty",
                 "pty.spawn", "socket.connect", "socket.getaddrinfo", "urllib.Request"}
# Packages that read files in compiled code.
UNSEEN_MODULES = ("polars", "duckdb", "pyarrow.parquet", "pyarrow.csv", "pyarrow.feather", "pyarrow.dataset",
                  "pyarrow.json", "pyarrow.orc", "h5py", "tables", "netCDF4", "lxml.etree", "pyogrio", "fiona",
                  "rasterio", "osgeo")
WATCHED = {"open", "os.listdir", "os.scandir", "os.rename", "sqlite3.connect"} | UNSEEN_EVENTS
NOT_INPUTS = {"__pycache__", ".press", ".git", ".ipynb_checkpoints"}


def digest(path):
    """The sha256 of the file at `path`; None where there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def listing(path):
    """The sha256 of the names in the folder at `path`; None where there is no such folder."""
    try:
        names = sorted(set(os.listdir(path)) - NOT_INPUTS)
    except OSError:
        return None
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()


class Recorder:
    """Notes what a kernel's cells read: files, folders and environment variables, each as it was when first read.

    Paths in the book are noted relative to it, others as absolute; files of the Python environment are left out
    (the key of a cached chapter names its packages), as are devices and the kernel's own folder.
    """

    def __init__(self, book, folder):
        self.book, self.kernel = os.path.realpath(book), os.path.realpath(folder)
        places = {sys.prefix, sys.exec_prefix, sys.base_prefix, *(p for p in sys.path if "site-packages" in p)}
        # an environment may lie in the book's folder; a base such as /usr may lie around it
        self.environment = [p for p in map(os.path.realpath, places) if not under(self.book, p)]
        self.stdlib = (os.path.dirname(os.__file__), os.path.realpath(os.path.dirname(os.__file__)))
        self.files, self.folders, self.variables = {}, {}, {}
        self.written, self.read_back, self.unseen = set(), set(), set()
        self.own = threading.local()

    def start(self):
        sys.addaudithook(self.hook)
        getitem, recorder = os._Environ.__getitem__, self

        def noted(environ, name):
            recorder.variable(name)
            return getitem(environ, name)
        os._Environ.__getitem__ = noted

    def hook(self, event, args):
        if event not in WATCHED or getattr(self.own, "busy", False):
            return
        self.own.busy = True
        try:
            if event == "open":
                self.opened(*args)
            elif event in ("os.listdir", "os.scandir"):
                # the import system lists folders too, and a new file there changes nothing that is read
                if "importlib" not in sys._getframe(1).f_code.co_filename:
                    self.listed(args[0])
            elif event == "os.rename":
                self.renamed(*args[:2])
            elif event == "sqlite3.connect":
                self.opened(args[0], "r", 0)
            else:
                self.unseen.add(event)
                if event == "subprocess.Popen":
                    for path in [args[0], *(args[1] if isinstance(args[1], (list, tuple)) else [])]:
                        if isinstance(path, (str, os.PathLike)) and os.path.isfile(path):
                            self.opened(path, "r", 0)
        except Exception:  # a record that fails must not change what the cell does
            self.unseen.add("record")
        finally:
            self.own.busy = False

    def place(self, path):
        """(`path` as it is noted, its real path), or None where it is no concern of the book."""
        if isinstance(path, int) or path is None:
            return None
        real = os.path.realpath(os.fsdecode(path))
        if under(real, self.kernel) or any(under(real, p) for p in self.environment):
            return None
        if under(real, self.book):
            name = os.path.relpath(real, self.book).replace(os.sep, "/")
            return None if NOT_INPUTS & set(name.split("/")) else (name, real)
        outside = any(under(real, p) for p in self.stdlib) or real.startswith(("/proc/", "/dev/", "/sys/"))
        return None if outside else (real, real)

    def opened(self, path, mode, flags):
        if isinstance(path, (str, bytes, os.PathLike)):
            path = os.fsdecode(path)
            if path.endswith(".pyc"):  # stands for its source, which is what one edits
                path = source(path)
        place = self.place(path)
        if place is None:
            return
        name, real = place
        if os.path.exists(real) and not os.path.isfile(real):
            return
        mode = mode if isinstance(mode, str) else ""
        if mode:
            reads, writes = "r" in mode or "+" in mode and "w" not in mode, bool(set(mode) & set("wax+"))
        else:
            access = flags & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
            reads, writes = access != os.O_WRONLY and not flags & os.O_TRUNC, access != os.O_RDONLY
        if reads and name in self.written:
            if name != real:
                self.read_back.add(name)
        elif reads and name not in self.files and not (writes and not os.path.exists(real)):
            self.files[name] = digest(real)
        if writes:
            self.written.add(name)

    def listed(self, path):
        place = self.place("." if path is None else path)
        if place and place[0] not in self.folders:
            self.folders[place[0]] = listing(place[1])

    def renamed(self, old, new):
        old, new = self.place(old), self.place(new)
        if new:
            self.written.add(new[0])
        if old:
            self.written.discard(old[0])

    def variable(self, name):
        """Note the variable `name` where the book's code asks for it, not a library."""
        if not isinstance(name, str) or name in self.variables:
            return
        frame = sys._getframe(2)
        while frame and (file := frame.f_code.co_filename).startswith(("<frozen ", *self.stdlib)):
            frame = frame.f_back
        if frame and (file.startswith("<") or "ipykernel_" in file or self.place(file)):
            value = os.environ._data.get(os.environ.encodekey(name))
            self.variables[name] = None if value is None else os.environ.decodevalue(value)

    def report(self):
        """Everything noted, as plain data. A file written and then read again is an input as it is now."""
        self.own.busy = True
        try:
            unseen = sorted(self.unseen | {m for m in UNSEEN_MODULES if m in sys.modules})
            files = self.files | {name: digest(os.path.join(self.book, name)) for name in self.read_back}
            written = [n for n in sorted(self.written)
                       if not os.path.isabs(n) and os.path.isfile(os.path.join(self.book, n))]
            return {"files": files, "folders": self.folders, "variables": self.variables, "written": written,
                    "unseen": unseen}
        finally:
            self.own.busy = False


def under(path, folder):
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def source(cached):
    """The source file of the compiled file `cached`."""
    from importlib.util import source_from_cache
    try:
        return source_from_cache(cached)
    except ValueError:
        return cached[:-1]


def write_report(path):
    """Write the record as JSON; the press asks for it after the last cell."""
    text = json.dumps(sys.modules["_press_inside"].recorder.report())
    with io.open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run_kernel(folder, book):
    """Be a kernel until it is shut down."""
    global recorder
    sys.argv = ["ipykernel_launcher.py", "-f", os.path.join(folder, "kernel.json")]
    from ipykernel.kernelapp import IPKernelApp
    app = IPKernelApp.instance()
    app.initialize([*sys.argv[1:], "--HistoryManager.enabled=False", f"--IPKernelApp.parent_handle={os.getppid()}"])
    recorder = Recorder(book, folder)
    sys.modules["_press_inside"] = this
    recorder.start()
    app.start()


this = sys.modules[__name__]  # the kernel puts its own __main__ in this one's place


def to_log(folder):
    """Nothing comes in, and what is not a cell's output goes to the folder's log."""
    log = os.open(os.path.join(folder, "log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0), os.dup2(log, 1), os.dup2(log, 2)
    os.close(log), os.close(null)


def guard(folder):
    """Fork: the child goes on as the kernel; the parent ends its group, and the folder, when the press ends."""
    parent = int(os.environ["JPY_PARENT_PID"])
    child = os.fork()
    if child == 0:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the cell
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if os.getppid() != parent:
                end(folder)
            code = os.waitstatus_to_exitcode(status)
            if code < 0:
                signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
                os.kill(os.getpid(), -code)
            os._exit(code)
        if os.getppid() != parent:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)  # what still writes would hinder the removal
            end(folder)
            os.killpg(0, signal.SIGKILL)  # what its cells started, and this process
        time.sleep(0.05)


def end(folder):
    """Remove a kernel's folder, and the run's folder if it was the last."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rmdir(os.path.dirname(folder))
    except OSError:
        pass


def serve(channel, folder):
    """Fork a kernel for each request on `channel`; return its (folder, book) in the forked process.

    A request is a line of JSON: folder, book, cwd. The answer names the process; its exit code follows when it
    ends. When the press ends, for whatever reason, so does the channel, and with it the kernels and `folder`.
    """
    import select
    kernels, buffer = set(), b""
    wake_in, wake_out = os.pipe()
    os.set_blocking(wake_out, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_out, warn_on_full_buffer=False)

    def answer(**message):
        try:
            channel.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass  # the press has ended: the next read says so

    while True:
        ready, _, _ = select.select([channel, wake_in], [], [])
        if wake_in in ready:
            os.read(wake_in, 4096)
            for pid in list(kernels):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    answer(ended=pid, code=os.waitstatus_to_exitcode(status))
                    kill_group(pid)  # what its cells may have started
                    kernels.remove(pid)
        if channel not in ready:
            continue
        try:
            received = channel.recv(65536)
        except ConnectionError:
            received = b""
        if not received:
            for pid in kernels:
                kill_group(pid)
            for pid in kernels:
                os.waitpid(pid, 0)  # what still writes would hinder the removal
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)
        *lines, buffer = (buffer + received).split(b"\n")
        for line in lines:
            request = json.loads(line)
            warm_process = os.getpid()
            pid = os.fork()
            if pid:
                try:
                    os.setpgid(pid, pid)
                except OSError:
                    pass  # the child was first
                kernels.add(pid)
                answer(started=request["folder"], pid=pid)
                continue
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            channel.close(), os.close(wake_in), os.close(wake_out)
            os.setpgid(0, 0)
            die_with(warm_process)
            to_log(request["folder"])
            os.chdir(request["cwd"])
            os.environ["IPYTHONDIR"] = os.path.join(request["folder"], "ipython")
            if "numpy" in sys.modules:
                sys.modules["numpy"].random.seed()  # else every kernel would draw the same
            return request["folder"], request["book"]


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def die_with(parent):
    """On Linux, end at once when `parent` ends; elsewhere the kernel polls for it."""
    if sys.platform == "linux":
        import ctypes
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)


def warm(modules):
    """Import what takes a kernel long. Nothing may be *used* before the fork: V8 and polars would hang after it."""
    import contextlib
    import gc
    import importlib
    for module in ["ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.debugger", *modules]:
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    gc.collect()
    gc.freeze()


def main():
    if sys.argv[1:] == ["--help"]:
        print("Run by the press: `python -m press` renders a book.")
        return
    del sys.path[0]  # the folder of this file
    if sys.argv[1] == "warm":
        import socket
        channel = socket.socket(fileno=int(sys.argv[2]))
        warm(sys.argv[4:])
        folder, book = serve(channel, sys.argv[3])
    else:
        folder, book = sys.argv[2:4]
        if hasattr(os, "fork"):
            guard(folder)
            to_log(folder)
    run_kernel(folder, book)


if __name__ == "__main__":
    main()
