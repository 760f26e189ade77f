"""What runs in a kernel's own process: the kernel, the record of what its cells read, and its end.

A script that is started by its path and imports nothing of the press, so that the cells of a forked kernel
and of a plain one find the same modules:

    python inside.py plain FOLDER BOOK               a kernel, behind a guard that ends it with the press
    python inside.py warm SOCKET FOLDER MODULE …     imports the modules, then forks a kernel for each request

A kernel lives in a folder of its own: `kernel.json` (its connection), its sockets, `log` (what it says before
or beside its cells) and `ipython` (an empty profile: a user's start-up files would change the book).
"""
import functools
import hashlib
import io
import json
import os
import re
import shutil
import signal
import stat
import sys
import threading
import time

# Events after which a chapter may have read anything, seen by no hook in this process: it is not kept.
PROCESS, NETWORK = "it starts another process", "it asks the network"
UNSEEN_EVENTS = dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
                               "os.forkpty", "pty.spawn"), PROCESS)
UNSEEN_EVENTS |= dict.fromkeys(("socket.connect", "socket.sendto", "socket.getaddrinfo", "urllib.Request"), NETWORK)
# Compiled packages that read a book's files through Python, or not at all, but for the modules below. What any other
# reads nobody sees: a chapter that has it is not kept either.
UNSEEN_MODULES = (*(f"pyarrow.{name}" for name in ("parquet", "csv", "feather", "dataset", "json", "orc", "fs")),
                  "PIL._imagingft")
SEEN_MODULES = set("""
    numpy pandas scipy matplotlib contourpy kiwisolver PIL yaml _yaml zmq tornado psutil debugpy _pydevd_bundle
    _pydevd_frame_eval _pydevd_sys_monitoring pydevd vl_convert rpds pydantic_core markupsafe regex dateutil pyarrow
    charset_normalizer numexpr bottleneck sklearn statsmodels shapely msgpack simplejson orjson ujson greenlet
    wrapt coverage wcwidth chardet fontTools _cffi_backend _argon2_cffi_bindings typst
""".split())
WATCHED = {"open", "os.listdir", "os.scandir", "os.rename", "os.mkdir", "sqlite3.connect", "ctypes.dlsym",
           *UNSEEN_EVENTS}
# What a function of the standard library wants of `stat`: whether there is such a thing, or its size; others all.
ASKS = dict.fromkeys(("exists", "lexists", "isfile", "isdir", "islink", "ismount", "is_file", "is_dir", "is_symlink",
                      "is_mount", "mkdir", "makedirs", "walk", "access", "_walk", "rmtree"), "kind")
ASKS |= {"getsize": "size", "realpath": "link", "_joinrealpath": "link", "readlink": "link"}
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


def state(path, aspect):
    """What `stat` says of `path` in one aspect: kind, size, link (where it leads), time, or entries of a folder."""
    try:
        if aspect == "link":
            return os.readlink(path)
        if aspect == "entries":
            return [[name, state(os.path.join(path, name), "time")] for name in sorted(os.listdir(path))
                    if name not in NOT_INPUTS]
        found = os.stat(path)
    except OSError:
        return None
    kind = "folder" if stat.S_ISDIR(found.st_mode) else "file"
    return {"kind": kind, "size": [kind, found.st_size],
            "time": [kind, found.st_size, found.st_mtime_ns, found.st_mode]}[aspect]


