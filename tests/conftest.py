"""Books that are rendered once for all tests: the sample, a second one, and the report itself."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import books
import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# Before numpy is loaded by a test. Its BLAS starts a thread a core, which for matrices as small as ours takes several
# times the time, and more where two processes share two cores. The press gives its kernels one as well.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A run started in the background of a shell ignores Ctrl-C, and so would what it starts and tests by that signal.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run that guards a change; fresh ones where there is time to look for more.
settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("free", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run the long forms of tests too")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: the long form of a test, run with --slow")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="a long form: run with --slow"))
    # what reads the rendered report first: else one process is left with its longest files while the other has none
    items.sort(key=lambda item: item.path.parent.name != "report")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """once(name, make): the folder `name`, filled by `make(folder)` only once, in whichever of the test processes."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def get(name, make):
        folder, done = shared / name, shared / f"{name}.done"
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return get


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium, for tests of what pages do."""
    from benchmarks import chromium

    if not chromium():
        pytest.skip("no Chromium on this machine: what the pages do was NOT tried, nor compared with Python")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        one = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--font-render-hinting=none"])
        yield one
        one.close()


@pytest.fixture
def tabs(browser):
    """tabs(uri, width=…, …): the page in a tab of its own; afterwards nothing may have gone wrong in any of them."""
    wrong, opened = [], []

    def open_one(uri, width=1360, **more):
        tab = browser.new_page(viewport={"width": width, "height": 900}, **more)
        opened.append(tab)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
        tab.on("request", lambda request: request.url.startswith(("file:", "data:")) or wrong.append(request.url))
        tab.goto(uri)
        return tab

    yield open_one
    for tab in opened:
        tab.close()
    assert not wrong


def rendered(name):
    def make(folder):
        books.built(books.copy(name, folder))

    return make


@pytest.fixture(scope="session")
def sample_book(once):
    """The sample book with its `_book`, rendered."""
    return once("sample", rendered("sample"))


@pytest.fixture(scope="session")
def second_book(once):
    """The second book with its `_book`, rendered."""
    return once("second", rendered("second"))


@pytest.fixture(scope="session")
def report_book(once, request):
    """The folder that the report is rendered into, both formats; with the long forms every cell is run anew."""
    fresh = ["--fresh"] if request.config.getoption("--slow") else []

    def make(folder):
        done = subprocess.run(
            [sys.executable, "-m", "press", ROOT, *fresh, "--output", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return once("report", make)


@pytest.fixture(scope="session")
def report_paper(once, report_book):
    """The text of each page of the report's PDF, read once for all tests: a list of strings."""

    def make(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (path,) = report_book.glob("*.pdf")
        (folder / "pages.json").write_text(json.dumps(books.sheets(path)), "utf-8")

    return json.loads((once("report-paper", make) / "pages.json").read_text("utf-8"))
