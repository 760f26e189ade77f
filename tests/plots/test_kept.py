"""A picture is made once for what it is made from: text, kind, program, fonts."""

import pytest

from bargain.plots import kept, theme


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Asks for a picture of a text, and says how often one was made so far."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "pictures")
    count = []

    def ask(told="a", kind="svg"):
        content = kept.kept(kind, told, lambda: count.append(1) or f"<{told}>".encode())
        return content, len(count)

    yield ask
    kept._program.cache_clear()


def test_it_is_made_once_for_the_same_and_anew_for_anything_else(made, monkeypatch, tmp_path):
    assert made() == (b"<a>", 1) == made()
    assert made("b") == (b"<b>", 2) and made("a", "png") == (b"<a>", 3)
    (tmp_path / "own.ttf").write_bytes(b"another font")
    monkeypatch.setattr(kept, "FONTS", tmp_path)
    kept._program.cache_clear()
    assert made() == (b"<a>", 4)
    monkeypatch.setattr(kept.vl_convert, "__version__", "0")
    kept._program.cache_clear()
    assert made() == (b"<a>", 5)


def test_a_folder_that_cannot_be_written_costs_no_picture(made, monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "file" / "pictures")
    assert made() == (b"<a>", 1) and made() == (b"<a>", 2)


def test_a_drawing_is_the_same_whether_made_or_kept(made):
    spec = {"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    first = theme.pictures.svg_of(spec, "fig-a")
    assert len(list(kept.FOLDER.glob("*.svg"))) == 1
    theme.pictures.svg_of({**spec, "mark": "point"}, "fig-b")  # the program counts on
    assert theme.pictures.svg_of(spec, "fig-a") == first
