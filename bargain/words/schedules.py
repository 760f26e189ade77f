"""Sentences of chapter 8, worded by what is computed."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import deal, evidence, schedules, terms
from bargain import deal as base
from bargain.prose import capital, listed, signed
from bargain.terms import MINDS
from bargain.words import phasing as phasing_words


def share_words(frame: pd.DataFrame, mask: pd.Series) -> str:
    """A share with its interval, as prose: "62% (56 to 67%)"."""
    p, low, high = schedules.share(frame, mask)
    return f"{p:.0%} ({100 * low:.0f} to {high:.0%})"


def by_reading(frame: pd.DataFrame, flag: str) -> str:
    """The shares of the three readings, in words; flag names a boolean column."""
    words = []
    for reading in MINDS:
        rows = frame[frame["reading"] == reading]
        words.append(f"{share_words(rows, rows[flag])} of the {terms.LABELS[reading].lower()}")
    return f"{words[0]}, {words[1]} and {words[2]} minds"


SHAPE_WORDS = {
    "derived": "the derived order",
    "at_once": "all at once",
    "kim_first": "Kim first",
    "coalition_first": "the coalition first",
}


def headline(sample: pd.DataFrame) -> str:
    """In what share of draws a schedule that both sides keep removes weapons, and the whole arsenal, as a sentence."""
    wide = schedules.gains(sample)
    if not wide["some"].any():
        return "In no draw is there a schedule that both sides keep and that removes a weapon."
    some = wide[wide["some"]]
    return (
        f"A schedule that both sides keep removes weapons in {share_words(wide, wide['some'])} of sampled minds "
        "and "
        f"assumptions, half of the arsenal or more in {share_words(wide, _half(wide))} and all of it in "
        f"{share_words(wide, wide['all_gone'])}; where any go, the median is {some['depth_derived'].median():.0f} "
        "of "
        f"{evidence.central('arsenal_now'):.0f} weapons’ worth."
    )


def _half(wide: pd.DataFrame) -> pd.Series:
    return wide["depth_derived"] >= evidence.central("arsenal_now") / 2


def gradual_finding(sample: pd.DataFrame) -> str:
    """How often going gradually removes more than all at once, and what the other shapes keep, in words."""
    wide = schedules.gains(sample)
    wide = wide[wide["some"]]
    if not len(wide):
        return "No schedule of any shape removes a weapon in any draw"
    p, low, high = schedules.share(wide, wide["better"])
    kept = {s: wide[s].sum() / wide["derived"].sum() for s in deal.SHAPES[1:]}
    worst = SHAPE_WORDS[min(kept, key=lambda s: kept[s])]
    often = "more often than not" if low > 0.5 else "in a minority of draws" if high < 0.5 else "about as often as not"
    head = (
        f"Where any weapons go, going gradually removes more than all at once {often}, in "
        f"{share_words(wide, wide['better'])}, and all at once keeps {kept['at_once']:.0%} of the expected removal"
        if wide["better"].any()
        else "In no draw does going gradually remove more than all at once"
    )
    return f"{head}; {worst} is dearest and keeps {min(kept.values()):.0%}"


def gradual_heading(sample: pd.DataFrame) -> str:
    """Whether going gradually removes more than all at once, as a heading."""
    wide = schedules.gains(sample)
    wide = wide[wide["some"]]
    if not len(wide):
        return "No shape of schedule removes a weapon"
    if not wide["better"].any():
        return "Going gradually never removes more than all at once"
    _, low, high = schedules.share(wide, wide["better"])
    often = "more often than not" if low > 0.5 else "in a minority of draws" if high < 0.5 else "about as often as not"
    return f"Going gradually removes more {often}"


def shapes_table(sample: pd.DataFrame) -> pd.DataFrame:
    """Shapes by reading, to read: share with any removal, median depth, mean expected removal."""
    rows = []
    for reading in MINDS:
        for shape, name in terms.SHAPE_NAMES.items():
            got = sample[(sample["reading"] == reading) & (sample["shape"] == shape)]
            rows.append(
                {
                    "Minds": terms.LABELS[reading],
                    "Shape": name,
                    "Weapons go": share_words(got, got["depth"] > 0),
                    "Depth, median (quartiles)": "{:.0f} ({:.0f} to {:.0f})".format(
                        *got["depth"].quantile([0.5, 0.25, 0.75])
                    ),
                    "Expected removal, mean": f"{got['expected'].mean():.0f}",
                }
            )
    return pd.DataFrame(rows)


def measure_words(sample: pd.DataFrame) -> str:
    """Whether the worst shape is the same by depth as by expected removal over the sample, in words."""
    means = sample.groupby("shape")[["depth", "expected"]].mean()
    by_depth, by_removal = means["depth"].idxmin(), means["expected"].idxmin()
    if by_depth == by_removal:
        return f"{SHAPE_WORDS[by_depth]} is worst by either measure"
    return (
        f"{SHAPE_WORDS[by_depth]} is the shallowest in the mean, {SHAPE_WORDS[by_removal]} removes least in expectation"
    )


def second_words(sample: pd.DataFrame, second: pd.DataFrame) -> str:
    """What another seed's draws give for the two shares of the headline, in words."""
    one, two = schedules.gains(sample), schedules.gains(second)
    some, other = one[one["some"]], two[two["some"]]
    return (
        f"Another set of {two['draw'].nunique()} draws a reading gives {share_words(two, two['some'])} in place of "
        f"{share_words(one, one['some'])} for any removal, and {share_words(other, other['better'])} in place of "
        f"{share_words(some, some['better'])} for going gradually"
    )


