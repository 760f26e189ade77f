"""The tables and the sentences that the scripts of pages read."""

import json
from typing import Any

import IPython.display

from bargain import prose
from bargain.argument import seed  # not the module: a part of this package has its name
from bargain.reads import lru_cache


@lru_cache
def sentences(page: str) -> dict[str, str]:
    """The authored sentences of a page, {id: sentence}, as `answers.csv` of the seeds has them."""
    rows = seed("answers").query("page == @page")
    return dict(zip(rows["id"], rows["sentence"], strict=True))


def say(page: str, name: str, **facts: Any) -> str:
    """A sentence of a page with facts in their places.

    Raises ValueError, naming answers.csv, row and column, for a sentence that is not there, that asks for another fact,
    or that leaves a fact out.
    """
    where, sentence = f"answers.csv, row {page} {name}", sentences(page).get(name)
    if sentence is None:
        raise ValueError(f"{where}: is missing")
    try:
        said = prose.filled(sentence, facts)
    except ValueError as error:
        raise ValueError(f"{where}, column sentence: {error}") from None
    if unused := sorted(set(facts) - prose.asked(sentence)):
        raise ValueError(f"{where}, column sentence: nothing is said of {', '.join(unused)}")
    return said


def show(html: str, words: str) -> None:
    """Show a live part of a page in the running cell; on paper and as plain text, the Markdown `words` in its place."""
    IPython.display.display({"text/html": html, "text/markdown": words, "text/plain": words.strip("*")}, raw=True)


def data_script(data: Any, name: str = "") -> str:
    """What a page's script reads, as JSON in an element of the class `name`, which no `<` in it can end."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    kind = f' class="{name}"' if name else ""
    return f'<script type="application/json"{kind}>{text}</script>'
