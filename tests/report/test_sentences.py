"""Words stand in the chapters: no module of the package builds a sentence, but for the few helpers of `prose`."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "bargain"
WORDS = 8  # that a format string may have and be no sentence: a label, a unit, a line of a table
ALLOWED = {"prose.py", "rules.py", "checks.py", "evidence.py", "reads.py", "results.py", "takeover.py", "ledger.py"}
TO_REWRITE = {  # what still does, a folder as one: how many; it only shrinks
    "rowpages.py": 3,  # pages of rows, which no chapter can word
    "listings.py": 2,  # entries of the long lists
    "plots": 3,
    "forecasts": 1,  # an error
    "live": 9,  # what the page's own script says
    "phasing.py": 1,
}


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
            fixed = " x ".join(part.value for part in node.values if isinstance(part, ast.Constant))
            words = sum(any(c.isalpha() for c in word) for word in fixed.split() if word != "x")
            if words > WORDS:
                out.append((node.lineno, words))
    return out


FOUND: dict[str, list[tuple[str, int, int]]] = {}
for path in sorted(PACKAGE.rglob("*.py")):
    room = path.relative_to(PACKAGE).parts[0]
    if room not in ALLOWED:
        FOUND.setdefault(room, []).extend((path.name, *place) for place in built(path))


@pytest.mark.parametrize("room", sorted(FOUND))
def test_no_module_builds_a_sentence(room):
    assert len(FOUND[room]) <= TO_REWRITE.get(room, 0), FOUND[room]


def test_a_sentence_is_told_from_a_label_and_from_a_message(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        'n = 3\nlabel = f"Share of all {n} goods, per cent"\n'
        'said = f"Of {n} goods that he wants none is in the hands of Washington alone"\n'
        'raise ValueError(f"Of {n} goods that he wants none is in the hands of Washington alone")\n'
    )
    assert built(path) == [(3, 13)]