def _spread(values: pd.Series, unit: Callable[[int], str] = phasing_words.years) -> str:
    low, mid, high = values.quantile([0.25, 0.5, 0.75], interpolation="nearest")
    return f"{unit(mid)} (quartiles {low / 2:g} to {high / 2:g})"


def order_finding(order: pd.DataFrame) -> str:
    """Who delivers first and when weapons leave over the sampled schedules, in words."""
    rows = schedules.arms_dates(order)
    if not len(rows):
        return "No weapons leave in any sampled schedule"
    p = rows["both"].mean()
    both = (
        "Both sides deliver in the first half-year"
        if p == 1
        else f"Both sides deliver in the first half-year in {share_words(rows, rows['both'])} of schedules"
    )
    return (
        f"{both}; the first weapons leave after {_spread(rows['first'])}, the last of those that go after "
        f"{_spread(rows['last'])}"
    )


def order_heading(order: pd.DataFrame) -> str:
    """Whether weapons leave later than the first deliveries in the median schedule, as a heading."""
    rows = schedules.arms_dates(order)
    if not len(rows):
        return "No weapons leave"
    start = f"{'Both sides start' if rows['both'].mean() > 0.5 else 'One side starts'} at once"
    return f"{start}, weapons {'leave later' if rows['first'].median() > 1 else 'among the first steps'}"


def durations_words(order: pd.DataFrame) -> str:
    """How often the last removal waits longer than durations alone would make it, in words."""
    rows = schedules.arms_dates(order)
    if not len(rows):
        return "no weapons leave"
    late = rows[rows["late"] > 0]
    prompt = share_words(rows, rows["late"] == 0)
    if not len(late):
        return "durations alone explain every date: the last weapons leave as soon as they physically can"
    return (
        f"in {prompt} of the schedules the last weapons leave as soon as they physically can; in the others they "
        "wait "
        f"a median of {phasing_words.years(late['late'].median())} more"
    )


