"""Negotiate it yourself: the table of draws, what `deal.programme` makes of a deal over it, and the page's HTML.

The page's script repeats the sums for any deal that a reader lays out, over the same draws: each is a value of every
assumption, priced, with a mind of each reading. A deal is written as starts (steps,): the half-year in which work on a
step begins, 0 = left out; a step is in force its duration later, which is its date in `deal.evaluate`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from bargain import deal, evidence, kims, live, one_deal, phasing, prose, results, roadmaps, schedules, terms
from bargain.reads import lru_cache
from bargain.terms import COALITION, KIM, MINDS, SIDES

DIGITS = 6  # of the largest value of a column of the page's table
STARTS = 12  # half-years in which a step can begin, and over which removal and cost are told: six years
UNITS = (*MINDS, "coalition")  # whose rows are judged, in this order
BELIEFS = ("delta", "trust", "hazard", "residual", "out", "spike")  # of a Case, two columns each

# The reader's own: weights of belief (undecided, narrow, dealer, creature of habit), factors on each side's doubt of
# the other and on what holding out earns it, and what Moscow adds to Kim's (M a half-year).
OWN: dict[str, Any] = {"belief": [5, 5, 5, 0], "doubt": [1, 1], "out": [1, 1], "premium": 0}


class Judged(NamedTuple):
    """Deals judged over the draws, by unit (UNITS). carry, walk (deals, 4, draws, periods + 1), due (4, draws) in M;
    cause (deals, 4, draws): the own step that weighs most against staying where a row first fails; -1 = none."""

    carry: np.ndarray
    walk: np.ndarray
    due: np.ndarray
    cause: np.ndarray


# ------------------------------------------------------------------------------------------------ the table of draws
def packed(columns: np.ndarray) -> list[list[Any]]:
    """Columns of (draws, k) as [power of ten, whole numbers]; one number where all are equal, null for ever."""
    out = []
    for column in np.asarray(columns, float).T:
        if np.isinf(column).any():
            if not np.isinf(column).all():
                raise ValueError("a column of draws is partly infinite")
            out.append([0, [None]])
            continue
        most = np.abs(column).max()
        power = max(0, DIGITS - 1 - int(np.floor(np.log10(most)))) if most else 0
        whole = np.round(column * 10.0**power).astype(int).tolist()
        out.append([power, whole[:1] if len(set(whole)) == 1 else whole])
    return out


def unpacked(columns: Sequence[Sequence[Any]]) -> np.ndarray:
    """What `packed` was given, rounded: (draws, k)."""
    out = np.empty((draws(), len(columns)))
    for k, (power, whole) in enumerate(columns):
        out[:, k] = np.inf if whole == [None] else np.array(whole) / 10.0**power
    return out


def draws() -> int:
    """How many draws a reading the page has: all of chapter 8's."""
    return int(evidence.central("n_schedules"))


@lru_cache
def _base() -> deal.Deal:
    """The deal of the central table: its steps, pairs, durations and needs."""
    return deal.build().deal


@lru_cache
def table() -> dict[str, Any]:
    """The draws as the page has them: values of every step and pair by side, undo times, beliefs, minds by reading."""
    values, uniforms = schedules.parameters()
    every = [deal.build(values.iloc[k].to_dict(), {s: u[k] for s, u in uniforms.items()}) for k in range(draws())]
    if any(case.patient.any() for case in every):
        raise ValueError("patient_share is drawn above 0: the page's script knows no patient cheats")
    both = np.array([np.stack([c.deal.live, c.deal.hostile], axis=2) for c in every])  # (draws, side, item, state)
    return {
        "values": [packed(both[:, p].reshape(draws(), -1)) for p in (KIM, COALITION)],
        "undo": packed(np.array([c.deal.undo[: c.deal.steps] for c in every])),
        **{name: packed(np.array([getattr(c, name) for c in every])) for name in BELIEFS},
        "minds": [packed(kims.minds(m, draws(), schedules.SEED)) for m in MINDS],
    }


