"""Times one change of a deal in the browser: `python -m benchmarks.negotiate`.

Seconds of the processor, from the input to the answer and the chart, and then with the changes that would help, which
the page looks for after it has answered, all drawn. Also what table and script weigh, compressed.
"""

import argparse
import gzip
import json
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bargain.live import negotiate
from benchmarks import chromium

EDITION = Path(__file__).parents[1] / "_extensions/report"
LIMIT = 100  # milliseconds that a change should not exceed
WEIGHT = 250_000  # bytes that table and script should not exceed together
CHANGES = """async ([plan, whole]) => {
  const box = document.querySelector('.negotiate'), idle = () => new Promise(done => {
    const look = () => box.querySelector('.moves').getAttribute('aria-busy') === 'false' ? done() : setTimeout(look, 0);
    look(); });
  box.querySelector(`[data-preset="${plan}"]`).click();
  await idle();
  for (const input of box.querySelectorAll('.row input')) {
    input.value = (Number(input.value) + 1) % 13;
    input.dispatchEvent(new Event('input'));
    if (whole) await idle();
  }
  await idle();
}"""


def main():
    argparse.ArgumentParser(prog="python -m benchmarks.negotiate", description=__doc__).parse_args()
    if not chromium():
        print("no Chromium on this machine: one change of a deal was not timed")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        shutil.copy(EDITION / "negotiate.js", folder)
        page = Path(folder) / "page.html"
        head = '<!DOCTYPE html><meta charset="utf-8"><script src="negotiate.js"></script>'
        page.write_text(head + negotiate.widget_html(), "utf-8")
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(page.as_uri())
        system = browser.new_browser_cdp_session()

        def spent():
            found = system.send("SystemInfo.getProcessInfo")["processInfo"]
            return sum(process["cpuTime"] for process in found if process["type"] == "renderer")

        plans, steps = list(negotiate.presets()), len(negotiate.page_data()["steps"])
        tab.evaluate(CHANGES, [plans[0], True])  # not counted
        took = {}
        for whole in (False, True):
            for plan in plans:
                before = spent()
                tab.evaluate(CHANGES, [plan, whole])
                took[whole, plan] = 1000 * (spent() - before) / steps
        browser.close()
    for whole, words in ((False, "answered"), (True, "answered, and the changes that would help found,")):
        mine = {plan: ms for (of, plan), ms in took.items() if of == whole}
        worst, mean = max(mine, key=mine.get), sum(mine.values()) / len(mine)
        late = f", more than {LIMIT} ms" if mean > LIMIT else ""
        print(f"one change of a deal {words} in the browser: {mean:.0f} ms{late}; of {worst}: {mine[worst]:.0f} ms")
    script = (EDITION / "negotiate.js").read_bytes()
    table = json.dumps(negotiate.page_data(), ensure_ascii=False, separators=(",", ":")).encode()
    weight = sum(len(gzip.compress(part)) for part in (script, table))
    heavy = f", more than {WEIGHT / 1000:.0f} kB" if weight > WEIGHT else ""
    print(f"table and script: {weight / 1000:.0f} kB compressed{heavy}")


if __name__ == "__main__":
    main()
