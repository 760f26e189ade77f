"""What is wrong with a page as a browser shows it: used by the tests of pages and of drawings."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

NAMES = "(" + (Path(__file__).parent / "drawn.js").read_text("utf-8").strip().rstrip(";") + ")()"
# The map of the argument is a graph: its lines run behind names, each on a halo, and its lists say the same.
GRAPHS = {"fig-argument-map": "is crossed by a line"}
UNFOLDED = """async () => {
  document.querySelectorAll('details').forEach(one => one.open = true);
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
}"""
# What a picture holds is one picture to who does not see it, and `names` looks at its words: without it axe is quicker.
EMPTIED = "document.querySelectorAll('svg[role=img], [role=img] svg').forEach(one => one.replaceChildren())"
# Rows of a table and items of a list are alike: a quick look takes the first of each.
SHORTENED = """document.querySelectorAll('tbody, ul, ol, dl, main, section').forEach(all => {
  const most = /SECTION|MAIN/.test(all.tagName) ? 15 : 8;
  [...all.children].filter(one => /^(TR|LI|DT|DD|SECTION)$/.test(one.tagName)).slice(most).forEach(one => one.remove());
})"""
AXE = Axe()


def until(tab, true, *given):
    """Wait until an expression of the page is true. A browser's own way to wait is what the pages' policy forbids."""
    for _ in range(250):
        if tab.evaluate(true, *given):
            return
        tab.wait_for_timeout(20)
    raise AssertionError(f"not within five seconds: {true}")


def shown(tab, path, width, mode="light", media="screen"):
    """Show a page in a tab that is there, with all folds open and all faces there."""
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=mode, media=media)
    tab.goto(path.as_uri(), wait_until="load")
    tab.evaluate(UNFOLDED)


def names(tab):
    """What is wrong with the names in the drawings that show: sentences."""
    found = tab.evaluate(NAMES)
    return [
        f"{figure}: {one}"
        for figure, all_ in found.items()
        for one in all_
        if not one.endswith(GRAPHS.get(figure, "\0"))
    ]


def sideways(tab):
    """Whether the page scrolls sideways."""
    room = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"it scrolls sideways by {room} px"] if room > 0 else []


def doubled(tab):
    """Drawings that show at a width that is not theirs."""
    other = "phone" if tab.viewport_size["width"] > 500 else "desk"
    drawings = f"[...document.querySelectorAll('figure:not(.emblem *) .chart.{other}')]"
    seen = tab.evaluate(drawings + ".filter(e => e.offsetParent).length")
    return [f"{seen} drawings for another width show"] if seen else []


def barred(tab, whole=False):
    """What axe finds: rules of WCAG and good practice that the page breaks. The pictures are empty afterwards, and
    unless the whole is asked for, long tables and lists are cut."""
    tab.evaluate(EMPTIED)
    if not whole:
        tab.evaluate(SHORTENED)
    # with `preload` it would fetch the style sheets, which a page from a file may not
    found = AXE.run(tab, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [f"{one['id']} at {node['target']}: {node['failureSummary']}" for one in found for node in one["nodes"][:3]]