@lru_cache
def cases() -> tuple[list[deal.Case], np.ndarray]:
    """The draws of `table` as cases of the reference mind, and the minds' multipliers (readings, draws, n)."""
    drawn, base = table(), deal.build()
    values = np.array([unpacked(side).reshape(draws(), -1, 2) for side in drawn["values"]])  # side, draw, item, state
    undo, beliefs = unpacked(drawn["undo"]), {name: unpacked(drawn[name]) for name in BELIEFS}
    out = []
    for k in range(draws()):
        lasts = np.concatenate([undo[k], [undo[k, list(m)].min() for m in base.deal.members]])
        priced = replace(base.deal, live=values[:, k, :, 0], hostile=values[:, k, :, 1], undo=lasts)
        out.append(replace(base, deal=priced, **{name: x[k] for name, x in beliefs.items()}))
    weights = np.array([unpacked(mind) for mind in drawn["minds"]])
    weights /= weights.sum(axis=2, keepdims=True)
    return out, deal.multiplier(base.deal, weights)


def drawn(reading: str, k: int, own: Mapping[str, Any] = OWN) -> deal.Case:
    """Draw k as a mind of a reading sees it, with the reader's own beliefs: the case that the page judges."""
    every, factor = cases()
    case = _owned(every[k], own)
    live, hostile, mine = case.deal.live.copy(), case.deal.hostile.copy(), factor[MINDS.index(reading), k]
    live[KIM] *= mine
    hostile[KIM] *= mine
    return replace(case, deal=replace(case.deal, live=live, hostile=hostile))


def _owned(case: deal.Case, own: Mapping[str, Any]) -> deal.Case:
    """The case with the reader's factors on doubt (at the same hazards) and holding out, and Moscow's premium."""
    trust = 1 - np.minimum((1 - case.trust) * own["doubt"], 1.0)
    return replace(case, trust=trust, out=case.out * own["out"] + [own["premium"], 0.0])


# -------------------------------------------------------------------------------------------------- deals judged
def dates(starts: ArrayLike) -> np.ndarray:
    """The half-year in which each step is in force, of starts (steps,); 0 = never."""
    starts = np.asarray(starts, int)
    return np.where(starts > 0, starts + _base().duration, 0)


def judge(deals: Iterable[ArrayLike], own: Mapping[str, Any] = OWN) -> Judged:
    """Deals (each starts (steps,)) over all draws: what `deal.evaluate` says of each, by way of one programme a draw.

    Kim's forms are linear in his values of single steps, so that a mind only multiplies what each step contributes.
    """
    every, factor = cases()
    first, clock = every[0].deal, deal.Clock(periods=int(evidence.central("periods")))
    x = np.array([deal.paths(first, dates(starts), clock.periods) for starts in deals])
    shape = (len(x), len(UNITS), len(every), clock.periods + 1)
    got = Judged(np.empty(shape), np.empty(shape), np.empty(shape[1:3]), np.full(shape[:3], -1))
    mine = [np.flatnonzero(first.owner[: first.steps] == p) for p in (KIM, COALITION)]
    for k, case in enumerate(every):
        prog = deal.programme(_owned(case, own), clock)
        for p in (KIM, COALITION):
            carry, walk = (np.einsum("tnk,gnk->gtn", form[p], x) for form in (prog.carry, prog.walk))
            for r, by in enumerate(factor[:, k]) if p == KIM else [(len(MINDS), np.ones(carry.shape[2]))]:
                got.carry[:, r, k], got.walk[:, r, k], got.due[r, k] = carry @ by, walk @ by, prog.due[p, 0]
                for g, t in enumerate(first_failing(got.carry[:, r, k], got.walk[:, r, k], prog.due[p, 0]) - 1):
                    if t >= 0:
                        walks = got.walk[g, r, k, t] > 0  # else he would rather there had been no deal
                        against = ((carry[g, t] - walks * walk[g, t]) * by)[mine[p]]
                        got.cause[g, r, k] = mine[p][against.argmin()] if against.min() < 0 else -1
    return got


