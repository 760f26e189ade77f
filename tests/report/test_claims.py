"""Sentences that hang on a test: each reads as a sentence whichever way its test falls, and other numbers turn it.

What a program can see of a sentence is checked here; whether it is good, a reader must say.
"""

import functools
import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from edits import copied, register, rendered

from bargain import evidence, ledger, terms

ROOT = Path(__file__).parents[2]
CHAPTERS = {file: number for file, number in ledger.pages().items() if number}
REWRITTEN = {  # the chapters: their words stand in their files
    file: number for file, number in CHAPTERS.items() if number.isdigit()
}
WITH_CLAIMS = [
    file
    for file in [*CHAPTERS, "report.qmd"]
    if any("claim(" in part.code for part in ledger.parts((ROOT / file).read_text("utf-8")))
]
NAMES = {word for label in terms.LABELS.values() for word in label.split()} | set(
    "Kim Washington Beijing Moscow Seoul Tokyo Pyongyang Trump Biden Xi Putin Moon Lee Hanoi Singapore Stockholm "
    "Yongbyon Iran Iranian American Korean Chinese Russian Japanese Ukraine North South Sinuiju I Shapley Congress "
    "Security Republican Democratic UN US".split()
)
# what was rendered is at hand; to see all that hangs on a claim each page is run once more, every claim turned round
VIEWS = ["rendered", pytest.param("forced", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def run(report_book):
    """run(file, view): a page's run, as it was rendered or with every claim turned round."""

    @functools.cache
    def one(file, view):
        if view == "rendered":
            return ledger.rendered(file, CHAPTERS.get(file, ""))
        return ledger.run(file, CHAPTERS.get(file, ""), lambda test, text, otherwise: otherwise if test else text)

    return one


def printed(claim, view):
    return claim.text if claim.test.holds == (view == "rendered") else claim.otherwise


# ------------------------------------------------------------------------------------------------ each way a sentence
def faults(words):
    """What a program can see that is wrong with a few words."""
    found = [] if words.strip() else ["nothing is said"]
    if re.search(r"\b(?:nan|None(?! of)|inf|NaT|True|False)\b", words):
        found.append("a value that is not there")
    if re.search(r"(?<=\S)  |[,;:.!?] ?[,;:.!?]|\s[,;:.!?](?!\d)|\(\s|\s\)|\{|\}|`", re.sub(r"…|\.\.\.", "", words)):
        found.append("doubled or stray marks")
    if re.search(r"\b(\w+) \1\b", words) and not re.search(r"\b(?:that that|had had)\b", words):
        found.append("a word twice")
    return found


def misplaced(claim, words):
    """What is wrong with where a claim's words stand in their sentence."""
    found, at = [], claim.sentence.find(words)
    if at < 0:
        return []
    before, after = claim.sentence[:at].rstrip(' "“‘('), claim.sentence[at + len(words) :]
    first = re.match(r"\W*(\w+)", words)
    if first and (not before or before[-1] in ".!?:") and before[-1:] != ":" and first[1][0].islower():
        found.append(f"a sentence begins small: {words!r}")
    if first and before and before[-1].isalnum() and first[1][0].isupper() and first[1] not in NAMES:
        found.append(f"a capital within a sentence: {claim.sentence!r}")
    if re.match(r"\s*[A-Z]", after) and words[-1].isalnum() and after.split()[0].strip(".,;’") not in NAMES:
        found.append(f"no stop before the next sentence: {claim.sentence!r}")
    return found


def turned(claim):
    """A claim whose test falls the other way, its sentence otherwise unchanged."""
    said, other = (claim.text, claim.otherwise) if claim.test.holds else (claim.otherwise, claim.text)
    test = claim.test._replace(holds=not claim.test.holds)
    return claim._replace(test=test, sentence=claim.sentence.replace(said, other, 1))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", WITH_CLAIMS)
def test_every_claim_reads_as_a_sentence_whichever_way_its_test_falls(run, file, view):
    got = run(file, view)
    assert got.claims
    wrong = []
    for claim in [*got.claims, *map(turned, got.claims)] if view == "rendered" else got.claims:
        words = printed(claim, view)
        told = faults(words) + faults(claim.sentence or words) + misplaced(claim, words)
        wrong += [(claim.line, words, fault) for fault in dict.fromkeys(told)]
    wrong += [(file, bare) for bare in re.findall(r"\bnp\.(?:int|float|bool|str)\w*\([^)]*\)", got.text)]
    for paragraph in body(got.text).split("\n\n"):
        missing = re.search(r"\b(?:nan|None(?! of)|inf|NaT)\b|(?<=\w) ,|,,|\(\)|``", paragraph)
        wrong += [(file, paragraph, missing[0])] if missing else []
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("file", WITH_CLAIMS)
def test_a_claim_has_two_wordings_in_plain_text_and_a_test_in_numbers(run, file):
    for claim in run(file, "rendered").claims:
        assert claim.text != claim.otherwise, claim
        for words in (claim.text, claim.otherwise):
            assert not re.search(r"\]\(|\[@|@(?:sec|fig|tbl)-|\*|\\", words), (claim.line, words)
        assert claim.source and claim.test.words, claim


@pytest.mark.slow
def test_forced_claims_are_the_same_claims(report_book, run):
    """No code runs only while a claim holds, and each of the printed ones is heard when all fall the other way."""
    table = pd.read_csv(report_book / ledger.FILE, keep_default_na=False)
    for file in WITH_CLAIMS:
        there, forced = table[table.page == file], run(file, "forced").claims
        assert list(zip(there.line, there.test, strict=True)) == [(c.line, c.source) for c in forced], file


@pytest.mark.slow
@pytest.mark.parametrize("file", WITH_CLAIMS)
def test_a_page_of_fallen_claims_renders_and_marks_each_that_stands_in_its_text(tmp_path, run, file):
    """On the website and in print. Inline claims carry their mark; those within other words do not."""
    copied(tmp_path)
    prose = tmp_path / "bargain" / "prose.py"
    code = prose.read_text("utf-8")
    prose.write_text(code.replace("    if test.holds:\n        return text\n", ""), "utf-8")
    assert prose.read_text("utf-8") != code
    said = rendered(tmp_path, file, to=None)
    html = (tmp_path / "book" / file).with_suffix(".html").read_text("utf-8")
    marked = set(re.findall(r'g-ledger\.html#(claim-[0-9a-f]{8})" class="fallen"', html))
    assert marked <= {ledger.prose.anchor(claim.text) for claim in run(file, "forced").claims}
    source = (ROOT / file).read_text("utf-8")
    whole = [
        part for part in ledger.parts(source) if part.inline and re.match(r"(?:prose\.)?claim\(", part.code.strip())
    ]
    assert said.count("†") >= len(whole)


# -------------------------------------------------------------------------------------------------- flips for real
MOVED = {  # {chapter: changes of the register, one after the other}
    "chapters/04-economies.qmd": [
        {"margin_rest": (0.02, 0.05, 0.08)},  # hardly a cent of an exported dollar is kept
        {"kept_laundering": (0.1, 0.15, 0.2)},  # laundering eats nearly all that is stolen
    ],
    "chapters/03-partners.qmd": [
        {"wgood_arms": (20, 25, 30)},  # he wants arms and backing above all
        {f"sup_{good}_CHN_2025": (5, 6, 7) for good in ("capital", "recognition", "security")},  # Beijing does it all
        {"will_RUS_2025": (0, 0.05, 0.1), "will_USA_2018": (0, 0.05, 0.1)},  # nobody in Moscow or Washington is willing
    ],
    "chapters/06-futures.qmd": [
        {"m_talks": (0.01, 0.02, 0.05)},  # while they talk there is hardly a war
        {"h0": (0.05, 0.1, 0.2)},  # war is as likely as experts said in 2017
    ],
    "chapters/07-exchange.qmd": [
        {"out_coalition": (900, 1000, 1100)},  # they expect more from pressure than any deal is worth
        {"fear_first_kim": (0.005, 0.01, 0.02), "eta0": (0, 0.002, 0.004)},  # he hardly fears that they break it
    ],
    "chapters/09-deterrence.qmd": [
        {"warn_median": (200, 300, 400)},  # a year's warning of an attack
        {"answer_median": (300, 500, 900), "answer_sd": (0.3, 0.5, 0.8)},  # no answer to a dash for a year
    ],
    "chapters/08-phasing.qmd": [
        {"out_kim": (0, 0, 100)},  # Moscow has paid him next to nothing
        {  # some agreements died at once, others lived for decades
            f"life_{name}": (x, x, x)
            for name, x in {
                "af": 0.1,
                "moratorium": 0.2,
                "js2005": 0.3,
                "six2007": 0.4,
                "leap": 0.5,
                "cma": 40,
                "singapore": 60,
                "jcpoa": 80,
            }.items()
        },
    ],
    "chapters/12-forecasts.qmd": [
        {"fc_half_life_binary": (1, 1.5, 2)},  # the machine knows the last few years alone
        {  # who would deal meets and opens his gates, a creature of habit never
            f"fc_or_{question}_{reading}": odds
            for question in ("us_meeting", "korean_summit", "inspectors")
            for reading, odds in (("dealer", (20, 30, 40)), ("irrational", (0.02, 0.03, 0.04)))
        },
    ],
}


def flipped(before, file, ranges):
    """Lines and texts of the claims of a chapter whose test falls the other way with other assumptions."""
    with register(ranges):
        after = ledger.run(file, CHAPTERS[file]).claims
    return {
        (file, claim.line, claim.source)
        for was, claim in zip(before, after, strict=True)
        if bool(was.test) != bool(claim.test) and not faults(printed(claim, "rendered"))
    }


QUICK = ("chapters/03-partners.qmd", "chapters/04-economies.qmd")  # seconds each


@pytest.mark.parametrize("files, least", [(QUICK, 12), pytest.param(tuple(MOVED), 58, marks=pytest.mark.slow)])
def test_other_assumptions_turn_claims(monkeypatch, run, files, least):
    before = {file: run(file, "rendered").claims for file in files}
    monkeypatch.setenv("BARGAIN_STALE", "use")  # what is stored stays as it is: what is computed on the page turns
    turned = {flip for file in files for ranges in MOVED[file] for flip in flipped(before[file], file, ranges)}
    assert len(turned) >= least, sorted(turned)


# ----------------------------------------------------------------------------------- captions, headings, length
def words_of(text):
    return re.findall(r"[\w’'%.,–-]*\w[\w’'%.,–-]*", text)


def numbers_of(text):
    """Numbers of a text, in digits; years count like others."""
    return re.findall(r"\d[\d,.]*", text)


def shown(page):
    """The figures of a rendered page that have a caption: what it finds, their unit, what is seen."""
    for chart in BeautifulSoup(page.read_text("utf-8"), "lxml").select("[role=img].desk"):
        whole = chart.find_parent("figure")
        caption, unit = (
            whole and whole.select_one("figcaption.quarto-float-caption"),
            whole and whole.select_one(".unit"),
        )
        if caption:
            finding = " ".join(caption.get_text().split(":", 1)[1].split())
            yield ledger.Figure(whole.parent["id"], finding, unit.get_text(), chart["aria-label"])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", REWRITTEN)
def test_a_caption_says_one_thing_in_twenty_words_and_two_numbers(report_book, run, file, view):
    figures = (
        list(shown(report_book / Path(file).with_suffix(".html"))) if view == "rendered" else run(file, view).figures
    )
    assert figures
    long = [f for f in figures if len(words_of(f.finding)) > 20 or len(numbers_of(f.finding)) > 2]
    assert not long, [(f.name, f.finding) for f in long]
    assert not [f.name for f in figures if f.finding.rstrip(".").lower() in f.alt.lower()], "alt says it again"


def body(text):
    """A page's running text: without its head, boxes (but the finding), figures, tables, formulas and margin notes."""
    lines, depth, kept = text.split("\n"), [], []
    for line in lines:
        opened = re.match(r":::+ ?(\S.*)", line)
        if opened:
            depth.append(bool(re.search(r"callout|#fig-|#tbl-|column-margin|content-visible", opened[1])))
        elif re.match(r":::+\s*$", line):
            depth.pop()
        elif not any(depth):
            kept.append(line)
    text = re.sub(r"\$\$.*?\$\$(?: \{#[\w-]+\})?", "", "\n".join(kept), flags=re.S)
    return re.sub(r"^(?:\||#).*$", "", text, flags=re.M)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", REWRITTEN)
def test_the_main_text_is_read_in_ten_minutes(run, file, view):
    text = re.sub(r"\]\([^)]*\)|\[?-?@[\w-]+[;\]]?", " ", body(run(file, view).text))
    least = 1000 if view == "rendered" else 0  # the other wordings say less, and are printed one by one
    assert least <= len(words_of(text)) <= 1500


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", REWRITTEN)
def test_headings_are_short_and_have_no_interval(run, file, view):
    heads = [h["words"] for h in ledger.HEADING.finditer(run(file, view).text)]
    assert len(heads) > 2
    assert not [h for h in heads if len(words_of(h)) > 12 or re.search(r"\b\d{1,3}%?(?: to |–)\d{1,3}\b", h)]


# ------------------------------------------------------------------------------------------------------- glossary
ART = {  # words that mean nothing else: where one first stands, it is linked
    "bite": r"\bbites? of (?:a|his|its|the) veto",
    "creature-of-habit": r"\bcreatures? of habit",
    "deal-seeker": r"\bdeal-seekers?",
    "expected-removal": r"\bexpected removal",
    "hold-out": r"\bhold-outs?\b",
    "life-equivalent": r"\blife-equivalents?",
    "log-score": r"\blog(?:arithmic)? scores?",
    "narrowly-rational": r"\bnarrowly rational",
    "posterior": r"\bposteriors?\b",
    "shapley-value": r"\bShapley (?:values?|shares?)",
    "snapback": r"\bsnap-?backs?\b",
    "weapons-worth": r"\bweapons?[’']s? worth",
}


@pytest.mark.parametrize("file", REWRITTEN)
def test_a_term_of_art_is_linked_where_it_first_stands(file):
    """In running text that can hold a link: not in a heading, a caption, or the words of a claim."""
    text = (ROOT / file).read_text("utf-8")
    for part in reversed(ledger.parts(text)):
        text = text[: part.start] + text[part.end :]
    text = body(text)
    for slug, pattern in ART.items():
        first = re.search(pattern, text, re.I)
        link = text.find(f"(f-glossary.qmd#term-{slug})")
        assert not first or 0 <= link and not re.search(pattern, text[: text.rfind("[", 0, link)], re.I), slug


def test_the_list_of_changes_names_rows_of_the_register():
    rows = set(evidence.assumptions().index)
    assert {row for changes in MOVED.values() for ranges in changes for row in ranges} <= rows
