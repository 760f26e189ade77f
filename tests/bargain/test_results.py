"""Stored results are fresh, and a part of each, computed again, is what is stored."""

import random

import numpy as np
import pandas as pd
import pytest

from bargain import results

QUICK = 1  # chunks of each job that are computed again


@pytest.mark.parametrize("name", results.JOBS)
def test_stored_tables_are_fresh(name):
    assert results.changed(name) == [], f"results/{name}.csv is stale: run `make results`"


@pytest.mark.parametrize("name", results.JOBS)
def test_a_random_chunk_is_what_is_stored(name):
    number = random.SystemRandom().randrange(results.JOBS[name].chunks)
    again = results.chunk(name, number)
    stored = results.load(name)
    stored = stored[stored["chunk"] == number].reset_index(drop=True)
    assert list(again.columns) == list(stored.columns), f"chunk {number}"
    for column in stored:
        if pd.api.types.is_numeric_dtype(stored[column]):
            assert np.allclose(again[column], stored[column], rtol=1e-6, atol=1e-9, equal_nan=True), (number, column)
        else:
            told = [list(frame[column].astype(object).fillna("")) for frame in (again, stored)]
            assert told[0] == told[1], (number, column)


def _package(tmp_path, monkeypatch, **modules):
    folder = tmp_path / "bargain"
    folder.mkdir()
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.setattr(results.evidence, "ROOT", tmp_path)
    results._names.cache_clear()
    return lambda module, function: results.code_hash(module, function)


MODEL = """from bargain import evidence, tools
SCALE = 2

def helper(x):
    return tools.twice(x) * SCALE

def job(k):
    return helper(k) + evidence.table("one")

def draw(t):
    return 1
"""
TOOLS = "def twice(x):\n    '''Doubles.'''\n    return 2 * x\n\ndef other(x):\n    return x\n"


@pytest.mark.parametrize(
    "module, old, new, stale",
    [
        ("model", "return 1", "return 2", False),  # a chart
        ("tools", "return x\n", "return x + 1\n", False),  # a function that the job does not reach
        ("tools", "Doubles.", "Gives the double.", False),  # a docstring
        ("evidence", "return 0", "return check(0)", False),  # tables are hashed themselves
        ("model", "SCALE = 2", "SCALE = 3", True),
        ("tools", "return 2 * x", "return 3 * x", True),
        ("model", "return helper(k)", "return 1 + helper(k)", True),
    ],
)
def test_a_result_is_stale_exactly_if_code_it_reaches_has_changed(tmp_path, monkeypatch, module, old, new, stale):
    texts = {"model": MODEL, "tools": TOOLS, "evidence": "def table(name):\n    return 0\n"}
    code = _package(tmp_path, monkeypatch, **texts)
    before = code("model", "job")
    (tmp_path / "bargain" / f"{module}.py").write_text(texts[module].replace(old, new))
    results._names.cache_clear()
    assert (code("model", "job") != before) == stale
    results._names.cache_clear()


def test_an_edited_result_is_noticed(tmp_path, monkeypatch):
    name = next(iter(results.JOBS))
    text = (results.FOLDER / f"{name}.csv").read_text()
    (tmp_path / f"{name}.csv").write_text(text.replace("0", "1", 1))
    (tmp_path / "manifest.json").write_text(results.MANIFEST.read_text())
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "MANIFEST", tmp_path / "manifest.json")
    assert results.changed(name) == [f"results/{name}.csv was edited"]
    monkeypatch.setenv("BARGAIN_STALE", "error")
    with pytest.raises(results.StaleResult, match="make results"):
        results.load(name)