def first_failing(carry: np.ndarray, walk: np.ndarray, due: np.ndarray | float) -> np.ndarray:
    """The first half-year (…,) in which a row fails, of carry and walk (…, periods + 1); 0 = none.

    Both rows in one: carrying on is worth less than the due and what walking pays, if it pays anything.
    """
    fails = ~deal.kept(np.asarray(due)[..., None] + np.maximum(walk, 0) - carry)
    return np.where(fails.any(axis=-1), fails.argmax(axis=-1) + 1, 0)


class Leaves(NamedTuple):
    """Who most often stands first against a deal: side, half-year (median), step (the commonest, -1 = none that costs
    it anything), and whether walking away mostly pays then."""

    side: int
    period: float
    step: int
    pays: bool


class Summary(NamedTuple):
    """What the page says of a deal. Counts of draws: kim, both, kept (a reading), coalition; shares by belief: signed,
    lasts; alive (periods + 1,) and walks (side, periods + 1), by half-year; refuses, of those who do not sign, and
    leaves, of those who do; in six years: removed weapons, gone (mean over the draws, where it ends), cost (M, median).
    """

    kim: list[int]
    coalition: int
    both: list[int]
    kept: list[int]
    signed: float
    lasts: float
    alive: np.ndarray
    walks: np.ndarray
    refuses: Leaves | None
    leaves: Leaves | None
    removed: float
    gone: float
    cost: float


def summary(got: Judged, which: int, starts: ArrayLike, own: Mapping[str, Any] = OWN) -> Summary:
    """What the page says of deal number `which` of those judged, whose starts (steps,) are given."""
    carry, walk, belief, n = got.carry[which], got.walk[which], np.array(own["belief"]), draws()
    T1, every, coalition = carry.shape[-1], n * max(int(belief.sum()), 1), len(MINDS)
    d = cases()[0][0].deal
    x = deal.paths(d, dates(starts), STARTS)
    weapons = np.concatenate([[0.0], d.weapons @ x])  # removed by the end of half-year 0, 1, …
    fails = first_failing(carry, walk, got.due)
    life = np.where(fails > 0, fails - 1, T1)  # half-years that a unit stays
    signs = deal.kept(got.due - carry[..., 0])
    both, until = signs[:-1] & signs[-1], np.minimum(life[:-1], life[-1])
    alive, walks, gone = np.zeros(T1), np.zeros((2, T1)), 0.0
    votes: dict[bool, list[tuple[int, int, int, int, bool]]] = {True: [], False: []}
    for r, w in enumerate(belief[:-1]):
        alive += w * np.array([(both[r] & (until[r] > t)).sum() for t in range(T1)]) / every
        gone += w * weapons[np.minimum(until[r][both[r]], STARTS)].sum() / every
        for k in np.flatnonzero(until[r] < T1) if w else ():
            t = int(until[r, k])
            short = [got.due[u, k] + max(walk[u, k, t], 0) - carry[u, k, t] for u in (r, coalition)]
            side = int(short[1] > short[0])
            unit = coalition if side else r
            cause, pays = int(got.cause[which, unit, k]), bool(walk[unit, k, t] > 0)
            votes[bool(both[r, k])].append((int(w), side, t + 1, cause, pays))
            walks[side, t] += w / every if both[r, k] else 0
    theirs = np.flatnonzero(d.owner == COALITION)
    costs = [-(case.deal.live[COALITION, theirs] @ x[theirs].sum(axis=1)) for case in cases()[0]]
    return Summary(
        kim=signs[:-1].sum(axis=1).tolist(),
        coalition=int(signs[-1].sum()),
        both=both.sum(axis=1).tolist(),
        kept=(until == T1).sum(axis=1).tolist(),
        signed=float(belief[:-1] @ both.sum(axis=1) / every),
        lasts=float(belief[:-1] @ (until == T1).sum(axis=1) / every),
        alive=alive,
        walks=walks,
        refuses=_leaves(votes[False]),
        leaves=_leaves(votes[True]),
        removed=float(weapons[-1]),
        gone=float(gone),
        cost=float(np.median(costs)),
    )


