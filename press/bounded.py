"""Programs that the press starts: each has a limit, and ends with the press.

The limit is computing time, which other work on the machine does not use up; the program's own limit holds it,
so that it ends even where the press was killed.
"""
import locale
import multiprocessing
import os
import signal
import subprocess
import sys

from .inside import die_with

PATIENCE = 20  # times the limit, that a program may take by the clock
# A small Python limits itself, then becomes the program: to fork the press takes longer the more the press holds, and
# soon longer than Pandoc for a chapter.
LAUNCH = """
import ctypes, os, resource, sys
seconds, press, *command = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
if os.getppid() == int(press):
    os.execv(command[0], command)
"""


def environment():
    """The environment of a program: where the locale is not UTF-8, names of files beyond ASCII would stop Pandoc."""
    told = locale.getencoding().lower().replace("-", "") == "utf8"
    return None if told or os.name != "posix" else {**os.environ, "LC_ALL": "C.UTF-8"}


class TooLong(Exception):
    """A program reached its limit; the text says for how long it had computed."""


def run(command, *, seconds, input):
    """The finished process (`subprocess.CompletedProcess`, text). Raises TooLong after `seconds` of computing."""
    if os.name == "posix":
        command = [sys.executable, "-I", "-S", "-c", LAUNCH, str(seconds), str(os.getpid()), *command]
    try:
        done = subprocess.run(command, input=input, capture_output=True, text=True, encoding="utf-8",
                              env=environment(), timeout=PATIENCE * seconds)
    except subprocess.TimeoutExpired:
        raise TooLong(f"{PATIENCE * seconds} seconds") from None
    if os.name == "posix" and (done.returncode == -signal.SIGXCPU or done.returncode == -9 and not done.stderr):
        raise TooLong(f"{seconds} seconds")
    return done


def beside(work):
    """Begin `work()`, which gives plain data, in a fork of the press that ends with it; a function that waits for what
    it gives. Where nothing is forked, that function does the work."""
    if sys.platform != "linux":
        return work
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    press = os.getpid()

    def child():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the press ends it
        die_with(press)
        try:
            theirs.send((work(), None))
        except OSError as error:  # a full disk, say: for the press to tell
            theirs.send((None, error))
    process = fork.Process(target=child, daemon=True)
    process.start()
    theirs.close()

    def result():
        try:
            given, error = ours.recv()
        except EOFError:
            process.join()
            raise OSError(f"a process of the press ended (exit code {process.exitcode})") from None
        if error:
            raise error
        return given
    return result