class Recorder:
    """Notes what a kernel's cells read: files, folders and environment variables, each as it was when first read.

    Paths in the book are noted relative to it, others as absolute; files of the Python environment are left out
    (the key of a cached chapter names its packages), as are devices and the kernel's own folder.
    """

    def __init__(self, book, folder):
        self.book, self.kernel = os.path.realpath(book), os.path.realpath(folder)
        places = {sys.prefix, sys.exec_prefix, sys.base_prefix, *(p for p in sys.path if "site-packages" in p)}
        places |= set(map(os.path.realpath, places))
        # an environment may lie in the book's folder; a base such as /usr may lie around it
        self.environment = [p for p in places if not under(self.book, p)]
        self.stdlib = (os.path.dirname(os.__file__), os.path.realpath(os.path.dirname(os.__file__)))
        self.files, self.folders, self.variables = {}, {}, {}
        self.states, self.made = {}, set()  # {"aspect name": what stat said}; folders that the cells made
        self.written, self.read_back, self.unseen = set(), set(), set()
        self.ours = {}  # {file of code: whether it is the book's}
        self.own = threading.local()

    def start(self):
        sys.addaudithook(self.hook)
        getitem, recorder = os._Environ.__getitem__, self

        def noted(environ, name):
            recorder.variable(name)
            return getitem(environ, name)
        os._Environ.__getitem__ = noted
        for name in ("stat", "lstat", "access", "readlink"):
            self.watch(name)
        if "_posixsubprocess" in sys.builtin_module_names or hasattr(os, "fork"):
            import _posixsubprocess  # multiprocessing starts its processes by this, and no event tells
            start = _posixsubprocess.fork_exec

            def starts(*args):
                recorder.unseen.add(PROCESS)
                return start(*args)
            _posixsubprocess.fork_exec = starts

    def watch(self, name):
        """Note what the function `name` of `os` is asked, which no event tells."""
        real, recorder = getattr(os, name), self

        @functools.wraps(real)
        def watched(path, *args, **options):
            if not getattr(recorder.own, "busy", False):
                recorder.own.busy = True
                try:
                    recorder.asked(path, name)
                except Exception:
                    recorder.unseen.add("its record failed")
                finally:
                    recorder.own.busy = False
            return real(path, *args, **options)
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if real in able:
                able.add(watched)
        setattr(os, name, watched)

    def asked(self, path, function):
        """Note a question to `stat`, as exactly as the function tells that asked it."""
        place = self.place(path)
        if not place:
            return
        frame, aspect = sys._getframe(2), ASKS.get(function)
        if os.path.isabs(place[0]) and not self.by_book(frame):
            return  # where a library keeps things of its own
        for _ in range(4):
            if not frame or not frame.f_code.co_filename.startswith(("<frozen ", *self.stdlib)):
                break
            if frame.f_code.co_name == "checkcache" or "importlib" in frame.f_code.co_filename:
                return  # the lines of a traceback, the names of the packages
            aspect = ASKS.get(frame.f_code.co_name, aspect)
            frame = frame.f_back
        self.noted(place[0], aspect or "time")

    def noted(self, name, aspect):
        found = state(os.path.join(self.book, name), aspect)
        if aspect == "link" and found is None and os.path.isabs(name):
            return  # the folders that lead to the book
        self.states.setdefault(f"{aspect} {name}", found)

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
                    self.listed(args[0], event)
            elif event == "os.rename":
                self.renamed(*args[:2])
            elif event == "os.mkdir":
                self.made.add(os.path.realpath(os.fsdecode(args[0])))
            elif event == "sqlite3.connect":
                if args[0] not in (":memory:", b":memory:", ""):
                    self.unseen.add("it reads a database")
            elif event == "ctypes.dlsym":
                if self.by_book(sys._getframe(1)):
                    self.unseen.add("it calls compiled code")
            else:
                self.unseen.add(UNSEEN_EVENTS[event])
        except Exception:  # a record that fails must not change what the cell does
            self.unseen.add("its record failed")
        finally:
            self.own.busy = False

    def place(self, path):
        """(`path` as it is noted, its real path), or None where it is no concern of the book."""
        if isinstance(path, int) or path is None or os.fsdecode(path).endswith(".__path_hook__"):
            return None  # the last is no file: what setuptools puts on `sys.path` for a package that can be edited
        given = os.path.join(os.getcwd(), os.fsdecode(path))
        real, plain = os.path.realpath(given), os.path.normpath(given)
        if plain != given and os.path.realpath(plain) == real:  # `..` behind a symlink leads elsewhere
            given = plain
        if under(real, self.kernel) or any(under(given, p) for p in self.environment):
            return None
        if under(given, self.book):  # under the name by which it is asked for: a symlink may come to lead elsewhere
            name = given[len(self.book) + 1:].replace(os.sep, "/") or "."
            return None if NOT_INPUTS & set(name.split("/")) else (name, real)
        outside = any(under(real, p) for p in [*self.stdlib, *self.environment])
        return None if outside or real.startswith(("/proc/", "/dev/", "/sys/")) else (given, real)

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

    def listed(self, path, event):
        place = self.place("." if path is None else path)
        if place and place[0] not in self.folders:
            self.folders[place[0]] = listing(place[1])
        if place and event == "os.scandir" and not sys._getframe(2).f_code.co_filename.startswith(self.stdlib):
            self.noted(place[0], "entries")  # which carry their sizes and times

    def renamed(self, old, new):
        old, new = self.place(old), self.place(new)
        if new:
            self.written.add(new[0])
        if old:
            self.written.discard(old[0])

    def variable(self, name):
        """Note the variable `name` where the book's code asks for it, not a library."""
        if not isinstance(name, str) or name in self.variables or getattr(self.own, "busy", False):
            return
        self.own.busy = True
        try:
            if self.by_book(sys._getframe(2)):
                value = os.environ._data.get(os.environ.encodekey(name))
                self.variables[name] = None if value is None else os.environ.decodevalue(value)
        finally:
            self.own.busy = False

    def by_book(self, frame):
        """Whether the book's code calls, perhaps through the standard library."""
        while frame and (file := frame.f_code.co_filename).startswith(("<frozen ", *self.stdlib)):
            frame = frame.f_back
        if frame and file not in self.ours:
            self.ours[file] = file.startswith("<") or "ipykernel_" in file or bool(self.place(file))
        return bool(frame and self.ours[file])

    def report(self):
        """Everything noted, as plain data. A file written and then read again is an input as it is now."""
        self.own.busy = True
        try:
            modules = {*self.compiled(), *(module for module in UNSEEN_MODULES if module in sys.modules)}
            if "pyarrow" in sys.modules and self.mentions("pyarrow"):  # pandas imports it too
                modules.add("pyarrow")
            unseen = self.unseen | {f"{module} may read files unseen" for module in modules}
            states = {}
            for key, value in self.states.items():
                name = key.partition(" ")[2]
                ours = name in self.written or any(under(os.path.join(self.book, name), made) for made in self.made)
                if ours and not os.path.isabs(name):
                    states[key] = state(os.path.join(self.book, name), key.partition(" ")[0])
                elif not ours:
                    states[key] = value
            files = self.files | {name: digest(os.path.join(self.book, name)) for name in self.read_back}
            written = [n for n in sorted(self.written)
                       if not os.path.isabs(n) and os.path.isfile(os.path.join(self.book, n))]
            return {"files": files, "folders": self.folders, "variables": self.variables, "written": written,
                    "states": states, "unseen": sorted(unseen)}
        finally:
            self.own.busy = False


    def mentions(self, word):
        """Whether the cells or the book's modules name `word`."""
        code = list(getattr(sys.modules["__main__"], "In", []))
        for name in self.files:
            if name.endswith(".py"):
                with open(os.path.join(self.book, name), encoding="utf-8", errors="replace") as file:
                    code.append(file.read())
        return any(word in text for text in code)

    def compiled(self):
        """Compiled packages of which nobody knows how they read files."""
        tops = set()
        for module in list(sys.modules.values()):
            file = str(getattr(module, "__file__", None) or "")
            if file.endswith((".so", ".pyd")) and not file.startswith(self.stdlib[1] + os.sep + "lib-dynload"):
                tops.add(re.split(r"[/.]", file.rpartition("-packages/")[2])[0])
        return {top for top in tops - SEEN_MODULES if not top.endswith("__mypyc")}  # a part of another package


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