def _leaves(votes: list[tuple[int, int, int, int, bool]]) -> Leaves | None:
    """The commonest side of (weight, side, half-year, step, pays); of its votes the median, the commonest step and
    what mostly holds. None without votes."""
    if not votes:
        return None
    side = _commonest([(v[0], v[1]) for v in votes])
    mine = sorted((v for v in votes if v[1] == side), key=lambda v: v[2])
    return Leaves(
        side,
        float(np.median(np.repeat([v[2] for v in mine], [v[0] for v in mine]))),
        _commonest([(v[0], v[3]) for v in mine]),
        bool(_commonest([(v[0], int(v[4])) for v in mine])),
    )


def _commonest(votes: list[tuple[int, int]]) -> int:
    """What has most of the weight in (weight, what), the least where several have."""
    tally: dict[int, int] = {}
    for weight, what in votes:
        tally[what] = tally.get(what, 0) + weight
    return min(tally, key=lambda what: (-tally[what], what))


# ------------------------------------------------------------------------------------------------ deals to start from
@lru_cache
def presets() -> dict[str, dict[str, Any]]:
    """Deals that the page can start from: id -> name, note, starts {id of a step: half-year}. Read from the tables."""
    return {
        "empty": {"name": "Empty", "note": "nothing on the table", "starts": {}},
        **derived(),
        **{
            plan: {"name": row["name"], "note": row["fate"], "starts": roadmaps.starts(plan)}
            for plan, row in roadmaps.listed().iterrows()
        },
    }


def derived() -> dict[str, dict[str, Any]]:
    """Two of chapter 8's derived schedules: the most central, and that of largest removal which half of the draws of
    every reading keep (where none is, that which most keep)."""
    order = results.load("schedules_order")
    most = one_deal.widest(results.load("schedules_kept")).set_index("reading").loc["all"]
    dated = one_deal.removing(order).loc[(most["plan_reading"], most["plan_draw"])]
    half = not np.isnan(most["removed"])
    return {
        "derived": {
            "name": "Derived",
            "note": "of the derived schedules that remove weapons, the one nearest to all others",
            "starts": _begun(one_deal.central(order).dates),
        },
        "kept": {
            "name": "Derived, kept by half" if half else "Derived, kept by most",
            "note": "of the derived schedules, "
            + ("the largest removal that half of the draws of each reading keep" if half else "the one that most keep"),
            "starts": _begun(dated),
        },
    }


def _begun(dated: Mapping[str, int]) -> dict[str, int]:
    """Starts {id: half-year} of a schedule's dates; steps that are never done are left out."""
    duration = dict(zip(_base().ids, _base().duration.tolist(), strict=False))
    return {i: int(d) - duration[i] for i, d in dict(dated).items() if d > 0}


def row(starts: Mapping[str, int]) -> list[int]:
    """Starts of all steps (steps,) from {id: half-year}. Raises KeyError naming an unknown step, ValueError naming a
    half-year that is not one of 1 to STARTS."""
    ids = _base().ids[: _base().steps]
    unknown = [i for i in starts if i not in ids]
    if unknown:
        raise KeyError(f"no such step: {', '.join(unknown)}")
    late = [f"{i} in {s}" for i, s in starts.items() if not 1 <= s <= STARTS]
    if late:
        raise ValueError(f"a step starts in half-year 1 to {STARTS}, not {', '.join(late)}")
    return [int(starts.get(i, 0)) for i in ids]


def _after(days: int) -> str:
    """When something is noticed, in words."""
    if days <= 1:
        return "within a day"
    return f"after about {days} days" if days < 60 else f"after about {days / 30.4:.0f} months"


