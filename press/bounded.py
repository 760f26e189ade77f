"""Programs that the press starts: each has a limit, and ends with the press.

The limit is computing time, which other work on the machine does not use up; the program's own limit holds it,
so that it ends even where the press was killed.
"""
import locale
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from functools import lru_cache

PATIENCE = 20  # times the limit, that a program may take by the clock
_prctl = None
if sys.platform == "linux":
    import ctypes
    _prctl = ctypes.CDLL(None).prctl  # found before a fork: between fork and exec nothing may be looked up


def environment():
    """The environment of a program: where the locale is not UTF-8, names of files beyond ASCII would stop Pandoc."""
    told = locale.getencoding().lower().replace("-", "") == "utf8"
    return None if told or os.name != "posix" else {**os.environ, "LC_ALL": "C.UTF-8"}


@lru_cache
def tools():
    """util-linux's prlimit and setpriv, or None: they do to a program what `limited` does, without a fork of the press,
    which takes longer the more the press holds, and soon longer than Pandoc for a chapter."""
    found = shutil.which("prlimit"), shutil.which("setpriv")
    works = all(found) and subprocess.run(holding(found, 1, ["true"]), capture_output=True).returncode == 0
    return found if works and sys.platform == "linux" else None


def holding(found, seconds, command):
    """The command that limits itself by both tools, then is `command`."""
    prlimit, setpriv = found
    return [prlimit, f"--cpu={seconds}:{seconds + 1}", setpriv, "--pdeathsig", "KILL", "--", *command]


class TooLong(Exception):
    """A program reached its limit; the text says for how long it had computed."""


def run(command, *, seconds, input):
    """The finished process (`subprocess.CompletedProcess`, text). Raises TooLong after `seconds` of computing."""
    press = os.getpid()

    def limited():
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        if _prctl:
            _prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
            if os.getppid() != press:
                os._exit(1)
    command, before = (holding(tools(), seconds, command), None) if tools() else (command, limited)
    try:
        done = subprocess.run(command, input=input, capture_output=True, text=True, encoding="utf-8", env=environment(),
                              timeout=PATIENCE * seconds, preexec_fn=before if os.name == "posix" else None)
    except subprocess.TimeoutExpired:
        raise TooLong(f"{PATIENCE * seconds} seconds") from None
    if hasattr(signal, "SIGXCPU"):
        if done.returncode in (-signal.SIGXCPU, 128 + signal.SIGXCPU) or done.returncode == -9 and not done.stderr:
            raise TooLong(f"{seconds} seconds")
    return done


def beside(work):
    """Begin `work()`, which gives plain data, in a fork of the press that ends with it; a function that waits for what
    it gives. Where nothing is forked, that function does the work."""
    if not _prctl:
        return work
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)

    def child():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the press ends it
        _prctl(1, 9)
        theirs.send(work())
    process = fork.Process(target=child, daemon=True)
    process.start()
    theirs.close()

    def result():
        try:
            return ours.recv()
        except EOFError:
            process.join()
            raise OSError(f"a process of the press ended (exit code {process.exitcode})") from None
    return result
