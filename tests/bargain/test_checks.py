"""Model functions refuse what is no number of theirs, by a ValueError that names the argument."""

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargain
from bargain import checks, deal, deterrence, exchange, futures, kims, phasing, sampling, simplex, stakes
from bargain.forecasts.scores import log_score

NAN, INF = float("nan"), float("inf")
BAD = {
    "finite": st.sampled_from([NAN, INF, -INF]),
    "nonnegative": st.one_of(st.sampled_from([NAN, INF, -INF]), st.floats(max_value=-1e-9, allow_infinity=False)),
    "shares": st.one_of(st.sampled_from([NAN, INF]), st.floats(max_value=-1e-9), st.floats(min_value=1 + 1e-9)),
    "discounts": st.one_of(st.sampled_from([NAN, INF]), st.floats(max_value=-1e-9), st.floats(min_value=1)),
}


@pytest.mark.parametrize("kind", BAD)
@given(data=st.data(), place=st.integers(0, 4))
def test_a_check_finds_a_bad_number_anywhere_and_names_the_argument(kind, data, place):
    values = np.full(5, 0.5)
    getattr(checks, kind)(given=values, absent=None)
    values[place] = data.draw(BAD[kind])
    with pytest.raises(ValueError, match="given"):
        getattr(checks, kind)(given=values)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_weights_sum_to_one(values):
    total = np.array(values) + 0.01
    checks.weights(belief=total / total.sum())
    with pytest.raises(ValueError, match="belief"):
        checks.weights(belief=total / total.sum() * 1.01)


def test_what_lasts_for_ever_passes_and_nan_does_not():
    checks.spans(undo=[1.0, INF])
    checks.known(log=[-INF, 0.0])
    for check in (checks.spans, checks.known):
        with pytest.raises(ValueError, match="given"):
            check(given=[1.0, NAN])


def test_a_bad_entry_of_a_mapping_or_an_uneven_list_is_named():
    with pytest.raises(ValueError, match="given.*'b'"):
        checks.finite(given={"a": np.zeros(3), "b": np.array([0.0, NAN])})
    with pytest.raises(ValueError, match=r"given\[1\]"):
        checks.finite(given=[0.0, np.array([0.0, NAN])])


def test_a_sum_that_is_rounded_is_still_a_share():
    checks.shares(given=[1 + 1e-15, -1e-17])


CASE, BELIEFS = deal.build(), deterrence.central_beliefs()


def changed(**what):
    return replace(CASE, **{name: np.asarray(value, float) for name, value in what.items()})


def dealt(name, value):
    array = getattr(CASE.deal, name).copy()
    array[0, 3] = value
    return replace(CASE, deal=replace(CASE.deal, **{name: array}))


