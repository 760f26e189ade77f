"""Set your own Kim: the table and the formulas that the page's script repeats."""

from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd

from bargain import evidence, live, options, results, terms, wants
from bargain.prose import listed

STEPS = 10  # of the slider from effects as drawn to those that a camp's advocates expect
CAMPS = {
    "each": "each Kim’s own camp",
    "force": "force’s advocates",
    "pressure": "pressure’s advocates",
    "talks": "talks’ advocates",
}
ESSAY = 3  # the first three policies are the essay's
DIGITS = 6  # significant digits of the page's table

# Where the page can start: readers, one a camp, each with the beliefs, prices and effects that he argues from. Beliefs
# are stated positions in per cent, ours, and no estimates; prices are one of the register's stated moral positions;
# effects go HALF of the way to those of the camp.
HALF = STEPS // 2
PRESETS: dict[str, dict[str, Any]] = {
    "undecided": dict(
        name="Undecided",
        belief=(34, 33, 33),
        position="all_central",
        note="no reading favoured, the register’s central prices, effects as drawn",
    ),
    "talks": dict(
        name="For talks",
        belief=(10, 20, 70),
        position="all_central",
        camp="talks",
        note="as the essay has it: most likely he wants a deal, and deals that are kept lower the danger of war",
    ),
    "pressure": dict(
        name="For pressure",
        belief=(10, 80, 10),
        position="human_rights",
        camp="pressure",
        note="he gives way to costs alone, sanctions that bite were seldom tried, and those who suffer under him "
        "are owed justice",
    ),
    "force": dict(
        name="For force",
        belief=(60, 30, 10),
        position="all_central",
        camp="force",
        note="nothing but a blow reaches him, the arsenal can be found and hit, and it grows more deadly every year",
    ),
    "accept": dict(
        name="For acceptance",
        belief=(20, 70, 10),
        position="all_central",
        note="he keeps what keeps him alive, whatever is offered or done; cap it, deter it, and keep the line open",
    ),
}
# Each price: slider's name, the words of a sentence, and how many of its units one shown price stands for.
PRICES = {
    "v_life": ("A death, anywhere", "a death, anywhere,", 1),
    "v_warhead": ("One warhead", "a warhead", 1),
    "v_spread": ("One case of spread", "a case of spread", 1),
    "v_bn": ("US$ 1 billion", "US$ 1 billion", 1),
    "v_justice": ("Full justice", "full justice", 1),
    "v_income": ("1,000 incomes", "1,000 incomes", 1000),
}


def effects_table() -> dict[tuple[str, int], np.ndarray]:
    """Mean outcomes over all chunks: {(camp, step): (reading, policy, outcome)}, rounded to DIGITS."""
    frame = results.load("own_kim_effects")
    mean = frame.groupby(["camp", "step", "reading", "policy"], sort=False)[list(terms.OUTCOMES)].mean()
    shape = (len(terms.READINGS), len(terms.POLICIES), len(terms.OUTCOMES))
    rounded = np.array([float(f"{x:.{DIGITS}g}") for x in mean.to_numpy().ravel()]).reshape(-1, *shape)
    keys = list(dict.fromkeys(mean.index.droplevel(["reading", "policy"])))
    return dict(zip(keys, rounded, strict=True))


def stops(rate: str, register: pd.DataFrame | None = None) -> list[float]:
    """The prices that a slider offers: 1, 2 and 5 times powers of ten within the row's range, its ends and centre, and
    the presets' own."""
    register = evidence.assumptions() if register is None else register
    low, central, high = (float(register.at[rate, c]) for c in ("low", "central", "high"))
    least = low if low > 0 else high / 1000
    found = {low, central, high, *(options.preset(p["position"], register)[rate] for p in PRESETS.values())}
    for power in range(floor(log10(least)), floor(log10(high)) + 1):
        found |= {float(f"{m}e{power}") for m in (1, 2, 5) if least <= float(f"{m}e{power}") <= high}
    return sorted(found)


