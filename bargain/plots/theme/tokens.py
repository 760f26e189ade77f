"""Colours, dashes and marks: each a token that pages, paper and drawings share."""

from collections.abc import Callable, Mapping

import altair as alt

SANS = "Report Sans"
SANS_STACK, DISPLAY_STACK = "Report Sans, 'Source Sans 3', sans-serif", "Report Display, 'Source Serif 4', serif"
Layers = alt.LayerChart | alt.FacetChart  # what `alt.layer` makes
Tokens = Mapping[str, str]  # the colours of a page, by name
Draw = Callable[[Tokens, bool], alt.typing.ChartType]
WIDE, NARROW = 660, 340  # outer widths in px: the text column, and a phone
# Every light value is unique: `_coloured` maps it back to its name. report.css and report.typ repeat
# these values; tests/report/test_edition.py compares them, and checks contrast and colour vision.
TOKENS = {
    "light": dict(
        paper="#FAF6EE",
        card="#F1EADD",
        ink="#211C17",
        ink2="#574E44",
        ink3="#6A6055",
        rule="#D9CFBF",
        grid="#E7DFD1",
        band="#EDE3CF",
        data="#6E6257",
        accent="#8A2A1E",
        irrational="#74173A",
        undecided="#332C52",
        narrow="#7F620D",
        dealer="#0A6A76",
        force="#C24A6C",
        pressure="#A37F1E",
        talks="#2B909C",
        status_quo="#5E5348",
        accept="#604C9D",
        test_first="#0D3A40",
        kim="#43203F",
        coalition="#2B6CA2",
        USA="#123F6F",
        CHN="#8C1D18",
        KOR="#337D5E",
        JPN="#94680C",
        RUS="#7B5EB3",
    ),
    "dark": dict(
        paper="#191613",
        card="#24201B",
        ink="#EEE6D8",
        ink2="#C3B8A7",
        ink3="#A0958A",
        rule="#403930",
        grid="#2E2923",
        band="#322B20",
        data="#A79B8E",
        accent="#F08A74",
        irrational="#DB7891",
        undecided="#F2EFFA",
        narrow="#F0CF6A",
        dealer="#46BFCE",
        force="#B8486E",
        pressure="#A5891E",
        talks="#1F97A3",
        status_quo="#BDB0A2",
        accept="#A5A2FD",
        test_first="#9FDCE5",
        kim="#F0CDF0",
        coalition="#5598D6",
        USA="#4A97E8",
        CHN="#E06C6C",
        KOR="#8FE3BE",
        JPN="#D6B545",
        RUS="#CFC3F5",
    ),
}
# The printed edition: light on white, so that no page is flooded with ink.
TOKENS["print"] = {**TOKENS["light"], "paper": "#FFFFFF", "card": "#F6F2EA"}
READINGS = ["irrational", "narrow", "dealer"]
MINDS = ["undecided", "narrow", "dealer"]  # who can bargain
POLICIES = ["force", "pressure", "talks"]
OTHERS = ["status_quo", "accept", "test_first"]  # what stands beside the three policies
SIDES = ["kim", "coalition"]
GIVES = {"kim": "Kim gives", "coalition": "The coalition gives"}  # over the steps of a side
PARTNERS = ["USA", "CHN", "KOR", "JPN", "RUS"]
# A second channel beside colour, for lines and for marks.
DASH: dict[str, list[float]] = {
    "irrational": [1, 0],
    "undecided": [1, 0],
    "narrow": [6, 3],
    "dealer": [1.5, 3],
    "kim": [1, 0],
    "coalition": [6, 3],
    "force": [1, 0],
    "pressure": [6, 3],
    "talks": [1.5, 3],
    "status_quo": [10, 3],
    "accept": [8, 3, 2, 3],
    "test_first": [3, 2],
}
SHAPE = {
    "irrational": "circle",
    "undecided": "circle",
    "narrow": "square",
    "dealer": "triangle-up",
    "kim": "circle",
    "coalition": "diamond",
    "force": "circle",
    "pressure": "square",
    "talks": "triangle-up",
    "status_quo": "stroke",
    "accept": "cross",
    "test_first": "triangle-down",
}