def page_data() -> dict[str, Any]:
    """All that the page's script needs, as plain lists and dicts."""
    frame, base = deal.table(), _base()
    steps = [
        {
            "id": i,
            "name": phasing.short_name(r.name),
            "about": r.description,
            "side": int(base.owner[k]),
            "start": int(base.earliest[k]),
            "duration": int(base.duration[k]),
            "weapons": float(base.weapons[k]),
            "checked": prose.inside(r.verifier),
            "noticed": _after(int(r.notice_days)),
            "needs": list(base.needs[k]),
        }
        for k, (i, r) in enumerate(zip(base.ids, frame.iloc[: base.steps].itertuples(index=False), strict=False))
    ]
    return {
        "steps": steps,
        "pairs": [{"members": list(m), "side": int(base.owner[base.steps + k])} for k, m in enumerate(base.members)],
        "minds": list(MINDS),
        "names": [terms.LABELS[m] for m in MINDS],
        "shares": base.shares.tolist(),
        "draws": draws(),
        "table": table(),
        "periods": int(evidence.central("periods")),
        "tail": int(evidence.central("tail")),
        "spike_at": int(evidence.central("election_period")),
        "starts": STARTS,
        "tolerance": deal.TOLERANCE,
        "own": OWN,
        "presets": presets(),
        "says": live.sentences("negotiate"),
    }


def fragment(starts: Mapping[str, int], own: Mapping[str, Any] = OWN) -> str:
    """The deal and the reader's own as the part of a link after `#`."""
    steps = ",".join(f"{i}:{s}" for i, s in starts.items() if s)
    if own == OWN:
        return f"deal={steps}"
    plain = [",".join(f"{x:g}" for x in own[name]) for name in ("belief", "doubt", "out")]
    return f"deal={steps};{';'.join(plain)};{own['premium']:g}"


# ----------------------------------------------------------------------------------------------------- the sentences
def in100(share: float) -> str:
    """A share as a count of a hundred, in whole numbers; "fewer than 1" and "more than 99" for what is neither none
    nor all."""
    if 0 < share < 0.005:
        return "fewer than 1"
    if 0.995 <= share < 1:
        return "more than 99"
    return str(int(np.floor(100 * share + 0.5)))


def _who(side: int) -> str:
    return "The coalition" if side else "Kim"


def _over(step: int) -> str:
    steps = deal.table().iloc[: _base().steps]
    return "what holding out would earn" if step < 0 else f"“{phasing.short_name(steps['name'].iloc[step])}”"


def answer(said: Summary, empty: bool = False, nobody: bool = False) -> tuple[str, str]:
    """The answer to a deal: its first sentence, and the others. empty: no step is in it; nobody: the reader believes in
    no Kim at all."""
    if empty or nobody:
        return live.say("negotiate", "empty" if empty else "nobody"), ""
    if said.signed > 0:
        keep = in100(said.lasts) if said.lasts else "none"
        first = live.say("negotiate", "signed", sign=in100(said.signed), keep=keep)
    else:
        first = live.say("negotiate", "unsigned")
    rest = []
    if said.refuses and said.signed < 0.5:
        side, step = said.refuses.side, said.refuses.step
        rest.append(live.say("negotiate", "refuses", who=_who(side), what=_over(step)))
    if said.leaves:
        side, t, step, pays = said.leaves
        why = "leaves_gaining" if pays else "leaves_regretting"
        rest.append(live.say("negotiate", why, who=_who(side), when=f"{t:g}", what=_over(step)))
    removed = f"{said.removed:g}"
    if not said.removed:
        rest.append(live.say("negotiate", "removes_none"))
    elif said.lasts < 1:
        mean = int(np.floor(said.gone + 0.5))
        rest.append(live.say("negotiate", "removes_in_part", removed=removed, mean=mean))
    else:
        rest.append(live.say("negotiate", "removes", removed=removed))
    return first, " ".join([*rest, _cost(said.cost)])


def _cost(cost: float) -> str:
    """What the coalition's own steps cost it in six years, in a sentence; cost in M."""
    billions = f"{abs(cost) / 1000:.1f}"
    if billions == "0.0":
        return live.say("negotiate", "costs_nothing")
    return live.say("negotiate", "costs" if cost > 0 else "earns", billions=billions)


