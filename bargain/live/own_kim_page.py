"""Set your own Kim as HTML: the drawn state, the controls, and the table that the page's script reads."""

from collections.abc import Mapping
from html import escape
from typing import Any

from bargain import live, options, terms
from bargain.live import own_kim
from bargain.plots import own_kim as own_kim_plots
from bargain.plots import theme

# ---------------------------------------------------------------- what a page shows
MARKS = {
    "irrational": '<circle cx="6" cy="6" r="5"/>',
    "narrow": '<rect x="1.2" y="1.2" width="9.6" height="9.6"/>',
    "dealer": '<path d="M6 .6 11.4 10.6H.6Z"/>',
}  # the readings', 12 px wide
CLICK = "Click or drag to where you stand."
STILL = "Where scripts run, a click says where you stand; here is the undecided reader."
KEY = "Deep: the choice is clear. Pale: another policy comes within {:.0%}."
UNIT = "Life-equivalents saved (right) or lost (left) against the status quo"


def _slider(name: str, words: str, top: int, value: int, shown: str, mark: str = "", colour: str = "ink") -> str:
    return (
        f'<label><span>{mark}{escape(words)}</span><input type="range" name="{name}" min="0" max="{top}" '
        f'value="{value}" style="--c:var(--{colour})"><output>{escape(shown)}</output></label>'
    )


def _fieldset(title: str, small: str, inside: str) -> str:
    more = f" <small>{escape(small)}</small>" if small else ""
    return f"<fieldset><legend>{escape(title)}{more}</legend>{inside}</fieldset>"


def _beliefs(own: Mapping[str, Any]) -> str:
    """The first controls: presets and beliefs."""
    buttons = "".join(
        f'<button type="button" data-preset="{key}">{escape(row["name"])}</button>'
        for key, row in own_kim.PRESETS.items()
    )
    marks = {
        k: f'<svg viewBox="0 0 12 12" aria-hidden="true" style="fill:var(--{k})">{MARKS[k]}</svg>'
        for k in terms.READINGS
    }
    beliefs = "".join(
        _slider(k, terms.LABELS[k], 100, b, f"{b}%", marks[k], k)
        for k, b in zip(terms.READINGS, own["belief"], strict=True)
    )
    return _fieldset("Start from", "", f'<div class="presets">{buttons}</div>') + _fieldset(
        "What you believe he is", "(adds up to 100%)", beliefs
    )


def _further(data: Mapping[str, Any], own: Mapping[str, Any], compact: bool) -> str:
    """The further controls: prices, effects (not in the compact version), reset and link."""
    out = ""
    if not compact:
        rows = zip(options.RATES, data["stops"], own["values"], data["units"], strict=True)
        sliders = [
            _slider(
                rate,
                own_kim.PRICES[rate][0],
                len(marks) - 1,
                marks.index(value),
                own_kim.lives(value * unit).split()[0],
            )
            for rate, marks, value, unit in rows
        ]
        out += _fieldset("What you hold dear", "(the price of one, in lives)", "".join(sliders))
        camps = "".join(f'<option value="{c}">{escape(words)}</option>' for c, words in own_kim.CAMPS.items())
        out += _fieldset(
            "What you think policies do",
            "",
            (
                f'<label><span>As seen by</span><select name="camp">{camps}</select></label>'
                + _slider("step", "How far, from our draw", own_kim.STEPS, own["step"], "0%")
                + '<label class="check"><input type="checkbox" name="all" checked> '
                "<span>Count the status quo and acceptance, too</span></label>"
            ),
        )
    more = "Set prices and effects, too" if compact else "Link to this setting"
    return out + (
        f'<p class="do-more"><button type="button" class="reset">Start again</button> '
        f'<a class="link" href="own-kim.html">{more}</a></p>'
    )


def widget_html(compact: bool = False, preset: str = "undecided") -> str:
    """The page's own Kim as HTML: a drawn state of one preset, its controls (hidden until the script runs) and the
    table as JSON. `compact`: beliefs only, with a link to the whole page."""
    data, own = own_kim.page_data() | {"start": preset}, own_kim.setting(preset)
    found = own_kim.answer(data, own)
    wanted = ("belief", "price") if compact else ("belief", "price", "effects")
    items = "".join(f'<li class="{key}">{escape(found[key])}</li>' for key in wanted)
    flips = f'<div class="flips"><p class="title">What would change the answer</p><ul>{items}</ul></div>'
    still = _still(data, own, found["sentence"])
    if compact:
        kept = {"drawn,0"} | {f"{own['camp']},{own['step']}" for own in data["presets"].values() if own["step"]}
        data["effects"] = {key: means for key, means in data["effects"].items() if key in kept}
    kind = "own-kim compact" if compact else "own-kim"
    return f"""<section class="{kind}" data-script="own-kim.js" aria-label="Set your own Kim">
<p class="answer" aria-live="polite" aria-atomic="true">{escape(found["sentence"])}</p>
<div class="set" hidden>{_beliefs(own)}</div>
<p class="still">{escape(live.say("own-kim", "still"))}</p>
<div class="shown"><p class="scale">{UNIT}</p><div class="bars">{own_kim.scores(data, found)}</div>
<div class="tri">{still}</div>
{_key(data)}
{f"</div>{flips}" if compact else f"{flips}</div>"}
<div class="set further" hidden>{_further(data, own, compact)}</div>
{live.data_script(data, "own-data")}
</section>"""


def triangle_html(preset: str = "undecided") -> str:
    """The triangle of beliefs alone, with its answer in a sentence and a link to the whole page: the front page's."""
    data, own = own_kim.page_data() | {"start": preset}, own_kim.setting(preset)
    found = own_kim.answer(data, own)
    data["presets"], data["effects"] = {preset: own}, {"drawn,0": data["effects"]["drawn,0"]}
    key, sentence = _key(data, "span"), escape(found["sentence"])
    return "".join(
        (
            '<section class="own-kim front" data-script="own-kim.js" aria-label="Where do you stand?">',
            f'<p class="set" hidden>{CLICK} {key}</p>',
            f'<p class="still">{STILL} {key}</p>',
            f'<div class="tri">{_still(data, own, found["sentence"], "undecided")}</div>',
            '<p class="answer" aria-live="polite" aria-atomic="true">',
            sentence,
            "</p>",
            '<p class="do-more"><a class="link" href="chapters/own-kim.html">Set prices and effects, too</a></p>',
            live.data_script(data, "own-data"),
            "</section>",
        )
    )


def _still(data: Mapping[str, Any], own: dict[str, Any], sentence: str, name: str = "") -> str:
    """The triangle as it is drawn where no script runs."""
    losses, belief = own_kim.losses(data, own), own["belief"]
    return theme.render(
        "fig-own-state",
        lambda t, narrow: own_kim_plots.draw_one(t, losses, belief, data["indiff"], name=name),
        finding=sentence,
        unit=UNIT,
        alt="The triangle of beliefs, coloured by the best policy. " + sentence,
    )["html"]


def _key(data: Mapping[str, Any], tag: str = "p") -> str:
    return f'<{tag} class="key">{KEY.format(data["indiff"])}</{tag}>'


def widget(compact: bool = False) -> None:
    """Show the page's own Kim in the running cell; on paper, where to find it."""
    words = "*On the website a reader sets beliefs, prices and effects here, and the answer moves with them.*"
    live.show(widget_html(compact), words)


def triangle() -> None:
    """Show the triangle of beliefs alone in the running cell."""
    live.show(triangle_html(), "*On the website a reader says here where he stands between the three readings.*")
