"""The ledger: a page's claims are found where they stand, with their tests; nothing is drawn; what fell is marked."""

import math

import pandas as pd
import pytest

from bargain import ledger, prose

YML = """\
book:
  chapters:
    - index.qmd
    - report.qmd
    - part: "One"
      chapters: [chapters/a-first.qmd, chapters/b-second.qmd]
  appendices: [chapters/c-third.qmd]
"""
PAGE = """\
# A question {#sec-first short="First"}

```{python}
from bargain.plots import theme
from bargain.prose import claim, every, less, more
import bargain.prose as words
n = 3
few = more(n, 5)
# ## no heading
finding = claim(
    every(more(n, 2), less(n, 10)),
    "Three is more",
    otherwise="Nothing is more",
)
theme.figure("fig-x", None, None, finding=finding, unit="u", alt="a", tables=[])
```

`{python} finding`.

## Plain {.unnumbered}

## Deeper {#sec-first-deep}

A thing came first [@x]. Here is `{python} claim(few, "a fall", "a plain word")` and
`{python} words.claim(more(n, 1), "a rise of " + str(n), "a change")` on [one](x.qmd)
line (@sec-first, @fig-b). Then came more.

### Down

```{python}
#| eval: false
raise SystemExit
```

```{python}
text = [words.claim(more(n, k), f"above {k}", "not above") for k in (1, 9)]
print("no one hears this")
```
"""


@pytest.fixture
def book(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "_quarto.yml").write_text(YML)
    (tmp_path / "index.qmd").write_text("# The book\n")
    (tmp_path / "report.qmd").write_text("# In brief {#sec-brief .unnumbered}\n\nNo code.\n")
    for name in ("b-second", "c-third"):
        (tmp_path / "chapters" / f"{name}.qmd").write_text(f"# Of {name}\n\n`{{python}} 1 / 0`\n")
    (tmp_path / "chapters" / "a-first.qmd").write_text(PAGE)
    return tmp_path


def test_pages_have_the_numbers_of_the_book(book):
    assert ledger.pages(book) == {
        "index.qmd": "",
        "report.qmd": "",
        "chapters/a-first.qmd": "1",
        "chapters/b-second.qmd": "2",
        "chapters/c-third.qmd": "A",
    }


def test_claims_are_found_with_section_and_test(book, capsys):
    got = ledger.claims(book)  # the other pages would fail, but have no claim
    assert [(c.section, c.label, c.source, bool(c.test)) for c in got] == [
        ("1", "sec-first", "every(more(n, 2), less(n, 10))", True),
        ("1.1", "sec-first-deep", "more(n, 5)", False),
        ("1.1", "sec-first-deep", "more(n, 1)", True),
        ("1.1.1", "sec-first-deep", "more(n, k)", True),
        ("1.1.1", "sec-first-deep", "more(n, k)", False),
    ]
    assert all("claim(" in PAGE.splitlines()[c.line - 1] for c in got[1:3])
    assert [c.sentence for c in got[1:4]] == ["Here is a plain word and a rise of 3 on one line."] * 2 + [""]
    assert capsys.readouterr().out == ""


def test_what_stands_in_fine_print_is_not_filed_under_the_last_section():
    """It leads to the nearest figure or table of its box; what stands behind the box is of the section again."""
    box = "::: {.callout-note}\n`{python} a`\n\n:::: {#tbl-x}\n`{python} b`\n::::\n\n`{python} c`\n:::\n"
    change = "::: {#change-x .callout-change}\n`{python} e`\n:::\n"
    got = ledger.parts(f"# One\n\n## So what {{#sec-so}}\n\n{change}\n{box}\n`{{python}} d`\n", "3")
    fine = ("3, fine print", "tbl-x")
    assert [(p.code, p.section, p.label) for p in got] == [
        ("e", "3.1", "sec-so"),
        *((code, *fine) for code in "abc"),
        ("d", "3.1", "sec-so"),
    ]


def test_the_text_of_a_page_has_the_words_in_their_places(book):
    got = ledger.run("chapters/a-first.qmd", root=book)
    assert "Three is more." in got.text
    assert "Here is a plain word and\na rise of 3 on [one](x.qmd)\nline (@sec-first, @fig-b)." in got.text
    assert "```" not in got.text.replace("#| eval: false\nraise SystemExit", "").replace("```{python}\n\n```", "")
    [figure] = got.figures
    assert figure == ("fig-x", "Three is more", "u", "a")


def test_claims_can_be_forced_and_all_is_as_before_afterwards(book):
    before = prose.claim
    got = ledger.run("chapters/a-first.qmd", worded=lambda test, text, otherwise: otherwise, root=book)
    assert "Nothing is more." in got.text and "a plain word and\na change on" in got.text
    assert prose.claim is before and len(got.claims) == 5