def counts(said: Summary) -> list[list[str]]:
    """Rows of the small table: who, signs, both sign, kept, of all draws."""
    rows = [[terms.LABELS[m], str(said.kim[r]), str(said.both[r]), str(said.kept[r])] for r, m in enumerate(MINDS)]
    return [*rows, [terms.LABELS["irrational"], "0", "0", "0"], ["Coalition", str(said.coalition), "", ""]]


# ------------------------------------------------------------------------------------------------------- the page
SLIDERS = (  # id, words, least, most, step, value
    ("doubt0", "Kim’s doubt of the coalition", 0, 2, 0.1, 1),
    ("doubt1", "The coalition’s doubt of Kim", 0, 2, 0.1, 1),
    ("out0", "What Kim earns by holding out", 0, 3, 0.25, 1),
    ("out1", "What the coalition earns by it", 0, 3, 0.25, 1),
    ("premium", "Added by Moscow, US$ m a half-year", 0, 500, 25, 0),
)
SIDE_NAMES = {"kim": "What Kim does", "coalition": "What the coalition does"}


def bar(start: int, duration: int) -> str:
    """A step's bar as inline style: its start and duration, for the style sheet."""
    return f"--s:{start};--d:{duration}"


def _rows(starts: Sequence[int]) -> str:
    """The chart's rows, a step each, under their side's head."""
    out, base = "", page_data()
    for p, side in enumerate(SIDES):
        heads = "".join(f"<span>{t}</span>" for t in ("out", *range(1, STARTS + 1), "on"))
        out += f'<div class="head"><h2 class="{side}">{SIDE_NAMES[side]}</h2>'
        out += f'<div class="scale" aria-hidden="true">{heads}</div></div>'
        for k, step in enumerate(base["steps"]):
            if step["side"] != p:
                continue
            name = escape(step["name"])
            control = (
                f'<input type="range" min="0" max="{STARTS}" step="1" value="{starts[k]}" '
                f'aria-label="{step["id"]} {name}" hidden>'
            )
            stepper = (
                '<div class="stepper" hidden><button type="button" tabindex="-1" data-by="-1" '
                f'aria-label="{step["id"]}: earlier, or out">−</button><output></output><button type="button" '
                f'tabindex="-1" data-by="1" aria-label="{step["id"]}: in, or later">+</button></div>'
            )
            out += (
                f'<div class="row {side}{"" if starts[k] else " out"}" data-step="{step["id"]}" '
                f'style="{bar(starts[k], step["duration"])}">'
                f'<span class="name"><b>{step["id"]}</b> {name}</span>{stepper}'
                f'<div class="track"><i class="work"></i><i class="force"></i>{control}</div></div>'
            )
    return out


def _counts(said: Summary) -> str:
    """The small table of who signs and who keeps, as rows of cells: a page shows no other table inside its HTML."""
    head = (f"Of {draws()} drawn", "sign", "both sign", "keep")
    lines = [(head, "columnheader"), *((cells, "cell") for cells in counts(said))]
    return "".join(
        '<div role="row">'
        + "".join(
            f'<span role="{"rowheader" if not k and role == "cell" else role}">{escape(x)}</span>'
            for k, x in enumerate(cells)
        )
        + "</div>"
        for cells, role in lines
    )


def _own() -> str:
    """The reader's own: weights of belief, doubts, hold-outs and premium."""
    minds = [
        (f"belief{k}", name, 0, 10, 1, OWN["belief"][k])
        for k, name in enumerate([*(terms.LABELS[m] for m in MINDS), terms.LABELS["irrational"]])
    ]
    rows = "".join(
        f'<label><span>{escape(words)}</span><input type="range" name="{i}" min="{low}" max="{high}" step="{step}" '
        f'value="{value}"><output></output></label>'
        for i, words, low, high, step, value in (*minds, *SLIDERS)
    )
    return f"<fieldset><legend>Your own beliefs <small>(else as drawn)</small></legend>{rows}</fieldset>"