ROW = {"low": 1.0, "central": 2.0, "high": 3.0, "distribution": "uniform"}
EVEN = np.full(8, 1 / 8)
REFUSED = {  # (name of the argument, a call)
    "trust above 1": ("trust", lambda: deal.kappa(changed(trust=[1.5, 0.5]))),
    "trust of NaN": ("trust", lambda: deal.kappa(changed(trust=[0.5, NAN]))),
    "discount of 1": ("delta", lambda: deal.kappa(changed(delta=[0.9, 1.0]))),
    "a step of NaN": ("live", lambda: deal.kappa(dealt("live", NAN))),
    "a negative fear": ("first", lambda: deal.hazards(-0.1, 0.5, 0.01)),
    "a fear of NaN": ("first", lambda: deal.hazards(NAN, 0.5, 0.01)),
    "a negative residual": ("eta0", lambda: deal.hazards(0.1, 0.5, -0.01)),
    "a mind of NaN": ("weights", lambda: deal.with_mind(CASE, np.append(EVEN[1:], NAN))),
    "a negative mind": ("weights", lambda: deal.with_mind(CASE, np.append(EVEN[1:], -1.0))),
    "a mind of too much": ("weights", lambda: deal.with_mind(CASE, 2 * EVEN)),
    "dominance above 1": ("dominance", lambda: deal.with_mind(CASE, EVEN, 1.2)),
    "a schedule of NaN": ("hostile", lambda: phasing.solve(dealt("hostile", NAN))),
    "a schedule without impatience": ("delta", lambda: phasing.solve(changed(delta=[1.0, 0.9]))),
    "a hold-out of NaN": ("out", lambda: exchange.prices(changed(out=[NAN, 0.0]))),
    "prices of a mind of NaN": ("weights", lambda: exchange.prices(CASE, np.full((1, 8), NAN))),
    "a bargain of NaN": ("kappa", lambda: exchange.nash(CASE, np.full_like(CASE.deal.live, NAN))),
    "a hazard above 1": ("hazard", lambda: changed(hazard=[1.1, 0.5])),
    "an undo time of NaN": ("undo", lambda: replace(CASE.deal, undo=np.full_like(CASE.deal.undo, NAN))),
    "a window for a chance above 1": ("ready_min", lambda: deterrence.window("visits", BELIEFS, 1.5)),
    "a window for a chance of NaN": ("dash_max", lambda: deterrence.window("visits", BELIEFS, 0.5, NAN)),
    "a window on days below 0": ("taus", lambda: deterrence.window("visits", BELIEFS, taus=[-1.0, 5.0])),
    "a window of a belief of NaN": ("answer_sd", lambda: deterrence.window("visits", BELIEFS | {"answer_sd": NAN})),
    "answers of a precision of NaN": ("lam", lambda: sampling.value({"lam": NAN}, "lam")),
    "a goal cell of NaN": ("dg_talks_hold_regime", lambda: kims.changes({"dg_talks_hold_regime": NAN})),
    "a mixture of beliefs above 1": ("belief", lambda: simplex.mix((0.5, 0.5, 0.5), np.ones((3, 5)))),
    "beliefs above 1": ("belief", lambda: stakes.mixed(np.ones((4, 3)), (0.5, 0.5, 0.5))),
    "knowing with beliefs below 1": ("belief", lambda: futures.information({}, {}, (0.1, 0.1, 0.1))),
    "own with a belief of NaN": ("belief", lambda: futures.own(np.ones((4, 3)), None, (NAN, 0.5, 0.5))),
    "low above high": ("row", lambda: sampling.quantile(ROW | {"low": 4.0}, np.full(2, 0.5))),
    "a logarithm of 0": ("row", lambda: sampling.quantile(ROW | {"low": 0.0, "distribution": "log-uniform"}, EVEN)),
    "a chance above 1": ("p", lambda: log_score(1.3, 1)),
    "a chance of NaN": ("p", lambda: log_score(NAN, 1)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_numbers_are_refused_by_name(case):
    name, call = REFUSED[case]
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        call()


def test_bounds_are_met_and_fixed_rows_pass():
    """What lies on a bound is inside it, but for the bounds that are said to be outside."""
    checks.nonnegative(given=[0, 3])
    checks.shares(given=[0, 1])
    checks.discounts(given=[0.0, 1 - 1e-12])
    checks.weights(given=[0, 1])
    checks.weights(given=[[0.3, 0.7], [1.0, 0.0]])  # each row of its own
    with pytest.raises(ValueError, match="given must sum to 1"):
        checks.weights(given=[[0.3, 0.3], [0.7, 0.7]])  # columns sum to 1, rows do not
    row = {"low": 2.0, "central": 2.0, "high": 2.0}
    for kind in ("pert", "uniform", "log-uniform", "fixed"):
        checks.ranged(row | {"distribution": kind})
    checks.ranged({"low": 5.0, "central": 0.0, "high": 1.0, "distribution": "fixed by the text"})
    checks.ranged({"low": 0.0, "central": 1.0, "high": 2.0, "distribution": "uniform"})
    checks.ranged({"low": 1e-9, "central": 1.0, "high": 2.0, "distribution": "log-uniform"})
    for changed in ({"low": 2.5}, {"high": 1.5}):
        with pytest.raises(ValueError, match="low ≤ central ≤ high"):
            checks.ranged(row | {"distribution": "pert"} | changed)


# ------------------------------------------------------------------------------------------------- the whole package

COUNTED = set("n points steps bins cells periods chunks rounds size longest nodes top parts most dimensions".split())
NO_MODELS = set(
    "plots words live chunks evidence rules reads results reach rowpages takeover prose form checks".split()
)
NO_MODELS |= set("ledger hearing listings api appendices terms argument __main__".split())
ELSEWHERE = {  # why a number is not checked where it comes in
    "deal.timing.answer.bound": "a solver's bound, which may be infinite or none",
    "deal.timing.kept.short": "NaN: not kept",
    "exchange.whole.bought.minds": "each mind is checked by itself",
    "forecasts.scores.log_score.p": "checked with y",
    "forecasts.scores.log_score.y": "checked with p",
    "forecasts.scores.brier.p": "checked with y",
    "forecasts.scores.brier.y": "checked with p",
    "futures.feared.by_danger.dangers": "each is checked by at_danger; None is the drawn one",
    "options.consequences.outcomes.minds": "checked as kims.respond takes them",
    "options.values.loss_table.belief": "checked as mix takes it",
    "options.breakeven.breakeven_frame.price": "NaN: there is none",
    "options.breakeven.breakeven_frame.hazard": "NaN: there is none",
    "options.breakeven.breakeven_frame.corners": "of the triangle",
    "partners.willingness.parameters": "checked value by value",
    "readings.memory.coarse.prior": "checked by grid",
    "readings.memory.towards.log": "NaN: no information",
    "readings.months.verdict.log": "NaN: no information",
    "readings.memory.forward.start": "checked as it was made",
    "readings.memory.log_evidence.start": "checked as it was made",
    "scorecard.claims.brier.outcome": "NaN: not tested",
    "scorecard.claims.mean_score.values": "NaN: not tested",
    "economies.years_table.shares": "rows that there are not stay out",
}


def public_functions():
    """(name in the package, function) of every public function of the models."""
    for found in pkgutil.walk_packages(bargain.__path__, "bargain."):
        if NO_MODELS & set(found.name.split(".")):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            function = inspect.unwrap(value) if callable(value) else None
            if inspect.isfunction(function) and function.__module__ == found.name and not name.startswith("_"):
                yield f"{found.name.removeprefix('bargain.')}.{name}", function


def numbers(function):
    """{name: whether it is a count} of a function's arguments that are numbers, arrays of them or mappings to them."""
    out = {}
    for p in inspect.signature(function).parameters.values():
        kind = str(p.annotation)
        if kind in ("<class 'int'>", "int | None", "int"):
            if p.name in COUNTED:
                out[p.name] = True
        elif re.search(r"\b(float|ndarray|_SupportsArray)\b", kind) and not re.search(r"DataFrame|Callable", kind):
            out[p.name] = False
    return out


FUNCTIONS = dict(public_functions())


def test_every_number_that_a_public_function_takes_is_checked():
    """Each is named in one of its function's checks, or here with the reason why not; no reason outlives its number."""
    unchecked = set()
    for name, function in FUNCTIONS.items():
        calls = [
            c for c in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))) if isinstance(c, ast.Call)
        ]
        checks_of = [c for c in calls if isinstance(c.func, ast.Attribute) and ast.unparse(c.func.value) == "checks"]
        named = {k.arg for c in checks_of for k in c.keywords}
        named |= {n.id for c in checks_of for n in ast.walk(c) if isinstance(n, ast.Name)}
        unchecked |= {f"{name}.{argument}" for argument in set(numbers(function)) - named}
    assert len(FUNCTIONS) > 300
    assert unchecked == set(ELSEWHERE)


ALONE = [
    (name, argument, counted)
    for name, function in FUNCTIONS.items()
    for argument, counted in numbers(function).items()
    if f"{name}.{argument}" not in ELSEWHERE
    and all(p.default is not p.empty or p.name == argument for p in inspect.signature(function).parameters.values())
]


@pytest.mark.parametrize("name, argument, counted", ALONE)
@given(data=st.data())
def test_a_bad_number_given_by_itself_is_refused_by_its_name(name, argument, counted, data):
    """Every function that can be called with one argument alone, the others at their defaults."""
    bad = [NAN, INF, -INF, -1, -7, 2.5] if counted else [NAN]
    with pytest.raises(ValueError, match=rf"\b{argument}\b"):
        FUNCTIONS[name](**{argument: data.draw(st.sampled_from(bad))})
