"""A sceptic changes one number: every row of the register moves a model, and is used where its label says."""

import random
import shutil

import numpy as np
import pandas as pd
import pytest
from books import thorough
from edits import printed, register

from bargain import (
    argument,
    deal,
    deterrence,
    economies,
    evidence,
    futures,
    options,
    partners,
    phasing,
    reads,
    results,
    schedules,
    scorecard,
    stakes,
    terms,
)
from bargain.evidence.__main__ import main
from bargain.forecasts import kims as forecast_kims
from bargain.forecasts import predictive, questions
from bargain.readings import memory, months

ONLY = {f"sup_us_secondary_USA_{year}" for year in partners.years()}  # shares of a good with one supplier cannot move
ONLY |= {"loss_irrational"}  # under all but force a creature of habit weighs nothing, so that this 0 multiplies nothing
AROUND_1 = {"theft_spread"}  # a range that holds 1, and is narrowed to it
FUTURES = 4  # of a chunk are 2 to this power
SMALL = {"chunk_log2": (FUTURES,) * 3}


# ------------------------------------------------------------------------------------------------ a changed register
def changes(rows, name):
    """Ranges to which a row is changed, one after the other: narrowed to its low, then to its high; a constant: moved.

    What had a range keeps a narrow one, so that it keeps its dimension of a draw and no other row's draw moves. The
    eight mean weights of a reading add up to 1: another takes up what one loses.
    """
    low, central, high = (float(rows.at[name, x]) for x in ("low", "central", "high"))
    if name.startswith("mean_"):
        other = next(i for i in rows.index if i.startswith(name.rpartition("_")[0]) and i != name)
        whole = float(rows.at[other, "central"]) + central / 2
        yield {name: (central / 2,) * 3, other: (whole,) * 3}
    elif low == high:
        yield {name: (central * 1.1 if central % 1 else central + max(1, round(central / 10)),) * 3}
    else:
        narrow = 1e-6 * (high - low)
        for value in (central,) if name in AROUND_1 else (low, high):
            yield {name: (max(value - narrow, low), value, min(value + narrow, high))}


# ------------------------------------------------------------------------------------------------ what may move
def of_options():
    """Outcomes of every policy for every mind at the centre and drawn, prices, presets, ties and break-even points."""
    every, centre = (*terms.READINGS, *terms.OPTIONAL), options.centre()
    draw = options.draw(2**FUTURES, 1, readings=every)
    means = options.outcomes(centre.parameters, centre.minds)[0]
    return (
        means,
        draw.minds,
        options.outcomes(draw.parameters, draw.minds, every),
        options.prices(draw.parameters),
        [list(options.preset(name).values()) for name in options.presets()],
        options.ties(np.array([1, 1.052, 2, 2, 2])),
        options.hazard_grid(draw._replace(minds=draw.minds[:, :3]), options.preset("all_central"), 2, 3),
    )


def of_futures():
    """What one small chunk tells, under every form of the model, and how often regret is at or under thresholds."""
    regrets = np.zeros((2000, len(terms.POLICIES)))
    regrets[:, 0] = np.linspace(0, 1e5, 2000)
    forms = [futures.form_losses(form, 0) for form in ("collapse", "shock")]
    return futures.sampled.summary(0), forms, futures.sampled.measures(regrets), futures.sampled.warhead_prices()


def of_partners():
    """The games of every year and case, with drawn supplies and bites, and what partners are expected to deliver."""
    p = partners.draw(2, 3)
    games = [
        partners.game(year, p, trade=trade, discounts=who)
        for year in partners.years()
        for trade, who in (("increment", ()), ("today", ()), ("peak", terms.PARTNERS))
    ]
    vetoes = partners.game(partners.years()[-1], vetoes=["trade_CHN", "security_KOR", "capital_KOR"])
    willing = [[i, partners.judged_willingness(i)] for i in terms.PARTNERS]
    return [list(game) for game in (*games, vetoes)], willing, partners.willingness(2018)