def page_data() -> dict[str, Any]:
    """All that the page's script needs, as plain lists and dicts."""
    register, table = evidence.assumptions(), effects_table()
    base = options.preset("all_central", register) | dict.fromkeys(options.RATES, 1.0)
    return {
        "readings": [terms.LABELS[k] for k in terms.READINGS],
        "keys": list(terms.READINGS),
        "policies": list(terms.POLICIES),
        "names": [terms.LABELS[p] for p in terms.POLICIES],
        "short": [terms.SHORT.get(p, terms.LABELS[p]) for p in terms.POLICIES],
        "words": [wants.POLICY_WORDS[p] for p in terms.POLICIES],
        "plural": [p == "talks" for p in terms.POLICIES],
        "rates": list(options.RATES),
        "priced": [PRICES[r][1] for r in options.RATES],
        "units": [PRICES[r][2] for r in options.RATES],
        "weights": [float(x) for x in options.prices(base)],  # of one unit of each price
        "stops": [stops(r, register) for r in options.RATES],
        "indiff": evidence.central("indiff"),
        "camps": dict(CAMPS),
        "pairing": [options.PAIRING[k] for k in terms.READINGS],
        "presets": {key: setting(key) for key in PRESETS},
        "says": live.sentences("own-kim"),
        "effects": {f"{camp},{step}": means.tolist() for (camp, step), means in table.items()},
    }


def setting(preset: str) -> dict[str, Any]:
    """The setting of a preset. Raises KeyError for an unknown one, ValueError where its beliefs are not 100 in all."""
    row = PRESETS[preset]
    if sum(row["belief"]) != 100 or min(row["belief"]) < 0:
        raise ValueError(f"preset {preset!r}: beliefs {row['belief']} do not add up to 100")
    values = options.preset(row["position"])
    return {
        "belief": list(row["belief"]),
        "values": [values[r] for r in options.RATES],
        "camp": row.get("camp", "each"),
        "step": HALF if "camp" in row else 0,
        "all": True,
    }


def fragment(own: dict[str, Any]) -> str:
    """The setting as the part of a link after `#`."""

    def plain(v: float) -> str:
        return f"{v:.8f}".rstrip("0").rstrip(".")

    return (
        f"kim={','.join(map(str, own['belief']))};{','.join(map(plain, own['values']))};"
        f"{own['camp']},{own['step']};{'all' if own['all'] else 'essay'}"
    )


# ---------------------------------------------------------------- the answer
def losses(data: Mapping[str, Any], own: Mapping[str, Any]) -> np.ndarray:
    """Expected losses of a setting's prices and effects, (reading, policy), in life-equivalents."""
    return _means(data, own["camp"], own["step"]) @ (np.array(data["weights"]) * own["values"])


def _means(data: Mapping[str, Any], camp: str, step: int) -> np.ndarray:
    """Mean outcomes (reading, policy, outcome): of one camp's effects, or each reading with its own camp's."""
    if step == 0:
        return np.array(data["effects"]["drawn,0"])
    if camp == "each":
        return np.array([data["effects"][f"{c},{step}"][k] for k, c in enumerate(data["pairing"])])
    return np.array(data["effects"][f"{camp},{step}"])


def _mixed(data: Mapping[str, Any], own: dict[str, Any]) -> np.ndarray:
    return np.array(own["belief"]) / 100 @ losses(data, own)


def _offered(data: Mapping[str, Any], own: dict[str, Any]) -> int:
    return len(data["policies"]) if own["all"] else ESSAY


def _best(data: Mapping[str, Any], own: dict[str, Any]) -> int:
    return int(_mixed(data, own)[: _offered(data, own)].argmin())


def amount(x: float) -> str:
    """Life-equivalents with the digits that two draws share: whole thousands, below five thousand two digits."""
    a = abs(x)
    return f"{1000 * round(a / 1000):,}" if a >= 5_000 else f"{float(f'{a:.2g}'):,.10g}"


def lives(v: float) -> str:
    """A count of lives in words, to six digits."""
    v = float(f"{v:.6g}")
    return f"{v:,.10g} {'life' if v == 1 else 'lives'}"


def verb(data: Mapping[str, Any], g: int, singular: str = "is", plural: str = "are") -> str:
    """A policy's name with its verb, in the number of the name."""
    return f"{data['words'][g]} {plural if data['plural'][g] else singular}"


