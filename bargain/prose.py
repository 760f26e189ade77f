"""Numbers and lists as prose has them."""

import calendar
import hashlib
import os
import re
import string
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import hearing, terms

LEDGER = Path(__file__).parents[1] / "chapters" / "g-ledger.qmd"


def capital(text: str) -> str:
    """The text with a capital first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


def inside(text: str) -> str:
    """Words to stand inside a sentence, without a full stop: a small first letter, unless an abbreviation or Kim stands
    first."""
    word = text[1:2].islower() and text.split()[0] != "Kim"
    return (text[:1].lower() + text[1:] if word else text).rstrip(".")


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
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.4g}"
    if "e" in text:  # no exponent: what is smaller than a ten-billionth is 0
        text = f"{value:.10f}".rstrip("0").rstrip(".").removesuffix("-0")
    return text or "0"


def day(iso: str) -> str:
    """An ISO date, month or year in words: 8 October 2026, October 2026, 2026."""
    words = [str(int(iso[8:]))] if len(iso) == 10 else []
    return " ".join(words + [calendar.month_name[int(iso[5:7])] if len(iso) > 4 else "", iso[:4]]).strip()


# --------------------------------------------------------------------------------- sentences that stand in a table
class _Counting(string.Formatter):
    """str.format, in which `{n:accord|accords}` counts."""

    def format_field(self, value: Any, spec: str) -> Any:
        return counted(value, *spec.split("|")) if "|" in spec else super().format_field(value, spec)


def asked(sentence: str) -> set[str]:
    """The names of the facts that an authored sentence asks for. Raises ValueError for a brace without its other."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def filled(sentence: str, facts: Mapping[str, Any]) -> str:
    """An authored sentence with facts in their places, its first letter a capital.

    Places are those of `str.format`, by name: `{share:.0%}`; `{n:accord|accords}` counts: no accords, 1 accord, 2
    accords. Raises ValueError for a name that is not among the facts, and for a fact that cannot be written as asked.
    """
    if unknown := sorted(asked(sentence) - set(facts)):
        raise ValueError(f"asks for {', '.join(map(repr, unknown))}; there is {', '.join(facts) or 'no fact'}")
    try:
        return capital(_Counting().vformat(sentence, (), facts))
    except (KeyError, TypeError) as error:  # a place within a place; a word where a number is asked for
        raise ValueError(str(error)) from None


def in_words(frame: pd.DataFrame, columns: Mapping[str, str], rows: str | None = None) -> pd.DataFrame:
    """A frame as a reader sees it: the columns named, with these headings; rows in words, whole numbers whole.

    rows: a column that holds the rows' names; by default the index does.
    """
    shown = (frame if rows is None else frame.set_index(rows))[list(columns)].rename(columns=columns)
    shown.index = pd.Index([terms.LABELS.get(str(name), capital(str(name))) for name in shown.index])
    whole = [column for column in shown.select_dtypes("floating") if (shown[column] % 1 == 0).all()]
    return shown.astype(dict.fromkeys(whole, int)).rename_axis(columns=None)


# ------------------------------------------------------------------------------------------------------------ claims
class Holds(NamedTuple):
    """What a sentence hangs on: whether it holds, the comparison in numbers, and how far it is from turning.

    margin: in the unit of the numbers compared, positive while it holds; NaN where the test knows no distance.
    size: what the margin is measured against, so that tests in different units can be ordered.
    """

    holds: bool
    words: str
    margin: float = np.nan
    size: float = np.nan

    def __bool__(self) -> bool:
        return self.holds


def more(a: float, b: float, by: float = 0) -> Holds:
    """Whether a is above b by more than `by`. A NaN on either side does not hold."""
    words = f"{plain_number(a)} > {plain_number(b)}" + (f" + {plain_number(by)}" if by else "")
    return Holds(bool(a - b > by), words, float(a - b - by), float(max(abs(a), abs(b))))


def less(a: float, b: float, by: float = 0) -> Holds:
    """Whether a is below b by more than `by`. A NaN on either side does not hold."""
    words = f"{plain_number(a)} < {plain_number(b)}" + (f" − {plain_number(by)}" if by else "")
    return Holds(bool(b - a > by), words, float(b - a - by), float(max(abs(a), abs(b))))


def between(x: float, low: float, high: float) -> Holds:
    """Whether low ≤ x ≤ high, as for "two fifths" or "about as often as not"."""
    words = f"{plain_number(low)} ≤ {plain_number(x)} ≤ {plain_number(high)}"
    return Holds(bool(low <= x <= high), words, float(min(x - low, high - x)), float(max(abs(low), abs(high))))


def leads(values: Mapping[str, float] | pd.Series, name: str) -> Holds:
    """Whether the named entry is above all others. KeyError where there is none of that name."""
    values = pd.Series(values, dtype=float)
    rest = values.drop(name)
    best = rest.max() if len(rest) else -np.inf
    words = f"{name} {plain_number(values[name])} > {rest.idxmax() if len(rest) else 'none'} {plain_number(best)}"
    return Holds(bool(values[name] > best), words, float(values[name] - best), float(max(abs(values[name]), abs(best))))


def trails(values: Mapping[str, float] | pd.Series, name: str) -> Holds:
    """Whether the named entry is below all others. KeyError where there is none of that name."""
    got = leads(-pd.Series(values, dtype=float), name)
    values = pd.Series(values, dtype=float)
    rest = values.drop(name)
    words = f"{name} {plain_number(values[name])} < {rest.idxmin() if len(rest) else 'none'} {plain_number(rest.min())}"
    return got._replace(words=words)


def most(flags: ArrayLike, share: float = 0.5) -> Holds:
    """Whether something holds in more than a share of the draws (default: in most)."""
    got = float(np.mean(np.asarray(flags, float)))
    return Holds(bool(got > share), f"{got:.0%} of {np.size(flags)} draws > {share:.0%}", got - share, 1.0)


def same(a: object, b: object) -> Holds:
    """Whether two names or whole numbers are the same; there is no distance."""
    return Holds(bool(a == b), f"{_named(a)} = {_named(b)}")


def _named(value: object) -> str:
    """A value in a test as a reader has it: yes or no, a list, nothing, a name or number."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return listed(map(_named, value)) or "none"
    return "none" if value is None else plain_number(value) if isinstance(value, float) else str(value)


def every(*tests: Holds) -> Holds:
    """Whether all tests hold; the margin is that of the one nearest to turning."""
    nearest = min(tests, key=lambda t: (t.holds, np.nan_to_num(t.margin / t.size if t.size else np.nan, nan=np.inf)))
    return Holds(all(t.holds for t in tests), "; ".join(t.words for t in tests), nearest.margin, nearest.size)


class Fallen(str):
    """What stands in place of a claim that does not hold; on a page it carries a mark that leads to the ledger."""

    mark: str

    def _repr_markdown_(self) -> str:
        return f'{escaped(self)}[†]({self.mark}){{.fallen aria-label="Another sentence stood here: its test"}}'


def escaped(text: str) -> str:
    """A text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+.!$@~^|-])", r"\\\1", text)


def anchor(text: str) -> str:
    """The identifier of a claim's row in the ledger."""
    return f"claim-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def claim(test: Holds, text: str, otherwise: str) -> str:
    """The sentence while its test holds, else the plain wording that is true either way, with a mark beside it."""
    hearing.claimed(test, text, otherwise)
    if test.holds:
        return text
    said = Fallen(otherwise)
    said.mark = f"{os.path.relpath(LEDGER, Path.cwd()).replace(os.sep, '/')}#{anchor(text)}"
    return said
