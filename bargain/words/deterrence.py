"""Sentences of chapter 9, worded by what is computed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from bargain import deterrence, evidence, terms
from bargain.plots import theme
from bargain.prose import counted, two_figures


def rank_correlations(frame: pd.DataFrame, watch: str = "visits") -> pd.DataFrame:
    """Spearman's rank correlation of each belief with an open window: belief, rho; relative to the ranges chosen."""
    rows = [name for name in deterrence.BELIEFS if not (watch == "visits" and name.startswith("camera"))]
    if watch == "cameras":
        rows = [name for name in rows if not name.startswith("visit")]
    rho = [spearmanr(frame[name], frame[f"open_{watch}"]).statistic for name in rows]
    return pd.DataFrame({"belief": rows, "rho": rho}).sort_values("rho", key=abs, ascending=False)


def plane(watch: str, warns: np.ndarray, answers: np.ndarray) -> pd.DataFrame:
    """ready and dash thresholds over medians of warning and answer, all else central: warn, answer, open."""
    w, a = np.meshgrid(warns, answers)
    base = deterrence.central_beliefs()
    p = {name: np.full(w.size, value) for name, value in base.items()}
    p |= {"warn_median": w.ravel(), "answer_median": a.ravel()}
    first, last = deterrence.window(watch, p)
    return pd.DataFrame({"warn": w.ravel(), "answer": a.ravel(), "open": ~np.isnan(first), "from": first, "to": last})


def share_of(table: pd.DataFrame, measure: str, kind: str, reading: str) -> float:
    row = table[(table["measure"] == measure) & (table["kind"] == kind) & (table["reading"] == reading)]
    return float(row["share"].iloc[0])


