"""The edition: one palette in charts, style sheet and print; contrast; colours that stay apart for every eye; glyphs."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from bargain import charts

ROOT = Path(__file__).parents[1]
EDITION = ROOT / "_extensions" / "report"
CSS = (EDITION / "report.css").read_text("utf-8")
# Machado, Oliveira and Fernandes 2009, severity 1: matrices on linear RGB
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
GROUPS = [charts.READINGS, charts.POLICIES, charts.SIDES, charts.PARTNERS]


def linear(hexa):
    x = np.array([int(hexa[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def luminance(hexa):
    return linear(hexa) @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    m = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    x = m @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_lightness_of_known_colours():
    assert lab(linear("#FFFFFF")) == pytest.approx([100, 0, 0], abs=0.02)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_the_style_sheet_has_the_tokens_of_the_charts():
    css = dict()
    for name, light, dark in re.findall(r"--([\w]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)", CSS):
        css[name] = (light.lower(), dark.lower())
    for token, value in charts.TOKENS["light"].items():
        assert css[token] == (value.lower(), charts.TOKENS["dark"][token].lower()), token


def test_print_has_the_tokens_of_the_charts():
    text = (EDITION / "report.typ").read_text("utf-8").lower()
    for token in ("ink", "ink2", "ink3", "rule", "accent"):
        assert re.search(rf'#let {token} = rgb\("{charts.TOKENS["light"][token].lower()}"\)', text), token
    for token in charts.READINGS:
        assert charts.TOKENS["light"][token].lower() in text, token


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read(mode):
    t = charts.TOKENS[mode]
    for token in ("ink", "ink2", "ink3", "accent", "data", *charts.READINGS, "kim"):
        assert contrast(t[token], t["paper"]) >= 4.5, token
    for token in (*charts.POLICIES, *charts.PARTNERS, "coalition", *charts.OTHERS):
        assert contrast(t[token], t["paper"]) >= 3, token


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("eye", VISION)
@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g[0])
def test_colours_of_a_group_stay_apart(mode, eye, group):
    seen = {g: lab(np.array(VISION[eye]) @ linear(charts.TOKENS[mode][g])) for g in group}
    for a, b in combinations(group, 2):
        assert np.linalg.norm(seen[a] - seen[b]) >= 12, (a, b)


def test_marks_do_not_depend_on_colour_alone():
    for group in (charts.READINGS, charts.SIDES):
        assert len({charts.SHAPE[g] for g in group}) == len(group)
        assert len({tuple(charts.DASH[g]) for g in group}) == len(group)


def test_every_character_of_the_pages_is_in_the_fonts():
    from fontTools.ttLib import TTFont

    def glyphs(name):
        return set(TTFont(EDITION / "fonts" / f"{name}.ttf").getBestCmap())

    has = glyphs("ReportSerif-Regular") | glyphs("ReportSans-Regular") | glyphs("ReportHangul-Regular")
    pages = [ROOT / "index.qmd", ROOT / "report.qmd", *(ROOT / "chapters").glob("*.qmd"), ROOT / "_quarto.yml"]
    for page in pages:
        missing = {c for c in page.read_text("utf-8") if ord(c) > 127 and ord(c) not in has}
        assert not missing, f"{page.name}: {missing}"


def test_no_page_may_load_from_another_host():
    page = (EDITION / "page.html").read_text("utf-8")
    assert "default-src 'none'" in page and "header-includes" not in re.sub(r"\$--.*", "", page)
    assert not re.search(r"(?:src|href)=\"https?://", page)
    assert not re.search(r"url\((?!fonts/)", CSS)