def widget_html(start: str = "derived") -> str:
    """The page's chart, answer and controls as HTML: one deal drawn, the controls hidden until the script runs, and the
    table of draws as JSON."""
    data = page_data() | {"start": start}
    starts = row(data["presets"][start]["starts"])
    said = summary(judge([starts]), 0, starts)
    first, rest = answer(said, not any(starts))
    buttons = "".join(
        f'<button type="button" data-preset="{key}" title="{escape(p["note"])}">{escape(p["name"])}</button>'
        for key, p in data["presets"].items()
    )
    return f"""<section class="negotiate" data-script="negotiate.js" aria-label="Negotiate it yourself">
<p class="answer" aria-live="polite" aria-atomic="true">{escape(first)}</p>
<p class="rest">{escape(rest)}</p>
<p class="still">{escape(live.say("negotiate", "still", note=data["presets"][start]["note"]))}</p>
<div class="set from" hidden><fieldset><legend>Start from</legend><div class="presets">{buttons}</div></fieldset></div>
<p class="against"></p>
<div class="board"><div class="chart-of">
<p class="key">{escape(live.say("negotiate", "key"))}</p>
<div class="gantt">{_rows(starts)}
<div class="strip set" role="table" aria-label="Deals by half-year" hidden></div></div></div>
<div class="beside"><div class="counts" role="table" aria-label="Who signs and who keeps it">{_counts(said)}</div>
<div class="moves set" hidden><p class="title">Three single changes that would help most</p><ol></ol></div>
<div class="set own" hidden>{_own()}</div>
<p class="set do-more" hidden><button type="button" class="reset">Start again</button>
<button type="button" class="copy">As text</button> <button type="button" class="print">Print</button>
<a class="link" href="negotiate.html">Link to this deal</a></p>
<textarea class="set text" rows="8" readonly aria-label="The deal as text" hidden></textarea></div></div>
<div class="panel"><p class="about"></p><div class="notice" role="status"></div></div>
{live.data_script(data, "deal-data")}
</section>"""


# ----------------------------------------------------------------------------------- compact, at the head of a chapter
WHO = {  # whose answer: words, weights of belief
    "all": ("Any of the three", OWN["belief"]),
    **{m: (terms.LABELS[m], [10 * (m == k) for k in (*MINDS, "irrational")]) for m in MINDS},
}


def strip(said: Summary) -> list[tuple[str, str, list[int | None]]]:
    """Rows of the strip over half-years, each (words, colour, of 100 at signing, in half-years 1 to STARTS and later):
    deals alive, and who walks."""
    late = said.walks[:, STARTS:].sum(axis=1)
    rows = [("Deals alive, of 100", "data", [said.signed, *said.alive[:STARTS], said.lasts])]
    for p, words in ((KIM, "Kim walks"), (COALITION, "Coalition walks")):
        rows.append((words, SIDES[p], [None, *said.walks[p, :STARTS], late[p]]))
    return [(words, c, [None if x is None else int(np.floor(100 * x + 0.5)) for x in v]) for words, c, v in rows]


@lru_cache
def compact_data() -> dict[str, Any]:
    """What the compact version shows, looked up and not computed: by deal and by whose answer (WHO) the two sentences,
    the strip's numbers and the link's deal."""
    plans = {key: plan["starts"] for key, plan in presets().items() if plan["starts"]}
    rows = {key: row(starts) for key, starts in plans.items()}
    got, out = judge(rows.values()), {}
    for k, (key, starts) in enumerate(rows.items()):
        out[key] = {}
        for who, (_, belief) in WHO.items():
            own = OWN | {"belief": belief}
            said = summary(got, k, starts, own)
            cells = [values for _, _, values in strip(said)]
            out[key][who] = [*answer(said), cells, fragment(plans[key], own)]
    return {"deals": out}


