"""Loads each page as a slow phone does: `python -m benchmarks.pages [FOLDER] [--times N]`, of the rendered book.

For each page, from a server on this machine that compresses as hosts do, nothing cached: the seconds until the first
text stands (slow 4G as Lighthouse has it, the processor slowed four times), what was sent for it without fonts, and
how far things move while it loads, faces and all. Of the pages of rows, the heaviest. The shortest of N loads counts:
other work on the machine only adds. Writes `benchmarks/pages.csv`.
"""

import argparse
import functools
import gzip
import http.server
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import ROOT, chromium, store

GOALS = {"first_text_s": 2.0, "weight_kb": 250.0, "moved": 0.1}
SLOW_4G = {"latency": 562.5, "downloadThroughput": 1.44e6 / 8, "uploadThroughput": 0.675e6 / 8}
SLOWER = 4
HEAVY_ROWS = 4  # pages of rows that are loaded
WATCH = """window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => {
  if (!e.hadRecentInput) window.moved += e.value; })).observe({ type: 'layout-shift', buffered: true })"""
SEEN = """async () => {
  await document.fonts.ready;
  await new Promise(done => setTimeout(done, 300));
  return [performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000, window.moved]; }"""


@functools.lru_cache(maxsize=None)
def compressed(path):
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Host(http.server.SimpleHTTPRequestHandler):
    """Sends the files of a folder, text compressed."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        packed = path.suffix != ".woff2"
        body = compressed(path) if packed else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)
        if packed:
            self.server.sent += len(body)

    def log_message(self, *_):
        pass


def loaded(browser, server, page):
    """(seconds until the first text, kB sent without fonts, layout shift) of one load, nothing cached."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    tab = context.new_page()
    tab.add_init_script(WATCH)
    session = context.new_cdp_session(tab)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_4G})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    server.sent = 0
    tab.goto(f"http://127.0.0.1:{server.server_port}/{page}", wait_until="load", timeout=90_000)
    weight = server.sent / 1000
    text, moved = tab.evaluate(SEEN)
    context.close()
    return text, weight, moved


def measured(folder, times, only=""):
    """Rows: page, seconds until the first text, kB, layout shift."""
    rows = sorted((folder / "rows").glob("*.html"), key=lambda path: -path.stat().st_size)[:HEAVY_ROWS]
    paths = [path for path in sorted(folder.rglob("*.html")) if path.parent.name != "rows"] + rows
    found = []
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=folder)) as server,
        sync_playwright() as play,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for path in paths:
            page = path.relative_to(folder).as_posix()
            if only not in page:
                continue
            tries = [loaded(browser, server, page) for _ in range(times)]
            best = [min(one) for one in zip(*tries, strict=True)]
            found.append({"page": page, **{key: round(one, 3) for key, one in zip(GOALS, best, strict=True)}})
            print("  " + "  ".join(f"{value}" for value in found[-1].values()), flush=True)
        browser.close()
        server.shutdown()
    return found


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default=ROOT / "_book", type=Path)
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--only", default="", help="pages that have this in their path")
    asked = parser.parse_args()
    if not chromium():
        print("no Chromium on this machine: the pages were not timed")
        return
    if not (asked.folder / "index.html").is_file():
        print(f"{asked.folder}: no rendered book there (`make report`): the pages were not timed")
        return
    print("page, seconds until the first text, kB without fonts, layout shift, on a slow phone:", flush=True)
    rows = measured(asked.folder.resolve(), asked.times, asked.only)
    for key, goal in GOALS.items():
        worst = max(rows, key=lambda row: row[key])
        over = [row["page"] for row in rows if row[key] > goal]
        more = f", {len(over)} above {goal:g}: {', '.join(over)}" if over else f", none above {goal:g}"
        print(f"{key}: at most {worst[key]:g} ({worst['page']}){more}")
    if asked.folder == ROOT / "_book" and not asked.only:
        store("pages", rows)


if __name__ == "__main__":
    main()
