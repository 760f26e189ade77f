"""The printed page: what breaks over pages stays on the paper."""

import books
from pypdf import PdfReader


def test_a_wide_table_reaches_into_the_margin_of_each_of_its_pages_and_stays_on_the_paper(tmp_path):
    rows = [" | ".join(f"r{row}c{column} words to fill" for column in range(7)) for row in range(80)]
    table = "\n".join([" | ".join(f"Head{n}" for n in range(7)), "|".join(["---"] * 7), *rows])
    table = "\n".join(f"| {row} |" for row in table.split("\n"))
    folder = books.make(tmp_path / "book", {"one.qmd": f"# One\n\n{table}\n\n: Found. {{#tbl-x}}\n\nSee @tbl-x.\n"})
    pages = PdfReader(books.built(folder, "--to", "pdf") / "book.pdf").pages
    seen, rows_seen = {}, set()
    for number, page in enumerate(pages, 1):
        places = []

        def visit(text, page_matrix, matrix, *rest, places=places):
            if text.strip().startswith("r") and "c" in text:
                places.append(page_matrix[0] * matrix[4] + page_matrix[2] * matrix[5] + page_matrix[4])
                rows_seen.add(text.split("c")[0].strip())

        page.extract_text(visitor_text=visit)
        if places:
            seen[number] = min(places) / 72 * 25.4, max(places) / 72 * 25.4
    assert len(seen) >= 3 and len(rows_seen) == 80
    for number, (left, right) in seen.items():  # 22 mm on the left, 18 on the right of every page
        assert left >= 22 and 150 < right < 192, (number, left, right)
    assert {number % 2 for number in seen} == {0, 1}
    assert all("Head6" in pages[number - 1].extract_text() for number in seen)


def test_columns_share_the_width_by_what_they_hold(tmp_path):
    """A column of sentences gets more than columns of words, whatever the dashes say."""
    sentence = "a sentence of a dozen words that fills its column and goes on after that"
    rows = "\n".join(f"| r{n} | {sentence} | yes | {sentence} {sentence} |" for n in range(6))
    table = f"| Row | Why | Held | What follows |\n|------------|--|----------|--|\n{rows}"
    folder = books.make(tmp_path / "book", {"one.qmd": f"# One\n\n{table}\n\n: Found. {{#tbl-x}}\n\nSee @tbl-x.\n"})
    page = PdfReader(books.built(folder, "--to", "pdf") / "book.pdf").pages
    places = {}

    def visit(text, page_matrix, matrix, *rest):
        for word in ("Row", "Why", "Held", "What follows"):
            if text.strip() == word:
                places[word] = (page_matrix[0] * matrix[4] + page_matrix[2] * matrix[5] + page_matrix[4]) / 72 * 25.4

    for one in page:
        one.extract_text(visitor_text=visit)
    row, why, held, follows = (places[word] for word in ("Row", "Why", "Held", "What follows"))
    assert why - row < 20 and follows - held < 20
    assert held - why > 30 and 192 - follows > held - why + 10


def test_a_chapter_begins_where_another_ends_unless_it_wants_a_page_of_its_own(tmp_path):
    chapters = {f"{name}.qmd": f"# The {name}\n\nA few words.\n" for name in ("first", "second")}
    chapters["third.qmd"] = "# The third {.own-page}\n\nA few words.\n"
    chapters["fourth.qmd"] = "# The fourth\n\n" + "A few words more. " * 900 + "\n"
    chapters["fifth.qmd"] = "# The fifth\n\nThe end.\n"
    folder = books.make(tmp_path / "book", chapters)
    reader = PdfReader(books.built(folder, "--to", "pdf") / "book.pdf")
    at = {item.title.lstrip("0123456789. "): reader.get_destination_page_number(item) for item in reader.outline}
    assert at["The first"] == at["The second"] == at["The third"] - 1
    assert at["The fourth"] == at["The third"]
    for title, page in at.items():
        assert title in " ".join(reader.pages[page].extract_text().split()), title


def test_a_note_in_a_caption_stands_once(tmp_path):
    picture = "![A caption^[Within.] goes on.](x.svg){#fig-x fig-alt='A.'}"
    text = f"# One\n\nWords.^[First.]\n\n{picture}\n\nSee @fig-x.^[Last.]\n"
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>'
    site = books.built(books.make(tmp_path / "book", {"one.qmd": text}, files={"x.svg": square}, finished=True))
    paper = " ".join("\n".join(books.sheets(site / "book.pdf")).split())
    assert paper.count("Within.") == 1 and "caption2 goes on." in paper and "3Last." in paper.replace(" ", "")
    listed = (site / "list-of-figures.html").read_text("utf-8")
    assert "A caption goes on." in paper and "A caption goes on." in listed
