"""The printed page: what breaks over pages stays on the paper."""

import books
from pypdf import PdfReader


def test_a_wide_table_reaches_into_the_outer_margin_of_each_of_its_pages(tmp_path):
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
    for number, (left, right) in seen.items():  # 24 mm inside, 18 mm outside
        assert left >= (23 if number % 2 else 17) and right < (192 if number % 2 else 186), (number, left, right)
    assert {number % 2 for number in seen} == {0, 1}