def watched_words(order: pd.DataFrame, lever: pd.DataFrame) -> str:
    """What a loss from being watched does to depth, expected removal and the date of the declaration, in words."""
    wide = lever.pivot(index=["reading", "draw"], columns="lever", values=["depth", "expected"])
    some = wide[wide[("depth", "none")] > 0].reset_index()
    change = some[("expected", "targeting")].sum() / some[("expected", "none")].sum() - 1
    shallower = share_words(some, some[("depth", "targeting")] < some[("depth", "none")])
    rows = order[(order["step"] == "K04") & (order["date"] > 0) & (order["watched"] > 0)]
    removal = signed(100 * change, 0)
    depth = f"the reachable cut shrinks in {shallower} of the draws and expected removal changes by {removal}%"
    if not len(rows):
        return f"{depth}; the declaration is never made in both"
    later, sooner = (rows["watched"] > rows["date"]).mean(), (rows["watched"] < rows["date"]).mean()
    moved = "moves back more often than forward" if later > sooner else "does not move back more often than forward"
    return f"{depth}; the declaration {moved} ({later:.0%} of draws against {sooner:.0%})"


# -------------------------------------------------------------------------------------------- regret along the way
def carry_bands(carry: pd.DataFrame, side: str = "kim") -> pd.DataFrame:
    """A side's value of carrying on along the schedules, by half-year: regret, half_year, and quantiles in US$ bn."""
    rows = carry[carry["side"] == side]
    q = rows.groupby(["regret", "half_year"])["carry"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack() / 1000
    q.columns = ["low", "q25", "median", "q75", "high"]
    return q.reset_index()


def regret_finding(carry: pd.DataFrame, rule: pd.DataFrame, sample: pd.DataFrame) -> str:
    """In what share of draws he comes to wish that he had not signed without the no-regret row, in words."""
    rows = carry[(carry["side"] == "kim") & ~carry["regret"].astype(bool)]
    worst = rows.groupby(["reading", "draw"])["carry"].min().reset_index()
    if not len(worst):
        return "No schedule delivers anything, with or without the no-regret row"
    sorry = worst["carry"] < -1
    one = sample[sample["shape"] == "derived"].merge(rule[rule["rule"] == "locked"], on=["reading", "draw"])
    kept, free = round(one["depth_x"].mean()), round(one["depth_y"].mean())
    depth = f"the mean depth stays at {kept}" if free == kept else f"the mean depth is {free} in place of {kept}"
    if not sorry.any():
        return f"The no-regret row costs nothing: he never comes to wish that he had not signed, and {depth}"
    return (
        f"Without the no-regret row {depth}, and in {share_words(worst, sorry)} of the schedules Kim comes to "
        "wish that "
        f"he had not signed: lock-in, not peace"
    )


def regret_heading(carry: pd.DataFrame) -> str:
    """Whether a schedule that is kept without the no-regret row can be regretted, as a heading."""
    rows = carry[(carry["side"] == "kim") & ~carry["regret"].astype(bool)]
    if not len(rows):
        return "No schedule delivers anything that could be regretted"
    return "Kept is not the same as unregretted" if rows["carry"].min() < -1 else "What is kept is never regretted here"


def tight_words(carry: pd.DataFrame) -> str:
    """At which half-year each side is nearest to walking away, over the sampled schedules, in words."""
    rows = carry[carry["regret"].astype(bool)]
    low = rows.loc[rows.groupby(["reading", "draw", "side"])["slack"].idxmin()]
    words = []
    for side, name in (("kim", "Kim"), ("coalition", "the coalition")):
        got = low[low["side"] == side]
        q = got["half_year"].quantile([0.5, 0.25, 0.75], interpolation="nearest")
        words.append(
            f"{name} is nearest to walking at half-year {q[0.5]:.0f} (quartiles {q[0.25]:.0f} to "
            f"{q[0.75]:.0f}), "
            f"where {'he' if side == 'kim' else 'it'} would lose {got['slack'].clip(lower=0).median():,.0f} "
            "million "
            f"dollars in the median"
        )
    return "; ".join(words)


def why_heading(why: pd.DataFrame) -> str:
    """What going gradually rests on, as a heading."""
    return {
        "learning": "Going gradually pays mostly because time teaches",
        "durations": "Going gradually pays mostly because things take time",
        "irreversible": "Going gradually pays mostly because gifts cannot be undone",
        "order": "What going gradually rests on is order",
        "many": "No single reason carries going gradually",
        "gone": "With the reasons for going gradually gone, no weapon goes",
        "nothing": "No weapon goes, gradually or not",
    }[schedules.why_kind(why)]


def why_finding(why: pd.DataFrame) -> str:
    """What going gradually rests on: how often it still pays with each switch, in words."""
    alive = why[why["depth"] > 0]
    alive = alive.assign(better=alive["derived"] > (1 + schedules.BETTER) * alive["at_once"])
    plain = alive[alive["off"] == "none"]
    if not len(plain):
        return "No sampled schedule removes a weapon, so that nothing can be said of going gradually"
    p, all_off, kind = alive.groupby("off")["better"].mean(), "+".join(schedules.OFF), schedules.why_kind(why)
    head = f"Going gradually removes more in {share_words(plain, plain['better'])} of draws"
    if kind == "gone":
        return f"{head}; with the reasons for it switched off, no schedule removes a weapon"
    rest, single = alive[alive["off"] == all_off], p[[o for o in schedules.OFF if o in p.index]]
    left = share_words(rest, rest["better"])
    if kind == "order":
        return f"{head}, and in {left} with all three reasons switched off: what it rests on is order"
    if kind in ROOTS:
        return f"{head}; most of that is {ROOTS[kind]}: without it, in {single[kind]:.0%}, with all three off in {left}"
    return (
        f"{head}; no single reason carries that: switched off one by one, it still does in {single.min():.0%} to "
        f"{single.max():.0%}, with all three off in {left}"
    )


ROOTS = {
    "learning": "that time teaches",
    "durations": "that things take time",
    "irreversible": "that some gifts cannot be undone",
}


def why_table(why: pd.DataFrame) -> pd.DataFrame:
    """The switches as a table to read: how many draws have a schedule, how often and by how much gradual is better."""
    rows = []
    for off, name in schedules.OFF_NAMES.items():
        got = why[why["off"] == off]
        some = got[got["depth"] > 0]
        better = some["derived"] > (1 + schedules.BETTER) * some["at_once"]
        rows.append(
            {
                "Switch": name,
                "Weapons go": share_words(got, got["depth"] > 0),
                "Gradual removes more": share_words(some, better) if len(some) else "–",
                "Gain in mean expected removal": f"{some['derived'].sum() / some['at_once'].sum() - 1:.0%}"
                if some["at_once"].sum() > 0
                else "–",
            }
        )
    return pd.DataFrame(rows)


def lever_finding(changes: pd.DataFrame) -> str:
    """Which lever raises the removal most, which do not, and which lower it, in words."""
    best, rest = changes.iloc[0], changes.iloc[1:]
    if best["low"] <= 0:
        head = "No lever raises the expected removal by more than the draws leave open"
    else:
        tied = rest[rest["high"] >= best["change"]]
        head = (
            f"{capital(best['name'])} raises the removal most: expected removal by {best['relative']:.0%} in "
            f"the mean, in {best['more']:.0%} of draws"
        )
        if len(tied):
            head += f", with {listed(tied['name'])} inside its margin"
    deep = changes.loc[changes["depth"].idxmax()]
    if deep["depth"] >= 0.5:
        head += f"; in depth {deep['name']} adds most, {deep['depth']:.0f} weapons’ worth in the mean"
    harm = changes[changes["high"] < 0]
    verb = "lower" if len(harm) > 1 else "lowers"
    return head + (f"; {listed(harm['name'])} {verb} the expected removal" if len(harm) else "")


def lever_heading(changes: pd.DataFrame) -> str:
    """The lever that raises the expected removal most, as a heading."""
    best = changes.iloc[0]
    return f"The strongest lever: {best['name']}" if best["low"] > 0 else "No lever surely raises the expected removal"


def lever_table(changes: pd.DataFrame) -> pd.DataFrame:
    """The levers as a table to read."""
    return pd.DataFrame(
        {
            "Lever": changes["name"].map(capital),
            "Expected removal": [
                f"{signed(r.change, 0)} ({signed(r.low, 0)} to {signed(r.high, 0)})" for r in changes.itertuples()
            ],
            "More in": changes["more"].map("{:.0%}".format),
            "Less in": changes["less"].map("{:.0%}".format),
            "Depth": [signed(d, 0) for d in changes["depth"]],
            "Draws with removal": [f"{signed(100 * x, 0)} points" for x in changes["some"]],
            "Cost, US$ bn": ["–" if np.isnan(x) else f"{x + 0.0:.1f}" for x in changes["cost"].round(1)],
        }
    )


def restore_words(restore: pd.DataFrame) -> str:
    """Where no schedule removes a weapon: how far it is, who would walk, and what would restore one, in words."""
    none = restore[restore["levers"] > 0]
    if not len(none):
        return "In every draw some schedule removes weapons, so that nothing has to be restored."
    near = none[none["total"].notna()]
    out = [f"In {share_words(restore, restore['levers'] > 0)} of the draws no kept schedule removes a weapon."]
    if len(near):
        kim = (near["side"] == "kim").mean()
        who = "Kim" if kim >= 0.5 else "the coalition"
        out.append(
            f"The schedule that comes nearest fails at {who}’s row in {max(kim, 1 - kim):.0%} of them, mostly "
            f"at half-year {near['period'].median():.0f}, and falls short by {near['short'].median():,.0f} "
            f"million dollars in the median."
        )
    one, two, all_ = ((none["levers"] == n) for n in (1, 2, len(schedules.HELP)))
    never = none["levers"] == 99
    out.append(
        f"One lever restores a schedule in {one.mean():.0%} of them, two in another {two.mean():.0%}, all nine "
        "in "
        f"another {all_.mean():.0%}; in {never.mean():.0%} not even all do."
    )
    which = none["which"][one].str.split(" ").explode().value_counts()
    if len(which):
        out.append(f"The single lever that does it most often is: {base.LEVERS[which.index[0]][1]}.")
    return " ".join(out)


def zero_words(zero: pd.DataFrame, lever: pd.DataFrame) -> str:
    """How many draws have a kept schedule to zero, and who would walk from one in the others, in words."""
    total = evidence.central("arsenal_now")
    plain = lever[lever["lever"] == "none"]
    gone = plain["depth"] >= total - 1e-9
    # the search for the nearest schedule maximises nothing: where it finds no shortfall, zero can be kept
    short = zero[zero["total"].fillna(np.inf) > 1]
    out = f"The whole arsenal goes in the derived schedule of {share_words(plain, gone)} of the draws."
    if not len(short):
        return out + " In every draw some kept schedule ends at zero."
    known = short[short["total"].notna()]
    kim = (known["side"] == "kim").mean()
    who = "Kim" if kim >= 0.5 else "the coalition"
    return (
        f"{out} In {share_words(zero, zero['total'].fillna(np.inf) > 1)} none was found that both keep to zero: "
        f"in the one that comes nearest {who} would walk first in {max(kim, 1 - kim):.0%}, at half-year "
        f"{known['period'].median():.0f} in the median, short by {known['short'].median() / 1000:,.1f} billion "
        "dollars."
    )


def zero_heading(zero: pd.DataFrame) -> str:
    """How often a kept schedule to zero is found, as a heading."""
    found = zero["total"].fillna(np.inf) <= 1
    _, low, high = schedules.share(zero, found)
    often = (
        "in every draw"
        if found.all()
        else "in no draw"
        if not found.any()
        else "in most draws"
        if low > 0.5
        else "in a minority of draws"
        if high < 0.5
        else "about as often as not"
    )
    return f"A kept schedule to zero is found {often}"


# -------------------------------------------------------------------------------------- hold-outs and what drives
def hold_words(hold: pd.DataFrame, side: int) -> str:
    """The largest hold-out of a side at which weapons still go, and the share that the register's high end stops."""
    high = evidence.assumptions().at[f"out_{side}", "high"]
    rows = hold[hold["side"] == side]
    most = rows["hold_out"].fillna(-1)
    q = rows["hold_out"].fillna(0).quantile([0.5, 0.25, 0.75])
    return (
        f"{q[0.5]:,.0f} million dollars a half-year in the median (quartiles {q[0.25]:,.0f} to {q[0.75]:,.0f}); "
        "the high "
        f"end of the register, {high:,.0f}, would end all removal in {share_words(rows, most < high)} of the draws"
    )


DRIVER_WORDS = {
    "arsenal_worth": "the worth of the arsenal",
    "fear_first_kim": "Kim’s first fear",
    "out_kim": "Kim’s hold-out",
    "out_coalition": "the coalition’s hold-out",
}


def drivers_finding(frame: pd.DataFrame) -> str:
    """What ends removal and what makes all at once as good, from the lowest to the highest fifth, in words."""
    ends = frame.groupby(["driver", "measure"])["share"].agg(["first", "last"])
    gap, names = (ends["last"] - ends["first"]).unstack(), DRIVER_WORDS
    worst = gap["some"].abs().idxmax()
    a, b = ends.loc[(worst, "some")]
    border = gap["as_good"].abs().idxmax()
    c, d = ends.loc[(border, "as_good")]
    return (
        f"From the lowest to the highest fifth of {names[worst]}, the share of draws in which weapons go "
        f"{'falls' if b < a else 'rises'} from {a:.0%} to {b:.0%}; all at once does as well as the derived order "
        f"in {c:.0%} at one end of {names[border]} and {d:.0%} at the other"
    )


def drivers_heading(frame: pd.DataFrame) -> str:
    """Which of the four moves the share of draws in which weapons go most, as a heading."""
    some = frame[frame["measure"] == "some"].groupby("driver")["share"]
    gap = (some.last() - some.first()).abs()
    if gap.max() == 0:
        return "Nothing drawn here moves whether weapons go"
    return f"Whether weapons go hangs most on {DRIVER_WORDS[gap.idxmax()]}"


def ranks_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The rank correlations as a table to read, with the range that each is relative to."""
    meaning = evidence.assumptions()["meaning"].str.split(";").str[0]
    return pd.DataFrame(
        {
            "Drawn": frame["id"].map(meaning),
            "Range": [f"{a:g} to {b:g}" for a, b in zip(frame["low"], frame["high"], strict=True)],
            **{
                name: frame[c].map("{:+.2f}".format)
                for c, name in (
                    ("depth", "Depth"),
                    ("expected", "Expected removal"),
                    ("gain", "Gain from going gradually"),
                )
            },
        }
    )


def rule_table(rule: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """What other rules change, to read: share with removal, mean depth and expected removal."""
    draws = rule["draw"].unique()
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(draws)].assign(rule="")
    names = {"": "as specified", **{k: v[1] for k, v in schedules.RULES.items()}}
    rows = []
    for key, name in names.items():
        got = plain if key == "" else rule[rule["rule"] == key]
        e = got["expected"].fillna(0)
        rows.append(
            {
                "Rule": capital(name),
                "Weapons go": share_words(got, got["depth"] > 0),
                "Depth, mean": f"{got['depth'].mean():.0f}",
                "Expected removal, mean": f"{e.mean():.0f}",
            }
        )
    return pd.DataFrame(rows)


def idle_words(rule: pd.DataFrame, sample: pd.DataFrame) -> str:
    """What is left when half-years without a delivery teach nothing, in words."""
    got = sample[sample["shape"] == "derived"].merge(rule[rule["rule"] == "idle"], on=["reading", "draw"])
    some = got[got["depth_x"] > 0]
    if not len(some):
        return "no schedule removes a weapon in any case"
    kept = some["expected_y"].fillna(0).sum() / some["expected_x"].sum()
    return (
        f"expected removal falls to {kept:.0%}, and weapons still go in {share_words(some, some['depth_y'] > 0)} "
        "of the "
        f"schedules that removed any"
    )


def horizon_words(horizon: pd.DataFrame, sample: pd.DataFrame) -> str:
    """How depth, last removal and E move with the horizon over the same draws, in words."""
    rows = horizon[horizon["shape"] == "derived"]
    plain = sample[(sample["shape"] == "derived") & sample["draw"].isin(rows["draw"].unique())].assign(
        periods=schedules.PERIODS
    )
    means = pd.concat([plain, rows]).groupby("periods")[["depth", "expected"]].mean()
    last = pd.concat([plain, rows]).query("depth > 0").groupby("periods")["deepest"].median()
    low, high = means.index.min(), means.index.max()
    moves = [
        (f"{what} {_moved(a, b)}", a != b)
        for what, a, b in (
            ("mean depth", *(f"{means['depth'][T]:.0f}" for T in (low, high))),
            ("the median date of the last removal", phasing_words.years(last[low]), phasing_words.years(last[high])),
            ("mean expected removal", *(f"{means['expected'][T]:.0f}" for T in (low, high))),
        )
    ]
    end = (
        "What moves is about the horizon as much as about the deal"
        if any(moved for _, moved in moves)
        else "The horizon decides none of them"
    )
    return f"From {phasing_words.years(low)} to {phasing_words.years(high)}, {listed(text for text, _ in moves)}. {end}"


def _moved(a: str, b: str) -> str:
    return f"stays at {a}" if a == b else f"goes from {a} to {b}"


def limit_words(sample: pd.DataFrame) -> str:
    """How many of the sampled programmes stopped at the node limit, and how much that leaves open, in words."""
    open_ = sample[sample["status"] == "limit"]
    if not len(open_):
        return f"All {len(sample):,} programmes were solved to the stated gap"
    gap = (open_["bound"] / open_["expected"].clip(lower=1e-9) - 1).median()
    return (
        f"{len(open_):,} of {len(sample):,} programmes stopped at the limit of {schedules.NODES} nodes, with a "
        "median of "
        f"{gap:.0%} left open"
    )


# ---------------------------------------------------------------------------------------- ---------- lives, in words
def life_chance(cv: float, n: int, rounds: int = 20000, seed: int = schedules.SEED) -> float:
    """Chance that n lives under a constant hazard have a coefficient of variation at most cv, by simulation."""
    t = np.random.default_rng((seed, 11)).exponential(size=(rounds, n))
    return float((t.std(axis=1, ddof=1) / t.mean(axis=1) <= cv).mean())


def life_finding(models: pd.DataFrame, t: ArrayLike | None = None) -> str:
    """Whether the recorded lives speak for a hazard that falls, in words."""
    t = schedules.lives().to_numpy() if t is None else np.asarray(t, float)
    ll, cv = models.set_index("model")["log_likelihood"], schedules.variation(t)
    gain = ll["best mixture"] - ll["constant hazard"]
    if gain > 2:  # two more parameters must buy more than two units of log-likelihood (Akaike)
        return (
            f"The lives of {len(t)} agreements speak for sorting: a mixture fits better by {gain:.1f} units of "
            f"log-likelihood, and their coefficient of variation is {cv:.2f}"
        )
    return (
        f"The lives of {len(t)} agreements do not show that time teaches: their coefficient of variation is "
        f"{cv:.2f}, and "
        f"no mixture fits better than a constant hazard by more than its two extra parameters would by chance"
    )


def life_heading(models: pd.DataFrame) -> str:
    """Whether the recorded lives show that time teaches, as a heading."""
    ll = models.set_index("model")["log_likelihood"]
    shown = ll["best mixture"] - ll["constant hazard"] > 2  # as in `life_finding`
    return "The record speaks for sorting: time teaches" if shown else "The record does not show that time teaches"