def of_deal():
    """Cases of the deal as drawn and with every lever pulled, what its values follow from, and its clock."""
    out, sampled = [], [deal.sample(reading, 2, 3) for reading in terms.MINDS]
    both = [pair for cases, drawn in sampled for pair in zip(cases, drawn.to_dict("records"), strict=True)]
    for case, values in both:
        for names in ([], *([name] for name in deal.LEVERS)):
            pulled = deal.pull(case, names, values)
            out += [pulled.deal.live, pulled.deal.hostile, pulled.deal.undo, pulled.deal.duration, pulled.residual]
        out += [case.delta, case.trust, case.hazard, case.out, case.spike, case.spike_at, case.patient]
    count = [evidence.central(name) for name in ("periods", "tail")]
    return out, deal.derived(), deal.tranches(), deal.fears(deal.build(), int(sum(count)))


def of_schedules():
    """Lives of agreements, and the delay of a shape."""
    clock = deal.Clock(periods=8)
    first = phasing.shaped(deal.build(), clock, "coalition_first")
    return schedules.lives(), first[1]


def of_deterrence():
    """Chances of every form under both watches, windows, and the schools' dispute about the remainder."""
    p, middle, watches = deterrence.beliefs(8), deterrence.central_beliefs(), deterrence.WATCHES
    return (
        [deterrence.chances(form, watch, p) for form in deterrence.FORMS for watch in watches],
        [deterrence.curves(watch, middle, np.linspace(0.1, 90, 50)) for watch in watches],
        [deterrence.window(watch, deterrence.beliefs(64)) for watch in watches],
        deterrence.schools(),
    )


def of_stakes():
    """Deaths by cause of both elicitations, certainty equivalents and what a discount makes of later deaths."""
    draw = stakes.sample(1)
    high = float(evidence.assumptions().high["time_preference"])
    return (
        stakes.deaths(draw),
        stakes.direct(draw),
        stakes.atoms(draw),
        stakes.certainty(
            np.array([0.9, 0.1]), np.array([0.0, 1e6]), float(evidence.assumptions().high["risk_aversion"])
        ),
        stakes.discounted(draw, high),
    )


def of_readings():
    """Months that count as pressure or as the programme's, the grid of the prior, and the naive model."""
    panel, grid = months.panel(), memory.grid(4, 3, 3, 3, 5)
    return panel, list(grid), months.naive_log_marginal(panel["days"].to_numpy()[:12], nodes=60)


def of_argument():
    """Credences after verdicts, what a lost help takes off, and the wording of the essay read as a chance."""
    graph = {
        "help": {"needs": (), "helps": (), "leak": 0.0},
        "end": {"needs": (), "helps": ("help",), "leak": 0.0},
    }
    claims = {row["claim_id"] for row in argument.nodes().values() if row["basis"] == "scorecard"}
    chapter = dict.fromkeys(("us_key", "force_worse", "for_sale"), (0.4, 0.5, 0.6))
    card = pd.DataFrame({"wording": scorecard.claims.WORDINGS, "score": 1.0, "score_alt": 1.0})
    graded = [
        argument.credences("now", dict.fromkeys(claims, v), chapter) for v in ("held", "mixed", "failed", "untested")
    ]
    return (
        graded,
        argument.probability(graph, "end", {n: np.array([0.5]) for n in graph}),
        scorecard.claims.by_wording(card),
    )


def of_forecasts():
    """Forecasts of three kinds of past, naive ones, thresholds of questions, and what each Kim would do."""
    years = range(2010, 2020)
    binary, count = (
        pd.Series(x, index=years) for x in ((0, 1, 0, 0, 1, 1, 0, 1, 1, 1), (3, 8, 2, 5, 9, 14, 4, 6, 20, 7))
    )
    yes_or_no = next(q for q in questions.QUESTIONS.values() if q.kind == "binary")
    return (
        predictive.binary_forecast(binary),
        predictive.count_forecast(count),
        predictive.quantity_forecast(count.astype(float), "log"),
        predictive.naive(yes_or_no, binary),
        [questions.threshold(q) for q in questions.QUESTIONS.values()],
        [forecast_kims.by_reading(q, 0.4) for q in questions.QUESTIONS.values()],
    )


def of_economies():
    """Theft beside relief over a few draws, and the sum of income streams."""
    return economies.theft_against_relief(16), economies.theft_ranges(), economies.stream_draws(2023, 16)


MODELS = {  # chapter of a row's label: what is looked at
    "1": (of_readings,),
    "2": (of_options,),
    "3": (of_partners,),
    "4": (of_economies,),
    "5": (of_options,),
    "6": (of_options, of_futures),
    "7": (of_deal,),
    "8": (of_deal, of_schedules),
    "9": (of_deal, of_deterrence),
    "10": (of_stakes,),
    "11": (of_argument,),
    "12": (of_forecasts,),
}
SETTINGS = {  # how much is drawn, where a search stops: what is stored reads them
    *("n_log2", "chunk_log2", "prim_alpha", "prim_mass", "n_minds", "n_schedules"),
    *("row_scale", "mip_gap", "rd_planted_effect"),
}


