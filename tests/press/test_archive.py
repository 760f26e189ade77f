"""A published folder and its rebuild: the same, or what differs, by value."""

import shutil

import pytest

from press import archive


@pytest.fixture
def published(tmp_path):
    folder = tmp_path / "book"
    (folder / "figures").mkdir(parents=True)
    (folder / "index.html").write_text("<p>7 of 9</p>", encoding="utf-8")
    (folder / "figures" / "a.csv").write_text("year,share\n2023,0.5\n2024,0.25\n", encoding="utf-8")
    assert archive.main(["write", str(folder)]) == 0
    shutil.copytree(folder, tmp_path / "again")
    return folder, tmp_path / "again"


def verify(pair, capsys):
    code = archive.main(["verify", *map(str, pair)])
    return code, capsys.readouterr().out


def test_the_same_is_the_same_to_the_last_digits_of_a_table(published, capsys):
    (published[1] / "figures" / "a.csv").write_text("year,share\n2023,0.50000000000001\n2024,0.25\n", encoding="utf-8")
    assert verify(published, capsys)[0] == 0


def test_another_value_is_named_with_row_and_column(published, capsys):
    (published[1] / "figures" / "a.csv").write_text("year,share\n2023,0.5\n2024,0.26\n", encoding="utf-8")
    code, said = verify(published, capsys)
    assert code == 1 and "figures/a.csv: line 3, column share: 0.25 and 0.26" in said


def test_missing_new_and_changed_files_are_named(published, capsys):
    (published[1] / "index.html").write_text("<p>8 of 9</p>", encoding="utf-8")
    (published[1] / "figures" / "a.csv").rename(published[1] / "figures" / "b.csv")
    code, said = verify(published, capsys)
    assert code == 1 and "index.html: other bytes" in said
    assert "figures/a.csv: not in the rebuilt" in said and "figures/b.csv: only in the rebuilt" in said


def test_a_published_file_that_was_touched_is_not_what_the_manifest_says(published, capsys):
    for folder in published:
        (folder / "index.html").write_text("<p>9 of 9</p>", encoding="utf-8")
    code, said = verify(published, capsys)
    assert code == 1 and "index.html: not as manifest.json says" in said


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        archive.main(["write", str(tmp_path / "nowhere")])
    assert stop.value.code == 2 and "nowhere is no folder" in capsys.readouterr().err