def strict(write):
    """A stream's `write` that raises what it would raise on a terminal: the connection drops what is no text."""
    return lambda text: (isinstance(text, str) and text.encode(), write(text))[1]


def run_kernel(folder, book):
    """Be a kernel until it is shut down."""
    global recorder
    sys.argv = ["ipykernel_launcher.py", "-f", os.path.join(folder, "kernel.json")]
    from ipykernel.kernelapp import IPKernelApp
    app = IPKernelApp.instance()
    app.initialize([*sys.argv[1:], "--HistoryManager.enabled=False", f"--IPKernelApp.parent_handle={os.getppid()}"])
    recorder = Recorder(book, folder)
    sys.stdout.write, sys.stderr.write = strict(sys.stdout.write), strict(sys.stderr.write)
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
    parent, asked = int(os.environ["JPY_PARENT_PID"]), []
    adopt()
    child = os.fork()
    if child == 0:
        return adopt()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the cell
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            kill_children()
            if os.getppid() != parent:
                end(folder)
            code = os.waitstatus_to_exitcode(status)
            if code < 0:
                signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
                os.kill(os.getpid(), -code)
            os._exit(code)
        if os.getppid() != parent or asked:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)  # what still writes would hinder the removal
            kill_children()
            if os.getppid() != parent:
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
    adopt()
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
            while kernels:
                ended, status = os.waitpid(-1, os.WNOHANG)
                if not ended:
                    break
                if ended in kernels:
                    answer(ended=ended, code=os.waitstatus_to_exitcode(status))
                    kill_group(ended)  # what its cells may have started
                    kernels.remove(ended)
            for pid in set(children()) - kernels:  # the same, in a session of its own: its kernel has ended
                os.kill(pid, signal.SIGKILL)
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
            kill_children()
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
            adopt()
            to_log(request["folder"])
            os.chdir(request["cwd"])
            os.environ["IPYTHONDIR"] = os.path.join(request["folder"], "ipython")
            if "numpy" in sys.modules:
                sys.modules["numpy"].random.seed()  # else every kernel would draw the same
            return request["folder"], request["book"]


def adopt():
    """On Linux, what this process's children leave behind becomes its own child, whatever session it started."""
    if sys.platform == "linux":
        import ctypes
        ctypes.CDLL(None, use_errno=True).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER


def children():
    """The process ids of this process's children."""
    found, own = [], os.getpid()
    for name in os.listdir("/proc") if sys.platform == "linux" else []:
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == own:
                    found.append(int(name))
        except (OSError, ValueError, IndexError):
            pass
    return found


def kill_children():
    """End all children, and those that come to be children by it."""
    while found := children():
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except OSError:
                pass


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
    sys.modules["rfc3987_syntax"] = None  # as in the press itself
    for module in ["ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.debugger", *modules]:
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    del sys.modules["rfc3987_syntax"]
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
