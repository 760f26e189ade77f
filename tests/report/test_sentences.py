"""Words stand in the chapters: no module of the package builds a sentence, but for the few helpers of `prose`."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "bargain"
WORDS = 8  # that a format string may have and be no sentence: a label, a unit, a line of a table
ALLOWED = {"evidence", "prose.py", "rules.py", "checks.py", "reads.py", "results.py", "takeover.py", "ledger.py"}


def told(tree):
    """Nodes below which a text is a message to whoever runs the code: what is raised, printed or given to a parser."""
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
        if (
            isinstance(node, ast.Raise | ast.Assert)
            or isinstance(node, ast.Call)
            and name in ("print", "report", "warn")
        ):
            yield node


def built(path):
    """(line, words) of each format string of a module with more words than a label has."""
    tree = ast.parse(path.read_text("utf-8"))
    spared = {id(part) for node in told(tree) for part in ast.walk(node)}
    out = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in spared:
            fixed = "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
            if (words := max(map(counted, runs(fixed)))) > WORDS:
                out.append((node.lineno, words))
    return out


HOLE = "\0"  # where a value stands


def runs(text):
    """What is read in one go: a text whole; of mark-up each text between tags, and each value of an attribute."""
    if not re.search(r"</?[a-z]+[\s>]|[\w-]=\"", text):
        return [text]
    return re.split(r"<[^<>\"]*|[\w-]+=\"|[\"<>]", text)


def counted(text):
    """The words of a text, its values not among them."""
    return sum(any(c.isalpha() for c in word) for word in text.replace(HOLE, " ").split())


FOUND: dict[str, list[tuple[str, int, int]]] = {}
for path in sorted(PACKAGE.rglob("*.py")):
    room = path.relative_to(PACKAGE).parts[0]
    if room not in ALLOWED:
        FOUND.setdefault(room, []).extend((path.name, *place) for place in built(path))


@pytest.mark.parametrize("room", sorted(FOUND))
def test_no_module_builds_a_sentence(room):
    assert not FOUND[room]


def test_a_sentence_is_told_from_a_label_and_from_a_message(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'n = 3\nlabel = f"Share of all {n} goods, per cent"\n'
        'said = f"Of {n} goods that he wants none is in the hands of Washington alone"\n'
        'raise ValueError(f"Of {n} goods that he wants none is in the hands of Washington alone")\n'
    )
    assert built(path) == [(3, 13)]


def test_in_mark_up_each_text_and_each_value_of_an_attribute_is_read_alone(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "n = 3\n"
        'marks = f\'<p class="a b c d e f"><a href="x.html" title="Of {n} goods">none</a> {n} of all here</p>\'\n'
        'told = f"<p>Of {n} goods that he wants <b>none</b> is in the hands of Washington alone, and that is so</p>"\n'
        "named = f'<a title=\"Of {n} goods that he wants none is in the hands of Washington\">{n}</a>'\n"
        'less = f"Of {n} goods that he wants <5 are in the hands of Washington"\n'
    )
    assert built(path) == [(3, 11), (4, 12), (5, 11)]
