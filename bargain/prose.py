"""Numbers and lists as prose has them."""

import calendar
from collections.abc import Callable, Iterable

import numpy as np


def capital(text: str) -> str:
    """The text with a capital first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c; nothing for no words."""
    words = list(words)
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(n: int, one: str, more: str | None = None) -> str:
    """A whole number and what it counts: no launch days, 1 launch day, 4 launch days."""
    return f"{int(n) or 'no'} {one if n == 1 else more or f'{one}s'}"


# ---------------------------------------------------------------- sentences, worded by what is computed
def percent(x: float) -> str:
    """A share in whole per cents."""
    return f"{x:.0%}"


def signed(x: float, digits: int = 1) -> str:
    """A number with its sign, a real minus, and no sign on what rounds to nothing."""
    text = f"{x:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def fives(x: float) -> str:
    """A share to the nearest five per cent."""
    return "under 5%" if x < 0.05 else f"{5 * round(20 * x)}%"


def tens(x: float) -> str:
    """A number with the digits that two seeds share: whole below 20, then tens, from 200 on fifties."""
    step = 1 if x < 20 else 10 if x < 200 else 50
    return f"{step * round(x / step):,.0f}"


def distance_words(x: float) -> str:
    """A distance as a share, or never."""
    return "never" if np.isnan(x) else f"{x:.0%}"


def two_digits(x: float) -> str:
    """A break-even number with two digits, or never."""
    return "never" if np.isnan(x) else f"{float(f'{x:.2g}'):,.0f}"


def half_thousands(x: float) -> str:
    """A number with the digits that two draws share: to the nearest 500, below 1,000 two digits."""
    return f"{500 * round(x / 500):,}" if x >= 1000 else two_digits(x)


def hazard_words(x: float) -> str:
    """A yearly hazard in per cent with the digits that two draws share (one, from 1 to 10 half per cents), or never."""
    if np.isnan(x):
        return "never"
    if 0.01 <= x < 0.0975:
        return f"{round(200 * x) / 2:g}%"
    return f"{float(f'{100 * x:.1g}'):g}%"


def signed_thousands(x: float) -> str:
    """Life-equivalents as signed whole thousands: +44, −14, 0."""
    n = round(x / 1000)
    return f"{n:+,}".replace("-", "−") if n else "0"


def shared(a: float, b: float, words: Callable[[float], str]) -> str:
    """A number in words; where two seeds differ in the digits, both, the smaller first."""
    a, b = sorted((a, b))
    return words(a) if words(a) == words(b) else f"{words(a)}–{words(b)}"


def whole_thousands(x: float) -> str:
    """A number in whole thousands, without a minus before nought."""
    return f"{round(x / 1000) + 0:,.0f}"


def per_cent(a: float, b: float) -> str:
    """A share in whole per cents, from two seeds."""
    return shared(a, b, lambda x: f"{100 * x:.0f}") + "%"


def two_figures(x: float) -> str:
    """Two digits that a reader can hold."""
    return f"{float(f'{x:.2g}'):,.10g}"


# ------------------------------------------------------------------------------------------------- in words
def span_percent(*shares: float) -> str:
    """Shares of one thing from several draws as prose: whole per cents, fives or tens, whichever is the finest step at
    which all agree; else the span from the least to the largest."""
    if min(shares) == max(shares) in (0, 1):
        return "none" if shares[0] == 0 else "all"
    for step in (1, 5, 10):
        got = {step * round(100 * x / step) for x in shares}
        if len(got) == 1:
            (whole,) = got
            return {0: f"fewer than {step}%", 100: f"more than {100 - step}%"}.get(whole, f"{whole}%")
    return f"{100 * min(shares):.0f} to {100 * max(shares):.0f}%"


def plain_number(value: float) -> str:
    """A number to four digits; whole, with commas, from a thousand."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def day(iso: str) -> str:
    """An ISO date, month or year in words: 8 October 2026, October 2026, 2026."""
    words = [str(int(iso[8:]))] if len(iso) == 10 else []
    return " ".join(words + [calendar.month_name[int(iso[5:7])] if len(iso) > 4 else "", iso[:4]]).strip()