def told(value):
    """All numbers and words of a result, as one text in which equal results are equal."""
    if isinstance(value, pd.DataFrame):
        return value.to_csv()
    if isinstance(value, dict):
        return told([*value.keys(), *value.values()])
    if isinstance(value, (list, tuple)):
        return "|".join(told(x) for x in value)
    return (np.round(value.astype(float), 12) + 0.0).tobytes().hex() if isinstance(value, np.ndarray) else str(value)


def differs(model, base, name):
    """Whether a model says something else; that it refuses the changed row by its name counts."""
    try:
        return told(model()) != base
    except ValueError as error:
        assert name in str(error), error
        return True


def unmoved(chapter, some=None):
    """Rows labelled first for a chapter whose change moves nothing that is looked at; `some`: of so many of them."""
    rows = evidence.assumptions()
    models = {model for models in MODELS.values() for model in models}
    base, out = {}, []
    names = list(rows.index[rows["chapter"].astype(str).str.split(";").str[0] == chapter])
    for name in random.Random(chapter).sample(names, min(some or len(names), len(names))):
        own = dict.fromkeys(model for c in str(rows.at[name, "chapter"]).split(";") for model in MODELS[c])
        assert set(own) <= models
        if name in SETTINGS:
            continue
        for model in own:
            if model not in base:
                with register(SMALL):
                    base[model] = told(model())
        for change in changes(rows, name):
            with register(SMALL | change):
                if any(differs(model, base[model], name) for model in own):
                    break
        else:
            out.append(name)
    return out


@pytest.mark.parametrize("chapter", MODELS)
@pytest.mark.parametrize("some", [4, pytest.param(None, marks=pytest.mark.slow)], ids=["four rows", "all rows"])
def test_every_row_moves_a_model(chapter, some):
    assert set(unmoved(chapter, some)) <= ONLY


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_setting_is_read_by_what_is_stored_or_printed(name):
    pages = "".join(path.read_text("utf-8") for path in (evidence.ROOT / "chapters").glob("*.qmd"))
    stored = {row for entry in results.manifest().values() for row in entry["reads"]}
    assert f"assumptions/{name}" in stored or f'central("{name}")' in pages


def read_by(keys):
    """The rows of the register among noted keys, those that made a stored table included."""
    stored = [results.manifest()[key.removeprefix("results/")]["reads"] for key in keys if key.startswith("results/")]
    own = {key.removeprefix("assumptions/") for key in keys if key.startswith("assumptions/")}
    return own.union(*map(read_by, stored))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", MODELS)
def test_a_chapter_reads_the_rows_that_are_labelled_for_it(monkeypatch, chapter):
    rows = evidence.assumptions()
    labelled = rows.index[[chapter in str(c).split(";") for c in rows["chapter"]]]
    (page,) = (evidence.ROOT / "chapters").glob(f"{int(chapter):02}-*.qmd")
    reads.start()
    try:
        printed(monkeypatch, page.name)
        got = read_by(reads.noted())
    finally:
        reads.stop()
    assert set(labelled) <= got
    assert set(rows.index) - got  # or nothing is told by being read; what is read and is not there counts as well


@pytest.mark.parametrize("row", thorough(["v_warhead", "war_loss", "mip_gap"]))
def test_a_deleted_row_fails_the_check(tmp_path, capsys, row):
    shutil.copytree(evidence.DATA, tmp_path / "data")
    path = tmp_path / "data" / "assumptions.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(f"{row},")), "utf-8")
    assert main([str(tmp_path / "data")]) != 0
    out = capsys.readouterr()
    assert "assumptions.csv" in out.out + out.err and row in out.out + out.err


def test_what_holding_out_can_earn_is_what_was_reported_in_return():
    """One fact in two tables: the goods for his shells, over the seventeen months, and the range's end a half-year."""
    reported = evidence.table("illicit_revenue").query("stream == 'russia_return_aid'").usd_m_high.max()
    assert evidence.assumptions().high["out_kim"] == pytest.approx(reported * 6 / 17, rel=0.005)