def test_what_fails_says_where(book):
    with pytest.raises(ZeroDivisionError) as failed:
        ledger.run("chapters/b-second.qmd", root=book)
    assert "chapters/b-second.qmd, line 3" in failed.value.__notes__[0]
    assert prose.claim.__module__ == "bargain.prose"


def test_a_row_has_margin_and_share_of_the_larger_number(book):
    table = ledger.frame(ledger.claims(book))
    rise, fall = table.iloc[2], table.iloc[1]
    assert (rise.printed, rise.other) == ("Here is a plain word and a rise of 3 on one line.", "a change")
    assert (rise.margin, rise["share"]) == (2, pytest.approx(2 / 3))
    assert (fall.printed, fall.other, fall.holds) == (rise.printed, "a fall", False)
    assert (fall.margin, fall["share"]) == (-2, pytest.approx(-2 / 5))
    assert list(ledger.nearest(table, 2)["share"]) == sorted(table[table.holds]["share"])[:2]


def test_the_build_names_what_fell(book, capsys):
    table = ledger.frame(ledger.claims(book))
    (book / "figures").mkdir()
    table.to_csv(book / ledger.FILE, index=False)
    assert ledger.main([str(book)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "2 of 5 claims no longer hold with your numbers:"
    assert said[1:] == ["  1.1: a fall", "  1.1.1: above 9"]
    assert ledger.fallen(table[table.holds]) == "All 3 claims hold with these numbers."
    assert ledger.main([str(book / "chapters")]) == 1 and "render the book first" in capsys.readouterr().err


def test_a_ledger_without_claims_is_a_ledger():
    table = ledger.frame([])
    assert ledger.by_page(table) == "" and ledger.to_read(ledger.nearest(table)).count("\n") == 2


def test_a_table_shows_texts_as_they_are_and_leads_to_their_sections():
    test = prose.same("a|b", "c")
    claims = [ledger.Claim("chapters/x.qmd", "4.2", "sec-x", 7, test, "same(a | b, c)", "It *is*", "It | not", "")]
    row = ledger.to_read(ledger.frame(claims)).splitlines()[2]
    assert f"[[4.2](x.qmd#sec-x)]{{#{prose.anchor('It *is*')}}}" in row
    assert r"It \| not† *Fell:* It \*is\*" in row and r"same\(a \| b, c\)" in row and row.endswith("| – |")


def test_an_inline_value_is_heard_as_the_page_shows_it(book):
    """Texts and Markdown as they are; what is neither as Python writes it, so that a bare number of NumPy is seen."""
    code = ("import numpy as np; from IPython.display import Markdown", "np.int64(3)", "Markdown('*so*')", "'so'", "4")
    page = (
        "# Of values\n\n```{{python}}\n{}\n```\n\n`{{python}} {}`, `{{python}} {}`, `{{python}} {}`, `{{python}} {}`\n"
    )
    (book / "chapters" / "b-second.qmd").write_text(page.format(*code))
    assert ledger.run("chapters/b-second.qmd", root=book).text.endswith("np.int64(3), *so*, so, 4\n")


def test_what_stands_for_a_fallen_claim_is_a_plain_text_with_a_mark(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    said = prose.claim(prose.more(1, 2), "It rises", "It is *so*")
    assert said == "It is *so*" and f"{said}." == "It is *so*."
    shown = said._repr_markdown_()
    assert shown.startswith(r"It is \*so\*[†](") and f"g-ledger.qmd#{prose.anchor('It rises')})" in shown
    assert type(prose.claim(prose.more(2, 1), "It rises", "It is *so*")) is str


def test_a_missing_margin_stays_missing():
    table = ledger.frame([ledger.Claim("a.qmd", "", "", 1, prose.same(1, 1), "same(1, 1)", "x", "y", "")])
    assert math.isnan(table.margin[0]) and pd.isna(table["share"][0])


def test_a_comparison_is_shown_in_words_with_real_minus_signs():
    numbers = "accept -178,405 > status_quo -203,960; CHN 0.1 < talks_dealer 0.2; eta_0 1 = eta_0"
    claims = [ledger.Claim("index.qmd", "", "", 1, prose.Holds(True, numbers, 1.0, 2.0), "x", "It is", "", "")]
    row = ledger.to_read(ledger.frame(claims)).splitlines()[2]
    assert r"accept the arsenal −178,405 \> status quo −203,960; China 0\.1 \< talks, deal-seeker 0\.2" in row
    assert "`eta_0` 1 = `eta_0`" in row