def answer(data: Mapping[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What a setting answers: a dict of best and tied (policies), saved ({policy: life-equivalents saved against the
    status quo}), sentence, and three sentences on what would change it: belief, price, effects."""
    mixed, n = _mixed(data, own), _offered(data, own)
    order = sorted(range(n), key=lambda g: mixed[g])
    best = order[0]
    close = [g for g in order[1:] if mixed[g] <= mixed[best] + data["indiff"] * abs(mixed[best])]
    he = listed(f"{b}% {name.lower()}" for b, name in zip(own["belief"], data["readings"], strict=True))
    if close:
        those = listed(data["words"][g] for g in close)
        others = f"{those} {'comes' if len(close) == 1 and not data['plural'][close[0]] else 'come'}"
        margin = f"{data['indiff']:.0%}"
        text = live.say("own-kim", "close", beliefs=he, best=verb(data, best), others=others, margin=margin)
    else:
        gap, rival = amount(mixed[order[1]] - mixed[best]), data["words"][order[1]]
        text = live.say("own-kim", "clear", beliefs=he, best=verb(data, best), gap=gap, next=rival)
    saved = mixed[data["policies"].index("status_quo")] - mixed[:n]
    return {
        "best": data["policies"][best],
        "tied": [data["policies"][g] for g in close],
        "sentence": text,
        "saved": dict(zip(data["policies"], saved.tolist(), strict=False)),
        "belief": belief_flip(data, own),
        "price": price_flip(data, own),
        "effects": effects_flip(data, own),
    }


def nearest_belief(data: Mapping[str, Any], own: dict[str, Any]) -> tuple[list[int], int, list[int]] | None:
    """The least move of belief, in whole points, after which another policy is best: None, or the points that each
    reading gives up, the reading that gets them, and the belief after it.

    For each rival the points go to the reading where it does best against the best policy, from those where it does
    worst: the difference of two losses is linear in the beliefs, so no other move of as many points gains more.
    """
    loss, n = losses(data, own), _offered(data, own)
    best, found = _best(data, own), None
    for h in range(n):
        gap = loss[:, h] - loss[:, best]
        to, moved, belief = int(gap.argmin()), [0, 0, 0], list(own["belief"])
        if h == best or gap[to] >= 0:
            continue
        for k in sorted(range(3), key=lambda k: -gap[k]):
            while k != to and belief[k] > 0 and np.dot(gap, belief) >= 0:
                belief[k], belief[to], moved[k] = belief[k] - 1, belief[to] + 1, moved[k] + 1
        if np.dot(gap, belief) < 0 and (found is None or sum(moved) < sum(found[0])):
            found = moved, to, belief
    return found


def belief_flip(data: Mapping[str, Any], own: dict[str, Any]) -> str:
    """`nearest_belief` as a sentence."""
    found = nearest_belief(data, own)
    if found is None:
        return live.say("own-kim", "belief_never")
    moved, to, belief = found
    names = [name.lower() for name in data["readings"]]
    parts = [
        f"{m} {'point' if m == 1 else 'points'} from {name}" if m == max(moved) else f"{m} from {name}"
        for m, name in sorted(zip(moved, names, strict=True), key=lambda x: -x[0])
        if m
    ]
    then = verb(data, _best(data, own | {"belief": belief}))
    return live.say("own-kim", "belief", points=" and ".join(parts), reading=names[to], then=then)


def _place(marks: Sequence[float], v: float) -> float:
    """Where a price stands on its slider: the index of a stop, interpolated."""
    return float(np.interp(v, marks, range(len(marks))))


def nearest_price(data: Mapping[str, Any], own: dict[str, Any]) -> tuple[int, float, int] | None:
    """The shortest move of one price's slider at which another policy becomes best: None, or the number of the rate,
    its break-even price (exact, since losses are linear in each price) and the policy."""
    means = np.array(own["belief"]) / 100 @ _means(data, own["camp"], own["step"]).swapaxes(0, 1)
    mixed, best, found = _mixed(data, own), _best(data, own), None
    for r, marks in enumerate(data["stops"]):
        slope = data["weights"][r] * means[:, r]
        for h in range(_offered(data, own)):
            if h == best or slope[h] == slope[best]:
                continue
            v = own["values"][r] + (mixed[h] - mixed[best]) / (slope[best] - slope[h])
            if marks[0] <= v <= marks[-1]:
                move = abs(_place(marks, v) - _place(marks, own["values"][r])) / (len(marks) - 1)
                if found is None or move < found[0]:
                    found = move, r, v, h
    return found and found[1:]


def price_flip(data: Mapping[str, Any], own: dict[str, Any]) -> str:
    """`nearest_price` as a sentence."""
    found = nearest_price(data, own)
    if found is None:
        return live.say("own-kim", "price_never")
    r, v, h = found
    unit = data["units"][r]
    turning, now = lives(float(f"{v * unit:.2g}")), lives(own["values"][r] * unit).split()[0]
    return live.say("own-kim", "price", what=data["priced"][r], turning=turning, now=now, then=verb(data, h))


def nearest_effects(data: Mapping[str, Any], own: dict[str, Any]) -> tuple[str, int, int] | None:
    """The fewest steps of the advocates' slider at which another policy is best: None, or camp, step and policy."""
    best, found = _best(data, own), None
    for camp in data["camps"]:
        for step in range(STEPS + 1):
            there = _best(data, own | {"camp": camp, "step": step})
            same = camp == own["camp"] or not step or not own["step"]
            move = abs(step - own["step"]) if same else step + own["step"]
            if there != best and (found is None or move < found[0]):
                found = move, camp, step, there
    return found and found[1:]


def effects_flip(data: Mapping[str, Any], own: dict[str, Any]) -> str:
    """`nearest_effects` as a sentence."""
    found = nearest_effects(data, own)
    if found is None:
        return live.say("own-kim", "effects_never")
    camp, step, there = found
    if step == 0:
        return live.say("own-kim", "effects_drawn", then=verb(data, there))
    share, now = (f"{100 * s // STEPS}%" for s in (step, own["step"]))
    facts = {"share": share, "camp": data["camps"][camp], "then": verb(data, there)}
    if not own["step"]:
        return live.say("own-kim", "effects", **facts)
    if camp == own["camp"]:
        return live.say("own-kim", "effects_back", now=now, **facts)
    return live.say("own-kim", "effects_other", now=now, held=data["camps"][own["camp"]], **facts)


def scores(data: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The drawn state of the bars: a row a policy, best first."""
    most = max(1.0, *(abs(x) for x in found["saved"].values()))
    rows = []
    for policy, saved in sorted(found["saved"].items(), key=lambda x: -x[1]):
        width = 50 * abs(saved) / most
        sign = "" if amount(saved) == "0" else "+" if saved > 0 else "−"
        rows.append(
            f'<div><span>{terms.LABELS[policy]}</span><b><i style="--c:var(--{policy});margin-left:'
            f'{50 - (saved < 0) * width:.1f}%;width:{width:.1f}%"></i></b>'
            f"<span>{sign}{amount(saved)}</span></div>"
        )
    return "".join(rows)


def preset_table() -> pd.DataFrame:
    """The readers' beliefs, prices and effects as a frame to print, a column a reader."""
    rows = []
    for key, preset in PRESETS.items():
        own = setting(key)
        row = {"Reader": preset["name"], "Beliefs, %": " / ".join(map(str, own["belief"]))}
        row |= {
            PRICES[r][0]: f"{float(f'{v * PRICES[r][2]:.6g}'):,.10g}"
            for r, v in zip(options.RATES, own["values"], strict=True)
        }
        row["Effects"] = f"half-way to those of {CAMPS[own['camp']]}" if own["step"] else "as drawn"
        rows.append(row)
    return pd.DataFrame(rows).set_index("Reader").T.rename_axis("Lives for …").reset_index()


def preset_answers(data: Mapping[str, Any]) -> str:
    """Each preset, its note, and its answer with the smallest changes, as Markdown."""
    out = []
    for key, preset in PRESETS.items():
        found = answer(data, setting(key))
        out.append(
            f"**{preset['name']}** ({preset['note']}). {found['sentence']} {found['belief']} {found['price']} "
            f"{found['effects']}"
        )
    return "\n\n".join(out)


CAMPED = [key for key in PRESETS if key != "undecided"]  # the readers with a policy of their own


def drawn_presets(data: Mapping[str, Any]) -> list[tuple[str, np.ndarray, list[int]]]:
    """[(name, losses (reading, policy), belief)] of each reader of CAMPED, for the drawing."""
    chosen = [(PRESETS[key]["name"], setting(key)) for key in CAMPED]
    return [(name, losses(data, own), own["belief"]) for name, own in chosen]


def presets_frame(data: Mapping[str, Any]) -> pd.DataFrame:
    """Loss of every policy by reader of CAMPED, against the status quo: columns preset, policy, saved
    (life-equivalents)."""
    return pd.DataFrame(
        [(key, policy, saved) for key in CAMPED for policy, saved in answer(data, setting(key))["saved"].items()],
        columns=["preset", "policy", "saved"],
    )


def preset_best(data: Mapping[str, Any]) -> dict[str, str]:
    """The policy with the least expected loss by reader, {preset: policy}."""
    return {key: answer(data, setting(key))["best"] for key in PRESETS}