def curve_frame(p: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Ready and dash over τ at central beliefs, long: days, what (ready, visits, cameras), chance."""
    p = p or deterrence.central_beliefs()
    parts = [pd.DataFrame({"days": deterrence.TAUS, "what": "ready", "chance": deterrence.curves("visits", p)[0]})]
    parts += [
        pd.DataFrame({"days": deterrence.TAUS, "what": w, "chance": deterrence.curves(w, p)[1]})
        for w in deterrence.WATCHES
    ]
    return pd.concat(parts, ignore_index=True)


def plane_frame(cells: int = 46) -> pd.DataFrame:
    """`plane` for both watches on a grid of medians: watch, warn, answer, open, from, to."""
    warns, answers = np.linspace(2, 178, cells), np.linspace(1, 89, cells)
    return pd.concat([plane(w, warns, answers).assign(watch=w) for w in deterrence.WATCHES], ignore_index=True)


def custody_frame(forms: pd.DataFrame) -> pd.DataFrame:
    """Medians of ready and dash by form and watch, wide: form, watch, ready, dash."""
    readiness = forms[forms["what"] == "ready"].set_index("form")["p50"]
    dashes = forms[forms["what"] == "dash"]
    return dashes.assign(ready=dashes["form"].map(readiness), dash=dashes["p50"])[["form", "watch", "ready", "dash"]]


def window_words(watch: str) -> str:
    """The window at central beliefs in words."""
    first, last = (float(x) for x in deterrence.window(watch, deterrence.central_beliefs()))
    if np.isnan(first):
        return "no weaponisation time serves both sides"
    return f"a weapon that takes {first:.0f} to {last:.0f} days serves both sides"


def curves_finding() -> str:
    """Where the window lies at central beliefs, with cameras and with visits."""
    cameras, visits = window_words("cameras"), window_words("visits")
    if cameras == visits:
        return f"At the middle of our beliefs {cameras}, with cameras or with visits"
    return f"At the middle of our beliefs, with cameras {cameras}; with visits, {visits}"


def about(share: float) -> str:
    """A share of sampled minds as prose, to five points: what two seeds agree on."""
    return f"about {round(20 * share) * 5} per cent"


def both_served(forms: pd.DataFrame) -> pd.DataFrame:
    """The forms and watches whose median chances meet both thresholds: rows of `custody_frame`."""
    table = custody_frame(forms)
    return table[(table["ready"] >= evidence.central("ready_min")) & (table["dash"] <= evidence.central("dash_max"))]


def forms_heading(forms: pd.DataFrame) -> str:
    """How many forms of material serve both sides under some watch, as a heading."""
    n = both_served(forms)["form"].nunique()
    if not n:
        return "No form of material is both ready and hard to dash"
    some = "Every form" if n == len(deterrence.FORMS) else counted(n, "form").replace("1 form", "One form")
    return f"{some} of material can be both ready and hard to dash"


def forms_finding(forms: pd.DataFrame) -> str:
    good = both_served(forms)
    if not len(good):
        return "No form of material is at once likely to be ready in time and unlikely to be dashed unseen"
    pairs = ", ".join(f"{r.form.lower()} under {r.watch}" for r in good.itertuples())
    return f"Only {pairs} would be ready in time and hard to dash unseen"


def open_heading(frame: pd.DataFrame) -> str:
    """Whether the window is open in more draws with cameras than with visits, as a heading."""
    more = "more often" if frame["open_cameras"].mean() > frame["open_visits"].mean() else "no more often"
    return f"Cameras open the window {more} than visits"


def open_finding(frame: pd.DataFrame) -> str:
    a, b = frame["open_visits"].mean(), frame["open_cameras"].mean()
    more = "Cameras open the window" if b > a else "Cameras open the window no more often than visits"
    return (
        f"{more}: some weaponisation time serves both sides in {b:.0%} of the draws with them, in {a:.0%} with visits"
    )


def plane_words(plane: pd.DataFrame) -> str:
    """What the shaded region of `plane_frame` shows, for those who do not see it."""
    visits, cameras = (plane.loc[plane["watch"] == watch, "open"].mean() for watch in deterrence.WATCHES)
    if not visits + cameras:
        return "No cell is shaded"
    size = "larger" if cameras > visits else "smaller" if cameras < visits else "no larger"
    return f"The shaded region lies where warning is long and the answer quick, and is {size} with cameras"


def bounds_heading(table: pd.DataFrame) -> str:
    """Which reading's minds most often need more than a latent remainder can give, as a heading."""
    shares = {r: share_of(table, "floor", "more", r) for r in theme.MINDS}
    most, least = max(shares, key=lambda r: shares[r]), min(shares, key=lambda r: shares[r])
    if about(shares[most]) == about(shares[least]):
        return "Minds of all readings need more than that equally often"
    return f"{terms.LABELS[most]} minds most often need more than a remainder"


def bounds_finding(table: pd.DataFrame) -> str:
    shares = {r: share_of(table, "floor", "more", r) for r in theme.MINDS}
    most, least = max(shares, key=lambda r: shares[r]), min(shares, key=lambda r: shares[r])
    return (
        f"Of {terms.LABELS[most].lower()} minds {about(shares[most])} need more than any latent remainder can give; "
        f"of {terms.LABELS[least].lower()} ones {about(shares[least])}"
    )


def ceiling_words(table: pd.DataFrame) -> str:
    """Does the ceiling bind at all against no deal, and against the belief that pressure will soften him?"""
    reading = theme.MINDS[0]  # the coalition's side is the same whatever the reading
    free, strict = (share_of(table, m, "all", reading) for m in ("ceiling", "ceiling_out"))
    return (
        f"Against no deal the ceiling does not bind in {about(free)} of the draws: the rest of the deal pays the "
        f"coalition by itself, and it would tolerate the whole arsenal's material. Against the high end of what it may "
        f"expect from more pressure, it still does not bind in {about(strict)}."
    )


def span_words(days: float) -> str:
    """The unit in which a time is spoken of: days, weeks, months or years."""
    return "days" if days < 14 else "weeks" if days < 60 else "months" if days < 730 else "years"


def form_words(form: str) -> str:
    """The unit of the mean time from a form of material to a delivered weapon, as `span_words`."""
    taus, weights = deterrence.breakout(form)
    return span_words(float(taus @ weights))


def examples(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The latest row on Iran's material and the internal study on Japan, of `reference_times`."""
    iran = frame[frame["case"].str.startswith("Iran, material")].sort_values("year").iloc[-1]
    return iran, frame[frame["case"].str.startswith("Japan, internal")].iloc[0]


def iran_words(frame: pd.DataFrame) -> str:
    """The latest published time of Iran's material to a weapon's worth, in words."""
    iran, _ = examples(frame)
    span = f"{iran['low']:.0f}" if iran["low"] == iran["high"] else f"{iran['low']:.0f} to {iran['high']:.0f}"
    return f"{span} days from a weapon’s worth of material by the figure for {int(iran['year'])}"


def cases_heading(frame: pd.DataFrame) -> str:
    """Iran's latest time against Japan's, as a heading."""
    iran, japan = examples(frame)
    first, other = span_words(iran["high"]), span_words(japan["low"])
    if first == other:
        return f"Latency is put at {first} for Iran and Japan alike"
    return f"Latency is put at {first} for Iran and {other} for Japan"


def cases_finding(frame: pd.DataFrame) -> str:
    iran, japan = examples(frame)
    low, high = (two_figures(japan[end] / 365.25) for end in ("low", "high"))
    return (
        f"Latency is a number of days: Iran’s material was {iran['low']:.0f} to {iran['high']:.0f} days from a "
        f"weapon’s worth in {int(iran['year'])}, and a Japanese study put Japan {low} to {high} years away"
    )


BELIEF_WORDS = {
    "warn_median": "the length of warning",
    "warn_sd": "the spread of warnings",
    "warn_surprise": "the share of surprise attacks",
    "visit_interval": "the days between visits",
    "visit_detect": "what a visit finds",
    "camera_detect": "what a camera finds",
    "answer_median": "the speed of the answer",
    "answer_sd": "the spread of answers",
}


def leading_beliefs(frame: pd.DataFrame, watch: str = "visits", count: int = 3) -> str:
    """The beliefs that move an open window most, in words, with their rank correlations."""
    rows = rank_correlations(frame, watch).head(count)
    if rows["rho"].isna().any():
        return "none does, for the window is open in every draw or in none"
    said = ", ".join(f"{BELIEF_WORDS[r.belief]} ({r.rho:+.1f})" for r in rows.itertuples())
    return said.replace("-", "−")


def warning_words(frame: pd.DataFrame, watch: str = "visits") -> str:
    """Whether a belief about warning is the one that moves an open window most, in a clause."""
    top = rank_correlations(frame, watch).iloc[0]
    if np.isnan(top["rho"]):
        return "no belief moves the window here"
    if top["belief"].startswith("warn"):
        return "warning moves the window more than anything else here"
    return f"only {BELIEF_WORDS[top['belief']]} moves the window more than any part of warning"


def quarrel_words() -> str:
    """How the published effect of latency compares with the war risk that disarmament removes, in a sentence."""
    low, high, risk = deterrence.schools()
    times = min(abs(low), abs(high)) / risk
    end = "so the quarrel is not about details" if times >= 2 else "so the quarrel may be about little"
    risk_words = "the yearly war risk that we let the whole disarmament remove"
    return f"Either number is {two_figures(times)} times {risk_words}, {end}"


def _custody(table: pd.DataFrame) -> tuple[bool, pd.Series]:
    """Whether reach and dash rise together under both watches, and what cameras take off the dash, by form."""
    rises = all(rows.sort_values("ready")["dash"].is_monotonic_increasing for _, rows in table.groupby("watch"))
    gain = table.pivot(index="form", columns="watch", values="dash")
    return rises, gain["visits"] - gain["cameras"]


def custody_words(table: pd.DataFrame) -> str:
    """What the points and lines of the custody figure show, for those who do not see them."""
    rises, drop = _custody(table)
    points = "Points for four forms rise" if rises else "Points for four forms do not all rise"
    lies = "lies below" if (drop > 0).all() else "lies above" if (drop < 0).all() else "lies partly below"
    return f"{points} from the lower left to the upper right; the line with cameras {lies} the line with visits"


def custody_finding(table: pd.DataFrame) -> str:
    """Whether reach and dash rise together, over the forms, under both watches."""
    rises, drop = _custody(table)
    first = "What makes a remainder reassuring makes it dashable" if rises else "Reach and dash do not rise together"
    points = f"{100 * drop.max():.0f} points"
    cut = f"cut the chance of a dash by up to {points}" if drop.max() >= 0.005 else "do not cut the chance of a dash"
    return f"{first}; cameras {cut} and leave readiness alone"