def _cell(value: int | None, colour: str) -> str:
    """One half-year of the strip; nothing where there is nothing to count, a dot for none."""
    text = "" if value is None else str(value or "·")
    return f'<span role="cell" style="--c:var(--{colour});--h:{value or 0}%">{text}</span>'


def _strip(said: Summary) -> str:
    """The strip as rows of cells."""
    heads = ["Half-year (0: at signing)", "0", *map(str, range(1, STARTS + 1)), "on"]
    out = '<div role="row">' + "".join(f'<span role="columnheader">{x}</span>' for x in heads) + "</div>"
    for words, colour, values in strip(said):
        out += f'<div role="row"><span role="rowheader">{words}</span>'
        out += "".join(_cell(x, colour) for x in values) + "</div>"
    return out


def compact_html(start: str = "derived") -> str:
    """The deals to start from, to choose among, with who would sign and keep each: HTML without the table of draws."""
    data, starts = compact_data() | {"start": start}, row(presets()[start]["starts"])
    first, rest, _, _ = data["deals"][start]["all"]
    said = summary(judge([starts]), 0, starts)

    def buttons(legend: str, kind: str, names: Mapping[str, str]) -> str:
        each = "".join(f'<button type="button" data-{kind}="{k}">{escape(name)}</button>' for k, name in names.items())
        return f'<fieldset><legend>{legend}</legend><div class="presets">{each}</div></fieldset>'

    still = live.say("negotiate", "still_compact", note=presets()[start]["note"])
    return "".join(
        (
            '<section class="negotiate compact" data-script="deals.js" aria-label="Deals, and who would sign them">',
            f'<p class="answer" aria-live="polite" aria-atomic="true">{escape(first)}</p>',
            f'<p class="rest">{escape(rest)}</p>',
            f'<p class="still">{escape(still)}</p>',
            '<div class="set" hidden>',
            buttons("Which deal", "deal", {key: presets()[key]["name"] for key in data["deals"]}),
            buttons("Who is he?", "who", {who: words for who, (words, _) in WHO.items()}),
            "</div>",
            f'<div class="strip" role="table" aria-label="Deals by half-year">{_strip(said)}</div>',
            '<p class="do-more"><a class="link" href="negotiate.html">Move its steps yourself</a></p>',
            live.data_script(data, "deal-data"),
            "</section>",
        )
    )


def widget(start: str = "derived", compact: bool = False) -> None:
    """Show the page's deal in the running cell, or the compact choice of deals; on paper, where to find it."""
    does = "chooses a deal here" if compact else "lays out a deal here, step by step"
    words = "*On the website a reader " + does + ", and sees at once who would sign and keep it.*"
    live.show(compact_html(start) if compact else widget_html(start), words)


# ------------------------------------------------------------------------------------------- the deals side by side
@lru_cache
def judged() -> dict[str, Summary]:
    """What the page says of each deal to start from, with nothing of the reader's own; the empty one is left out."""
    rows = {key: row(plan["starts"]) for key, plan in presets().items() if plan["starts"]}
    got = judge(rows.values())
    return {key: summary(got, k, starts) for k, (key, starts) in enumerate(rows.items())}


def verdicts_table() -> pd.DataFrame:
    """What the page says of each deal to start from, as a frame to print."""
    rows = []
    for key, said in judged().items():
        first = said.leaves or said.refuses
        when = "no draw breaks" if first is None else f"half-year {first.period:g}" if said.leaves else "at signing"
        rows.append(
            {
                "Deal": presets()[key]["name"],
                "Kim signs": f"{sum(said.kim) / len(MINDS) / draws():.0%}",
                "Coalition signs": f"{said.coalition / draws():.0%}",
                "Both": f"{said.signed:.0%}",
                "Kept": f"{said.lasts:.0%}",
                "Leaves first, if signed": when
                if first is None
                else f"{_who(first.side)}, {when}, over {_over(first.step)}",
                "Weapons’ worth gone": f"{said.removed:.0f}",
            }
        )
    return pd.DataFrame(rows)
