"""Times one change of a deal in the browser, from the input to all that follows: `python -m benchmarks.negotiate`.

The answer, the chart and the three changes are counted; layout and painting are not.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bargain.live import negotiate

EDITION = Path(__file__).parents[1] / "_extensions/report"
LIMIT = 100  # milliseconds that a change should not exceed
CHANGE = """async ([preset, step]) => {
  const box = document.querySelector('.negotiate'), idle = () => new Promise(done => {
    const look = () => box.querySelector('.moves').getAttribute('aria-busy') === 'false' ? done() : setTimeout(look, 0); look(); });
  box.querySelector(`[data-preset="${preset}"]`).click();
  await idle();
  const input = box.querySelectorAll('.row input')[step], start = performance.now();
  input.value = (Number(input.value) + 1) % 13;
  input.dispatchEvent(new Event('input'));
  const answered = performance.now() - start;
  await idle();
  return [answered, performance.now() - start];
}"""  # noqa: E501


def main():
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        print("no Chromium on this machine: one change of a deal was not timed")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        shutil.copy(EDITION / "negotiate.js", folder)
        page = Path(folder) / "page.html"
        head = '<!DOCTYPE html><meta charset="utf-8"><script src="negotiate.js"></script>'
        page.write_text(head + negotiate.widget_html(), "utf-8")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(page.as_uri())
        plans, steps = list(negotiate.presets()), len(negotiate.page_data()["steps"])
        for plan in plans:  # the first of each is not counted
            tab.evaluate(CHANGE, [plan, 0])
        took = [tab.evaluate(CHANGE, [plan, step]) for plan in plans for step in range(0, steps, 3)]
        browser.close()
    for words, times in zip(("its answer", "answer and changes that would help"), zip(*took, strict=True), strict=True):
        middle, worst = statistics.median(times), max(times)
        late = f", more than {LIMIT}" if middle > LIMIT else ""
        print(f"one change of a deal, {words}: {middle:.0f} ms, at worst {worst:.0f} ms{late} ({len(times)} changes)")


if __name__ == "__main__":
    main()
